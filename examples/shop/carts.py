"""What lies in the carts: a guest's in a cookie, a member's in memory, so that every browser shows the same."""

from __future__ import annotations

from collections import Counter

from catalogue import PRODUCTS, Product

COOKIE = "kakekkodo_cart"

_MOST_IN_CART = 20
_BETWEEN = "."

Cart = tuple[str, ...]
"""Slugs of products; twice in it is two of them."""


def from_cookie(text: str | None) -> Cart:
    return tuple(slug for slug in (text or "").split(_BETWEEN) if slug in PRODUCTS)[:_MOST_IN_CART]


def to_cookie(cart: Cart) -> str:
    return _BETWEEN.join(cart)


def together(*carts: Cart) -> Cart:
    """Return what lies in several carts, as much as one can hold."""
    return tuple(slug for cart in carts for slug in cart)[-_MOST_IN_CART:]


def without_one(cart: Cart, slug: str) -> Cart:
    """Return the cart with one piece of a product less."""
    if slug not in cart:
        return cart
    at = cart.index(slug)
    return cart[:at] + cart[at + 1 :]


def lines(cart: Cart) -> list[tuple[Product, int]]:
    """Return each product once, with its quantity."""
    return [(PRODUCTS[slug], quantity) for slug, quantity in Counter(cart).items()]


def total(cart: Cart) -> int:
    """Return the sum in yen."""
    return sum(PRODUCTS[slug].price for slug in cart)
