"""Page two knows how the visit began, though no profile keeps it: with consent, from a signed cookie."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import HASH_KEY, KEY, MEMBER_SECRET, SITE, Connect

from omotenashi.model.visitor import Arrival
from omotenashi.profiles.keys import member_key
from omotenashi.profiles.memory import MemoryStore
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.sqlite import SqliteStore
from omotenashi.profiles.store import MemberRecord
from omotenashi.reload import Holder
from omotenashi.service import Service
from omotenashi.signals.arrival_cookie import ArrivalCookies
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.signals.gather import SignalTools
from omotenashi.signals.member import MemberKeys
from omotenashi.web.app import create_app
from omotenashi.web.guard import Access

pytestmark = pytest.mark.anyio
BEARER = {"Authorization": f"Bearer {KEY}"}
MINE, OTHER = "visitor-0123456789", "another-0123456789"
YES, NO = "personalization", "denied"
WITHIN = "http://shop.example/"
YAHOO = "https://search.yahoo.co.jp/search?p=" + quote("マラソン")
BLOG = "https://blog.example.com/post"
HERO = '<p class="hero">マラソン特集</p>\n'
SEARCHED = Arrival("マラソン", "referrer", "search", "Yahoo! Japan", "search.yahoo.co.jp/search")


@pytest.fixture
def service(rules: Path, database: Path) -> Service:
    """A service that does not wait long for a store that is locked."""
    return served(rules, SqliteStore(database), deadline=0.2)


def served(rules: Path, store: SqliteStore | MemoryStore, deadline: float = 5) -> Service:
    holder = Holder(rules)
    holder.load_first()
    keys = MemberKeys.parse(f"k1:{MEMBER_SECRET}")
    return Service(holder, store, SignalTools(member_keys=keys), HASH_KEY, deadline=deadline)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """The store answers what is read and confirms nothing that is written."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


class Away:
    """A store that does not answer: its file cannot be opened."""

    def __init__(self, service: Service) -> None:
        self._persons, self._service = service.persons, service
        self._there = service.persons.store

    def __enter__(self) -> None:
        self._persons.store = self._service._store = MemoryStore()  # it was never started

    def __exit__(self, *_: object) -> None:
        self._persons.store = self._service._store = self._there


async def hero(client: httpx.AsyncClient, referrer: str = WITHIN, /, **headers: str) -> str | None:
    """Return what the browser's own call for a page shows in the block for runners."""
    shown: str | None = (await asked(client, referrer, **headers)).json()["blocks"].get("hero", {}).get("html")
    return shown


async def asked(
    client: httpx.AsyncClient, referrer: str = WITHIN, body: dict[str, Any] | None = None, /, **headers: str
) -> httpx.Response:
    page = {"url": "/shoes", "referrer": referrer}
    response = await client.post("/v1/decide", json={"blocks": ["hero"], "page": page, **(body or {})}, headers=headers)
    assert response.status_code == 200, response.text
    return response


def put(client: httpx.AsyncClient, **cookies: str) -> None:
    for name, value in cookies.items():
        client.cookies.set(name, value, domain="shop.example", path="/")


def taken_away(response: httpx.Response) -> bool:
    return any(
        one.startswith("omo_arrival=; ") and "Max-Age=0" in one for one in response.headers.get_list("set-cookie")
    )


def made(owner: str = "", age: int = 0, arrival: Arrival = SEARCHED, secret: bytes = HASH_KEY) -> str:
    """Return the text of a cookie that was set so many seconds ago."""
    at = int(time.time()) - age
    return ArrivalCookies(secret, Counter()).written(arrival, owner, at, at)


def profile_of(service: Service, key: str = MINE) -> Profile | None:
    return service.persons.store.read(key, int(time.time()))


# Page two


async def test_page_two_knows_the_keyword_though_the_store_does_not_answer(connect: Connect, service: Service) -> None:
    async with connect() as client:
        put(client, omo_consent=YES)
        with Away(service):
            assert await hero(client, YAHOO) == HERO
            assert await hero(client) == HERO
            assert await hero(client) == HERO


async def test_page_two_knows_the_keyword_though_no_write_was_confirmed(connect: Connect, database: Path) -> None:
    async with connect() as client:
        put(client, omo_consent=YES)
        with locked(database):
            first = await asked(client, YAHOO)
            cookies = SimpleCookie("; ".join(first.headers.get_list("set-cookie")))
            assert set(cookies) == {"omo_vid", "omo_arrival"}
            assert await hero(client) == HERO


