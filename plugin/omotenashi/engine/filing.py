"""Rules on their way into an index: their rows get numbers, and for each it is settled how it is looked up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from omotenashi.engine.asks import Keyed, Ranged
from omotenashi.engine.literals import Literal, Row

_ROWS_FOR_A_TABLE = 8
_FILED_FOR_ONE = 16
"""A field has a table where so many rows ask for it. Filed rows count less: they are seldom possible at all."""

_MOST_FILED = 16
_ROWS_FOR_MORE = 512
"""Rows under one key, and where there are very many, one of so many."""

Entry: TypeAlias = "tuple[int, tuple[int, ...]]"
"""A row: the number of its rule, and those of the literals that are to be tried."""


class Filing:
    """The rows of all rules, by number, from the last rule to the first. Lives while rules are loaded."""

    def __init__(self, rules: Sequence[Sequence[Row]]) -> None:
        """`rules`: the rows of each."""
        self.filed: dict[str, dict[Hashable, list[int]]] = {}
        """By field and key the rows that are possible only where that key is there."""
        self.keyed: dict[str, list[tuple[int, Keyed]]] = {}
        """By field the rows, with the keys for which they ask besides."""
        self.ranged: dict[str, list[tuple[int, Ranged]]] = {}
        """Likewise, with a range."""
        self.literals: dict[Literal, int] = {}
        """With their numbers."""
        self._rows = [(rule, row) for rule in range(len(rules) - 1, -1, -1) for row in rules[rule]]
        self._shared = _shared(rules)
        most_filed = max(_MOST_FILED, len(self._rows) // _ROWS_FOR_MORE)
        rarest = [self._rarest(row, most_filed) for _, row in self._rows]
        self._tabled = self._with_tables(rarest)
        self._left = [self._place(row, rarest[row]) for row in range(len(self._rows))]

    def counts(self) -> list[int]:
        """Return for each field and key how many rows name it."""
        named = [Counter(key for _, ask in asked for key in ask.keys) for asked in self.keyed.values()]
        filed = (len(rows) for postings in self.filed.values() for rows in postings.values())
        return [*filed, *(count for counter in named for count in counter.values())]

    def all_filed(self) -> set[int]:
        """Return the rows that are filed."""
        return {row for postings in self.filed.values() for rows in postings.values() for row in rows}

    def __len__(self) -> int:
        return len(self._rows)

    def entries(self, inexact: Collection[str]) -> list[Entry]:
        """Return the rows; `inexact`: fields whose ranges are to be tried."""
        return [
            (rule, tuple(self._number(literal) for literal, field in left if not field or field in inexact))
            for (rule, _), left in zip(self._rows, self._left, strict=True)
        ]

    def _number(self, literal: Literal) -> int:
        return self.literals.setdefault(literal, len(self.literals))

    def _rarest(self, row: Row, most: int) -> Keyed | None:
        """The keys under which a row is filed: those that the fewest others ask for."""
        best, found = most + 1, None
        for literal in row:
            for ask in literal.asks:
                if isinstance(ask, Keyed) and not ask.absent and not ask.field.startswith("times."):
                    shared = self._shared[ask.field]
                    sharing = max((shared[key] for key in ask.keys), default=0)
                    if sharing < best:
                        best, found = sharing, ask
        return found

    def _with_tables(self, rarest: Sequence[Keyed | None]) -> set[str]:
        """The fields that so many rows ask for that a table is worth its while."""
        asked: Counter[str] = Counter()
        for (_, row), filed in zip(self._rows, rarest, strict=True):
            weight = _FILED_FOR_ONE if filed is None else 1
            for literal in row:
                for ask in literal.asks:
                    if ask is not filed:
                        asked[ask.field] += weight
        return {field for field, weight in asked.items() if weight >= _ROWS_FOR_A_TABLE * _FILED_FOR_ONE}

    def _place(self, number: int, filed: Keyed | None) -> list[tuple[Literal, str]]:
        """Note what a row asks. Return the literals that are to be tried (where the field of a range is inexact)."""
        if filed is not None:
            postings = self.filed.setdefault(filed.field, {})
            for key in filed.keys:
                postings.setdefault(key, []).append(number)
        left = []
        for literal in self._rows[number][1]:
            told = [ask for ask in literal.asks if self._is_told(number, ask, filed) and ask.exact]
            if not told:
                left.append((literal, ""))
            elif isinstance(told[0], Ranged):
                left.append((literal, told[0].field))
        return left

    def _is_told(self, number: int, ask: Keyed | Ranged, filed: Keyed | None) -> bool:
        """Note what a row asks, and tell whether the index answers that: of each field a row asks once."""
        if ask is filed:
            return not filed.every
        if ask.field not in self._tabled:
            return False
        if isinstance(ask, Ranged):
            _add_range(self.ranged.setdefault(ask.field, []), number, ask)
            return True
        asked = self.keyed.setdefault(ask.field, [])
        if asked and asked[-1][0] == number:
            return False
        asked.append((number, ask))
        return True


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


def _add_range(asked: list[tuple[int, Ranged]], number: int, ask: Ranged) -> None:
    """Add what a row asks; of two ranges what lies in both."""
    if asked and asked[-1][0] == number:
        one = asked.pop()[1]
        low, low_open = max((one.low, one.low_open), (ask.low, ask.low_open))
        high, closed = min((one.high, not one.high_open), (ask.high, not ask.high_open))
        ask = replace(ask, low=low, high=high, low_open=low_open, high_open=not closed)
    asked.append((number, ask))
