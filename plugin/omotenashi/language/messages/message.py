"""What is said under a code, as data."""

from __future__ import annotations

from msgspec import Struct


class Message(Struct, frozen=True):
    """Templates name the diagnostic's values."""

    ja: str
    en: str
    ja_hint: str = ""
    en_hint: str = ""
    ja_cell: str = ""
    """The remedy in a cell of a table, where it is another."""
    en_cell: str = ""
