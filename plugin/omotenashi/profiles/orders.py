"""Orders of a profile, and what was given back of them.

A refund may come before its order, and is kept beside it: what is left of an order is worked out when it is asked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from msgspec.structs import replace

from omotenashi.model.event import Event, Item
from omotenashi.model.visitor import Order, OrderLine
from omotenashi.profiles.profile import (
    Profile,
    Refund,
    RefundLine,
    later,
    short,
    short_id,
    with_one_more,
    without_first,
)

MOST_ORDERS = 100
MOST_REFUNDS = 100
_PLACES = 6
"""Decimals to which what is left is rounded, so that nothing is left of 0.3 - 0.1 - 0.2."""

_AT = attrgetter("at")


def order_of(event: Event) -> Order:
    """Return the order that a purchase states; without a value it is worth the sum of its lines."""
    lines = tuple(_order_line(item) for item in event.items)
    amount = sum(line.amount for line in lines) if event.value is None else event.value
    return Order(event.at, short(amount), lines, event.transaction_id)


def refund_of(event: Event) -> Refund:
    """Return what a refund states."""
    lines = tuple(RefundLine(item.item_id, short(item.quantity), item.price) for item in event.items)
    return Refund(
        event.at, event.transaction_id, event.value, lines, short_id(event.event_id) if event.event_id else b""
    )


def knows_order(profile: Profile, transaction_id: str) -> bool:
    """Tell whether an order is there already; without an id every order is a new one."""
    return transaction_id != "" and any(order.transaction_id == transaction_id for order in profile.orders)


def knows_refund(profile: Profile, refund: Refund) -> bool:
    """Tell whether a refund is there already: all of an order is given back once; a part, when all is the same."""
    if is_whole(refund):
        return any(is_whole(one) and one.transaction_id == refund.transaction_id for one in profile.refunds)
    return refund in profile.refunds


def is_whole(refund: Refund) -> bool:
    """Tell whether all of an order is given back."""
    return refund.amount is None and not refund.lines


def add_order(profile: Profile, order: Order) -> bool:
    """Add an order and tell whether it is kept: one older than what was dropped could be there already, or refunded."""
    if not _is_recent(profile, order.at):
        return False
    profile.orders = with_one_more(profile.orders, order, _AT)
    drop_orders(profile, len(profile.orders) - MOST_ORDERS)
    return _is_recent(profile, order.at)


def add_refund(profile: Profile, refund: Refund) -> bool:
    """Add a refund and tell whether it is so recent that its repetition will be known."""
    profile.refunds = with_one_more(profile.refunds, refund, _AT)
    drop_refunds(profile, len(profile.refunds) - MOST_REFUNDS)
    return _is_recent(profile, refund.at)


def drop_orders(profile: Profile, count: int) -> None:
    """Drop the oldest orders, and mark from when on all are there."""
    profile.orders, since = without_first(profile.orders, count)
    profile.orders_since = later(profile.orders_since, since)


def drop_refunds(profile: Profile, count: int) -> None:
    """Drop the oldest refunds with their orders, whether these came already or not: no order may count in full again."""
    if count > 0:
        gone = {refund.transaction_id for refund in profile.refunds[:count]}
        moments = [order.at for order in profile.orders if order.transaction_id in gone]
        end = max([profile.refunds[count - 1].at, *moments])
        profile.refunds = profile.refunds[count:]
        forget_orders(profile, end + 1)


def forget_orders(profile: Profile, since: int | None) -> None:
    """Drop the orders before a moment, since some of them are no longer there or no longer right."""
    profile.orders_since = later(profile.orders_since, since)
    if profile.orders_since is not None:
        profile.orders = profile.orders[bisect_left(profile.orders, profile.orders_since, key=_AT) :]


def net_orders(orders: Sequence[Order], refunds: Sequence[Refund]) -> Sequence[Order]:
    """Return what is left of the orders; one of which nothing is left counts no more."""
    if not refunds:
        return orders
    given_back: dict[str, list[Refund]] = {}
    for refund in refunds:
        given_back.setdefault(refund.transaction_id, []).append(refund)
    return list(_left(orders, given_back))


def _is_recent(profile: Profile, at: int) -> bool:
    return profile.orders_since is None or at >= profile.orders_since


def _order_line(item: Item) -> OrderLine:
    amount = short((item.price or 0) * item.quantity)
    return OrderLine(item.item_id, item.item_category, amount, short(item.quantity))


def _left(orders: Iterable[Order], given_back: dict[str, list[Refund]]) -> Iterator[Order]:
    for order in orders:
        refunds = given_back.get(order.transaction_id) if order.transaction_id else None
        left = _without(order, refunds) if refunds else order
        if left is not None:
            yield left


def _without(order: Order, refunds: list[Refund]) -> Order | None:
    """Return what is left of an order: None where neither items nor money are, as far as they were stated."""
    if any(map(is_whole, refunds)):
        return None
    named = [_priced(line, order) for refund in refunds for line in refund.lines]
    lines = [
        left for item in dict.fromkeys(line.item for line in order.lines) for left in _lines_left(order, item, named)
    ]
    amount = _less(order.amount, sum(_given(refund, order) for refund in refunds))
    if (order.lines and not lines) or (order.amount > 0 and not amount):
        return None
    return replace(order, amount=amount, lines=tuple(lines))


def _given(refund: Refund, order: Order) -> float:
    """Return the money that a refund gives back."""
    if refund.amount is not None:
        return refund.amount
    return sum(line.amount for line in (_priced(line, order) for line in refund.lines))


def _priced(line: RefundLine, order: Order) -> OrderLine:
    """Return what a line of a refund gives back; without a price, one is worth what the order says."""
    price = _price(order, line.item) if line.price is None else line.price
    return OrderLine(line.item, "", price * line.quantity, line.quantity)


def _price(order: Order, item: str) -> float:
    lines = [line for line in order.lines if line.item == item]
    quantity = sum(line.quantity for line in lines)
    return sum(line.amount for line in lines) / quantity if quantity > 0 else 0


def _lines_left(order: Order, item: str, named: list[OrderLine]) -> Iterator[OrderLine]:
    """Return what is left of an order's lines of one item."""
    lines = [line for line in order.lines if line.item == item]
    returned = sum(line.quantity for line in named if line.item == item)
    worth = sum(line.amount for line in named if line.item == item)
    price = worth / returned if returned > 0 else 0
    for line in lines:
        taken = min(max(returned, 0), line.quantity)
        returned -= taken
        quantity = _less(line.quantity, taken)
        if quantity or not taken:
            yield replace(line, amount=_less(line.amount, price * taken), quantity=quantity) if taken else line


def _less(number: float, taken: float) -> float:
    return short(max(0, round(number - taken, _PLACES)))
