"""GET|HEAD /v1/block/{block}: what an include gets, and what it never gets."""

from __future__ import annotations

import time
from urllib.parse import quote, unquote

import pytest
from tests.conftest import KEY, Connect
from tests.places import Place

from omotenashi.service import Service

pytestmark = pytest.mark.anyio
YAHOO = "https://search.yahoo.co.jp/search?p=" + quote("マラソン シューズ")
VISITOR = "visitor-0123456789"
CONSENTING = {"Cookie": f"omo_consent=personalization; omo_vid={VISITOR}"}
PROXY = "127.0.0.1"


async def views(service: Service) -> int:
    profile = (await service.persons.store.fetch([VISITOR])).read(VISITOR, int(time.time()))
    return len(profile.views) if profile else 0


async def test_the_referer_of_the_page_request_decides(connect: Connect) -> None:
    async with connect() as client:
        response = await client.get("/v1/block/hero", headers={"Referer": YAHOO})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.text == '<p class="hero">マラソン特集</p>\n'
    assert "etag" not in response.headers


async def test_the_parameters_win_over_the_headers(connect: Connect) -> None:
    async with connect() as client:
        response = await client.get(
            "/v1/block/hero", params={"page": "/", "ref": YAHOO}, headers={"Referer": "https://news.example/"}
        )
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("charset", "name", "codec"),
    [("shift_jis", "Shift_JIS", "cp932"), ("EUC-JP", "EUC-JP", "euc_jp"), ("utf-8", "utf-8", "utf-8")],
)
async def test_the_caller_may_ask_for_its_own_charset(connect: Connect, charset: str, name: str, codec: str) -> None:
    async with connect() as client:
        response = await client.get("/v1/block/hero", params={"ref": YAHOO, "charset": charset})
    assert response.headers["content-type"] == f"text/html; charset={name}"
    assert response.content.decode(codec) == '<p class="hero">マラソン特集</p>\n'


async def test_a_hidden_block_is_a_comment_so_that_no_stub_fires(connect: Connect) -> None:
    async with connect() as client:
        response = await client.get("/v1/block/notice")
    assert (response.status_code, response.text) == (200, "<!-- omo:hidden -->")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/block/nowhere",
        "/v1/block/",
        "/v1/block/hero/more",
        "/v1/block/%F0%28",
        "/v1/block/store_info?charset=klingon",
        "/v1/block/store_info?" + "a=b&" * 60,
        "/v1/block/hero",
    ],
)
async def test_what_cannot_be_shown_is_an_empty_204(connect: Connect, path: str) -> None:
    async with connect() as client:
        response = await client.get(path)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["x-omo-reason"] in ("DEFAULT", "ERROR")


async def test_a_wrong_key_is_an_empty_204(connect: Connect) -> None:
    async with connect() as client:
        response = await client.get("/v1/block/store_info", headers={"Authorization": "Bearer wrong"})
    assert (response.status_code, response.content) == (204, b"")


async def test_a_fault_inside_is_an_empty_204_and_counted(
    connect: Connect, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    async with connect() as client:
        monkeypatch.setattr("omotenashi.service.gather.visitor", broken)
        response = await client.get("/v1/block/store_info")
    assert (response.status_code, response.content) == (204, b"")
    assert service.counters["fault:decide"] == 1


async def test_head_has_the_headers_and_no_body_and_counts_nothing(connect: Connect, service: Service) -> None:
    async with connect() as client:
        response = await client.head("/v1/block/store_info", headers=CONSENTING)
        assert await views(service) == 0
    assert (response.status_code, response.content) == (200, b"")


async def test_another_method_has_no_body_either(connect: Connect) -> None:
    async with connect() as client:
        response = await client.post("/v1/block/store_info", content=b"x=1")
    assert (response.status_code, response.content) == (405, b"")


async def test_the_rule_is_told_to_the_key_and_to_trusted_peers_only(connect: Connect) -> None:
    async with connect(PROXY, (f"{PROXY}/32",)) as client:
        trusted = await client.get("/v1/block/hero", headers={"Referer": YAHOO})
    async with connect() as client:
        stranger = await client.get("/v1/block/hero", headers={"Referer": YAHOO})
        with_key = await client.get("/v1/block/hero", headers={"Referer": YAHOO, "Authorization": f"Bearer {KEY}"})
    assert unquote(trusted.headers["x-omo-rule"]) == unquote(with_key.headers["x-omo-rule"]) == "ランニングで検索した人"
    assert "x-omo-rule" not in stranger.headers
    assert stranger.headers["x-omo-reason"] == "TARGETING_MATCH"


async def test_sibling_includes_of_one_page_are_one_view(connect: Connect, service: Service) -> None:
    async with connect(PROXY, (f"{PROXY}/32",)) as client:
        for block in ("hero", "store_info", "greeting"):
            headers = {**CONSENTING, "X-Omo-Request": "r1", "X-Omo-Page-Uri": "/running/a"}
            await client.get(f"/v1/block/{block}", headers=headers)
        assert await views(service) == 1


async def test_a_page_does_not_see_its_own_view_through_a_sibling(connect: Connect) -> None:
    """The third page of /running: its second include must decide as its first did."""
    heroes = []
    async with connect(PROXY, (f"{PROXY}/32",)) as client:
        for number in range(4):
            headers = {**CONSENTING, "X-Omo-Request": f"r{number}", "X-Omo-Page-Uri": f"/running/{number}"}
            await client.get("/v1/block/store_info", headers=headers)
            heroes.append((await client.get("/v1/block/hero", headers=headers)).status_code)
    assert heroes == [204, 204, 204, 200]


async def test_a_stranger_cannot_name_a_visitor_a_page_or_a_request(connect: Connect, place: Place) -> None:
    forged = {"X-Omo-Visitor": VISITOR, "X-Omo-Page-Uri": "/running/a", "X-Omo-Consent": "personalization"}
    async with connect() as client:
        for _ in range(4):
            response = await client.get("/v1/block/hero", headers=forged)
            assert response.status_code == 204
    assert place.rows() == []


async def test_include_directives_of_visitors_are_neutralised(connect: Connect) -> None:
    async with connect() as client:
        body = {
            "blocks": ["greeting"],
            "member": {"id": "1", "rank": "ゴールド", "last_name": "<!--# include --><esi:x/><?"},
        }
        response = await client.post("/v1/decide", json=body, headers={"Authorization": f"Bearer {KEY}"})
    html = response.json()["blocks"]["greeting"]["html"]
    assert html == "<p>&lt;!--# include --&gt;&lt;esi:x/&gt;&lt;?様</p>"
