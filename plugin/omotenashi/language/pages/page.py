"""A page about one code, as data."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


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
