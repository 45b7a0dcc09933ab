"""One test for each kind of condition: an occasion in; true, false or None (unknown) out."""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TypeAlias

from omotenashi.engine import history
from omotenashi.engine.estimates import NO_ESTIMATE, Estimate
from omotenashi.engine.occasion import Occasion, months_before
from omotenashi.engine.spellings import word_key
from omotenashi.language import condition as c
from omotenashi.language.condition import Fact
from omotenashi.language.month_days import is_named, names_month_days
from omotenashi.language.patterns import host_matcher, path_matcher
from omotenashi.model.geo import great_circle
from omotenashi.model.text import fold
from omotenashi.model.visitor import MemberValue, Visitor

Test: TypeAlias = Callable[[Occasion], "bool | None"]


def fact_test(fact: Fact, estimates: Mapping[c.Estimated, Estimate]) -> Test:
    """Return the test for one condition on one field."""
    operand = fact.operand
    if isinstance(operand, c.Unknown):
        return unknown_test(fact.field)
    if isinstance(operand, (c.NotBefore, c.Before, c.Hours, c.Days)):
        return _time_test(operand)
    if isinstance(operand, c.TakesPart):
        return lambda occasion: None if occasion.visitor.id is None else True
    if isinstance(operand, c.Words):
        return _words_test(fact.field, operand.words)
    if isinstance(operand, c.Estimated):
        return _estimated_test(operand, estimates.get(operand, NO_ESTIMATE))
    make_history = _HISTORY.get(type(operand))
    if make_history is not None:
        return _history_test(fact, make_history(operand))
    return _value_test(fact.field, operand)


# Fields of one or several texts


def texts_of(field: str) -> Callable[[Visitor], Collection[str] | None]:
    """Return what reads the folded texts of a field; None where the fact is not known."""
    head, _, name = field.partition(".")
    if head == "query":
        return lambda visitor: (visitor.query.get(name, ""),)
    if head == "member":
        attribute = fold(name)
        return lambda visitor: _member_texts(visitor, attribute)
    return _TEXTS[field]


def _member_texts(visitor: Visitor, name: str) -> Collection[str] | None:
    value = member_value(visitor, name)
    if value is None:
        return None
    if isinstance(value, tuple):
        return tuple(map(fold, value))
    return (fold(str(value)),)


def member_value(visitor: Visitor, name: str) -> MemberValue | None:
    """Return an attribute by its folded name; None where it is not known."""
    return visitor.member.attributes.get(name) if visitor.member else None


