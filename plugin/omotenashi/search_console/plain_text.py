"""Exports that are saved in UTF-16 or with the line ends of old Macs, as Excel does, in a form that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from omotenashi.model.errors import EditorError, UnreadableFile

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_LOOKED_AT = 1_048_576
"""Bytes of the beginning, by which the line ends are told."""


@contextmanager
def readable(path: Path) -> Iterator[Path]:
    """Yield a file in which lines end with a line feed and are no UTF-16: the file itself, or a copy for the time.

    Raises UnreadableFile for what is no text. An EditorError that comes of the copy names the file itself.
    """
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT)
    is_utf_16 = start.startswith(_UTF_16)
    if not is_utf_16 and (b"\n" in start or b"\r" not in start):
        yield path
        return
    with TemporaryDirectory(prefix="omo-") as folder:
        copy = Path(folder) / path.name
        try:
            _copy_utf_16(path, copy) if is_utf_16 else _copy_with_line_feeds(path, copy)
            yield copy
        except UnicodeError as error:
            raise UnreadableFile(
                f"{path}: UTF-16 として読めません。UTF-8 で保存し直してください",
                f"{path}: this cannot be read as UTF-16: save it as UTF-8",
            ) from error
        except EditorError as error:
            ja, en = (said.replace(str(copy), str(path)) for said in (error.ja, error.en))
            raise type(error)(ja, en) from error


def _copy_utf_16(path: Path, copy: Path) -> None:
    with path.open(encoding="utf-16") as file, copy.open("w", encoding="utf-8", newline="\n") as text:
        text.writelines(iter(partial(file.read, _LOOKED_AT), ""))


def _copy_with_line_feeds(path: Path, copy: Path) -> None:
    """In UTF-8 and cp932 alike a carriage return is never part of another character."""
    with path.open("rb") as file, copy.open("wb") as lines:
        lines.writelines(part.replace(b"\r", b"\n") for part in iter(partial(file.read, _LOOKED_AT), b""))
