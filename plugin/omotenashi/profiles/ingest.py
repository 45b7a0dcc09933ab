"""Events as callers state them -> events as they are folded, or a refusal that says what to change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import structs

from omotenashi.model.errors import RefusedRequest, bad_request
from omotenashi.model.event import CHOOSE_PLACE, EVENT_NAME, Event, Item, StatedEvent, StatedItem
from omotenashi.model.paths import page_path
from omotenashi.model.text import fold
from omotenashi.profiles.choice import stated_choice

NEED_THE_SERVER_KEY = frozenset({"purchase", "refund", "login"})
"""What a browser cannot be believed, unless site.yaml says so."""
AHEAD = 60
"""Seconds by which a caller's clock may be fast."""
MOST_ITEMS = 100
MOST_TAGS = 100
LONGEST_TEXT = 200
"""Characters of an id, a category or a tag."""
LONGEST_PAGE = 4096
LARGEST_NUMBER = 1e12
LARGEST_ID = 2**63 - 1

_NO_PLACES: Mapping[str, tuple[float, float]] = {}
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)?")
"""Google Analytics 4 allows 40 letters, digits and underscores; ours may be Japanese."""


def settle(
    stated: StatedEvent,
    now: float,
    page_url: str,
    tags: Iterable[str] = (),
    *,
    from_browser: bool,
    allowed: frozenset[str] = frozenset(),
    places: Mapping[str, tuple[float, float]] = _NO_PLACES,
) -> Event:
    """Return a stated event with its time (seconds), its page as paths are compared, its tags and categories folded.

    What the event does not state itself is taken from the request: `now`, `page_url` and the `tags` of that page.
    `allowed` are the events that a browser may state though they need the server key by default, `places` those of
    site.yaml that choose_place may name, by folded name. Raises RefusedRequest:
    401 where a browser states what needs the server key, 400 for what cannot be understood.
    """
    _require_name(stated.event)
    if from_browser and fold(stated.event) in NEED_THE_SERVER_KEY - allowed:
        raise RefusedRequest(401, f"{stated.event} needs the server key")
    _text("currency", stated.currency)
    if stated.event == "refund" and stated.transaction_id in {None, ""}:
        bad_request("a refund needs the transaction_id of its purchase")
    page = _text("page", stated.page, LONGEST_PAGE)
    at = int(now) if stated.timestamp is None else _moment(stated.timestamp, now)
    return Event(
        name=stated.event,
        at=at,
        event_id=_text("event_id", stated.event_id),
        path=_path(page or page_url),
        tags=_tags(stated.tags or (tags if not page or _path(page) == _path(page_url) else ())),
        items=_items(stated.items or ()),
        transaction_id=_text("transaction_id", stated.transaction_id),
        value=_number("value", stated.value),
        chosen=stated_choice(stated, at, places) if stated.event == CHOOSE_PLACE else None,
    )


def without_sensitive(event: Event, topics: frozenset[str]) -> Event:
    """Return an event as it may be remembered: what has a sensitive tag or category loses page, tags and items.

    `topics` are folded. That something happened at this moment stays, and what an order amounts to.
    """
    if topics.isdisjoint(event.tags) and topics.isdisjoint(item.item_category for item in event.items):
        return event
    value = event.value
    if value is None and event.items:
        value = sum((item.price or 0) * item.quantity for item in event.items)
    return structs.replace(event, path="", tags=(), items=(), value=value)


def _require_name(name: str) -> None:
    if not name:
        bad_request("an event needs a name, such as page_view")
    if not EVENT_NAME.fullmatch(name):
        bad_request("an event name is made of 1 to 40 letters, digits and underscores")


def _items(stated: Sequence[StatedItem]) -> tuple[Item, ...]:
    if len(stated) > MOST_ITEMS:
        bad_request(f"items has {len(stated)} entries, at most {MOST_ITEMS} are taken")
    return tuple(
        Item(
            _text("item_id", item.item_id),
            fold(_text("item_category", item.item_category)),
            _number("price", item.price),
            1 if item.quantity is None else _number("quantity", item.quantity) or 0,
        )
        for item in stated
    )


def _tags(stated: Iterable[str]) -> tuple[str, ...]:
    tags = tuple(stated)
    if len(tags) > MOST_TAGS:
        bad_request(f"tags has {len(tags)} entries, at most {MOST_TAGS} are taken")
    return _folded(tuple(_text("a tag", tag) for tag in tags))


def _text(name: str, value: str | int | None, longest: int = LONGEST_TEXT) -> str:
    if isinstance(value, int) and abs(value) > LARGEST_ID:
        bad_request(f"{name} is beyond {LARGEST_ID}")
    text = "" if value is None else str(value)
    if len(text) > longest:
        bad_request(f"{name} has {len(text)} characters, at most {longest} are taken")
    return text


def _number(name: str, number: float | None) -> float | None:
    if number is not None and not abs(number) <= LARGEST_NUMBER:
        bad_request(f"{name} is beyond {LARGEST_NUMBER:.0f}")
    return number


def _moment(timestamp: str, now: float) -> int:
    """Return a time of RFC 3339 in seconds since 1970-01-01 UTC."""
    try:
        moment = datetime.fromisoformat(timestamp.upper() if _RFC_3339.fullmatch(timestamp) else "")
    except ValueError:
        bad_request("the timestamp is not of the form 2026-12-24T18:30:00+09:00")
    if moment.tzinfo is None:
        bad_request("the timestamp has no offset: write 2026-12-24T18:30:00+09:00")
    seconds = moment.timestamp()
    if seconds < 0:
        bad_request("the timestamp is before 1970")
    if seconds > now + AHEAD:
        bad_request("the timestamp is in the future")
    return int(seconds)


def _path(url: str) -> str:
    return page_path(url) if url else ""


def _folded(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(folded for tag in tags if (folded := fold(tag))))
