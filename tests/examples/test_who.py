from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.examples.browsing import MEMBER_KEY, NO, SATO, SUZUKI, YES, FakeService, browser, put

import carts
import consent
import members
from members import MEMBERS, Sessions
from omotenashi.signals.member import from_token
from omotenashi.signals.member_keys import MemberKeys
from omotenashi.site import load
from shop import HERE
from somebody import Somebody

pytestmark = pytest.mark.anyio


async def test_a_new_visitor_id_becomes_a_cookie_that_scripts_cannot_read() -> None:
    async with browser(FakeService(visitor={"id": "v" * 22, "new": True})) as client:
        page = await client.get("/")
    [cookie] = page.headers.get_list("set-cookie")
    assert cookie.startswith(f"omo_vid={'v' * 22};")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_the_visitor_id_is_told_and_not_set_again() -> None:
    service = FakeService(visitor={"id": "v" * 22, "new": False})
    async with browser(service, cookies=YES) as client:
        put(client, "omo_vid", "v" * 22)
        page = await client.get("/")
    assert service.questions[0]["visitor"] == {"consent": ["personalization", "measurement"], "id": "v" * 22}
    assert "set-cookie" not in page.headers


async def test_the_visitor_id_goes_after_a_no_that_the_service_has_heard() -> None:
    service = FakeService(visitor={"id": None})
    async with browser(service, cookies=NO) as client:
        put(client, "omo_vid", "v" * 22)
        await client.get("/")
        assert "omo_vid" not in client.cookies
    assert service.questions[0]["visitor"] == {"consent": [], "id": "v" * 22}


@pytest.mark.parametrize("said", ["", "nonsense", "personalization,everything"])
async def test_where_nothing_can_be_read_nothing_is_stated_and_the_visitor_id_stays(said: str) -> None:
    service = FakeService(visitor={"id": None})
    async with browser(service, cookies={consent.COOKIE: said, "omo_vid": "v" * 22}) as client:
        await client.get("/")
        assert client.cookies["omo_vid"] == "v" * 22
    assert service.questions[0]["visitor"] == {"id": "v" * 22}


async def test_the_visitor_id_stays_after_a_no_while_the_service_is_away(closed_port: str) -> None:
    async with browser(None, cookies=NO, omo_url=closed_port) as client:
        put(client, "omo_vid", "v" * 22)
        await client.get("/")
        assert client.cookies["omo_vid"] == "v" * 22


async def test_the_visitor_id_stays_when_the_service_is_away(closed_port: str) -> None:
    async with browser(None, omo_url=closed_port) as client:
        put(client, "omo_vid", "v" * 22)
        await client.get("/")
        assert client.cookies["omo_vid"] == "v" * 22


async def test_a_guest_is_told_as_nobody() -> None:
    service = FakeService()
    async with browser(service) as client:
        await client.get("/running/", headers={"referer": "https://example.com/", "accept-language": "ja"})
    [question] = service.questions
    assert question["visitor"] == {}
    assert "member" not in question
    assert question["page"] == {
        "url": "http://shop.test/running/",
        "referrer": "https://example.com/",
        "tags": ["running"],
    }
    assert question["client"]["accept_language"] == "ja"
    assert "prefecture" not in question["client"]
    assert question["events"] == [{"event": "page_view"}]


async def test_a_member_logs_in_and_is_told_as_site_yaml_declares() -> None:
    service = FakeService()
    async with browser(service) as client:
        page = await client.post("/member/login", data={"member": SATO.id}, follow_redirects=True)
    assert "佐藤様のページ" in page.text
    assert service.questions[-1]["member"] == {"id": SATO.id, "rank": "ゴールド", "last_name": "佐藤", "points": 1200}


async def test_a_member_of_this_month_has_a_birthday_in_it() -> None:
    stated = MEMBERS["m-1003"].stated()
    assert stated["birthday"] == f"1990-{datetime.now(ZoneInfo('Asia/Tokyo')):%m}-15"


async def test_logging_out_makes_a_guest() -> None:
    service = FakeService()
    async with browser(service) as client:
        await client.post("/member/login", data={"member": SATO.id})
        await client.post("/member/logout")
        await client.get("/")
        assert members.COOKIE not in client.cookies
    assert "member" not in service.questions[-1]


async def test_nobody_else_can_log_in() -> None:
    async with browser(FakeService()) as client:
        answer = await client.post("/member/login", data={"member": "m-9999"})
    assert answer.status_code == 404


async def test_the_member_cookie_is_a_token_that_the_service_takes() -> None:
    async with browser(FakeService()) as client:
        answer = await client.post("/member/login", data={"member": SUZUKI.id})
        token = client.cookies[members.COOKIE]
    site = load(HERE.parents[1] / "rules").site
    assert site is not None
    member = from_token(token, MemberKeys.parse(MEMBER_KEY), site.facts, time.time(), in_cookie=True)
    assert member.id == SUZUKI.id
    assert member.attributes["interests"] == ("トレイル",)
    assert "HttpOnly" in answer.headers.get_list("set-cookie")[-1]


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", Sessions("demo:" + "x" * 32).cookie_of(SATO)])
async def test_a_forged_member_cookie_is_a_guests(token: str) -> None:
    service = FakeService()
    async with browser(service, cookies={members.COOKIE: token}) as client:
        await client.get("/")
    assert "member" not in service.questions[0]


