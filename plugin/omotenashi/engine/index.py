"""Which rules hold: looked up for all rules at once, so that the cost hardly grows with their number.

A rule is one or several rows, each of literals that must all be true. A row that asks for a key that few others ask for,
such as a campaign's name or a word, is filed under it, and is looked at only when the visitor has that key. Other rows
are bits of one integer, the first rule's the highest, and so are the literals that filed rows need besides: for each
field a table has, for what the visitor is there, the bits that remain possible, and these integers are joined with
`and`. (The construction is that of packet classifiers: T. V. Lakshman and D. Stiliadis, "High-speed policy-based packet
forwarding using efficient multi-dimensional range matching", SIGCOMM 1998.) What a table cannot tell, such as what a
visitor bought, is tried on what remains, from the first rule on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Container, Sequence
from functools import reduce
from itertools import groupby
from operator import and_, neg
from typing import TypeAlias

from omotenashi.engine.bits import bits
from omotenashi.engine.filing import FiledEntry, Filing
from omotenashi.engine.literals import Literals, Row
from omotenashi.engine.lookup import Lookup
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.tables import KeyTable, RangeTable, least_for_a_mask

_LEAST_TO_DROP = 16
"""Rows that need a literal, for them to be dropped together where it is not true."""
_Row: TypeAlias = "tuple[int, tuple[int, ...], int]"
"""The number of a rule, those of the literals that are to be tried, and that of the rule's group."""


class Index:
    """Rules by number, in groups that follow each other: the rules of a block, say."""

    def __init__(self, rules: Sequence[Sequence[Row]], groups: Sequence[int], literals: Literals) -> None:
        """`rules`: the rows of each, one of which must hold; `groups`: the number of each one's group, ascending.

        `literals`: where those that are tried are compiled.
        """
        filing = Filing(rules)
        size, common = len(filing), least_for_a_mask(filing.keyed.values(), len(filing))
        tables = {field: KeyTable(asked, size, common) for field, asked in filing.keyed.items()}
        ranges = {field: RangeTable(asked, size) for field, asked in filing.ranged.items()}
        inexact = {field for field, table in ranges.items() if not table.exact}
        self._rows: list[_Row] = [(rule, literals, groups[rule]) for rule, literals in filing.entries(inexact)]
        self._first_row = filing.first_row
        self._all = (1 << size) - 1
        filed = filing.filed(inexact, groups)
        self._literals = [literals.holds(literal) for literal in filing.tried]
        self.groups = _groups(self._rows)
        """The bits of the rows of each group that has any."""
        self._later = _later(self._rows, groups)
        """The bits of the rows of the groups after each."""
        self._without = _without(self._rows)
        self._lookup = Lookup(filed, tables, ranges, size)
        self._windows = [table for field, table in tables.items() if field.startswith("times.")]
        self._now: tuple[object, int] = (None, 0)

    def firsts(
        self, occasion: Occasion, wanted: int, groups: Container[int], passed: Collection[int] = ()
    ) -> dict[int, int]:
        """Return the number of the first rule that holds of each of the groups in which one does.

        `wanted`: the bits of the rows of these groups; rules in `passed` are passed over.
        """
        rows, filed = self._candidates(occasion)
        if rows & wanted:
            return self._merged(rows & wanted, filed, groups, occasion, passed)
        found: dict[int, int] = {}
        for rule, _, literals, group in filed:
            is_open = group in groups and group not in found and rule not in passed
            if is_open and (not literals or self._failed(literals, occasion) is None):
                found[group] = rule
        return found

    def _merged(
        self,
        rows: int,
        filed: list[FiledEntry],
        groups: Container[int],
        occasion: Occasion,
        passed: Collection[int],
    ) -> dict[int, int]:
        """The same of rows that are bits and filed ones, in the order of the rules."""
        found: dict[int, int] = {}
        filed.reverse()
        while rows or filed:
            row = rows.bit_length() - 1
            if filed and (row < 0 or filed[-1][0] <= self._rows[row][0]):
                rule, _, literals, group = filed.pop()
                row = -1
                if group in found or group not in groups:
                    continue
            else:
                rule, literals, group = self._rows[row]
            failed = self._failed(literals, occasion) if literals else None
            if failed is None and rule not in passed:
                found[group] = rule
                rows &= self._later[group]
            elif failed in self._without:
                rows &= self._without[failed]
            elif row >= 0:
                rows ^= 1 << row
        return found

    def _candidates(self, occasion: Occasion) -> tuple[int, list[FiledEntry]]:
        """Return what cannot be ruled out by looking up: bits of rows, and what is filed, in the order of rules."""
        possible, filed = self._lookup.narrowed(occasion)
        if self._windows:
            possible &= self._in_time(occasion)
        rows = possible >> self._first_row if self._first_row else possible
        if filed:
            impossible = possible ^ self._all
            filed = [entry for entry in filed if not entry[1] & impossible]
            filed.sort()
        return rows, filed

    def _in_time(self, occasion: Occasion) -> int:
        """What the hours and days leave is the same until one of them begins or ends."""
        times, (known, mask) = occasion.times, self._now
        if times is not known:
            mask = reduce(and_, (table.mask(times) for table in self._windows))
            self._now = (times, mask)
        return mask

    def _failed(self, literals: Sequence[int], occasion: Occasion) -> int | None:
        """Return the first of the literals that is not true; each is tried once for an occasion."""
        found = occasion.found
        for literal in literals:
            holds = self._literals[literal]
            held = found.get(holds)
            if held is None:
                held = found[holds] = holds(occasion)
            if not held:
                return literal
        return None


def _groups(rows: Sequence[_Row]) -> dict[int, int]:
    """The bits of the rows of each group that has any."""
    found: dict[int, int] = {}
    start = 0
    for group, members in groupby(rows, key=lambda row: row[2]):
        end = start + sum(1 for _ in members)
        found[group] = (1 << end) - (1 << start)
        start = end
    return found


def _later(rows: Sequence[_Row], groups: Sequence[int]) -> dict[int, int]:
    """The bits of the rows that come after each group."""
    ends = [group for _, _, group in rows]
    return {group: (1 << bisect_left(ends, -group, key=neg)) - 1 for group in set(groups)}


def _without(rows: Sequence[_Row]) -> dict[int | None, int]:
    """What remains possible without a literal, of those that many rows need."""
    needing: dict[int, list[int]] = {}
    for bit, (_, literals, _) in enumerate(rows):
        for literal in literals:
            needing.setdefault(literal, []).append(bit)
    size = len(rows)
    every = (1 << size) - 1
    return {one: every ^ bits(found, size) for one, found in needing.items() if len(found) >= _LEAST_TO_DROP}
