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

from collections.abc import Collection, Container, Sequence
from functools import reduce
from itertools import groupby
from operator import and_
from typing import TypeAlias

from omotenashi.engine.bits import bits
from omotenashi.engine.filing import Entry, FiledEntry, Filing
from omotenashi.engine.literals import Row
from omotenashi.engine.lookup import Lookup
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.tables import KeyTable, RangeTable, least_for_a_mask

_LEAST_TO_DROP = 16
"""Rows that need a literal, for them to be dropped together where it is not true."""
Candidates: TypeAlias = "tuple[int, dict[int, list[FiledEntry]]]"
"""Bits of rows; and filed rows, by group."""


class Index:
    """Rules by number, in groups that follow each other: the rules of a block, say."""

    def __init__(self, rules: Sequence[Sequence[Row]], groups: Sequence[int]) -> None:
        """`rules`: the rows of each, one of which must hold; `groups`: the number of each one's group, ascending."""
        filing = Filing(rules)
        size, common = len(filing), least_for_a_mask(filing.keyed.values(), len(filing))
        tables = {field: KeyTable(asked, size, common) for field, asked in filing.keyed.items()}
        ranges = {field: RangeTable(asked, size) for field, asked in filing.ranged.items()}
        inexact = {field for field, table in ranges.items() if not table.exact}
        self._rows = filing.entries(inexact)
        self._first_row = filing.first_row
        self._all = (1 << size) - 1
        filed = filing.filed(inexact, groups)
        self._literals = [literal.holds for literal in filing.tried]
        self.groups = _groups(self._rows, groups)
        """The bits of the rows of each group that has any."""
        self._group_of = [groups[rule] for rule, _ in self._rows]
        self._without = _without(self._rows)
        self._lookup = Lookup(filed, tables, ranges, size)
        self._windows = [table for field, table in tables.items() if field.startswith("times.")]
        self._now: tuple[object, int] = (None, 0)

    def candidates(self, occasion: Occasion) -> Candidates:
        """Return the rules that cannot be ruled out by looking up."""
        possible, hits = self._lookup.narrowed(occasion)
        if self._windows:
            possible &= self._in_time(occasion)
        rows = possible >> self._first_row if self._first_row else possible
        return rows, _by_group(hits, possible ^ self._all) if hits else {}

    def _in_time(self, occasion: Occasion) -> int:
        """What the hours and days leave is the same until one of them begins or ends."""
        times, (known, mask) = occasion.times, self._now
        if times is not known:
            mask = reduce(and_, (table.mask(times) for table in self._windows))
            self._now = (times, mask)
        return mask

    def firsts(
        self,
        rows: int,
        filed: dict[int, list[FiledEntry]],
        groups: Container[int],
        occasion: Occasion,
        passed: Collection[int] = (),
    ) -> list[tuple[int, int]]:
        """Return for each of the groups in which one holds its number and that of the first rule.

        `rows`: of these groups; `filed`: maybe of others, too; rules in `passed` are passed over.
        """
        found = []
        while rows:
            group = self._group_of[rows.bit_length() - 1]
            of_group = rows & self.groups[group]
            rows ^= of_group
            rule = self._first(of_group, filed.pop(group, None), occasion, passed)
            if rule is not None:
                found.append((group, rule))
        for group, entries in filed.items():
            if group in groups:
                rule = self._first(0, entries, occasion, passed)
                if rule is not None:
                    found.append((group, rule))
        return found

    def _first(
        self, rows: int, filed: list[FiledEntry] | None, occasion: Occasion, passed: Collection[int]
    ) -> int | None:
        """Return the number of the first rule that holds, of some rows: bits, and filed ones."""
        if not filed:
            rule, literals = self._rows[rows.bit_length() - 1]
            if not literals and rule not in passed:
                return rule
        elif not rows and len(filed) == 1:
            rule, _, literals, _ = filed[0]
            return None if rule in passed or (literals and self._failed(literals, occasion) is not None) else rule
        waiting = sorted(filed, reverse=True) if filed else []
        while rows or waiting:
            row = rows.bit_length() - 1
            if waiting and (not rows or waiting[-1][0] <= self._rows[row][0]):
                rule, _, literals, _ = waiting.pop()
                row = -1
            else:
                rule, literals = self._rows[row]
            failed = self._failed(literals, occasion) if literals else None
            if failed is None and rule not in passed:
                return rule
            if failed in self._without:
                rows &= self._without[failed]
            elif row >= 0:
                rows ^= 1 << row
        return None

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


def _by_group(filed: Sequence[FiledEntry], impossible: int) -> dict[int, list[FiledEntry]]:
    """Those that need nothing impossible."""
    found: dict[int, list[FiledEntry]] = {}
    for entry in filed:
        if not entry[1] & impossible:
            if entry[3] in found:
                found[entry[3]].append(entry)
            else:
                found[entry[3]] = [entry]
    return found


def _groups(rows: Sequence[Entry], groups: Sequence[int]) -> dict[int, int]:
    """The bits of the rows of each group that has any."""
    found: dict[int, int] = {}
    start = 0
    for group, members in groupby(rows, key=lambda row: groups[row[0]]):
        end = start + sum(1 for _ in members)
        found[group] = (1 << end) - (1 << start)
        start = end
    return found


def _without(rows: Sequence[Entry]) -> dict[int | None, int]:
    """What remains possible without a literal, of those that many rows need."""
    needing: dict[int, list[int]] = {}
    for bit, (_, literals) in enumerate(rows):
        for literal in literals:
            needing.setdefault(literal, []).append(bit)
    size = len(rows)
    every = (1 << size) - 1
    return {one: every ^ bits(found, size) for one, found in needing.items() if len(found) >= _LEAST_TO_DROP}
