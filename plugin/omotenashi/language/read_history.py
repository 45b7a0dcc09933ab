"""Conditions on what the visitor did before."""

from __future__ import annotations

from omotenashi.language import reader
from omotenashi.language.condition import (
    Bought,
    Did,
    InCart,
    InStage,
    LastVisit,
    Operand,
    Range,
    Shown,
    Span,
    Viewed,
    Visits,
    Window,
)
from omotenashi.language.meant import range_meant
from omotenashi.language.meant_forms import mapping_meant
from omotenashi.language.nodes import MapNode, Node, TextNode
from omotenashi.language.patterns import path_pattern
from omotenashi.language.read_event import read_event
from omotenashi.language.reader import Entries
from omotenashi.language.report import Report
from omotenashi.language.values import number, number_range
from omotenashi.language.vocabulary import (
    BOUGHT_KEYS,
    CART_KEYS,
    DID_KEYS,
    EXAMPLES,
    LAST_VISIT_KEYS,
    RANGE_KEYS,
    SHOWN_KEYS,
    VIEWED_KEYS,
    VISITS_KEYS,
    Field,
    Words,
)
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

MOST_COUNTED, MOST_ORDERS = 200, 100
"""How much of each kind a profile holds: nobody can have been counted more often."""
_ONCE = Range(at_least=1)
_SHORTEST_MONTH, _LONGEST_MONTH = 28 * 86400, 31 * 86400


def read_viewed(field: Field, node: Node, site: SiteFacts, report: Report) -> Operand | None:
    """Read {page|tag|item|category: …, at_least, at_most, within, none_within}."""
    entries = _entries(field, node, VIEWED_KEYS, report)
    if entries is None:
        return None
    kind = _only_one(("page", "tag", "item", "category"), entries, field, node, report, required=True)
    window = _window(entries, report, MOST_COUNTED)
    if kind is None or window is None:
        return None
    values = _values(kind, entries[kind][1], site, report)
    return Viewed(kind, values, window) if values else None


def read_bought(field: Field, node: Node, site: SiteFacts, report: Report) -> Operand | None:
    """Read {item|category: …, at_least, amount, within, none_within}; without item and category any order counts."""
    entries = _entries(field, node, BOUGHT_KEYS, report)
    if entries is None:
        return None
    kind = _only_one(("item", "category"), entries, field, node, report, required=False)
    window = _window(entries, report, MOST_ORDERS)
    amount = read_range(entries["amount"][1], "amount", report) if "amount" in entries else None
    values = _values(kind, entries[kind][1], site, report) if kind else ()
    if window is None or kind is None or (kind and not values) or ("amount" in entries and amount is None):
        return None
    return Bought(kind, values, window, amount)


def read_did(field: Field, node: Node, report: Report) -> Operand | None:
    """Read {event: …, at_least, at_most, within, none_within}."""
    entries = _entries(field, node, DID_KEYS, report)
    if entries is None:
        return None
    kind = _only_one(("event",), entries, field, node, report, required=True)
    window = _window(entries, report, MOST_COUNTED)
    if kind is None or window is None:
        return None
    events = [read_event(item, kind, report) for item in reader.one_or_more(entries[kind][1], kind, report)]
    names = tuple(event for event in events if event)
    return Did(names, window) if names else None


def read_visits(field: Field, node: Node, report: Report) -> Operand | None:
    """Read a number, a range, or {at_least, at_most, within}."""
    if not isinstance(node, MapNode):
        count = read_range(node, field.name, report, MOST_COUNTED)
        return Visits(Window(count)) if count else None
    entries = reader.keys(node, VISITS_KEYS, field.name, report)
    window = _window(entries, report, MOST_COUNTED) if entries else None
    return Visits(window) if window else None


