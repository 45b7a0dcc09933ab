"""What is remembered of one visitor."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from hashlib import blake2b
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct, field

from omotenashi.model.views import Views
from omotenashi.model.visitor import Arrival, ChosenPlace, Deed, Number, Order, Showing

_ID_SIZE = 4
"""Bytes of a hashed id: that a new one looks like one of 200 has a chance of 5e-8."""
_EXACT = 2.0**53
"""Up to here a float holds every whole number."""

Mark: TypeAlias = int | tuple[int, int, int]
"""The kind of a view; or its kind and the seconds before and after it in which implied views joined it."""


class CountedRequest(Struct, frozen=True, array_like=True):
    """A request id that was recorded, and the view that it stands for; id and path are hashed."""

    id: bytes
    at: int
    path: bytes


class CartLine(Struct, frozen=True, array_like=True):
    """Something was put into the cart, or taken out of it."""

    at: int
    item: str = ""
    quantity: Number = 1
    """Negative where it was taken out."""
    price: Number | None = None
    """Of one, in the site's currency; None where it was not stated."""


class RefundLine(Struct, frozen=True, array_like=True):
    """Items that were given back."""

    item: str = ""
    quantity: Number = 1
    price: Number | None = None
    """Of one; None: what the order says."""


class Refund(Struct, frozen=True, array_like=True):
    """Money was given back for an order, which may be stated later than its refund."""

    at: int
    transaction_id: str = ""
    amount: Number | None = None
    """None where it follows from the lines; without lines all of the order is given back."""
    lines: tuple[RefundLine, ...] = ()
    id: bytes = b""
    """The hash of its event's id: two events with different ids are two refunds."""


T = TypeVar("T")
_Timed = TypeVar("_Timed", Order, Deed, Showing, CartLine)


class Profile(Struct, gc=False):
    """All that is stored about a visitor. Times are seconds since 1970-01-01 UTC; every list is ordered by time.

    Profiles that follow each other share their lists: what changes is replaced, never changed in place. A `…_since` says that something older than this moment was dropped and that all from this moment on is there; None
    where nothing was dropped.
    """

    first_seen: int | None = None
    visits: list[tuple[int, int]] = []
    """First and last moment of each visit."""
    views: Views = field(default_factory=Views)
    marks: list[Mark] = []
    """One for each view."""
    orders: list[Order] = []
    deeds: list[Deed] = []
    """Events that are no views; views are deeds too and need not be written twice."""
    showings: list[Showing] = []
    arrival: Arrival | None = None
    arrival_at: int = 0
    event_ids: bytes = b""
    """Hashed ids of recent events, one after the other."""
    requests: list[CountedRequest] = []
    views_since: int | None = None
    visits_since: int | None = None
    orders_since: int | None = None
    deeds_since: int | None = None
    showings_since: int | None = None
    cart: list[CartLine] = []
    """Since the last purchase."""
    cart_since: int | None = None
    refunds: list[Refund] = []
    owner: bytes = b""
    """Of an anonymous profile: the hash of the member whom its device was last logged in as."""
    emptied: int | None = None
    """When a purchase emptied the cart last."""
    shown: list[Showing] = []
    """Of rules without a limit; `showings` has those of rules with one, which nothing else may push out."""
    shown_since: int | None = None
    chosen: ChosenPlace | None = None
    """The place that was chosen last, or when the choice was taken back."""


def short_id(text: str) -> bytes:
    """Return a short hash of an id that callers made."""
    return blake2b(text.encode(), digest_size=_ID_SIZE).digest()


def knows_id(ids: bytes, wanted: bytes) -> bool:
    """Tell whether `wanted` is one of the hashed ids that lie in `ids` one after the other."""
    place = ids.find(wanted)
    while place > 0 and place % _ID_SIZE:
        place = ids.find(wanted, place + 1)
    return place >= 0


def is_full(ids: bytes, most: int) -> bool:
    """Tell whether older ids may have been dropped."""
    return len(ids) >= most * _ID_SIZE


def with_id(ids: bytes, new: bytes, most: int) -> bytes:
    """Return `ids` with one more, the newest `most` of them."""
    return (ids + new)[-most * _ID_SIZE :]


def later(known: int | None, other: int | None) -> int | None:
    """Return the later one of two `…_since`; None where nothing was dropped."""
    if known is None or other is None:
        return other if known is None else known
    return max(known, other)


def without_first(items: list[_Timed], count: int) -> tuple[list[_Timed], int | None]:
    """Return all but the first `count`, and from when on all are there, None if nothing was dropped."""
    return (items, None) if count <= 0 else (items[count:], items[count - 1].at + 1)


def with_one_more(items: list[T], new: T, order: Callable[[T], Any]) -> list[T]:
    """Return ordered items with a new one, behind those that are its equals."""
    place = bisect_right(items, order(new), key=order)
    return [*items[:place], new, *items[place:]]


def short(number: float) -> Number:
    """Return a whole number as an int, which takes up to five bytes in MessagePack where a float takes nine."""
    return int(number) if abs(number) < _EXACT and float(number).is_integer() else number
