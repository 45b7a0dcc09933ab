"""/omo/why: the visitor's page, and its buttons."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from html.parser import HTMLParser
from typing import Any

import httpx
import jwt
import pytest
from msgspec.structs import replace
from tests.conftest import KEY, MEMBER_SECRET, Connect

from omotenashi.model.site_facts import ConsentMapping, Grant
from omotenashi.reload import State
from omotenashi.service import Service
from omotenashi.web.why_page import _kind
from omotenashi.web.why_words import WORDS

pytestmark = pytest.mark.anyio
BEARER = {"Authorization": f"Bearer {KEY}"}
MINE = "visitor-0123456789"
YES, NO = "omo_consent=personalization,measurement", "omo_consent=denied"
VID = f"omo_vid={MINE}"
ORIGIN = {"Origin": "http://shop.example"}
CONSENT = ["personalization", "measurement"]


@pytest.fixture
def member_cookie() -> str:
    now = int(time.time())
    claims = {"sub": "m1", "aud": "omotenashi", "iat": now, "exp": now + 3600}
    return "omo_member=" + jwt.encode(claims, MEMBER_SECRET, "HS256", headers={"kid": "k1"})


async def looked(client: httpx.AsyncClient, path: str = "/running/a", times: int = 3, **member: str) -> None:
    body: dict[str, Any] = {"visitor": {"id": MINE, "consent": CONSENT}, "page": {"url": path}}
    body["events"] = [{"event": "page_view"}] * times
    response = await client.post("/v1/event", json=body | ({"member": member} if member else {}), headers=BEARER)
    assert response.status_code == 204, response.text


async def page(client: httpx.AsyncClient, *cookies: str, query: str = "page=/&lang=ja", **headers: str) -> str:
    response = await client.get(f"/omo/why?{query}", headers={"Cookie": "; ".join(cookies), **headers})
    assert response.status_code == 200, response.text
    return response.text


async def press(client: httpx.AsyncClient, action: str, *cookies: str, **headers: str) -> httpx.Response:
    """Look at the page, then press one of its buttons, as a browser does."""
    found = re.search(r'name="token" value="(\w+)"', await page(client, *cookies))
    assert found
    form = {"action": action, "token": found[1], "page": "/running/a", "lang": "ja"}
    return await client.post("/omo/why", data=form, headers={"Cookie": "; ".join(cookies), **ORIGIN, **headers})


async def exported(client: httpx.AsyncClient, **whom: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await client.post("/v1/visitor/export", json=whom, headers=BEARER)).json()
    return answer


# What it says


async def test_it_says_what_was_chosen_from_what_and_what_is_stored(connect: Connect) -> None:
    async with connect() as client:
        await looked(client)
        text = await page(client, YES, VID)
    assert "試験の店は、" in text
    assert "<li><b>hero</b>: 見たページや商品をもとに選んでいます</li>" in text
    assert "<dt>見たページや商品</dt><dd>3</dd>" in text
    assert "<dt>最初の記録</dt><dd>20" in text
    assert "400 日で消えます" in text
    assert "同意をいただいているので" in text
    assert re.findall(r'name="action" value="(\w+)"', text) == ["stop", "erase", "export"]


async def test_it_never_names_rules_segments_or_values(connect: Connect) -> None:
    async with connect() as client:
        await looked(client)
        text = await page(client, YES, VID)
    for secret in ("検討中", "続きから", "/running/**", "gold", "ゴールド", "2回だけ", MINE):
        assert secret not in text


@pytest.mark.parametrize(
    ("query", "accepted", "title"),
    [
        ("lang=en", "ja", "Why do I see this?"),
        ("lang=ja", "en", "なぜこの表示?"),
        ("", "en-GB,ja;q=0.5", "Why do I see this?"),
        ("", "fr,ja;q=0.9,en;q=0.5", "なぜこの表示?"),
        ("", "", "なぜこの表示?"),
        ("lang=xx", "en", "Why do I see this?"),
    ],
)
async def test_it_speaks_the_language_that_is_asked_for(
    connect: Connect, query: str, accepted: str, title: str
) -> None:
    async with connect() as client:
        text = await page(client, query=query, **{"Accept-Language": accepted})
    assert f"<h1>{title}</h1>" in text


async def test_nothing_stored_is_said_and_there_is_nothing_to_erase(connect: Connect) -> None:
    async with connect() as client:
        text = await page(client)
    assert "あなたについて保存しているものはありません" in text
    assert "このページに、あなたに合わせて選ばれているものはありません" in text
    assert "同意をいただいていないので" in text
    assert re.findall(r'name="action" value="(\w+)"', text) == ["stop"]


async def test_a_browser_that_refuses_tracking_is_told_that_it_is_heeded(connect: Connect) -> None:
    async with connect() as client:
        text = await page(client, YES, **{"Sec-GPC": "1"})
    assert "Global Privacy Control" in text


@pytest.mark.parametrize(
    ("query", "referer", "path"),
    [
        ("page=/a%2Fb", "", "/a/b"),
        ("page=https://shop.example/x?q=1", "", "/x"),
        ("page=https://evil.example/x", "", "/"),
        ("", "http://shop.example/running/?utm_source=x", "/running"),
        ("", "https://evil.example/running", "/"),
        ("", "http://shop.example/omo/why", "/"),
        ("page=//evil.example/x", "", "/"),
    ],
)
async def test_it_is_about_the_sites_own_page_that_is_named_or_that_one_came_from(
    connect: Connect, query: str, referer: str, path: str
) -> None:
    async with connect() as client:
        text = await page(client, query=query, Referer=referer)
    assert f'name="page" value="{path}"' in text


async def test_whatever_a_visitor_sends_is_escaped(connect: Connect) -> None:
    async with connect() as client:
        text = await page(client, query="page=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script" not in text
    assert "&lt;script&gt;" in text


async def test_it_is_well_formed_without_scripts_and_its_policy_allows_its_style_alone(connect: Connect) -> None:
    async with connect() as client:
        await looked(client)
        response = await client.get("/omo/why", headers={"Cookie": f"{YES}; {VID}"})
    style = re.search(r"<style>(.*?)</style>", response.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = response.headers["content-security-policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'")
    assert response.headers["cache-control"] == "private, no-store"
    assert response.headers["referrer-policy"] == "same-origin"
    assert "set-cookie" not in response.headers
    assert "script" not in response.text
    assert "$" not in response.text
    Balanced().check(response.text)


async def test_a_place_that_was_chosen_is_counted_among_what_is_stored(connect: Connect) -> None:
    async with connect() as client:
        for place, is_told in (({"prefecture": "大阪"}, True), ({"place": None}, False)):
            event = {"event": "choose_place", **place}
            await client.post("/v1/event", json=event, headers={"Cookie": f"{YES}; {VID}"})
            assert ("選んだ地域" in await page(client, YES, VID)) is is_told


async def test_looking_at_it_stores_nothing(connect: Connect) -> None:
    async with connect() as client:
        await looked(client)
        before = await exported(client, visitor={"id": MINE})
        await page(client, YES, VID)
        await page(client, NO, VID)
        assert await exported(client, visitor={"id": MINE}) == before


class Balanced(HTMLParser):
    """Fails on an element that is not closed."""

    def check(self, text: str) -> None:
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


# Its buttons


async def test_stop_erases_denies_and_takes_the_visitor_cookie_away(connect: Connect) -> None:
    async with connect() as client:
        await looked(client)
        response = await press(client, "stop", YES, VID)
        text = await page(client, NO)
        assert (await exported(client, visitor={"id": MINE}))["visitor"] is None
    assert response.status_code == 303
    assert response.headers["location"] == "/omo/why?page=%2Frunning%2Fa&lang=ja"
    assert response.headers.get_list("set-cookie") == [
        "omo_consent=denied; Path=/; Max-Age=34128000; SameSite=Lax",
        "omo_vid=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
    ]
    assert "「やめる」が選ばれています" in text
    assert re.findall(r'name="action" value="(\w+)"', text) == ["start"]


async def test_over_https_the_cookies_are_secure(connect: Connect) -> None:
    async with connect("192.0.2.9", ("192.0.2.9/32",)) as client:
        response = await press(client, "stop", YES, f"__Host-omo={MINE}", **{"X-Forwarded-Proto": "https"})
    assert response.headers.get_list("set-cookie") == [
        "omo_consent=denied; Path=/; Max-Age=34128000; SameSite=Lax; Secure",
        "__Host-omo=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure",
    ]


async def test_stop_of_a_member_erases_what_was_done_and_keeps_the_denial(connect: Connect, member_cookie: str) -> None:
    async with connect() as client:
        await looked(client, id="m1")
        await press(client, "stop", YES, VID, member_cookie)
        found = await exported(client, member={"id": "m1"})
        text = await page(client, member_cookie)
    assert found["member"] is None
    assert found["record"] == {"consent": [], "attributes": {}}
    assert "「やめる」が選ばれています" in text
    assert re.findall(r'name="action" value="(\w+)"', text)[0] == "start"


async def test_start_allows_both_and_the_members_no_is_forgotten(connect: Connect, member_cookie: str) -> None:
    async with connect() as client:
        await press(client, "stop", YES, member_cookie)
        response = await press(client, "start", NO, member_cookie)
        found = await exported(client, member={"id": "m1"})
    assert response.headers["set-cookie"].startswith(
        "omo_consent=measurement,personalization; Path=/; Max-Age=34128000"
    )
    assert found["record"] is None


async def test_erase_empties_and_changes_no_consent(connect: Connect) -> None:
    async with connect() as client:
        await looked(client)
        response = await press(client, "erase", YES, VID)
        assert (await exported(client, visitor={"id": MINE}))["visitor"] is None
    assert [cookie.partition("=")[0] for cookie in response.headers.get_list("set-cookie")] == ["omo_vid"]


async def test_see_everything_is_a_download(connect: Connect) -> None:
    async with connect() as client:
        await looked(client)
        response = await press(client, "export", YES, VID)
    assert response.headers["content-disposition"] == 'attachment; filename="omotenashi.json"'
    assert [view["path"] for view in response.json()["visitor"]["views"]] == ["/running/a"] * 3


async def test_stop_works_for_somebody_of_whom_nothing_is_known(connect: Connect) -> None:
    async with connect() as client:
        response = await press(client, "stop")
    assert response.status_code == 303
    assert response.headers["set-cookie"].startswith("omo_consent=denied")


async def test_an_action_that_does_not_exist_is_refused(connect: Connect) -> None:
    async with connect() as client:
        response = await press(client, "sell", YES, VID)
    assert response.status_code == 400
    assert response.json()["detail"] == "action is one of stop, start, erase, export"


# What other sites cannot do


@pytest.mark.parametrize("action", ["stop", "start", "erase", "export"])
async def test_a_form_without_the_pages_token_does_nothing_and_says_so(connect: Connect, action: str) -> None:
    async with connect() as client:
        await looked(client)
        response = await client.post(
            "/omo/why", data={"action": action, "token": "0"}, headers={"Cookie": f"{YES}; {VID}", **ORIGIN}
        )
        assert (await exported(client, visitor={"id": MINE}))["visitor"] is not None
        text = await page(client, YES, VID, query=response.headers["location"].partition("?")[2])
    assert response.status_code == 303
    assert "set-cookie" not in response.headers
    assert "もう一度押してください" in text


async def test_a_token_of_somebody_else_does_nothing(connect: Connect) -> None:
    async with connect() as client:
        await looked(client)
        token = re.search(r'name="token" value="(\w+)"', await page(client, "omo_vid=another-0123456789"))
        assert token
        form = {"action": "erase", "token": token[1]}
        await client.post("/omo/why", data=form, headers={"Cookie": f"{YES}; {VID}", **ORIGIN})
        assert (await exported(client, visitor={"id": MINE}))["visitor"] is not None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
    ],
)
async def test_nobody_is_made_to_agree_by_a_form_on_another_site(
    connect: Connect, headers: dict[str, str], status: int
) -> None:
    async with connect() as client:
        response = await client.post("/omo/why", data={"action": "start"}, headers=headers)
    assert response.status_code == status
    assert ("set-cookie" in response.headers) is (status == 303)


# Beside a consent manager

MANAGED = ConsentMapping(
    cookie="OptanonConsent",
    grants={"personalization": (Grant("C0003", "1"),), "measurement": (Grant("C0002", "1"),)},
)
ONETRUST = "OptanonConsent=isGpcEnabled=0&groups=C0001%3A1%2CC0002%3A1%2CC0003%3A1"


@pytest.fixture
def managed(service: Service) -> None:
    """Let the site read a consent manager's cookie."""
    site = service.holder.current
    assert site
    service.holder.state = State(replace(site, facts=replace(site.facts, consent=MANAGED)))