def read_last_visit(field: Field, node: Node, report: Report) -> Operand | None:
    """Read {before: 30 days} (longer ago) or {within: 30 days}."""
    entries = _entries(field, node, LAST_VISIT_KEYS, report)
    if entries is None or _only_one(("before", "within"), entries, field, node, report, required=True) is None:
        return None
    spans = {key: reader.span_of(value, key, report) for key, (_, value) in entries.items()}
    return LastVisit(spans.get("before"), spans.get("within")) if any(spans.values()) else None


def read_cart(field: Field, node: Node, report: Report) -> Operand | None:
    """Read yes, no or {abandoned_for, until, amount}."""
    if isinstance(node, TextNode) and not node.empty:
        meant = mapping_meant(field.name, node)
        if meant:
            report.add("E308", node, value=node.text, what=field.name, write=meant)
            return None
        filled = reader.yes_no_of(node, field.name, report)
        return None if filled is None else InCart(filled=filled)
    entries = _entries(field, node, CART_KEYS, report)
    if not entries:
        return None
    spans = {key: reader.span_of(entries[key][1], key, report) for key in ("abandoned_for", "until") if key in entries}
    amount = read_range(entries["amount"][1], "amount", report) if "amount" in entries else None
    if None in spans.values() or ("amount" in entries and amount is None):
        return None
    least, most = spans.get("abandoned_for"), spans.get("until")
    if least and most and _is_longer(least, most):
        report.add("E331", entries["until"][1], (entries["abandoned_for"][1].position, "abandoned_for"))
    return InCart(least, most, amount)


def read_stage(field: Field, node: Node, site: SiteFacts, report: Report) -> Operand | None:
    """Read a stage of the lifecycle; its spans are the site's."""
    stage = reader.choice(node, field.name, Words(*field.choices), report)
    return InStage(frozenset((stage,)), site.lifecycle) if stage else None


def read_shown(field: Field, node: Node, report: Report) -> Operand | None:
    """Read {rule|block: …, times, within}: a number of times is the least."""
    entries = _entries(field, node, SHOWN_KEYS, report)
    if entries is None:
        return None
    kind = _only_one(("rule", "block"), entries, field, node, report, required=True)
    times = _times(entries["times"][1], report) if "times" in entries else _ONCE
    window = _within(entries, times, report) if times else None
    if kind is None or window is None:
        return None
    items = reader.one_or_more(entries[kind][1], kind, report)
    names = [name for item in items if (name := reader.text(item, kind, report))]
    if not names:
        return None
    return Shown(kind, tuple(name.text for name in names), window, tuple(name.position for name in names))


def read_range(node: Node, what: str, report: Report, most: int | None = None, *, signed: bool = False) -> Range | None:
    """Read 20, 20-29 or {at_least, at_most}; a least number above `most`, which nobody can reach, is reported.

    Numbers below 0 are taken only where `signed` says so.
    """
    if isinstance(node, MapNode):
        return _bounds(reader.keys(node, RANGE_KEYS, what, report), report, most, signed=signed)
    found = reader.text(node, what, report)
    if found is None:
        return None
    bounds = _range_in(found, what, report)
    if bounds is None or (not signed and _is_negative(bounds.at_least, what, found, report)):
        return None
    return _reachable(bounds, found, what, most, report)


def _range_in(text: TextNode, what: str, report: Report) -> Range | None:
    single, both = number(text.text), number_range(text.text)
    if single is not None:
        return Range(single, single)
    if both is None:
        report.add("E301", text, value=text.text, what=what, write=range_meant(text.text))
        return None
    if both[0] > both[1]:
        report.add("E312", text, value=text.text, write=f"{both[1]:g}-{both[0]:g}")
        return None
    return Range(*both)


def _bounds(entries: Entries, report: Report, most: int | None = None, *, signed: bool = False) -> Range | None:
    bounds = {key: reader.number_of(value, key, report) for key, (_, value) in entries.items()}
    if not bounds or None in bounds.values():
        return None
    if not signed and any(_is_negative(bounds[key], key, value, report) for key, (_, value) in entries.items()):
        return None
    low, high = bounds.get("at_least"), bounds.get("at_most")
    if low is not None and high is not None and low > high:
        report.add("E312", entries["at_most"][1], value=f"{low:g} > {high:g}")
        return None
    if low is None:
        return Range(low, high)
    return _reachable(Range(low, high), entries["at_least"][1], "at_least", most, report)


