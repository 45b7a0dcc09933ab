"""Conditions on history: windows are read at the moment of the decision.

What would need more than is kept is unknown, never wrong.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TypeAlias, TypeVar

from omotenashi.engine.occasion import Occasion
from omotenashi.language.condition import (
    Bought,
    CooledDown,
    Did,
    Fact,
    InCart,
    InStage,
    LastVisit,
    LimitLeft,
    Operand,
    Range,
    Shown,
    Span,
    Viewed,
    Visits,
    Window,
)
from omotenashi.language.patterns import path_matcher
from omotenashi.model.site_facts import Lifecycle
from omotenashi.model.text import fold
from omotenashi.model.views import Views
from omotenashi.model.visitor import Cart, Deed, History, Order, Showing

HistoryTest = Callable[[History, Occasion], bool | None]
_PURCHASE = "purchase"
_AT = attrgetter("at")
_Entry = TypeVar("_Entry", Order, Deed, Showing)


def viewed(operand: Viewed) -> HistoryTest:
    """Return the test for views of pages, tags, items or categories."""
    count = _views(operand)

    def test(history: History, occasion: Occasion) -> bool | None:
        since, complete = _window(operand.window, history.views_since, occasion)
        return _within(operand.window.count, count(history, since), complete=complete)

    return test


def bought(operand: Bought) -> HistoryTest:
    """Return the test for orders; `amount` is the total of what matches in the window."""
    amounts_of = _orders(operand)

    def test(history: History, occasion: Occasion) -> bool | None:
        since, complete = _window(operand.window, history.orders_since, occasion)
        found = amounts_of(history, since)
        counted = _within(operand.window.count, len(found), complete=complete)
        if operand.amount is None or counted is False:
            return counted
        enough = _within(operand.amount, sum(found), complete=complete)
        return enough if enough is not True else counted

    return test


def did(operand: Did) -> HistoryTest:
    """Return the test for events of any name."""
    count = _deeds(operand)

    def test(history: History, occasion: Occasion) -> bool | None:
        since, complete = _window(operand.window, history.deeds_since, occasion)
        return _within(operand.window.count, count(history, since), complete=complete)

    return test


def visits(operand: Visits) -> HistoryTest:
    """Return the test for the number of visits, the present one included."""
    count = _visits(operand)

    def test(history: History, occasion: Occasion) -> bool | None:
        since, complete = _window(operand.window, history.visits_since, occasion)
        return _within(operand.window.count, count(history, since), complete=complete)

    return test


def last_visit(operand: LastVisit) -> HistoryTest:
    """Return the test for the end of the visit before this one; where there was none it is false."""

    def test(history: History, occasion: Occasion) -> bool | None:
        ended = history.last_visit
        if ended is None:
            return False
        if operand.before is not None:
            return ended < occasion.since(operand.before)
        return operand.within is not None and ended >= occasion.since(operand.within)

    return test


def in_cart(operand: InCart) -> HistoryTest:
    """Return the test for what lies in the cart, and for how long it was left."""

    def test(history: History, occasion: Occasion) -> bool | None:
        if not history.cart_known:
            return None
        if history.cart is None or not operand.filled:
            return (history.cart is not None) is operand.filled
        return _is_left(history.cart, operand, occasion)

    return test


def in_stage(operand: InStage) -> HistoryTest:
    """Return the test for the stage of the lifecycle."""

    def test(history: History, occasion: Occasion) -> bool | None:
        return stage(history, operand.spans, occasion.now) in operand.stages

    return test


def stage(history: History, spans: Lifecycle, now: float) -> str:
    """Return the stage at a moment (epoch seconds): new by the first visit, else by the one before the present."""
    if history.stage is not None:
        return history.stage
    if history.first_seen is None or now - history.first_seen < spans.new:
        return "new"
    if history.last_visit is None:
        return "new" if history.visits_since is None else "lapsed"  # what was dropped is older than all that is kept
    away = now - history.last_visit
    if away < spans.active:
        return "active"
    return "lapsing" if away <= spans.lapsing else "lapsed"


def shown(operand: Shown) -> HistoryTest:
    """Return the test for how often rules were shown, all of them together."""
    count = _showings(operand)

    def test(history: History, occasion: Occasion) -> bool | None:
        since, complete = _window(operand.window, history.showings_since, occasion)
        return _within(operand.window.count, count(history, since), complete=complete)

    return test


def cooled_down(operand: CooledDown) -> HistoryTest:
    """Return the test for a rule's cooldown: its goal was not reached within the span."""
    orders = operand.goal == _PURCHASE
    never = Window(Range(at_most=0), operand.span)
    count = _goals(operand)

    def test(history: History, occasion: Occasion) -> bool | None:
        since, complete = _window(never, history.orders_since if orders else history.deeds_since, occasion)
        return _within(never.count, count(history, since), complete=complete)

    return test


def limit_left(operand: LimitLeft) -> HistoryTest:
    """Return the test for a rule's limit."""
    count = _limited(operand)

    def test(history: History, occasion: Occasion) -> bool | None:
        since = occasion.since(operand.per)
        if history.limits_since is not None and since < history.limits_since:
            return None
        return len(history.showings) < operand.times or count(history, since) < operand.times

    return test


# What is counted, for the decision and for its explanation


