"""What went wrong, in plain words: files that cannot be read or written, and commands that are not understood."""

from __future__ import annotations

import argparse
import errno
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from omotenashi.language.report import suggestion
from omotenashi.model.errors import EditorError

_WHY = {
    errno.ENOENT: ("見つかりません", "it is not there"),
    errno.EACCES: ("許可がありません", "permission is missing"),
    errno.EPERM: ("許可がありません", "permission is missing"),
    errno.EISDIR: ("フォルダーです", "it is a folder"),
    errno.ENOTDIR: ("途中にファイルがあります", "there is a file on the way to it"),
    errno.EEXIST: ("もうあります", "it is there already"),
    errno.ENOSPC: ("ディスクがいっぱいです", "the disk is full"),
    errno.EROFS: ("書き込めない場所です", "the place is read-only"),
    errno.ENAMETOOLONG: ("名前が長すぎます", "the name is too long"),
}
_MISUSES = (
    (r"unrecognized arguments: (.*)", "知らない指定です: {0}"),
    (r"the following arguments are required: (.*)", "足りないものがあります: {0}"),
    (r"argument (.*?): expected (?:one|at least one) argument", "{0} のあとに値を書きます"),
    (r"argument (.*?): invalid choice: (.*) \(choose from (.*)\)", "{0} に {1} は書けません。書けるもの: {2}"),
    (r"argument (.*?): invalid \w+ value: (.*)", "{0} に {1} は書けません"),
    (r"argument (.*?): not allowed with argument (.*)", "{0} と {1} は一緒に書けません"),
)
"""What argparse says, and the same in Japanese."""


class Misused(EditorError):
    """A command line that is not understood."""

    def __init__(self, usage: str, ja: str, en: str) -> None:
        super().__init__(ja, en)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """Raises Misused, so that it can be said in the reader's language."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found wrong."""
        raise Misused(self.format_usage(), _in_japanese(message), message)

    def unknown(self, words: Iterable[str]) -> Misused:
        """Return what to say of words that are not understood: which option was meant."""
        written = " ".join(words)
        flag = written.split("=")[0].split()[0]
        meant = suggestion(flag, self._option_string_actions) if flag.startswith("-") else ""
        ja, en = (f"。{meant} ではありませんか", f"; did you mean {meant}?") if meant else ("", "")
        return Misused(self.format_usage(), f"知らない指定です: {written}{ja}", f"not understood: {written}{en}")


def unknown_command(word: str, usage: str, commands: Iterable[str]) -> Misused:
    """Return what to say of a command that there is not: which one was meant, or which there are."""
    there = list(commands)
    meant = suggestion(word, there)
    if meant:
        return Misused(
            usage,
            f"{word} というコマンドはありません。{meant} ではありませんか",
            f"there is no command {word}; did you mean {meant}?",
        )
    return Misused(
        usage,
        f"{word} というコマンドはありません。あるのは {'、'.join(there)} です",
        f"there is no command {word}; there are {', '.join(there)}",
    )


def why(error: OSError | UnicodeDecodeError) -> tuple[str, str]:
    """Return in Japanese and in English why a file cannot be read or written."""
    if isinstance(error, UnicodeDecodeError):
        return "UTF-8 で保存し直してください", "save it again as UTF-8"
    text = error.strerror or str(error)
    return _WHY.get(error.errno or 0, (text, text))


def unreachable(error: OSError) -> EditorError:
    """Return what to say of a file that cannot be read or written; a missing folder is named rather than its file."""
    if not error.filename:
        ja, en = why(error)
        return EditorError(ja, en)
    path = Path(str(error.filename))
    if isinstance(error, FileNotFoundError) and not path.parent.is_dir():
        return EditorError(f"フォルダー {path.parent} がありません", f"there is no folder {path.parent}")
    ja, en = why(error)
    return EditorError(f"{path}: {ja}", f"{path}: {en}")


def _in_japanese(message: str) -> str:
    for pattern, said in _MISUSES:
        found = re.fullmatch(pattern, message)
        if found:
            return said.format(*found.groups())
    return message
