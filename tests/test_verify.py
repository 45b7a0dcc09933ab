"""The editors' tests and `explain` on visitors that are stated: in any time zone, and failing where they should."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from tests.conftest import SITE, good_site

from omotenashi.cli import main
from omotenashi.language.values import moment
from omotenashi.model.geo import point
from omotenashi.signals.gather import SignalTools
from omotenashi.site import Site
from omotenashi.verify import run_tests

CASES = Path(__file__).parent / "cases"

RULES = """
blocks:
  notice:
    rules:
      - name: cart
        when:
          cart: {abandoned_for: 1 hour}
          lifecycle: lapsed
          shown: {rule: cart, times: {at_most: 5}}
        limit: {times: 3, per: 7 days}
        goal: purchase
        cooldown: 30 days
        show: nothing
    otherwise: original
"""


@pytest.fixture
def folder(tmp_path: Path) -> str:
    (tmp_path / "site.yaml").write_text("version: 1\nname: x\nlanguage: en\n")
    (tmp_path / "rules.yaml").write_text(RULES)
    return str(tmp_path)


def explained(folder: str, visitor: str) -> int:
    arguments = ["explain", "notice", "--rules", folder, "--visitor", visitor, "--at", "2026-11-20 12:00"]
    return main([*arguments, "--lang", "en"])


def test_each_condition_is_told_with_what_was_read(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    visitor = (
        "{consent: personalization, cart: {abandoned_for: 2 hours, amount: 9000}, lifecycle: lapsed,"
        " shown: [cart 1 day ago], bought: [shoes 31 days ago]}"
    )
    assert explained(folder, visitor) == 0
    assert capsys.readouterr().out.splitlines() == [
        "notice  2026-11-20 12:00:00 (Fri) Asia/Tokyo",
        "○ cart",
        "    ○ cart: {abandoned_for: 1 hour}  ← read: worth 9000, last changed 2026-11-20 10:00:00 (Fri)",
        "    ○ lifecycle: lapsed  ← read: lapsed",
        "    ○ shown: {rule: cart, times: {at_most: 5}}  ← read: once",
        "    ○ limit: 3 times per 7 days  ← read: once",
        "    ○ cooldown: 30 days (purchase)  ← read: purchase 0 times",
        "→ cart: nothing",
    ]


def test_a_visitor_with_nothing_in_the_cart_is_new(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(folder, "{consent: personalization, last_visit: 2 hours ago}") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:4] == [
        "    × cart: {abandoned_for: 1 hour}  ← read: none",
        "    × lifecycle: lapsed  ← read: new",
    ]


def test_without_consent_all_of_it_is_unknown(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(folder, "{cart: yes}") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip()[0] for line in lines[1:]] == ["?", "?", "?", "?", "?", "?", "→"]
    assert all(line.endswith("← unknown (no consent)") for line in lines[2:-1])


def test_a_visitor_cannot_have_seen_a_rule_that_is_not_there(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(folder, "{consent: personalization, shown: [crat]}") == 1
    assert "error[E421] there is no rule crat" in capsys.readouterr().err


# JSON visitors


def explained_data(block: str, visitor: str, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    assert main(["explain", block, "--rules", str(SITE), "--visitor", visitor, "--format", "json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize(
    ("visitor", "block", "won"),
    [
        ({"prefecture": "大阪"}, "store_info", "大阪"),
        ({"prefecture": "大阪", "device": None, "page_tag": []}, "store_info", "大阪"),
        ({"member": {"rank": "ゴールド", "last_name": "佐藤 🏃"}}, "greeting", "ゴールド会員"),
        ({"logged_in": True, "member.rank": "ゴールド"}, "greeting", "ゴールド会員"),
        (
            {"consent": ["personalization"], "viewed": [{"page": "/running/a", "times": 3}]},
            "hero",
            "ランニングを検討中",
        ),
        ({"consent": "personalization", "visits": 2}, "notice", "2回だけのお知らせ"),
    ],
)
def test_a_visitor_as_json_gives_it(
    visitor: dict[str, object], block: str, won: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explained_data(block, json.dumps(visitor), capsys)["won"] == won
    assert explained_data(block, json.dumps(visitor, ensure_ascii=False, indent=1), capsys)["won"] == won


def test_an_explanation_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["explain", "greeting", "--rules", str(SITE), "--at", "2026-12-25 23:59:59", "--format", "json"]
    assert main(command) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["block"], data["at"], data["won"], data["reason"]) == (
        "greeting",
        "2026-12-25T23:59:59+09:00",
        "otherwise",
        "DEFAULT",
    )
    (rule,) = data["rules"]
    assert (rule["rule"], rule["value"]) == ("ゴールド会員", "unknown")
    assert rule["conditions"][0]["conditions"][0]["unknown_because"] == "ログインしていないため"


# As a tree

NESTED = """
segments:
  近くの人: {when: {area: 関東, not: {device: mobile}}}
