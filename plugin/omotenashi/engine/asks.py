"""What a condition takes at least of a visitor, in a form that is looked up instead of tried.

Most conditions ask for one of some keys, such as a campaign's name, a prefecture or the beginning of a path; or for a
number in a range. An exact ask is all of its condition; another is a necessary part of it, and the condition is tried
on those whom it lets through.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from math import degrees, inf
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.engine.estimates import NO_ESTIMATE, Estimate
from omotenashi.engine.facts import HISTORY_OPERANDS, Test
from omotenashi.engine.spellings import word_key
from omotenashi.language import condition as c
from omotenashi.language.condition import Fact
from omotenashi.model.geo import EARTH_KILOMETRES


class Keyed(Struct, frozen=True, gc=False):
    """One of the keys must be among what is read of a field; where `absent`, something is read, and none of them."""

    field: str
    keys: frozenset[Hashable]
    exact: bool = True
    absent: bool = False
    every: bool = False
    """Of the keys that are read one is the visitor's, and each is possible: all of them must be asked for."""


class Ranged(Struct, frozen=True, gc=False):
    """The number that is read of a field lies between these, or is one of them where that end is not open."""

    field: str
    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False
    exact: bool = True


Ask: TypeAlias = Keyed | Ranged
Asks: TypeAlias = tuple[Ask, ...]
_THERE = frozenset((True,))


def alternatives(
    fact: Fact, time: Test | None, estimates: Mapping[c.Estimated, Estimate], *, positive: bool
) -> Sequence[Asks]:
    """Return what a condition asks when it must be true (or false): mostly one row, of which each is necessary.

    `time`: the test of hours or days, by which the clock tells whether they hold.
    """
    operand = fact.operand
    if isinstance(operand, c.Estimated):
        return _of_estimate(operand, estimates) if positive else ((),)
    if isinstance(operand, c.Unknown):
        return ((Keyed(f"unknown.{fact.field}", _THERE, absent=not positive),),)
    if isinstance(operand, (c.Hours, c.Days)):
        return ((Keyed(f"times.{fact.field}", frozenset((time,)), absent=not positive),),)
    if isinstance(operand, HISTORY_OPERANDS):
        viewed = _viewed(operand) if positive and isinstance(operand, c.Viewed) else None
        return ((Keyed("history", _THERE, exact=False), *([viewed] if viewed else ())),)
    find_range = (_TRUE_IN if positive else _FALSE_IN).get(type(operand))
    found = find_range(fact.field, operand) if find_range else _keyed(fact, positive=positive)
    return ((*_presence(fact), *([found] if found else ())) if found is None or not found.exact else (found,),)


def _presence(fact: Fact) -> Asks:
    """What must at least be known, of facts that the others of their kind do not have with them."""
    if fact.field.startswith("member."):
        return (Keyed(f"given.{fact.field}", _THERE, exact=False),)
    return (Keyed("location", _THERE, exact=False),) if fact.field == "near" else ()


def _of_estimate(operand: c.Estimated, estimates: Mapping[c.Estimated, Estimate]) -> Sequence[Asks]:
    """The words of the visitor, or, where they are not known, the landing page."""
    pages = frozenset[Hashable](estimates.get(operand, NO_ESTIMATE).true)
    words = Keyed("keyword", frozenset(map(word_key, operand.words)), exact=False)
    return ((words,), (Keyed("landing page", pages, exact=False),)) if pages else ((words,),)


def _viewed(operand: c.Viewed) -> Keyed | None:
    """What must have been viewed, where it must have been at all."""
    if not operand.window.count.at_least:
        return None
    if operand.kind == "page":
        return replace(_paths("viewed.page", c.Paths(operand.values)), exact=False)
    return Keyed(f"viewed.{operand.kind}", frozenset(operand.values), exact=False)


# Keys


def _keyed(fact: Fact, *, positive: bool) -> Keyed | None:
    find = _KEYED.get(type(fact.operand))
    found = find(fact.field, fact.operand) if find else None
    if found is None or positive:
        return found
    return replace(found, absent=True) if found.exact else None


