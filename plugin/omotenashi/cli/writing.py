"""Writing files that others may read meanwhile."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_READABLE = 0o644


def write_at_once(path: Path, text: str) -> None:
    """Put a new file in the place of the old one at once: a service that reads meanwhile sees either."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if path.exists():
            shutil.copymode(path, name)
        else:
            Path(name).chmod(_READABLE)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
