"""An editor's test: a visitor, a moment, and what each block is expected to show."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from zoneinfo import ZoneInfo

import msgspec

from omotenashi.language import reader
from omotenashi.language.countries import country_code, country_names
from omotenashi.language.misplaced import attribute_named, own_keys
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.patterns import host_pattern, path_pattern
from omotenashi.language.prefectures import PREFECTURES, area_names, area_prefectures, prefecture_code
from omotenashi.language.read_experiment import read_buckets
from omotenashi.language.read_operand import read_language
from omotenashi.language.read_test_history import HISTORY_READERS
from omotenashi.language.read_test_member import read_member_fact, read_member_facts
from omotenashi.language.report import Report
from omotenashi.language.syntax import CaseSpec, Expectation, StatedVisitor
from omotenashi.language.vocabulary import (
    CONSENTS,
    DEVICES,
    EXPECT_KEYS,
    FACT_EXTRAS,
    FIELDS,
    MEDIA,
    OTHERWISE,
    SHOW_WORDS,
    TEST_KEYS,
    UNKNOWN,
    Kind,
    Word,
    Words,
    find_field,
)
from omotenashi.language.written import listed
from omotenashi.model.geo import point
from omotenashi.model.request import StatedPlace
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold
from omotenashi.model.visitor import MemberValue

_ARRIVAL_TEXTS = ("keyword", "source", "campaign", "campaign_source", "campaign_medium", "campaign_content")


def read_test(node: Node, site: SiteFacts, report: Report) -> CaseSpec | None:
    """Return a test; what is wrong is reported and left out."""
    mapping = reader.mapping(node, "tests", report, form="test")
    if mapping is None:
        return None
    entries = reader.keys(own_keys(mapping, TEST_KEYS, report, "visitor"), TEST_KEYS, "test", report)
    name = reader.text(entries["name"][1], "name", report) if "name" in entries else None
    heading = name or mapping.entries[0][0]
    if "expect" not in entries:
        if name:
            reader.missing(mapping, entries, name, "expect", report)
        else:
            reader.missing_inside(mapping, entries, "tests", "expect", report)
        return None
    at = reader.moment_of(entries["at"][1], "at", report) if "at" in entries else None
    visitor = read_visitor(entries["visitor"][1], site, report) if "visitor" in entries else StatedVisitor()
    expectations = _expectations(entries["expect"][1], report)
    epoch = at.start(ZoneInfo(site.timezone)) if at else None
    return CaseSpec(name.text if name else "", visitor, epoch, expectations, heading.position)


def read_visitor(node: Node, site: SiteFacts, report: Report) -> StatedVisitor:
    if isinstance(node, TextNode) and node.empty:
        return StatedVisitor()
    if not isinstance(node, MapNode):
        reader.mapping(node, "visitor", report)
        return StatedVisitor(buckets=None)
    visitor = StatedVisitor()
    for key, value in node.entries:
        visitor = _with_fact(visitor, key, value, site, report)
    if _has_history(visitor) or visitor.buckets:
        _needs_consent(visitor, node, site, report)
    return visitor


def _needs_consent(visitor: StatedVisitor, node: MapNode, site: SiteFacts, report: Report) -> None:
    """What is remembered is unknown without consent: the visitor's own, or that of the site where the test is silent."""
    consent = site.consent.default if visitor.consent is None else visitor.consent
    stated = [value for key, value in node.entries if (found := find_field(key.text)) and found[0].name == "consent"]
    if "personalization" in consent:
        return
    words = listed([*(word.name for word in CONSENTS if word.name in consent), "personalization"])
    report.add("N601", stated[0] if stated else node.entries[0][0], write=f"consent: {words}")


def _is_member(key: TextNode) -> bool:
    """`member: {…}`, not `member.rank`."""
    found = find_field(key.text + ".NAME") if "." not in key.text else None
    return found is not None and found[0].kind is Kind.MEMBER


def _has_history(visitor: StatedVisitor) -> bool:
    return visitor.history != StatedVisitor().history


