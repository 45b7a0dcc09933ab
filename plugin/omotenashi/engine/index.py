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

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import reduce
from itertools import groupby
from operator import and_, attrgetter
from typing import TypeAlias

from omotenashi.engine.bits import bits
from omotenashi.engine.fields import ATTRIBUTES, ReadKey, ReadKeys, ReadNumber, key_reader, keys_reader, number_reader
from omotenashi.engine.filing import Entry, FiledEntry, Filing
from omotenashi.engine.literals import Row
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.tables import KeyTable, RangeTable, least_for_a_mask
from omotenashi.model.visitor import Visitor

_LEAST_TO_DROP = 16
"""Rows that need a literal, for them to be dropped together where it is not true."""
Postings: TypeAlias = "Mapping[Hashable, list[FiledEntry]]"
Candidates: TypeAlias = "tuple[int, Mapping[int, list[FiledEntry]]]"
"""Bits of rows; and filed rows, by group."""
_Keyed: TypeAlias = "tuple[ReadKeys, Postings | None, KeyTable | None]"
_OneKey: TypeAlias = "tuple[ReadKey, Postings, KeyTable | None, Mapping[Hashable, int]]"
_Number: TypeAlias = "tuple[ReadNumber, RangeTable]"


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
        filed = filing.filed(inexact)
        self._literals = [literal.holds for literal in filing.tried]
        self._of_rule = groups
        self.groups = _groups(self._rows, groups, filing.first_row)
        """The bits of the rows of each group that has any."""
        self._without = _without(self._rows, filing.first_row)
        self._plain = _Plain(filed, tables)
        self._visitor = _Part(filed, tables, ranges, lambda field: not _is_of_member(field))
        self._member = _Part(filed, tables, ranges, _is_of_member)
        unknown = [tables[field].unknown for field in tables if _is_of_member(field)]
        unknown += [ranges[field].unknown for field in ranges if _is_of_member(field)]
        self._nobody = reduce(and_, unknown, self._all)
        self._windows = [table for field, table in tables.items() if field.startswith("times.")]
        self._now: tuple[object, int] = (None, 0)

    def candidates(self, occasion: Occasion) -> Candidates:
        """Return the rules that cannot be ruled out by looking up."""
        hits: list[FiledEntry] = []
        possible = self._plain.possible(occasion.visitor, hits, self._all)
        possible = self._visitor.possible(occasion, hits, possible)
        if occasion.visitor.member is None:
            possible &= self._nobody
        else:
            possible = self._member.possible(occasion, hits, possible)
        if self._windows:
            possible &= self._in_time(occasion)
        filed: dict[int, list[FiledEntry]] = {}
        for entry in hits:
            if entry[1] & possible == entry[1]:
                filed.setdefault(self._of_rule[entry[0]], []).append(entry)
        return possible, filed

    def _in_time(self, occasion: Occasion) -> int:
        """What the hours and days leave is the same until one of them begins or ends."""
        times, (known, mask) = occasion.times, self._now
        if times is not known:
            mask = reduce(and_, (table.mask(times) for table in self._windows))
            self._now = (times, mask)
        return mask

    def first(
        self, rows: int, filed: list[FiledEntry] | None, occasion: Occasion, passed: Collection[int] = ()
    ) -> int | None:
        """Return the number of the first rule that holds and is not in `passed`, of some rows: bits, and filed ones."""
        waiting = sorted(filed, reverse=True) if filed else []
        while rows or waiting:
            row = rows.bit_length() - 1
            if waiting and (not rows or waiting[-1][0] <= self._rows[row - self._first_row][0]):
                rule, _, literals = waiting.pop()
                row = -1
            else:
                rule, literals = self._rows[row - self._first_row]
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


def _groups(rows: Sequence[Entry], groups: Sequence[int], first_row: int) -> dict[int, int]:
    """The bits of the rows of each group that has any."""
    found, start = dict[int, int](), first_row
    for group, members in groupby(rows, key=lambda row: groups[row[0]]):
        end = start + sum(1 for _ in members)
        found[group] = (1 << end) - (1 << start)
        start = end
    return found


