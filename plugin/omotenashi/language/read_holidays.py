"""holidays: the days of a country, dates, spans of dates, and files of dates.

A file has one date in each row, in the first column that has any.

What else stands in a file is not read: the Cabinet Office's syukujitsu.csv works as it is.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from msgspec import Struct

from omotenashi.language import reader
from omotenashi.language.aliases import value_meant
from omotenashi.language.beside import Beside, text_of
from omotenashi.language.meant_dates import days_meant
from omotenashi.language.naming import is_table
from omotenashi.language.nodes import MapNode, Node, TextNode
from omotenashi.language.report import Report, suggestion
from omotenashi.language.sheet import Sheet, read_sheet
from omotenashi.language.values import first_and_last_day, moment
from omotenashi.language.vocabulary import COUNTRIES, HOLIDAY_KEYS
from omotenashi.model.errors import Position

_MOST_DAYS = 366
"""Of a span: whoever writes more has most likely mistaken the year."""
_OTHER_LETTER = re.compile("[^\\W\\da-zA-Z_年月日]")


class Holidays(Struct, frozen=True):
    """The days that count as holidays."""

    listed: frozenset[date] = frozenset()
    """In site.yaml itself or in a file."""
    countries: frozenset[str] = frozenset()
    """Those whose holidays are named."""
    all: frozenset[date] = frozenset()
    """The days that are listed, and those of the countries."""


def read_holidays(node: Node, beside: Beside, report: Report) -> Holidays | None:
    """Return what `holidays:` says, or None after reporting what is wrong: dates, files, a country, or a list of them."""
    items = reader.one_or_more(node, "holidays", report)
    countries = {word.name for item in items if isinstance(item, TextNode) and (word := COUNTRIES.find(item.text))}
    others = [item for item in items if not (isinstance(item, TextNode) and COUNTRIES.find(item.text))]
    read = [_of_item(item, beside, report) for item in others]
    if None in read or not items:
        return None
    listed = frozenset[date]().union(*(days for days in read if days))
    of_countries = (beside.holidays.get(country, frozenset()) for country in countries)
    return Holidays(listed, frozenset(countries), listed.union(*of_countries))


def _of_item(item: Node, beside: Beside, report: Report) -> frozenset[date] | None:
    """The days of a date, of a span or of a file."""
    if isinstance(item, MapNode):
        return _of_file(item, beside, report)
    said = item.text.strip() if isinstance(item, TextNode) else ""
    if is_table(said):
        report.add("E203", item, what="holidays", expected="list", did_you_mean=f"{{file: {said}}}")
        return None
    if said and not any(one.isdigit() for one in said):
        known = word.name if (word := COUNTRIES.find(value_meant(said, "holidays"))) else ""
        report.add("E348", item, value=said, write=known or suggestion(said, [word.name for word in COUNTRIES.all]))
        return None
    if ends := first_and_last_day(said):
        return _of_span(item, said, ends, report)
    if whole := days_meant(said):
        report.add("E303", item, value=said, what="holidays", write=whole)
        return None
    found = reader.moment_of(item, "holidays", report)
    return frozenset((found.day,)) if found else None


def _of_span(item: Node, said: str, ends: tuple[date, date], report: Report) -> frozenset[date] | None:
    """The days from the first to the last, both of them too."""
    first, last = ends
    count = (last - first).days + 1
    if not 1 <= count <= _MOST_DAYS:
        report.add("E355", item, value=said, write=f"{last}〜{first}" if -_MOST_DAYS < count < 1 else "")
        return None
    return frozenset(first + timedelta(days=n) for n in range(count))


def _of_file(node: MapNode, beside: Beside, report: Report) -> frozenset[date] | None:
    mapping = reader.mapping(node, "holidays", report)
    entries = reader.keys(node, HOLIDAY_KEYS, "holidays", report) if mapping else {}
    file = reader.text(entries["file"][1], "file", report) if "file" in entries else None
    text = text_of(file, beside, report) if file else None
    sheet = read_sheet(file.text, text, report) if file and text is not None else None
    return _days(sheet, report) if sheet else None


def _days(sheet: Sheet, report: Report) -> frozenset[date] | None:
    rows = [[sheet.node(cell) for cell in row] for row in sheet.rows]
    column = _column_of_dates(rows)
    if column is None:
        report.add("E464", Position(sheet.file, 1, 1, 2))
        return None
    if _is_heading(rows[0][column].text if column < len(rows[0]) else ""):
        del rows[0]
    found = [reader.value(row[min(column, len(row) - 1)], "holidays", moment, "E303", report) for row in rows]
    return None if None in found else frozenset(day.day for day in found if day)


def _is_heading(text: str) -> bool:
    """Tell whether words stand there: 国民の祝日・休日月日, date, 2026年の祝日; and nothing that is a date gone wrong."""
    return not any(one.isdigit() for one in text) or (moment(text) is None and bool(_OTHER_LETTER.search(text)))


def _column_of_dates(rows: list[list[TextNode]]) -> int | None:
    width = max(map(len, rows), default=0)
    return next((n for n in range(width) if any(len(row) > n and moment(row[n].text) for row in rows)), None)
