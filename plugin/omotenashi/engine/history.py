"""Conditions on history: windows are read at the moment of the decision.

What would need more than is kept is unknown, never wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from omotenashi.engine.occasion import Occasion
from omotenashi.language.condition import Bought, Did, LastVisit, LimitLeft, Range, Viewed, Visits, Window
from omotenashi.language.patterns import path_matcher
from omotenashi.model.text import fold
from omotenashi.model.visitor import History, Order, View

HistoryTest = Callable[[History, Occasion], bool | None]


def viewed(operand: Viewed) -> HistoryTest:
    """Return the test for views of pages, tags, items or categories."""
    matches = _view_matcher(operand)

    def test(history: History, occasion: Occasion) -> bool | None:
        since, complete = _window(operand.window, history.views_since, occasion)
        count = sum(1 for view in history.views if view.at >= since and matches(view))
        return _within(operand.window.count, count, complete=complete)

    return test


def bought(operand: Bought) -> HistoryTest:
    """Return the test for orders; `amount` is the total of what matches in the window."""
    values = frozenset(operand.values)

    def test(history: History, occasion: Occasion) -> bool | None:
        since, complete = _window(operand.window, history.orders_since, occasion)
        amounts = [_amount(order, operand.kind, values) for order in history.orders if order.at >= since]
        found = [amount for amount in amounts if amount is not None]
        counted = _within(operand.window.count, len(found), complete=complete)
        if operand.amount is None or counted is False:
            return counted
        enough = _within(operand.amount, sum(found), complete=complete)
        return enough if enough is not True else counted

    return test


def did(operand: Did) -> HistoryTest:
    """Return the test for events of any name."""
    names = frozenset(operand.events)

    def test(history: History, occasion: Occasion) -> bool | None:
        since, complete = _window(operand.window, history.deeds_since, occasion)
        count = sum(1 for deed in history.deeds if deed.at >= since and fold(deed.event) in names)
        return _within(operand.window.count, count, complete=complete)

    return test


def visits(operand: Visits) -> HistoryTest:
    """Return the test for the number of visits, the present one included."""

    def test(history: History, occasion: Occasion) -> bool | None:
        since, complete = _window(operand.window, history.visits_since, occasion)
        return _within(operand.window.count, sum(1 for began in history.visits if began >= since), complete=complete)

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


def limit_left(operand: LimitLeft) -> HistoryTest:
    """Return the test for a rule's limit."""

    def test(history: History, occasion: Occasion) -> bool | None:
        since = occasion.since(operand.per)
        if history.showings_since is not None and since < history.showings_since:
            return None
        shown = sum(1 for one in history.showings if one.rule == operand.rule and one.at > since)
        return shown < operand.times

    return test


def _view_matcher(operand: Viewed) -> Callable[[View], bool]:
    if operand.kind == "page":
        matches = path_matcher(operand.values)
        return lambda view: bool(view.path) and matches(view.path)
    values = frozenset(operand.values)
    read: dict[str, Callable[[View], Iterable[str]]] = {
        "tag": lambda view: view.tags,
        "item": lambda view: view.items,
        "category": lambda view: view.categories,
    }
    texts = read[operand.kind]
    return lambda view: any(fold(text) in values for text in texts(view))


def _amount(order: Order, kind: str, values: frozenset[str]) -> float | None:
    """What matches in an order, or None where nothing does."""
    if not kind:
        return order.amount
    lines = [line for line in order.lines if fold(line.item if kind == "item" else line.category) in values]
    return sum(line.amount for line in lines) if lines else None


def _window(window: Window, kept_since: int | None, occasion: Occasion) -> tuple[float, bool]:
    """When the window begins, and whether all of it was kept."""
    since = float("-inf") if window.within is None else occasion.since(window.within)
    return since, kept_since is None or since >= kept_since


def _within(bounds: Range, count: float, *, complete: bool) -> bool | None:
    """Compare; where older entries may be missing, the count is only the least that it can be."""
    enough = bounds.at_least is None or count >= bounds.at_least
    too_many = bounds.at_most is not None and count > bounds.at_most
    if complete or too_many:
        return enough and not too_many
    return True if enough and bounds.at_most is None else None
