"""site.yaml: facts about the site."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from omotenashi.language import reader
from omotenashi.language.beside import Beside
from omotenashi.language.meant_forms import list_meant
from omotenashi.language.misplaced import own_site_keys
from omotenashi.language.naming import is_table
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.patterns import host_name
from omotenashi.language.read_holidays import Holidays, read_holidays
from omotenashi.language.read_operand import read_language
from omotenashi.language.read_search_console import read_search_console
from omotenashi.language.read_site_urls import campaign_parameters, search_parameters
from omotenashi.language.read_site_visitors import browser_events, consent, cookie_domain, lifecycle
from omotenashi.language.reader import Entries
from omotenashi.language.report import Report
from omotenashi.language.vocabulary import (
    ATTRIBUTE_KEYS,
    ATTRIBUTE_TYPES,
    MATCHING,
    PLACE_KEYS,
    SITE_KEYS,
    WEAK_REGION,
)
from omotenashi.language.written import inline
from omotenashi.model.landings import Landings
from omotenashi.model.site_facts import Attribute, SiteFacts
from omotenashi.model.text import fold

VERSION = "1"


def read_site(root: MapNode, report: Report, beside: Beside | None = None) -> SiteFacts:
    """Return the facts of site.yaml; what is wrong is reported and left at its default."""
    entries = reader.keys(own_site_keys(root, report), SITE_KEYS, "site.yaml", report)
    if len(entries) < len(root.entries):
        report.unreadable = True  # what stands under a misspelt key may be meant elsewhere
    _version(entries, report)
    weak = (
        reader.choice(entries["weak_region"][1], "weak_region", WEAK_REGION, report)
        if "weak_region" in entries
        else None
    )
    hosts = _hosts(entries, report)
    language = (read_language(entries["language"][1], "language", report) or "") if "language" in entries else ""
    places = _places(entries, report)
    landings_file, landings = _landings(entries, beside or Beside(), report)
    listed = read_holidays(entries["holidays"][1], beside or Beside(), report) if "holidays" in entries else Holidays()
    if listed is None:
        report.broken.add("holidays")
    holidays = listed or Holidays()
    return SiteFacts(
        name=_text(entries, "name", "", report),
        timezone=_timezone(entries, report),
        language=language or SiteFacts().language,
        stated_language=language,
        hosts=hosts,
        attributes=_attributes(entries, report),
        places={fold(name): place for name, place in places.items()},
        place_names=tuple(places),
        synonyms=_synonyms(entries, report),
        keyword_matching=_matching(entries, report),
        holidays=holidays.all,
        holiday_countries=holidays.countries,
        listed_holidays=holidays.listed,
        search_parameters=search_parameters(entries, report),
        campaign_parameters=campaign_parameters(entries, report),
        consent=consent(entries, report),
        accept_weak_region=weak == "accept",
        lifecycle=lifecycle(entries, report),
        cookie_domain=cookie_domain(entries, hosts, report),
        browser_events=browser_events(entries, report),
        sensitive_topics=_folded(entries, "sensitive_topics", report),
        landings=landings,
        landings_file=landings_file,
    )


def _version(entries: Entries, report: Report) -> None:
    if "version" not in entries:
        return
    found = reader.text(entries["version"][1], "version", report)
    if found and fold(found.text) != VERSION:
        report.add("E315", found, value=found.text, write=VERSION)


def _text(entries: Entries, key: str, default: str, report: Report) -> str:
    found = reader.text(entries[key][1], key, report) if key in entries else None
    return found.text.strip() if found else default


def _timezone(entries: Entries, report: Report) -> str:
    default = SiteFacts().timezone
    name = _text(entries, "timezone", default, report)
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        node = entries["timezone"][1]
        if isinstance(node, TextNode):
            reader.outside(node, "timezone", ("Asia/Tokyo", "UTC"), report)
        return default


def _hosts(entries: Entries, report: Report) -> frozenset[str]:
    if "hosts" not in entries:
        return frozenset()
    items = reader.one_or_more(entries["hosts"][1], "hosts", report)
    found = [reader.value(item, "hosts", host_name, "E307", report) for item in items]
    return frozenset(host for host in found if host)


def _attributes(entries: Entries, report: Report) -> Mapping[str, Attribute]:
    node = reader.mapping(entries["attributes"][1], "attributes", report) if "attributes" in entries else None
    found = [report.kept(name, _attribute(name, value, report)) for name, value in node.entries] if node else []
    return {fold(attribute.name): attribute for attribute in found if attribute}


def _attribute(name: TextNode, node: Node, report: Report) -> Attribute | None:
    mapping = reader.mapping(node, name.text, report, form="attribute")
    if mapping is None:
        return None
    entries = reader.keys(mapping, ATTRIBUTE_KEYS, name.text, report)
    if "type" not in entries:
        reader.missing(mapping, entries, name, "type", report)
        return None
    kind = reader.choice(entries["type"][1], "type", ATTRIBUTE_TYPES, report)
    values = _texts(entries["values"][1], "values", report) if "values" in entries else ()
    sensitive = reader.yes_no_of(entries["sensitive"][1], "sensitive", report) if "sensitive" in entries else False
    if "allowed_in" in entries and sensitive is False:
        report.add("E345", entries["allowed_in"][0])
    if kind == "choice" and "values" not in entries:
        reader.missing(mapping, entries, name, "values", report)
        return None
    if kind is None:
        return None
    allowed = _blocks(entries, "allowed_in", report)
    return Attribute(name.text, kind, values, bool(sensitive), _text(entries, "label", "", report), allowed)


def _places(entries: Entries, report: Report) -> Mapping[str, tuple[float, float]]:
    node = reader.mapping(entries["places"][1], "places", report) if "places" in entries else None
    found = {name.text: report.kept(name, _place(name, value, report)) for name, value in node.entries} if node else {}
    return {name: place for name, place in found.items() if place}


def _place(name: TextNode, node: Node, report: Report) -> tuple[float, float] | None:
    mapping = reader.mapping(node, name.text, report, form="place")
    if mapping is None:
        return None
    entries = reader.keys(mapping, PLACE_KEYS, name.text, report)
    degrees = []
    for key, limit in (("lat", 90), ("lng", 180)):
        if key not in entries:
            reader.missing(mapping, entries, name, key, report)
            return None
        value = reader.number_of(entries[key][1], key, report)
        if value is None:
            return None
        if abs(value) > limit:
            report.add("E316", entries[key][1], value=f"{value:g}", limit=limit)
            return None
        degrees.append(value)
    return degrees[0], degrees[1]


def _synonyms(entries: Entries, report: Report) -> tuple[tuple[str, ...], ...]:
    if "synonyms" not in entries:
        return ()
    groups = []
    seen: dict[str, Node] = {}
    node = entries["synonyms"][1]
    if isinstance(node, ListNode) and node.items and all(isinstance(item, TextNode) for item in node.items):
        meant = f"[{inline(node)}]"
        report.add("E203", node, what="synonyms", expected="groups", write=meant)
        return ()
    for item in reader.listing(node, "synonyms", report):
        if isinstance(item, TextNode) and not item.empty:
            meant = list_meant("group", item)
            report.add("E203", item, what="synonyms", expected="list", write=meant)
            continue
        words = [
            word for node in reader.listing(item, "synonyms", report) if (word := reader.text(node, "synonyms", report))
        ]
        for word in words:
            first = seen.setdefault(fold(word.text), item)
            if first is not item:
                report.add("E317", word, (first.position, "first"), value=word.text)
        groups.append(tuple(word.text for word in words))
    return tuple(groups)


def _matching(entries: Entries, report: Report) -> str:
    """Morphemes where the site says that it is Japanese, unless it says how keywords are matched."""
    key = "keyword_matching" if "keyword_matching" in entries else "language"
    if key not in entries:
        return SiteFacts().keyword_matching
    node = entries[key][1]
    report.matching_said = node.position
    if key == "keyword_matching":
        return reader.choice(node, key, MATCHING, report) or SiteFacts().keyword_matching
    return "morphemes" if isinstance(node, TextNode) and fold(node.text) == "ja" else "scripts"


def _landings(entries: Entries, beside: Beside, report: Report) -> tuple[str, Landings | None]:
    if "search_console" not in entries:
        return "", None
    node = entries["search_console"][1]
    if isinstance(node, TextNode) and is_table(node.text.strip()):
        report.add(
            "E203", node, what="search_console", expected="mapping", did_you_mean=f"{{file: {node.text.strip()}}}"
        )
        path, landings = "", None
    else:
        path, landings = read_search_console(node, beside, report)
    if landings is None:
        report.broken.add("search_console")
    return path, landings


def _blocks(entries: Entries, key: str, report: Report) -> frozenset[str]:
    found = _text_nodes(entries[key][1], key, report) if key in entries else []
    report.blocks_named += found
    return frozenset(fold(one.text) for one in found)


def _folded(entries: Entries, key: str, report: Report) -> frozenset[str]:
    return frozenset(map(fold, _texts(entries[key][1], key, report))) if key in entries else frozenset()


def _texts(node: Node, what: str, report: Report) -> tuple[str, ...]:
    return tuple(one.text for one in _text_nodes(node, what, report))


def _text_nodes(node: Node, what: str, report: Report) -> list[TextNode]:
    found = [reader.text(item, what, report) for item in reader.one_or_more(node, what, report)]
    return [one for one in found if one]