async def test_page_two_knows_the_keyword_though_the_file_of_the_store_cannot_be_opened(
    connect: Connect, service: Service, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("omotenashi.profiles.database._OPENING_WAIT", 0.05)
    with closing(sqlite3.connect(database, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        async with connect() as client:
            put(client, omo_consent=YES, omo_vid=MINE)
            assert await hero(client, YAHOO) == HERO
            assert await hero(client) == HERO
            assert service.counters["store_unavailable"] == 2


async def test_the_cookie_is_a_short_one_that_scripts_cannot_read(connect: Connect, service: Service) -> None:
    async with connect() as client:
        put(client, omo_consent=YES)
        with Away(service):
            [_, cookie] = (await asked(client, YAHOO)).headers.get_list("set-cookie")
    text, _, rest = cookie.partition("; ")
    assert rest == "Path=/; Max-Age=1800; HttpOnly; SameSite=Lax"
    assert len(text) < 250


async def test_over_https_the_cookie_is_the_hosts_and_where_a_domain_is_named_that_domains(
    connect: Connect, service: Service, rules: Path
) -> None:
    secure = {"X-Forwarded-Proto": "https", "Cookie": f"omo_consent={YES}"}
    async with connect("127.0.0.1", ("127.0.0.1/32",)) as client:
        with Away(service):
            host = await asked(client, YAHOO, **secure)
            with (rules / "site.yaml").open("a") as file:
                file.write("\ncookie: {domain: shop.example}\n")
            service.holder.load_first()
            domain = await asked(client, YAHOO, **secure)
    [_, of_host] = host.headers.get_list("set-cookie")
    assert of_host.startswith("__Host-omo_arrival=")
    assert of_host.endswith("; Path=/; Max-Age=1800; HttpOnly; SameSite=Lax; Secure")
    [_, of_domain] = domain.headers.get_list("set-cookie")
    assert of_domain.startswith("__Secure-omo_arrival=")
    assert "; Domain=shop.example; " in of_domain


async def test_where_the_profile_keeps_the_arrival_no_cookie_is_set(connect: Connect) -> None:
    async with connect() as client:
        put(client, omo_consent=YES)
        assert await hero(client, YAHOO) == HERO
        assert await hero(client) == HERO
        assert "omo_arrival" not in client.cookies


async def test_somebody_who_came_from_nowhere_gets_no_cookie(connect: Connect, service: Service) -> None:
    async with connect() as client:
        put(client, omo_consent=YES, omo_vid=MINE)
        with Away(service):
            for referrer in ("", "http://shop.example/a"):
                assert "set-cookie" not in (await asked(client, referrer)).headers


async def test_a_store_in_memory_that_was_lost_by_a_restart_loses_no_visit(rules: Path) -> None:
    text = ""
    for store in (MemoryStore(), MemoryStore()):
        service = served(rules, store)
        service.start()
        transport = httpx.ASGITransport(create_app(service, Access(KEY.encode(), TrustedNetworks.parse(()))))
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            put(client, omo_consent=YES, omo_vid=MINE, **({"omo_arrival": text} if text else {}))
            if text:
                assert await hero(client) == HERO
                continue
            with Away(service):
                assert await hero(client, YAHOO) == HERO
            text = client.cookies["omo_arrival"]
        await service.close()


# When the profile is there again


async def test_when_the_store_answers_again_the_profile_keeps_the_arrival_and_the_cookie_goes(
    connect: Connect, service: Service
) -> None:
    async with connect() as client:
        put(client, omo_consent=YES, omo_vid=MINE)
        with Away(service):
            await asked(client, YAHOO)
            assert "omo_arrival" in client.cookies
        back = await asked(client)
        assert taken_away(back)
        assert "omo_arrival" not in client.cookies
        profile = profile_of(service)
        assert profile is not None
        assert profile.arrival is not None
        assert profile.arrival.keyword == "マラソン"
        assert await hero(client) == HERO


async def test_the_arrival_goes_into_the_profile_once_though_an_include_cannot_take_the_cookie_away(
    connect: Connect, service: Service
) -> None:
    cookies = {"Cookie": f"omo_consent={YES}; omo_vid={MINE}; omo_arrival={made(MINE, age=60)}"}
    async with connect() as client:
        assert (await client.get("/v1/block/hero?page=/a", headers=cookies)).text == HERO
        profile = profile_of(service)
        assert profile is not None
        moved = profile.arrival_at
        assert (await client.get("/v1/block/hero?page=/b", headers=cookies)).text == HERO
        again = await client.get("/v1/block/hero?page=/c", headers={**cookies, "Referer": BLOG})
        assert again.status_code == 204
        assert (await client.get("/v1/block/hero?page=/d", headers=cookies)).status_code == 204
        after = profile_of(service)
    assert after is not None
    assert after.arrival is not None
    assert (after.arrival.medium, after.arrival_at >= moved) == ("referral", True)


async def test_what_came_later_counts_the_profile_or_the_cookie(connect: Connect) -> None:
    async with connect() as client:
        put(client, omo_consent=YES, omo_vid=MINE)
        await asked(client, BLOG)
        put(client, omo_arrival=made(MINE, age=600))
        assert await hero(client) is None  # the blog was later
        put(client, omo_arrival=made(MINE, age=-30))
        assert await hero(client) == HERO


async def test_an_arrival_from_elsewhere_replaces_profile_and_cookie(connect: Connect, service: Service) -> None:
    async with connect() as client:
        put(client, omo_consent=YES, omo_vid=MINE)
        await asked(client, YAHOO)
        with Away(service):
            assert await hero(client, BLOG) is None
            assert await hero(client) is None
            assert await hero(client, YAHOO) == HERO
            assert await hero(client) == HERO


async def test_two_tabs_share_the_later_arrival(connect: Connect, service: Service) -> None:
    async with connect() as client:
        put(client, omo_consent=YES)
        with Away(service):
            await asked(client, YAHOO)
            first_tab = await hero(client)
            await asked(client, BLOG)
            assert (first_tab, await hero(client)) == (HERO, None)


async def test_a_cookie_is_renewed_after_five_minutes_and_not_before(connect: Connect, service: Service) -> None:
    async with connect() as client:
        put(client, omo_consent=YES, omo_vid=MINE, omo_arrival=made(MINE, age=240))
        with Away(service):
            assert "set-cookie" not in (await asked(client)).headers
            old = made(MINE, age=300)
            put(client, omo_arrival=old)
            assert (await asked(client)).headers["set-cookie"].startswith("omo_arrival=")
            assert client.cookies["omo_arrival"] != old
            assert await hero(client) == HERO


async def test_a_cookie_that_was_set_before_there_was_an_id_is_bound_to_it_once_there_is_one(
    connect: Connect, service: Service
) -> None:
    async with connect() as client:
        unbound = made()
        put(client, omo_consent=YES, omo_vid=MINE, omo_arrival=unbound)
        with Away(service):
            assert await hero(client) == HERO
            assert client.cookies["omo_arrival"] != unbound
            put(client, omo_vid=OTHER)
            assert await hero(client) is None


# What does not count


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "signature"),
        ("nonsense", "signature"),
        (made()[:-2] + "AA", "signature"),
        ("A" + made(), "signature"),
        (made(secret=b"another-hash-key-of-tests"), "signature"),
        (made(OTHER), "signature"),
        (made(age=1800), "over"),
        (made(age=-3600), "future"),
        ("x" * 1025, "too_long"),
    ],
)
async def test_a_cookie_that_is_not_right_is_as_if_it_were_not_there(
    connect: Connect, service: Service, text: str, reason: str
) -> None:
    async with connect() as client:
        put(client, omo_consent=YES, omo_vid=MINE)
        put(client, omo_arrival=text)
        with Away(service):
            response = await asked(client)
            assert response.json()["blocks"] == {}
            assert taken_away(response)
        assert service.counters[f"arrival_cookie_refused:{reason}"] == 1