def _with_fact(visitor: StatedVisitor, key: TextNode, value: Node, site: SiteFacts, report: Report) -> StatedVisitor:
    extra = FACT_EXTRAS.find(key.text)
    if extra is not None:
        return _with_extra(visitor, extra.name, value, report)
    if _is_member(key):
        return _with_member(visitor, read_member_facts(value, site, report))
    found = find_field(key.text)
    if found is None or found[0].kind in (Kind.SEGMENT, Kind.NEAR):
        _unknown_fact(key, value, site, report)
        return msgspec.structs.replace(visitor, buckets=visitor.buckets or None)
    field, name = found
    if isinstance(value, TextNode) and UNKNOWN.find(value.text):
        return msgspec.structs.replace(visitor, unknown=visitor.unknown | {field.name})
    if field.name in HISTORY_READERS:
        history = HISTORY_READERS[field.name](visitor.history, value, report)
        return msgspec.structs.replace(visitor, history=history)
    if field.name == "member":
        return _with_member(visitor, read_member_fact(name, key, value, site, report))
    if field.name == "query":
        text = reader.text(value, key.text, report)
        return msgspec.structs.replace(visitor, query={**visitor.query, name: text.text if text else ""})
    return _SETTERS[field.name](visitor, field.name, value, report)


def _unknown_fact(key: TextNode, value: Node, site: SiteFacts, report: Report) -> None:
    stated = (field for field in FIELDS if field.kind not in (Kind.SEGMENT, Kind.NEAR))
    facts = Words(*(Word(field.name, field.ja) for field in stated), *FACT_EXTRAS.all)
    place = site.places.get(fold(value.text)) if isinstance(value, TextNode) else None
    written = f'location: "{place[0]}, {place[1]}"' if place else attribute_named(key.text, site)
    report.add("E210", key, key=key.text, write=written, did_you_mean=reader.meant_key(key.text, facts, report))


def _with_member(visitor: StatedVisitor, facts: dict[str, MemberValue]) -> StatedVisitor:
    """A member that is stated is logged in."""
    logged_in = True if visitor.logged_in is None else visitor.logged_in
    return msgspec.structs.replace(visitor, member={**visitor.member, **facts}, logged_in=logged_in)


def _with_extra(visitor: StatedVisitor, name: str, value: Node, report: Report) -> StatedVisitor:
    if name == "bucket":
        return msgspec.structs.replace(visitor, buckets=read_buckets(value, report))
    if name == "location":
        at = reader.value(value, "location", _location, "E318", report)
        return _with_place(visitor, "location", at) if at else visitor
    found = reader.value(value, name, _RAW_FORMS.get(name, str), _RAW_CODES.get(name, "E305"), report)
    return msgspec.structs.replace(visitor, **{name: found}) if found else visitor


def _location(text: str) -> str | None:
    return text if point(text) else None


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return None


def _page_url(text: str) -> str | None:
    return text if text.startswith("/") or "://" in text else None


_RAW_CODES = {"url": "E306", "ip": "E354"}
_RAW_FORMS: dict[str, Callable[[str], str | None]] = {"ip": _address, "url": _page_url}


