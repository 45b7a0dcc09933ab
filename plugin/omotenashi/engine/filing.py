"""Rules on their way into an index: which rows are filed under a key, which become bits, and what is left to be tried."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias, TypeGuard

from msgspec.structs import replace

from omotenashi.engine.asks import Keyed, Ranged
from omotenashi.engine.literals import Literal, Row

_MOST_FILED = 4
_ROWS_FOR_MORE = 512
"""Rows under one key: 4, and where there are very many rows, one of so many."""
_MOST_LITERALS = 2048
"""Literals of filed rows that become bits, those first that many rows need."""
_UNFILED_FOR_A_TABLE = 2
_FILED_FOR_A_TABLE = 1 / 25
"""A field has a table where so many rows ask for it, or that part of the filed ones: looking up has its price, too."""

_ROWS_TO_READ_VIEWS = 64
"""What a visitor viewed is read as keys where so many rows ask for it; else a few conditions are tried."""

Bit: TypeAlias = int
Own: TypeAlias = tuple[Literal, Keyed]
"""The literal of a filed row for whose keys it is filed."""
Entry: TypeAlias = "tuple[int, tuple[int, ...]]"
"""A row: the number of its rule, and those of the literals that are to be tried."""
FiledEntry: TypeAlias = "tuple[int, int, tuple[int, ...], int]"
"""The same, with the bits of the literals that must be possible between them, and the rule's group at the end."""


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
        own = _rarest([row for _, row in rows])
        self._filed = [(rule, row, one) for (rule, row), one in zip(rows, own, strict=True) if one is not None]
        self._rows = [(rule, row) for (rule, row), one in zip(rows, own, strict=True) if one is None]
        needed = Counter(one for _, row, own in self._filed for one in row if one is not own[0] or not _is_all(own))
        unfiled = Counter(one for _, row in self._rows for one in row)
        self._tabled = _with_tables(unfiled, needed, len(self._filed))
        told = [one for one, _ in needed.most_common() if any(ask.field in self._tabled for ask in one.asks)]
        self._literals = {literal: bit for bit, literal in enumerate(told[:_MOST_LITERALS])}
        self._left = {literal: self._place(bit, (literal,)) for literal, bit in self._literals.items()}
        self.first_row = len(self._literals)
        self._left_of_rows = [self._place(self.first_row + n, row) for n, (_, row) in enumerate(self._rows)]

    def __len__(self) -> int:
        return self.first_row + len(self._rows)

    def entries(self, inexact: Collection[str]) -> list[Entry]:
        """Return the rows that are bits; `inexact`: fields whose ranges are to be tried."""
        rows = zip(self._rows, self._left_of_rows, strict=True)
        return [(rule, tuple(self._numbers(left, inexact))) for (rule, _), left in rows]

    def filed(self, inexact: Collection[str], groups: Sequence[int]) -> dict[str, dict[Hashable, list[FiledEntry]]]:
        """Return the others by field and key; `groups`: of the rules."""
        found: dict[str, dict[Hashable, list[FiledEntry]]] = {}
        for rule, row, own in self._filed:
            entry = (rule, *self._needed(row, own, inexact), groups[rule])
            postings = found.setdefault(own[1].field, {})
            for key in own[1].keys:
                postings.setdefault(key, []).append(entry)
        return found

    def _needed(self, row: Row, own: Own, inexact: Collection[str]) -> tuple[int, tuple[int, ...]]:
        """What a filed row needs beside its own literal: bits, and literals that are to be tried."""
        needed, done = 0, own[0] if _is_all(own) else None
        tried: list[int] = []
        for literal in row:
            if literal is done:
                continue
            bit = self._literals.get(literal)
            if bit is None:
                tried.append(self._number(literal))
            else:
                needed |= 1 << bit
                if self._left[literal]:
                    tried += self._numbers(self._left[literal], inexact)
        return needed, tuple(tried)

    def _numbers(self, left: Iterable[tuple[Literal, str]], inexact: Collection[str]) -> Iterable[int]:
        return (self._number(literal) for literal, field in left if not field or field in inexact)

    def _number(self, literal: Literal) -> int:
        return self.tried.setdefault(literal, len(self.tried))

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


def _rarest(rows: Sequence[Row]) -> list[Own | None]:
    """For each row the literal, with its keys, for which the fewest rows ask; None where too many ask for each."""
    times = Counter(literal for row in rows for literal in row)
    shared: dict[str, dict[Hashable, int]] = defaultdict(dict)
    asked = [(literal, ask) for literal in times for ask in literal.asks if _can_file(ask)]
    views = [(literal, ask) for literal, ask in asked if _is_viewed(ask.field)]
    viewed = sum(times[literal] for literal, _ in views) >= _ROWS_TO_READ_VIEWS
    asks = asked if viewed or not views else [(literal, ask) for literal, ask in asked if not _is_viewed(ask.field)]
    for literal, ask in asks:
        counts, rows_of_it = shared[ask.field], times[literal]
        for key in ask.keys:
            counts[key] = counts.get(key, 0) + rows_of_it
    most = max(_MOST_FILED, len(rows) // _ROWS_FOR_MORE)
    found: dict[Literal, tuple[int, Own]] = {}
    for literal, ask in asks:
        counts = shared[ask.field]
        sharing = max([counts[key] for key in ask.keys], default=0)
        if sharing <= most and (literal not in found or sharing < found[literal][0]):
            found[literal] = sharing, (literal, ask)
    return [_least(row, found) for row in rows]


def _least(row: Row, found: Mapping[Literal, tuple[int, Own]]) -> Own | None:
    least, own = 0, None
    for literal in row:
        one = found.get(literal)
        if one is not None and (own is None or one[0] < least):
            least, own = one
    return own


def _can_file(ask: Keyed | Ranged) -> TypeGuard[Keyed]:
    """Hours and days are looked up another way."""
    return isinstance(ask, Keyed) and not ask.absent and not ask.field.startswith("times.")


def _is_all(own: Own) -> bool:
    """Tell whether a literal holds wherever one of the keys is there under which its row is filed."""
    return own[1].exact and not own[1].every


def _with_tables(unfiled: Counter[Literal], needed: Counter[Literal], filed: int) -> set[str]:
    """The fields that so many rows ask for that a table is worth its while."""
    found = set()
    for asked, least in ((unfiled, _UNFILED_FOR_A_TABLE), (needed, filed * _FILED_FOR_A_TABLE)):
        fields: Counter[str] = Counter()
        for literal, times in asked.items():
            for ask in literal.asks:
                fields[ask.field] += times
        found |= {field for field, times in fields.items() if times >= least}
        found -= {field for field in found if _is_viewed(field) and fields[field] < _ROWS_TO_READ_VIEWS}
    return found


def _is_viewed(field: str) -> bool:
    """Tell whether all views of a visitor are read for a field."""
    return field.startswith("viewed.")


def _add_range(asked: list[tuple[int, Ranged]], bit: Bit, ask: Ranged) -> None:
    """Add what a row asks; of two ranges what lies in both."""
    if asked and asked[-1][0] == bit:
        one = asked.pop()[1]
        low, low_open = max((one.low, one.low_open), (ask.low, ask.low_open))
        high, closed = min((one.high, not one.high_open), (ask.high, not ask.high_open))
        ask = replace(ask, low=low, high=high, low_open=low_open, high_open=not closed)
    asked.append((bit, ask))
