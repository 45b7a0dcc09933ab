"""What the service would read from a request that somebody wrote down: whose headers count, and which signals they are."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from datetime import date
from ipaddress import ip_network
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from omotenashi.language.prefectures import PREFECTURES
from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.visitor import UNKNOWN_PLACE, Arrival, Member, Visitor
from omotenashi.settings import Settings
from omotenashi.signals import client_address, gather
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.signals.decode import LONGEST_URL
from omotenashi.signals.device import is_bot
from omotenashi.signals.gather import Known, SignalTools
from omotenashi.web.facts import connection_says
from omotenashi.web.guard import Access, Caller
from omotenashi.web.request import Header, Request

_AN_EDGE = "192.0.2.1"
"""Stands for the edge where a line names no peer (RFC 5737: an address that nobody has)."""
_AREAS = {row[0]: row[4] for row in PREFECTURES}
_KEY = b"authorization"


class RequestLine(Struct, frozen=True):
    """One request. What is stated outright counts over what its headers say."""

    referrer: str | None = None
    url: str | None = None
    ip: str | None = None
    """The visitor's address as an authenticated caller states it."""
    peer: str | None = None
    """The other end of the connection."""
    headers: Mapping[str, str | list[str] | None] | None = None
    """What it sent; a list is one header that stands there several times."""
    user_agent: str | None = None
    accept_language: str | None = None
    member_token: str | None = None


class Signals(Struct, frozen=True):
    """What was read; None is unknown."""

    medium: str
    source: str | None
    keyword: str | None
    """As the visitor wrote it; of an estimate the search that leads to the landing page most often."""
    keyword_origin: str
    campaign: str | None
    """As it stands in the URL."""
    site_search: str | None
    client_ip: str | None
    country: str | None
    prefecture: str | None
    """The ISO code, also where the place is weak."""
    area: str | None
    city: str | None
    location: tuple[float, float] | None
    place_origin: str | None
    place_confidence: str | None
    device: str | None
    language: str | None
    bot: bool
    member: dict[str, Any] | None


class Reader:
    """Reads requests with what serves: the same caller, the same trust, the same signals.

    Where the site has searches by landing page, they are told for visits from searches whose words are not known.
    """

    def __init__(self, access: Access, settings: Settings, site: SiteFacts, tools: SignalTools) -> None:
        self.counts: Counter[str] = tools.counts
        """Why member tokens were refused, and how many attributes were dropped, since it was cleared."""
        self._site = msgspec.structs.replace(site, accept_weak_region=True)  # what is weak is told, and told to be weak
        self._tools = tools
        self._access = access
        self._edge = _edge(settings)
        self._forwards = bool(settings.trusted_proxies)
        self._edge_access = (
            access if self._forwards else msgspec.structs.replace(access, proxies=TrustedNetworks.parse([_AN_EDGE]))
        )

    def signals(self, line: RequestLine) -> Signals:
        """Return what is read from a request."""
        facts = self._facts(line)
        member = gather.member_of(facts, self._site, self._tools)
        visitor = gather.visitor(facts, self._site, self._tools, Known(member=member))
        read = _signals(facts, visitor, gather.campaign_name(facts, self._site), self._site)
        estimate = _estimate(visitor.arrival, self._site) if read.keyword is None else None
        return msgspec.structs.replace(read, keyword=estimate, keyword_origin="landing_estimate") if estimate else read

    def _facts(self, line: RequestLine) -> RequestFacts:
        caller = self._caller(line)
        said = asdict(connection_says(caller))
        stated = {"client_ip": line.ip, "user_agent": line.user_agent, "accept_language": line.accept_language}
        said |= {name: value for name, value in stated.items() if value is not None}
        referrer = caller.text(b"referer") if line.referrer is None else line.referrer
        return RequestFacts(
            now=time.time(),
            url=(caller.stated(b"x-omo-page-uri") if line.url is None else line.url)[:LONGEST_URL],
            referrer=referrer[:LONGEST_URL],
            cookies=caller.cookies(),
            member_token=line.member_token,
            **said,
        )

    def _caller(self, line: RequestLine) -> Caller:
        headers = _headers(line.headers or {})
        if line.peer is not None:
            return _caller(line.peer, headers, self._access)
        if not self._forwards:
            name = self._access.forwarded.encode()
            headers = [header for header in headers if header[0] != name]
        return _caller(self._edge, headers, self._edge_access)


def _edge(settings: Settings) -> str:
    """Return whose headers a line without a peer has: those of a trusted proxy where one is named, else nobody's."""
    if settings.trusted_proxies:
        return str(next(iter(ip_network(settings.trusted_proxies[0], strict=False).hosts())))
    return _AN_EDGE if settings.geo_headers else ""


def _caller(peer: str, headers: list[Header], access: Access) -> Caller:
    return Caller(Request("GET", "/", b"", headers, dict(headers), access.connection(peer)), access)


def _headers(stated: Mapping[str, str | list[str] | None]) -> list[Header]:
    """Return headers as a server hands them on; without the server key, which is not asked for here."""
    pairs = ((name, value) for name, values in stated.items() for value in _values(values))
    headers = [(_bytes(name.strip().lower()), _bytes(value.strip())) for name, value in pairs]
    return [header for header in headers if header[0] != _KEY]


def _values(stated: str | list[str] | None) -> list[str]:
    if stated is None:
        return []
    return [stated] if isinstance(stated, str) else stated


def _bytes(text: str) -> bytes:
    """Return the bytes of a header: Latin-1, as servers and their logs write them, else UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _signals(facts: RequestFacts, visitor: Visitor, campaign: str, site: SiteFacts) -> Signals:
    arrival, place = visitor.arrival, visitor.place
    known = place != UNKNOWN_PLACE
    address = client_address.parse_address(facts.client_ip.strip()) if facts.client_ip else None
    return Signals(
        medium=arrival.medium,
        source=arrival.source or None,
        keyword=arrival.keyword,
        keyword_origin=arrival.keyword_origin,
        campaign=campaign or None,
        site_search=visitor.site_search or None,
        client_ip=str(address) if address else None,
        country=place.country,
        prefecture=place.prefecture,
        area=_AREAS.get(place.prefecture or ""),
        city=place.city,
        location=place.location,
        place_origin=place.origin if known else None,
        place_confidence=place.confidence if known else None,
        device=visitor.device,
        language=visitor.languages[0] if visitor.languages else None,
        bot=is_bot(facts.user_agent),
        member=_member(visitor.member, site) if visitor.member else None,
    )


def _estimate(arrival: Arrival, site: SiteFacts) -> str | None:
    """Return the search that leads to the landing page most often, for a visit that began with one."""
    landing = (site.landings or {}).get(arrival.landing) if arrival.medium == "search" else None
    return max(landing.queries, key=lambda one: one[1])[0] if landing and landing.queries else None


def _member(member: Member, site: SiteFacts) -> dict[str, Any]:
    """Return the id and the attributes as site.yaml names them, but the sensitive ones, which are never told."""
    known = ((site.attributes[name], value) for name, value in member.attributes.items())
    told = {
        one.name: value.isoformat() if isinstance(value, date) else value for one, value in known if not one.sensitive
    }
    return {**told, "id": member.id}
