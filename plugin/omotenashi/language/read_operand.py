"""The values of a field: a node to an operand, by the field's kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from omotenashi.language import reader
from omotenashi.language.condition import (
    Estimated,
    HostPaths,
    InStage,
    Languages,
    Near,
    OneOf,
    Operand,
    Paths,
    Prefectures,
    Truth,
    Word,
    Words,
    once,
    word,
)
from omotenashi.language.countries import country_code, country_names
from omotenashi.language.meant import several
from omotenashi.language.nodes import MapNode, Node, TextNode
from omotenashi.language.patterns import host_pattern, path_pattern
from omotenashi.language.prefectures import PREFECTURES, area_names, area_prefectures, prefecture_code
from omotenashi.language.read_history import (
    read_bought,
    read_cart,
    read_did,
    read_last_visit,
    read_shown,
    read_stage,
    read_viewed,
    read_visits,
)
from omotenashi.language.read_member import read_member
from omotenashi.language.report import Report
from omotenashi.language.values import kilometres, percent, percent_meant
from omotenashi.language.vocabulary import EXAMPLES, LANGUAGES, NEAR_KEYS, WORD_KEYS, Field, Kind
from omotenashi.language.vocabulary import Words as Names
from omotenashi.language.written import listed
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_PREFECTURE_NAMES = [name for row in PREFECTURES for name in (row[1], row[3])]
_COUNTRY_NAMES = country_names()
_COMMA = re.compile("[、，,;；]")
_COMMAS = re.compile(r" *(?:[、，;；]|,(?= |\D)) *")


_COUNTRIES = ("jp", "cn", "kr", "us", "jpn")
"""What is no language, though it looks like one."""


def read(field: Field, name: str, node: Node, key: TextNode, site: SiteFacts, report: Report) -> Operand | None:
    """Return the operand for one value of a field, or None after reporting what is wrong."""
    if field.kind is Kind.MEMBER:
        operand = read_member(name, node, key, site, report)
    elif field.kind in _SITE_READERS:
        operand = _SITE_READERS[field.kind](field, node, site, report)
    else:
        operand = _READERS[field.kind](field, node, report)
    return once(operand) if operand else None


def join(operands: list[Operand]) -> Operand | None:
    """Return one operand for any of several of one type, or None where they do not join."""
    joined = _joined(operands)
    return once(joined) if joined else None


def _joined(operands: list[Operand]) -> Operand | None:
    first = operands[0]
    if isinstance(first, OneOf) and all(isinstance(one, OneOf) for one in operands):
        return OneOf(frozenset().union(*(one.values for one in operands if isinstance(one, OneOf))))
    if isinstance(first, Prefectures) and all(isinstance(one, Prefectures) for one in operands):
        return Prefectures(frozenset().union(*(one.codes for one in operands if isinstance(one, Prefectures))))
    if isinstance(first, Words) and all(isinstance(one, Words) for one in operands):
        return Words(tuple(word for one in operands if isinstance(one, Words) for word in one.words))
    if isinstance(first, Paths) and all(isinstance(one, Paths) for one in operands):
        return Paths(tuple(pattern for one in operands if isinstance(one, Paths) for pattern in one.patterns))
    if isinstance(first, InStage) and all(isinstance(one, InStage) for one in operands):
        stages = frozenset().union(*(one.stages for one in operands if isinstance(one, InStage)))
        return InStage(stages, first.spans)
    if isinstance(first, HostPaths) and all(isinstance(one, HostPaths) for one in operands):
        return HostPaths(tuple(pattern for one in operands if isinstance(one, HostPaths) for pattern in one.patterns))
    return None


def _words(field: Field, node: Node, site: SiteFacts, report: Report) -> Operand | None:
    if not isinstance(node, MapNode):
        found = reader.text(node, field.name, report)
        _long_enough(found, "word", site, report)
        return Words((word(found.text, "word"),)) if found and _one_text(found, report) else None
    entries = reader.keys(node, WORD_KEYS, field.name, report)
    share = entries.pop("share", None)
    if len(entries) != 1:
        if entries:
            report.add("E311", list(entries.values())[1][0], names=list(entries))
        elif share and len(node.entries) == 1:
            reader.missing_inside(node, {"share": share}, field.name, "estimated", report)
        return None
    mode, (key, value) = next(iter(entries.items()))
    if mode == "estimated":
        return _estimated(field, key, value, share[1] if share else None, site, report)
    if share:
        report.add("E327", share[0], mode=mode)
    words = _each_word(value, mode, mode, site, report)
    return Words(words) if words else None


def _each_word(value: Node, what: str, mode: str, site: SiteFacts, report: Report) -> tuple[Word, ...]:
    items = [reader.text(item, what, report) for item in reader.one_or_more(value, what, report)]
    for item in items:
        _long_enough(item, mode, site, report)
    return tuple(word(item.text, mode) for item in items if item and _one_text(item, report))


def _estimated(
    field: Field, key: TextNode, value: Node, share: Node | None, site: SiteFacts, report: Report
) -> Operand | None:
    if field.name != "keyword":
        report.add("E329", key)
        return None
    words = _each_word(value, "estimated", "word", site, report)
    least = _share(share, report) if share else Estimated(()).share
    return Estimated(words, least) if words and least is not None else None


def _share(node: Node, report: Report) -> float | None:
    found = reader.text(node, "share", report)
    share = percent(found.text) if found else None
    if found and share is None:
        report.add("E437", found, value=found.text, did_you_mean=percent_meant(found.text))
    elif found and share is not None and not 0 < share <= 100:
        report.add("E328", found, value=found.text)
        return None
    return share


def _long_enough(word: TextNode | None, mode: str, site: SiteFacts, report: Report) -> None:
    """Warn of a single character: as a word it is rarely found, as a part of others nearly always. Kanji can be words."""
    if word is None or mode == "exact" or len(fold(word.text)) != 1:
        return
    kanji = "N644" if site.keyword_matching == "morphemes" else "N643"
    code = "W532" if mode == "contains" else kanji if "一" <= word.text.strip() <= "鿿" else "W531"
    report.add(code, word, value=word.text)


def _choice(field: Field, node: Node, report: Report) -> Operand | None:
    name = reader.choice(node, field.name, _names(field), report)
    return OneOf(frozenset((name,))) if name else None


@lru_cache
def _names(field: Field) -> Names:
    return Names(*field.choices)


def _text(field: Field, node: Node, report: Report) -> Operand | None:
    found = reader.text(node, field.name, report)
    if found is None or not _one_text(found, report):
        return None
    if "*" in found.text:
        report.add("W533", found, value=found.text)
    return OneOf(frozenset((fold(found.text),)))


def _one_text(node: TextNode, report: Report) -> bool:
    """Tell whether a text is not several with commas between, after reporting it. In quotes it is what it is."""
    if node.quoted or not _COMMA.search(node.text):
        return True
    parts = [part for part in _COMMAS.split(node.text.strip()) if part]
    if len(parts) < 2:
        return True
    report.add("E352", node, value=node.text, write=listed(parts))
    return False


def _tags(field: Field, node: Node, report: Report) -> Operand | None:
    return _choice(field, node, report) if field.choices else _text(field, node, report)


def _paths(field: Field, node: Node, report: Report) -> Operand | None:
    pattern = reader.value(node, field.name, path_pattern, "E306", report)
    together = several(node.text, path_pattern) if pattern and isinstance(node, TextNode) and not node.quoted else ""
    if together:
        report.add("E352", node, value=getattr(node, "text", ""), write=together)
        return None
    return Paths((pattern,)) if pattern else None


def _host_paths(field: Field, node: Node, report: Report) -> Operand | None:
    pattern = reader.value(node, field.name, host_pattern, "E307", report)
    return HostPaths((pattern,)) if pattern else None


def _country(field: Field, node: Node, report: Report) -> Operand | None:
    code = _known(field, node, country_code, _COUNTRY_NAMES, report)
    return OneOf(frozenset((code,))) if code else None


def _prefecture(field: Field, node: Node, report: Report) -> Operand | None:
    code = _known(field, node, prefecture_code, _PREFECTURE_NAMES, report)
    return Prefectures(frozenset((code,))) if code else None


def _area(field: Field, node: Node, report: Report) -> Operand | None:
    codes = _known(field, node, area_prefectures, area_names(), report)
    return Prefectures(codes) if codes else None


def _known(
    field: Field, node: Node, find: Callable[[str], reader.T | None], names: list[str] | tuple[str, ...], report: Report
) -> reader.T | None:
    found = reader.text(node, field.name, report)
    if found is None:
        return None
    result = find(found.text)
    if result is None:
        reader.outside(found, field.name, names, report, find)
    return result


def _language(field: Field, node: Node, report: Report) -> Operand | None:
    tag = read_language(node, field.name, report)
    return Languages(frozenset((tag,))) if tag else None


def read_language(node: Node, what: str, report: Report) -> str | None:
    """Return a language's tag, or None after reporting what is none."""
    found = reader.text(node, what, report)
    tag = language_tag(found.text) if found else None
    if found and tag is None:
        reader.outside(
            found, what, ("ja", "en", "zh", "ko", "日本語", "英語", "中国語", "韓国語"), report, language_tag
        )
    return tag


