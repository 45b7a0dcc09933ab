"""A condition on one line, as a file would hold it: what messages quote and hints tell to write."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.language.condition import (
    Condition,
    Conjunction,
    Disjunction,
    Fact,
    InSegment,
    Negation,
    facts,
    segments_in,
)
from omotenashi.language.vocabulary import LOGIC
from omotenashi.language.written import quoted

_LISTS = ("days", "hours")
"""Their values are kept side by side, without the brackets of their list."""


class _Entry(Struct, frozen=True):
    field: str
    key: str
    value: str

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"


def heading(condition: Condition) -> str:
    """Return a condition in the words of its file: `prefecture: 東京都`, `not: {any: [{segment: a}, {device: mobile}]}`."""
    return _joined(condition, _Words(condition))


class _Words:
    """The keys of a condition for which nothing tells how the file calls them."""

    def __init__(self, condition: Condition) -> None:
        keys = "".join(fact.key for fact in facts(condition)) + "".join(one.key for one in segments_in(condition))
        japanese = not keys.isascii()
        self._logic = {word.name: word.ja if japanese else word.name for word in LOGIC.all}

    def __getitem__(self, name: str) -> str:
        return self._logic[name]


def _joined(condition: Condition, words: _Words) -> str:
    return ", ".join(map(str, _entries(condition, words)))


def _entries(condition: Condition, words: _Words) -> list[_Entry]:
    if isinstance(condition, Fact):
        return [_Entry(condition.field, condition.key or condition.field, _value(condition))]
    if isinstance(condition, InSegment):
        return [_Entry("segment", condition.key, quoted(condition.name))]
    if isinstance(condition, Negation):
        return [_Entry("not", words["not"], f"{{{_joined(condition.part, words)}}}")]
    if condition.listed:
        return [_under_one_key(condition, words)]
    if isinstance(condition, Disjunction):
        return [_Entry("any", words["any"], _braced(condition.parts, words))]
    found = [one for part in condition.parts for one in _entries(part, words)]
    if len({one.field for one in found}) < len(found):
        return [_Entry("all", words["all"], _braced(condition.parts, words))]
    return found


def _under_one_key(condition: Conjunction | Disjunction, words: _Words) -> _Entry:
    found = [one for part in condition.parts for one in _entries(part, words)]
    values = f"[{', '.join(one.value for one in found)}]"
    return replace(found[0], value=values if isinstance(condition, Disjunction) else f"{{{words['all']}: {values}}}")


def _braced(parts: Sequence[Condition], words: _Words) -> str:
    return f"[{', '.join(f'{{{_joined(part, words)}}}' for part in parts)}]"


def _value(fact: Fact) -> str:
    written = fact.written
    if fact.field in _LISTS:
        return f"[{written}]" if "," in written else written
    return written if written.startswith(("[", "{")) else quoted(written)
