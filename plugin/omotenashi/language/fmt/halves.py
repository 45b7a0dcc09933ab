"""Lines of one text put into another, as far as that helps: many at once, in halves where some of them do harm."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from typing import TypeAlias

Verdict: TypeAlias = "Callable[[str, str], bool | None]"
"""Told a text and the one that some lines would make of it, says whether to put them in; None: in part, perhaps."""
_MOST_LINES = 200_000
"""So many lines are judged for one text: what tries a long text often takes minutes."""
_FEWEST_TRIALS = 20


def by_halves(text: str, other: str, verdict: Verdict, apart: Collection[int] = ()) -> str:
    """Return a text with the lines of the other that the verdict lets in.

    Both have the same number of lines. Lines whose numbers (from 0) are in `apart` are told from the others first.
    """
    lines, others = text.split("\n"), other.split("\n")
    groups = deque([[number for number, line in enumerate(lines) if line != others[number]]])
    trials = max(_FEWEST_TRIALS, _MOST_LINES // len(lines))
    while groups and trials:
        group = groups.popleft()
        trial = lines.copy()
        for number in group:
            trial[number] = others[number]
        taken = verdict("\n".join(lines), "\n".join(trial))
        trials -= 1
        if taken:
            lines = trial
        elif taken is None and len(group) > 1:
            groups.extend(_halves(group, apart))
    return "\n".join(lines)


def _halves(group: list[int], apart: Collection[int]) -> tuple[list[int], list[int]]:
    inside = [number for number in group if number in apart]
    if 0 < len(inside) < len(group):
        return inside, [number for number in group if number not in apart]
    return group[: len(group) // 2], group[len(group) // 2 :]
