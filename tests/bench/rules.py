"""Rules: CPU of reading, checking and building a folder, and of doing so again after one file changed.

Run: make bench-rules, or FOLDER=… for a copy of your own rules.
"""

from __future__ import annotations

import gc
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from omotenashi.rules_folder import check_folder, examined
from omotenashi.site import load

ROUNDS = 9


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "rules"
        shutil.copytree(sys.argv[1], folder) if sys.argv[1:] else write_rules(folder)
        changed = next(path for path in sorted(folder.glob("*.yaml")) if path.name != "site.yaml")
        loaded = load(folder)
        gc.freeze()  # as the service does
        print(f"read and check: {_milliseconds(lambda: check_folder(folder)):.1f} ms")
        print(f"look for warnings: {_milliseconds(lambda: examined(loaded, time.time())):.1f} ms")
        print(f"read, check and build: {_milliseconds(lambda: load(folder)):.1f} ms")
        changed.write_bytes(changed.read_bytes() + b"# changed\n")
        print(f"one file changed, read and check: {_milliseconds(lambda: check_folder(folder, loaded)):.1f} ms")
        print(f"one file changed, read, check and build: {_milliseconds(lambda: load(folder, loaded)):.1f} ms")


def write_rules(folder: Path, files: int = 20) -> None:
    """Write 50 rules into each of some files."""
    folder.mkdir()
    (folder / "site.yaml").write_text("version: 1\nlanguage: ja\nattributes: {rank: {type: text}}\n")
    for number in range(files):
        rules = "".join(_RULE.format(block=number, rule=rule, also=_ALSO[rule % 3]) for rule in range(50))
        page = f"blocks:\n  block{number}:\n    rules:\n{rules}    otherwise: original\n"
        (folder / f"page{number:03}.yaml").write_text(page)


_ALSO = ("device: mobile", "member.rank: ゴールド", "viewed: {page: /shoes/**, at_least: 3, within: 30 days}")
_RULE = """      - name: ルール{rule}
        when:
          keyword: [ランニング{block}{rule}, ジョギング{block}{rule}]
          prefecture: [東京都, 神奈川県]
          {also}
        show: nothing
"""


def _milliseconds(work: Callable[[], object]) -> float:
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        rounds.append(time.process_time() - begun)
    return statistics.median(rounds) * 1000


if __name__ == "__main__":
    main()
