"""For what a visitor is in one respect after the other: the bits of rows that remain possible, and the filed rows.

What a value leaves is remembered, field by field, because the same devices, prefectures and pages come again and again:
one value is one step then, however many keys it has and tables are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import reduce
from operator import and_, attrgetter
from typing import Any, TypeAlias

from omotenashi.engine.fields import (
    ATTRIBUTES,
    THERE,
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

Answer: TypeAlias = "tuple[int | None, tuple[FiledEntry, ...]]"
"""The bits that are not ruled out (None: all), and what is filed."""
Postings: TypeAlias = "Mapping[Hashable, Sequence[FiledEntry]]"
_Known: TypeAlias = "Callable[[Hashable], Answer | None]"
_WorkOut: TypeAlias = "Callable[[Hashable, Lexicon], Answer]"
_KEPT = 4096
_KEPT_BYTES = 1 << 20
"""Values of a field whose answers are remembered, and about how much room these may take."""
_LONGEST = 128
"""Characters of a value that is remembered: nobody fills the memory with long addresses."""
_OF_MEMBER = frozenset(("member", "given", "truth", "number", "date"))
"""What begins the names of fields that are read of a member's attribute."""


class _Field:
    """What is looked up under the keys of one field."""

    def __init__(self, field: str, filed: Postings | None, table: KeyTable | None, bits: int) -> None:
        """`bits`: how many a mask has."""
        self._filed = filed or {}
        self._table = table
        self._keys_of: KeysOf = keys_of(field)
        self._personal = _is_of_member(field)
        self._known: dict[Hashable, Answer] = {}
        self._masks: dict[int | None, int | None] = {}
        self._most = max(16, min(_KEPT, 8 * _KEPT_BYTES // (bits + 1)))
        self.known: _Known = self._known.get
        """Returns the answer for a value that is remembered."""

    def answer(self, keys: Keys) -> Answer:
        """Return what remains where these keys are there; None: it is not known."""
        mask = self._table.mask(keys) if self._table else None
        filed, found = self._filed, list[FiledEntry]()
        for key in keys or ():
            if key in filed:
                found += filed[key]
        return mask, tuple(found)

    def work_out(self, value: Hashable, lexicon: Lexicon) -> Answer:
        """Return the answer for a value that stands in a visitor, and remember it."""
        keys = self._keys_of(value, lexicon)
        mask, found = self.answer(keys)
        if not _can_be_kept(value) or (self._personal and not self._is_named(keys)):
            return mask, found
        if len(self._known) >= self._most:
            self._known.clear()
            self._masks.clear()
        answer = self._known[value] = self._masks.setdefault(mask, mask), found
        return answer

    def _is_named(self, keys: Keys) -> bool:
        """Tell whether all of it stands in the rules: what else members are is not remembered."""
        return all(key in self._filed or (self._table is not None and key in self._table) for key in keys or ())


class Lookup:
    """All fields that are looked up, but for hours and days."""

    def __init__(
        self, filed: Mapping[str, Postings], tables: Mapping[str, KeyTable], ranges: Mapping[str, RangeTable], size: int
    ) -> None:
        """`size`: how many bits a mask has."""
        fields = [field for field in dict.fromkeys((*filed, *tables)) if not field.startswith("times.")]
        made = {field: _Field(field, filed.get(field), tables.get(field), size) for field in fields}
        direct, there = [[field for field in fields if field in places] for places in (ATTRIBUTES, THERE)]
        read = (*(ATTRIBUTES[field] for field in direct), *(THERE[field] for field in there))
        self._read: Callable[[Any], tuple[Any, ...]] = attrgetter(
            *read, "page", "page"
        )  # two more, so that it is a tuple
        self._direct: list[tuple[int, _Known, _WorkOut]] = [
            (place, made[field].known, made[field].work_out) for place, field in enumerate(direct)
        ]
        self._there = [(place, *_if_there(field, made[field])) for place, field in enumerate(there, len(direct))]
        self._query = _named(made, fields, lambda field: field[6:] if field.startswith("query.") else None)
        self._no_query = _joined([made[field].answer(("",)) for field in fields if field.startswith("query.")])
        self._member = _named(
            made, fields, lambda field: attribute_of(field) if field.startswith(("member.", "truth.")) else None
        )
        self._given = [
            (attribute_of(field), *_if_there(field, made[field])) for field in fields if field.startswith("given.")
        ]
        self._member_numbers = [
            (number_reader(field), table) for field, table in ranges.items() if _is_of_member(field)
        ]
        unknown = [made[field].answer(None) for field in fields if _is_of_member(field)]
        unknown += [(table.unknown, ()) for field, table in ranges.items() if _is_of_member(field)]
        self._nobody = _joined(unknown)
        self._others: list[tuple[ReadKeys, _Field]] = [
            (keys_reader(field), made[field]) for field in fields if field.startswith(("unknown.", "viewed."))
        ]
        self._numbers: list[tuple[ReadNumber, RangeTable]] = [
            (number_reader(field), table) for field, table in ranges.items() if not _is_of_member(field)
        ]

    def answers(self, occasion: Occasion) -> list[Answer]:
        """Return what each field leaves of the rows."""
        visitor, lexicon, found = occasion.visitor, occasion.lexicon, list[Answer]()
        values = self._read(visitor)
        for place, known, work_out in self._direct:
            value = values[place]
            found.append(known(value) or work_out(value, lexicon))
        for place, there, missing in self._there:
            found.append(missing if values[place] is None else there)
        query = visitor.query
        if self._query and not query:
            found.append(self._no_query)
        elif self._query:
            for name, known, work_out in self._query:
                value = query.get(name, "")
                found.append(known(value) or work_out(value, lexicon))
        if visitor.member is None:
            found.append(self._nobody)
        else:
            self._of_member(visitor.member.attributes, occasion, found)
        for read, field in self._others:
            found.append(field.answer(read(occasion)))
        for read_number, table in self._numbers:
            found.append((table.mask(read_number(occasion)), ()))
        return found

    def _of_member(self, attributes: Mapping[str, Any], occasion: Occasion, found: list[Answer]) -> None:
        for name, known, work_out in self._member:
            value = attributes.get(name)
            found.append(known(value) or work_out(value, occasion.lexicon))
        for name, there, missing in self._given:
            found.append(missing if attributes.get(name) is None else there)
        for read, table in self._member_numbers:
            found.append((table.mask(read(occasion)), ()))


def _can_be_kept(value: Hashable) -> bool:
    """Tell whether a value is short, and of a type of which equal ones are the same: 1 is equal to true."""
    if isinstance(value, str):
        return len(value) <= _LONGEST
    return value is None or (isinstance(value, (tuple, frozenset)) and sum(map(len, value)) <= _LONGEST)


def _if_there(field: str, looked_up: _Field) -> tuple[Answer, Answer]:
    """What remains where a value is there, and where it is not."""
    return looked_up.answer((True,)), looked_up.answer((False,) if field == "logged_in" else None)


def _joined(answers: Sequence[Answer]) -> Answer:
    """Return several answers as one."""
    masks = [mask for mask, _ in answers if mask is not None]
    return reduce(and_, masks) if masks else None, tuple(entry for _, filed in answers for entry in filed)


def _named(
    made: Mapping[str, _Field], fields: Sequence[str], name_in: Callable[[str], str | None]
) -> list[tuple[str, _Known, _WorkOut]]:
    """The fields that are read by a name, with that name."""
    names = ((made[field], name_in(field)) for field in fields)
    return [(name, field.known, field.work_out) for field, name in names if name is not None]


def _is_of_member(field: str) -> bool:
    """Tell whether a field is not known where nobody is logged in."""
    return field.partition(".")[0] in _OF_MEMBER
