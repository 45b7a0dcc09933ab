"""Conditions as plain data: what a rule asks, whoever evaluates it. Rule files and the peers' own formats are made of it.

The operators are those that every engine can say. `Words` and `Area` are ours alone, and stand only in the full mix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from msgspec import Struct

Value: TypeAlias = "str | int | bool | list[str]"
Facts: TypeAlias = "dict[str, Value]"
"""Attributes of a visitor by flat names; an empty text, -1 or an empty list stands for what is not known."""


class OneOf(Struct, frozen=True):
    """The field is one of these texts."""

    field: str
    values: tuple[str, ...]


class Between(Struct, frozen=True):
    """The number is at least `low` (above zero) and, where `high` is given, at most that."""

    field: str
    low: int
    high: int | None = None


class Has(Struct, frozen=True):
    """The list holds one of these texts."""

    field: str
    values: tuple[str, ...]


class Under(Struct, frozen=True):
    """The path begins with one of these; each ends in a slash."""

    field: str
    prefixes: tuple[str, ...]


class Is(Struct, frozen=True):
    """A yes or no."""

    field: str
    value: bool


class Words(Struct, frozen=True):
    """The search holds one of these words."""

    field: str
    words: tuple[str, ...]


class Area(Struct, frozen=True):
    """The prefecture lies in one of these areas of Japan."""

    field: str
    names: tuple[str, ...]


class AllOf(Struct, frozen=True):
    parts: tuple[Condition, ...]


class AnyOf(Struct, frozen=True):
    parts: tuple[Condition, ...]


class Not(Struct, frozen=True):
    part: Literal


Literal: TypeAlias = "OneOf | Between | Has | Under | Is | Words | Area"
Condition: TypeAlias = "Literal | AllOf | AnyOf | Not"


class Rule(Struct, frozen=True):
    block: str
    name: str
    when: AllOf
    timing: tuple[tuple[str, str], ...] = ()
    """Keys and values as they stand in a rule file beside `when`."""


def flat(field: str) -> str:
    """Return the name of a field among flat attributes: member.rank is rank, query.color is query_color."""
    return field.removeprefix("member.").replace(".", "_")


def closure(condition: Condition) -> Callable[[Facts], bool]:
    """Return a function that tells whether a condition holds: one small function for each of its parts."""
    if isinstance(condition, AllOf):
        parts = tuple(map(closure, condition.parts))
        return lambda facts: all(part(facts) for part in parts)
    if isinstance(condition, AnyOf):
        parts = tuple(map(closure, condition.parts))
        return lambda facts: any(part(facts) for part in parts)
    if isinstance(condition, Not):
        inner = closure(condition.part)
        return lambda facts: not inner(facts)
    return _literal(condition)


def _literal(one: Literal) -> Callable[[Facts], bool]:
    name = flat(one.field)
    if isinstance(one, OneOf):
        values = frozenset(one.values)
        return lambda facts: facts[name] in values
    if isinstance(one, Is):
        wanted = one.value
        return lambda facts: facts[name] is wanted
    if isinstance(one, Has):
        wanted_texts = frozenset(one.values)
        return lambda facts: not wanted_texts.isdisjoint(facts[name])  # type: ignore[arg-type]
    if isinstance(one, Under):
        prefixes = one.prefixes
        return lambda facts: facts[name].startswith(prefixes)  # type: ignore[union-attr]
    if isinstance(one, Between):
        low, high = one.low, one.high
        if high is None:
            return lambda facts: facts[name] >= low  # type: ignore[operator]
        return lambda facts: low <= facts[name] <= high  # type: ignore[operator]
    raise not_plain(one)


def conjunctions(condition: Condition) -> list[list[Literal | Not]]:
    """Return the same condition as a choice of conjunctions (its disjunctive form), for engines that cannot nest."""
    if isinstance(condition, AnyOf):
        return [one for part in condition.parts for one in conjunctions(part)]
    if isinstance(condition, AllOf):
        found: list[list[Literal | Not]] = [[]]
        for part in condition.parts:
            found = [[*before, *after] for before in found for after in conjunctions(part)]
        return found
    return [[condition]]


def not_plain(one: Condition) -> TypeError:
    return TypeError(f"only Omotenashi can say {one!r}")


def yaml_lines(condition: AllOf, indent: int) -> list[str]:
    """Return a condition as the lines of a mapping in a rule file."""
    pad = " " * indent
    return [line for part in condition.parts for line in _entry(part, pad)]


def _entry(part: Condition, pad: str) -> list[str]:
    if isinstance(part, AnyOf):
        return [f"{pad}any:", *(f"{pad}  - {_inline(one)}" for one in part.parts)]
    if isinstance(part, Not):
        return [f"{pad}not: {_inline(part.part)}"]
    if isinstance(part, AllOf):
        raise TypeError(f"the parts of a conjunction stand beside each other: {part!r}")
    return [f"{pad}{_pair(part)}"]


def _inline(condition: Condition) -> str:
    if isinstance(condition, AllOf):
        return "{" + ", ".join(map(_inline_pair, condition.parts)) + "}"
    return "{" + _inline_pair(condition) + "}"


def _inline_pair(condition: Condition) -> str:
    if isinstance(condition, Not):
        return f"not: {_inline(condition.part)}"
    if isinstance(condition, AllOf | AnyOf):
        raise TypeError(f"conditions are nested twice at most: {condition!r}")
    return _pair(condition)


def _pair(one: Literal) -> str:
    return f"{one.field}: {_operand(one)}"


def _operand(one: Literal) -> str:
    if isinstance(one, OneOf):
        return f"{{exact: {_list(one.values)}}}" if one.field == "keyword" else _list(one.values)
    if isinstance(one, Between):
        return f"{{at_least: {one.low}}}" if one.high is None else f"{one.low}-{one.high}"
    if isinstance(one, Under):
        return _list(prefix + "**" for prefix in one.prefixes)
    if isinstance(one, Is):
        return "yes" if one.value else "no"
    return _list(one.values if isinstance(one, Has) else one.words if isinstance(one, Words) else one.names)


def _list(values: Iterable[str]) -> str:
    texts = list(values)
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
