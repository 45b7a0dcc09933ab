"""Reading the fragments under contents/: only files that lie there, whatever a path says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

LARGEST_FRAGMENT = 1_048_576
"""Bytes."""


def read_fragments(contents: Path, paths: Iterable[str]) -> tuple[dict[str, bytes], set[str]]:
    """Return the bytes of the files that exist, by the path as written, and the paths that lead out of the folder."""
    root = contents.resolve()
    found: dict[str, bytes] = {}
    escaping: set[str] = set()
    for path in paths:
        file = _inside(root, path)
        if file is None:
            escaping.add(path)
        elif file.is_file() and file.stat().st_size <= LARGEST_FRAGMENT:
            found[path] = file.read_bytes()
    return found, escaping


def _inside(root: Path, path: str) -> Path | None:
    """The file that a path names, or None when it lies elsewhere, also by a link."""
    if "\0" in path or "\\" in path or path.startswith("/") or ":" in path:
        return None
    file = (root / path).resolve()
    return file if file.is_relative_to(root) else None
