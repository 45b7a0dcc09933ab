"""The text of a table to rows of cells, each with its place in the file (RFC 4180, and what Excel makes of it).

The standard library's reader tells only the line on which a row ends.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

from omotenashi.language.nodes import TextNode, text_at
from omotenashi.language.parse import LARGEST_FILE
from omotenashi.language.places import LINE_BREAK
from omotenashi.language.report import Report
from omotenashi.model.errors import Position

_SEPARATOR_LINE = re.compile(r"\s*sep=(.)[ \t]*(?:\r\n|\r|\n)")
_QUOTED_FORMULA = re.compile(r'=""(.*)""', re.DOTALL)
_FORMULA = re.compile(r'="([^"]*)"')
"""How Excel keeps the zeros of a number that is a text: ="001"."""
_QUOTED = re.compile(r'"[^"]*"')
_LINES_LOOKED_AT = 20
MOST_ROWS, MOST_CELLS = 10_000, 200_000
"""Of one table, without its headings; cells that are empty count."""


MOST_LINES = 200_000
MOST_VALUES = 40_000
"""Values in cells beyond the first of each."""
LIMITS = {"size": LARGEST_FILE // 1024, "rows": MOST_ROWS, "cells": MOST_CELLS, "parts": MOST_VALUES}


class Cell(Struct, frozen=True):
    """Where the text of a cell begins and ends in the file's text, quotes and surrounding spaces left out."""

    start: int
    end: int
    quoted: bool = False

    @property
    def empty(self) -> bool:
        return self.start >= self.end


class Sheet(Struct, frozen=True):
    """A table: rows of cells, rows that are empty left out."""

    file: str
    text: str
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[int, ...]
    """Where each line begins."""

    def node(self, cell: Cell, start: int | None = None, end: int | None = None) -> TextNode:
        """Return the text of a cell, or of a part of it, with its place."""
        start = cell.start if start is None else start
        end = cell.end if end is None else end
        written = self.text[start:end]
        line = bisect_right(self.lines, start)
        column = start - self.lines[line - 1] + 1
        width = len(LINE_BREAK.split(written, 1)[0])
        text = written.replace('""', '"') if cell.quoted else written
        return text_at(LINE_BREAK.sub("\n", text), Position(self.file, line, column, column + max(1, width)))


def read_sheet(file: str, text: str, report: Report) -> Sheet | None:
    """Return the cells of a table with commas, tabs or semicolons, rows that are empty left out.

    None after reporting a quote that is not closed, or that the table is too large.
    """
    if _is_too_large(text):
        report.add("E459", Position(file, 1, 1, 2), **LIMITS)
        report.unreadable = True
        return None
    lines = (0, *(found.end() for found in LINE_BREAK.finditer(text)))
    announced = _SEPARATOR_LINE.match(text)
    begin = announced.end() if announced else 0
    delimiter = announced[1] if announced else _delimiter(text)
    rows, problem = _rows(text, begin, delimiter)
    sheet = Sheet(file, text, tuple(rows), lines)
    if problem is None:
        return sheet
    code, at = problem
    report.add(code, sheet.node(Cell(at, at + 1)), **LIMITS)
    report.unreadable = True
    return None


def _is_too_large(text: str) -> bool:
    """Tell whether there is far too much, before any of it is cut into cells; what stands in quotes is one cell."""
    if max(map(text.count, "\r\n")) > MOST_LINES:
        return True
    return max(map(text.count, ",\t;")) > MOST_CELLS < max(map(_QUOTED.sub("", text).count, ",\t;"))


def _delimiter(text: str) -> str:
    """The one of comma, tab and semicolon that the first written line has most of, outside quotes."""
    lines = LINE_BREAK.split(text, _LINES_LOOKED_AT)[:_LINES_LOOKED_AT]
    first = next((line for line in lines if line.strip(" \t,;")), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(",\t;", key=bare.count)


def _rows(text: str, begin: int, delimiter: str) -> tuple[list[tuple[Cell, ...]], tuple[str, int] | None]:
    """Return the rows that are not empty; and where the table ends too early, the code and the place."""
    rows: list[tuple[Cell, ...]] = []
    row: list[Cell] = []
    for number, found in enumerate(_cell_pattern(delimiter).finditer(text, begin)):
        if found[1] is not None and not found[2]:
            return rows, ("E454", found.start(1) - 1)
        row.append(_cell(text, found))
        if found[4] != delimiter:
            if not all(cell.empty for cell in row):
                rows.append(tuple(row))
            row = []
        if len(rows) > MOST_ROWS + 1:
            return rows, ("E459", rows[-1][0].start)
        if number > MOST_CELLS:
            return rows, ("E459", found.start())
    return rows, None


def _cell_pattern(delimiter: str) -> re.Pattern[str]:
    """What is in quotes, the closing quote, the rest, and what ends the cell."""
    blank = "[ \u3000]*" if delimiter == "\t" else "[ \t\u3000]*"
    separator = re.escape(delimiter)
    return re.compile(rf'(?:{blank}"((?>(?:[^"]+|"")*))("?))?([^{separator}\r\n]*)({separator}|[\r\n]+|\Z)')


def _cell(text: str, found: re.Match[str]) -> Cell:
    if found[1] is None:
        return _trimmed(text, *found.span(3), _FORMULA)
    if found[3].strip():  # what stands after the closing quote belongs to the cell, as Excel has it
        return _trimmed(text, found.start(1) - 1, found.end(3), _FORMULA)
    return _trimmed(text, *found.span(1), _QUOTED_FORMULA, quoted=True)


def _trimmed(text: str, start: int, end: int, formula: re.Pattern[str], *, quoted: bool = False) -> Cell:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    kept = formula.fullmatch(text, start, end)
    return Cell(*kept.span(1), quoted) if kept else Cell(start, end, quoted)


def parts(sheet: Sheet, cell: Cell, separators: re.Pattern[str]) -> Iterator[TextNode]:
    """Return the parts of a cell between separators, each with its place; empty ones are left out."""
    start = cell.start
    ends = [*(found.span() for found in separators.finditer(sheet.text, cell.start, cell.end)), (cell.end, cell.end)]
    for end, next_start in ends:
        part = _trimmed(sheet.text, start, end, _FORMULA, quoted=cell.quoted)
        if not part.empty:
            yield sheet.node(part)
        start = next_start
