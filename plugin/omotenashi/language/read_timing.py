"""from, until, days and hours of a rule."""

from __future__ import annotations

from datetime import tzinfo

from omotenashi.language import reader
from omotenashi.language.condition import Before, Condition, Days, Fact, Hours, NotBefore, once
from omotenashi.language.meant_dates import date_meant, hours_meant
from omotenashi.language.nodes import Node, TextNode
from omotenashi.language.read_days import read_days
from omotenashi.language.reader import Entries
from omotenashi.language.report import Report
from omotenashi.language.values import Moment, hours, moment
from omotenashi.model.site_facts import SiteFacts


def read_timing(entries: Entries, site: SiteFacts, zone: tzinfo, report: Report) -> tuple[Condition, ...]:
    """Return a condition for each of from, until, days and hours that is there."""
    spans = _hours(entries, report)
    found = _period(entries, zone, report)
    days = read_days(entries["days"][1], spans, site, report) if "days" in entries else None
    if days:
        found.append(_fact("days", days, entries))
    if spans:
        found.append(_fact("hours", Hours(spans), entries))
    return tuple(found)


def _period(entries: Entries, zone: tzinfo, report: Report) -> list[Condition]:
    years = [_year(entries[key][1]) for key in ("from", "until") if key in entries]
    start = reader.moment_of(entries["from"][1], "from", report, max(years)) if "from" in entries else None
    end = reader.moment_of(entries["until"][1], "until", report, max(years)) if "until" in entries else None
    if start and end and start.start(zone) >= end.end(zone):
        later = _later(entries["until"][1], end, start, zone)
        report.add("E313", entries["until"][1], (entries["from"][1].position, "from"), write=later)
    parts: list[Condition] = []
    if start:
        parts.append(_fact("from", NotBefore(start.start(zone)), entries))
    if end:
        parts.append(_fact("until", Before(end.end(zone)), entries))
    return parts


def _later(node: Node, end: Moment, start: Moment, zone: tzinfo) -> str:
    """The same day and time of the year in which the period begins, or of the next."""
    text = node.text if isinstance(node, TextNode) else ""
    years = (date_meant(text.replace(str(end.day.year), str(start.day.year + more))) for more in (0, 1))
    after = (year for year in years if (found := moment(year)) and found.end(zone) > start.start(zone))
    return next(after, "")


def _year(node: Node) -> int:
    """The year of a date; 0 where it has none."""
    found = moment(node.text) if isinstance(node, TextNode) else None
    return found.day.year if found else 0


def _hours(entries: Entries, report: Report) -> tuple[tuple[int, int], ...]:
    if "hours" not in entries:
        return ()
    node = entries["hours"][1]
    ends = _texts(node)
    if len(ends) == 2 and not any(map(hours, ends)) and hours_meant("-".join(ends)):
        report.add("E304", node, value=", ".join(ends), what="hours", write=hours_meant("-".join(ends)))
        return ()
    items = reader.one_or_more(node, "hours", report)
    found = [reader.value(item, "hours", hours, "E304", report) for item in items]
    return tuple(span for span in found if span)


def _fact(field: str, operand: NotBefore | Before | Hours | Days, entries: Entries) -> Condition:
    key, node = entries[field]
    written = node.text if isinstance(node, TextNode) else ", ".join(_texts(node))
    return Fact(field, once(operand), node.position, written, key.text)


def _texts(node: Node) -> list[str]:
    return [item.text for item in getattr(node, "items", ()) if isinstance(item, TextNode)]