async def test_consent_is_asked_for_once_given_and_taken_back() -> None:
    async with browser(FakeService()) as client:
        asked = await client.get("/")
        assert "使ってもよいですか" in asked.text
        await client.post("/consent", data={"consent": "yes"})
        assert consent.from_cookie(client.cookies[consent.COOKIE]) == ["personalization", "measurement"]
        assert "使ってもよいですか" not in (await client.get("/")).text
        await client.post("/consent", data={"consent": "no"})
        assert consent.from_cookie(client.cookies[consent.COOKIE]) == []
        assert "使ってもよいですか" not in (await client.get("/")).text


@pytest.mark.parametrize(
    ("cookie", "allowed"),
    [
        (None, None),
        ("", None),
        ("denied", []),
        ("none", []),
        ("personalization,measurement", ["personalization", "measurement"]),
        ("personalization%2Cmeasurement", ["personalization", "measurement"]),
        ('"Personalization, measurement"', ["personalization", "measurement"]),
        ("measurement", ["measurement"]),
        ("yes", None),
        ("denied,measurement", None),
    ],
)
def test_the_consent_cookie_is_read_as_the_service_reads_it(cookie: str | None, allowed: list[str] | None) -> None:
    assert consent.from_cookie(cookie) == allowed


async def test_a_wish_not_to_be_tracked_and_a_prefetch_are_handed_on() -> None:
    service = FakeService()
    async with browser(service) as client:
        await client.get("/", headers={"sec-gpc": "1", "sec-purpose": "prefetch", "x-omo-visitor": "v" * 22})
    assert service.headers[0]["sec-gpc"] == "1"
    assert service.headers[0]["sec-purpose"] == "prefetch"
    assert "x-omo-visitor" not in service.headers[0]


async def test_how_the_visit_began_is_kept_in_a_cookie_and_handed_on_alone_of_all_cookies() -> None:
    service = FakeService(visitor={"id": "v" * 22, "arrival": "AbC-_.x"})
    async with browser(service, cookies=YES | {"omo_vid": "v" * 22}) as client:
        page = await client.get("/")
        await client.get("/running/")
    [cookie] = page.headers.get_list("set-cookie")
    assert cookie == "omo_arrival=AbC-_.x; HttpOnly; Max-Age=1800; Path=/; SameSite=lax"
    assert "cookie" not in service.headers[0]
    assert service.headers[1]["cookie"] == "omo_arrival=AbC-_.x"


@pytest.mark.parametrize("text", ["", "a b", '"a\\015\\012X-Omo-Visitor: v"', "x" * 1025])
async def test_what_cannot_be_such_a_cookie_is_not_handed_on(text: str) -> None:
    service = FakeService()
    async with browser(service, cookies={"omo_arrival": text}) as client:
        await client.get("/")
    assert "cookie" not in service.headers[0]


async def test_the_cookie_of_the_visit_goes_when_the_service_says_so() -> None:
    service = FakeService(visitor={"id": None, "arrival": ""})
    async with browser(service, cookies={"omo_arrival": "a.b"}) as client:
        await client.get("/")
        assert "omo_arrival" not in client.cookies


async def test_a_guest_sees_what_is_remembered_of_the_browser() -> None:
    service = FakeService(visitor={"id": "v" * 22})
    async with browser(service, cookies=YES | {"omo_vid": "v" * 22}) as client:
        page = await client.get("/member/")
    assert service.rights == [("/v1/visitor/export", {"visitor": {"id": "v" * 22}})]
    assert "<dt>見たページと商品</dt><dd>3</dd>" in page.text


async def test_a_member_sees_what_is_remembered_of_the_member() -> None:
    service = FakeService(visitor={"id": "v" * 22})
    async with browser(service, cookies=YES | {"omo_vid": "v" * 22}) as client:
        await client.post("/member/login", data={"member": SATO.id})
        await client.get("/member/")
    assert service.rights == [("/v1/visitor/export", {"member": {"id": SATO.id}})]


async def test_of_somebody_without_an_id_nothing_is_remembered_and_nobody_is_asked() -> None:
    service = FakeService()
    async with browser(service, cookies=NO) as client:
        page = await client.get("/member/")
    assert service.rights == []
    assert "何も覚えていません" in page.text


async def test_without_consent_the_strip_says_that_nothing_is_stored_and_offers_no_history() -> None:
    async with browser(FakeService()) as client:
        page = await client.get("/")
    assert "何も保存していません" in page.text
    assert "<button disabled>ランニングの靴を3足見る</button>" in page.text


async def test_starting_over_forgets_everything_here_and_at_the_service() -> None:
    service = FakeService()
    cookies = YES | {carts.COOKIE: "tabi", "omo_vid": "v" * 22}
    async with browser(service, Somebody(place="osaka"), cookies=cookies) as client:
        await client.post("/member/login", data={"member": SATO.id})
        await client.post("/somebody", data={"do": "start_over"})
        assert list(client.cookies) == []
    assert service.rights == [
        ("/v1/visitor/erase", {"visitor": {"id": "v" * 22}}),
        ("/v1/visitor/erase", {"member": {"id": SATO.id}}),
    ]
