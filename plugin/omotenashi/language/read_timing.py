"""from, until, days and hours of a rule."""

from __future__ import annotations

from datetime import tzinfo

from omotenashi.language import reader
from omotenashi.language.condition import Before, Condition, Days, Fact, Hours, NotBefore
from omotenashi.language.nodes import Node, TextNode
from omotenashi.language.report import Report
from omotenashi.language.values import hours, moment
from omotenashi.language.vocabulary import HOLIDAY, WEEKDAYS, WORKDAY
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

Entries = dict[str, tuple[TextNode, Node]]


def read_timing(entries: Entries, site: SiteFacts, zone: tzinfo, report: Report) -> tuple[Condition, ...]:
    """Return a condition for each of from, until, days and hours that is there."""
    spans = _hours(entries, report)
    found = [*_period(entries, zone, report), _days(entries, spans, site, report)]
    if spans:
        found.append(_fact("hours", Hours(spans), entries))
    return tuple(one for one in found if one is not None)


def _period(entries: Entries, zone: tzinfo, report: Report) -> list[Condition]:
    start = reader.value(entries["from"][1], "from", moment, "E303", report) if "from" in entries else None
    end = reader.value(entries["until"][1], "until", moment, "E303", report) if "until" in entries else None
    if start and end and start.start(zone) >= end.end(zone):
        report.add("E313", entries["until"][1], (entries["from"][1].position, "from"))
    parts: list[Condition] = []
    if start:
        parts.append(_fact("from", NotBefore(start.start(zone)), entries))
    if end:
        parts.append(_fact("until", Before(end.end(zone)), entries))
    return parts


def _hours(entries: Entries, report: Report) -> tuple[tuple[int, int], ...]:
    if "hours" not in entries:
        return ()
    items = reader.one_or_more(entries["hours"][1], "hours", report)
    found = [reader.value(item, "hours", hours, "E304", report) for item in items]
    return tuple(span for span in found if span)


def _days(entries: Entries, spans: tuple[tuple[int, int], ...], site: SiteFacts, report: Report) -> Condition | None:
    if "days" not in entries:
        return None
    weekdays: set[int] = set()
    holidays_too = workdays = False
    for item in reader.one_or_more(entries["days"][1], "days", report):
        found = reader.text(item, "days", report)
        if found is None:
            continue
        if HOLIDAY.find(found.text):
            holidays_too = True
            if not site.holidays and not report.may_exist("holidays"):
                report.add("E314", found)
        elif WORKDAY.find(found.text):
            workdays = True
        elif fold(found.text) in WEEKDAYS:
            weekdays.add(WEEKDAYS[fold(found.text)])
        else:
            reader.outside(found, "days", [*WEEKDAYS, *HOLIDAY.names(), *WORKDAY.names()], report)
    if not weekdays and not holidays_too and not workdays:
        return None
    return _fact("days", Days(frozenset(weekdays), site.holidays, holidays_too, workdays, spans), entries)


def _fact(field: str, operand: NotBefore | Before | Hours | Days, entries: Entries) -> Condition:
    key, node = entries[field]
    written = node.text if isinstance(node, TextNode) else ", ".join(_texts(node))
    return Fact(field, operand, node.position, written, key.text)


def _texts(node: Node) -> list[str]:
    return [item.text for item in getattr(node, "items", ()) if isinstance(item, TextNode)]
