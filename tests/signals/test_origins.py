"""What explanations say of where a value was read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from omotenashi.cli import main
from omotenashi.language.condition import Estimated, Fact, Operand, Unknown
from omotenashi.model.errors import Position
from omotenashi.model.request import RequestFacts, StatedPlace
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.visitor import Arrival, Member
from omotenashi.signals import gather
from omotenashi.signals.gather import Known, SignalTools
from omotenashi.signals.origins import Origin, of_request, origin_of

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
TOKYO = {"country": {"iso_code": "JP"}, "subdivisions": [{"iso_code": "13"}], "city": {"names": {"ja": "千代田区"}}}
RULES = """
blocks:
  bar:
    rules:
      - {name: 検索, when: {medium: search, keyword: 靴}, show: nothing}
      - {name: 東京, when: {prefecture: 東京都}, show: nothing}
      - {name: 電話, when: {device: mobile, language: ja}, show: nothing}
      - {name: 国, when: {country: JP}, show: nothing}
    otherwise: original
"""


NOTHING, UNKNOWN = Known(), Unknown()


def origin(
    field: str,
    known: Known = NOTHING,
    operand: Operand = UNKNOWN,
    **facts: Any,
) -> Origin | None:
    asked = RequestFacts(now=0, **facts)
    visitor = gather.visitor(asked, SiteFacts(), SignalTools(), known)
    fact = Fact(field, operand, Position("page.yaml", 1, 1, 2))
    return origin_of(fact, visitor.arrival, of_request(asked, visitor, SiteFacts()))


@pytest.mark.parametrize(
    ("field", "facts", "code"),
    [
        ("keyword", {"url": "/?utm_term=a"}, "campaign"),
        ("keyword", {"referrer": "https://www.bing.com/search?q=a"}, "referrer"),
        ("medium", {"referrer": "https://www.bing.com/"}, "referrer"),
        ("medium", {"url": "/?utm_medium=cpc", "referrer": "https://www.bing.com/"}, "campaign"),
        ("medium", {"url": "/?gclid=x", "referrer": "https://www.google.com/"}, "click"),
        ("source", {"url": "/?gclid=x", "referrer": "https://www.google.com/"}, "referrer"),
        ("source", {"url": "/?gclid=x"}, "click"),
        ("source", {"url": "/?utm_campaign=a"}, "campaign"),
        ("medium", {"referrer": "https://ad.doubleclick.net/"}, "referrer"),
        ("medium", {"url": "/?fbclid=x"}, "mark"),
        ("source", {"url": "/?fbclid=x"}, "mark"),
        ("source", {"url": "/?fbclid=x", "referrer": "https://l.facebook.com/"}, "referrer"),
        ("medium", {"url": "/?utm_medium=foo", "referrer": "https://www.bing.com/"}, "referrer"),
        ("medium", {"url": "/?utm_source=hagaki", "referrer": "https://www.bing.com/"}, "referrer"),
        ("source", {"url": "/?utm_source=hagaki", "referrer": "https://www.bing.com/"}, "campaign"),
        ("medium", {"url": "/?utm_source=chatgpt.com", "referrer": "https://www.bing.com/"}, "campaign"),
        ("medium", {"url": "/?utm_campaign=a", "referrer": "https://www.bing.com/"}, "referrer"),
        ("medium", {}, "no_referrer"),
        ("referrer", {}, "no_referrer"),
        ("campaign", {"url": "/?utm_campaign=a"}, "campaign"),
        ("query.size", {"url": "/?size=L"}, "url"),
        ("near", {"place": StatedPlace(location="35.6,139.7")}, "caller"),
        ("device", {"user_agent": IPHONE}, "user_agent"),
        ("device", {"mobile_hint": "?1"}, "client_hint"),
        ("language", {"accept_language": "ja"}, "accept_language"),
    ],
)
def test_a_signal_has_an_origin(field: str, facts: dict[str, Any], code: str) -> None:
    assert origin(field, **facts) == Origin(code)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"stated_member": {"id": "u1"}}, "caller"),
        ({"member_token": "x"}, "token"),
        ({"cookies": {"omo_member": "x"}}, "cookie"),
    ],
)
def test_a_member_is_stated_or_comes_with_a_token(facts: dict[str, Any], code: str) -> None:
    known = Known(member=Member("u1", {"rank": "金"}))
    assert origin("member.rank", known, **facts) == origin("logged_in", known, **facts) == Origin(code)


def test_words_are_an_estimate_where_a_rule_asks_for_one_and_nobody_sent_any() -> None:
    searched: dict[str, Any] = {"referrer": "https://www.bing.com/"}
    assert origin("keyword", operand=Estimated(()), **searched) == Origin("landing_estimate")
    assert origin("keyword", operand=Estimated(()), referrer="https://www.bing.com/search?q=a") == Origin("referrer")
    assert origin("keyword", operand=Estimated(())) is None
    assert origin("keyword", **searched) is None


def test_what_is_unknown_has_no_origin() -> None:
    fields = ["keyword", "campaign", "prefecture", "device", "language", "member.rank", "viewed"]
    assert [origin(field) for field in fields] == [None] * 7


def test_an_arrival_that_was_kept_was_read_when_the_visit_began() -> None:
    known = Known(kept=Arrival("靴", "referrer", "search", "Bing", "www.bing.com/search"))
    found = origin("keyword", known, referrer="https://shop.example/a", host="shop.example")
    assert found == Origin("referrer", kept=True)
    assert found.said("ja") == "参照元のページ、訪問の始めのページで"
    assert found.said("en") == "the page that led here, when the visit began"


def test_what_told_the_medium_is_kept_with_it() -> None:
    first = gather.arrival(RequestFacts(now=0, url="/?gclid=x", referrer="https://www.google.com/"), SiteFacts())
    assert origin("medium", Known(kept=first), referrer="https://shop.example/a", host="shop.example") == Origin(
        "click", kept=True
    )


@pytest.fixture
def explain(tmp_path: Path, write_mmdb: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "page.yaml").write_text(RULES)
    database = write_mmdb({"1.0.0.0/8": TOKYO})

    def explain(visitor: str, *flags: str) -> str:
        words = ["explain", "bar", "--rules", str(tmp_path / "rules"), "--visitor", visitor, "--mmdb", str(database)]
        assert main([*words, *flags]) == 0
        return capsys.readouterr().out

    return explain


def test_explain_names_the_origin_of_every_signal(explain: Callable[..., str]) -> None:
    visitor = json.dumps(
        {"referrer": "https://www.bing.com/search?q=靴", "ip": "1.2.3.4", "user_agent": IPHONE, "language": "ja"}
    )
    lines = [line.strip() for line in explain(visitor, "--lang", "ja").splitlines()]
    assert "○ medium: search  ← 読み取った値 検索(参照元のページ)" in lines
    assert "○ keyword: 靴  ← 読み取った値 靴(参照元のページ)" in lines
    assert "○ device: mobile  ← 読み取った値 スマホ(ブラウザの User-Agent)" in lines
    assert "○ language: ja  ← 読み取った値 ja(指定した値)" in lines
    assert "○ country: JP  ← 読み取った値 JP(IPアドレスのデータベース)" in lines


def test_a_weak_tokyo_is_unknown_and_it_is_told_how_to_have_it_count(explain: Callable[..., str]) -> None:
    japanese, english = (explain("{ip: 1.2.3.4}", "--lang", language) for language in ("ja", "en"))
    assert (
        "? prefecture: 東京都  ← 不明(東京都らしいが不確かなため。これを使うには site.yaml に weak_region: accept と書きます)"
        in japanese
    )
    assert (
        "? prefecture: 東京都  ← unknown (it may be Tokyo, which is not sure; to have it count write weak_region: accept in site.yaml)"
        in english
    )


def test_a_weak_tokyo_that_counts_is_told_to_be_weak(explain: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "rules" / "site.yaml").write_text("version: 1\nweak_region: accept\n")
    assert "○ prefecture: 東京都  ← 読み取った値 東京都(IPアドレスのデータベース、不確か)" in explain(
        "{ip: 1.2.3.4}", "--lang", "ja"
    )


def test_explain_as_json_names_origins(explain: Callable[..., str]) -> None:
    found = json.loads(explain("{keyword: 靴, medium: search}", "--format", "json"))
    facts = [one for rule in found["rules"] for one in rule["conditions"]]
    assert [(one["field"], one["origin"]) for one in facts] == [
        ("medium", "stated"), ("keyword", "stated"), ("prefecture", None), ("device", None), ("language", None), ("country", None),
    ]  # fmt: skip
