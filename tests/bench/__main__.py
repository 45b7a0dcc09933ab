"""Speed, measured: the engine against others, whole requests, building, memory. Run: make bench, or make bench CHART=1

CPU time, the sides in turn, medians of at least three rounds. The figures stand in build/bench.json, in µs, s and MB.
"""

from __future__ import annotations

import random
import signal
import sys
import tempfile
from pathlib import Path

from tests.bench.build import build_figures
from tests.bench.decide import ROOT
from tests.bench.engines import engine_figures, peer_figures
from tests.bench.profiles import filled
from tests.bench.progress import say
from tests.bench.report import table, write
from tests.bench.serving import serving_figures

LARGEST, PROFILES = 10_000, 4000
CHART = ROOT / "docs" / "speed.svg"


def main() -> None:
    """Measure everything that needs no other server; write JSON, print a table and, if asked, draw the chart."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are ended then, too
    figures = serving_figures()
    figures |= build_figures(LARGEST) | engine_figures()
    peers, notes = peer_figures()
    figures |= peers | {"bytes_per_profile": bytes_per_profile(PROFILES)}
    target = ROOT / "build" / "bench.json"
    write(figures, target)
    print(table(figures, notes))
    print(f"figures: {target.relative_to(ROOT)}")
    if sys.argv[1:] == ["--chart"]:
        _draw(figures)


def _draw(figures: dict[str, float]) -> None:
    try:
        from tests.bench.chart import draw  # noqa: PLC0415 matplotlib is needed where a chart is asked for alone
    except ImportError as missing:
        print(f"no chart: {missing}")
        return
    draw(figures, CHART)
    print(f"chart: {CHART.relative_to(ROOT)}")


def bytes_per_profile(count: int) -> float:
    """Return bytes of the store for each of so many profiles of thirty views."""
    say(f"{count:,} profiles")
    with tempfile.TemporaryDirectory() as name:
        return filled(Path(name) / "data", random.Random(2).sample(range(count), count)) / count


if __name__ == "__main__":
    main()
