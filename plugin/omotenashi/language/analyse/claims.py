"""Conditions to formulas: when a condition is true, and when it is false. Neither means that it is unknown."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date

from omotenashi.language import condition as c
from omotenashi.language.analyse.claims_history import HISTORY, known_history
from omotenashi.language.analyse.domains import (
    PLACED_ROUGHLY,
    UNPLACED,
    Among,
    Clock,
    Mark,
    Marks,
    Region,
    within,
)
from omotenashi.language.analyse.formula import (
    ALWAYS,
    NEVER,
    Claim,
    Every,
    Formula,
    Property,
    Some,
    denied,
    every,
    some,
)
from omotenashi.language.analyse.marks import Around, AtHost, AtLeast, Circle, Contains, Exact, Found, Speaks, Under
from omotenashi.language.analyse.moments import ALL_DATES, FULL, dates_bits, days_bits, hours_bits, nights_bits
from omotenashi.language.condition import Condition, Conjunction, Fact, InSegment, Negation
from omotenashi.language.month_days import names_month_days
from omotenashi.language.prefectures import PREFECTURES
from omotenashi.language.vocabulary import DEVICES, FIELDS, MEDIA
from omotenashi.model.errors import Position
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

BOTH = frozenset((False, True))
NO_QUERY, EMPTY_QUERY, QUERY = 0, 1, 2
_QUERIES = frozenset((NO_QUERY, EMPTY_QUERY, QUERY))
_BIT = {row[0]: 1 << place for place, row in enumerate(PREFECTURES)}
_SETS = ("page_tag", "consent")
_MAY_BE_UNKNOWN = frozenset(("country", "city", "device", "language", "near"))
_STORED = frozenset(field.name for field in FIELDS if field.stored) - {"cart"}
_CLOSED: dict[str, frozenset[Hashable]] = {
    "device": frozenset(word.name for word in DEVICES),
    "medium": frozenset(word.name for word in MEDIA),
}
_VALUES_OF_A_TEST = frozenset(("true", "false", "unknown"))


class Claims:
    """The formulas of a site's conditions; equal conditions are worked out once."""

    def __init__(self, site: SiteFacts) -> None:
        self._site = site
        self._synonyms = {fold(word): tuple(map(fold, group)) for group in site.synonyms for word in group}
        self._worked_out: dict[tuple[str, c.Operand], tuple[Formula, Formula]] = {}

    def true(self, condition: Condition) -> Formula:
        """Return when a condition, its segments in place, is true."""
        return self._formula(condition, positive=True)

    def _formula(self, condition: Condition, *, positive: bool) -> Formula:
        if isinstance(condition, Fact):
            return self._of(condition)[0 if positive else 1]
        if isinstance(condition, Negation):
            return self._formula(condition.part, positive=not positive)
        if isinstance(condition, InSegment):
            raise TypeError(condition)
        parts = (self._formula(part, positive=positive) for part in condition.parts)
        return every(parts) if isinstance(condition, Conjunction) is positive else some(parts)

    def _of(self, fact: Fact) -> tuple[Formula, Formula]:
        key = (fact.field, fact.operand)
        if key not in self._worked_out:
            self._worked_out[key] = self._claims(fact)
        return self._worked_out[key]

    def _claims(self, fact: Fact) -> tuple[Formula, Formula]:
        operand = fact.operand
        if isinstance(operand, c.Unknown):
            asked = _unknown(fact.field)
            return asked, denied(asked)
        if isinstance(operand, c.Words):
            return self._words(fact.field, operand)
        if isinstance(operand, c.OneOf):
            return self._one_of(fact.field, operand.values)
        if fact.field.startswith("member."):
            return _when_known(_member(_name(fact.field), operand), _name(fact.field))
        if type(operand) in HISTORY:
            return HISTORY[type(operand)](operand)
        if type(operand) in _READERS:
            return _READERS[type(operand)](fact.field, operand)
        return _opaque(fact)

    def _words(self, field: str, operand: c.Words) -> tuple[Formula, Formula]:
        asked = Claim(("status", field), Among(frozenset((QUERY,)), universe=_QUERIES))
        if any(word.mode not in ("word", "contains", "exact") for word in operand.words):
            return _opaque(Fact(field, operand, _NOWHERE))
        held = some(self._ways(field, word) for word in operand.words)
        if field == "keyword":
            return Every((asked, held)), Every((asked, denied(held)))
        return Every((asked, held)), Some((denied(asked), denied(held)))

    def _ways(self, field: str, word: c.Word) -> Formula:
        """The ways in which a word may stand in a query: itself, its synonyms, its parts in any order."""
        about, folded = ("marks", field), fold(word.text)
        if word.mode == "contains":
            return _mark(about, Contains(folded))
        if word.mode == "exact":
            return _mark(about, Exact(folded))
        ways: list[Formula] = []
        for form in self._group(folded):
            ways.append(_mark(about, Found(form.replace(" ", ""))))
            if " " in form:
                ways.append(Every(tuple(some(self._forms(about, piece)) for piece in form.split(" "))))
        return some(ways)

    def _forms(self, about: Property, word: str) -> Iterable[Formula]:
        return (_mark(about, Found(form.replace(" ", ""))) for form in self._group(word))

    def _group(self, word: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys((word, *self._synonyms.get(word, ()))))

    def _one_of(self, field: str, values: frozenset[str]) -> tuple[Formula, Formula]:
        if field in _SETS:
            held = _any_tag(field, values)
            return held, denied(held)
        head, _, name = field.partition(".")
        if head != "member":
            held = Claim(("value", field), _among(values, _CLOSED.get(field)))
            return _when_known(held, field) if field in _MAY_BE_UNKNOWN else (held, denied(held))
        attribute = self._site.attributes.get(fold(name))
        if attribute is not None and attribute.type == "list":
            return _when_known(_any_tag(_name(field), values), _name(field))
        choices = attribute is not None and attribute.type == "choice"
        universe = frozenset[Hashable](map(fold, attribute.values)) if attribute and choices else None
        return _when_known(Claim(("value", _name(field)), _among(values, universe)), _name(field))