blocks:
  hero:
    rules:
      - name: 入れ子
        条件:
          セグメント: 近くの人
          いずれか:
            - {キーワード: 温泉, 言語: ja}
            - {member.points: {at_least: 100}}
        show: nothing
      - {name: いつも, show: original}
    otherwise: original
"""


def test_nested_conditions_are_shown_as_written_with_what_was_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "site.yaml").write_text("version: 1\nlanguage: ja\nattributes: {points: {type: number}}\n")
    (tmp_path / "page.yaml").write_text(NESTED)
    visitor = "{prefecture: 千葉, keyword: 温泉, language: en-US, member.points: 1500.5}"
    assert main(["explain", "hero", "--rules", str(tmp_path), "--visitor", visitor]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "? 入れ子",
        "    ? セグメント「近くの人」",
        "        ○ area: 関東  ← 読み取った値 千葉県(指定した値)",
        "        ? 次に当てはまらない",
        "            ? device: mobile  ← 不明(端末がわからないため)",
        "    ○ 次のいずれか",
        "        × 次のすべて",
        "            ○ キーワード: 温泉  ← 読み取った値 温泉(指定した値)",
        "            × 言語: ja  ← 読み取った値 en-us(指定した値)",
        "        ○ member.points: {at_least: 100}  ← 読み取った値 1500.5(指定した値)",
        "○ いつも",
        "    条件なし(いつも当てはまる)",
        "→ 「いつも」: もとのまま",
    ]


# Tests that should fail do


def flipped(site: Site) -> Site:
    """Let every expectation of a rule expect otherwise, of otherwise a rule, of the original nothing."""
    tests = []
    for test in site.tests:
        expectations = []
        for one in test.expectations:
            first = site.engine.program.blocks[one.block].rules[0].name
            other = {"otherwise": first, "original": "nothing", "nothing": "original"}.get(one.won, "otherwise")
            expectations.append(replace(one, won=other, variant="", contains=""))
        tests.append(replace(test, expectations=tuple(expectations)))
    return replace(site, tests=tuple(tests))


@pytest.mark.parametrize("case", sorted(CASES.glob("*.good.yaml")), ids=lambda case: case.name)
def test_each_expectation_fails_when_it_expects_something_else(case: Path, tmp_path: Path) -> None:
    for file in (CASES / "site.yaml", CASES / "baby.yaml", case):
        (tmp_path / file.name).write_text(file.read_text())
    for result in run_tests(flipped(good_site(tmp_path)), SignalTools(), 0):
        assert [one.expected.block for one in result.failures] == [one.block for one in result.test.expectations]


# Time zones


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "UTC", "Pacific/Kiritimati"])
def test_tests_pass_whatever_the_time_zone_of_the_system(zone: str, tmp_path: Path) -> None:
    for name in ("site.yaml", "baby.yaml", "time.good.yaml", "members.good.yaml", "history.good.yaml"):
        (tmp_path / name).write_text((CASES / name).read_text())
    command = [sys.executable, "-m", "omotenashi", "test", str(tmp_path), "--format", "json"]
    run = subprocess.run(command, env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=False)
    assert (run.returncode, json.loads(run.stdout)["failed"]) == (0, 0), run.stderr


NEW_YORK = ZoneInfo("America/New_York")


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("2026-03-08", "2026-03-08 05:00", "2026-03-09 04:00"),  # a day of 23 hours
        ("2026-11-01", "2026-11-01 04:00", "2026-11-02 05:00"),  # a day of 25 hours
        ("2026-03-08 02:30", "2026-03-08 07:30", "2026-03-08 07:31"),  # skipped: as much later
        ("2026-11-01 01:30", "2026-11-01 05:30", "2026-11-01 06:31"),  # twice: from the first to the second
        ("2026-11-01 01:30:15", "2026-11-01 05:30:15", "2026-11-01 06:30:16"),
        ("2026-11-01 02:00", "2026-11-01 07:00", "2026-11-01 07:01"),
        ("2026-12-25 23:59:59", "2026-12-26 04:59:59", "2026-12-26 05:00:00"),
    ],
)
def test_what_a_time_means_where_clocks_are_put_forward_and_back(written: str, start: str, end: str) -> None:
    found = moment(written)
    assert found is not None
    assert (found.start(NEW_YORK), found.end(NEW_YORK)) == (utc(start), utc(end))


DAYLIGHT = """
blocks:
  night:
    rules:
      - {name: night, hours: 01:00-03:00, show: nothing}
    otherwise: original
  sunday:
    rules:
      - {name: sunday, days: sun, show: nothing}
    otherwise: original
  seen:
    rules:
      - {name: seen, when: {viewed: {page: /a, within: 1 day}}, show: nothing}
    otherwise: original
