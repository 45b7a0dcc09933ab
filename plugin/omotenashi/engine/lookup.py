"""For what a visitor is in one respect after the other: the bits of rows that remain possible, and the filed rows.

What a value leaves is remembered, field by field, because the same devices, prefectures and pages come again and again:
one value is one step then, however many keys it has and tables are asked. Fields that belong together and have few values
(`TOGETHER`) are one step for all: their answers are joined once for each combination.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import reduce
from math import inf
from operator import and_, attrgetter
from typing import Any, TypeAlias

from omotenashi.engine.fields import (
    ATTRIBUTES,
    THERE,
    TOGETHER,
    Keys,
    KeysOf,
    ReadKeys,
    ReadNumber,
    attribute_of,
    keys_of,
    keys_reader,
    number_reader,
)
from omotenashi.engine.filing import FiledEntry
from omotenashi.engine.lexicon import Lexicon
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.tables import KeyTable, RangeTable
from omotenashi.model.visitor import Visitor

Answer: TypeAlias = "tuple[int | None, tuple[FiledEntry, ...]]"
"""The bits that are not ruled out (None: all), and what is filed."""
Postings: TypeAlias = "Mapping[Hashable, Sequence[FiledEntry]]"
_Known: TypeAlias = "Callable[[Hashable], Answer | None]"
_WorkOut: TypeAlias = "Callable[[Hashable, Lexicon], Answer]"
_Group: TypeAlias = "tuple[Callable[[Any], Any], _Known, Callable[[Any, Lexicon], Answer]]"
_KEPT = 4096
_KEPT_BYTES = 1 << 20
"""Values of a field whose answers are remembered, and about how much room their masks and what is filed may take."""
_ENTRY_BYTES = 8
"""Of one that is filed, in an answer."""
_LONGEST = 128
"""Characters of a value that is remembered: nobody fills the memory with long addresses."""
_OF_MEMBER = frozenset(("member", "given", "truth", "number", "date"))
"""What begins the names of fields that are read of a member's attribute."""


class _Memo:
    """What values leave, so long as they are few."""

    def __init__(self, bits: int) -> None:
        """`bits`: how many a mask has."""
        self._answers: dict[Hashable, Answer] = {}
        self._masks: dict[int | None, int | None] = {}
        self._same: dict[Answer, Answer] = {}
        self._mask_bytes = bits // 8
        self._room = 0
        """What the answers take, in bytes, were no two of them equal."""
        self.known: _Known = self._answers.get
        """Returns the answer for a value that is remembered."""

    def __len__(self) -> int:
        return len(self._answers)

    def keep(self, value: Hashable, answer: Answer) -> Answer:
        """Remember and return an answer; equal ones, such as those of the pages of one category, are one."""
        mask, filed = answer
        takes = self._mask_bytes + _ENTRY_BYTES * len(filed)
        self._room += takes
        if len(self._answers) >= _KEPT or self._room > _KEPT_BYTES:
            self._answers.clear()
            self._masks.clear()
            self._same.clear()
            self._room = takes
        shared = self._masks.setdefault(mask, mask), filed
        kept = self._answers[value] = self._same.setdefault(shared, shared)
        return kept


class _Field:
    """What is looked up under the keys of one field."""

    def __init__(self, field: str, filed: Postings | None, table: KeyTable | None, bits: int) -> None:
        """`bits`: how many a mask has."""
        self._filed = filed or {}
        self._table = table
        self._keys_of: KeysOf = keys_of(field)
        self._personal = _is_of_member(field)
        self._memo = _Memo(bits)
        self.known: _Known = self._memo.known

    def answer(self, keys: Keys) -> Answer:
        """Return what remains where these keys are there; None: it is not known."""
        mask = self._table.mask(keys) if self._table else None
        filed = self._filed
        found: list[FiledEntry] = []
        for key in keys or ():
            if key in filed:
                found += filed[key]
        return mask, tuple(found)

    def work_out(self, value: Hashable, lexicon: Lexicon) -> Answer:
        """Return the answer for a value that stands in a visitor, and remember it."""
        keys = self._keys_of(value, lexicon)
        answer = self.answer(keys)
        if _length(value) > _LONGEST or (self._personal and not self._is_named(keys)):
            return answer
        return self._memo.keep(value, answer)

    def _is_named(self, keys: Keys) -> bool:
        """Tell whether all of it stands in the rules: what else members are is not remembered."""
        return all(key in self._filed or (self._table is not None and key in self._table) for key in keys or ())


