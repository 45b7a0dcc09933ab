"""A file of holidays: one date in each row, in the first column that has any. What else stands there is not read.

The Cabinet Office's syukujitsu.csv works as it is.
"""

from __future__ import annotations

import re
from datetime import date

from omotenashi.language import reader
from omotenashi.language.beside import Beside, text_of
from omotenashi.language.nodes import MapNode, TextNode
from omotenashi.language.report import Report
from omotenashi.language.sheet import Sheet, read_sheet
from omotenashi.language.values import moment
from omotenashi.language.vocabulary import HOLIDAY_KEYS
from omotenashi.model.errors import Position

_OTHER_LETTER = re.compile("[^\\W\\da-zA-Z_年月日]")


def read_holidays(node: MapNode, beside: Beside, report: Report) -> frozenset[date] | None:
    """Return the days that `{file: …}` lists, or None after reporting what is wrong."""
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
