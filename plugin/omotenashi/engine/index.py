"""Which rules hold: looked up for all rules at once, so that the cost hardly grows with their number.

A rule is one or several rows, each of literals that must all be true. A row that asks for a key that few others ask for,
such as a campaign's name or a word, is filed under it, and is looked at only when the visitor has that key. The others
are bits of one integer: for each field a table has, for what the visitor is there, the rows that remain possible, and
these integers are joined with `and`. (The construction is that of packet classifiers: T. V. Lakshman and D. Stiliadis,
"High-speed policy-based packet forwarding using efficient multi-dimensional range matching", SIGCOMM 1998.)
What a table cannot tell, such as what a visitor bought, is tried on what remains, from the first rule on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from omotenashi.engine.bits import bits
from omotenashi.engine.fields import ReadKeys, keys_reader, number_reader
from omotenashi.engine.filing import Entry, Filing, Postings
from omotenashi.engine.literals import Row
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.tables import KeyTable, RangeTable

_LEAST_FOR_A_MASK = 16
_ROWS_FOR_A_MASK = 512
"""What one of so many rows names has a mask of its own, at least 16 rows: this bounds memory."""


class _Field(Struct, frozen=True):
    """What is looked up for one field."""

    read: ReadKeys
    filed: Postings
    table: KeyTable | None


class Candidates(Struct, frozen=True):
    """What remains possible on an occasion."""

    possible: int
    """Rows that are bits."""
    filed: Mapping[int, list[Entry]]
    """Others, by group, from the first rule on."""


class Index:
    """Rules by number, in groups that follow each other: the rules of a block, say."""

    def __init__(self, rules: Sequence[Sequence[Row]], groups: Sequence[int]) -> None:
        """`rules`: the rows of each, one of which must hold; `groups`: the number of each one's group, ascending."""
        filing = Filing(rules)
        size = len(filing.rows)
        common = max(_LEAST_FOR_A_MASK, size // _ROWS_FOR_A_MASK)
        tables = {field: KeyTable(asked, size, common) for field, asked in filing.keyed.items()}
        ranges = {field: RangeTable(asked, size) for field, asked in filing.ranged.items()}
        self._fields = [
            _Field(keys_reader(field), filing.filed.get(field, {}), tables.get(field))
            for field in dict.fromkeys((*tables, *filing.filed))
        ]
        self._ranges = [(number_reader(field), table) for field, table in ranges.items()]
        self._rows = filing.entries({field for field, table in ranges.items() if not table.exact})
        self._literals = [literal.holds for literal in filing.literals]
        self._groups = groups
        self._all = (1 << size) - 1
        self._masks = _masks([groups[rule] for rule, _ in self._rows])
        self._without = _without(self._rows, common)

    def candidates(self, occasion: Occasion) -> Candidates:
        """Return the rows that the tables cannot rule out."""
        possible, hits = self._all, list[Entry]()
        for field in self._fields:
            keys = field.read(occasion)
            if keys and field.filed:
                for key in keys:
                    found = field.filed.get(key)
                    if found:
                        hits += found
            if possible and field.table:
                possible &= field.table.mask(keys)
        for read, steps in self._ranges:
            if possible:
                possible &= steps.mask(read(occasion))
        return Candidates(possible, self._grouped(hits))

    def _grouped(self, hits: list[Entry]) -> Mapping[int, list[Entry]]:
        grouped: dict[int, list[Entry]] = {}
        for entry in sorted(hits):
            grouped.setdefault(self._groups[entry[0]], []).append(entry)
        return grouped

    def first(self, group: int, candidates: Candidates, occasion: Occasion, passed: Collection[int] = ()) -> int | None:
        """Return the number of the first rule of a group that holds and is not in `passed`."""
        possible = candidates.possible & self._masks.get(group, 0)
        filed = iter(candidates.filed.get(group, ()))
        waiting = next(filed, None)
        while possible or waiting:
            row = (possible & -possible).bit_length() - 1
            if waiting is None or (possible and self._rows[row] < waiting):
                rule, literals = self._rows[row]
                possible &= possible - 1
            else:
                rule, literals = waiting
                waiting = next(filed, None)
            failed = self._failed(literals, occasion)
            if failed is None and rule not in passed:
                return rule
            if failed in self._without:
                possible &= self._without[failed]
        return None

    def _failed(self, literals: Sequence[int], occasion: Occasion) -> int | None:
        """Return the first of the literals that is not true; each is tried once for an occasion."""
        found = occasion.found
        for literal in literals:
            held = found.get(literal)
            if held is None:
                held = found[literal] = self._literals[literal](occasion)
            if not held:
                return literal
        return None


def _masks(groups: Sequence[int]) -> dict[int, int]:
    """The rows of each group."""
    found: dict[int, int] = {}
    start = 0
    for end in range(1, len(groups) + 1):
        if end == len(groups) or groups[end] != groups[start]:
            found[groups[start]] = (1 << end) - (1 << start)
            start = end
    return found


def _without(rows: Sequence[Entry], common: int) -> dict[int, int]:
    """What remains possible without a literal, of those that many rows need."""
    needing: dict[int, list[int]] = {}
    for row, (_, literals) in enumerate(rows):
        for literal in literals:
            needing.setdefault(literal, []).append(row)
    size = len(rows)
    return {one: ~bits(found, size) for one, found in needing.items() if len(found) >= common}