class _Together:
    """What is looked up for fields that belong together: one step where their values came together before."""

    def __init__(self, fields: Sequence[_Field], bits: int) -> None:
        """`bits`: how many a mask has."""
        self._fields = fields
        self._memo = _Memo(bits)
        self.known: _Known = self._memo.known

    def work_out(self, values: tuple[Hashable, ...], lexicon: Lexicon) -> Answer:
        """Return the answer for the values of the fields, and remember it."""
        fields = zip(self._fields, values, strict=True)
        answer = _joined([field.known(value) or field.work_out(value, lexicon) for field, value in fields])
        return answer if sum(map(_length, values)) > _LONGEST else self._memo.keep(values, answer)


class Lookup:
    """All fields that are looked up, but for hours and days."""

    def __init__(
        self, filed: Mapping[str, Postings], tables: Mapping[str, KeyTable], ranges: Mapping[str, RangeTable], size: int
    ) -> None:
        """`size`: how many bits a mask has."""
        fields = [field for field in dict.fromkeys((*filed, *tables)) if not field.startswith("times.")]
        made = {field: _Field(field, filed.get(field), tables.get(field), size) for field in fields}
        self._all = (1 << size) - 1
        self._groups = _groups(made, size)
        self._there = [(attrgetter(THERE[field]), *_if_there(made[field])) for field in fields if field in THERE]
        self._query = _named(made, fields, lambda field: field[6:] if field.startswith("query.") else None)
        self._no_name_in = frozenset(name for name, _, _ in self._query).isdisjoint
        self._no_query = _joined([made[field].answer(("",)) for field in fields if field.startswith("query.")])
        self._member = _named(made, fields, lambda field: attribute_of(field) if field.startswith("member.") else None)
        self._truths = [(attribute_of(field), *_if_true(made[field])) for field in fields if field.startswith("truth.")]
        self._given = [(attribute_of(field), *_if_there(made[field])) for field in fields if field.startswith("given.")]
        self._member_numbers = [
            (number_reader(field), table) for field, table in ranges.items() if _is_of_member(field)
        ]
        unknown = [made[field].answer(None) for field in fields if _is_of_member(field)]
        unknown += [(table.unknown, ()) for field, table in ranges.items() if _is_of_member(field)]
        logged_in = [made[field] for field in fields if field == "logged_in"]
        self._somebody = _joined([field.answer((True,)) for field in logged_in])
        self._nobody = _joined([*unknown, *(field.answer((False,)) for field in logged_in)])
        self._read_keys: list[tuple[ReadKeys, _Field]] = [
            (keys_reader(field), made[field]) for field in fields if field.startswith(("unknown.", "viewed."))
        ]
        self._numbers: list[tuple[ReadNumber, RangeTable]] = [
            (number_reader(field), table) for field, table in ranges.items() if not _is_of_member(field)
        ]

    def narrowed(self, occasion: Occasion) -> tuple[int, list[FiledEntry]]:
        """Return the bits that remain possible, and what is filed under what the visitor is."""
        visitor, lexicon = occasion.visitor, occasion.lexicon
        possible = self._all
        filed: list[FiledEntry] = []
        for read, known, work_out in self._groups:
            value = read(visitor)
            mask, entries = known(value) or work_out(value, lexicon)
            if mask is not None:
                possible &= mask
            if entries:
                filed += entries
        for mask, entries in self._of_others(visitor, occasion):
            if mask is not None:
                possible &= mask
            if entries:
                filed += entries
        return possible, filed

    def _of_others(self, visitor: Visitor, occasion: Occasion) -> list[Answer]:
        """What is left by fields that do not stand in one place, or of which only counts whether they are there."""
        member = visitor.member
        found = [self._nobody] if member is None else self._of_member(member.attributes, occasion)
        if self._query:
            self._add_query(visitor.query, occasion.lexicon, found)
        for read, there, missing in self._there:
            found.append(missing if read(visitor) is None else there)
        for read_keys, field in self._read_keys:
            found.append(field.answer(read_keys(occasion)))
        for read_number, table in self._numbers:
            found.append((table.mask(read_number(occasion)), ()))
        return found

    def _of_member(self, attributes: Mapping[str, Any], occasion: Occasion) -> list[Answer]:
        found = [self._somebody]
        for name, known, work_out in self._member:
            value = attributes.get(name)
            found.append(known(value) or work_out(value, occasion.lexicon))
        for name, yes, no, missing, neither in self._truths:
            value = attributes.get(name)
            found.append(yes if value is True else no if value is False else missing if value is None else neither)
        for name, there, missing in self._given:
            found.append(missing if attributes.get(name) is None else there)
        for read, table in self._member_numbers:
            found.append((table.mask(read(occasion)), ()))
        return found

    def _add_query(self, query: Mapping[str, str], lexicon: Lexicon, found: list[Answer]) -> None:
        if self._no_name_in(query):
            found.append(self._no_query)
        else:
            for name, known, work_out in self._query:
                value = query.get(name, "")
                found.append(known(value) or work_out(value, lexicon))


