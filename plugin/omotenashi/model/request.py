"""The facts of one request as they came, after it was decided what of them is to be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from omotenashi.model.event import StatedEvent
from omotenashi.model.visitor import UNKNOWN_PLACE, Place


class StatedPlace(Struct, frozen=True):
    """A place that an authenticated caller states: what the visitor chose or told the CMS."""

    country: str = ""
    prefecture: str = ""
    city: str = ""
    location: str = ""
    """Latitude, comma, longitude, in degrees."""


class RequestFacts(Struct, frozen=True):
    """What one request says. Fields that may be forged are filled only for callers that may state them."""

    now: float
    """Seconds since 1970-01-01 UTC."""
    blocks: tuple[str, ...] = ()
    authenticated: bool = False
    """The caller showed the server key."""
    counts: bool = True
    """False for HEAD and prefetch: answered, but neither recorded nor claimed."""
    visitor_id: str | None = None
    """From the body with the key, from a trusted peer's header, or from the visitor cookie."""
    may_issue_id: bool = False
    """The answer can carry a new visitor id to the browser."""
    one_of_several: bool = False
    """An include: its siblings on the same page are one page view with it."""
    request_id: str = ""
    """Joins the includes of one page; only from trusted peers."""
    stated_consent: tuple[str, ...] | None = None
    consent_header: str | None = None
    """The header named in site.yaml; only from trusted peers."""
    cookies: Mapping[str, str] = {}
    global_privacy_control: bool = False
    stated_member: Mapping[str, Any] | None = None
    """Only from an authenticated caller."""
    member_token: str | None = None
    """A signed token in the body."""
    url: str = ""
    """Path or URL of the page that is being made."""
    referrer: str = ""
    host: str = ""
    tags: tuple[str, ...] = ()
    client_ip: str | None = None
    user_agent: str = ""
    mobile_hint: str = ""
    """Sec-CH-UA-Mobile."""
    accept_language: str = ""
    place: StatedPlace | None = None
    edge_place: Place = UNKNOWN_PLACE
    """What the headers of the edge in front say; only from trusted proxies."""
    events: tuple[StatedEvent, ...] = ()
