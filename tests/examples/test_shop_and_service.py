"""The real shop in front of a real service with the rules of the repository: what visitors see of part 2."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from tests.conftest import HASH_KEY, KEY
from tests.examples.browsing import MEMBER_KEY, SATO, SUZUKI

from omotenashi.profiles.sqlite import SqliteStore
from omotenashi.reload import Holder
from omotenashi.service import Service
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.signals.gather import SignalTools
from omotenashi.signals.member_keys import MemberKeys
from omotenashi.web.app import create_app as create_service
from omotenashi.web.guard import Access
from shop import HERE, Settings, create_app

pytestmark = pytest.mark.anyio
SHOES = ("/running/asagake", "/running/fuwari", "/running/hayate")
YAHOO = "https://search.yahoo.co.jp/search?p=%E3%83%9E%E3%83%A9%E3%82%BD%E3%83%B3"
VIEWS = re.compile(r"<dt>見たページと商品</dt><dd>(\d+)</dd>")


class Browser:
    """Somebody's browser at the shop."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def see(self, path: str, referrer: str = "") -> str:
        page = await self.client.get(path, headers={"referer": referrer} if referrer else {})
        assert page.status_code == 200, page.text
        assert "サービスから答えがない" not in page.text
        return page.text

    async def rule(self, block: str, path: str = "/", referrer: str = "") -> str:
        found = re.search(rf'data-block="{block}" data-rule="([^"]*)"', await self.see(path, referrer))
        assert found
        return found[1]

    async def says(self, consent: str) -> None:
        await self.send("/consent", consent=consent, back="/")

    async def logs_in(self, member: str) -> None:
        await self.send("/member/login", member=member)

    async def does(self, what: str) -> None:
        await self.send("/somebody", do=what, back="/")

    async def send(self, form: str, **fields: str) -> None:
        answer = await self.client.post(form, data=fields, headers={"origin": "http://127.0.0.1:8701"})
        assert answer.status_code == 303, answer.text

    async def looks_at(self, *paths: str) -> None:
        for path in paths:
            await self.see(path)

    async def remembered(self) -> int:
        """How many views the page of the member says are remembered."""
        page = await self.see("/member/")
        if "いまは、わかりません" in page:
            pytest.skip("this service has no /v1/visitor/export")
        found = VIEWS.search(page)
        return int(found[1]) if found else 0


Open = Callable[[], Awaitable[Browser]]


@pytest.fixture
def service(tmp_path: Path) -> Service:
    holder = Holder(HERE.parents[1] / "rules")
    holder.load_first()
    tools = SignalTools(member_keys=MemberKeys.parse(MEMBER_KEY))
    return Service(holder, SqliteStore(tmp_path / "visitors.sqlite"), tools, HASH_KEY, deadline=5)


@pytest.fixture
async def opened(service: Service) -> AsyncIterator[Open]:
    """Open one more browser at the one shop."""
    service.start()
    behind = httpx.ASGITransport(create_service(service, Access(KEY.encode(), TrustedNetworks.parse(()))))
    shop = create_app(Settings(omo_key=KEY, member_key=MEMBER_KEY, patience=5), behind)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(shop.router.lifespan_context(shop))

        async def open_one() -> Browser:
            return Browser(await stack.enter_async_context(_client(shop)))

        yield open_one
    await service.close()


def _client(shop: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(shop), base_url="http://127.0.0.1:8701", headers={"user-agent": "Mozilla/5.0"}
    )


async def test_two_browsers_of_one_member_have_one_history(opened: Open) -> None:
    first, second = await opened(), await opened()
    for browser in (first, second):
        await browser.says("yes")
    await first.logs_in(SATO.id)
    await first.looks_at(*SHOES)
    assert await second.rule("hero") != "ランニングの靴を検討中の人"
    await second.logs_in(SATO.id)
    assert await second.rule("hero") == "ランニングの靴を検討中の人"


async def test_what_a_guest_looked_at_on_two_devices_is_one_history_after_logging_in_on_both(opened: Open) -> None:
    first, second = await opened(), await opened()
    for browser, shoes in ((first, SHOES[:1]), (second, SHOES[1:])):
        await browser.says("yes")
        await browser.looks_at("/", *shoes)
        assert await browser.rule("hero") == "もとのまま"
    await first.logs_in(SATO.id)
    await second.logs_in(SATO.id)
    await second.see("/cart/")
    assert await first.rule("hero") == "ランニングの靴を検討中の人"
    assert await first.remembered() == await second.remembered() - 1


async def test_a_second_member_on_the_same_device_sees_nothing_of_the_first(opened: Open) -> None:
    browser = await opened()
    await browser.says("yes")
    await browser.logs_in(SATO.id)
    await browser.looks_at(*SHOES)
    await browser.send("/member/logout")
    await browser.logs_in(SUZUKI.id)
    assert await browser.rule("hero") == "もとのまま"


