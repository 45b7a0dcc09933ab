"""The values that rules ask for and visitors bring. A site with more rules has more campaigns, pages, words and places."""

from __future__ import annotations

import random
from collections.abc import Sequence

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


class Pools(Struct, frozen=True):
    """The values that a site with so many rules knows."""

    keywords: Sequence[str]
    campaigns: Sequence[str]
    contents: Sequence[str]
    """Of campaigns: utm_content."""
    paths: Sequence[str]
    tags: Sequence[str]
    cities: Sequence[str]


def pools(rules: int) -> Pools:
    """Return the values of a site with so many rules: a new one of each kind for every so many rules."""
    return Pools(
        keywords=[_keyword(number) for number in range(_size(rules, 12))],
        campaigns=[f"c{number:04}" for number in range(_size(rules, 12))],
        contents=[f"banner-{number}" for number in range(_size(rules, 80))],
        paths=[f"/{SECTIONS[number % len(SECTIONS)]}/line-{number}/" for number in range(_size(rules, 16))],
        tags=[f"特集{number}" for number in range(_size(rules, 16))],
        cities=[_city(number) for number in range(_size(rules, 12))],
    )


def popular(values: Sequence[str], chance: random.Random) -> str:
    """Return one of the values; those at the beginning come up far more often, as on real sites."""
    return values[int(len(values) * chance.random() ** 2)]


def _size(rules: int, rules_for_each: int) -> int:
    return max(8, rules // rules_for_each)


def _keyword(number: int) -> str:
    kind, goods = _KINDS[number % len(_KINDS)], _GOODS[number // len(_KINDS) % len(_GOODS)]
    model = number // (len(_KINDS) * len(_GOODS))
    return f"{kind} {goods} {model}" if model else f"{kind} {goods}"


def _city(number: int) -> str:
    begin, end = _TOWNS_BEGIN[number % len(_TOWNS_BEGIN)], _TOWNS_END[number // len(_TOWNS_BEGIN) % len(_TOWNS_END)]
    again = number // (len(_TOWNS_BEGIN) * len(_TOWNS_END))
    return begin + "本新元里浜"[again - 1] + end if again else begin + end
