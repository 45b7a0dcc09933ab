"""What is remembered of one visitor."""

from __future__ import annotations

from hashlib import blake2b
from typing import TypeAlias

from msgspec import Struct

from omotenashi.model.visitor import Arrival, Deed, Order, Showing, View

_ID_SIZE = 5
"""Bytes of a hashed id: among 200 of them a false match has a chance of 2e-10."""

Mark: TypeAlias = int | tuple[int, int, int]
"""The kind of a view; or its kind and the seconds before and after it in which implied views joined it."""


class CountedRequest(Struct, frozen=True, array_like=True):
    """A request id that was recorded, and the view that it stands for; id and path are hashed."""

    id: bytes
    at: int
    path: bytes


class Profile(Struct, array_like=True):
    """All that is stored about a visitor. Times are seconds since 1970-01-01 UTC; every list is ordered by time.

    A `…_since` says that something older than this moment was dropped and that all from this moment on is there; None
    where nothing was dropped. New fields go to the end, so that older rows can still be read.
    """

    first_seen: int | None = None
    visits: list[tuple[int, int]] = []
    """First and last moment of each visit."""
    views: list[View] = []
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


def short_id(text: str) -> bytes:
    """Return a short hash of an id that callers made."""
    return blake2b(text.encode(), digest_size=_ID_SIZE).digest()


def knows_id(ids: bytes, wanted: bytes) -> bool:
    """Tell whether `wanted` is one of the hashed ids that lie in `ids` one after the other."""
    place = ids.find(wanted)
    while place > 0 and place % _ID_SIZE:
        place = ids.find(wanted, place + 1)
    return place >= 0


def with_id(ids: bytes, new: bytes, most: int) -> bytes:
    """Return `ids` with one more, the newest `most` of them."""
    return (ids + new)[-most * _ID_SIZE :]


def later(known: int | None, other: int | None) -> int | None:
    """Return the later one of two `…_since`; None where nothing was dropped."""
    if known is None or other is None:
        return other if known is None else known
    return max(known, other)
