"""Conditions on a member's attributes, by the type that site.yaml declares."""

from __future__ import annotations

import re

from omotenashi.language import reader
from omotenashi.language.condition import DateTest, Fact, OneOf, Operand, Truth
from omotenashi.language.meant_dates import birthday_meant, date_meant
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode, text_at
from omotenashi.language.read_history import read_range
from omotenashi.language.report import Report
from omotenashi.language.values import moment
from omotenashi.language.vocabulary import CALENDAR, DATE_KEYS, RANGE_KEYS
from omotenashi.language.written import entry, listed
from omotenashi.model.site_facts import Attribute, SiteFacts
from omotenashi.model.text import fold

_YEARS_MONTHS = 12


def read_member(name: str, node: Node, key: TextNode, site: SiteFacts, report: Report) -> Operand | None:
    """Return the operand for one value of member.NAME, or None after reporting what is wrong."""
    attribute = declared(name, key, site, report)
    if attribute is None:
        return None
    if attribute.type == "number":
        return read_range(node, key.text, report, signed=True)
    if attribute.type == "date":
        return _date(node, key.text, report)
    if attribute.type == "yes_no":
        answer = reader.yes_no_of(node, key.text, report)
        return None if answer is None else Truth(answer)
    return _word(attribute, node, key.text, report)


def spread(node: Node) -> Node:
    """Return `{month: [3, 4]}` as [{month: 3}, {month: 4}]: a list is any of them."""
    if isinstance(node, MapNode) and len(node.entries) == 1:
        key, values = node.entries[0]
        word = DATE_KEYS.find(key.text)
        if word is not None and word.name == "month" and isinstance(values, ListNode) and values.items:
            return ListNode(tuple(MapNode(((key, item),), item.position) for item in values.items), node.position)
    return node


def declared(name: str, key: TextNode, site: SiteFacts, report: Report) -> Attribute | None:
    """Return the attribute that site.yaml declares, or None after reporting that it does not."""
    attribute = site.attributes.get(fold(name))
    if attribute is None and not report.may_exist(name):
        report.add("E405", key, value=name, write=_attribute_meant(name, key, site, report))
    return attribute


def _attribute_meant(name: str, key: TextNode, site: SiteFacts, report: Report) -> str:
    """The whole key, with the attribute of this label or of the nearest name."""
    called = {fold(one.label): one.name for one in site.attributes.values() if one.label}
    meant = called.get(fold(name)) or report.near(name, [one.name for one in site.attributes.values()])
    return f"{key.text.removesuffix(name)}{meant}" if meant else ""


def attribute_of(fact: Fact, site: SiteFacts) -> Attribute | None:
    """Return the attribute that a condition asks for; None for other fields."""
    head, _, name = fact.field.partition(".")
    return site.attributes.get(fold(name)) if head == "member" else None


def _word(attribute: Attribute, node: Node, what: str, report: Report) -> Operand | None:
    if isinstance(node, MapNode) and attribute.type == "choice" and _from_on(attribute, node):
        report.add("E203", node, what=what, expected="text", write=_from_on(attribute, node))
        return None
    found = reader.text(node, what, report)
    if found is None:
        return None
    if attribute.type == "choice" and fold(found.text) not in map(fold, attribute.values):
        bound = re.fullmatch(r"(.+?) ?(以上|以下|\+)", found.text.strip())
        if bound and _bounded(attribute, bound[1], upwards=bound[2] != "以下"):
            meant = _bounded(attribute, bound[1], upwards=bound[2] != "以下")
            report.add("E305", found, value=found.text, what=what, known=attribute.values, write=meant)
            return None
        reader.outside(found, what, attribute.values, report)
        return None
    return OneOf(frozenset((fold(found.text),)))


def _from_on(attribute: Attribute, node: MapNode) -> str:
    """The values from one on, or up to one, for {at_least: ゴールド}; empty text for others."""
    key, value = node.entries[0]
    word = RANGE_KEYS.find(key.text)
    return (
        _bounded(attribute, value.text, upwards=word.name == "at_least") if word and isinstance(value, TextNode) else ""
    )


def _bounded(attribute: Attribute, value: str, *, upwards: bool) -> str:
    folded = [fold(one) for one in attribute.values]
    if fold(value) not in folded:
        return ""
    at = folded.index(fold(value))
    return listed(attribute.values[at:] if upwards else attribute.values[: at + 1])


def _date(node: Node, what: str, report: Report) -> Operand | None:
    if isinstance(node, MapNode):
        return _date_test(node, what, report)
    found = reader.text(node, what, report)
    if found is None:
        return None
    calendar = CALENDAR.find(found.text)
    if calendar:
        return DateTest(calendar.name.replace(" ", "_"))
    exact = moment(found.text)
    if exact is None or exact.minute is not None:
        meant = birthday_meant(found.text) or date_meant(found.text).partition(" ")[0]
        report.add("E303", found, value=found.text, what=what, write=meant)
        return None
    return DateTest("on", exact.day.isoformat())


def _date_test(node: MapNode, what: str, report: Report) -> Operand | None:
    entries = reader.keys(node, DATE_KEYS, what, report)
    if len(entries) != 1:
        if entries:
            each = [entry(key.text, value) for key, value in node.entries]
            meant = f"{what}: {{all: [{', '.join(each)}]}}" if all(each) else ""
            report.add("E311", node.entries[1][0], names=list(entries), write=meant)
        return None
    kind, (_, value) = next(iter(entries.items()))
    if kind in ("within", "in"):
        span = reader.span_of(value, kind, report)
        return DateTest(kind, span=span) if span else None
    if kind == "month":
        return _month(value, report)
    day = reader.moment_of(value, kind, report)
    return DateTest(kind, day.day.isoformat()) if day else None


def _month(node: Node, report: Report) -> Operand | None:
    text = node.text if isinstance(node, TextNode) else ""
    bare = text_at(text.strip().removesuffix("月"), node.position) if text.strip().endswith("月") else node
    month = reader.count_of(bare, "month", report)
    if month is None:
        return None
    if not 1 <= month <= _YEARS_MONTHS:
        report.add("E305", node, value=text, what="month", known=["1-12"], did_you_mean="")
        return None
    return DateTest("month", month=month)