def _optional(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else (text,)


_TEXTS: dict[str, Callable[[Visitor], Collection[str] | None]] = {
    "medium": lambda visitor: (visitor.arrival.medium,),
    "source": lambda visitor: (fold(visitor.arrival.source),),
    "campaign": lambda visitor: (visitor.arrival.campaign,),
    "campaign_source": lambda visitor: (visitor.arrival.campaign_source,),
    "campaign_medium": lambda visitor: (visitor.arrival.campaign_medium,),
    "campaign_content": lambda visitor: (visitor.arrival.campaign_content,),
    "page_tag": lambda visitor: visitor.page_tags,
    "country": lambda visitor: _optional(visitor.place.country),
    "city": lambda visitor: _optional(fold(visitor.place.city) if visitor.place.city else None),
    "device": lambda visitor: _optional(visitor.device),
    "consent": lambda visitor: visitor.consent,
    "needs_consent": lambda visitor: visitor.consent,
}


def _value_test(field: str, operand: c.Operand) -> Test:
    if isinstance(operand, c.OneOf):
        return _one_of(texts_of(field), operand.values)
    if isinstance(operand, c.Prefectures):
        return _prefectures(operand.codes)
    if isinstance(operand, c.Paths):
        return _paths(field, operand)
    if isinstance(operand, c.HostPaths):
        return _host_paths(operand)
    if isinstance(operand, c.Languages):
        return _languages(operand.tags)
    if isinstance(operand, c.Near):
        return _near(operand)
    return _member_test(field, operand)


def _one_of(read: Callable[[Visitor], Collection[str] | None], values: frozenset[str]) -> Test:
    def test(occasion: Occasion) -> bool | None:
        texts = read(occasion.visitor)
        return None if texts is None else not values.isdisjoint(texts)

    return test


def _prefectures(codes: frozenset[str]) -> Test:
    def test(occasion: Occasion) -> bool | None:
        possible = occasion.visitor.place.area
        if not possible:
            return None
        if possible <= codes:
            return True
        return False if possible.isdisjoint(codes) else None

    return test


def _paths(field: str, operand: c.Paths) -> Test:
    matches = path_matcher(operand.patterns)
    if field == "page":
        return lambda occasion: matches(occasion.visitor.page)
    return lambda occasion: matches(occasion.visitor.arrival.landing)


def _host_paths(operand: c.HostPaths) -> Test:
    matches = host_matcher(operand.patterns)

    def test(occasion: Occasion) -> bool:
        referrer = occasion.visitor.arrival.referrer
        return bool(referrer) and matches(referrer)

    return test


def _languages(tags: frozenset[str]) -> Test:
    def test(occasion: Occasion) -> bool | None:
        if not occasion.visitor.languages:
            return None
        preferred = occasion.visitor.languages[0]
        return any(preferred == tag or preferred.startswith(tag + "-") for tag in tags)

    return test


def _near(operand: c.Near) -> Test:
    def test(occasion: Occasion) -> bool | None:
        location = occasion.visitor.place.location
        return None if location is None else distance(location, operand) <= operand.kilometres

    return test


def distance(location: tuple[float, float], place: c.Near) -> float:
    """Return the kilometres from a location to a place."""
    return great_circle(location, (place.latitude, place.longitude))


# Unknown


def unknown_test(field: str) -> Test:
    """Return the test that tells whether a field is not known."""
    head, _, name = field.partition(".")
    if head == "member":
        attribute = fold(name)
        return lambda occasion: member_value(occasion.visitor, attribute) is None
    return _UNKNOWN.get(head, lambda _: False)


def _no_history_of(kind: str) -> Test:
    def test(occasion: Occasion) -> bool:
        past = occasion.visitor.history
        return past is None or kind in past.unknown

    return test


def _no_cart(occasion: Occasion) -> bool:
    past = occasion.visitor.history
    return past is None or "cart" in past.unknown or not past.cart_known


_UNKNOWN: dict[str, Test] = {
    "keyword": lambda occasion: occasion.visitor.arrival.keyword is None,
    "country": lambda occasion: occasion.visitor.place.country is None,
    "prefecture": lambda occasion: occasion.visitor.place.prefecture is None,
    "area": lambda occasion: occasion.visitor.place.area is None,
    "city": lambda occasion: occasion.visitor.place.city is None,
    "near": lambda occasion: occasion.visitor.place.location is None,
    "device": lambda occasion: occasion.visitor.device is None,
    "language": lambda occasion: not occasion.visitor.languages,
    "cart": _no_cart,
    **{
        kind: _no_history_of(kind) for kind in ("viewed", "bought", "did", "visits", "last_visit", "lifecycle", "shown")
    },
}


# Words


def _words_test(field: str, words: Iterable[c.Word]) -> Test:
    other = frozenset(map(word_key, words)).isdisjoint

    def test(occasion: Occasion) -> bool | None:
        held = occasion.held(field)
        return None if held is None else not other(held)

    return test


def _estimated_test(operand: c.Estimated, estimate: Estimate) -> Test:
    words = _words_test("keyword", operand.words)

    def test(occasion: Occasion) -> bool | None:
        arrival = occasion.visitor.arrival
        if arrival.keyword:
            return words(occasion)
        return estimate.holds(arrival.landing) if arrival.medium == "search" else None

    return test


# Members


def _member_test(field: str, operand: c.Operand) -> Test:
    if isinstance(operand, c.Truth) and field == "logged_in":
        return lambda occasion: (occasion.visitor.member is not None) is operand.value
    name = fold(field.partition(".")[2])
    compare = _comparison(operand)

    def test(occasion: Occasion) -> bool | None:
        value = member_value(occasion.visitor, name)
        return None if value is None else compare(value, occasion)

    return test


def _comparison(operand: c.Operand) -> Callable[[MemberValue, Occasion], bool | None]:
    if isinstance(operand, c.Truth):
        return lambda value, _: value is operand.value
    if isinstance(operand, c.Range):
        return lambda value, _: _in_range(value, operand)
    if isinstance(operand, c.DateTest):
        return lambda value, occasion: _on_date(value, operand, occasion) if isinstance(value, date) else None
    raise TypeError(operand)


def _in_range(value: MemberValue, bounds: c.Range) -> bool | None:
    if not isinstance(value, (int, float)):
        return None
    return (bounds.at_least is None or value >= bounds.at_least) and (bounds.at_most is None or value <= bounds.at_most)


def _on_date(day: date, operand: c.DateTest, occasion: Occasion) -> bool:
    today = occasion.local.date()
    if operand.kind in ("before", "after", "on"):
        other = date.fromisoformat(operand.date)
        return {"before": day < other, "after": day > other, "on": day == other}[operand.kind]
    if operand.kind == "month":
        return day.month == operand.month
    if operand.kind == "this_month":
        return day.month == today.month and (day.year, day.month) <= (today.year, today.month)
    if operand.kind == "today":
        return day <= today and _anniversary(day, today.year) == today
    if operand.kind == "within":
        return _days_before(occasion, operand.span) <= day <= today
    return today <= _coming(day, today) <= _days_after(occasion, operand.span)


def _days_before(occasion: Occasion, span: c.Span) -> date:
    return (months_before(occasion.local, span.months) - timedelta(seconds=span.seconds)).date()


def _days_after(occasion: Occasion, span: c.Span) -> date:
    return (months_before(occasion.local, -span.months) + timedelta(seconds=span.seconds)).date()


def _coming(day: date, today: date) -> date:
    """A day that lies ahead is itself, one in the past comes again every year."""
    if day >= today:
        return day
    this_year = _anniversary(day, today.year)
    return this_year if this_year >= today else _anniversary(day, today.year + 1)


def _anniversary(day: date, year: int) -> date:
    """29 February counts on the 28th in other years."""
    leap_day = (day.month, day.day) == (2, 29) and not isleap(year)
    return day.replace(year=year, day=28) if leap_day else day.replace(year=year)


# Time


def _time_test(operand: c.NotBefore | c.Before | c.Hours | c.Days) -> Test:
    if isinstance(operand, c.NotBefore):
        return lambda occasion: occasion.now >= operand.epoch
    if isinstance(operand, c.Before):
        return lambda occasion: occasion.now < operand.epoch
    holds = holds_at(operand)
    return lambda occasion: holds(occasion.local)


def holds_at(operand: c.Hours | c.Days) -> Callable[[datetime], bool]:
    """Return what tells whether it is one of these hours or days at a moment of local time."""
    if isinstance(operand, c.Hours):
        return lambda local: any(_in_hours(_minute(local), span) for span in operand.spans)
    return lambda local: any(is_day(day, operand) for day in days_judged(local, operand))


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute


def _in_hours(minute: int, span: tuple[int, int]) -> bool:
    start, end = span
    return start <= minute < end if start < end else minute >= start or minute < end


def days_judged(local: datetime, operand: c.Days) -> tuple[date, ...]:
    """Return the days as which a moment of local time counts: a night belongs to the day on which it began."""
    minute, today = _minute(local), local.date()
    spans = [span for span in operand.hours if _in_hours(minute, span)]
    found = (today - timedelta(days=1) if minute < end < start else today for start, end in spans)
    return tuple(dict.fromkeys(found)) or (today,)


def is_day(day: date, operand: c.Days) -> bool:
    """Tell whether a day is one of those that a rule names."""
    holiday = day in operand.holidays
    workday = operand.workdays and day.weekday() < 5 and not holiday
    if workday or day.weekday() in operand.weekdays or (operand.holidays_too and holiday):
        return True
    return names_month_days(operand) and is_named(day.day, monthrange(day.year, day.month)[1], operand)


# History


def _history_test(fact: Fact, test: history.HistoryTest) -> Test:
    key, kind = id(fact.operand), history.kind_of(fact)

    def remembered(occasion: Occasion) -> bool | None:
        past = occasion.visitor.history
        if past is None or kind in past.unknown:
            return None
        if key not in occasion.memo:
            occasion.memo[key] = test(past, occasion)
        return occasion.memo[key]

    return remembered


_HISTORY: dict[type, Callable[..., history.HistoryTest]] = {
    c.Viewed: history.viewed,
    c.Bought: history.bought,
    c.Did: history.did,
    c.Visits: history.visits,
    c.LastVisit: history.last_visit,
    c.InCart: history.in_cart,
    c.InStage: history.in_stage,
    c.Shown: history.shown,
    c.CooledDown: history.cooled_down,
    c.LimitLeft: history.limit_left,
}
HISTORY_OPERANDS = tuple(_HISTORY)
"""The types of the conditions that are unknown without a history."""
