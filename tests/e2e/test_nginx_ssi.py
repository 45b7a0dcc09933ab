"""examples/nginx-ssi as it stands, with a real nginx in front of a real service."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import httpx
import pytest
from tests.conftest import SITE
from tests.e2e.conftest import ROOT, Start, answers, free_port, installed, wait_until
from tests.forged import HEADERS

from omotenashi.profiles.database import Database
from omotenashi.profiles.keep import Keep

pytestmark = pytest.mark.e2e
NGINX = installed("nginx", "nginx-light")
YAHOO = "https://search.yahoo.co.jp/search?p=" + quote("マラソン シューズ")
STUB = "走るのが、もっと好きになる。"
HERO = "マラソン特集"
PROXIES = ("--trusted-proxies", "127.0.0.1/32", "--deadline", "1000")


class Site:
    def __init__(self, url: str, service: int) -> None:
        self.url = url
        self.service = service

    def page(self, path: str = "/", **headers: str) -> httpx.Response:
        return httpx.get(self.url + path, headers=headers)


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Site]:
    """The example's configuration on free ports."""
    folder = tmp_path / "nginx-ssi"
    shutil.copytree(ROOT / "examples" / "nginx-ssi", folder, ignore=shutil.ignore_patterns("tmp"))
    (folder / "tmp").mkdir()
    front, cms, service = free_port(), free_port(), free_port()
    text = (folder / "nginx.conf").read_text()
    for port, mine in (("8080", front), ("8081", cms), ("8700", service)):
        text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{mine}")
    (folder / "nginx.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""  # only root may read what pytest makes
    command = [NGINX, "-p", f"{folder}/", "-c", "nginx.conf", "-e", "tmp/error.log", "-g", f"daemon off; {user}"]
    process = subprocess.Popen(command, cwd=folder)
    url = f"http://127.0.0.1:{front}"
    wait_until(lambda: process.poll() is not None or answers(url), "a start of nginx")
    yield Site(url, service)
    process.send_signal(signal.SIGTERM)
    process.wait(10)


def test_the_page_shows_the_block_for_the_referer(nginx: Site, start: Start) -> None:
    start(SITE, *PROXIES, port=nginx.service)
    searched, direct = nginx.page(Referer=YAHOO), nginx.page()
    assert HERO in searched.text
    assert STUB not in searched.text
    assert STUB in direct.text
    assert "店舗一覧</p>" in direct.text


def test_an_unknown_block_shows_the_stub_and_no_error(nginx: Site, start: Start) -> None:
    start(SITE, *PROXIES, port=nginx.service)
    assert "読者の声" in nginx.page().text
    assert_no_error(nginx.page().text)


def test_the_page_shows_the_block_for_the_cookie(nginx: Site, start: Start) -> None:
    start(SITE, *PROXIES, port=nginx.service)
    cookie = "omo_consent=personalization; omo_vid=visitor-0123456789"
    for _ in range(3):
        nginx.page("/running/", Cookie=cookie)
    assert "続きから" in nginx.page(Cookie=cookie).text
    assert "続きから" not in nginx.page(Cookie="omo_consent=personalization; omo_vid=visitor-9876543210").text


def test_the_visitor_cookie_is_set_with_consent_only(nginx: Site, start: Start, tmp_path: Path) -> None:
    start(SITE, *PROXIES, port=nginx.service)
    without = nginx.page(Referer=YAHOO)
    assert "set-cookie" not in without.headers
    assert profiles(tmp_path) == 0
    consenting = nginx.page(Cookie="omo_consent=personalization")
    cookie = re.match(r"omo_vid=([0-9a-f]{32}); .*HttpOnly; SameSite=Lax", consenting.headers["set-cookie"])
    assert cookie
    assert profiles(tmp_path) == 1
    assert is_stored(tmp_path, cookie[1])
    known = nginx.page(Cookie=f"omo_consent=personalization; omo_vid={cookie[1]}")
    assert "set-cookie" not in known.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "omo_consent=no-personalization"},
        {"Cookie": "omo_consent=denied,personalization"},
        {"Cookie": "omo_consent=personalization", "Sec-GPC": "1"},
    ],
)
def test_what_is_no_consent_sets_no_cookie(nginx: Site, start: Start, headers: dict[str, str], tmp_path: Path) -> None:
    start(SITE, *PROXIES, port=nginx.service)
    assert "set-cookie" not in nginx.page(**headers).headers
    assert profiles(tmp_path) == 0


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"Sec-Purpose": "prefetch;prerender"}),
        ("GET", {"Purpose": "prefetch"}),
        ("HEAD", {}),
    ],
)
def test_a_page_that_is_fetched_ahead_is_answered_and_not_counted(
    nginx: Site, start: Start, method: str, headers: dict[str, str], tmp_path: Path
) -> None:
    start(SITE, *PROXIES, port=nginx.service)
    sent = {"Cookie": "omo_consent=personalization", "Referer": YAHOO, **headers}
    page = httpx.request(method, nginx.url, headers=sent)
    assert page.status_code == 200
    assert (HERO in page.text) is (method == "GET")
    assert "set-cookie" not in page.headers
    known = {**sent, "Cookie": "omo_consent=personalization; omo_vid=visitor-0123456789"}
    assert httpx.request(method, nginx.url, headers=known).status_code == 200
    assert profiles(tmp_path) == 0


