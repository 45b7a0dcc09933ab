"""Events: what a visitor did. Names and shapes are those of Google Analytics 4's recommended events."""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import UNSET, Struct

from omotenashi.model.visitor import ChosenPlace

CHOOSE_PLACE = "choose_place"
"""The event with which visitors say where they are."""
EVENT_NAME = re.compile(r"[A-Za-z0-9_ぁ-ゖァ-ヺー々〆一-鿿]{1,40}")
"""What events may be called."""


class Basis(StrEnum):
    """On whose word a page view stands."""

    STATED = "stated"
    """Somebody said so. Every other basis gives way to a stated view of the same page within five seconds."""
    IMPLIED = "implied"
    """An include was asked for: one with other implied views of its page that follow within five seconds."""
    REQUESTED = "requested"
    """An include of a page request with an id was asked for: a view of its own."""


class StatedItem(Struct, frozen=True):
    """One entry of `items`, as the caller states it; null is not stated, and a number may be an id."""

    item_id: str | int | None = ""
    item_category: str | None = ""
    price: float | None = None
    quantity: float | None = 1


class Item(Struct, frozen=True):
    """One entry of `items`, checked."""

    item_id: str = ""
    item_category: str = ""
    price: float | None = None
    quantity: float = 1


class StatedEvent(Struct, frozen=True):
    """An event as it stands in a request."""

    event: str
    timestamp: str | None = None
    """RFC 3339; without it the event is now."""
    event_id: str | int | None = ""
    transaction_id: str | int | None = ""
    value: float | None = None
    currency: str | None = ""
    items: tuple[StatedItem, ...] | None = ()
    page: str | None = ""
    """Path or URL; without it the page of the request."""
    tags: tuple[str, ...] | None = ()
    prefecture: object = UNSET
    """Of choose_place, like the rest; in other events these fields may hold anything."""
    city: object = UNSET
    location: object = UNSET
    """Latitude, comma, longitude, in degrees."""
    country: object = UNSET
    place: object = UNSET
    """A prefecture, or a place of site.yaml."""


class Event(Struct, frozen=True):
    """An event as it is folded into a profile: checked, its time and its page settled."""

    name: str
    at: int
    """Seconds since 1970-01-01 UTC."""
    event_id: str = ""
    """An event with an id that was seen before changes nothing."""
    path: str = ""
    tags: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    transaction_id: str = ""
    value: float | None = None
    basis: Basis = Basis.STATED
    """Of a page view."""
    chosen: ChosenPlace | None = None
    """Of choose_place."""