def _is_negative(bound: float | None, what: str, at: Node, report: Report) -> bool:
    """Tell whether what is counted is asked to be less than nothing, and report it."""
    if bound is None or bound >= 0:
        return False
    report.add("E325", at, what=what, value=f"{bound:g}", write="0")
    return True


def _reachable(bounds: Range, at: Node, what: str, most: int | None, report: Report) -> Range | None:
    if most is None or bounds.at_least is None or bounds.at_least <= most:
        return bounds
    report.add("E319", at, what=what, limit=most, write=str(most))
    return None


def _entries(field: Field, node: Node, words: Words, report: Report) -> Entries | None:
    found = reader.mapping(node, field.name, report, EXAMPLES[field.name])
    return reader.keys(found, words, field.name, report) if found else None


def _only_one(
    names: tuple[str, ...], entries: Entries, field: Field, node: Node, report: Report, *, required: bool
) -> str | None:
    """Return the one of the names that is there; empty text if none needs to be; None after an error."""
    there = [name for name in names if name in entries]
    if len(there) > 1:
        report.add("E311", entries[there[1]][0], names=there)
        return None
    if not there and required and isinstance(node, MapNode):
        reader.missing_inside(node, entries, field.name, " / ".join(names), report)
        return None
    return there[0] if there else ""


def _window(entries: Entries, report: Report, most: int) -> Window | None:
    if "none_within" in entries:
        clash = next((key for key in ("at_least", "at_most", "within", "amount") if key in entries), None)
        if clash:
            report.add("E311", entries[clash][0], names=["none_within", clash])
            return None
        span = reader.span_of(entries["none_within"][1], "none_within", report)
        return Window(Range(at_most=0), span) if span else None
    count = _bounds({key: entries[key] for key in ("at_least", "at_most") if key in entries}, report, most)
    if count is None and ("at_least" in entries or "at_most" in entries):
        return None
    return _within(entries, count or _ONCE, report)


def _times(node: Node, report: Report) -> Range | None:
    """A single number is the least."""
    bounds = read_range(node, "times", report, MOST_COUNTED)
    if bounds is None or not isinstance(node, TextNode) or number(node.text) is None:
        return bounds
    if number(node.text) == 0:
        report.add("E309", node, what="times", write="1")
        return None
    return Range(at_least=bounds.at_least)


def _is_longer(one: Span, other: Span) -> bool:
    """Whatever the months' lengths are."""
    shortest, longest = one.seconds + one.months * _SHORTEST_MONTH, other.seconds + other.months * _LONGEST_MONTH
    return shortest > longest


def _within(entries: Entries, count: Range, report: Report) -> Window | None:
    span: Span | None = None
    if "within" in entries:
        span = reader.span_of(entries["within"][1], "within", report)
        if span is None:
            return None
    return Window(count, span)


def _values(kind: str, node: Node, site: SiteFacts, report: Report) -> tuple[str, ...]:
    items = reader.one_or_more(node, kind, report)
    if kind == "page":
        found = [reader.value(item, kind, path_pattern, "E306", report) for item in items]
        return tuple(pattern for pattern in found if pattern)
    texts = [text for item in items if (text := reader.text(item, kind, report))]
    if kind in ("tag", "category"):
        _remembered(texts, site, report)
    return tuple(fold(one.text) for one in texts)


def _remembered(topics: list[TextNode], site: SiteFacts, report: Report) -> None:
    """Report topics that are never remembered: nobody has looked at or bought any of them, as far as is known."""
    for topic in topics:
        if fold(topic.text) in site.sensitive_topics:
            report.add("E424", topic, value=topic.text)