def counted(operand: Operand, history: History, occasion: Occasion) -> int:
    """Return how often within its window that was which a condition on history counts."""
    if not isinstance(operand, (Viewed, Did, Visits, Shown, CooledDown, LimitLeft)):
        raise TypeError(operand)
    count: _Counted = _COUNTED[type(operand)](operand)
    return count(history, _since(_span(operand), occasion))


def amounts(operand: Bought, history: History, occasion: Occasion) -> list[float]:
    """Return the amounts of the orders within its window that a condition counts."""
    return _orders(operand)(history, _since(operand.window.within, occasion))


def kind_of(fact: Fact) -> str:
    """Return the kind of history that a condition asks for, by the name of its field."""
    if isinstance(fact.operand, CooledDown):
        return "bought" if fact.operand.goal == _PURCHASE else "did"
    return "shown" if fact.field == "limit" else fact.field


def _span(operand: Viewed | Did | Visits | Shown | CooledDown | LimitLeft) -> Span | None:
    if isinstance(operand, LimitLeft):
        return operand.per
    return operand.span if isinstance(operand, CooledDown) else operand.window.within


_Counted: TypeAlias = "Callable[[History, float], int]"
"""Count from a moment (epoch seconds) on."""


def _views(operand: Viewed) -> _Counted:
    count = _COUNTING[operand.kind](operand.values)
    return lambda history, since: count(history.views, bisect_left(history.views.at, since))


def _orders(operand: Bought) -> Callable[[History, float], list[float]]:
    values = frozenset(operand.values)

    def amounts_of(history: History, since: float) -> list[float]:
        found = [_amount(order, operand.kind, values) for order in _from(history.orders, since)]
        return [amount for amount in found if amount is not None]

    return amounts_of


def _deeds(operand: Did) -> _Counted:
    names = frozenset(operand.events)
    return lambda history, since: len([1 for deed in _from(history.deeds, since) if fold(deed.event) in names])


def _visits(_: Visits) -> _Counted:
    return lambda history, since: len(history.visits) - bisect_left(history.visits, since)


def _showings(operand: Shown) -> _Counted:
    ids = frozenset(operand.names)
    return lambda history, since: len([1 for one in _from(history.showings, since) if one.rule in ids])


def _goals(operand: CooledDown) -> _Counted:
    if operand.goal == _PURCHASE:
        return lambda history, since: len(_from(history.orders, since))
    return _deeds(Did((operand.goal,), Window(Range())))


def _limited(operand: LimitLeft) -> _Counted:
    rule = operand.rule

    def count(history: History, since: float) -> int:
        later = history.showings[bisect_right(history.showings, since, key=_AT) :]
        return len([1 for one in later if one.rule == rule])

    return count


def _from(entries: Sequence[_Entry], since: float) -> Sequence[_Entry]:
    """Return what was at a moment or later, of entries in the order of time."""
    return entries[bisect_left(entries, since, key=_AT) :]


_COUNTED: dict[type, Callable[..., _Counted]] = {
    Viewed: _views,
    Did: _deeds,
    Visits: _visits,
    Shown: _showings,
    CooledDown: _goals,
    LimitLeft: _limited,
}
_Counting = Callable[[Views, int], int]
"""Count the views that a condition asks for, from a place on."""


def _pages(patterns: Sequence[str]) -> _Counting:
    matches = path_matcher(patterns)
    return lambda views, start: len([path for path in views.paths[start:] if path and matches(path)])


def _tags(values: Sequence[str]) -> _Counting:
    other = frozenset(values).isdisjoint
    return lambda views, start: len([tags for tags, _, _ in views.details[start:] if tags and not other(tags)])


def _items(values: Sequence[str]) -> _Counting:
    other = frozenset(values).isdisjoint
    return lambda views, start: len([1 for _, items, _ in views.details[start:] if not other(map(fold, items))])


def _categories(values: Sequence[str]) -> _Counting:
    other = frozenset(values).isdisjoint
    return lambda views, start: len([found for _, _, found in views.details[start:] if found and not other(found)])


_COUNTING: dict[str, Callable[[Sequence[str]], _Counting]] = {
    "page": _pages,
    "tag": _tags,
    "item": _items,
    "category": _categories,
}


def _amount(order: Order, kind: str, values: frozenset[str]) -> float | None:
    """What matches in an order, or None where nothing does."""
    if not kind:
        return order.amount
    lines = [line for line in order.lines if fold(line.item if kind == "item" else line.category) in values]
    return sum(line.amount for line in lines) if lines else None


def _is_left(cart: Cart, operand: InCart, occasion: Occasion) -> bool | None:
    if operand.abandoned_for is not None and cart.changed > occasion.since(operand.abandoned_for):
        return False
    if operand.until is not None and cart.changed < occasion.since(operand.until):
        return False
    return operand.amount is None or _within(operand.amount, cart.amount, complete=True)


def _window(window: Window, kept_since: int | None, occasion: Occasion) -> tuple[float, bool]:
    """When the window begins, and whether all of it was kept."""
    since = _since(window.within, occasion)
    return since, kept_since is None or since >= kept_since


def _since(span: Span | None, occasion: Occasion) -> float:
    return float("-inf") if span is None else occasion.since(span)


def _within(bounds: Range, count: float, *, complete: bool) -> bool | None:
    """Compare; where older entries may be missing, the count is only the least that it can be."""
    enough = bounds.at_least is None or count >= bounds.at_least
    too_many = bounds.at_most is not None and count > bounds.at_most
    if complete or too_many:
        return enough and not too_many
    return True if enough and bounds.at_most is None else None
