"""`omo fmt`."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from omotenashi.cli.common import FAILED, FINE, command, language_of
from omotenashi.cli.writing import write_at_once
from omotenashi.language.fmt.fix import tidied
from omotenashi.language.parse import decode
from omotenashi.language.report import Report
from omotenashi.model.errors import EditorError
from omotenashi.rules_folder import SITE_FILES
from omotenashi.site import Loaded, load

_SAYS = {
    "tidied": ("整えました", "tidied"),
    "would": ("整えるところがあります", "would be tidied"),
    "wrong": (
        "読めないところがあるので、そのままにしました(`omo check` が場所を教えます)",
        "cannot be read and is left as it is (`omo check` says where)",
    ),
    "fine": ("{count} 個のファイルは整っています", "{count} file(s) are tidy"),
}


class _Result(Struct):
    """One file before and after."""

    path: Path
    before: bytes
    after: str | None
    """None: it cannot be read, and stays as it is."""

    @property
    def changed(self) -> bool:
        return self.after is not None and self.after.encode() != self.before


def add_fmt(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `fmt`."""
    text = "ファイルの書き方を整える / tidy rule files line by line; comments stay, and so does the meaning"
    fmt = command(commands, "fmt", _fmt, text)
    fmt.add_argument("paths", type=Path, nargs="*", default=[Path("rules")], metavar="DIR|FILE")
    fmt.add_argument("--check", action="store_true", help="write nothing; exit code 1 where something would change")
    fmt.add_argument("--diff", action="store_true", help="write nothing; show what would change")
    fmt.add_argument("--lang", choices=("ja", "en"))


def _fmt(options: argparse.Namespace) -> int:
    folders: dict[Path, Loaded] = {}
    results = [_tidied(path, folders) for path in _files(options.paths)]
    if not results:
        where = ", ".join(map(str, options.paths))
        raise EditorError(
            f"ルールのファイル(*.yaml)が {where} にありません", f"there are no rule files (*.yaml) in {where}"
        )
    language = language_of(options, next(iter(folders.values())))
    for result in results:
        if result.after is None:
            _say(language, "wrong", result.path)
        elif result.changed:
            _act(result, result.after, options, language)
    _say_fine(results, language)
    changed = any(result.changed for result in results)
    broken = any(result.after is None for result in results)
    return FAILED if broken or (options.check and changed) else FINE


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Rule files of folders, and files that are named."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                one for one in path.iterdir() if one.suffix in (".yaml", ".yml") and not one.name.startswith(".")
            )
        elif path.is_file():
            yield path
        else:
            raise EditorError(f"{path} というフォルダーもファイルもありません", f"there is no folder or file {path}")


def _tidied(path: Path, folders: dict[Path, Loaded]) -> _Result:
    folder = path.parent
    if folder not in folders:
        folders[folder] = load(folder)
    data = path.read_bytes()
    text = decode(path.name, data, Report())
    facts = folders[folder].facts
    made = None if text is None else tidied(path.name, text, facts, is_site=path.name in SITE_FILES)
    return _Result(path, data, made.text if made and made.readable else None)


def _act(result: _Result, text: str, options: argparse.Namespace, language: str) -> None:
    if options.diff:
        before = result.before.decode().splitlines(keepends=True)
        name = result.path.as_posix()
        print("".join(difflib.unified_diff(before, text.splitlines(keepends=True), name, name)), end="")
    if options.diff or options.check:
        _say(language, "would", result.path)
        return
    write_at_once(result.path.resolve(), text)
    _say(language, "tidied", result.path)


def _say(language: str, what: str, path: Path) -> None:
    ja, en = _SAYS[what]
    print(f"{path.as_posix()}: {ja if language == 'ja' else en}")


def _say_fine(results: list[_Result], language: str) -> None:
    count = sum(result.after is not None and not result.changed for result in results)
    ja, en = _SAYS["fine"]
    if count:
        print((ja if language == "ja" else en).format(count=count))
