"""Without consent nothing is stored and no cookie is set, whatever a request looks like; and what of it erases.

OMO_TEST_REQUESTS says how many random requests are sent (2000).
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
import jwt
import pytest
from tests.conftest import HASH_KEY, KEY, MEMBER_SECRET, SITE, Connect
from tests.places import Place, Row

from omotenashi.profiles.keys import member_key
from omotenashi.profiles.store import MemberRecord
from omotenashi.service import Service

pytestmark = pytest.mark.anyio
REQUESTS = int(os.environ.get("OMO_TEST_REQUESTS", "2000"))
BEARER = {"Authorization": f"Bearer {KEY}"}
PROXY = "127.0.0.1"
MINE, OTHER, THIRD = "visitor-0123456789", "another-0123456789", "third-0123456789"
CONSENT = ["personalization", "measurement"]
BOTH = f"personalization{quote(',')}measurement"
OWN, ONETRUST = "own", "onetrust"
EVENTS = [{"event": "page_view", "page": "/running/a"}, {"event": "add_to_cart", "items": [{"item_id": "s1"}]}]
MAPPING = """
consent: {cookie: OptanonConsent, grants: {personalization: "C0003:1", measurement: "C0002:1"}}
"""
BANNER = "isGpcEnabled=0&datestamp=Sun+Nov+22+2026&version=202410.1.0&consentId=8d3&interactionCount=1&"


def groups(personalization: object, rest: str = "") -> str:
    return f"OptanonConsent={BANNER}groups={quote(f'C0001:1,C0002:1,C0003:{personalization}')}{rest}"


GRANTING = {OWN: f"omo_consent={BOTH}", ONETRUST: groups(1, "&AwaitingReconsent=false")}
DENYING = {
    OWN: ["omo_consent=denied", "omo_consent=none", "omo_consent=measurement", 'omo_consent=" Measurement "'],
    ONETRUST: [
        groups(0, "&AwaitingReconsent=false"),
        groups(0, "&landingPath=NotLandingPage"),
        quote(groups(0), safe="=").replace("OptanonConsent%3D", "OptanonConsent="),
        f"{groups(1)}; omo_consent=denied",
    ],
}
SILENT = {
    OWN: ["", "omo_consent=", "omo_consent=yes", "omo_consent=maybe%2Cdenied", "omo_consent=%00%FF", "omo_consent={}"],
    ONETRUST: [
        "",
        "OptanonConsent=",
        groups(""),
        groups(7),
        groups(0, "&AwaitingReconsent=true"),
        groups(0, "&landingPath=https%3A%2F%2Fshop.example%2F"),
        f"OptanonConsent={BANNER}",
        "OptanonConsent=groups=C0003%3A0%2CC0003%3A1",
    ],
}
"""Cookies that say nothing: absent, malformed, not answered yet, in contradiction."""


@pytest.fixture
def form() -> str:
    """Whose consent cookie the site reads."""
    return OWN


@pytest.fixture
def rules(tmp_path: Path, form: str) -> Path:
    folder = Path(shutil.copytree(SITE, tmp_path / "rules"))
    if form == ONETRUST:
        with (folder / "site.yaml").open("a") as file:
            file.write(MAPPING)
    return folder


# Nothing without consent


class Sent(NamedTuple):
    """A request."""

    method: str
    path: str
    body: dict[str, Any] | None
    headers: dict[str, str]


@pytest.mark.parametrize("form", [OWN, ONETRUST])
async def test_random_requests_without_consent_leave_no_row_and_no_cookie(
    connect: Connect, place: Place, form: str
) -> None:
    chance, statuses = random.Random(f"{form} 2026"), Counter[int]()
    async with connect(PROXY, (f"{PROXY}/32",)) as client:
        for number in range(REQUESTS // 2):
            sent = without_consent(chance, form, f"visitor-{number:010}")
            response = await send(client, sent)
            assert response.status_code in (200, 204, 400), sent
            assert "set-cookie" not in response.headers, sent
            assert named_visitor(response) is None, sent
            assert number % 50 or place.rows() == [], sent
            statuses[response.status_code] += 1
        assert place.rows() == []
        assert statuses[200] + statuses[204] > REQUESTS / 4
        await send(client, asked_everywhere(GRANTING[form])[0])
        assert len(place.rows()) == 1


def without_consent(chance: random.Random, form: str, visitor: str) -> Sent:
    """Return a request that allows nothing; under Global Privacy Control it may say that it does."""
    control = chance.random() < 0.3
    cookies = [*SILENT[form], *DENYING[form], *([GRANTING[form]] * 9 if control else ())]
    headers = some(chance, {"X-Omo-Consent": chance.choice(header_texts(form, control=control))})
    headers |= some(chance, {"X-Omo-Visitor": visitor}) | some(chance, {"X-Omo-Request": f"r{chance.randrange(9)}"})
    headers |= some(chance, {"X-Omo-Page-Uri": "/running/a", "Origin": "http://shop.example"})
    headers |= {"Sec-GPC": "1"} if control else some(chance, {"Sec-GPC": chance.choice(["0", "", "true"])})
    identity = chance.choice([f"omo_vid={visitor}", f"__Host-omo={visitor}", f"omo_member={token('m1')}", ""])
    headers["Cookie"] = "; ".join(filter(None, [chance.choice(cookies), identity]))
    endpoint = chance.choice(["decide", "event", "block"])
    if endpoint == "block":
        name = chance.choice(["hero", "notice"])
        return Sent(chance.choice(["GET", "GET", "HEAD"]), f"/v1/block/{name}", None, headers)
    headers |= some(chance, BEARER)
    return Sent("POST", f"/v1/{endpoint}", body_of(chance, endpoint, visitor, control=control), headers)


def header_texts(form: str, *, control: bool) -> list[str]:
    if form == ONETRUST:
        return ["", "groups=C0003:0", "groups=C0003:", *(["groups=C0003:1"] if control else ())]
    return ["", "denied", "measurement", "ja", "none,", *(["personalization"] if control else ())]


def body_of(chance: random.Random, endpoint: str, visitor: str, *, control: bool) -> dict[str, Any]:
    statements: list[Any] = [None, [], ["denied"], ["measurement"], ["なし"], ["person"], "denied", 1, [None]]
    consent = chance.choice([*statements, *([CONSENT] * 5 if control else ())])
    stated = some(chance, {"id": chance.choice([visitor, None, "short", "a.dot-in-an-identifier"])})
    body: dict[str, Any] = {"visitor": stated | some(chance, {"consent": consent})}
    body |= some(chance, {"member": {"id": "m1", "rank": "ゴールド"}}) | some(chance, {"member_token": token("m1")})
    body |= some(chance, {"page": {"url": "/running/a", "referrer": "https://www.google.com/"}})
    if endpoint == "decide":
        return {**body, "blocks": ["hero", "notice", "greeting"], **some(chance, {"events": EVENTS})}
    return {**body, "events": EVENTS[: chance.randrange(1, 3)]}


def some(chance: random.Random, given: Mapping[str, Any]) -> dict[str, Any]:
    return dict(given) if chance.random() < 0.5 else {}


def token(member: str) -> str:
    now = int(time.time())
    claims = {"sub": member, "aud": "omotenashi", "iat": now, "exp": now + 300}
    return jwt.encode(claims, MEMBER_SECRET, "HS256", headers={"kid": "k1"})


async def send(client: httpx.AsyncClient, sent: Sent) -> httpx.Response:
    return await client.request(sent.method, sent.path, json=sent.body, headers=sent.headers)


def named_visitor(response: httpx.Response) -> str | None:
    if response.headers.get("content-type") != "application/json":
        return None
    visitor: dict[str, Any] = response.json().get("visitor", {})
    assert not visitor.get("new")
    return visitor.get("id")


# What is stored already


async def stored(client: httpx.AsyncClient, service: Service) -> None:
    """Store a profile of two devices, and profile and record of a member who is logged in on a third."""
    for visitor, more in ((MINE, {}), (OTHER, {}), (THIRD, {"member": {"id": "m1"}})):
        body = {"visitor": {"id": visitor, "consent": CONSENT}, "events": EVENTS, **more}
        response = await client.post("/v1/event", json=body, headers=BEARER)
        assert response.status_code == 204
    record = MemberRecord(frozenset(CONSENT), {"rank": "ゴールド"})
    await service.persons.store.change_record(member_key("m1", HASH_KEY), lambda _: record, int(time.time()))


def asked_everywhere(cookies: str = "", **headers: str) -> list[Sent]:
    """Return a request of this device to each endpoint with these cookies and headers."""
    sent = {**headers, "Cookie": "; ".join(filter(None, [cookies, f"omo_vid={MINE}"]))}
    return [
        Sent("POST", "/v1/decide", {"blocks": ["hero", "notice"], "page": {"url": "/"}}, sent),
        Sent("POST", "/v1/event", {"events": [{"event": "page_view", "page": "/running/b"}]}, sent),
        Sent("GET", "/v1/block/notice", None, sent),
    ]


def stated_everywhere(consent: object, **more: object) -> list[Sent]:
    """Return a call of a CMS to each endpoint that takes a body, with this statement about this device."""
    body: dict[str, Any] = {"visitor": {"id": MINE, "consent": consent}, **more}
    return [
        Sent("POST", "/v1/decide", {**body, "blocks": ["hero", "notice"]}, BEARER),
        Sent("POST", "/v1/event", {**body, "events": [{"event": "page_view", "page": "/running/b"}]}, BEARER),
    ]


@pytest.mark.parametrize("form", [OWN, ONETRUST])
async def test_what_is_missing_malformed_or_under_gpc_erases_and_adds_nothing(
    connect: Connect, service: Service, place: Place, form: str
) -> None:
    requests = [request for cookies in SILENT[form] for request in asked_everywhere(cookies)]
    requests += asked_everywhere(GRANTING[form], **{"Sec-GPC": "1"})
    requests += [request for cookies in DENYING[form] for request in asked_everywhere(cookies, **{"Sec-GPC": "1"})]
    requests += asked_everywhere("", **{"X-Omo-Consent": "perhaps"})
    for consent in (None, ["nonsense"], ["denied", "nonsense"], "denied", 0):
        requests += stated_everywhere(consent)
    async with connect(PROXY, (f"{PROXY}/32",)) as client:
        await stored(client, service)
        before = place.rows()
        assert len(before) == 5  # two devices, the third one's mark, the member's profile and record
        for request in requests:
            await send(client, request)
            assert place.rows() == before, request


def denials(form: str) -> list[Sent]:
    """Return every well-formed denial, at every endpoint."""
    logged_in = f"omo_member={token('m1')}"
    found = [request for cookies in DENYING[form] for request in asked_everywhere(cookies)]
    found += asked_everywhere(f"{DENYING[form][0]}; {logged_in}")
    denied = "groups=C0003:0" if form == ONETRUST else "denied"
    found += asked_everywhere(GRANTING[form], **{"X-Omo-Consent": denied})
    for consent in ([], ["denied"], ["none"], ["measurement"]):
        found += stated_everywhere(consent)
    return [*found, *stated_everywhere(["denied"], member={"id": "m1"})]


@pytest.mark.parametrize("form", [OWN, ONETRUST])
async def test_each_form_of_denial_erases_the_devices_anonymous_profile_and_nothing_else(
    connect: Connect, service: Service, place: Place, form: str
) -> None:
    async with connect(PROXY, (f"{PROXY}/32",)) as client:
        await stored(client, service)
        before = place.rows()
        mine = await row_of_this_device(client, place, before)
        for request in denials(form):
            response = await send(client, request)
            assert response.status_code in (200, 204), request
            assert place.rows() == [row for row in before if row != mine], request
            await stored_again(client)
        assert [key for key, _ in place.rows()] == [key for key, _ in before]


async def test_a_banner_that_was_not_answered_yet_erases_nothing(
    connect: Connect, service: Service, place: Place, rules: Path
) -> None:
    with (rules / "site.yaml").open("a") as file:
        file.write(MAPPING.replace("grants:", "answered: OptanonAlertBoxClosed, grants:"))
    service.holder.load_first()
    closed = "OptanonAlertBoxClosed=2026-04-06T11:23:20.578Z"
    async with connect() as client:
        await stored(client, service)
        before = place.rows()
        for denied in (groups(0), groups(0, "&landingPath=NotLandingPage&AwaitingReconsent=false")):
            for request in asked_everywhere(denied):
                await send(client, request)
                assert place.rows() == before, request
        await send(client, asked_everywhere(f"{denied}; {closed}")[0])
        assert len(place.rows()) == len(before) - 1


@pytest.mark.parametrize("deadline", [1.0])
async def test_a_denial_while_the_store_does_not_answer_erases_when_it_does(
    connect: Connect, service: Service, place: Place
) -> None:
    for denied in (asked_everywhere(DENYING[OWN][0])[0], stated_everywhere(["denied"])[1]):
        async with connect() as client:
            await stored(client, service)
            before = place.rows()
            await service.persons.store.close()
            await send(client, denied)
            service.persons.store.start()
            await service.meet_store()
            for _ in range(300):
                if len(place.rows()) == len(before) - 1:
                    break
                await asyncio.sleep(0.01)
            assert len(place.rows()) == len(before) - 1, denied


@pytest.mark.parametrize("deadline", [1.0])
async def test_a_denial_that_waits_for_the_store_is_heard_before_the_service_ends(
    connect: Connect, service: Service, place: Place
) -> None:
    async with connect() as client:
        await stored(client, service)
        before = place.rows()
        await service.persons.store.close()
        await send(client, asked_everywhere(DENYING[OWN][0])[0])
        service.persons.store.start()
        await service.meet_store()
        await service.close()
    assert len(place.rows()) == len(before) - 1


async def test_a_service_whose_store_is_gone_ends_all_the_same_and_says_what_it_could_not_erase(
    connect: Connect, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect() as client:
        await stored(client, service)
        await service.persons.store.close()
        await send(client, asked_everywhere(DENYING[OWN][0])[0])
        await service.close()
    assert "1 erasures of visitors who said no are not done" in caplog.text


async def row_of_this_device(client: httpx.AsyncClient, place: Place, before: list[Row]) -> Row:
    """Return the row that goes when this device asks for it; it is stored again afterwards."""
    await client.post("/v1/visitor/erase", json={"visitor": {"id": MINE}}, headers=BEARER)
    gone = set(before) - set(place.rows())
    assert len(gone) == 1
    await stored_again(client)
    return gone.pop()


async def stored_again(client: httpx.AsyncClient) -> None:
    body = {"visitor": {"id": MINE, "consent": CONSENT}, "events": [{"event": "page_view", "page": "/running/a"}]}
    assert (await client.post("/v1/event", json=body, headers=BEARER)).status_code == 204
