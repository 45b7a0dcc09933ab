"""The arrival cookie as CMSs hand it on, and includes."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import HASH_KEY, KEY, SITE, Connect
from tests.web.arrival_cookies import (
    BEARER,
    HERO,
    MINE,
    WITHIN,
    YAHOO,
    YES,
    asked,
    away,
    made,
)

from omotenashi.profiles.memory import MemoryStore
from omotenashi.reload import Holder
from omotenashi.service import Service
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.signals.gather import SignalTools
from omotenashi.web.app import create_app
from omotenashi.web.guard import Access

pytestmark = pytest.mark.anyio


async def test_a_cms_is_told_the_cookie_that_it_should_set_and_hands_it_on(connect: Connect, service: Service) -> None:
    body = {"visitor": {"id": MINE, "consent": [YES]}}
    async with connect() as client:
        async with away(service):
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
    async with connect() as client, away(service):
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
    service.persons.store.start()
    transport = httpx.ASGITransport(create_app(service, Access(KEY.encode(), TrustedNetworks.parse(()))))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        cookie = f"omo_consent={YES}; omo_arrival={text}".encode("latin-1")
        body = b'{"blocks": ["hero"], "page": {"url": "/"}}'
        response = await client.post("/v1/decide", content=body, headers={b"cookie": cookie})
    assert (response.status_code, response.json()) == (200, {"blocks": {}})
    assert service.counters["fault:decide"] == 0