@pytest.mark.usefixtures("managed")
async def test_stop_beside_a_consent_manager_has_a_cookie_of_its_own_and_start_leaves_it_to_the_manager(
    connect: Connect,
) -> None:
    async with connect() as client:
        stopped = await press(client, "stop", ONETRUST, VID)
        text = await page(client, ONETRUST, NO)
        started = await press(client, "start", ONETRUST, NO)
    assert stopped.headers["set-cookie"].startswith("omo_consent=denied; ")
    assert "「やめる」が選ばれています" in text
    assert "同意バナー" in text
    assert started.headers["set-cookie"] == "omo_consent=; Path=/; Max-Age=0; SameSite=Lax"


async def test_it_says_where_a_kind_of_information_comes_from(connect: Connect) -> None:
    body = {"blocks": [], "visitor": {"id": MINE, "consent": CONSENT}}
    body["page"] = {"url": "/", "referrer": "https://www.bing.com/search?q=マラソン"}
    async with connect() as client:
        await client.post("/v1/decide", json=body, headers=BEARER)
        japanese = await page(client, YES, VID)
        english = await page(client, YES, VID, query="page=/&lang=en")
    assert "検索語(参照元のページ、訪問の始めのページで)をもとに選んでいます" in japanese
    assert "(the page that led here, when the visit began)" in english


def test_a_source_that_says_the_same_as_the_kind_is_not_said() -> None:
    assert _kind("the browser's language", "the browser's languages", WORDS["en"]) == "the browser's language"
    assert "the URL" in _kind("the campaign", "the URL", WORDS["en"])
