"""The history of a test's visitor: entries such as "/running/a 31 days ago" or {item: x, ago: 70 days}."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

from omotenashi.language import reader
from omotenashi.language.condition import Span
from omotenashi.language.meant_forms import MISSING
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.patterns import path_pattern
from omotenashi.language.read_event import event_called, read_event
from omotenashi.language.reader import Entries
from omotenashi.language.report import Report
from omotenashi.language.syntax import StatedCart, StatedHistory, StatedShowing
from omotenashi.language.values import span
from omotenashi.language.vocabulary import (
    AGO_KEYS,
    BOUGHT_KEYS,
    CART_FACTS,
    DID_KEYS,
    SHOWN_NAMES,
    STAGES,
    VIEWED_KEYS,
    Words,
)
from omotenashi.model.text import fold
from omotenashi.model.views import View
from omotenashi.model.visitor import Deed, Order, OrderLine

E = TypeVar("E")
_AGO = re.compile(r"(.+?)[ 　]+(\S+[ 　]*\S*?)(?:[ 　]+ago|前)")
_OTHER_TIMES = {
    "1 day ago": "tomorrow yesterday in later",
    "1日前": "明日 昨日",
    "2日前": "一昨日 おととい",
    "1 week ago": "last_week next_week",
    "1週間前": "先週 来週",
    "1 month ago": "last_month next_month",
    "1か月前": "先月 来月",
    "": "today now 今日 今",
}
"""What people write instead of how long ago, and what they mean."""
_MEANT = {word.replace("_", " "): ago for ago, words in _OTHER_TIMES.items() for word in words.split()}
_OTHER_TIME = re.compile(rf"(?i)(.+?)[ 　]+({'|'.join(sorted(_MEANT, key=len, reverse=True))})")
_BARE_SPAN = re.compile(r"(.+?)[ 　]+((?:in +)?(\d+ ?[^\d\s]+?)(?: later|後)?)")
_CONDITIONS_ONLY = ("at_least", "at_most", "within", "none_within")


def _viewed(history: StatedHistory, node: Node, report: Report) -> StatedHistory:
    views = _stated("viewed", node, _view_of_text, _view_of_entries, VIEWED_KEYS, report)
    return msgspec.structs.replace(history, views=history.views + views)


def _bought(history: StatedHistory, node: Node, report: Report) -> StatedHistory:
    orders = _stated("bought", node, _order_of_text, _order_of_entries, BOUGHT_KEYS, report)
    return msgspec.structs.replace(history, orders=history.orders + orders)


def _did(history: StatedHistory, node: Node, report: Report) -> StatedHistory:
    deeds = _stated("did", node, _deed_of_text, _deed_of_entries, DID_KEYS, report)
    return msgspec.structs.replace(history, deeds=history.deeds + deeds)


def _visits(history: StatedHistory, node: Node, report: Report) -> StatedHistory:
    return msgspec.structs.replace(history, visits=reader.count_of(node, "visits", report))


def _last_visit(history: StatedHistory, node: Node, report: Report) -> StatedHistory:
    return msgspec.structs.replace(history, last_visit=_ago_of(node, "last_visit", report))


def _shown(history: StatedHistory, node: Node, report: Report) -> StatedHistory:
    showings = _stated("shown", node, _showing_of_text, _showing_of_entries, SHOWN_NAMES, report)
    return msgspec.structs.replace(history, showings=history.showings + showings)


def _cart(history: StatedHistory, node: Node, report: Report) -> StatedHistory:
    if isinstance(node, TextNode) and not node.empty:
        cart = StatedCart() if reader.yes_no_of(node, "cart", report) else None
        return msgspec.structs.replace(history, cart=cart)
    mapping = reader.mapping(node, "cart", report)
    entries = reader.keys(mapping, CART_FACTS, "cart", report) if mapping else {}
    ago = reader.span_of(entries["abandoned_for"][1], "abandoned_for", report) if "abandoned_for" in entries else Span()
    amount = reader.number_of(entries["amount"][1], "amount", report) if "amount" in entries else 0.0
    return msgspec.structs.replace(history, cart=StatedCart(ago or Span(), amount or 0.0))


def _lifecycle(history: StatedHistory, node: Node, report: Report) -> StatedHistory:
    return msgspec.structs.replace(history, stage=reader.choice(node, "lifecycle", Words(*STAGES), report))


HISTORY_READERS: dict[str, Callable[[StatedHistory, Node, Report], StatedHistory]] = {
    "viewed": _viewed,
    "bought": _bought,
    "did": _did,
    "visits": _visits,
    "last_visit": _last_visit,
    "shown": _shown,
    "cart": _cart,
    "lifecycle": _lifecycle,
}


def _stated(
    what: str,
    node: Node,
    of_text: Callable[[TextNode, str, Report], E | None],
    of_entries: Callable[[Entries, Report], E | None],
    words: Words,
    report: Report,
) -> tuple[tuple[Span, E], ...]:
    allowed = Words(*(word for word in (*words.all, *AGO_KEYS.all) if word.name not in _CONDITIONS_ONLY))
    found: list[tuple[Span, E]] = []
    if isinstance(node, ListNode) and not node.items:
        return ()
    for item in reader.one_or_more(node, what, report):
        if isinstance(item, MapNode):
            found += _from_mapping(item, what, of_entries, allowed, report)
        else:
            found += _from_text(item, what, of_text, report)
    return tuple(found)


def _from_mapping(
    item: MapNode, what: str, of_entries: Callable[[Entries, Report], E | None], allowed: Words, report: Report
) -> list[tuple[Span, E]]:
    entries = reader.keys(item, allowed, what, report)
    if not entries:
        return []
    ago = _ago_of(entries["ago"][1], "ago", report) if "ago" in entries else Span()
    times = reader.count_of(entries["times"][1], "times", report) if "times" in entries else 1
    entry = of_entries(entries, report)
    return [(ago, entry)] * times if entry is not None and ago and times else []


def _from_text(
    item: Node, what: str, of_text: Callable[[TextNode, str, Report], E | None], report: Report
) -> list[tuple[Span, E]]:
    found = reader.text(item, what, report)
    if found is None:
        return []
    parts = _AGO.fullmatch(found.text.strip())
    if parts is None and (other := _other_time(found.text.strip())):
        report.add("E302", found, value=other[0], what=what, did_you_mean=other[1])
        return []
    ago = span(parts[2]) if parts else Span()
    if ago is None:
        report.add("E302", found, value=parts[2] if parts else "", what=what)
        return []
    entry = of_text(found, parts[1] if parts else found.text.strip(), report)
    return [(ago, entry)] if entry is not None else []


def _other_time(text: str) -> tuple[str, str] | None:
    """Return what looks like a time, but does not say how long ago, and the text that was probably meant."""
    named = _OTHER_TIME.fullmatch(text)
    if named:
        return named[2], f"{named[1]} {_MEANT[named[2].lower()]}".strip()
    bare = _BARE_SPAN.fullmatch(text)
    if bare is None or span(bare[3]) is None:
        return None
    return bare[2], f"{bare[1]} {bare[3]}{' ago' if bare[3].isascii() else '前'}"


def _ago_of(node: Node, what: str, report: Report) -> Span | None:
    return reader.value(node, what, _ago_text, "E302", report)


def _ago_text(text: str) -> Span | None:
    return span(text.strip().removesuffix("ago").removesuffix("前").strip())


def _view_of_text(node: TextNode, name: str, report: Report) -> View | None:
    path = path_pattern(name)
    if path is None:
        report.add("E306", node, value=name, what="viewed")
    return View(0, path) if path else None


def _view_of_entries(entries: Entries, report: Report) -> View | None:
    if not entries.keys() & {"page", "tag", "item", "category"}:
        report.add(
            "E202",
            next(iter(entries.values()))[0],
            key="page / tag / item / category",
            what="viewed",
            write=MISSING["page / tag / item / category"],
        )
        return None
    path = reader.value(entries["page"][1], "page", path_pattern, "E306", report) if "page" in entries else ""
    tags, items, categories = (_folded(entries, key, report) for key in ("tag", "item", "category"))
    return None if path is None else View(0, path, tags, items, categories)


def _order_of_text(node: TextNode, name: str, report: Report) -> Order:
    del node, report
    return Order(0, 0.0, (OrderLine(fold(name)),))


def _order_of_entries(entries: Entries, report: Report) -> Order | None:
    items, categories = _folded(entries, "item", report), _folded(entries, "category", report)
    amount = reader.number_of(entries["amount"][1], "amount", report) if "amount" in entries else 0.0
    if amount is None:
        return None
    line = OrderLine(items[0] if items else "", categories[0] if categories else "", amount)
    return Order(0, amount, (line,))


def _deed_of_text(node: TextNode, name: str, report: Report) -> Deed | None:
    event = event_called(name, node, report)
    return Deed(0, event) if event else None


def _deed_of_entries(entries: Entries, report: Report) -> Deed | None:
    event = read_event(entries["event"][1], "event", report) if "event" in entries else None
    return Deed(0, event) if event else None


def _showing_of_text(node: TextNode, name: str, report: Report) -> StatedShowing:
    del report
    return StatedShowing("rule", name, node.position)


def _showing_of_entries(entries: Entries, report: Report) -> StatedShowing | None:
    if "rule" in entries and "block" in entries:
        report.add("E311", entries["block"][0], names=["rule", "block"])
        return None
    kind = next((kind for kind in ("rule", "block") if kind in entries), None)
    if kind is None:
        report.add(
            "E202", next(iter(entries.values()))[0], key="rule / block", what="shown", write=MISSING["rule / block"]
        )
        return None
    found = reader.text(entries[kind][1], kind, report)
    return StatedShowing(kind, found.text, found.position) if found else None


def _folded(entries: Entries, key: str, report: Report) -> tuple[str, ...]:
    if key not in entries:
        return ()
    found = [reader.text(item, key, report) for item in reader.one_or_more(entries[key][1], key, report)]
    return tuple(fold(one.text) for one in found if one)
