"""Conditions on history to formulas. What was counted is a number; whether all of it was kept is another matter."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor

from omotenashi.language import condition as c
from omotenashi.language.analyse.domains import Among, Mark, Marks
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
)
from omotenashi.language.analyse.marks import AtLeast, Complete, Counted, Older, Total

Pair = tuple[Formula, Formula]
"""When a condition is true, and when it is false."""
CART_UNKNOWN, CART_EMPTY, CART_FILLED = 0, 1, 2
_CARTS = frozenset((CART_UNKNOWN, CART_EMPTY, CART_FILLED))
_STAGES = frozenset(("new", "active", "lapsing", "lapsed"))
_BOTH = frozenset((False, True))
_PURCHASE = "purchase"


def known_history() -> Formula:
    """Return that there is a history: consent was given, and the store answers."""
    return Claim(("known", "history"), Among(frozenset((True,)), universe=_BOTH))


def _viewed(operand: c.Viewed) -> Pair:
    return _in_history(*_within(_entries("viewed", operand.kind, operand.values, operand.window), operand.window))


def _bought(operand: c.Bought) -> Pair:
    entries = _entries("bought", operand.kind, operand.values, operand.window)
    true, false = _within(entries, operand.window)
    if operand.amount is not None:
        enough, too_little = _total(entries, operand.amount)
        true, false = Every((true, enough)), Some((false, too_little))
    return _in_history(true, false)


def _did(operand: c.Did) -> Pair:
    return _in_history(*_within(_entries("did", "event", operand.events, operand.window), operand.window))


def _visits(operand: c.Visits) -> Pair:
    return _in_history(*_within(_entries("visits", "", (), operand.window), operand.window))


def _shown(operand: c.Shown) -> Pair:
    return _in_history(*_within(_entries("shown", operand.kind, operand.names, operand.window), operand.window))


def _cooled_down(operand: c.CooledDown) -> Pair:
    window = c.Window(c.Range(at_most=0), operand.span)
    orders = operand.goal == _PURCHASE
    entries = _entries("bought", "", (), window) if orders else _entries("did", "event", (operand.goal,), window)
    return _in_history(*_within(entries, window))


def _limit_left(operand: c.LimitLeft) -> Pair:
    about, values = ("opaque", "limit", operand), frozenset(("true", "false", "unknown"))
    true, false = (Claim(about, Among(frozenset((one,)), universe=values)) for one in ("true", "false"))
    return _in_history(true, false)


def _last_visit(operand: c.LastVisit) -> Pair:
    was = _mark("last_visit", Older())
    if operand.before is not None:
        held: Formula = _mark("last_visit", Older(operand.before))
    else:
        held = Every((was, denied(_mark("last_visit", Older(operand.within)))))
    return _in_history(held, denied(held))


def _in_stage(operand: c.InStage) -> Pair:
    held = Claim(("value", "lifecycle", operand.spans), Among(frozenset(operand.stages), universe=_STAGES))
    return _in_history(held, denied(held))


def _in_cart(operand: c.InCart) -> Pair:
    filled, empty = _cart(CART_FILLED), _cart(CART_EMPTY)
    if not operand.filled:
        return empty, filled
    parts: list[Formula] = []
    if operand.abandoned_for is not None:
        parts.append(_mark("cart", Older(operand.abandoned_for, exactly=True)))
    if operand.until is not None:
        parts.append(denied(_mark("cart", Older(operand.until))))
    if operand.amount is not None:
        parts.append(_amount_between(("amount", "cart"), operand.amount))
    held = every(parts) if parts else ALWAYS
    return Every((filled, held)), Some((empty, Every((filled, denied(held)))))


def _cart(status: int) -> Formula:
    return Claim(("status", "cart"), Among(frozenset((status,)), universe=_CARTS))


def _amount_between(about: Property, amount: c.Range) -> Formula:
    low = [] if amount.at_least is None else [Claim(about, Marks((AtLeast(amount.at_least),)))]
    high = [] if amount.at_most is None else [denied(Claim(about, Marks((AtLeast(amount.at_most, beyond=True),))))]
    return every([*low, *high])


def _entries(log: str, kind: str, values: tuple[str, ...], window: c.Window) -> Counted:
    return Counted(log, kind, frozenset(values), window.within, 1)


def _within(entries: Counted, window: c.Window) -> Pair:
    """As engine/history.py compares: too many is certain, too few only where everything was kept."""
    low, high = window.count.at_least, window.count.at_most
    least, most = 0 if low is None else ceil(low), None if high is None else floor(high)
    enough = _times(entries, least)
    too_many = NEVER if most is None else _times(entries, most + 1)
    complete = _mark(entries.log, Complete(entries.log, entries.within))
    too_few = Every((complete, denied(enough)))
    if most is None:
        return enough, too_few
    return Every((complete, enough, denied(too_many))), Some((too_many, too_few))


def _total(entries: Counted, amount: c.Range) -> Pair:
    """The total of what is counted, compared likewise."""
    enough = ALWAYS if amount.at_least is None else _mark("bought", Total(entries, amount.at_least))
    complete = _mark("bought", Complete("bought", entries.within))
    too_little = Every((complete, denied(enough)))
    if amount.at_most is None:
        return enough, too_little
    too_much = _mark("bought", Total(entries, amount.at_most, beyond=True))
    return Every((complete, enough, denied(too_much))), Some((too_much, too_little))


def _times(entries: Counted, times: int) -> Formula:
    if times <= 0:
        return ALWAYS
    return _mark(entries.log, Counted(entries.log, entries.kind, entries.values, entries.within, times))


def _mark(log: str, mark: Mark) -> Formula:
    return Claim(("marks", log), Marks((mark,)))


def _in_history(true: Formula, false: Formula) -> Pair:
    return Every((known_history(), true)), Every((known_history(), false))


HISTORY: dict[type, Callable[..., Pair]] = {
    c.Viewed: _viewed,
    c.Bought: _bought,
    c.Did: _did,
    c.Visits: _visits,
    c.LastVisit: _last_visit,
    c.InCart: _in_cart,
    c.InStage: _in_stage,
    c.Shown: _shown,
    c.CooledDown: _cooled_down,
    c.LimitLeft: _limit_left,
}
