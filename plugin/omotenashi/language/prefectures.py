"""The 47 prefectures of Japan (ISO 3166-2:JP) and the areas that people speak of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from omotenashi.model.text import fold

PREFECTURES: tuple[tuple[str, str, str, str, str], ...] = (
    ("JP-01", "北海道", "ほっかいどう", "Hokkaido", "北海道"),
    ("JP-02", "青森県", "あおもりけん", "Aomori", "東北"),
    ("JP-03", "岩手県", "いわてけん", "Iwate", "東北"),
    ("JP-04", "宮城県", "みやぎけん", "Miyagi", "東北"),
    ("JP-05", "秋田県", "あきたけん", "Akita", "東北"),
    ("JP-06", "山形県", "やまがたけん", "Yamagata", "東北"),
    ("JP-07", "福島県", "ふくしまけん", "Fukushima", "東北"),
    ("JP-08", "茨城県", "いばらきけん", "Ibaraki", "関東"),
    ("JP-09", "栃木県", "とちぎけん", "Tochigi", "関東"),
    ("JP-10", "群馬県", "ぐんまけん", "Gunma", "関東"),
    ("JP-11", "埼玉県", "さいたまけん", "Saitama", "関東"),
    ("JP-12", "千葉県", "ちばけん", "Chiba", "関東"),
    ("JP-13", "東京都", "とうきょうと", "Tokyo", "関東"),
    ("JP-14", "神奈川県", "かながわけん", "Kanagawa", "関東"),
    ("JP-15", "新潟県", "にいがたけん", "Niigata", "中部"),
    ("JP-16", "富山県", "とやまけん", "Toyama", "中部"),
    ("JP-17", "石川県", "いしかわけん", "Ishikawa", "中部"),
    ("JP-18", "福井県", "ふくいけん", "Fukui", "中部"),
    ("JP-19", "山梨県", "やまなしけん", "Yamanashi", "中部"),
    ("JP-20", "長野県", "ながのけん", "Nagano", "中部"),
    ("JP-21", "岐阜県", "ぎふけん", "Gifu", "中部"),
    ("JP-22", "静岡県", "しずおかけん", "Shizuoka", "中部"),
    ("JP-23", "愛知県", "あいちけん", "Aichi", "中部"),
    ("JP-24", "三重県", "みえけん", "Mie", "近畿"),
    ("JP-25", "滋賀県", "しがけん", "Shiga", "近畿"),
    ("JP-26", "京都府", "きょうとふ", "Kyoto", "近畿"),
    ("JP-27", "大阪府", "おおさかふ", "Osaka", "近畿"),
    ("JP-28", "兵庫県", "ひょうごけん", "Hyogo", "近畿"),
    ("JP-29", "奈良県", "ならけん", "Nara", "近畿"),
    ("JP-30", "和歌山県", "わかやまけん", "Wakayama", "近畿"),
    ("JP-31", "鳥取県", "とっとりけん", "Tottori", "中国"),
    ("JP-32", "島根県", "しまねけん", "Shimane", "中国"),
    ("JP-33", "岡山県", "おかやまけん", "Okayama", "中国"),
    ("JP-34", "広島県", "ひろしまけん", "Hiroshima", "中国"),
    ("JP-35", "山口県", "やまぐちけん", "Yamaguchi", "中国"),
    ("JP-36", "徳島県", "とくしまけん", "Tokushima", "四国"),
    ("JP-37", "香川県", "かがわけん", "Kagawa", "四国"),
    ("JP-38", "愛媛県", "えひめけん", "Ehime", "四国"),
    ("JP-39", "高知県", "こうちけん", "Kochi", "四国"),
    ("JP-40", "福岡県", "ふくおかけん", "Fukuoka", "九州・沖縄"),
    ("JP-41", "佐賀県", "さがけん", "Saga", "九州・沖縄"),
    ("JP-42", "長崎県", "ながさきけん", "Nagasaki", "九州・沖縄"),
    ("JP-43", "熊本県", "くまもとけん", "Kumamoto", "九州・沖縄"),
    ("JP-44", "大分県", "おおいたけん", "Oita", "九州・沖縄"),
    ("JP-45", "宮崎県", "みやざきけん", "Miyazaki", "九州・沖縄"),
    ("JP-46", "鹿児島県", "かごしまけん", "Kagoshima", "九州・沖縄"),
    ("JP-47", "沖縄県", "おきなわけん", "Okinawa", "九州・沖縄"),
)
"""Code, name, reading, English name and region of each."""


def prefecture_code(text: str) -> str | None:
    """Return the ISO code for a prefecture as people and databases write it, or None.

    東京, 東京都, とうきょう, トウキョウト, Tokyo, Tōkyō-to, Tokyo Prefecture, JP-13, JP13 and 13 are all JP-13.
    """
    folded = fold(text)
    return _CODES.get(folded) or _ROMAN_CODES.get(_romanised(folded))


def area_prefectures(text: str) -> frozenset[str] | None:
    """Return the ISO codes of the prefectures of an area, or None where there is no such area.

    関東, 関東地方, かんとう, Kanto and Kantō are the same.
    """
    folded = fold(text)
    return _AREAS.get(folded) or _AREAS.get(_romanised(folded))


def prefecture_name(code: str) -> str:
    """Return the Japanese name for an ISO code."""
    return _NAMES[code]


def area_names() -> tuple[str, ...]:
    """Return the names of all areas, for suggestions."""
    return tuple(_AREA_MEMBERS)


def english_area_names() -> tuple[str, ...]:
    """Return the English names of areas, for completion."""
    return tuple(_ENGLISH_AREAS)


def prefecture_spellings() -> tuple[str, ...]:
    """Return what is written for a prefecture in most cases, folded."""
    return tuple(_CODES)


def area_spellings() -> tuple[str, ...]:
    """Return all that may be written for an area, folded."""
    return tuple(_AREAS)


def _spellings(row: tuple[str, str, str, str, str]) -> Iterator[str]:
    code, name, kana, english, _ = row
    number = code.removeprefix("JP-")
    reading, ending = _ENDINGS[name[-1]]
    yield from (code, f"JP{number}", number, number.lstrip("0"))
    yield from (name, name if name == "北海道" else name[:-1])
    yield from (kana, kana if name == "北海道" else kana.removesuffix(reading))
    for roman in (english, *_MACRONS.get(code, ())):
        yield roman
        if name != "北海道":
            yield f"{roman}-{ending}"


def _roman_spellings(row: tuple[str, str, str, str, str]) -> Iterator[str]:
    """Yield further ways to write a name in Latin letters, as `_romanised` leaves them."""
    code, name, _, english, _ = row
    ending = _ENDINGS[name[-1]][1]
    yield "jp " + code.removeprefix("JP-")
    for roman in (english.lower(), *_OTHER_ROMAN.get(code, ())):
        yield roman
        yield from (f"{roman} {suffix}" for suffix in (ending, "prefecture", "pref", "pref."))
        if name != "北海道":
            yield roman + ending


def _romanised(folded: str) -> str:
    """Return a name in Latin letters without marks, its parts divided by single spaces; empty for other scripts."""
    letters = unicodedata.normalize("NFD", folded.replace("'", "").replace("’", ""))
    bare = _DIVIDERS.sub(" ", "".join(letter for letter in letters if not unicodedata.combining(letter)))
    return bare if bare.isascii() else ""


_DIVIDERS = re.compile("[\\s_\u2010-\u2015\u2212-]+")
_ENDINGS = {"都": ("と", "to"), "府": ("ふ", "fu"), "県": ("けん", "ken"), "道": ("どう", "do")}
"""How the endings are read, in kana and in Latin letters."""
_MACRONS = {
    "JP-01": ("Hokkaidō",),
    "JP-13": ("Tōkyō",),
    "JP-26": ("Kyōto",),
    "JP-27": ("Ōsaka",),
    "JP-28": ("Hyōgo",),
    "JP-39": ("Kōchi",),
    "JP-44": ("Ōita",),
}
"""Names with long vowels, as ISO 3166-2 and GeoLite2 write them."""
_OTHER_ROMAN = {
    "JP-01": ("hokkaidou", "hokkai do"),
    "JP-10": ("gumma",),
    "JP-13": ("toukyou", "tokyo metropolis"),
    "JP-26": ("kyouto",),
    "JP-27": ("oosaka", "ohsaka"),
    "JP-28": ("hyougo",),
    "JP-39": ("kouchi", "kohchi"),
    "JP-44": ("ooita", "ohita"),
}
"""Older spellings, and long vowels as they are typed."""
_NAMES = {row[0]: row[1] for row in PREFECTURES}
_CODES = {fold(spelling): row[0] for row in PREFECTURES for spelling in _spellings(row)}
_ROMAN_CODES = {spelling: row[0] for row in PREFECTURES for spelling in _roman_spellings(row)}


def _codes(names: str) -> frozenset[str]:
    return frozenset(_CODES[fold(name)] for name in names.split())


def _region(name: str) -> frozenset[str]:
    return frozenset(row[0] for row in PREFECTURES if row[4] == name)


_AREA_MEMBERS = {
    "北海道": _region("北海道"),
    "東北": _region("東北"),
    "関東": _region("関東"),
    "中部": _region("中部"),
    "近畿": _region("近畿"),
    "関西": _region("近畿"),
    "中国": _region("中国"),
    "四国": _region("四国"),
    "九州・沖縄": _region("九州・沖縄"),
    "九州": _region("九州・沖縄") - _codes("沖縄"),
    "沖縄": _codes("沖縄"),
    "首都圏": _codes("東京 神奈川 埼玉 千葉"),
    "東海": _codes("愛知 岐阜 三重 静岡"),
    "北陸": _codes("富山 石川 福井"),
    "甲信越": _codes("山梨 長野 新潟"),
}
_ENGLISH_AREAS = {
    "Hokkaido": "北海道", "Tohoku": "東北", "Kanto": "関東", "Chubu": "中部", "Kinki": "近畿", "Kansai": "関西",
    "Chugoku": "中国", "Shikoku": "四国", "Kyushu": "九州", "Okinawa": "沖縄", "Tokai": "東海", "Hokuriku": "北陸",
    "Koshinetsu": "甲信越", "Kyushu-Okinawa": "九州・沖縄", "Greater Tokyo": "首都圏",
}  # fmt: skip
_AREA_READINGS = {
    "ほっかいどう": "北海道", "とうほく": "東北", "かんとう": "関東", "ちゅうぶ": "中部", "きんき": "近畿", "かんさい": "関西",
    "ちゅうごく": "中国", "しこく": "四国", "きゅうしゅう": "九州", "おきなわ": "沖縄", "しゅとけん": "首都圏", "とうかい": "東海",
    "ほくりく": "北陸", "こうしんえつ": "甲信越", "九州沖縄": "九州・沖縄",
}  # fmt: skip
_AREAS = {fold(name): codes for name, codes in _AREA_MEMBERS.items()}
_AREAS |= {fold(name): _AREA_MEMBERS[area] for name, area in (_ENGLISH_AREAS | _AREA_READINGS).items()}
_AREAS |= {_romanised(fold(name)): _AREA_MEMBERS[area] for name, area in _ENGLISH_AREAS.items()}
_AREAS |= {
    fold(name + "地方"): _AREA_MEMBERS[name]
    for name in "東北 関東 中部 近畿 関西 中国 四国 九州 北陸 東海 甲信越 九州・沖縄".split()
}
