"""Which rules hold: looked up for all rules at once, so that the cost hardly grows with their number.

A rule is one or several rows, each of literals that must all be true. A row is a bit of an integer, the first rule's the
highest: thousands are compared in one step. A row that asks for a key that few others ask for, such as a campaign's name
or a word, is filed under it, and is possible only when the visitor has that key. For other fields a table has, for what
the visitor is there, the rows that remain possible, and all these integers are joined with `and`. (The construction is
that of packet classifiers: T. V. Lakshman and D. Stiliadis, "High-speed policy-based packet forwarding using efficient
multi-dimensional range matching", SIGCOMM 1998.) What a table cannot tell, such as what a visitor bought, is tried on
what remains, from the first rule on.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import groupby

from msgspec import Struct

from omotenashi.engine.bits import bits
from omotenashi.engine.fields import ReadKeys, keys_reader, number_reader
from omotenashi.engine.filing import Entry, Filing
from omotenashi.engine.literals import Row
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.tables import KeyTable, RangeTable

_LEAST_FOR_A_MASK = 16
_ROWS_FOR_A_MASK = 512
"""What one of so many rows names has a mask of its own, at least 16 rows: this bounds memory."""


class _Field(Struct, frozen=True):
    """What is looked up for one field."""

    read: ReadKeys
    filed: Mapping[Hashable, Sequence[int]]
    table: KeyTable | None


class Index:
    """Rules by number, in groups that follow each other: the rules of a block, say."""

    def __init__(self, rules: Sequence[Sequence[Row]], groups: Sequence[int]) -> None:
        """`rules`: the rows of each, one of which must hold; `groups`: the number of each one's group, ascending."""
        common = max(_LEAST_FOR_A_MASK, len(rules) // _ROWS_FOR_A_MASK)
        filing = Filing(rules, most_filed=common)
        size = len(filing)
        tables = {field: KeyTable(asked, size, common) for field, asked in filing.keyed.items()}
        ranges = {field: RangeTable(asked, size) for field, asked in filing.ranged.items()}
        self._fields = [
            _Field(keys_reader(field), filing.filed.get(field, {}), tables.get(field))
            for field in dict.fromkeys((*filing.filed, *tables))
        ]
        self._ranges = [(number_reader(field), table) for field, table in ranges.items()]
        self._rows = filing.entries({field for field, table in ranges.items() if not table.exact})
        self._literals = [literal.holds for literal in filing.literals]
        filed = {row for postings in filing.filed.values() for rows in postings.values() for row in rows}
        self._unfiled = ((1 << size) - 1) ^ bits(filed, size)
        self._groups = _groups(self._rows, groups)
        self._without = _without(self._rows, common)

    def possible(self, occasion: Occasion) -> int:
        """Return the rows that cannot be ruled out by looking up."""
        found, hits, tables = self._unfiled, list[int](), list[int]()
        for field in self._fields:
            keys = field.read(occasion)
            if keys and field.filed:
                for key in keys:
                    if key in field.filed:
                        hits += field.filed[key]
            if field.table:
                tables.append(field.table.mask(keys))
        for row in hits:
            found |= 1 << row
        for mask in tables:
            found &= mask
        for read, table in self._ranges:
            if found:
                found &= table.mask(read(occasion))
        return found

    def first(self, group: int, possible: int, occasion: Occasion, passed: Collection[int] = ()) -> int | None:
        """Return the number of the first rule of a group that holds and is not in `passed`."""
        rows = possible & self._groups.get(group, 0)
        while rows:
            row = rows.bit_length() - 1
            rule, literals = self._rows[row]
            failed = self._failed(literals, occasion) if literals else None
            if failed is None and rule not in passed:
                return rule
            rows = rows & self._without[failed] if failed in self._without else rows ^ (1 << row)
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


def _groups(rows: Sequence[Entry], groups: Sequence[int]) -> dict[int, int]:
    """The rows of each group."""
    found, start = dict[int, int](), 0
    for group, members in groupby(rows, key=lambda row: groups[row[0]]):
        end = start + sum(1 for _ in members)
        found[group] = (1 << end) - (1 << start)
        start = end
    return found


def _without(rows: Sequence[Entry], common: int) -> dict[int | None, int]:
    """What remains possible without a literal, of those that many rows need."""
    needing: dict[int, list[int]] = {}
    for row, (_, literals) in enumerate(rows):
        for literal in literals:
            needing.setdefault(literal, []).append(row)
    size = len(rows)
    return {one: ((1 << size) - 1) ^ bits(found, size) for one, found in needing.items() if len(found) >= common}