def language_tag(text: str) -> str | None:
    """Return a language's tag in lower case, such as en or zh-tw; None for what is none."""
    word = LANGUAGES.find(text)
    tag = word.name if word else fold(text).replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) and tag not in _COUNTRIES else None


def _yes_no(field: Field, node: Node, report: Report) -> Operand | None:
    answer = reader.yes_no_of(node, field.name, report)
    return None if answer is None else Truth(answer)


def _near(field: Field, node: Node, site: SiteFacts, report: Report) -> Operand | None:
    entries = reader.mapping(node, field.name, report, EXAMPLES[field.name])
    if entries is None:
        return None
    found = reader.keys(entries, NEAR_KEYS, field.name, report)
    if not reader.required(entries, found, ("place", "within"), field.name, report):
        return None
    place = reader.text(found["place"][1], "place", report)
    distance = reader.value(found["within"][1], "within", kilometres, "E310", report)
    if place is None or distance is None:
        return None
    location = site.places.get(fold(place.text))
    if location is None:
        if not report.may_exist(place.text):
            report.add("E404", place, value=place.text, did_you_mean=report.near(place.text, site.place_names))
        return None
    return Near(location[0], location[1], distance)


_READERS: dict[Kind, Callable[[Field, Node, Report], Operand | None]] = {
    Kind.CHOICE: _choice,
    Kind.TEXT: _text,
    Kind.TAGS: _tags,
    Kind.PATHS: _paths,
    Kind.HOST_PATHS: _host_paths,
    Kind.COUNTRY: _country,
    Kind.AREA: _area,
    Kind.PREFECTURE: _prefecture,
    Kind.LANGUAGE: _language,
    Kind.YES_NO: _yes_no,
    Kind.DID: read_did,
    Kind.VISITS: read_visits,
    Kind.LAST_VISIT: read_last_visit,
    Kind.CART: read_cart,
    Kind.SHOWN: read_shown,
}
_SITE_READERS: dict[Kind, Callable[[Field, Node, SiteFacts, Report], Operand | None]] = {
    Kind.WORDS: _words,
    Kind.NEAR: _near,
    Kind.LIFECYCLE: read_stage,
    Kind.VIEWED: read_viewed,
    Kind.BOUGHT: read_bought,
}
