"""Events of the past: records of a file -> events of a visitor or a member, folded into their profiles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from omotenashi.model.errors import RefusedRequest, StoreUnavailable, bad_request
from omotenashi.model.event import Event, StatedEvent, StatedItem
from omotenashi.model.visitor_id import is_visitor_id
from omotenashi.profiles.import_orders import Done, Told, states_an_order, together, without_late_lines
from omotenashi.profiles.import_tables import Columns
from omotenashi.profiles.importing import Before, Outcome, Refusal, Writing
from omotenashi.profiles.ingest import settle, without_sensitive
from omotenashi.profiles.keys import is_member, member_key
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
    "prefecture": "都道府県",
    "city": "市区町村",
    "location": "緯度経度",
    "country": "国",
    "place": "場所",
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
    prefecture: object = None
    city: object = None
    location: object = None
    country: object = None
    place: object = None
    events: tuple[_Line, ...] | None = None


class EventWork:
    """Reads and writes lines of events."""

    together = "transaction_id"

    def __init__(
        self,
        secret: bytes,
        zone: tzinfo,
        topics: frozenset[str],
        now: int,
        places: Mapping[str, tuple[float, float]] | None = None,
    ) -> None:
        """`secret` makes the keys of members; `zone` is that of times without an offset; `topics` are sensitive ones.

        `places` are those of site.yaml, by folded name.
        """
        self._secret = secret
        self._zone = zone
        self._topics = topics
        self._now = now
        self._places = places or {}

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

    def write(self, before: Before, writing: Writing, lines: Sequence[tuple[int, Done]]) -> Outcome:
        """Fold what a batch of lines says; members who do not allow it are left out."""
        profiles, refused = together(lines)
        for key, told in profiles.items():
            try:
                refused += self._written(before, writing, key, told)
            except StoreUnavailable as error:
                refused += _all_refused(told, str(error))
        oldest = self._now - before.keep.events
        old = sum(event.at < oldest for told in profiles.values() for one in told for event in one.events)
        return Outcome(refused, old)

    def _written(self, before: Before, writing: Writing, key: str, told: Sequence[Told]) -> Sequence[Refusal]:
        """Fold what one profile is told; return what was not taken."""
        record = before.read_record(key) if is_member(key) else None
        if record is not None and record.consent is not None and "personalization" not in record.consent:
            return _all_refused(told, "the member does not allow personalization")
        for one in told:
            one.events = tuple(without_sensitive(event, self._topics) for event in one.events)
        known = before.read(key, self._now) if any(map(states_an_order, told)) else None
        kept, refused = without_late_lines(told, known)
        writing.apply(Change(key, self._now, tuple(event for one in kept for event in one.events)))
        return refused

    def _key(self, line: _Line) -> str:
        member = line.member_id if line.member_id not in (None, "") else line.member and line.member.id
        if member not in (None, ""):
            return member_key(str(member), self._secret)
        visitor = line.visitor_id or (line.visitor and line.visitor.id)
        if not visitor:
            bad_request("visitor_id and member_id are missing")
        if not is_visitor_id(str(visitor)):
            bad_request("the visitor_id is not made of 16 to 64 letters, digits, - and _")
        return str(visitor)

    def _event(self, line: _Line) -> Event:
        if line.timestamp in (None, ""):
            bad_request("the timestamp is missing")
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
            line.prefecture,
            line.city,
            line.location,
            line.country,
            line.place,
        )
        return settle(stated, self._now, "", from_browser=False, places=self._places)


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
        bad_request(f"{name} is not a number")
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


def _all_refused(told: Sequence[Told], reason: str) -> list[Refusal]:
    return [Refusal(line, reason) for one in told for line in one.lines]
