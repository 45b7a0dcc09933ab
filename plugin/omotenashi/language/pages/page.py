"""A page about one code, as data."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


def rule(text: str) -> str:
    """Return a whole file with one rule that has these lines beside its name and what it shows."""
    lines = text.replace("\n", "\n        ")
    return f"blocks:\n  hero:\n    rules:\n      - name: 例\n        {lines}\n        show: nothing\n    otherwise: original\n"


def shown(text: str) -> str:
    """Return a whole file with one block that shows this and nothing else."""
    return f"blocks:\n  hero:\n    otherwise: {text}\n"


class Page(Struct, frozen=True):
    """What `omo explain E203` prints: why it is a mistake, how it looks when wrong and when right."""

    ja: str
    en: str
    wrong: str
    """The text of a file that gets the code, and nothing else."""
    right: str
    """The same, mended."""
    file: str = "page.yaml"
    """What the file is called: site.yaml for mistakes there."""
    site: str = ""
    """The text of the site.yaml beside it."""
    beside: Mapping[str, str] = {}
    """The texts of other files, by name: the one that names a table."""