async def test_a_members_cookie_is_no_other_members_and_no_guests(connect: Connect, database: Path) -> None:
    def token(member: str) -> dict[str, str]:
        now = int(time.time())
        claims = {"sub": member, "aud": "omotenashi", "iat": now, "exp": now + 300}
        return {"member_token": jwt.encode(claims, MEMBER_SECRET, "HS256", headers={"kid": "k1"})}

    async with connect() as client:
        put(client, omo_consent=YES, omo_vid=MINE)
        with locked(database):
            await asked(client, YAHOO, token("m1"))
            kept = client.cookies["omo_arrival"]
            assert (await asked(client, WITHIN, token("m1"))).json()["blocks"] != {}
            assert (await asked(client, WITHIN, token("m2"))).json()["blocks"] == {}
            put(client, omo_arrival=kept)
            assert (await asked(client)).json()["blocks"] == {}


async def test_what_a_guest_brought_is_the_members_after_the_login(connect: Connect, database: Path) -> None:
    async with connect() as client:
        with locked(database):
            body = {"visitor": {"id": MINE, "consent": [YES]}, "member": {"id": "m1"}}
            answer = await asked(client, WITHIN, body, **BEARER, Cookie=f"omo_arrival={made(MINE)}")
    assert answer.json()["blocks"]["hero"]["html"] == HERO
    assert answer.json()["visitor"]["arrival"] not in {"", None}


