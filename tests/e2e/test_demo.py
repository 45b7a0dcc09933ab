"""`make demo`: the shop and the service together, as a person tries them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.e2e.conftest import ROOT, answers, free_port, serving, wait_until

DEMO = ROOT / "examples" / "shop" / "demo.py"


class Person:
    """Somebody with a browser who uses the strip."""

    def __init__(self, url: str) -> None:
        self.browser = httpx.Client(base_url=url, follow_redirects=True)

    def be(self, do: str, **fields: str) -> None:
        assert self.browser.post("/somebody", data={"do": do, "back": "/", **fields}).status_code == 200

    def says(self, consent: str) -> None:
        assert self.browser.post("/consent", data={"consent": consent, "back": "/"}).status_code == 200

    def rule(self, block: str, page: str = "/") -> str:
        html = self.browser.get(page).text
        found = re.search(rf'data-block="{block}" data-rule="([^"]*)"', html)
        assert found, html
        return found[1]


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    """The shop in front of a service of its own."""
    shop_port = free_port()
    with serving(ROOT / "rules", tmp_path / "data", "--deadline", "1000") as service:
        environment = {
            **os.environ,
            "OMO_URL": service.url,
            "OMO_KEY": "the-key-of-the-tests",
            "SHOP_PORT": str(shop_port),
            "SHOP_PATIENCE": "5",
        }
        shop = subprocess.Popen(
            [sys.executable, str(ROOT / "examples" / "shop" / "shop.py")],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        url = f"http://127.0.0.1:{shop_port}"
        wait_until(lambda: shop.poll() is not None or answers(url), "a start of the shop")
        visitor = Person(url)
        yield visitor
        visitor.browser.close()
        shop.send_signal(signal.SIGTERM)
        shop.wait(10)


def test_a_stranger_sees_the_originals(person: Person) -> None:
    assert person.rule("hero") == "もとのまま"


def test_a_keyword_of_yahoo_changes_the_hero(person: Person) -> None:
    person.be("arrive", arrival="yahoo", keyword="マラソン シューズ")
    assert person.rule("hero") == "ランニングで検索した人"


def test_another_prefecture_changes_the_store(person: Person) -> None:
    person.be("move", place="osaka")
    assert person.rule("store_info") == "関西の人"
    person.be("move", place="hokkaido")
    assert person.rule("store_info") != "関西の人"


def test_a_gold_member_is_greeted(person: Person) -> None:
    person.browser.post("/member/login", data={"member": "m-1001"})
    assert person.rule("greeting") == "ゴールド会員"
    assert "佐藤様" in person.browser.get("/").text


def test_three_shoes_looked_at_with_consent_change_the_page(person: Person) -> None:
    before = person.rule("hero")
    person.says("yes")
    person.be("look_at_three_shoes")
    assert person.rule("hero") != before


def test_who_starts_over_after_a_search_sees_the_shoes_that_were_looked_at_three_times(person: Person) -> None:
    person.be("arrive", arrival="yahoo", keyword="マラソン シューズ")
    assert person.rule("hero") == "ランニングで検索した人"
    person.be("start_over")
    person.says("yes")
    person.be("look_at_three_shoes")
    assert person.rule("hero") == "ランニングの靴を検討中の人"
    seen = [person.rule("hero") for _ in range(3)]
    assert seen[-1] == "もとのまま"


def test_without_consent_no_visitor_cookie_is_set(person: Person) -> None:
    person.be("arrive", arrival="yahoo", keyword="マラソン")
    person.be("look_at_three_shoes")
    assert "omo_vid" not in person.browser.cookies
    person.says("yes")
    person.rule("hero")
    assert "omo_vid" in person.browser.cookies


@pytest.mark.parametrize("page", ["/", "/running/", "/trail/", "/wear/", "/member/", "/cart/", "/search?q=雨"])
def test_every_page_is_there(person: Person, page: str) -> None:
    assert person.browser.get(page).status_code == 200


def test_the_demo_starts_checks_itself_and_stops() -> None:
    patient = {**os.environ, "SHOP_PATIENCE": "5", "OMO_DEADLINE": "5000"}
    run = subprocess.run(
        [sys.executable, str(DEMO), "--check"],
        cwd=ROOT,
        env=patient,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "ok http://127.0.0.1:" in run.stdout
