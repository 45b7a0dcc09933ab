"""What explanations say was read, for every kind of condition, and why a thing is not known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.conftest import good_site

from omotenashi.engine.absence import absence
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.reading import field_name, reading
from omotenashi.language.condition import Days, Fact
from omotenashi.language.parse import parse
from omotenashi.language.read_test import read_visitor
from omotenashi.language.report import Report
from omotenashi.language.values import moment
from omotenashi.language.vocabulary import FIELDS
from omotenashi.model.errors import Position
from omotenashi.signals.gather import SignalTools
from omotenashi.site import Site
from omotenashi.verify import occasion_for

SITE = """
version: 1
attributes:
  rank: {type: choice, values: [一般, ゴールド]}
  points: {type: number}
  birthday: {type: date}
  interests: {type: list}
  newsletter: {type: yes_no}
places: {渋谷店: {lat: 35.6595, lng: 139.7005}}
"""
FRIDAY = "2026-11-20 12:00:30"


def asked(when: str, folder: Path, rule: str = "") -> tuple[Site, Fact]:
    """Return the last condition of a rule: that of `when`, or of what stands beside it."""
    (folder / "site.yaml").write_text(SITE)
    (folder / "page.yaml").write_text(
        f"blocks:\n  hero:\n    rules:\n      - {{name: a, when: {when}, {rule} show: nothing}}\n    otherwise: original\n"
    )
    site = good_site(folder)
    account = site.engine.explain(at(site, "{}"), "hero")[0]
    return site, [fact for fact, _ in account.finding.facts()][-1]


def at(site: Site, visitor: str, time: str = FRIDAY) -> Occasion:
    tree, when = parse("visitor", visitor, Report()), moment(time)
    assert tree is not None
    assert when is not None
    return occasion_for(read_visitor(tree, site.facts, Report()), site, SignalTools(), when.start(site.engine.zone))


READ = [
    ("{keyword: 靴}", "{keyword: 靴 黒}", "靴 黒", "靴 黒"),
    ("{site_search: 靴}", "{}", "", ""),
    ("{medium: search}", "{medium: 広告}", "広告", "paid"),
    ("{source: google}", "{referrer: 'https://www.google.com/'}", "google", "google"),
    ("{campaign: a}", "{campaign: ＷＩＮＴＥＲ}", "winter", "winter"),
    ("{campaign: a}", "{}", "", ""),
    ("{query.x: a}", "{url: '/?x=B'}", "b", "b"),
    ("{referrer: a.example}", "{referrer: 'https://b.example/c?d=e'}", "b.example/c", "b.example/c"),
    ("{page: /a}", "{url: 'https://shop.example/a/index.html?b=c'}", "/a", "/a"),
    ("{landing: /a}", "{}", "/", "/"),
    ("{page_tag: x}", "{page_tag: [国際, 経済]}", "国際、経済", "国際, 経済"),
    ("{country: 日本}", "{prefecture: 東京}", "JP", "JP"),
    ("{prefecture: 東京}", "{prefecture: JP-27}", "大阪府", "Osaka"),
    ("{area: 関東}", "{prefecture: 27}", "大阪府", "Osaka"),
    ("{area: 関東}", "{area: 北陸}", "富山県、石川県、福井県 のどれか", "Toyama, Ishikawa, Fukui (one of these)"),
    ("{city: 渋谷区}", "{city: 港区}", "港区", "港区"),
    (
        "{near: {place: 渋谷店, within: 5 km}}",
        "{location: '35.6812, 139.7671'}",
        "6.482 km 離れている(35.6812, 139.7671)",
        "6.482 km away (35.6812, 139.7671)",
    ),
    ("{device: mobile}", "{device: パソコン}", "パソコン", "desktop"),
    ("{language: ja}", "{accept_language: 'zh-TW,ja'}", "zh-tw", "zh-tw"),
    ("{logged_in: yes}", "{}", "いいえ", "no"),
    ("{logged_in: yes}", "{member: {}}", "はい", "yes"),
    ("{member.rank: ゴールド}", "{member.rank: 一般}", "一般", "一般"),
    ("{member.points: 3}", "{member.points: '1,500'}", "1500", "1500"),
    ("{member.birthday: today}", "{member.birthday: 1990/5/1}", "1990-05-01", "1990-05-01"),
    ("{member.interests: 山}", "{member.interests: [海, 空]}", "海、空", "海, 空"),
    ("{member.interests: 山}", "{member.interests: []}", "", ""),
    ("{member.newsletter: no}", "{member.newsletter: yes}", "はい", "yes"),
    ("{consent: measurement}", "{consent: [personalization]}", "パーソナライズ", "personalization"),
    ("{viewed: {page: /a, within: 7 days}}", "{consent: personalization, viewed: [/a, /b, /a 8 days ago]}", "1回", "once"),
    ("{viewed: unknown}", "{consent: personalization}", "記録がある", "there is a record"),
    ("{bought: {item: x}}", "{consent: personalization, bought: [{item: x, amount: 3200}, y]}", "1件、合計 3200", "1 order, 3200 in all"),
    ("{did: {event: a}}", "{consent: personalization, did: [a, a]}", "2回", "2 times"),
    ("{visits: 3}", "{consent: personalization}", "1回", "once"),
    ("{last_visit: {before: 1 day}}", "{consent: personalization}", "", ""),
    (
        "{last_visit: {before: 1 day}}",
        "{consent: personalization, last_visit: 1 day ago}",
        "2026-11-19 12:00:30 (木)",
        "2026-11-19 12:00:30 (Thu)",
    ),
    ("{cart: yes}", "{consent: personalization}", "", ""),
    (
        "{cart: yes}",
        "{consent: personalization, cart: {amount: 900, abandoned_for: 2 hours}}",
        "金額 900、最後の変更 2026-11-20 10:00:30 (金)",
        "worth 900, last changed 2026-11-20 10:00:30 (Fri)",
    ),
    ("{lifecycle: new}", "{consent: personalization, lifecycle: ごぶさた}", "ごぶさた", "lapsing"),
    ("{shown: {rule: a}}", "{consent: personalization, shown: [{rule: a, times: 2}]}", "2回", "2 times"),
]  # fmt: skip


@pytest.mark.parametrize(("when", "visitor", "ja", "en"), READ)
def test_what_was_read_is_told_as_people_write_it(when: str, visitor: str, ja: str, en: str, tmp_path: Path) -> None:
    site, fact = asked(when, tmp_path)
    occasion = at(site, visitor)
    assert (reading(fact, occasion, "ja"), reading(fact, occasion, "en")) == (ja, en)


@pytest.mark.parametrize(
    ("rule", "read"),
    [
        ("from: 2026-12-01,", "2026-11-20 12:00:30 (Fri)"),
        ("until: 2026-12-01,", "2026-11-20 12:00:30 (Fri)"),
        ("days: sat,", "2026-11-20 (Fri)"),
        ("hours: 22:00-02:00,", "2026-11-20 12:00:30 (Fri)"),
        ("limit: {times: 3, per: 7 days},", "2 times"),
        ("cooldown: 30 days, goal: purchase,", "purchase once"),
    ],
)
def test_what_stands_beside_the_condition_is_told_too(rule: str, read: str, tmp_path: Path) -> None:
    site, fact = asked("{device: mobile}", tmp_path, rule)
    past = "{consent: personalization, shown: [{rule: a, times: 2}], bought: [x 3 days ago, y 31 days ago]}"
    assert reading(fact, at(site, past), "en") == read


@pytest.mark.parametrize(
    ("time", "ja", "en"),
    [
        ("2026-11-28 01:00", "2026-11-27 (金) の夜", "the night of 2026-11-27 (Fri)"),
        ("2026-11-28 02:00", "2026-11-28 (土)", "2026-11-28 (Sat)"),
        ("2026-11-27 23:00", "2026-11-27 (金)", "2026-11-27 (Fri)"),
        ("2026-11-23 12:00", "2026-11-23 (月・祝)", "2026-11-23 (Mon, holiday)"),
        ("2026-11-24 01:00", "2026-11-23 (月・祝) の夜", "the night of 2026-11-23 (Mon, holiday)"),
    ],
)
def test_of_days_it_is_told_which_day_counts_and_that_it_is_a_holiday(
    time: str, ja: str, en: str, tmp_path: Path
) -> None:
    site, _ = asked("{device: mobile}", tmp_path)
    days = Days(frozenset({4}), frozenset({date(2026, 11, 23)}), hours=((22 * 60, 2 * 60),))
    fact, occasion = Fact("days", days, Position("", 1, 1, 2)), at(site, "{}", time)
    assert (reading(fact, occasion, "ja"), reading(fact, occasion, "en")) == (ja, en)


def test_of_days_of_the_month_it_is_told_why_a_day_counts(tmp_path: Path) -> None:
    site, _ = asked("{device: mobile}", tmp_path)
    days = Days(frozenset({4}), gotobi=True, month_end=True)
    fact, occasion = Fact("days", days, Position("", 1, 1, 2)), at(site, "{}", "2026-11-30 12:00")
    assert reading(fact, occasion, "ja") == "2026-11-30 (月・月末・五十日)"
    assert reading(fact, occasion, "en") == "2026-11-30 (Mon, month end, gotobi)"


@pytest.mark.parametrize(
    ("when", "visitor", "reason"),
    [
        ("{keyword: 靴}", "{}", "no search words are known"),
        ("{prefecture: 東京}", "{}", "the place is not known"),
        ("{prefecture: 東京}", "{area: 関東}", "the place is not known well enough"),
        ("{country: JP}", "{}", "the place is not known"),
        ("{city: 港区}", "{}", "the place is not known"),
        ("{near: {place: 渋谷店, within: 5 km}}", "{}", "the location is not known"),
        ("{device: mobile}", "{}", "the device is not known"),
        ("{language: ja}", "{}", "the language is not known"),
        ("{member.rank: ゴールド}", "{}", "nobody is logged in"),
        ("{member.rank: ゴールド}", "{logged_in: yes}", "the attribute was not given"),
        ("{visits: 3}", "{}", "no consent"),
        ("{visits: 3}", "{consent: measurement}", "no consent"),
        ("{visits: 3}", "{consent: personalization, visits: unknown}", "it is said to be unknown"),
        ("{cart: yes}", "{consent: personalization, cart: unknown}", "it is said to be unknown"),
    ],
)
def test_why_a_thing_is_not_known(when: str, visitor: str, reason: str, tmp_path: Path) -> None:
    site, fact = asked(when, tmp_path)
    occasion = at(site, visitor)
    assert site.engine.test_of(fact)(occasion) is None
    assert absence(fact, occasion, "en") == reason


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_field_has_its_name_in_both_languages(field: object) -> None:
    name, ja = getattr(field, "name", ""), getattr(field, "ja", "")
    dotted = ".x" if name in ("member", "query") else ""
    assert (field_name(name + dotted, "en"), field_name(name + dotted, "ja")) == (name + dotted, ja + dotted)


def test_what_stands_beside_the_condition_has_its_name_too() -> None:
    assert [field_name(name, "ja") for name in ("from", "limit", "cooldown", "needs_consent")] == [
        "開始",
        "上限",
        "休止",
        "必要な同意",
    ]