tests:
  - {name: before the gap, at: 2026-03-08 01:59:59, expect: {night: night, sunday: sunday}}
  - {name: after the gap, at: 2026-03-08 03:00, expect: {night: otherwise, sunday: sunday}}
  - {name: the hour that is skipped, at: 2026-03-08 02:30, expect: {night: otherwise}}
  - {name: the hour that comes twice, at: 2026-11-01 01:30, expect: {night: night, sunday: sunday}}
  - {name: the end of the long day, at: "2026-11-01 23:59:59", expect: {sunday: sunday}}
  - {name: the day after, at: 2026-11-02, expect: {sunday: otherwise}}
  - {name: a day is 24 hours, visitor: {consent: personalization, viewed: [/a 1 day ago]}, at: 2026-11-01 12:00, expect: {seen: seen}}
  - {name: 25 hours are more, visitor: {consent: personalization, viewed: [/a 25 hours ago]}, at: 2026-11-01 12:00, expect: {seen: otherwise}}
"""


def test_hours_and_days_follow_the_clock_of_the_site_when_it_changes(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("version: 1\ntimezone: America/New_York\nlanguage: en\n")
    (tmp_path / "page.yaml").write_text(DAYLIGHT)
    results = list(run_tests(good_site(tmp_path), SignalTools(), 0))
    assert len(results) == 8
    assert [result.test.name for result in results if result.failures] == []


@pytest.mark.parametrize("case", sorted(CASES.glob("*.good.yaml")), ids=lambda case: case.name)
def test_the_first_rule_whose_account_is_true_is_the_one_that_won(case: Path, tmp_path: Path) -> None:
    for file in (CASES / "site.yaml", CASES / "baby.yaml", case):
        (tmp_path / file.name).write_text(file.read_text())
    site = good_site(tmp_path)
    for result in run_tests(site, SignalTools(), 0):
        for block, choice in site.engine.decide(result.occasion, site.engine.program.blocks).items():
            accounts = site.engine.explain(result.occasion, block)
            assert choice.rule == next((one.rule for one in accounts if one.value is True), None)


NEAR = """
blocks:
  hero:
    rules: [{name: near, when: {near: {place: 渋谷店, within: 3 km}}, show: nothing}]
    otherwise: original
