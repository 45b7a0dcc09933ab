"""The arrival cookie of those who allow nothing, change their mind, or ask what is kept of them."""

from __future__ import annotations

import time
from http.cookies import SimpleCookie
from pathlib import Path

import jwt
import pytest
from tests.conftest import HASH_KEY, MEMBER_SECRET, Connect
from tests.web.arrival_cookies import (
    MINE,
    NO,
    WITHIN,
    YAHOO,
    YES,
    asked,
    away,
    locked,
    made,
    profile_of,
    put,
    taken_away,
)

from omotenashi.profiles.keys import member_key
from omotenashi.profiles.store import MemberRecord
from omotenashi.service import Service

pytestmark = pytest.mark.anyio


@pytest.fixture
def deadline() -> float:
    """Not long, where the store is locked."""
    return 0.2


@pytest.mark.parametrize("consent", [NO, "measurement", "nonsense", ""])
async def test_without_consent_no_cookie_is_read_and_the_one_that_is_there_goes(
    connect: Connect, service: Service, consent: str
) -> None:
    async with connect() as client:
        put(client, omo_consent=consent, omo_vid=MINE, omo_arrival=made(MINE))
        response = await asked(client)
        assert response.json()["blocks"] == {}
        assert taken_away(response)
        async with away(service):
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
        assert await profile_of(service) is not None


async def test_a_member_who_said_no_is_not_followed_by_a_cookie_either(
    connect: Connect, service: Service, database: Path
) -> None:
    now = int(time.time())
    claims = {"sub": "m1", "aud": "omotenashi", "iat": now, "exp": now + 300}
    body = {"member_token": jwt.encode(claims, MEMBER_SECRET, "HS256", headers={"kid": "k1"})}
    async with connect() as client:
        await service.persons.store.change_record(member_key("m1", HASH_KEY), lambda _: MemberRecord(frozenset()), now)
        put(client, omo_consent=YES, omo_vid=MINE)
        with locked(database):
            assert "omo_arrival" not in SimpleCookie((await asked(client, YAHOO, body)).headers.get("set-cookie", ""))
        async with away(service):  # whether the member said no cannot be read now
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
        async with away(service):
            assert "set-cookie" not in (await asked(client, WITHIN, body)).headers
        put(client, omo_arrival=made(MINE))
        assert "set-cookie" not in (await asked(client, WITHIN, body)).headers
        profile = await profile_of(service)
        assert profile is not None
        assert profile.arrival is None


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch"}, {"User-Agent": "Googlebot/2.1"}])
async def test_prefetches_and_robots_get_no_cookie(connect: Connect, service: Service, headers: dict[str, str]) -> None:
    async with connect() as client:
        put(client, omo_consent=YES, omo_vid=MINE)
        async with away(service):
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
