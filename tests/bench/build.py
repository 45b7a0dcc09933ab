"""CPU of making a site ready from its files: the first time in a process, the same again, and the engine alone.

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

from omotenashi.engine.choose import Engine
from omotenashi.site import Site, load

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
    folder = Path(sys.argv[1])
    begun = time.process_time()
    site = _site(folder)
    gc.freeze()  # as the service does
    first = time.process_time()
    _site(folder)
    again = time.process_time()
    Engine(site.engine.program, site.engine.zone)
    engine = time.process_time()
    print(json.dumps({"build_s": first - begun, "build_again_s": again - first, "build_engine_s": engine - again}))


def _site(folder: Path) -> Site:
    loaded = load(folder)
    assert loaded.site is not None, loaded.diagnostics[:5]
    loaded.site.engine.warm()
    return loaded.site


if __name__ == "__main__":
    main()
