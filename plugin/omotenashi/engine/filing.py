"""Rules on their way into an index: which rows are filed under a key, which become bits, and what is left to be tried."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from omotenashi.engine.asks import Keyed, Ranged
from omotenashi.engine.literals import Literal, Row

_MOST_FILED = 16
_ROWS_FOR_MORE = 512
"""Rows under one key: 16, and where there are very many rows, one of so many."""
_MOST_LITERALS = 2048
"""Literals of filed rows that become bits, those first that many rows need."""
_UNFILED_FOR_A_TABLE = 2
_FILED_FOR_A_TABLE = 1 / 25
"""A field has a table where so many rows ask for it, or that part of the filed ones: looking up has its price, too."""

Bit: TypeAlias = int
Entry: TypeAlias = "tuple[int, tuple[int, ...]]"
"""A row: the number of its rule, and those of the literals that are to be tried."""
FiledEntry: TypeAlias = "tuple[int, int, tuple[int, ...]]"
"""The same, with the bits of the literals that must be possible between them."""


class Filing:
    """The rows of all rules, placed. Bits stand for literals of filed rows, then for rows, from the last rule to the first.

    Lives while rules are loaded.
    """

    def __init__(self, rules: Sequence[Sequence[Row]]) -> None:
        """`rules`: the rows of each."""
        self.keyed: dict[str, list[tuple[Bit, Keyed]]] = {}
        """By field the bits, with the keys for which they ask."""
        self.ranged: dict[str, list[tuple[Bit, Ranged]]] = {}
        """Likewise, with a range."""
        self.tried: dict[Literal, int] = {}
        """Literals that are to be tried, by number."""
        rows = [(rule, row) for rule in range(len(rules) - 1, -1, -1) for row in rules[rule]]
        shared = _shared(rules)
        most = max(_MOST_FILED, len(rows) // _ROWS_FOR_MORE)
        rarest = [_rarest(row, shared, most) for _, row in rows]
        self._filed = [(rule, row, ask) for (rule, row), ask in zip(rows, rarest, strict=True) if ask is not None]
        self._rows = [(rule, row) for (rule, row), ask in zip(rows, rarest, strict=True) if ask is None]
        self._tabled = _with_tables((row for _, row in self._rows), [(row, ask) for _, row, ask in self._filed])
        self._literals = self._worth_a_bit()
        self._left = {literal: self._place(bit, (literal,)) for literal, bit in self._literals.items()}
        self.first_row = len(self._literals)
        self._left_of_rows = [self._place(self.first_row + n, row) for n, (_, row) in enumerate(self._rows)]

    def __len__(self) -> int:
        return self.first_row + len(self._rows)

    def entries(self, inexact: Collection[str]) -> list[Entry]:
        """Return the rows that are bits; `inexact`: fields whose ranges are to be tried."""
        rows = zip(self._rows, self._left_of_rows, strict=True)
        return [(rule, tuple(self._numbers(left, inexact))) for (rule, _), left in rows]

    def filed(self, inexact: Collection[str]) -> dict[str, dict[Hashable, list[FiledEntry]]]:
        """Return the others by field and key."""
        found: dict[str, dict[Hashable, list[FiledEntry]]] = {}
        for rule, row, ask in self._filed:
            entry = self._filed_entry(rule, row, ask, inexact)
            postings = found.setdefault(ask.field, {})
            for key in ask.keys:
                postings.setdefault(key, []).append(entry)
        return found

    def _filed_entry(self, rule: int, row: Row, filed: Keyed, inexact: Collection[str]) -> FiledEntry:
        needed, tried = 0, list[int]()
        for literal in row:
            if filed.exact and not filed.every and any(ask is filed for ask in literal.asks):
                continue
            if literal in self._literals:
                needed |= 1 << self._literals[literal]
                tried += self._numbers(self._left[literal], inexact)
            else:
                tried.append(self._number(literal))
        return rule, needed, tuple(tried)

    def _numbers(self, left: Iterable[tuple[Literal, str]], inexact: Collection[str]) -> Iterable[int]:
        return (self._number(literal) for literal, field in left if not field or field in inexact)

    def _number(self, literal: Literal) -> int:
        return self.tried.setdefault(literal, len(self.tried))

    def _worth_a_bit(self) -> dict[Literal, Bit]:
        """The literals that filed rows need besides, and that tables can tell something of."""
        needed = Counter(
            literal
            for _, row, filed in self._filed
            for literal in row
            if any(ask is not filed and ask.field in self._tabled for ask in literal.asks)
        )
        return {literal: bit for bit, (literal, _) in enumerate(needed.most_common(_MOST_LITERALS))}

    def _place(self, bit: Bit, row: Row) -> list[tuple[Literal, str]]:
        """Note what a row asks. Return the literals that are to be tried (where the field of a range is inexact)."""
        left = []
        for literal in row:
            told = [ask for ask in literal.asks if self._is_told(bit, ask) and ask.exact]
            if not told:
                left.append((literal, ""))
            elif isinstance(told[0], Ranged):
                left.append((literal, told[0].field))
        return left

    def _is_told(self, bit: Bit, ask: Keyed | Ranged) -> bool:
        """Note what a row asks, and tell whether a table answers that: of each field a row asks once."""
        if ask.field not in self._tabled:
            return False
        if isinstance(ask, Ranged):
            _add_range(self.ranged.setdefault(ask.field, []), bit, ask)
            return True
        asked = self.keyed.setdefault(ask.field, [])
        if asked and asked[-1][0] == bit:
            return False
        asked.append((bit, ask))
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


def _rarest(row: Row, shared: dict[str, Counter[Hashable]], most: int) -> Keyed | None:
    """The keys under which a row is filed: those that the fewest others ask for, and not more than `most`."""
    found = None
    for literal in row:
        for ask in literal.asks:
            if isinstance(ask, Keyed) and not ask.absent and not ask.field.startswith("times."):
                counts = shared[ask.field]
                sharing = max((counts[key] for key in ask.keys), default=0)
                if sharing < most or (sharing == most and found is None):
                    most, found = sharing, ask
    return found


def _with_tables(rows: Iterable[Row], filed: Sequence[tuple[Row, Keyed]]) -> set[str]:
    """The fields that so many rows ask for that a table is worth its while."""
    of_rows = Counter(ask.field for row in rows for literal in row for ask in literal.asks)
    of_filed = Counter(ask.field for row, own in filed for literal in row for ask in literal.asks if ask is not own)
    found = {field for field, count in of_rows.items() if count >= _UNFILED_FOR_A_TABLE}
    return found | {field for field, count in of_filed.items() if count >= len(filed) * _FILED_FOR_A_TABLE}


def _add_range(asked: list[tuple[int, Ranged]], bit: Bit, ask: Ranged) -> None:
    """Add what a row asks; of two ranges what lies in both."""
    if asked and asked[-1][0] == bit:
        one = asked.pop()[1]
        low, low_open = max((one.low, one.low_open), (ask.low, ask.low_open))
        high, closed = min((one.high, not one.high_open), (ask.high, not ask.high_open))
        ask = replace(ask, low=low, high=high, low_open=low_open, high_open=not closed)
    asked.append((bit, ask))