tests: [{name: 渋谷, visitor: {location: "WRITTEN"}, expect: {hero: near}}]
"""


@pytest.mark.parametrize(
    "written",
    ["35.66, 139.70", "35.66,139.70", "+35.66,+139.70", "35.66、139.70", "035.66, 139.70", "３５．６６，１３９．７０"],
)
def test_a_location_in_a_test_is_written_as_a_cms_may_send_it(written: str, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("places: {渋谷店: {lat: 35.6595, lng: 139.7005}}\n")
    (tmp_path / "near.yaml").write_text(NEAR.replace("WRITTEN", written))
    assert point(written) == (35.66, 139.7)
    assert main(["check", str(tmp_path), "--strict"]) == 0
    assert main(["test", str(tmp_path)]) == 0


ARRIVALS = """
blocks:
  medium:
    rules:
      - {name: direct, when: {medium: direct}, show: nothing}
      - {name: referral, when: {medium: referral}, show: nothing}
      - {name: social, when: {medium: social}, show: nothing}
      - {name: paid, when: {medium: paid}, show: nothing}
      - {name: search, when: {medium: search}, show: nothing}
    otherwise: original
  source:
    rules:
      - {name: none, when: {not: {source: [line, LINE, Google]}}, show: nothing}
      - {name: line, when: {source: line}, show: nothing}
      - {name: google, when: {source: Google}, show: nothing}
    otherwise: original
tests:
"""


@pytest.mark.parametrize(
    ("visitor", "medium", "source"),
    [
        ("{}", "direct", "none"),
        ("{campaign: c1}", "referral", "none"),
        ("{campaign_content: banner}", "referral", "none"),
        ("{campaign_source: line}", "social", "line"),
        ("{campaign_medium: cpc}", "paid", "none"),
        ("{campaign_medium: 広告}", "paid", "none"),
        ("{campaign_source: line, campaign_medium: cpc}", "paid", "line"),
        ("{campaign_source: line, url: '/?utm_medium=cpc#top'}", "paid", "line"),
        ("{campaign: c1, referrer: 'https://www.google.com/'}", "search", "google"),
        ("{campaign: c1, referrer: www.google.com}", "search", "google"),
        ("{referrer: www.google.com/search}", "search", "google"),
        ("{referrer: blog.example}", "referral", "none"),
        ("{source: Google}", "search", "google"),
        ("{source: LINE}", "social", "line"),
        ("{source: 街の案内}", "referral", "none"),
        ("{source: Google, campaign_medium: cpc}", "paid", "google"),
        ("{source: Google, medium: direct}", "direct", "google"),
        ("{campaign: c1, medium: search}", "search", "none"),
    ],
)
def test_what_is_stated_of_an_arrival_tells_the_medium_and_source_that_a_request_would_have(
    visitor: str, medium: str, source: str, tmp_path: Path
) -> None:
    (tmp_path / "site.yaml").write_text("version: 1\ncampaign_parameters: {medium: channel}\n", "utf-8")
    test = f"  - {{name: t, visitor: {visitor}, expect: {{medium: {medium}, source: {source}}}}}\n"
    (tmp_path / "rules.yaml").write_text(ARRIVALS + test, "utf-8")
    site = good_site(tmp_path)
    (result,) = run_tests(site, SignalTools(), utc("2026-11-20 12:00"))
    assert [(one.expected.block, one.choice.rule and one.choice.rule.name) for one in result.failures] == []


@pytest.mark.parametrize(
    ("visitor", "block", "read"),
    [
        ("{campaign: c1}", "medium", "referral (the URL's campaign parameters)"),
        ("{source: LINE}", "medium", "social (stated)"),
        ("{referrer: www.google.com}", "medium", "search (the page that led here)"),
        ("{prefecture: 高知県}", "country", "JP (stated)"),
        ("{area: 四国}", "country", "JP (stated)"),
    ],
)
def test_what_follows_from_what_is_stated_is_told_with_where_it_comes_from(
    visitor: str, block: str, read: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "site.yaml").write_text("version: 1\n", "utf-8")
    country = "blocks:\n  country: {rules: [{name: no, when: {country: US}, show: nothing}], otherwise: original}\n"
    (tmp_path / "rules.yaml").write_text(ARRIVALS.replace("blocks:\n", country).removesuffix("tests:\n"), "utf-8")
    assert main(["explain", block, "--rules", str(tmp_path), "--visitor", visitor, "--lang", "en"]) == 0
    assert read in capsys.readouterr().out
