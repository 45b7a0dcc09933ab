"""What a request says: bytes to facts. What of it is trusted is decided here, once."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from urllib.parse import parse_qsl

from msgspec import Struct

from omotenashi.model.paths import bare_host
from omotenashi.model.request import RequestFacts, StatedPlace
from omotenashi.model.visitor import UNKNOWN_PLACE, Place
from omotenashi.model.visitor_id import is_visitor_id
from omotenashi.profiles.ingest import LONGEST_TEXT, MOST_TAGS
from omotenashi.service import Service
from omotenashi.signals import visitor_id
from omotenashi.signals.decode import LONGEST_URL
from omotenashi.site import Site
from omotenashi.web.guard import PURPOSES, Caller
from omotenashi.web.request import Request
from omotenashi.web.wire import ClientPart, DecideBody, EventBody, PagePart, VisitorPart

_NOBODY, _NOWHERE = VisitorPart(), PagePart()
_CARRYING = frozenset({b"cookie", b"sec-gpc", b"x-omo-request", b"x-omo-visitor", *PURPOSES})
"""Headers of which a Carried is made, but for that of site.yaml."""


class Said(Struct, frozen=True):
    """What is said of the visitor's browser and connection."""

    host: str = ""
    client_ip: str | None = None
    edge_place: Place = UNKNOWN_PLACE
    user_agent: str = ""
    mobile_hint: str = ""
    accept_language: str = ""
    place: StatedPlace | None = None


class Carried(Struct, frozen=True):
    """What headers carry of the visitor and the page: a browser's own, or those that a CMS or a proxy hands on."""

    counts: bool = True
    visitor_id: str | None = None
    request_id: str = ""
    consent: str | None = None
    cookies: Mapping[str, str] = {}
    global_privacy_control: bool = False


_NOTHING_SAID, _NOTHING_CARRIED = Said(), Carried()


def facts_of_body(
    body: DecideBody | EventBody, blocks: tuple[str, ...], caller: Caller, service: Service
) -> RequestFacts:
    """Return the facts of a JSON call. Without the key, a browser speaks only for itself."""
    visitor, page, key = body.visitor or _NOBODY, body.page or _NOWHERE, caller.authenticated
    said, carried = _key_says(body.client) if key else connection_says(caller), _carried(caller, service)
    return RequestFacts(  # by position, in the order of its fields: names cost as much as half of what they name
        time.time(),
        blocks,
        key,
        carried.counts,
        _named(visitor.id) if key and visitor.id else carried.visitor_id,
        True,  # may_issue_id
        False,  # one_of_several
        carried.request_id,
        visitor.consent,
        carried.consent,
        carried.cookies,
        carried.global_privacy_control,
        body.member if key else None,
        body.member_token,
        page.url[:LONGEST_URL] if page.url else "",
        page.referrer[:LONGEST_URL] if page.referrer else "",
        said.host,
        _tags(page.tags) if page.tags else (),
        said.client_ip,
        said.user_agent,
        said.mobile_hint,
        said.accept_language,
        said.place,
        said.edge_place,
        body.events or (),
    )


def facts_of_include(
    name: str, query: dict[str, str], caller: Caller, request: Request, service: Service
) -> RequestFacts:
    """An include carries the headers of the page request; what X-Omo-… says counts only from trusted peers."""
    said, carried = connection_says(caller), _carried(caller, service)
    return RequestFacts(
        time.time(),
        (name,),
        caller.authenticated,
        request.method == "GET" and carried.counts,
        carried.visitor_id,
        False,  # may_issue_id
        True,  # one_of_several
        carried.request_id,
        None,
        carried.consent,
        carried.cookies,
        carried.global_privacy_control,
        url=(query.get("page") or caller.stated(b"x-omo-page-uri"))[:LONGEST_URL],
        referrer=(query.get("ref") or caller.text(b"referer"))[:LONGEST_URL],
        host=said.host,
        tags=_tags(query["tags"].split(",")) if "tags" in query else (),
        client_ip=said.client_ip,
        user_agent=said.user_agent,
        mobile_hint=said.mobile_hint,
        accept_language=said.accept_language,
        edge_place=said.edge_place,
    )


def fields_of(query: bytes) -> dict[str, str]:
    """Return the parameters of a query; raises ValueError for too many."""
    text = query.decode("latin-1")
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=50)) if text else {}


def connection_says(caller: Caller) -> Said:
    """Return what the headers say of a browser, in its own request or in an include."""
    return Said(
        host=bare_host(caller.text(b"host")),
        client_ip=caller.client_ip(),
        edge_place=caller.edge_place(),
        user_agent=caller.text(b"user-agent"),
        mobile_hint=caller.text(b"sec-ch-ua-mobile"),
        accept_language=caller.text(b"accept-language"),
    )


def own_hosts(service: Service) -> frozenset[str]:
    """Return the hosts whose pages may ask."""
    site = service.holder.current
    return site.facts.hosts if site else frozenset()


def cookie_domain(service: Service) -> str:
    """Return the domain of cookies that site.yaml names, or empty text."""
    site = service.holder.current
    return site.facts.cookie_domain if site else ""


def _key_says(client: ClientPart | None) -> Said:
    """What only a caller with the key may state."""
    if client is None:
        return _NOTHING_SAID
    return Said(
        client_ip=client.ip,
        user_agent=client.user_agent or "",
        accept_language=client.accept_language or "",
        place=_stated_place(client),
    )


def _stated_place(client: ClientPart) -> StatedPlace | None:
    if not (client.country or client.prefecture or client.city or client.location):
        return None
    return StatedPlace(client.country or "", client.prefecture or "", client.city or "", client.location or "")


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple([tag[:LONGEST_TEXT] for tag in islice(filter(None, tags), MOST_TAGS)])


def _named(stated: str) -> str | None:
    """Return the id that a caller with the key states; one of another form is replaced."""
    return stated if is_visitor_id(stated) else None


def _carried(caller: Caller, service: Service) -> Carried:
    headers, site = caller.headers, service.holder.current
    consent = _header_name(site.facts.consent.header) if site else b""
    if _CARRYING.isdisjoint(headers) and consent not in headers:
        return _NOTHING_CARRIED
    cookies = caller.cookies()
    return Carried(
        counts=not caller.prefetch(),
        visitor_id=_visitor_id(caller, cookies, site),
        request_id=caller.stated(b"x-omo-request")[:128],
        consent=caller.text(consent) if caller.trusted and consent in headers else None,
        cookies=cookies,
        global_privacy_control=headers.get(b"sec-gpc") == b"1",
    )


@lru_cache
def _header_name(text: str) -> bytes:
    return text.lower().encode("latin-1")


def _visitor_id(caller: Caller, cookies: Mapping[str, str], site: Site | None) -> str | None:
    """A trusted peer may name the visitor; a browser has only its cookie."""
    stated = caller.stated(b"x-omo-visitor")
    if stated and is_visitor_id(stated):
        return stated
    return visitor_id.from_cookies(cookies, site.facts.cookie_domain if site else "") if cookies else None
