"""The bodies of requests, as typed structs. What a field means is in the design of the HTTP interface."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from omotenashi.model.errors import RefusedRequest
from omotenashi.model.event import StatedEvent

MOST_BLOCKS = 200


class VisitorPart(Struct, frozen=True):
    id: str | None = None
    consent: tuple[str, ...] | None = None


class PagePart(Struct, frozen=True):
    url: str | None = None
    referrer: str | None = None
    tags: tuple[str, ...] | None = None


class ClientPart(Struct, frozen=True):
    """What an authenticated CMS states about the visitor's connection, and the place that the visitor chose."""

    ip: str | None = None
    user_agent: str | None = None
    accept_language: str | None = None
    country: str | None = None
    prefecture: str | None = None
    city: str | None = None
    location: str | None = None


class DecideBody(Struct, frozen=True):
    blocks: tuple[str, ...]
    visitor: VisitorPart | None = None
    member: dict[str, Any] | None = None
    member_token: str | None = None
    page: PagePart | None = None
    client: ClientPart | None = None
    events: tuple[StatedEvent, ...] | None = None


class EventBody(Struct, frozen=True):
    events: tuple[StatedEvent, ...]
    visitor: VisitorPart | None = None
    member: dict[str, Any] | None = None
    member_token: str | None = None
    page: PagePart | None = None
    client: ClientPart | None = None


class RightsBody(DecideBody, frozen=True):
    """Who asks about whom; `blocks` is for explanations, empty for all."""

    blocks: tuple[str, ...] = ()


class BlockAnswer(Struct, frozen=True):
    html: str
    rule: str
    id: str
    variant: str | None
    content: str | None
    reason: str


class VisitorAnswer(Struct, frozen=True, omit_defaults=True):
    id: str | None
    new: bool
    segments: tuple[str, ...]
    arrival: str | None = None
    """The arrival cookie that the CMS should set, empty where it should take it away; mostly absent."""


class BrowserBlockAnswer(Struct, frozen=True):
    """A browser without the key learns what to show, not why."""

    html: str


class BrowserAnswer(Struct, frozen=True):
    blocks: dict[str, BrowserBlockAnswer]


class Problem(Struct, frozen=True):
    """RFC 9457."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"


_Body = TypeVar("_Body", bound=DecideBody)
_decide = msgspec.json.Decoder(DecideBody, strict=False)
_rights = msgspec.json.Decoder(RightsBody, strict=False)
_event = msgspec.json.Decoder(StatedEvent, strict=False)
_events = msgspec.json.Decoder(tuple[StatedEvent, ...], strict=False)
_envelope = msgspec.json.Decoder(EventBody, strict=False)
encode = msgspec.json.Encoder().encode


def decide_body(data: bytes) -> DecideBody:
    """Return the body of `decide`; raises RefusedRequest 400 that says what is wrong where."""
    body: DecideBody = _decoded(_decide, data)
    return _limited(body)


def rights_body(data: bytes) -> RightsBody:
    """Return the body of what visitors ask about themselves; it may be empty."""
    body: RightsBody = _decoded(_rights, data if data.strip() else b"{}")
    return _limited(body)


def event_body(data: bytes) -> EventBody:
    """Return the body of `event`: an envelope with `events`, a list of events, or one event."""
    stripped = data.lstrip()
    if stripped.startswith(b"["):
        return EventBody(_decoded(_events, data))
    head = _decoded(_HEAD, data)
    if "events" in head:
        envelope: EventBody = _decoded(_envelope, data)
        return envelope
    return EventBody((_decoded(_event, data),))


_HEAD = msgspec.json.Decoder(dict[str, msgspec.Raw])


def _limited(body: _Body) -> _Body:
    if len(body.blocks) > MOST_BLOCKS:
        raise RefusedRequest(400, f"blocks: at most {MOST_BLOCKS} can be asked for at once")
    return body


def _decoded(decoder: msgspec.json.Decoder[Any], data: bytes) -> Any:  # noqa: ANN401 what the decoder makes
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedRequest(400, str(error)) from error
