from __future__ import annotations

import httpx
import pytest
from tests.examples.browsing import FakeService, browser

import consent
from shop import Settings, create_app

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/", "/running/asagake", "/search"])
async def test_every_page_links_to_why_it_shows_what_it_shows(path: str) -> None:
    async with browser(FakeService()) as client:
        page = await client.get(path)
    assert f'<a href="/omo/why?page={path}">' in page.text


async def test_the_why_page_is_handed_on_as_the_browser_asked_and_never_with_the_key() -> None:
    service = FakeService()
    headers = {
        "accept-language": "en",
        "origin": "http://shop.test",
        "sec-fetch-site": "same-origin",
        "authorization": "Bearer guessed",
        "x-omo-visitor": "v" * 22,
        "x-forwarded-for": "192.0.2.1",
    }
    async with browser(service, cookies={"omo_vid": "v" * 22}) as client:
        await client.post("/omo/why?page=/", data={"action": "stop"}, headers=headers)
    [request] = service.handed_on
    assert (request.method, str(request.url)) == ("POST", "http://127.0.0.1:8700/omo/why?page=/")
    assert await request.aread() == b"action=stop"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["host"] == "shop.test"
    assert request.headers["cookie"] == f"omo_vid={'v' * 22}"
    assert (request.headers["origin"], request.headers["sec-fetch-site"]) == ("http://shop.test", "same-origin")
    assert request.headers["accept-language"] == "en"
    assert request.headers["x-forwarded-for"] == "127.0.0.1"
    assert "authorization" not in request.headers
    assert "x-omo-visitor" not in request.headers


async def test_what_the_why_page_answers_comes_back_whole() -> None:
    service = FakeService()
    cookies = [("set-cookie", "omo_consent=denied; Path=/"), ("set-cookie", "omo_vid=; Path=/; Max-Age=0")]
    service.response = httpx.Response(303, headers=[("location", "/omo/why"), *cookies])
    async with browser(service) as client:
        answer = await client.post("/omo/why", data={"action": "stop"})
        assert client.cookies[consent.COOKIE] == "denied"
    assert (answer.status_code, answer.headers["location"]) == (303, "/omo/why")
    assert [("set-cookie", value) for value in answer.headers.get_list("set-cookie")] == cookies


async def test_a_cookie_for_one_browser_is_never_sent_for_another() -> None:
    service = FakeService()
    service.response = httpx.Response(303, headers={"location": "/omo/why", "set-cookie": "omo_consent=denied; Path=/"})
    app = create_app(Settings(omo_key="k" * 32), service)
    async with app.router.lifespan_context(app):
        for _ in range(2):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://shop.test") as client:
                await client.get("/omo/why")
    assert ["cookie" in request.headers for request in service.handed_on] == [False, False]


@pytest.mark.parametrize("path", ["/omo/%2e%2e/v1/decide", "/omo/", "/omo//why", "/omo/why%3Fpage", "/omo/%00"])
async def test_nothing_beside_the_pages_for_visitors_is_handed_on(path: str) -> None:
    service = FakeService()
    async with browser(service) as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert service.handed_on == []


async def test_a_why_page_that_is_away_says_so(closed_port: str) -> None:
    async with browser(None, omo_url=closed_port) as client:
        answer = await client.get("/omo/why")
    assert answer.status_code == 502
    assert "try again later" in answer.text
