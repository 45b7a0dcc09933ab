"""What was put into the cart and taken out of it since the last purchase, and what therefore lies in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import attrgetter

from omotenashi.model.event import Event
from omotenashi.model.visitor import Cart
from omotenashi.profiles.profile import CartLine, Profile, later, short, with_one_more, without_first

MOST_CART_LINES = 100
_PLACES = 6
"""Decimals to which quantities are rounded, so that nothing is left of 0.3 - 0.1 - 0.2."""

_AT = attrgetter("at")


def change_cart(profile: Profile, event: Event) -> None:
    """Note what an `add_to_cart` or `remove_from_cart` says; before the last purchase it changes nothing."""
    if profile.emptied is None or event.at > profile.emptied:
        for line in _lines(event):
            profile.cart = with_one_more(profile.cart, line, cart_order)
        drop_cart_lines(profile, len(profile.cart) - MOST_CART_LINES)


def empty_cart(profile: Profile, at: int) -> None:
    """Empty the cart of all that was put into it until a purchase, the second of the purchase included."""
    profile.emptied = later(profile.emptied, at)
    profile.cart = profile.cart[bisect_right(profile.cart, at, key=_AT) :]
    if profile.cart_since is not None and profile.cart_since <= at + 1:
        profile.cart_since = None


def drop_cart_lines(profile: Profile, count: int) -> None:
    """Drop the oldest lines; until the next purchase it is unknown what lies in the cart."""
    profile.cart, since = without_first(profile.cart, count)
    profile.cart_since = later(profile.cart_since, since)


def cart_order(line: CartLine) -> tuple[object, ...]:
    """Return a key that orders lines by time; within a second what goes in comes first, and arrival does not matter."""
    return (line.at, line.quantity < 0, line.item, line.price is not None, line.price or 0, line.quantity)


def cart_of(lines: Iterable[CartLine]) -> Cart | None:
    """Return what lies in the cart, each item at its last price; None if it is empty."""
    quantities: dict[str, float] = {}
    prices: dict[str, float] = {}
    changed = 0
    for line in lines:
        if line.price is not None:
            prices[line.item] = line.price
        before = quantities.get(line.item, 0)
        quantities[line.item] = max(0, round(before + line.quantity, _PLACES))
        if quantities[line.item] != before:
            changed = line.at
    if not any(quantities.values()):
        return None
    return Cart(changed, sum(quantity * prices.get(item, 0) for item, quantity in quantities.items()))


def _lines(event: Event) -> Iterator[CartLine]:
    """Return what goes in or out. Without items it is one without a name; a value alone is spread over the items."""
    sign = -1 if event.name == "remove_from_cart" else 1
    if not event.items:
        yield CartLine(event.at, "", sign, event.value)
    unpriced = all(item.price is None for item in event.items)
    quantity = sum(max(0, item.quantity) for item in event.items)
    spread = event.value / quantity if unpriced and quantity and event.value is not None else None
    for item in event.items:
        price = spread if item.price is None else item.price
        yield CartLine(
            event.at, item.item_id, short(sign * max(0, item.quantity)), None if price is None else short(price)
        )
