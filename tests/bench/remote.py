"""Nodes over Redis: bytes per visitor, commands, traffic and CPU of a request, and how long it takes. Run: make bench-nodes

CPU is utime + stime of the processes, the sides in turn, medians: trust ratios, not figures. Everything runs on this machine,
so nothing travels through a network. The figures stand in build/bench-nodes.json, in bytes, µs, ms and calls per request.
docs/capacity.md reckons with them.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.bench.decide import ROOT
from tests.bench.remote_nodes import node_figures
from tests.bench.remote_shard import shard_figures
from tests.bench.report import Figures, write
from tests.redis_servers import MISSING, SERVER

_WIDTH = 58


def main() -> None:
    """Measure, write JSON and print a table."""
    if shutil.which(SERVER) is None:
        raise SystemExit(MISSING)
    with tempfile.TemporaryDirectory() as name:
        figures = shard_figures(Path(name)) | node_figures(Path(name))
    target = ROOT / "build" / "bench-nodes.json"
    write(figures, target)
    print(table(figures))
    print(f"figures: {target.relative_to(ROOT)}")


def table(figures: Figures) -> str:
    """Return every figure, one in a line."""
    return "\n".join(f"  {name:{_WIDTH}}{value:12,.2f}" for name, value in figures.items())


if __name__ == "__main__":
    main()