def _without(rows: Sequence[Entry], first_row: int) -> dict[int | None, int]:
    """What remains possible without a literal, of those that many rows need."""
    needing: dict[int, list[int]] = {}
    for bit, (_, literals) in enumerate(rows, first_row):
        for literal in literals:
            needing.setdefault(literal, []).append(bit)
    size = first_row + len(rows)
    every = (1 << size) - 1
    return {one: every ^ bits(found, size) for one, found in needing.items() if len(found) >= _LEAST_TO_DROP}


class _Plain:
    """Fields of one key each, which are read together."""

    def __init__(self, filed: Mapping[str, Postings], tables: Mapping[str, KeyTable]) -> None:
        fields = [field for field in ATTRIBUTES if field in filed or field in tables]
        self._read = attrgetter(*(ATTRIBUTES[field] for field in fields), "page", "page")  # two, so that it is a tuple
        self._filed = [(place, filed[field]) for place, field in enumerate(fields) if field in filed]
        self._tables: list[tuple[int, KeyTable, Mapping[Hashable, int]]] = [
            (place, tables[field], _masks(tables[field])) for place, field in enumerate(fields) if field in tables
        ]

    def possible(self, visitor: Visitor, hits: list[FiledEntry], possible: int) -> int:
        """Add the rows that are filed to `hits`, and return the bits that are not ruled out."""
        values = self._read(visitor)
        for place, filed in self._filed:
            value = values[place]
            if value in filed:
                hits += filed[value]
        for place, table, masks in self._tables:
            value = values[place]
            possible &= masks[value] if value in masks else table.of_one(value)
        return possible


class _Part:
    """Other fields, each with what reads it."""

    def __init__(
        self,
        filed: Mapping[str, Postings],
        tables: Mapping[str, KeyTable],
        ranges: Mapping[str, RangeTable],
        is_part: Callable[[str], bool],
    ) -> None:
        fields = [field for field in dict.fromkeys((*filed, *tables)) if field not in ATTRIBUTES and is_part(field)]
        of_one = {field: read for field in fields if (read := key_reader(field))}
        self._of_one: list[_OneKey] = [
            (read, filed.get(field, {}), tables.get(field), _masks(tables.get(field))) for field, read in of_one.items()
        ]
        self._of_several: list[_Keyed] = [
            (keys_reader(field), filed.get(field), tables.get(field))
            for field in fields
            if field not in of_one and not field.startswith("times.")
        ]
        self._numbers: list[_Number] = [(number_reader(field), ranges[field]) for field in ranges if is_part(field)]

    def possible(self, occasion: Occasion, hits: list[FiledEntry], possible: int) -> int:
        """Add the rows that are filed to `hits`, and return the bits that are not ruled out."""
        possible = self._with_one_key(occasion, hits, possible)
        for read_keys, filed, table in self._of_several:
            keys = read_keys(occasion)
            if filed and keys:
                for key in keys:
                    if key in filed:
                        hits += filed[key]
            if table:
                possible &= table.mask(keys)
        for read, steps in self._numbers:
            possible &= steps.mask(read(occasion))
        return possible

    def _with_one_key(self, occasion: Occasion, hits: list[FiledEntry], possible: int) -> int:
        for read, filed, table, masks in self._of_one:
            key = read(occasion)
            if key in filed:
                hits += filed[key]
            if key in masks:
                possible &= masks[key]
            elif table is not None:
                possible &= table.of_one(key)
        return possible


def _masks(table: KeyTable | None) -> Mapping[Hashable, int]:
    """What remains for each of the keys that a table has masks for, and where nothing is known (None)."""
    return {None: table.unknown, **table.masks} if table else {}


def _is_of_member(field: str) -> bool:
    """Tell whether a field is not known where nobody is logged in."""
    return "member." in field and not field.startswith("unknown.")
