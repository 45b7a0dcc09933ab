"""The values that rules ask for and visitors bring. A site with more rules names more campaigns, pages, words and places.

What visitors bring is as diverse on every site: as many different pages, words, campaigns, tags and cities. Else a small
site would seem fast only because all its visitors are alike. Half of what they bring is of what rules may name, half is
nothing to any rule. So as many visitors meet a rule on a small site as on a large one; but the former half has few
values there (four with 100 rules), since few are named. Pages have no such limit: a line that few rules name has the more pages.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from msgspec import Struct

from omotenashi.language.prefectures import PREFECTURES

BLOCKS = ("hero", "greeting", "store_info", "recommend", "notice_bar", "campaign_banner", "search_help", "footer")
PREFECTURE_NAMES = tuple(name for _, name, *_ in PREFECTURES)
AREAS = ("北海道", "東北", "関東", "中部", "近畿", "中国", "四国")
SECTIONS = ("running", "trail", "kids", "wear", "outdoor", "swim", "tennis", "golf")
DEVICES = ("mobile", "desktop", "tablet")
LANGUAGES = ("ja", "en", "ko")
COUNTRIES = ("US", "KR", "TW", "GB")
"""Of visitors from abroad."""
RANKS = ("一般", "シルバー", "ゴールド", "プラチナ")
INTERESTS = ("マラソン", "登山", "キャンプ", "水泳", "テニス", "ゴルフ", "子育て", "健康")
COLORS = ("red", "blue", "green", "black", "white", "pink", "navy", "grey", "orange", "purple")
SIZES = ("xs", "s", "m", "l", "xl")
MOST_POINTS = 20_000
_MOST_RULES = 10_000
"""Sites with up to so many rules have visitors who bring as many different values."""
_PAGES = 15_000
"""Of the lines that rules may name, and as many of the others."""

_KINDS = ("防水", "軽量", "メンズ", "レディース", "幅広", "厚底", "速乾", "登山用", "通学", "初心者", "冬用", "日本製")
_GOODS = (
    *("シューズ", "ジャケット", "リュック", "手袋", "帽子", "靴下", "テント", "寝袋", "水筒", "時計", "タイツ", "雨具"),
    *("ラケット", "水着", "ゴーグル", "ポーチ", "ストック", "ベスト"),
)
_TOWNS_BEGIN = (
    "桜",
    "松",
    "竹",
    "梅",
    "青",
    "白",
    "赤",
    "北",
    "南",
    "東",
    "西",
    "中",
    "大",
    "小",
    "上",
    "下",
    "新",
    "古",
)
_TOWNS_END = (
    "山市",
    "川市",
    "田市",
    "原市",
    "島市",
    "崎市",
    "野市",
    "沢市",
    "岡市",
    "橋市",
    "山町",
    "川町",
    "田町",
    "原町",
)


class Values(Struct, frozen=True):
    """The values of one kind."""

    named: Sequence[str]
    """What rules may ask for."""
    others: Sequence[str]

    def brought(self, chance: random.Random) -> str:
        """Return what a visitor brings."""
        return popular(self.others if chance.random() < 0.5 else self.named, chance)


class Pools(Struct, frozen=True):
    """The values of a site with so many rules."""

    keywords: Values
    campaigns: Values
    contents: Values
    """Of campaigns: utm_content."""
    lines: Values
    """Of products: what the paths of their pages begin with."""
    tags: Values
    cities: Values

    def page(self, chance: random.Random) -> str:
        """Return the path of the page that a visitor looks at: each line has as many pages as others, which are as popular."""
        lines = self.lines.others if chance.random() < 0.5 else self.lines.named
        number = int(_PAGES * chance.random() ** 2)
        return f"{lines[number * len(lines) // _PAGES]}item-{number}"


def pools(rules: int) -> Pools:
    """Return the values of a site with so many rules."""
    return Pools(
        keywords=_values(_keyword, rules, 24),
        campaigns=_values(lambda number: f"c{number:04}", rules, 24),
        contents=_values(lambda number: f"banner-{number}", rules, 160),
        lines=_values(lambda number: f"/{SECTIONS[number % len(SECTIONS)]}/line-{number}/", rules, 32),
        tags=_values(lambda number: f"特集{number}", rules, 32),
        cities=_values(_city, rules, 24),
    )


def popular(values: Sequence[str], chance: random.Random) -> str:
    """Return one of the values; those at the beginning come up far more often, as on real sites."""
    return values[int(len(values) * chance.random() ** 2)]


def _values(make: Callable[[int], str], rules: int, rules_for_each: int) -> Values:
    """One is named for every so many rules, and as many others as make the number the same for all sites."""
    named = max(4, rules // rules_for_each)
    both = 2 * max(named, _MOST_RULES // rules_for_each)
    return Values([make(number) for number in range(named)], [make(number) for number in range(named, both)])


def _keyword(number: int) -> str:
    kind, goods = _KINDS[number % len(_KINDS)], _GOODS[number // len(_KINDS) % len(_GOODS)]
    model = number // (len(_KINDS) * len(_GOODS))
    return f"{kind} {goods} {model}" if model else f"{kind} {goods}"


def _city(number: int) -> str:
    begin, end = _TOWNS_BEGIN[number % len(_TOWNS_BEGIN)], _TOWNS_END[number // len(_TOWNS_BEGIN) % len(_TOWNS_END)]
    again = number // (len(_TOWNS_BEGIN) * len(_TOWNS_END))
    return f"{begin}{again or ''}{end}"