def _arrival_text(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    found = reader.text(node, name, report)
    return _with_arrival(visitor, name, found.text) if found else visitor


def _medium(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    word = reader.choice(node, name, Words(*MEDIA), report)
    return _with_arrival(visitor, name, word) if word else visitor


def _referrer(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    found = reader.text(node, name, report)
    if found is None:
        return visitor
    if "://" in found.text:
        return msgspec.structs.replace(visitor, raw_referrer=found.text)
    address = host_pattern(found.text)
    if address is None:
        report.add("E307", found, value=found.text, what=name)
    return _with_arrival(visitor, name, address) if address else visitor


def _landing(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    path = reader.value(node, name, path_pattern, "E306", report)
    return _with_arrival(visitor, name, path) if path else visitor


def _with_arrival(visitor: StatedVisitor, name: str, value: str) -> StatedVisitor:
    return msgspec.structs.replace(visitor, arrival={**visitor.arrival, name: value})


def _page(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    path = reader.value(node, name, path_pattern, "E306", report)
    return msgspec.structs.replace(visitor, page=path) if path else visitor


def _page_tag(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    if isinstance(node, ListNode) and not node.items:
        return msgspec.structs.replace(visitor, page_tags=())
    found = [reader.text(item, name, report) for item in reader.one_or_more(node, name, report)]
    return msgspec.structs.replace(visitor, page_tags=tuple(fold(one.text) for one in found if one))


def _site_search(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    found = reader.text(node, name, report)
    return msgspec.structs.replace(visitor, site_search=found.text) if found else visitor


def _place_text(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    found = reader.text(node, name, report)
    if found is None:
        return visitor
    if name == "prefecture" and prefecture_code(found.text) is None:
        reader.outside(found, name, [row[1] for row in PREFECTURES], report)
        return visitor
    return _with_place(visitor, name, found.text)


def _country(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    found = reader.text(node, name, report)
    code = country_code(found.text) if found else None
    if found and code is None:
        reader.outside(found, name, country_names(), report)
    return _with_place(visitor, name, code) if code else visitor


def _with_place(visitor: StatedVisitor, name: str, value: str) -> StatedVisitor:
    place = msgspec.structs.replace(visitor.place or StatedPlace(), **{name: value})
    return msgspec.structs.replace(visitor, place=place)


def _area(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    found = reader.text(node, name, report)
    codes = area_prefectures(found.text) if found else None
    if found and codes is None:
        reader.outside(found, name, area_names(), report)
    return msgspec.structs.replace(visitor, area=codes)


def _device(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    return msgspec.structs.replace(visitor, device=reader.choice(node, name, Words(*DEVICES), report))


def _language(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    return msgspec.structs.replace(visitor, language=read_language(node, name, report))


def _logged_in(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    return msgspec.structs.replace(visitor, logged_in=reader.yes_no_of(node, name, report))


def _consent(visitor: StatedVisitor, name: str, node: Node, report: Report) -> StatedVisitor:
    if not isinstance(node, TextNode) and not getattr(node, "items", ()):
        return msgspec.structs.replace(visitor, consent=frozenset())
    words = [reader.choice(item, name, Words(*CONSENTS), report) for item in reader.one_or_more(node, name, report)]
    return msgspec.structs.replace(visitor, consent=frozenset(word for word in words if word))


_SETTERS: dict[str, Callable[[StatedVisitor, str, Node, Report], StatedVisitor]] = {
    **dict.fromkeys(_ARRIVAL_TEXTS, _arrival_text),
    "medium": _medium,
    "referrer": _referrer,
    "landing": _landing,
    "page": _page,
    "page_tag": _page_tag,
    "site_search": _site_search,
    "country": _country,
    **dict.fromkeys(("prefecture", "city"), _place_text),
    "area": _area,
    "device": _device,
    "language": _language,
    "logged_in": _logged_in,
    "consent": _consent,
}


def _expectations(node: Node, report: Report) -> tuple[Expectation, ...]:
    mapping = reader.mapping(node, "expect", report)
    if mapping is None:
        return ()
    found = [_expectation(block, value, report) for block, value in mapping.entries]
    return tuple(one for one in found if one)


def _expectation(block: TextNode, node: Node, report: Report) -> Expectation | None:
    if not isinstance(node, MapNode):
        found = reader.text(node, block.text, report)
        return Expectation(block.text, _won(found.text), "", found.position, block.position) if found else None
    entries = reader.keys(node, EXPECT_KEYS, "expect", report)
    rule = reader.text(entries["rule"][1], "rule", report) if "rule" in entries else None
    contains = reader.text(entries["contains"][1], "contains", report) if "contains" in entries else None
    variant = reader.text(entries["variant"][1], "variant", report) if "variant" in entries else None
    if variant and "rule" not in entries:
        reader.missing_inside(node, entries, "expect", "rule", report)
    place = rule or contains
    if place is None:
        return None
    return Expectation(
        block.text,
        _won(rule.text) if rule else "",
        contains.text if contains else "",
        place.position,
        block.position,
        variant.text if variant else "",
        variant.position if variant else None,
    )


def _won(text: str) -> str:
    word = SHOW_WORDS.find(text) or OTHERWISE.find(text)
    return word.name if word else text