# Consent


@pytest.mark.parametrize("consent", [NO, "measurement", "nonsense", ""])
async def test_without_consent_no_cookie_is_read_and_the_one_that_is_there_goes(
    connect: Connect, service: Service, consent: str
) -> None:
    async with connect() as client:
        put(client, omo_consent=consent, omo_vid=MINE, omo_arrival=made(MINE))
        response = await asked(client)
        assert response.json()["blocks"] == {}
        assert taken_away(response)
        with Away(service):
            assert "set-cookie" not in (await asked(client, YAHOO)).headers


async def test_under_global_privacy_control_the_cookie_goes(connect: Connect) -> None:
    async with connect() as client:
        put(client, omo_consent=YES, omo_arrival=made())
        response = await asked(client, **{"Sec-GPC": "1"})
        assert response.json()["blocks"] == {}
        assert taken_away(response)


async def test_an_event_without_consent_takes_the_cookie_away_and_one_with_it_does_not(connect: Connect) -> None:
    async with connect() as client:
        put(client, omo_vid=MINE, omo_arrival=made(MINE), omo_consent=YES)
        first = await client.post("/v1/event", json={"event": "page_view", "page": "/a"})
        assert (first.status_code, "set-cookie" in first.headers) == (204, False)
        put(client, omo_consent=NO)
        assert taken_away(await client.post("/v1/event", json={"event": "page_view", "page": "/a"}))


async def test_an_event_with_a_forged_cookie_is_recorded(connect: Connect, service: Service) -> None:
    async with connect() as client:
        put(client, omo_vid=MINE, omo_arrival="forged", omo_consent=YES)
        assert (await client.post("/v1/event", json={"event": "sign_up"})).status_code == 204
        assert profile_of(service) is not None


async def test_a_member_who_said_no_is_not_followed_by_a_cookie_either(
    connect: Connect, service: Service, database: Path
) -> None:
    now = int(time.time())
    claims = {"sub": "m1", "aud": "omotenashi", "iat": now, "exp": now + 300}
    body = {"member_token": jwt.encode(claims, MEMBER_SECRET, "HS256", headers={"kid": "k1"})}
    async with connect() as client:
        await service.persons.store.write_record(member_key("m1", HASH_KEY), MemberRecord(frozenset()), now)
        put(client, omo_consent=YES, omo_vid=MINE)
        with locked(database):
            assert "omo_arrival" not in SimpleCookie((await asked(client, YAHOO, body)).headers.get("set-cookie", ""))
        with Away(service):  # whether the member said no cannot be read now
            assert "set-cookie" not in (await asked(client, YAHOO, body)).headers


async def test_what_brought_somebody_to_a_sensitive_topic_stands_in_no_cookie(
    connect: Connect, service: Service, rules: Path
) -> None:
    with (rules / "site.yaml").open("a") as file:
        file.write("\nsensitive_topics: [妊娠]\n")
    service.holder.load_first()
    body = {"page": {"url": "/baby", "referrer": YAHOO, "tags": ["妊娠"]}}
    async with connect() as client:
        put(client, omo_consent=YES, omo_vid=MINE)
        with Away(service):
            assert "set-cookie" not in (await asked(client, WITHIN, body)).headers
        put(client, omo_arrival=made(MINE))
        assert "set-cookie" not in (await asked(client, WITHIN, body)).headers
        profile = profile_of(service)
        assert profile is not None
        assert profile.arrival is None


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch"}, {"User-Agent": "Googlebot/2.1"}])
async def test_prefetches_and_robots_get_no_cookie(connect: Connect, service: Service, headers: dict[str, str]) -> None:
    async with connect() as client:
        put(client, omo_consent=YES, omo_vid=MINE)
        with Away(service):
            assert "set-cookie" not in (await asked(client, YAHOO, **headers)).headers


async def test_erase_and_stop_take_the_cookie_away_too(connect: Connect) -> None:
    cookies = {"Cookie": f"omo_consent={YES}; omo_arrival={made()}"}
    async with connect() as client:
        erased = await client.post("/v1/visitor/erase", json={}, headers=cookies)
        form = {"action": "stop", "page": "/"}
        stopped = await client.post("/omo/why", data=form, headers={**cookies, "Origin": "http://shop.example"})
    assert taken_away(erased)
    assert taken_away(stopped)


