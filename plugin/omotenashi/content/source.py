"""Reading the fragments under contents/: only files that lie there, whatever a path says."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from omotenashi.language.parse import LARGEST_FILE

MOST_LISTED = 1000
LONGEST_PATH = 1000
"""Characters; no file has such a name, and resolving one of a megabyte takes seconds."""


def read_fragments(
    contents: Path, paths: Iterable[str], largest: int = LARGEST_FILE
) -> tuple[dict[str, bytes], set[str]]:
    """Return the bytes of the files that exist, by the path as written, and the paths that lead out of the folder.

    Of a file that is larger than `largest` one byte more than that is read.
    """
    root = contents.resolve()
    found: dict[str, bytes] = {}
    escaping: set[str] = set()
    for path in paths:
        if len(path) > LONGEST_PATH:
            continue
        try:
            file = _inside(root, path)
            if file is None:
                escaping.add(path)
            elif file.is_file():
                found[path] = _bytes_of(file, largest)
        except OSError:  # a name that is too long, a file that may not be read: it is not there for us
            continue
    return found, escaping


def files_under(contents: Path) -> tuple[str, ...]:
    """Return the paths of the files under a folder, at most a thousand, for suggestions; none where it cannot be read."""
    try:
        found = (path for path in contents.rglob("[!.]*") if path.is_file())
        return tuple(sorted(path.relative_to(contents).as_posix() for path in islice(found, MOST_LISTED)))
    except OSError:
        return ()


def _inside(root: Path, path: str) -> Path | None:
    """The file that a path names, or None when it lies elsewhere, also by a link."""
    if "\0" in path or "\\" in path or path.startswith("/") or ":" in path:
        return None
    try:
        file = (root / path).resolve()
    except RuntimeError:  # a link to itself
        return None
    return file if file.is_relative_to(root) else None


def _bytes_of(file: Path, largest: int) -> bytes:
    """A file's bytes; one that is too large is read just so far that its reader can say so."""
    with file.open("rb") as opened:
        return opened.read(largest + 1)
