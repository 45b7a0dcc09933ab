"""site.yaml: how visitors are known, what they allow, and what browsers may state."""

from __future__ import annotations

import re
from collections.abc import Mapping

from omotenashi.language import reader
from omotenashi.language.nodes import MapNode, Node, TextNode
from omotenashi.language.patterns import host_name
from omotenashi.language.reader import Entries
from omotenashi.language.report import Report
from omotenashi.language.vocabulary import (
    BROWSER_EVENTS,
    CONSENT_DEFAULTS,
    CONSENT_KEYS,
    CONSENTS,
    COOKIE_KEYS,
    GPC,
    GRANT_KEYS,
    LIFECYCLE_KEYS,
)
from omotenashi.model.site_facts import ConsentMapping, Grant, Lifecycle

_DAY = 86_400
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_GRANT = re.compile(r"""([^\s,&;"'=]+):([^\s,&;|!"'=:(){}\[\]]+)""")
_NUMBER_LAST = re.compile(r"(?:.*\.)?\d+")


def lifecycle(entries: Entries, report: Report) -> Lifecycle:
    """Return the spans of the stages; those that are not given keep their default."""
    default = Lifecycle()
    given = reader.inside(entries, "lifecycle", LIFECYCLE_KEYS, report)
    new = _seconds(given, "new", default.new, report)
    active = _seconds(given, "active", default.active, report)
    lapsing = _seconds(given, "lapsing", default.lapsing, report)
    if active < lapsing:
        return Lifecycle(new, active, lapsing)
    at = given["lapsing" if "lapsing" in given else "active"][1]
    report.add("E341", at, value=f"active {active / _DAY:g} ≥ lapsing {lapsing / _DAY:g}")
    return default


def cookie_domain(entries: Entries, hosts: frozenset[str], report: Report) -> str:
    """Return the domain whose hosts share the visitor cookie, or empty text; all `hosts` must be under it."""
    inner = reader.inside(entries, "cookie", COOKIE_KEYS, report)
    if "domain" not in inner:
        return ""
    node = inner["domain"][1]
    domain = reader.value(node, "domain", _domain, "E342", report) or ""
    outside = sorted(host for host in hosts if domain and host != domain and not host.endswith(f".{domain}"))
    if outside:
        report.add("E343", node, value=domain, host=outside[0])
    return domain


def browser_events(entries: Entries, report: Report) -> frozenset[str]:
    """Return the events that browsers may state though they need the server key by default."""
    if "browser_events" not in entries:
        return frozenset()
    items = reader.one_or_more(entries["browser_events"][1], "browser_events", report)
    found = [reader.value(item, "browser_events", _browser_event, "E344", report) for item in items]
    return frozenset(name for name in found if name)


def consent(entries: Entries, report: Report) -> ConsentMapping:
    """Return where consent is read from when the call does not state it."""
    default = ConsentMapping()
    inner = reader.inside(entries, "consent", CONSENT_KEYS, report)
    word = reader.choice(inner["default"][1], "default", CONSENT_DEFAULTS, report) if "default" in inner else None
    granted = frozenset(category.name for category in CONSENTS) if word == "granted" else frozenset()
    cookie = _token(inner, "cookie", default.cookie, report)
    header = _token(inner, "header", default.header, report)
    gpc = reader.choice(inner["gpc"][1], "gpc", GPC, report) if "gpc" in inner else None
    if inner.keys() & {"grants", "answered"}:
        _cookie_of_a_manager(inner, entries["consent"], report)
    grants = _grants(inner["grants"], report) if "grants" in inner else {}
    return ConsentMapping(granted, cookie, header, grants, _answered(inner, report), gpc != "ignore")


def _cookie_of_a_manager(inner: Entries, consent: tuple[TextNode, Node], report: Report) -> None:
    """Grants say what stands in a consent manager's cookie, so that cookie must be named; without grants nothing does."""
    key, node = consent
    cookie = inner["cookie"][1] if "cookie" in inner else None
    lacking = next((name for name in ("cookie", "grants") if name not in inner), None)
    if lacking is not None and isinstance(node, MapNode):
        reader.missing(node, inner, key, lacking, report)
    elif isinstance(cookie, TextNode) and cookie.text.strip() == ConsentMapping().cookie:
        report.add("E347", cookie, value=cookie.text.strip())


def _answered(inner: Entries, report: Report) -> Grant | None:
    """Read a cookie's name, or what stands in the consent manager's own cookie."""
    if "answered" not in inner:
        return None
    node = inner["answered"][1]
    if isinstance(node, TextNode) and re.search("[:=]", node.text):
        return reader.value(node, "answered", _grant, "E346", report)
    name = reader.value(node, "answered", _token_of, "E320", report)
    return Grant(name, "") if name else None


def _grants(entry: tuple[TextNode, Node], report: Report) -> Mapping[str, tuple[Grant, ...]]:
    """Without a grant for personalization nobody could ever consent to it: that is missed, too."""
    key, node = entry
    mapping = reader.mapping(node, key.text, report)
    if mapping is None:
        return {}
    inner = reader.keys(mapping, GRANT_KEYS, key.text, report)
    if "personalization" not in inner:
        reader.missing(mapping, inner, key, "personalization", report)
    return {category: _grants_of(category, value, report) for category, (_, value) in inner.items()}


def _grants_of(category: str, node: Node, report: Report) -> tuple[Grant, ...]:
    items = reader.one_or_more(node, category, report)
    found = [reader.value(item, category, _grant, "E346", report) for item in items]
    return tuple(grant for grant in found if grant)


def _grant(text: str) -> Grant | None:
    found = _GRANT.fullmatch(text.strip())
    return Grant(found[1], found[2]) if found else None


def _seconds(given: Entries, key: str, default: int, report: Report) -> int:
    """Read a span: a month is 30 days, twelve months or a year are 365."""
    span = reader.span_of(given[key][1], key, report) if key in given else None
    if span is None:
        return default
    years, months = divmod(span.months, 12)
    return span.seconds + (years * 365 + months * 30) * _DAY


def _browser_event(text: str) -> str | None:
    word = BROWSER_EVENTS.find(text)
    return word.name if word else None


def _domain(text: str) -> str | None:
    """A dot at the beginning means nothing any more (RFC 6265, section 4.1.2.3); addresses have no domain."""
    host = host_name(text.strip().removeprefix("."))
    return host if host and "." in host and not _NUMBER_LAST.fullmatch(host) else None


def _token(entries: Entries, key: str, default: str, report: Report) -> str:
    """A name as RFC 9110, section 5.6.2 has it."""
    found = reader.value(entries[key][1], key, _token_of, "E320", report) if key in entries else None
    return default if found is None else found


def _token_of(text: str) -> str | None:
    return text.strip() if _TOKEN.fullmatch(text.strip()) else None