async def test_who_logs_out_is_a_stranger(opened: Open) -> None:
    browser = await opened()
    await browser.says("yes")
    await browser.looks_at(*SHOES)
    await browser.logs_in(SATO.id)
    assert await browser.rule("hero") == "ランニングの靴を検討中の人"
    await browser.send("/member/logout")
    assert await browser.rule("hero") == "もとのまま"
    assert await browser.remembered() <= 2


async def test_a_no_erases_the_history_and_the_page_shows_it(opened: Open) -> None:
    browser = await opened()
    await browser.says("yes")
    await browser.looks_at(*SHOES)
    assert await browser.rule("hero") == "ランニングの靴を検討中の人"
    visitor_id = browser.client.cookies["omo_vid"]
    before = await browser.remembered()
    await browser.says("no")
    assert await browser.remembered() == 0
    assert "何も覚えていません" in await browser.see("/member/")
    assert "omo_vid" not in browser.client.cookies
    assert before == 8
    await browser.says("yes")
    browser.client.cookies.set("omo_vid", visitor_id, domain="127.0.0.1", path="/")
    assert await browser.rule("hero") == "もとのまま"


async def test_before_any_answer_nothing_is_remembered_and_nothing_erased(opened: Open) -> None:
    browser = await opened()
    await browser.says("yes")
    await browser.looks_at(*SHOES)
    del browser.client.cookies["omo_consent"]
    assert await browser.rule("hero") == "もとのまま"
    await browser.says("yes")
    assert await browser.rule("hero") == "ランニングの靴を検討中の人"


async def test_a_cart_left_for_an_hour_is_spoken_of(opened: Open) -> None:
    browser = await opened()
    await browser.says("yes")
    await browser.see("/")
    await browser.does("put_shoe_into_cart_an_hour_ago")
    assert "<td>notice/cart.html</td>" in await browser.see("/")


async def test_a_cart_that_was_bought_is_not_spoken_of(opened: Open) -> None:
    browser = await opened()
    await browser.says("yes")
    await browser.see("/")
    await browser.does("put_shoe_into_cart_an_hour_ago")
    await browser.send("/cart/buy")
    assert "<td>notice/cart.html</td>" not in await browser.see("/")


async def test_the_page_why_knows_the_member_and_the_page(opened: Open) -> None:
    browser = await opened()
    await browser.says("yes")
    await browser.logs_in(SATO.id)
    await browser.see("/")
    page = await _why(browser)
    assert 'href="/"' in page
    assert "会員" in page


async def test_stop_on_the_page_why_works_in_the_shop_too(opened: Open) -> None:
    browser = await opened()
    await browser.says("yes")
    await browser.looks_at(*SHOES)
    await browser.send("/omo/why", action="stop", page="/", token=_token(await _why(browser)))
    assert browser.client.cookies["omo_consent"] == "denied"
    assert "omo_vid" not in browser.client.cookies
    assert await browser.rule("hero") == "もとのまま"
    assert await browser.remembered() == 0


async def test_starting_over_erases_the_members_history_too(opened: Open) -> None:
    browser = await opened()
    await browser.says("yes")
    await browser.logs_in(SATO.id)
    await browser.looks_at(*SHOES)
    assert await browser.remembered() == 7
    await browser.does("start_over")
    await browser.says("yes")
    await browser.logs_in(SATO.id)
    assert await browser.remembered() == 1


async def test_page_two_knows_the_search_words_while_nothing_can_be_stored(
    opened: Open, service: Service, tmp_path: Path
) -> None:
    browser, within = await opened(), "http://127.0.0.1:8701/"
    service._deadline = 0.1
    await browser.says("yes")
    with closing(sqlite3.connect(tmp_path / "visitors.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await browser.rule("hero", referrer=YAHOO) == "ランニングで検索した人"
        assert await browser.rule("hero", referrer=within) == "ランニングで検索した人"
        assert "omo_arrival" in browser.client.cookies
    assert await browser.rule("hero", referrer=within) == "ランニングで検索した人"
    assert "omo_arrival" not in browser.client.cookies
    assert await browser.rule("hero", referrer=within) == "ランニングで検索した人"


async def test_a_no_takes_the_cookie_of_the_visit_away(opened: Open, service: Service, tmp_path: Path) -> None:
    browser = await opened()
    service._deadline = 0.1
    await browser.says("yes")
    with closing(sqlite3.connect(tmp_path / "visitors.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await browser.see("/", YAHOO)
        assert "omo_arrival" in browser.client.cookies
    await browser.says("no")
    await browser.see("/")
    assert "omo_arrival" not in browser.client.cookies


async def _why(browser: Browser) -> str:
    answer = await browser.client.get("/omo/why?page=/", headers={"accept-language": "ja"})
    if answer.status_code == 404:
        pytest.skip("this service has no /omo/why")
    assert answer.status_code == 200
    return answer.text


def _token(page: str) -> str:
    found = re.search(r'name="token" value="([^"]*)"', page)
    assert found
    return found[1]
