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
            cookies = httpx.get(url).headers.get_list("set-cookie")
        finally:
            shop.terminate()
    assert [cookie.partition("=")[0] for cookie in cookies] == ["omo_vid", "omo_arrival"]
    assert ["; secure" in cookie.lower() for cookie in cookies] == [secure, secure]
