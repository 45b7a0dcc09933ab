"""The calls of docs/http.md, as they stand there, against a real service."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.conftest import KEY, ROOT, Server, Start, answers, free_port, installed, wait_until

PAGE = (ROOT / "docs" / "http.md").read_text()
YAHOO = "https://search.yahoo.co.jp/search?p=%E3%83%9E%E3%83%A9%E3%82%BD%E3%83%B3"


def snippet(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)\n```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_call_from_python(start: Start) -> None:
    server = start(ROOT / "rules", "--deadline", "1000")
    names: dict[str, Any] = {"KEY": KEY}
    exec(snippet("python").replace("127.0.0.1:8700", f"127.0.0.1:{server.port}"), names)
    visitor = {"id": None, "consent": ["personalization"]}
    page = {"url": "https://kakekkodo.example/", "referrer": YAHOO}
    answer = names["decide"](["hero", "store_info"], visitor, page, {"ip": "192.0.2.1"})
    assert answer["blocks"]["hero"]["rule"] == "ランニングで検索した人"
    assert answer["visitor"]["new"] is True
    browser = {"Cookie": f"omo_vid={answer['visitor']['id']}; omo_arrival=x", "Sec-GPC": "0", "Accept": "text/html"}
    again = names["decide"](["hero"], visitor | {"consent": None}, page, {}, browser)
    assert again["visitor"] == {"id": None, "new": False, "segments": [], "arrival": ""}
    server.process.kill()
    server.process.wait()
    assert names["decide"](["hero"], {}, {}, {})["blocks"] == {}


@pytest.mark.e2e
def test_the_event_by_curl(start: Start, tmp_path: Path) -> None:
    installed("curl", "curl")
    server = start(ROOT / "rules")
    (tmp_path / "omo-data").mkdir(exist_ok=True)
    (tmp_path / "omo-data" / "key").write_text(KEY)
    call = snippet("sh").replace("127.0.0.1:8700", f"127.0.0.1:{server.port}")
    run = subprocess.run(["bash", "-c", call], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("HTTP/1.1 204 ")
    named = {"visitor": {"id": "visitor-0123456789"}}
    stored = httpx.post(f"{server.url}/v1/visitor/export", json=named, headers={"Authorization": f"Bearer {KEY}"})
    assert [order["transaction_id"] for order in stored.json()["visitor"]["orders"]] == ["o-1"]


def php_page(server: Server, given: str) -> str:
    prelude = (
        f"<?php $key = '{KEY}'; $url = '/'; $original = 'the original'; $_SERVER['REMOTE_ADDR'] = '192.0.2.1';"
        f" $_SERVER['HTTP_REFERER'] = '{YAHOO}'; $_SERVER['HTTP_COOKIE'] = 'omo_arrival=x'; {given}\n"
    )
    return prelude + snippet("php").replace("127.0.0.1:8700", f"127.0.0.1:{server.port}")


@pytest.mark.e2e
def test_the_call_from_php(start: Start, tmp_path: Path) -> None:
    php = installed("php", "php-cli")
    server = start(ROOT / "rules", "--deadline", "1000")
    page = tmp_path / "page.php"
    page.write_text(php_page(server, "$consents = []; $_SERVER['HTTP_SEC_GPC'] = '1';"))

    def shown() -> str:
        return subprocess.run([php, str(page)], capture_output=True, text=True, check=True).stdout

    assert "マラソン" in shown()
    server.process.kill()
    server.process.wait()
    assert shown() == "the original"


@pytest.mark.e2e
def test_bytes_of_a_visitor_that_are_no_utf8_do_not_cost_php_its_answer(start: Start, tmp_path: Path) -> None:
    php = installed("php", "php-cli")
    server = start(ROOT / "rules", "--deadline", "1000")
    page = tmp_path / "page.php"
    page.write_text(php_page(server, "$consents = []; $_SERVER['HTTP_USER_AGENT'] = \"Opera\\xff\";"))
    assert "マラソン" in subprocess.run([php, str(page)], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("events", "views"),
    [
        ([], 2),
        ([{"event": "purchase", "value": 100}], 2),
        ([{"event": "page_view"}], 2),
        ([{"event": "page_view"}] * 2, 4),
    ],
)
def test_each_call_is_a_page_view_unless_it_states_its_own(start: Start, events: list[object], views: int) -> None:
    server = start(ROOT / "rules", "--deadline", "1000")
    visitor = {"id": "visitor-0123456789", "consent": ["personalization"]}
    body = {"blocks": ["hero"], "visitor": visitor, "page": {"url": "/running/"}, "events": events}
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {KEY}"}) as cms:
        for _ in range(2):
            assert cms.post("/v1/decide", json=body).status_code == 200
        stored = cms.post("/v1/visitor/export", json={"visitor": {"id": visitor["id"]}}).json()
    assert [view["path"] for view in stored["visitor"]["views"]] == ["/running"] * views


WORDPRESS = """<?php
define('OMO_KEY', '%s');
function add_action($name, $call) { $GLOBALS['actions'][$name] = $call; }
function is_feed() { return false; }
function is_robots() { return false; }
function is_favicon() { return false; }
function is_trackback() { return false; }
function is_ssl() { return true; }
function wp_unslash($value) { return array_map(fn($one) => is_string($one) ? stripslashes($one) : $one, $value); }
function wp_remote_retrieve_body($response) { return $response; }
function wp_remote_post($url, $arguments) {
  $headers = implode("\\r\\n", array_map(fn($name, $value) => "$name: $value", array_keys($arguments['headers']), $arguments['headers']));
  $call = ['method' => 'POST', 'timeout' => 5, 'header' => $headers, 'content' => $arguments['body'], 'ignore_errors' => true];
  return (string) @file_get_contents($url, false, stream_context_create(['http' => $call]));
}
"""
"""What the page's plugin needs of WordPress, whose own functions do it as the manual says."""


