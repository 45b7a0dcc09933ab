"""Rows on their way into an index: which are filed under a key, which become bits, and what is left to be tried."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from omotenashi.engine.asks import Keyed, Ranged
from omotenashi.engine.literals import Literal, Row

_MOST_FILED = 16
"""Rows under one key. What more rows ask for is told by bits."""

Entry: TypeAlias = "tuple[int, tuple[int, ...]]"
"""A row: the number of its rule, and those of the literals that are to be tried."""
Postings: TypeAlias = "dict[Hashable, list[Entry]]"


class Filing:
    """The rows of all rules, placed. Lives while rules are loaded."""

    def __init__(self, rules: Sequence[Sequence[Row]]) -> None:
        """`rules`: the rows of each."""
        self.literals: dict[Literal, int] = {}
        """With their numbers."""
        self.filed: dict[str, Postings] = {}
        """By field and key."""
        self.keyed: dict[str, list[tuple[int, Keyed]]] = {}
        """By field the rows that are bits, with the keys for which they ask."""
        self._ranged: dict[str, dict[int, Ranged]] = {}
        self.rows: list[tuple[int, list[tuple[int, str]]]] = []
        """Rows that are bits: for each its rule, and what is to be tried (where the field of a range is inexact)."""
        self._shared = _shared(rules)
        for number, rows in enumerate(rules):
            for row in rows:
                self._place(number, row)

    @property
    def ranged(self) -> dict[str, list[tuple[int, Ranged]]]:
        """By field the rows that are bits, with the range for which they ask."""
        return {field: list(asked.items()) for field, asked in self._ranged.items()}

    def entries(self, inexact: Collection[str]) -> list[Entry]:
        """Return the rows that are bits; `inexact`: the fields of ranges that are to be tried."""
        return [
            (rule, tuple(literal for literal, field in left if not field or field in inexact))
            for rule, left in self.rows
        ]

    def _place(self, rule: int, row: Row) -> None:
        asked = [ask for literal in row for ask in literal.asks if isinstance(ask, Keyed) and not ask.absent]
        rarest = min(asked, key=self._most, default=None)
        if rarest is None or self._most(rarest) > _MOST_FILED:
            left = [(self._number(literal), field) for literal in row for field in self._told(literal)]
            self.rows.append((rule, left))
            return
        told = rarest.exact and not rarest.every
        tried = (one for one in row if not (told and any(ask is rarest for ask in one.asks)))
        entry = rule, tuple(map(self._number, tried))
        postings = self.filed.setdefault(rarest.field, {})
        for key in rarest.keys:
            postings.setdefault(key, []).append(entry)

    def _most(self, ask: Keyed) -> int:
        """How many rows ask for one of its keys at most."""
        shared = self._shared[ask.field]
        return max((shared[key] for key in ask.keys), default=0)

    def _told(self, literal: Literal) -> Sequence[str]:
        """Note what a literal of the next row asks. Return nothing where that is all, else why it is to be tried."""
        row, left = len(self.rows), True
        for ask in literal.asks:
            taken = self._ranges(row, ask) if isinstance(ask, Ranged) else self._keys(row, ask)
            if taken and ask.exact:
                if isinstance(ask, Ranged):
                    return (ask.field,)
                left = False
        return ("",) if left else ()

    def _ranges(self, row: int, ask: Ranged) -> bool:
        asked = self._ranged.setdefault(ask.field, {})
        asked[row] = _both(asked[row], ask) if row in asked else ask
        return True

    def _keys(self, row: int, ask: Keyed) -> bool:
        """A row asks once of a field, so that what it asks of several keys is not confused."""
        asked = self.keyed.setdefault(ask.field, [])
        if asked and asked[-1][0] == row:
            return False
        asked.append((row, ask))
        return True

    def _number(self, literal: Literal) -> int:
        return self.literals.setdefault(literal, len(self.literals))


def _shared(rules: Sequence[Sequence[Row]]) -> dict[str, Counter[Hashable]]:
    """By field, how many rows ask for a key."""
    shared: dict[str, Counter[Hashable]] = defaultdict(Counter)
    for rows in rules:
        for row in rows:
            for literal in row:
                for ask in literal.asks:
                    if isinstance(ask, Keyed) and not ask.absent:
                        shared[ask.field].update(ask.keys)
    return shared


def _both(one: Ranged, other: Ranged) -> Ranged:
    """What lies in both ranges."""
    low, low_open = max((one.low, one.low_open), (other.low, other.low_open))
    high, not_high_open = min((one.high, not one.high_open), (other.high, not other.high_open))
    return replace(one, low=low, high=high, low_open=low_open, high_open=not not_high_open)