def profiles(folder: Path) -> int:
    with sqlite3.connect(folder / "data" / "visitors.sqlite") as connection:
        return int(connection.execute("SELECT count(*) FROM profile").fetchone()[0])


def is_stored(folder: Path, identifier: str) -> bool:
    with closing(Database(folder / "data" / "visitors.sqlite", Keep(), wait=1)) as database:
        return database.read(identifier, int(time.time())) is not None


def test_a_dead_service_leaves_the_stub_and_no_error(nginx: Site, start: Start) -> None:
    server = start(SITE, *PROXIES, port=nginx.service)
    assert HERO in nginx.page(Referer=YAHOO).text
    server.process.kill()
    server.process.wait()
    page = nginx.page(Referer=YAHOO)
    assert page.status_code == 200
    assert STUB in page.text
    assert_no_error(page.text)


def test_a_service_that_hangs_leaves_the_stub_in_time(nginx: Site, start: Start) -> None:
    server = start(SITE, *PROXIES, port=nginx.service)
    os.kill(server.process.pid, signal.SIGSTOP)
    page = nginx.page(Referer=YAHOO)
    os.kill(server.process.pid, signal.SIGCONT)
    assert STUB in page.text
    assert_no_error(page.text)


def assert_no_error(html: str) -> None:
    lowered = html.lower()
    for word in ("error", "bad request", "gateway", "not found", "<html>\r\n", "nginx", "problem"):
        assert word not in lowered


def test_two_visitors_behind_one_cache_never_see_each_other(nginx: Site, start: Start) -> None:
    start(SITE, *PROXIES, port=nginx.service)
    with ThreadPoolExecutor(8) as pool:
        searched = [pool.submit(nginx.page, Referer=YAHOO) for _ in range(200)]
        direct = [pool.submit(nginx.page) for _ in range(200)]
        searched_pages = [one.result() for one in searched]
        direct_pages = [one.result() for one in direct]
    assert all(HERO in page.text and STUB not in page.text for page in searched_pages)
    assert all(HERO not in page.text and STUB in page.text for page in direct_pages)
    pages = searched_pages + direct_pages
    assert {page.headers["cache-control"] for page in pages} == {"private, no-cache"}
    assert any(page.headers["x-cache"] == "HIT" for page in pages)