@pytest.mark.e2e
def test_the_call_from_wordpress(start: Start, tmp_path: Path) -> None:
    php, server, port = installed("php", "php-cli"), start(ROOT / "rules", "--deadline", "1000"), free_port()
    plugin = next(one for one in re.findall(r"```php\n(.*?)\n```", PAGE, re.DOTALL) if "add_action" in one)
    plugin = plugin.replace("127.0.0.1:8700", f"127.0.0.1:{server.port}")
    shown = "$GLOBALS['actions']['template_redirect'](); echo omo_block('hero', 'the original'), DONOTCACHEPAGE;"
    (tmp_path / "index.php").write_text(f"{WORDPRESS % KEY}\n{plugin}\n{shown}\n")
    with subprocess.Popen([php, "-q", "-S", f"127.0.0.1:{port}", "-t", str(tmp_path)]) as shop:
        try:
            wait_until(lambda: answers(f"http://127.0.0.1:{port}/nothing.txt"), "the shop")
            asked = {"Referer": YAHOO, "Cookie": "omo_consent=personalization", "User-Agent": "it's"}
            page = httpx.get(f"http://127.0.0.1:{port}/index.php", headers=asked)
            server.process.kill()
            server.process.wait()
            alone = httpx.get(f"http://127.0.0.1:{port}/index.php", headers=asked)
        finally:
            shop.terminate()
    assert "マラソン" in page.text
    assert [cookie.partition("=")[0] for cookie in page.headers.get_list("set-cookie")] == ["omo_vid"]
    assert page.headers["cache-control"] == "private, no-cache"
    assert alone.text == "the original1"


@pytest.mark.e2e
@pytest.mark.parametrize(("https", "secure"), [("on", True), ("", False)])
def test_the_cookies_that_php_sets_are_secure_over_https(
    start: Start,
    tmp_path: Path,
    https: str,
    secure: bool,  # noqa: FBT001 a table
) -> None:
    php, server, port = installed("php", "php-cli"), start(ROOT / "rules", "--deadline", "1000"), free_port()
    given = f"$consents = ['personalization']; $_SERVER['HTTPS'] = '{https}';"
    (tmp_path / "page.php").write_text(php_page(server, given))
    url = f"http://127.0.0.1:{port}/page.php"
    with subprocess.Popen([php, "-q", "-S", f"127.0.0.1:{port}", "-t", str(tmp_path)]) as shop:
        try:
            wait_until(lambda: answers(url), "the page")
            headers = httpx.get(url).headers
        finally:
            shop.terminate()
    cookies = headers.get_list("set-cookie")
    assert headers["cache-control"] == "private, no-cache"
    assert [cookie.partition("=")[0] for cookie in cookies] == ["omo_vid", "omo_arrival"]
    assert ["; secure" in cookie.lower() for cookie in cookies] == [secure, secure]
