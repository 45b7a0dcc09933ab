"""A mistake of writing, by its place in the text."""

from __future__ import annotations

from msgspec import Struct


class Slip(Struct, frozen=True):
    """What is wrong from `start` up to `end` (offsets in characters)."""

    code: str
    start: int
    end: int
    values: dict[str, str] = {}
    """What the message's template names."""


BREAKING = frozenset("E111 E118 E121 E122 E123 E125 E126 E129 E137 E138 E142 E146 E147 E150 E151".split())
"""Slips with which no parser reads a file: where it was read, the scan has mistaken something else for one."""

HABITS = frozenset(["E111", "E112", "E113", "E114", "E115", "E116", "E124", "E133", "E139", "E141", "E143", "E145"])
"""Slips that come in swarms: one is reported, the others stand beside it."""


def quoted(text: str) -> str:
    """Return a text in the quotes that need nothing changed in it."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"
