"""Rules read one by one, as rule-language.md says: nothing here is clever, and nothing is the engine's.

Shared with it are the structs of rules and visitors, the folding of texts, and where a word may stand in a search.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from math import acos, cos, inf, radians, sin
from typing import Any

from msgspec import Struct

from omotenashi.engine.words import Query
from omotenashi.language import condition as c
from omotenashi.language.condition import Condition, Conjunction, Disjunction, Fact, Negation
from omotenashi.language.program import Block, Program, Rule
from omotenashi.model.site_facts import Lifecycle
from omotenashi.model.text import fold
from omotenashi.model.visitor import History, Visitor

Value = bool | None


class Moment(Struct):
    """A visitor at a moment; `known` are the conditions that were read already."""

    visitor: Visitor
    now: float
    zone: tzinfo
    program: Program
    known: dict[tuple[str, c.Operand], Value] = {}

    @property
    def local(self) -> datetime:
        return datetime.fromtimestamp(self.now, self.zone)


def first(block: Block, moment: Moment, without: Collection[str] = ()) -> Rule | None:
    """The first rule from the top that is true; None: otherwise."""
    for rule in block.rules:
        if rule.id not in without and value(rule.condition, moment) is True:
            return rule
    return None


def value(condition: Condition, moment: Moment) -> Value:
    """Kleene: any is true as soon as one part is, all is false as soon as one part is, not unknown is unknown."""
    if isinstance(condition, Fact):
        key = (condition.field, condition.operand)
        if key not in moment.known:
            moment.known[key] = fact_value(condition, moment)
        return moment.known[key]
    if isinstance(condition, Negation):
        inner = value(condition.part, moment)
        return None if inner is None else not inner
    assert isinstance(condition, Conjunction | Disjunction)
    decisive = isinstance(condition, Disjunction)
    found: Value = not decisive
    for part in condition.parts:
        one = value(part, moment)
        if one is decisive:
            return decisive
        found = None if one is None else found
    return found


def fact_value(fact: Fact, moment: Moment) -> Value:
    """One condition on one field."""
    operand, visitor = fact.operand, moment.visitor
    if isinstance(operand, c.Unknown):
        return is_unknown(fact.field, visitor)
    if isinstance(operand, c.Estimated):
        return estimated(operand, moment)
    if isinstance(operand, c.LimitLeft | c.CooledDown) or fact.field in HISTORY:
        return past(fact, moment)
    if type(operand) in MOMENTS:
        return bool(MOMENTS[type(operand)](operand, moment))
    if fact.field == "prefecture":
        return somewhere(operand, visitor)
    if fact.field == "experiment":
        return True if visitor.id else None
    read = reading(fact.field, visitor)
    if read is None:
        return None
    if isinstance(operand, c.Words):
        return any(stands(word, read, moment.program) for word in operand.words)
    return TESTS[type(operand)](operand, read, moment)


# What is read of a visitor


def reading(field: str, visitor: Visitor) -> Any | None:
    """The fact, or None where it is not known."""
    head, _, name = field.partition(".")
    arrival, place = visitor.arrival, visitor.place
    if head == "member":
        return folded(visitor.member.attributes.get(fold(name))) if visitor.member else None
    if head == "query":
        return visitor.query.get(name, "")
    readings: dict[str, Any | None] = {
        "keyword": arrival.keyword or None,
        "site_search": visitor.site_search,
        "landing": arrival.landing,
        "referrer": arrival.referrer,
        "source": fold(arrival.source),
        "page": visitor.page,
        "page_tag": visitor.page_tags,
        "country": place.country,
        "city": fold(place.city) if place.city else None,
        "near": place.location,
        "device": visitor.device,
        "language": visitor.languages[0] if visitor.languages else None,
        "logged_in": visitor.member is not None,
        "consent": visitor.consent,
        "needs_consent": visitor.consent,
    }
    return readings[field] if field in readings else getattr(arrival, field)


def folded(read: Any) -> Any:
    """An attribute as it is compared."""
    if isinstance(read, tuple):
        return frozenset(map(fold, read))
    return fold(read) if isinstance(read, str) else read


def is_unknown(field: str, visitor: Visitor) -> bool:
    if field in HISTORY:
        lost = field == "cart" and visitor.history is not None and not visitor.history.cart_known
        return visitor.history is None or field in visitor.history.unknown or lost
    if field in ("prefecture", "area"):
        return (visitor.place.prefecture if field == "prefecture" else visitor.place.area) is None
    if field == "keyword":
        return visitor.arrival.keyword is None
    return reading(field, visitor) is None


def somewhere(operand: c.Operand, visitor: Visitor) -> Value:
    """True if it is so wherever the visitor may be, false if nowhere."""
    assert isinstance(operand, c.Prefectures)
    found = {code in operand.codes for code in visitor.place.area or ()}
    return found.pop() if len(found) == 1 else None


def estimated(operand: c.Estimated, moment: Moment) -> Value:
    arrival = moment.visitor.arrival
    if arrival.keyword:
        return any(stands(word, arrival.keyword, moment.program) for word in operand.words)
    landing = moment.program.landings.get(arrival.landing)
    if arrival.medium != "search" or landing is None:
        return None
    told = [(any(stands(word, text, moment.program) for word in operand.words), n) for text, n in landing.queries]
    least = sum(clicks for matches, clicks in told if matches)
    most = least + landing.clicks - sum(clicks for _, clicks in told)
    enough, possible = (100 * clicks >= operand.share * landing.clicks for clicks in (least, most))
    return True if enough else None if possible else False


def stands(word: c.Word, text: str, program: Program) -> bool:
    """Whether a search holds a word of a rule, a synonym of it, or all its parts in any order."""
    if not text:
        return False
    folded, query = fold(word.text), Query(text)
    if word.mode == "exact":
        return fold(text) == folded
    if word.mode == "contains":
        return folded.replace(" ", "") in fold(text).replace(" ", "")

    def group(one: str) -> list[str]:
        return [one, *map(fold, program.synonyms.get(one, ()))]

    return any(
        query.holds(form.replace(" ", ""))
        or all(any(query.holds(same.replace(" ", "")) for same in group(part)) for part in form.split(" "))
        for form in group(folded)
    )


# Operands


def one_of(operand: c.OneOf, read: Any, _: Moment) -> bool:
    return bool(operand.values & read) if isinstance(read, frozenset) else read in operand.values


def on_path(operand: c.Paths, path: str, _: Moment) -> bool:
    return any(fits(pattern.split("/")[1:], path.split("/")[1:]) for pattern in operand.patterns)


def fits(pattern: Sequence[str], path: Sequence[str]) -> bool:
    """Segment by segment; ** stands for any number of them."""
    if not pattern:
        return not path
    if pattern[0] == "**":
        here = len(pattern) == 1 and path == [""]
        return here or any(fits(pattern[1:], path[start:]) for start in range(len(path) + 1))
    literal = "[^/]*".join(map(re.escape, pattern[0].split("*")))
    return bool(path) and re.fullmatch(literal, path[0]) is not None and fits(pattern[1:], path[1:])


def on_host(operand: c.HostPaths, referrer: str, moment: Moment) -> bool:
    host, _, path = referrer.partition("/")
    for pattern in operand.patterns:
        wanted, slash, rest = pattern.partition("/")
        is_there = host.endswith(wanted[1:]) if wanted.startswith("*") else host == wanted
        if host and is_there and (not slash or on_path(c.Paths((f"/{rest}",)), f"/{path}", moment)):
            return True
    return False


def in_range(operand: c.Range, read: Any, _: Moment) -> Value:
    return bounds(operand)(read) if isinstance(read, int | float) else None


def bounds(operand: c.Range) -> Callable[[float], bool]:
    low = -inf if operand.at_least is None else operand.at_least
    high = inf if operand.at_most is None else operand.at_most
    return lambda number: low <= number <= high


def near(operand: c.Near, read: tuple[float, float], _: Moment) -> bool:
    """By the law of cosines."""
    one, other = radians(read[0]), radians(operand.latitude)
    across = radians(operand.longitude - read[1])
    angle = sin(one) * sin(other) + cos(one) * cos(other) * cos(across)
    return 6371.0088 * acos(max(-1.0, min(1.0, angle))) <= operand.kilometres


def on_date(operand: c.DateTest, read: Any, moment: Moment) -> Value:
    if not isinstance(read, date):
        return None
    today = moment.local.date()
    first = date(today.year, today.month, 1)
    comes = [anniversary(read, year) for year in (today.year, today.year + 1)]
    coming = read if read >= today else next(day for day in comes if day >= today)
    kinds = {
        "before": lambda: read.isoformat() < operand.date,
        "after": lambda: read.isoformat() > operand.date,
        "on": lambda: read.isoformat() == operand.date,
        "month": lambda: read.month == operand.month,
        "this_month": lambda: read.month == today.month and read.replace(day=1) <= first,
        "today": lambda: read <= today and anniversary(read, today.year) == today,
        "within": lambda: today - timedelta(seconds=operand.span.seconds) <= read <= today,
        "in": lambda: today <= coming <= (moment.local + timedelta(seconds=operand.span.seconds)).date(),
    }
    return kinds[operand.kind]()


def anniversary(day: date, year: int) -> date:
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


TESTS: dict[type, Callable[..., Value]] = {
    c.OneOf: one_of,
    c.Paths: on_path,
    c.HostPaths: on_host,
    c.Truth: lambda operand, read, _: read is operand.value,
    c.Range: in_range,
    c.Near: near,
    c.DateTest: on_date,
    c.Languages: lambda operand, read, _: any(read == tag or read.startswith(f"{tag}-") for tag in operand.tags),
}


# Time


def in_hours(operand: c.Hours, moment: Moment) -> bool:
    return any(began(span, moment) is not None for span in operand.spans)


def began(span: tuple[int, int], moment: Moment) -> date | None:
    """The day on which these hours, in which the moment lies, began."""
    minute, today = moment.local.hour * 60 + moment.local.minute, moment.local.date()
    start, end = span
    if start < end:
        return today if start <= minute < end else None
    return today if minute >= start else today - timedelta(days=1) if minute < end else None


def on_days(operand: c.Days, moment: Moment) -> bool:
    days = {day for span in operand.hours if (day := began(span, moment))} or {moment.local.date()}
    return any(is_named(day, operand) for day in days)


def is_named(day: date, operand: c.Days) -> bool:
    holiday, last = day in operand.holidays, monthrange(day.year, day.month)[1]
    settles = day.day in (5, 10, 15, 20, 25, 30) or (day.month == 2 and day.day == last)
    return (
        day.weekday() in operand.weekdays
        or (operand.holidays_too and holiday)
        or (operand.workdays and day.weekday() < 5 and not holiday)
        or day.day in operand.dates
        or (operand.gotobi and settles)
        or (operand.month_end and day.day == last)
    )


MOMENTS: dict[type, Callable[..., bool]] = {
    c.NotBefore: lambda operand, moment: moment.now >= operand.epoch,
    c.Before: lambda operand, moment: moment.now < operand.epoch,
    c.Hours: in_hours,
    c.Days: on_days,
}


# History

HISTORY = ("viewed", "bought", "did", "cart", "visits", "last_visit", "lifecycle", "shown")


def past(fact: Fact, moment: Moment) -> Value:
    operand, history = fact.operand, moment.visitor.history
    kind = "shown" if fact.field == "limit" else fact.field
    if isinstance(operand, c.CooledDown):
        kind = "bought" if operand.goal == "purchase" else "did"
    if history is None or kind in history.unknown:
        return None
    return PAST[type(operand)](operand, history, moment)


def counted(times: Iterable[int], window: c.Window, since: int | None, moment: Moment) -> Value:
    found = [1.0 for at in times if window.within is None or at >= moment.now - window.within.seconds]
    return total(found, window.count, window.within, since, moment)


def total(
    amounts: Sequence[float], count: c.Range, within: c.Span | None, kept_since: int | None, moment: Moment
) -> Value:
    """Where older entries may be missing, the sum may be any number from this on."""
    test, found = bounds(count), sum(amounts)
    start = -inf if within is None else moment.now - within.seconds
    if kept_since is None or start >= kept_since:
        return test(found)
    if count.at_most is not None and found > count.at_most:
        return False
    return True if count.at_most is None and test(found) else None


def viewed(operand: c.Viewed, history: History, moment: Moment) -> Value:
    wanted = set(operand.values)
    matches: dict[str, Callable[[Any], bool]] = {
        "page": lambda view: bool(view.path) and on_path(c.Paths(operand.values), view.path, moment),
        "tag": lambda view: bool(wanted & set(view.tags)),
        "item": lambda view: bool(wanted & set(map(fold, view.items))),
        "category": lambda view: bool(wanted & set(view.categories)),
    }
    times = [view.at for view in history.views if matches[operand.kind](view)]
    return counted(times, operand.window, history.views_since, moment)


def bought(operand: c.Bought, history: History, moment: Moment) -> Value:
    window = operand.window
    start = -inf if window.within is None else moment.now - window.within.seconds
    found: list[float] = []
    for order in history.orders:
        lines = [line for line in order.lines if fold(getattr(line, operand.kind or "item")) in operand.values]
        if order.at >= start and (lines or not operand.kind):
            found.append(sum(line.amount for line in lines) if operand.kind else order.amount)
    often = total([1.0] * len(found), window.count, window.within, history.orders_since, moment)
    amount = operand.amount or c.Range()
    much = total(found, amount, window.within, history.orders_since, moment)
    return False if False in (often, much) else None if None in (often, much) else True


def cooled_down(operand: c.CooledDown, history: History, moment: Moment) -> Value:
    never = c.Window(c.Range(at_most=0), operand.span)
    if operand.goal == "purchase":
        return counted([order.at for order in history.orders], never, history.orders_since, moment)
    return did(c.Did((operand.goal,), never), history, moment)


def did(operand: c.Did, history: History, moment: Moment) -> Value:
    times = [deed.at for deed in history.deeds if fold(deed.event) in operand.events]
    return counted(times, operand.window, history.deeds_since, moment)


def last_visit(operand: c.LastVisit, history: History, moment: Moment) -> Value:
    if history.last_visit is None:
        return False
    ago = moment.now - history.last_visit
    return ago > operand.before.seconds if operand.before else bool(operand.within and ago <= operand.within.seconds)


def in_cart(operand: c.InCart, history: History, moment: Moment) -> Value:
    cart = history.cart
    if not history.cart_known:
        return None
    if not operand.filled or cart is None:
        return (cart is not None) is operand.filled
    ago = moment.now - cart.changed
    left = operand.abandoned_for is None or ago >= operand.abandoned_for.seconds
    fresh = operand.until is None or ago <= operand.until.seconds
    return left and fresh and bounds(operand.amount or c.Range())(cart.amount)


def stage(history: History, spans: Lifecycle, now: float) -> str:
    if history.stage is not None:
        return history.stage
    if history.first_seen is None or now - history.first_seen < spans.new:
        return "new"
    if history.last_visit is None:
        return "new" if history.visits_since is None else "lapsed"
    away = now - history.last_visit
    return "active" if away < spans.active else "lapsing" if away <= spans.lapsing else "lapsed"


def limit_left(operand: c.LimitLeft, history: History, moment: Moment) -> Value:
    start = moment.now - operand.per.seconds
    if history.limits_since is not None and start < history.limits_since:
        return None
    return len([1 for one in history.showings if one.rule == operand.rule and one.at > start]) < operand.times


PAST: dict[type, Callable[..., Value]] = {
    c.Viewed: viewed,
    c.Bought: bought,
    c.Did: did,
    c.Visits: lambda operand, past, moment: counted(past.visits, operand.window, past.visits_since, moment),
    c.Shown: lambda operand, past, moment: counted(
        [one.at for one in past.showings if one.rule in operand.names], operand.window, past.showings_since, moment
    ),
    c.LastVisit: last_visit,
    c.InCart: in_cart,
    c.InStage: lambda operand, past, moment: stage(past, operand.spans, moment.now) in operand.stages,
    c.CooledDown: cooled_down,
    c.LimitLeft: limit_left,
}