@pytest.mark.parametrize(
    "forged",
    [
        {"X-Omo-Visitor": "visitor-0123456789", "X-Omo-Consent": "personalization"},
        {"X-Omo-Page-Uri": "/running/x"},
        {"X-Omo-Request": "r1"},
        {"X-Omo-Segment": "gold"},
        {"X-Omo-Member": '{"rank": "gold"}'},
        {"X-Forwarded-For": "203.0.113.7"},
        {"Forwarded": "for=203.0.113.7"},
        {"Authorization": "Bearer the-key-of-the-tests"},
        {"Authorization": "Bearer wrong"},
    ],
)
def test_forged_headers_have_no_effect(nginx: Site, start: Start, forged: dict[str, str], tmp_path: Path) -> None:
    start(SITE, *PROXIES, port=nginx.service)
    honest, lying = nginx.page(), nginx.page(**forged)
    assert lying.text == honest.text
    assert profiles(tmp_path) == 0


def test_the_service_gets_of_a_clients_headers_those_alone_that_it_may_believe(nginx: Site) -> None:
    sent = {
        "Cookie": "omo_consent=denied; omo_arrival=a.b",
        "User-Agent": "Mozilla/5.0",
        "Accept-Language": "ja",
        "Sec-GPC": "1",
        "Sec-Purpose": "prefetch",
        "Sec-CH-UA-Mobile": "?1",
    }
    forged = dict.fromkeys(("X-Omo-Visitor", "X-Omo-Consent", "X-My-Consent", "CF-IPCountry", "X-Real-IP"), "forged")
    with recorded(nginx.service) as requests:
        nginx.page("/running/", **sent, **forged)
        httpx.post(f"{nginx.url}/omo/decide", json={"blocks": []}, headers={**sent, **forged, "Origin": nginx.url})
    blocks = [headers for path, headers in requests if path.startswith("/v1/block/")]
    [decide] = [headers for path, headers in requests if path == "/v1/decide"]
    assert blocks
    for headers in (*blocks, decide):
        assert {name: headers[name] for name in sent} == sent
        assert headers["X-Forwarded-For"] == "127.0.0.1"
        assert "forged" not in headers.values()
    assert {headers["X-Omo-Page-Uri"] for headers in blocks} == {"/running/"}
    assert decide["Origin"] == nginx.url
    assert not [name for name in decide if name.lower().startswith("x-omo-")]


@contextmanager
def recorded(port: int) -> Iterator[list[tuple[str, Message]]]:
    """Stand in for the service: note path and headers of each request, answer 204."""
    requests: list[tuple[str, Message]] = []

    class Recorder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            requests.append((self.path, self.headers))
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET  # noqa: N815 the name that the base class calls

    with ThreadingHTTPServer(("127.0.0.1", port), Recorder) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield requests
        server.shutdown()


def test_no_forged_header_gets_through_to_what_the_page_shows(nginx: Site, start: Start, tmp_path: Path) -> None:
    start(SITE, *PROXIES, port=nginx.service)
    honest = nginx.page().text
    assert [forged for forged in HEADERS if httpx.get(nginx.url, headers=forged).text != honest] == []
    assert profiles(tmp_path) == 0


def test_the_blocks_are_not_open_to_visitors(nginx: Site, start: Start) -> None:
    start(SITE, *PROXIES, port=nginx.service)
    page = nginx.page("/_omo/block/store_info")
    assert (page.status_code, page.content) == (204, b"")


def test_a_browser_may_call_decide_and_event_on_the_sites_own_origin(nginx: Site, start: Start) -> None:
    start(SITE, *PROXIES, port=nginx.service)
    decided = httpx.post(f"{nginx.url}/omo/decide", json={"blocks": ["store_info"]}, headers={"Origin": nginx.url})
    assert decided.json() == {"blocks": {"store_info": {"html": "<p>店舗一覧</p>"}}}
    event = httpx.post(f"{nginx.url}/omo/event", json={"event": "page_view"}, headers={"Origin": nginx.url})
    assert event.status_code == 204
    assert httpx.get(f"{nginx.url}/omo/segment").status_code == 404