def _groups(made: Mapping[str, _Field], bits: int) -> list[_Group]:
    """What is read together, with what is looked up for it."""
    alone = ((field,) for field in ATTRIBUTES if not any(field in fields for fields in TOGETHER))
    asked = ([field for field in fields if field in made] for fields in (*TOGETHER, *alone))
    return [_group([made[field] for field in fields], fields, bits) for fields in asked if fields]


def _group(looked_up: Sequence[_Field], fields: Sequence[str], bits: int) -> _Group:
    read: Callable[[Any], Any] = attrgetter(*(ATTRIBUTES[field] for field in fields))
    one = looked_up[0] if len(fields) == 1 else _Together(looked_up, bits)
    return read, one.known, one.work_out


def _length(value: Hashable) -> float:
    """The characters of a value of which equal ones are the same. Of others, such as 1, which equals true, too many."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, (tuple, frozenset)):
        return sum(map(len, value))
    return 0 if value is None else inf


def _if_there(field: _Field) -> tuple[Answer, Answer]:
    """What remains where a value is there, and where it is not."""
    return field.answer((True,)), field.answer(None)


def _if_true(field: _Field) -> tuple[Answer, Answer, Answer, Answer]:
    """What remains where a value is true, false, not known, or none of these."""
    return field.answer((True,)), field.answer((False,)), field.answer(None), field.answer(())


def _joined(answers: Sequence[Answer]) -> Answer:
    """Return several answers as one, without what is filed and needs what they rule out."""
    masks = [mask for mask, _ in answers if mask is not None]
    possible = reduce(and_, masks) if masks else None
    filed = tuple(entry for _, entries in answers for entry in entries)
    if possible is None:
        return None, filed
    return possible, tuple(entry for entry in filed if entry[1] & possible == entry[1])


def _named(
    made: Mapping[str, _Field], fields: Sequence[str], name_in: Callable[[str], str | None]
) -> list[tuple[str, _Known, _WorkOut]]:
    """The fields that are read by a name, with that name."""
    names = ((made[field], name_in(field)) for field in fields)
    return [(name, field.known, field.work_out) for field, name in names if name is not None]


def _is_of_member(field: str) -> bool:
    """Tell whether a field is not known where nobody is logged in."""
    return field.partition(".")[0] in _OF_MEMBER
