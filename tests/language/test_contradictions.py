"""Conditions of one rule that can never hold together are errors; those that can are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.language.messages import hint
from omotenashi.model.errors import Position
from omotenashi.rules_folder import examined
from omotenashi.site import load

SITE = """
version: 1
attributes:
  rank: {type: choice, values: [一般, ゴールド, プラチナ]}
  points: {type: number}
  birthday: {type: date}
  interests: {type: list}
places: {渋谷店: {lat: 35.6595, lng: 139.7005}, 大阪店: {lat: 34.7025, lng: 135.4959}}
holidays: [2026-11-23]
"""
FILE = """
segments:
  vip: {{when: {{member.rank: [ゴールド, プラチナ]}}}}
blocks:
  hero:
    rules:
      - {{name: その人, {rule}, show: original}}
      - {{name: VIP, when: {{segment: vip}}, show: original}}
    otherwise: original
"""
IMPOSSIBLE = [
    "when: {prefecture: 東京都, area: 関西}",
    "when: {country: US, prefecture: 東京都}",
    "when: {country: [US, フランス], area: 関東}",
    "when: {area: 関西, any: [{prefecture: 東京都}, {prefecture: 千葉県}]}",
    "when: {prefecture: {all: [東京都, 大阪府]}}",
    "when: {all: [{prefecture: unknown}, {prefecture: 東京都}]}",
    "when: {area: unknown, prefecture: [東京都, 千葉県]}",
    "when: {prefecture: 東京都, not: {area: 関東}}",
    "when: {device: mobile, not: {device: mobile}}",
    "when: {device: {all: [mobile, tablet]}}",
    "when: {medium: search, not: {medium: [search, social]}}",
    "when: {logged_in: no, member.rank: ゴールド}",
    "when: {logged_in: no, segment: vip}",
    "when: {segment: vip, member.rank: 一般}",
    "when: {member.points: 0-10, all: [{member.points: {at_least: 20}}]}",
    "when: {member.birthday: {before: 2000-01-01}, all: [{member.birthday: {after: 2000-01-01}}]}",
    "when: {page: /running/**, all: [{page: /trail/**}]}",
    "when: {page: /running, not: {page: /running/**}}",
    "when: {page: {all: [/running, /trail]}}",
    "when: {referrer: {all: [a.example, b.example]}}",
    "when: {near: {all: [{place: 渋谷店, within: 5 km}, {place: 大阪店, within: 5 km}]}}",
    "when: {language: {all: [ja, en]}}",
    "when: {keyword: 靴, not: {keyword: {contains: 靴}}}",
    "when: {keyword: {all: [{exact: 靴}, {exact: 鞄}]}}",
    "when: {viewed: {tag: 靴, none_within: 30 days}, all: [{viewed: {tag: 靴, within: 7 days}}]}",
    "when: {viewed: {page: /a/**, none_within: 30 days}, all: [{viewed: {page: /a/b, at_least: 2, within: 30 days}}]}",
    "when: {visits: {at_most: 2}, all: [{visits: {at_least: 3, within: 7 days}}]}",
    "when: {last_visit: {before: 30 days}, all: [{last_visit: {within: 7 days}}]}",
    "when: {lifecycle: active, not: {lifecycle: [active, new]}}",
    "when: {shown: {rule: VIP, times: 3}, all: [{shown: {rule: VIP, times: {at_most: 1}}}]}",
    "when: {cart: no, all: [{cart: {abandoned_for: 1 hour}}]}",
    "when: {cart: {abandoned_for: 1 day}, all: [{cart: {until: 1 hour}}]}",
    "when: {consent: measurement, viewed: {tag: 靴}, not: {consent: personalization}}",
    "when: {visits: unknown, viewed: {tag: 靴}}",
    "when: {bought: {within: 7 days}}, goal: purchase, cooldown: 30 days",
    "when: {campaign: unknown}",
    "from: 2026-12-01, until: 2026-12-01, days: 土",
    "from: 2026-12-01 10:00, until: 2026-12-01 12:00, hours: 13:00-15:00",
    "from: 2026-12-01, until: 2026-12-20, days: 祝",
    "when: {visits: 3}, from: 2026-12-05, until: 2026-12-06, days: 平日",
    "from: 2026-11-01, until: 2026-11-29, days: 月末",
    "from: 2026-12-01, until: 2026-12-20, days: [25日, 30日]",
    "from: 2026-12-06, until: 2026-12-09, days: [五十日, 木]",
    "from: 2026-12-01 03:00, until: 2026-12-04, days: 月末, hours: 22:00-02:00",
]
POSSIBLE = [
    "when: {prefecture: 北海道, area: 北海道}",
    "when: {country: 日本, prefecture: 東京都}",
    "when: {area: 関東, not: {prefecture: 東京都}}",
    "when: {prefecture: unknown, area: 関東}",
    "when: {prefecture: unknown, country: 日本}",
    "when: {prefecture: unknown, not: {area: unknown}}",
    "when: {country: [US, JP], prefecture: 東京都}",
    "when: {any: [{prefecture: 東京都}, {area: 関西}]}",
    "when: {device: [mobile, tablet], not: {device: mobile}}",
    "when: {logged_in: no, not: {device: mobile}}",
    "when: {logged_in: yes, member.rank: unknown}",
    "when: {logged_in: no, member.rank: unknown}",
    "when: {segment: vip, not: {member.rank: ゴールド}}",
    "when: {member.points: 0-20, all: [{member.points: {at_least: 20}}]}",
    "when: {member.interests: {all: [山, 川]}}",
    "when: {member.interests: 山, not: {member.interests: 川}}",
    "when: {page_tag: {all: [新着, メンズ]}}",
    "when: {page: /running/**, not: {page: /running/sale/**}}",
    "when: {page: /running/**, all: [{page: /*/shoes}]}",
    "when: {page: {all: [/running/**, /**/shoes]}}",
    "when: {near: {place: 渋谷店, within: 10 km}, not: {near: {place: 渋谷店, within: 1 km}}}",
    "when: {near: {place: 渋谷店, within: 10 km}, prefecture: 大阪府}",
    "when: {language: en, not: {language: en-US}}",
    "when: {keyword: {all: [靴, 鞄]}}",
    "when: {keyword: 靴, not: {keyword: {exact: 靴}}}",
    "when: {keyword: ランニング, not: {keyword: ランニングシューズ}}",
    "when: {viewed: {tag: 靴, within: 30 days}, all: [{viewed: {tag: 靴, none_within: 7 days}}]}",
    "when: {viewed: {tag: 靴}, all: [{viewed: {tag: 鞄, none_within: 30 days}}]}",
    "when: {viewed: {page: /a/**}, all: [{viewed: {page: /a/b/**, none_within: 1 year}}]}",
    "when: {visits: {at_most: 2}, all: [{visits: {at_least: 1, within: 7 days}}]}",
    "when: {last_visit: {within: 30 days}, all: [{last_visit: {before: 7 days}}]}",
    "when: {lifecycle: lapsed, last_visit: {within: 7 days}}",
    "when: {cart: yes, all: [{cart: {abandoned_for: 1 hour}}]}",
    "when: {consent: measurement, not: {consent: personalization}}",
    "when: {bought: {within: 1 year}}, goal: purchase, cooldown: 30 days",
    "when: {bought: {within: 7 days}}, goal: demo_request, cooldown: 30 days",
    "when: {keyword: unknown, medium: search}",
    "from: 2026-12-01, until: 2026-12-07, days: 土",
    "from: 2026-12-05 00:00, until: 2026-12-05 01:30, days: 金, hours: 22:00-02:00",
    "from: 2026-11-01, until: 2026-11-30, days: 祝",
    "from: 2026-11-23, until: 2026-11-23, days: 月",
    "from: 2026-12-01 22:00, until: 2026-12-02 06:00, hours: 05:00-07:00",
    "from: 2026-12-01, until: 2026-12-31, days: 31日",
    "from: 2026-12-06, until: 2026-12-10, days: [五十日, 金]",
    "from: 2026-12-01 01:00, until: 2026-12-04, days: 月末, hours: 22:00-02:00",
    "from: 2027-02-01, until: 2027-02-28, days: 五十日",
    "days: 31日",
]  # fmt: skip


def _found(folder: Path, rule: str) -> list[str]:
    (folder / "site.yaml").write_text(SITE)
    (folder / "b.yaml").write_text(FILE.format(rule=rule))
    diagnostics = examined(load(folder), 0).diagnostics
    return [one.code for one in diagnostics if one.code.startswith("E") or one.code in ("W512", "W514")]


@pytest.mark.parametrize("rule", IMPOSSIBLE)
def test_what_can_never_hold_is_one_error(tmp_path: Path, rule: str) -> None:
    found = _found(tmp_path, rule)
    assert len(found) == 1
    assert found[0] in ("E491", "E492", "E493", "E494")


@pytest.mark.parametrize("rule", POSSIBLE)
def test_what_can_hold_is_none(tmp_path: Path, rule: str) -> None:
    assert _found(tmp_path, rule) == []


def test_a_segment_that_can_never_hold_is_reported_where_it_is_defined_and_not_where_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    text = FILE.format(rule="when: {device: mobile}").replace("[ゴールド, プラチナ]", "{all: [ゴールド, 一般]}")
    (tmp_path / "b.yaml").write_text(text)
    assert [(one.code, one.position.line) for one in load(tmp_path).diagnostics] == [("E491", 3)]


@pytest.mark.parametrize(
    "part", ["any: [{prefecture: 東京都, area: 関西}, {device: mobile}]", "not: {prefecture: 東京都, area: 関西}"]
)
def test_a_part_that_can_never_hold_is_a_warning(tmp_path: Path, part: str) -> None:
    assert _found(tmp_path, f"when: {{{part}}}") == ["W512"]


def test_a_condition_that_nobody_matches_is_named_alone_where_it_stands_under_any(tmp_path: Path) -> None:
    assert _found(tmp_path, "when: {any: [{campaign: unknown, device: mobile}, {country: JP}]}") == ["W514"]


def test_the_later_of_two_is_pointed_at_and_the_earlier_shown_beside_it(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    text = FILE.format(rule="when: {prefecture: 東京都, device: mobile, area: 関西}")
    (tmp_path / "b.yaml").write_text(text)
    [found] = load(tmp_path).diagnostics
    line = text.splitlines()[6]
    tokyo, kansai = line.index("東京都") + 1, line.index("関西") + 1
    assert found.position == Position("b.yaml", 7, kansai, kansai + 2)
    assert found.related == ((Position("b.yaml", 7, tokyo, tokyo + 3), "clash"),)


def test_the_hint_can_be_written_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE)
    (tmp_path / "b.yaml").write_text(FILE.format(rule="when: {prefecture: [東京都, 千葉県], area: 関西}"))
    [found] = load(tmp_path).diagnostics
    alternatives = "any: [{prefecture: [東京都, 千葉県]}, {area: 関西}]"
    assert alternatives in hint(found, "ja")
    (tmp_path / "b.yaml").write_text(FILE.format(rule=f"when: {{{alternatives}}}"))
    assert load(tmp_path).site is not None
