"""Events of the past: records of a file -> events of a visitor or a member, folded into their profiles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple, NoReturn

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from omotenashi.model.errors import RefusedRequest, StoreUnavailable
from omotenashi.model.event import Event, StatedEvent, StatedItem
from omotenashi.profiles.database import Database, Transaction
from omotenashi.profiles.import_tables import Columns
from omotenashi.profiles.importing import Outcome, Refusal
from omotenashi.profiles.ingest import MOST_ITEMS, settle, without_sensitive
from omotenashi.profiles.keys import is_member, is_visitor_id, member_key
from omotenashi.profiles.store import Change

_NAMES = {
    "event": "イベント",
    "timestamp": "日時",
    "visitor_id": "訪問者ID",
    "member_id": "会員ID",
    "page": "ページ",
    "tags": "タグ",
    "item_id": "商品ID",
    "item_category": "カテゴリ",
    "price": "価格",
    "quantity": "数量",
    "value": "金額",
    "currency": "通貨",
    "transaction_id": "注文番号",
    "event_id": "イベントID",
}
_NESTED = ("visitor", "member", "items", "events")
"""As in the body of an event request; in JSON Lines only."""
EVENT_COLUMNS = Columns(
    names={
        **{name: name for name in _NAMES},
        **{japanese: name for name, japanese in _NAMES.items()},
        "商品": "item_id",
        **{name: name for name in _NESTED},
    },
    needed=(("event",), ("timestamp",), ("visitor_id", "member_id")),
)
_ORDERS = frozenset({"purchase", "refund"})
_TAGS = re.compile("[、,;]")
_LOCAL = re.compile(r"(\d{4})([-/])(\d\d?)\2(\d\d?)(?:[Tt ] ?(\d\d?):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)?")
"""As RFC 3339 without an offset, and as Excel writes it."""
_EPOCH = re.compile(r"\d{9,10}(?:\.\d{1,9})?")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_LONGEST_NUMBER = 40


class _Named(Struct, frozen=True):
    id: str | int | None = None


class _Page(Struct, frozen=True):
    url: str | None = None
    tags: tuple[str, ...] | None = None


class _Line(Struct, frozen=True):
    """One line as it is written: flat, or as the body of an event request."""

    event: str = ""
    timestamp: str | float | None = None
    visitor_id: str | None = None
    member_id: str | int | None = None
    visitor: _Named | None = None
    member: _Named | None = None
    page: str | _Page | None = None
    tags: str | tuple[str, ...] | None = None
    items: tuple[StatedItem, ...] | None = None
    item_id: str | int | None = None
    item_category: str | None = None
    price: str | float | None = None
    quantity: str | float | None = None
    value: str | float | None = None
    currency: str | None = None
    transaction_id: str | int | None = None
    event_id: str | int | None = None
    events: tuple[_Line, ...] | None = None


class Done(NamedTuple):
    """What a line says that somebody did."""

    key: str
    events: tuple[Event, ...]
    is_row: bool = False
    """It is one event with one item, as in CSV; an order may go on in the next line."""


class _Own(NamedTuple):
    """What a batch says of one profile."""

    lines: list[int]
    events: list[Event]


class EventWork:
    """Reads and writes lines of events."""

    together = "transaction_id"

    def __init__(self, secret: bytes, zone: tzinfo, topics: frozenset[str], now: int) -> None:
        """`secret` makes the keys of members; `zone` is that of times without an offset; `topics` are sensitive ones."""
        self._secret = secret
        self._zone = zone
        self._topics = topics
        self._now = now

    def read(self, values: Mapping[str, object]) -> Done:
        """Return what a line says; raises RefusedRequest."""
        try:
            line = msgspec.convert(values, _Line, strict=False)
        except msgspec.ValidationError as error:
            raise RefusedRequest(400, str(error)) from error
        key = self._key(line)
        if line.events is None:
            return Done(key, (self._event(line),), is_row=line.items is None)
        return Done(key, tuple(self._event(_on_page_of(line, event)) for event in line.events))

    def write(self, database: Database, transaction: Transaction, lines: Sequence[tuple[int, Done]]) -> Outcome:
        """Fold what a batch of lines says; members who do not allow it are left out."""
        profiles, refused = _joined(lines)
        for key, own in profiles.items():
            reason = self._written(database, transaction, key, own.events)
            if reason:
                refused += [Refusal(line, reason) for line in own.lines]
        oldest = self._now - database.keep.events
        old = sum(event.at < oldest for own in profiles.values() for event in own.events)
        return Outcome(refused, old)

    def _written(self, database: Database, transaction: Transaction, key: str, events: Sequence[Event]) -> str | None:
        """Fold the events of one profile; return why not."""
        try:
            record = database.read_record(key) if is_member(key) else None
            if record is not None and record.consent is not None and "personalization" not in record.consent:
                return "the member does not allow personalization"
            kept = tuple(without_sensitive(event, self._topics) for event in events)
            transaction.apply(Change(key, self._now, kept))
        except StoreUnavailable as error:
            return str(error)
        return None

    def _key(self, line: _Line) -> str:
        member = line.member_id if line.member_id not in (None, "") else line.member and line.member.id
        if member not in (None, ""):
            return member_key(str(member), self._secret)
        visitor = line.visitor_id or (line.visitor and line.visitor.id)
        if not visitor:
            _refuse("visitor_id and member_id are missing")
        if not is_visitor_id(str(visitor)):
            _refuse("the visitor_id is not made of 16 to 64 letters, digits, - and _")
        return str(visitor)

    def _event(self, line: _Line) -> Event:
        if line.timestamp in (None, ""):
            _refuse("the timestamp is missing")
        stated = StatedEvent(
            line.event,
            _with_offset(line.timestamp, self._zone),
            line.event_id,
            line.transaction_id,
            _number("value", line.value),
            line.currency,
            _items(line),
            line.page.url if isinstance(line.page, _Page) else line.page,
            tuple(_TAGS.split(line.tags)) if isinstance(line.tags, str) else line.tags,
        )
        return settle(stated, self._now, "", from_browser=False)


def _on_page_of(body: _Line, event: _Line) -> _Line:
    """Return an event of a body with the page and the tags of the body, if it states no page of its own."""
    if event.page or not isinstance(body.page, _Page):
        return event
    return replace(event, page=body.page.url, tags=event.tags or body.page.tags)


def _items(line: _Line) -> tuple[StatedItem, ...]:
    if line.items is not None:
        return line.items
    stated = (line.item_id, line.item_category, line.price, line.quantity)
    if all(one in (None, "") for one in stated):
        return ()
    return (
        StatedItem(line.item_id, line.item_category, _number("price", line.price), _number("quantity", line.quantity)),
    )


def _number(name: str, stated: str | float | None) -> float | None:
    if stated is None or isinstance(stated, int | float):
        return stated
    text = _plain(stated)
    if not text:
        return None
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        _refuse(f"{name} is not a number")
    return float(text.replace(",", ""))


def _plain(text: str) -> str:
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()


def _with_offset(stated: str | float | None, zone: tzinfo) -> str:
    """Return a time of RFC 3339; what is no time at all stays as it is, to be refused as such."""
    text = _plain(str(stated))
    local = _LOCAL.fullmatch(text)
    if local:
        year, _, month, day, hour, minute, second = local.groups()
        try:
            moment = datetime(
                int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone
            )
        except ValueError:
            return text
        return moment.isoformat()
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(float(text), UTC).isoformat()
    return text


def _joined(lines: Sequence[tuple[int, Done]]) -> tuple[dict[str, _Own], list[Refusal]]:
    """Return what each profile gets. Rows of one order that follow each other are one event with several items."""
    profiles: dict[str, _Own] = {}
    refused: list[Refusal] = []
    previous: Done | None = None
    for number, done in lines:
        own = profiles.setdefault(done.key, _Own([], []))
        if previous is not None and _is_one_order(previous, done):
            reason = _why_apart(own.events[-1], done.events[0])
            if reason:
                refused.append(Refusal(number, reason))
                continue
            own.events[-1] = replace(own.events[-1], items=own.events[-1].items + done.events[0].items)
        else:
            own.events.extend(done.events)
        own.lines.append(number)
        previous = done
    return profiles, refused


def _is_one_order(previous: Done, done: Done) -> bool:
    if not (previous.is_row and done.is_row and previous.key == done.key):
        return False
    order, event = previous.events[0], done.events[0]
    if event.event_id and order.event_id == event.event_id:
        return False
    return (
        event.transaction_id != ""
        and event.name in _ORDERS
        and (order.name, order.at, order.transaction_id) == (event.name, event.at, event.transaction_id)
    )


def _why_apart(order: Event, event: Event) -> str | None:
    if order.value != event.value:
        return "value is not that of the line before: it is the whole order's"
    if len(order.items) + len(event.items) > MOST_ITEMS:
        return f"the order has more than {MOST_ITEMS} lines"
    return None


def _refuse(detail: str) -> NoReturn:
    raise RefusedRequest(400, detail)