def known(field: str) -> Formula:
    """Return that a fact is known."""
    return Claim(("known", field), Among(frozenset((True,)), universe=BOTH))


def has_tag(field: str, value: str) -> Formula:
    """Return that a list, such as consent, holds a value."""
    return Claim(("tag", field, value), Among(frozenset((True,)), universe=BOTH))


def _when_known(held: Formula, field: str) -> tuple[Formula, Formula]:
    return Every((known(field), held)), Every((known(field), denied(held)))


def _name(field: str) -> str:
    """Names of attributes are compared folded."""
    head, _, name = field.partition(".")
    return f"{head}.{fold(name)}"


def _among(values: frozenset[str], universe: frozenset[Hashable] | None) -> Among:
    return Among(frozenset(values), universe=universe if universe is None or values <= universe else None)


def _any_tag(field: str, values: frozenset[str]) -> Formula:
    return some(has_tag(field, value) for value in sorted(values))


def _mark(about: Property, mark: Mark) -> Formula:
    return Claim(about, Marks((mark,)))


def _opaque(fact: Fact) -> tuple[Formula, Formula]:
    """A condition of which nothing is known but that equal ones have equal values."""
    about = ("opaque", fact.field, fact.operand)
    true, false = (Claim(about, Among(frozenset((one,)), universe=_VALUES_OF_A_TEST)) for one in ("true", "false"))
    return true, false


def _unknown(field: str) -> Formula:
    """When `FIELD: unknown` is true; what is always known never is."""
    head = field.partition(".")[0]
    if head == "keyword":
        return Claim(("status", field), Among(frozenset((NO_QUERY,)), universe=_QUERIES))
    if head == "prefecture":
        return Claim(("place",), Region(statuses=frozenset((UNPLACED, PLACED_ROUGHLY))))
    if head == "area":
        return Claim(("place",), Region(statuses=frozenset((UNPLACED,))))
    if head == "cart":
        return Claim(("status", "cart"), Among(frozenset((0,)), universe=frozenset((0, 1, 2))))
    if head in _STORED:
        return denied(known_history())
    if head == "member":
        return denied(known(_name(field)))
    return denied(known(field)) if head in _MAY_BE_UNKNOWN else NEVER


def _truth(field: str, operand: c.Truth) -> tuple[Formula, Formula]:
    held = Claim(("value", field), Among(frozenset((operand.value,)), universe=BOTH))
    return held, denied(held)


