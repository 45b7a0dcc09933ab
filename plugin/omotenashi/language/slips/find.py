"""The slips of one file as diagnostics."""

from __future__ import annotations

import bisect
import re
from itertools import groupby

from omotenashi.language.nodes import MapNode
from omotenashi.language.places import LINE_BREAK
from omotenashi.language.slips.misplaced import misplaced
from omotenashi.language.slips.scan import find_slips
from omotenashi.language.slips.slip import HABITS, Slip
from omotenashi.model.errors import Diagnostic, Position

_MOST_ALSO = 4


def slips_in(file: str, text: str, tree: MapNode | None, *, parsed: bool) -> tuple[Diagnostic, ...]:
    """Return what was mistyped in a file; `tree` is what a parser made of it, `parsed` whether it came to the end."""
    plain = LINE_BREAK.sub("\n", text) if "\r" in text else text
    slips = find_slips(plain, parsed=parsed)
    if not slips:
        return (*misplaced(tree),) if tree else ()
    starts = [0, *(place.end() for place in re.finditer("\n", plain))]
    slips = sorted(slips, key=lambda slip: (slip.code, slip.start))
    found: list[Diagnostic] = []
    for code, group in groupby(slips, key=lambda slip: slip.code):
        found += _told(code, [(slip, _position(file, slip, starts)) for slip in group])
    return tuple(found)


def _told(code: str, placed: list[tuple[Slip, Position]]) -> list[Diagnostic]:
    """One diagnostic for each slip; but one for all of a habit, with the next places beside it."""
    if code not in HABITS:
        return [Diagnostic(code, position, slip.values) for slip, position in placed]
    first, position = placed[0]
    also = tuple((other, "also") for _, other in placed[1 : 1 + _MOST_ALSO])
    return [Diagnostic(code, position, first.values, also)]


def _position(file: str, slip: Slip, starts: list[int]) -> Position:
    line = bisect.bisect_right(starts, slip.start)
    column = slip.start - starts[line - 1] + 1
    following = starts[line] - 1 if line < len(starts) else slip.end
    end = max(slip.start + 1, min(slip.end, following))
    return Position(file, line, column, column + end - slip.start)
