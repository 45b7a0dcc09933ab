"""Who is who: devices, the members who log in on them, and whose history is whose."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from typing import Any

import httpx
import jwt
import pytest
from tests.conftest import KEY, MEMBER_SECRET, Connect
from tests.places import Place

from omotenashi.profiles.store import Reader
from omotenashi.service import Service

pytestmark = pytest.mark.anyio
BEARER = {"Authorization": f"Bearer {KEY}"}
PHONE, LAPTOP = "phone-0123456789abc", "laptop-0123456789ab"
SATO, SUZUKI = "member-sato-4711", "member-suzuki-4712"
LOOKED, CAPPED, NEXT = "ランニングを検討中", "2回だけのお知らせ", "その次"
"""Rules of the site: for who looked at three pages of /running/**; at most twice in seven days; and what follows it."""


async def rule(client: httpx.AsyncClient, block: str, device: str, member: str = "", **attributes: str) -> str | None:
    """Return the rule that a page without an address shows in a block."""
    body = {"blocks": [block], **who(device, member, **attributes)}
    response = await client.post("/v1/decide", json=body, headers=BEARER)
    assert response.status_code == 200, response.text
    shown: str | None = response.json()["blocks"].get(block, {}).get("rule")
    return shown


async def views(client: httpx.AsyncClient, times: int, device: str, member: str = "") -> None:
    """Let a page be viewed so often, as the CMS asks for its blocks."""
    for number in range(times):
        body = {"blocks": ["store_info"], "page": {"url": f"/running/{number}"}, **who(device, member)}
        assert (await client.post("/v1/decide", json=body, headers=BEARER)).status_code == 200


async def told(client: httpx.AsyncClient, times: int, device: str, member: str = "") -> None:
    """State so many views as events."""
    body = {"events": [{"event": "page_view", "page": "/running/told"}] * times, **who(device, member)}
    assert (await client.post("/v1/event", json=body, headers=BEARER)).status_code == 204


async def include(client: httpx.AsyncClient, block: str, device: str, member: str = "", page: str = "/") -> str:
    """Return what an include gets with a browser's cookies."""
    login = f"; omo_member={token(member)}" if member else ""
    cookies = {"Cookie": f"omo_consent=personalization; omo_vid={device}{login}"}
    return (await client.get(f"/v1/block/{block}", params={"page": page}, headers=cookies)).text


def who(device: str, member: str = "", **attributes: str) -> dict[str, Any]:
    visitor = {"visitor": {"id": device, "consent": ["personalization"]}}
    stated = {**({"id": member} if member else {}), **attributes}
    return {**visitor, "member": stated} if stated else visitor


def token(member: str) -> str:
    now = int(time.time())
    claims = {"sub": member, "aud": "omotenashi", "iat": now, "exp": now + 3600}
    return jwt.encode(claims, MEMBER_SECRET, "HS256", headers={"kid": "k1"})


async def views_of(client: httpx.AsyncClient, member: str) -> int:
    response = await client.post("/v1/visitor/export", json={"member": {"id": member}}, headers=BEARER)
    profile = response.json()["member"]
    return len([view for view in profile["views"] if view.get("path", "").startswith("/running")]) if profile else 0


# One history


async def test_views_on_two_devices_are_one_history_once_the_member_is_logged_in_on_both(connect: Connect) -> None:
    async with connect() as client:
        await views(client, 2, PHONE)
        await views(client, 1, LAPTOP)
        assert await rule(client, "hero", PHONE, SATO) is None
        assert await rule(client, "hero", LAPTOP, SATO) == LOOKED
        assert await rule(client, "hero", PHONE, SATO) == LOOKED
        assert await views_of(client, SATO) == 3


async def test_a_login_moves_the_history_once_however_often_it_is_stated(connect: Connect) -> None:
    async with connect() as client:
        await views(client, 2, PHONE)
        for _ in range(5):
            await rule(client, "hero", PHONE, SATO)
        assert await views_of(client, SATO) == 2


async def test_events_before_and_after_a_login_are_one_history(connect: Connect) -> None:
    async with connect() as client:
        await told(client, 1, PHONE)
        await told(client, 1, PHONE, SATO)
        await told(client, 1, LAPTOP, SATO)
        assert await rule(client, "hero", LAPTOP, SATO) == LOOKED
        assert await rule(client, "hero", PHONE) is None


async def test_a_member_is_known_on_a_device_without_a_history(connect: Connect) -> None:
    async with connect() as client:
        await views(client, 3, PHONE, SATO)
        assert await rule(client, "hero", LAPTOP, SATO) == LOOKED


async def test_includes_know_the_member_by_the_signed_cookie(connect: Connect) -> None:
    async with connect() as client:
        for page in ("/running/a", "/running/b"):
            await include(client, "store_info", PHONE, page=page)
        await include(client, "store_info", LAPTOP, page="/running/c")
        assert await include(client, "hero", PHONE, SATO) == ""
        assert await include(client, "hero", LAPTOP, SATO) == "<p>続きから</p>"
        assert await include(client, "hero", PHONE, SATO) == "<p>続きから</p>"
        assert await include(client, "hero", PHONE, SUZUKI) == ""
        assert await include(client, "hero", PHONE) == ""


async def test_the_cookie_and_the_cms_name_the_same_member(connect: Connect) -> None:
    async with connect() as client:
        await views(client, 3, PHONE, SATO)
        assert await include(client, "hero", LAPTOP, SATO) == "<p>続きから</p>"


async def test_what_was_claimed_before_the_login_counts_after_it(connect: Connect) -> None:
    async with connect() as client:
        assert [await rule(client, "notice", device) for device in (PHONE, LAPTOP)] == [CAPPED, CAPPED]
        assert await rule(client, "notice", PHONE, SATO) == CAPPED  # the second time for the member
        assert await rule(client, "notice", LAPTOP, SATO) == NEXT
        assert await rule(client, "notice", PHONE, SATO) == NEXT


async def test_a_cap_that_was_reached_before_the_login_stays_reached(connect: Connect) -> None:
    async with connect() as client:
        assert [await rule(client, "notice", PHONE) for _ in range(3)] == [CAPPED, CAPPED, NEXT]
        assert await rule(client, "notice", PHONE, SATO) == NEXT
        assert await rule(client, "notice", LAPTOP, SATO) == NEXT


async def test_a_member_without_an_id_keeps_the_history_of_the_device(connect: Connect) -> None:
    async with connect() as client:
        await views(client, 3, PHONE)
        assert await rule(client, "hero", PHONE, rank="ゴールド") == LOOKED
        assert await rule(client, "greeting", PHONE, rank="ゴールド") == "ゴールド会員"
        assert await rule(client, "hero", PHONE) == LOOKED


# Nobody else's


async def test_a_second_member_on_the_same_device_has_nothing_of_the_first(connect: Connect) -> None:
    async with connect() as client:
        await views(client, 2, PHONE)
        await views(client, 3, PHONE, SATO)
        assert await rule(client, "hero", PHONE, SUZUKI) is None
        assert await views_of(client, SUZUKI) == 0
        assert await rule(client, "hero", PHONE, SATO) == LOOKED


async def test_a_second_member_has_nothing_of_what_was_done_after_the_first_one_logged_out(connect: Connect) -> None:
    async with connect() as client:
        await views(client, 1, PHONE, SATO)
        await views(client, 3, PHONE)
        assert await rule(client, "hero", PHONE, SUZUKI) is None
        assert await views_of(client, SUZUKI) == 0


async def test_the_first_member_has_nothing_of_the_second(connect: Connect) -> None:
    async with connect() as client:
        await views(client, 1, PHONE, SATO)
        await views(client, 3, PHONE, SUZUKI)
        assert await rule(client, "hero", PHONE, SATO) is None
        assert await views_of(client, SATO) == 1


async def test_whoever_logs_out_is_a_new_visitor_on_every_device(connect: Connect) -> None:
    async with connect() as client:
        await views(client, 3, PHONE)
        assert await rule(client, "hero", PHONE) == LOOKED
        assert await rule(client, "hero", PHONE, SATO) == LOOKED
        assert await rule(client, "hero", LAPTOP, SATO) == LOOKED
        assert await rule(client, "hero", PHONE) is None
        assert await rule(client, "hero", LAPTOP) is None


async def test_what_a_member_was_shown_is_not_counted_for_the_next_one(connect: Connect) -> None:
    async with connect() as client:
        assert [await rule(client, "notice", PHONE, SATO) for _ in range(3)] == [CAPPED, CAPPED, NEXT]
        assert await rule(client, "notice", PHONE, SUZUKI) == CAPPED


async def test_nothing_that_is_stored_holds_a_members_id(connect: Connect, place: Place) -> None:
    async with connect() as client:
        await views(client, 3, PHONE)
        await views(client, 3, PHONE, SATO)
        await told(client, 3, LAPTOP, SUZUKI)
        await include(client, "notice", LAPTOP, SATO)
        assert stored_texts(place, "member-s") == []
        assert stored_texts(place, "/running/0") != []  # where it is looked for, things are found
    assert stored_texts(place, "member-s") == []


def stored_texts(place: Place, wanted: str) -> list[bytes]:
    """Return what of all that is stored holds a text."""
    return [text for text in place.texts() if wanted.encode() in text]


@pytest.mark.parametrize("deadline", [2.0])
async def test_a_login_and_what_is_read_after_it_share_the_deadline_of_one_request(
    connect: Connect, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, patience = service.persons.store, list[float | None]()
    move, fetch = store.move, store.fetch

    async def slow_move(*given: Any) -> None:
        await asyncio.sleep(0.5)
        await move(*given)

    async def noting_fetch(keys: Collection[str], seconds: float | None = None) -> Reader:
        patience.append(seconds)
        return await fetch(keys, seconds)

    async with connect() as client:
        await views(client, 3, PHONE)
        monkeypatch.setattr(store, "move", slow_move)
        monkeypatch.setattr(store, "fetch", noting_fetch)
        assert await rule(client, "hero", PHONE, SATO) == LOOKED
    assert patience[-1] is not None
    assert patience[-1] <= 1.5
