"""CPU of making a site ready: of reading and checking its files, of building what decides from the rules, and of both.

Run: python -m tests.bench.build FOLDER; prints JSON.
"""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.decide import ROOT
from tests.bench.progress import say
from tests.bench.workload import rules, write_folder

from omotenashi.aside import uncollected
from omotenashi.engine.choose import Engine
from omotenashi.rules_folder import check_folder
from omotenashi.site import built, load

PROCESSES = 3


def build_figures(count: int) -> dict[str, float]:
    """Return seconds of CPU for a folder with so many rules: medians over fresh processes."""
    say(f"build of {count:,} rules")
    with tempfile.TemporaryDirectory() as name:
        folder = write_folder(Path(name) / "rules", rules(count))
        command = [sys.executable, "-m", "tests.bench.build", str(folder)]
        runs = [json.loads(subprocess.run(command, check=True, cwd=ROOT, stdout=-1).stdout) for _ in range(PROCESSES)]
    return {f"{key}_{count}": statistics.median(run[key] for run in runs) for key in runs[0]}


def main() -> None:
    """Measure one folder in this process."""
    folder, moments = Path(sys.argv[1]), [time.process_time()]

    def lap() -> float:
        moments.append(time.process_time())
        return moments[-1] - moments[-2]

    with uncollected():
        checked = check_folder(folder)
        checking = lap()
        site = built(checked)
        site.engine.warm()
        building = lap()
    gc.freeze()  # as the service does
    lap()
    assert load(folder).site
    figures = {"read_and_check_s": checking, "build_s": building, "load_s": checking + building, "load_again_s": lap()}
    Engine(site.engine.program, site.engine.zone)
    print(json.dumps({**figures, "build_engine_s": lap()}))


if __name__ == "__main__":
    main()