async def test_an_export_says_what_the_cookie_says(connect: Connect) -> None:
    async with connect() as client:
        put(client, omo_arrival=made())
        found = (await client.post("/v1/visitor/export", json={})).json()
        put(client, omo_arrival="forged")
        forged = (await client.post("/v1/visitor/export", json={})).json()
    assert found["arrival_cookie"]["keyword"] == "マラソン"
    assert "arrival_cookie" not in forged


async def test_the_page_why_decides_with_the_cookie_and_speaks_of_it(connect: Connect) -> None:
    cookies = {"Cookie": f"omo_consent={YES}; omo_arrival={made()}"}
    async with connect() as client:
        with_cookie = (await client.get("/omo/why?page=/a&lang=ja", headers=cookies)).text
        without = (await client.get("/omo/why?page=/a&lang=ja", headers={"Cookie": f"omo_consent={YES}"})).text
    assert "来訪のきっかけになった検索語(参照元のページ、訪問の始めのページで)をもとに" in with_cookie
    assert "<dt>この訪問のきっかけ" in with_cookie
    assert 'value="erase"' in with_cookie
    assert "この訪問のきっかけ" not in without
    assert 'value="erase"' not in without


# CMSs and includes


async def test_a_cms_is_told_the_cookie_that_it_should_set_and_hands_it_on(connect: Connect, service: Service) -> None:
    body = {"visitor": {"id": MINE, "consent": [YES]}}
    async with connect() as client:
        with Away(service):
            first = await asked(client, YAHOO, body, **BEARER)
            cookie = first.json()["visitor"]["arrival"]
            handed_on = {**BEARER, "Cookie": f"omo_arrival={cookie}"}
            second = await asked(client, WITHIN, body, **handed_on)
        back = await asked(client, WITHIN, body, **handed_on)
        after = await asked(client, WITHIN, body, **BEARER)
    assert "set-cookie" not in first.headers
    assert second.json()["blocks"]["hero"]["html"] == HERO
    assert "arrival" not in second.json()["visitor"]
    assert back.json()["visitor"] == {"id": MINE, "new": False, "segments": [], "arrival": ""}
    assert after.json()["visitor"] == {"id": MINE, "new": False, "segments": []}
    assert after.json()["blocks"]["hero"]["html"] == HERO


async def test_a_cms_that_keeps_no_id_may_keep_how_the_visit_began(connect: Connect, service: Service) -> None:
    body = {"visitor": {"consent": [YES]}}
    async with connect() as client:
        with Away(service):
            first = (await asked(client, YAHOO, body, **BEARER)).json()["visitor"]
            cookie = {"Cookie": f"omo_arrival={first['arrival']}"}
            assert (await asked(client, WITHIN, body, **BEARER, **cookie)).json()["blocks"]["hero"]["html"] == HERO
            body["visitor"] |= {"id": first["id"]}
            third = (await asked(client, WITHIN, body, **BEARER, **cookie)).json()
    assert third["blocks"]["hero"]["html"] == HERO
    assert third["visitor"]["arrival"] not in {first["arrival"], ""}  # now it is that visitor's


async def test_an_include_without_an_id_knows_the_keyword_by_the_cookie(connect: Connect) -> None:
    cookies = {"Cookie": f"omo_consent={YES}; omo_arrival={made()}"}
    async with connect() as client:
        found = await client.get("/v1/block/hero?page=/a", headers=cookies)
        denied = await client.get("/v1/block/hero?page=/a", headers={"Cookie": f"omo_arrival={made()}"})
    assert found.text == HERO
    assert "set-cookie" not in found.headers
    assert denied.status_code == 204


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(text=st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=1100))
async def test_no_text_of_a_cookie_costs_a_page(text: str) -> None:
    holder = Holder(SITE)
    holder.load_first()
    service = Service(holder, MemoryStore(), SignalTools(), HASH_KEY, deadline=5)
    service._store.start()
    transport = httpx.ASGITransport(create_app(service, Access(KEY.encode(), TrustedNetworks.parse(()))))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        cookie = f"omo_consent={YES}; omo_arrival={text}".encode("latin-1")
        body = b'{"blocks": ["hero"], "page": {"url": "/"}}'
        response = await client.post("/v1/decide", content=body, headers={b"cookie": cookie})
    assert (response.status_code, response.json()) == (200, {"blocks": {}})
    assert service.counters["fault:decide"] == 0