def _paths(field: str, operand: c.Paths) -> Keyed:
    """An exact path is a key; /x/** asks for what begins with /x/; what is more intricate, for a part of it."""
    exact = ["=" + pattern for pattern in operand.patterns if "*" not in pattern]
    tails = [pattern[:-2] for pattern in operand.patterns if pattern.endswith("/**") and "*" not in pattern[:-3]]
    globs = [_part(pattern) for pattern in operand.patterns if "*" in pattern and pattern[:-2] not in tails]
    return Keyed(field, frozenset((*exact, *tails, *globs)), exact=not globs)


def _part(pattern: str) -> str:
    """The literal beginning of a pattern, or, where it has none, its longest segment without a wildcard."""
    start = pattern.partition("*")[0]
    beginning = start[: start.rindex("/") + 1]
    segments = [segment for segment in pattern.split("/") if segment and "*" not in segment]
    return max(segments, key=len) if beginning == "/" and segments else beginning


def _host_paths(field: str, operand: c.HostPaths) -> Keyed:
    hosts = frozenset(pattern.partition("/")[0].removeprefix("*") for pattern in operand.patterns)
    return Keyed(field, hosts, exact=not any("/" in pattern for pattern in operand.patterns))


def _truth(field: str, operand: c.Truth) -> Keyed:
    return Keyed(field if field == "logged_in" else f"truth.{field}", frozenset((operand.value,)))


_KEYED: Mapping[type, Callable[..., Keyed]] = {
    c.OneOf: lambda field, operand: Keyed(field, operand.values),
    c.Prefectures: lambda _, operand: Keyed("prefecture", operand.codes, every=True),
    c.Paths: _paths,
    c.HostPaths: _host_paths,
    c.Words: lambda field, operand: Keyed(field, frozenset(map(word_key, operand.words))),
    c.Languages: lambda field, operand: Keyed(field, operand.tags),
    c.Truth: _truth,
    c.TakesPart: lambda *_: Keyed("id", _THERE),
}


# Ranges


def _number(field: str, operand: c.Range) -> Ranged:
    low = -inf if operand.at_least is None else operand.at_least
    return Ranged(f"number.{field}", low, inf if operand.at_most is None else operand.at_most)


def _date(field: str, operand: c.DateTest) -> Ranged | None:
    if operand.kind not in ("before", "after", "on"):
        return None
    day = date.fromisoformat(operand.date).toordinal()
    low, high = -inf if operand.kind == "before" else day, inf if operand.kind == "after" else day
    return Ranged(f"date.{field}", low, high, operand.kind == "after", operand.kind == "before")


def _no_date(field: str, operand: c.DateTest) -> Ranged | None:
    if operand.kind not in ("before", "after"):
        return None
    day = date.fromisoformat(operand.date).toordinal()
    return Ranged(f"date.{field}", *((day, inf) if operand.kind == "before" else (-inf, day)))


def _near(_: str, operand: c.Near) -> Ranged:
    """A place lies at most as many degrees of latitude away as its distance is on a meridian."""
    most = degrees(operand.kilometres / EARTH_KILOMETRES) + 1e-6
    return Ranged("latitude", operand.latitude - most, operand.latitude + most, exact=False)


_TRUE_IN: Mapping[type, Callable[..., Ranged | None]] = {
    c.Range: _number,
    c.DateTest: _date,
    c.Near: _near,
    c.NotBefore: lambda _, operand: Ranged("now", operand.epoch),
    c.Before: lambda _, operand: Ranged("now", high=operand.epoch, high_open=True),
}
_FALSE_IN: Mapping[type, Callable[..., Ranged | None]] = {
    c.DateTest: _no_date,
    c.NotBefore: lambda _, operand: Ranged("now", high=operand.epoch, high_open=True),
    c.Before: lambda _, operand: Ranged("now", operand.epoch),
}
