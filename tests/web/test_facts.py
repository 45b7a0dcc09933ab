"""What a request says arrives in the field that is named so: every field has a value of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import structs
from tests.conftest import KEY

from omotenashi.model.event import StatedEvent
from omotenashi.model.request import RequestFacts, StatedPlace
from omotenashi.service import Service
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.signals.geo_headers import GeoHeaders
from omotenashi.web.facts import facts_of_body, facts_of_include
from omotenashi.web.guard import Access, Caller
from omotenashi.web.request import Request
from omotenashi.web.wire import decide_body

NOW = 1_795_000_000.5
PROXY = "10.0.0.1"
ACCESS = Access(KEY.encode(), TrustedNetworks.parse(["10.0.0.0/8"]), geo=GeoHeaders.parse("country=X-Country"))
HEADERS = {
    "Host": "shop.example",
    "Cookie": "omo_vid=visitor-of-the-cookie; a=b",
    "Referer": "https://referrer.example/header",
    "User-Agent": "the agent of the headers",
    "Sec-CH-UA-Mobile": "?1",
    "Accept-Language": "de",
    "X-Country": "FR",
    "X-Forwarded-For": "203.0.113.7",
    "X-Omo-Consent": "measurement",
    "X-Omo-Page-Uri": "/page/of/the/header",
    "X-Omo-Request": "the-request",
}
BODY = {
    "blocks": ["hero", "notice"],
    "visitor": {"id": "visitor-of-the-body", "consent": ["personalization"]},
    "member": {"id": "u1"},
    "member_token": "the.member.token",
    "page": {"url": "/page/of/the/body", "referrer": "https://referrer.example/body", "tags": ["tag1", "tag2"]},
    "client": {
        "ip": "203.0.113.8",
        "user_agent": "the agent of the body",
        "accept_language": "ja",
        "country": "JP",
        "prefecture": "大阪府",
        "city": "大阪市",
        "location": "34.7,135.5",
    },
    "events": [{"event": "search"}],
}
OF_HEADERS = {
    "now": NOW,
    "authenticated": False,
    "counts": True,
    "visitor_id": "visitor-of-the-cookie",
    "may_issue_id": True,
    "one_of_several": False,
    "request_id": "the-request",
    "consent_header": "measurement",
    "cookies": {"omo_vid": "visitor-of-the-cookie", "a": "b"},
    "global_privacy_control": False,
    "stated_member": None,
    "host": "shop.example",
    "client_ip": "203.0.113.7",
    "user_agent": "the agent of the headers",
    "mobile_hint": "?1",
    "accept_language": "de",
    "place": None,
    "edge_place": "FR",
}
OF_BODY = {
    "blocks": ("hero", "notice"),
    "stated_consent": ("personalization",),
    "member_token": "the.member.token",
    "url": "/page/of/the/body",
    "referrer": "https://referrer.example/body",
    "tags": ("tag1", "tag2"),
    "events": (StatedEvent("search"),),
}
STATED_WITH_THE_KEY = {
    "authenticated": True,
    "visitor_id": "visitor-of-the-body",
    "stated_member": {"id": "u1"},
    "host": "",
    "client_ip": "203.0.113.8",
    "user_agent": "the agent of the body",
    "mobile_hint": "",
    "accept_language": "ja",
    "place": StatedPlace("JP", "大阪府", "大阪市", "34.7,135.5"),
    "edge_place": None,
}
OF_INCLUDE = {
    "blocks": ("hero",),
    "may_issue_id": False,
    "one_of_several": True,
    "stated_consent": None,
    "member_token": None,
    "url": "/page/of/the/header",
    "referrer": "https://referrer.example/header",
    "tags": ("tag3",),
    "events": (),
}
BEARER = {"Authorization": f"Bearer {KEY}"}
PREFETCH, CONTROL = {"Sec-Purpose": "prefetch"}, {"Sec-GPC": "1"}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)


def request(method: str, headers: dict[str, str]) -> Request:
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return Request(method, "/", b"", pairs, dict(pairs), ACCESS.connection(PROXY))


def fields(facts: RequestFacts) -> dict[str, Any]:
    return structs.asdict(facts) | {"edge_place": facts.edge_place.country}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, {}),
        (CONTROL, {"global_privacy_control": True}),
        (PREFETCH, {"counts": False}),
        (BEARER, STATED_WITH_THE_KEY),
    ],
)
def test_every_field_of_a_call_arrives_in_its_place(
    service: Service, more: dict[str, str], expected: dict[str, Any]
) -> None:
    service.load_rules()
    body = decide_body(json.dumps(BODY).encode())
    facts = facts_of_body(body, body.blocks, Caller(request("POST", HEADERS | more), ACCESS), service)
    assert fields(facts) == OF_HEADERS | OF_BODY | expected


@pytest.mark.parametrize(
    ("method", "more", "expected"),
    [
        ("GET", {}, {}),
        ("GET", CONTROL, {"global_privacy_control": True}),
        ("HEAD", {}, {"counts": False}),
        ("GET", PREFETCH, {"counts": False}),
        ("GET", BEARER, {"authenticated": True}),
    ],
)
def test_every_field_of_an_include_arrives_in_its_place(
    service: Service, method: str, more: dict[str, str], expected: dict[str, Any]
) -> None:
    service.load_rules()
    asked = request(method, HEADERS | more)
    facts = facts_of_include("hero", {"tags": "tag3"}, Caller(asked, ACCESS), asked, service)
    assert fields(facts) == OF_HEADERS | OF_INCLUDE | expected


def test_no_field_is_left_out() -> None:
    assert set(OF_HEADERS | OF_BODY) == set(RequestFacts.__struct_fields__)
