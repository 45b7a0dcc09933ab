"""Page two knows how the visit began, though no profile keeps it: with consent, from a signed cookie."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import jwt
import pytest
from tests.conftest import HASH_KEY, KEY, MEMBER_SECRET, Connect
from tests.web.arrival_cookies import (
    BEARER,
    BLOG,
    HERO,
    MINE,
    OTHER,
    WITHIN,
    YAHOO,
    YES,
    asked,
    away,
    hero,
    locked,
    made,
    profile_of,
    put,
    taken_away,
)

from omotenashi.profiles.memory import MemoryStore
from omotenashi.reload import Holder
from omotenashi.service import Service
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.signals.gather import SignalTools
from omotenashi.web.app import create_app
from omotenashi.web.guard import Access

pytestmark = pytest.mark.anyio


@pytest.fixture
def deadline() -> float:
    """Not long, where the store is locked."""
    return 0.2


# Page two


async def test_page_two_knows_the_keyword_though_the_store_does_not_answer(connect: Connect, service: Service) -> None:
    async with connect() as client:
        put(client, omo_consent=YES)
        async with away(service):
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
    monkeypatch.setattr("omotenashi.profiles.sqlite_file._OPENING_WAIT", 0.05)
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
        async with away(service):
            [_, cookie] = (await asked(client, YAHOO)).headers.get_list("set-cookie")
    text, _, rest = cookie.partition("; ")
    assert rest == "Path=/; Max-Age=1800; HttpOnly; SameSite=Lax"
    assert len(text) < 250


async def test_over_https_the_cookie_is_the_hosts_and_where_a_domain_is_named_that_domains(
    connect: Connect, service: Service, rules: Path
) -> None:
    secure = {"X-Forwarded-Proto": "https", "Cookie": f"omo_consent={YES}"}
    async with connect("127.0.0.1", ("127.0.0.1/32",)) as client, away(service):
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
        async with away(service):
            for referrer in ("", "http://shop.example/a"):
                assert "set-cookie" not in (await asked(client, referrer)).headers


async def test_a_store_in_memory_that_was_lost_by_a_restart_loses_no_visit(rules: Path) -> None:
    text = ""
    holder = Holder(rules)
    holder.load_first()
    for store in (MemoryStore(), MemoryStore()):
        service = Service(holder, store, SignalTools(), HASH_KEY, deadline=5)
        service.start()
        transport = httpx.ASGITransport(create_app(service, Access(KEY.encode(), TrustedNetworks.parse(()))))
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            put(client, omo_consent=YES, omo_vid=MINE, **({"omo_arrival": text} if text else {}))
            if text:
                assert await hero(client) == HERO
                continue
            async with away(service):
                assert await hero(client, YAHOO) == HERO
            text = client.cookies["omo_arrival"]
        await service.close()


# When the profile is there again


async def test_when_the_store_answers_again_the_profile_keeps_the_arrival_and_the_cookie_goes(
    connect: Connect, service: Service
) -> None:
    async with connect() as client:
        put(client, omo_consent=YES, omo_vid=MINE)
        async with away(service):
            await asked(client, YAHOO)
            assert "omo_arrival" in client.cookies
        back = await asked(client)
        assert taken_away(back)
        assert "omo_arrival" not in client.cookies
        profile = await profile_of(service)
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
        profile = await profile_of(service)
        assert profile is not None
        moved = profile.arrival_at
        assert (await client.get("/v1/block/hero?page=/b", headers=cookies)).text == HERO
        again = await client.get("/v1/block/hero?page=/c", headers={**cookies, "Referer": BLOG})
        assert again.status_code == 204
        assert (await client.get("/v1/block/hero?page=/d", headers=cookies)).status_code == 204
        after = await profile_of(service)
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
        async with away(service):
            assert await hero(client, BLOG) is None
            assert await hero(client) is None
            assert await hero(client, YAHOO) == HERO
            assert await hero(client) == HERO


async def test_two_tabs_share_the_later_arrival(connect: Connect, service: Service) -> None:
    async with connect() as client:
        put(client, omo_consent=YES)
        async with away(service):
            await asked(client, YAHOO)
            first_tab = await hero(client)
            await asked(client, BLOG)
            assert (first_tab, await hero(client)) == (HERO, None)


async def test_a_cookie_is_renewed_after_a_minute_and_not_before(connect: Connect, service: Service) -> None:
    async with connect() as client:
        put(client, omo_consent=YES, omo_vid=MINE, omo_arrival=made(MINE, age=50))
        async with away(service):
            assert "set-cookie" not in (await asked(client)).headers
            old = made(MINE, age=60)
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
        async with away(service):
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
        async with away(service):
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
