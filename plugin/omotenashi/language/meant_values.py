"""What to write instead of a value outside its domain: by another name, in a list, denied, or of another field."""

from __future__ import annotations

import re
from collections.abc import Callable

from omotenashi.language.aliases import value_meant
from omotenashi.language.countries import country_code
from omotenashi.language.meant import denied, several
from omotenashi.language.prefectures import area_prefectures, prefecture_code, prefecture_name
from omotenashi.language.report import LONGEST_SLIP, suggestion
from omotenashi.language.vocabulary import WEEKDAYS
from omotenashi.model.text import fold

_WEEK = "月火水木金土日"
_WEEK_ENGLISH = "mon tue wed thu fri sat sun".split()
_DATES = re.compile(r"\d{1,2}日?(?:-|~|から)\d{1,2}日(?:まで)?")
_LISTED_DATES = re.compile(r"(?:[1-9]|[12]\d|3[01])(?:日?(?:[,、・と]|and)(?:[1-9]|[12]\d|3[01]))+日?")
_CITY = re.compile(r".+[市区町村]")


def other_value(text: str, what: str, reads: Callable[[str], object]) -> str:
    """Return what to write for a value of a field or key that `reads` does not know; empty text where one cannot tell."""
    if len(text) > LONGEST_SLIP:
        return ""
    inner = denied(text)
    if inner and (reads(inner) or value_meant(inner, what)):
        return f"not: {{{what}: {inner if reads(inner) else value_meant(inner, what)}}}"
    mend = _OF_FIELD.get(what)
    return value_meant(text, what) or _several_named(text, what, reads) or (mend(text) if mend else "")


def _several_named(text: str, what: str, reads: Callable[[str], object]) -> str:
    """A list of values, each by its own name."""
    return several(text, lambda part: part if reads(part) else value_meant(part, what))


def _days(text: str) -> str:
    """土日 and 月・水 are lists, 月〜金 is 平日, 金〜日 is [金, 土, 日], 1日〜3日 is [1日, 2日, 3日]."""
    said = fold(text).replace(" ", "")
    if said.strip(".") in WEEKDAYS:
        return said.strip(".")
    said = re.sub("曜日?|よう日?|ようび", "", said)
    if len(said) == 1 and said in _WEEK:
        return said
    if len(said) > 1 and all(day in _WEEK for day in said):
        return f"[{', '.join(said)}]"
    if _DATES.fullmatch(said):
        first, last = (int(number) for number in re.findall(r"\d+", said))
        return f"[{', '.join(f'{day}日' for day in range(first, last + 1))}]" if 1 <= first < last <= 31 else ""
    if _LISTED_DATES.fullmatch(said):
        return f"[{', '.join(f'{int(day)}日' for day in re.findall(r'[0-9]+', said))}]"
    ends = [WEEKDAYS.get(part) for part in re.split(r"-|~|から|to|–|ー", said.removesuffix("まで"))]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return suggestion(text, WEEKDAYS) if text.isascii() else ""
    if ends == [0, 4]:
        return "weekday" if said.isascii() else "平日"
    names = _WEEK_ENGLISH if said.isascii() else list(_WEEK)
    return f"[{', '.join(names[day % 7] for day in range(ends[0], ends[1] + (1 if ends[1] >= ends[0] else 8)))}]"


def _prefecture(text: str) -> str:
    """東京県 is 東京都; 関東 is an area; 京都市 is a city."""
    code = prefecture_code(text.strip()[:-1]) if text.strip()[-1:] in "都道府県" else None
    if code:
        return prefecture_name(code)
    if area_prefectures(text):
        return f"area: {text}"
    if _CITY.fullmatch(text):
        return f"city: {text}"
    return f"country: {text}" if country_code(text) and len(text) > 2 else ""


def _area(text: str) -> str:
    if prefecture_code(text):
        return f"prefecture: {text}"
    stripped = re.sub(r"(?:エリア|地区|方面|圏|地域| area| region)$", "", text.strip(), flags=re.IGNORECASE)
    return stripped if stripped != text and area_prefectures(stripped) else ""


def _country(text: str) -> str:
    if prefecture_code(text):
        return f"prefecture: {text}"
    return f"area: {text}" if area_prefectures(text) else ""


_OF_FIELD: dict[str, Callable[[str], str]] = {
    "days": _days,
    "prefecture": _prefecture,
    "area": _area,
    "country": _country,
}
