"""Places in the text of a file, by lines and columns and by characters from its beginning."""

from __future__ import annotations

import re
from itertools import islice

from omotenashi.model.errors import Position

LINE_BREAK = re.compile("\r\n?|\n")


def end_of(file: str, before: str, width: int = 1) -> Position:
    """Return the place behind a text from the beginning of a file, `width` characters wide."""
    line = before.count("\n") + before.count("\r") - before.count("\r\n") + 1
    column = len(before) - max(before.rfind("\n"), before.rfind("\r"))
    return Position(file, line, column, column + width)


def offset_of(text: str, place: Position) -> int:
    """Return how many characters of a file's text stand before a place; all of them where it is not there."""
    starts = (found.end() for found in LINE_BREAK.finditer(text))
    line = next(islice(starts, place.line - 2, None), len(text)) if place.line > 1 else 0
    return min(line + place.column - 1, len(text))