def _paths(field: str, operand: c.Paths) -> tuple[Formula, Formula]:
    everywhere = "/**" in operand.patterns
    held = ALWAYS if everywhere else some(_mark(("marks", field), Under(pattern)) for pattern in operand.patterns)
    return held, denied(held)


def _host_paths(field: str, operand: c.HostPaths) -> tuple[Formula, Formula]:
    held = some(_mark(("marks", field), AtHost(pattern)) for pattern in operand.patterns)
    return held, denied(held)


def _prefectures(_: str, operand: c.Prefectures) -> tuple[Formula, Formula]:
    codes = sum(_BIT[code] for code in operand.codes)
    others = sum(_BIT.values()) - codes
    return Claim(("place",), within(codes)), Claim(("place",), within(others)) if others else NEVER


def _languages(field: str, operand: c.Languages) -> tuple[Formula, Formula]:
    return _when_known(some(_mark(("marks", field), Speaks(tag)) for tag in sorted(operand.tags)), field)


def _near(field: str, operand: c.Near) -> tuple[Formula, Formula]:
    return _when_known(_mark(("marks", field), Circle(operand)), field)


def _member(field: str, operand: c.Operand) -> Formula:
    """When a known attribute is as asked for: yes or no, a number, a date."""
    if isinstance(operand, c.Truth):
        return _truth(field, operand)[0]
    if isinstance(operand, c.Range):
        return _between(field, operand)
    if not isinstance(operand, c.DateTest):
        return _opaque(Fact(field, operand, _NOWHERE))[0]
    if operand.kind == "month":
        months = frozenset[Hashable](range(1, 13))
        return Claim(("month", field), Among(frozenset((operand.month,)), universe=months))
    if operand.kind not in ("before", "after", "on"):
        return _mark(("marks", field), Around(operand.kind, operand.span))
    day = date.fromisoformat(operand.date).toordinal()
    least = {"before": None, "after": day + 1, "on": day}[operand.kind]
    most = {"before": day - 1, "after": None, "on": day}[operand.kind]
    return _between(field, c.Range(least, most))


def _between(field: str, bounds: c.Range) -> Formula:
    parts: list[Formula] = []
    if bounds.at_least is not None:
        parts.append(_mark(("marks", field), AtLeast(bounds.at_least)))
    if bounds.at_most is not None:
        parts.append(denied(_mark(("marks", field), AtLeast(bounds.at_most, beyond=True))))
    return every(parts) if parts else ALWAYS


def _not_before(_: str, operand: c.NotBefore) -> tuple[Formula, Formula]:
    held = _mark(("time",), AtLeast(operand.epoch))
    return held, denied(held)


def _before(_: str, operand: c.Before) -> tuple[Formula, Formula]:
    held = _mark(("time",), AtLeast(operand.epoch))
    return denied(held), held


def _hours(_: str, operand: c.Hours) -> tuple[Formula, Formula]:
    held = Claim(("clock",), Clock(hours_bits(operand), FULL))
    return held, denied(held)


def _days(_: str, operand: c.Days) -> tuple[Formula, Formula]:
    of_the_week = Claim(("clock",), Clock(days_bits(operand), FULL))
    held = some((of_the_week, *_month_days(operand))) if names_month_days(operand) else of_the_week
    return held, denied(held)


def _month_days(operand: c.Days) -> Iterator[Formula]:
    """A moment that counts as the day on which it lies, if that is named, or as the day before, if that is."""
    for minutes, dates in zip(nights_bits(operand), dates_bits(operand), strict=True):
        if minutes:
            yield every((Claim(("clock",), Clock(minutes, FULL)), Claim(("date",), Clock(dates, ALL_DATES))))


_NOWHERE = Position("", 0, 0, 0)
_READERS: dict[type, Callable[..., tuple[Formula, Formula]]] = {
    c.Truth: _truth,
    c.Paths: _paths,
    c.HostPaths: _host_paths,
    c.Prefectures: _prefectures,
    c.Languages: _languages,
    c.Near: _near,
    c.NotBefore: _not_before,
    c.Before: _before,
    c.Hours: _hours,
    c.Days: _days,
}
