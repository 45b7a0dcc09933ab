"""The file of searches by landing page that `search_console:` names: landing, query, clicks in each row.

`omo import search-console` writes it. A row whose query is (rest) holds the clicks of the page's other searches. Of
'=1 and '@cosme the first character is left out: spreadsheets would run a cell that begins with =, +, - or @.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from omotenashi.language import reader
from omotenashi.language.beside import Beside, text_of
from omotenashi.language.nodes import Node
from omotenashi.language.report import Report
from omotenashi.language.table_text import lenient_text
from omotenashi.language.values import number
from omotenashi.language.vocabulary import LANDING_COLUMNS, REST, SEARCH_CONSOLE_KEYS, Word
from omotenashi.model.errors import Position
from omotenashi.model.landings import Landing, Landings
from omotenashi.model.paths import page_path
from omotenashi.model.text import fold

LARGEST_LANDINGS = 16 * 1_048_576
"""Bytes."""
MOST_LANDING_ROWS = 200_000
LANDING_LIMITS = {"size": LARGEST_LANDINGS // 1_048_576, "rows": MOST_LANDING_ROWS}
_RUN = re.compile("'*[=+@-]")
"""Queries that spreadsheets would run, and those that look like one of them as it is written."""
_MOST_CLICKS = 1_000_000_000
_MOST_TOLD = 20


class _Slip(NamedTuple):
    """What is wrong in the file: a code, where, and what its message names."""

    code: str
    line: int
    column: int = 1
    width: int = 1
    value: str = ""
    key: str = ""


def read_search_console(node: Node, beside: Beside, report: Report) -> tuple[str, Landings | None]:
    """Return the path that `{file: …}` names, and the searches by landing page; None after reporting what is wrong."""
    mapping = reader.mapping(node, "search_console", report)
    entries = reader.keys(mapping, SEARCH_CONSOLE_KEYS, "search_console", report) if mapping else {}
    if mapping is None or not reader.required(mapping, entries, ("file",), "search_console", report):
        return "", None
    file = reader.text(entries["file"][1], "file", report)
    if file is None:
        return "", None
    text = text_of(file, beside, report, missing="E330")
    return file.text, None if text is None else _told(file.text, text, report)


def is_landings(data: bytes) -> bool:
    """Tell whether a file's bytes are a table with these headings, whatever its rows may be, or nothing at all."""
    lines = lenient_text(data).splitlines()
    if not any(map(str.strip, lines)):
        return True
    try:
        heading = next(csv.reader(lines[:1], delimiter=_delimiter(lines[0]), strict=True))
    except csv.Error:
        return False
    return not isinstance(_columns(heading), _Slip)


def _told(file: str, text: str, report: Report) -> Landings | None:
    landings, slips = _landings(text)
    for slip in slips:
        at = Position(file, slip.line, slip.column, slip.column + slip.width)
        report.add(slip.code, at, value=slip.value, key=slip.key, **LANDING_LIMITS)
    return None if slips else landings


@lru_cache(maxsize=2)
def _landings(text: str) -> tuple[Landings, tuple[_Slip, ...]]:
    """A file that did not change is not read again."""
    pages: dict[str, list[tuple[str, int]]] = {}
    slips: list[_Slip] = []
    for row in _rows(text.splitlines()):
        if not isinstance(row, _Slip):
            pages.setdefault(row[0], []).append((row[1], row[2]))
        elif len(slips) < _MOST_TOLD:
            slips.append(row)
    if not pages and not slips:
        slips.append(_Slip("E164", 1))
    return {path: found for path, rows in pages.items() if (found := _landing(rows)).clicks}, tuple(slips)


def _landing(rows: Sequence[tuple[str, int]]) -> Landing:
    known = tuple((query, clicks) for query, clicks in rows if query and clicks)
    return Landing(sum(clicks for _, clicks in rows), known)


def _rows(lines: list[str]) -> Iterator[tuple[str, str, int] | _Slip]:
    """The path, the query (empty for the rest) and the clicks of each row; or what is wrong with it."""
    if len(lines) > MOST_LANDING_ROWS + 1:
        yield _Slip("E165", 1)
        return
    if not lines or not lines[0]:
        return
    cells = csv.reader(lines, delimiter=_delimiter(lines[0]), strict=True)
    try:
        columns = _columns(next(cells, []))
        if isinstance(columns, _Slip):
            yield columns
            return
        for row in cells:
            if any(row):
                yield _row(row, columns, lines[cells.line_num - 1], cells.line_num)
    except csv.Error:
        yield _Slip("E454", cells.line_num)


def _delimiter(heading: str) -> str:
    return max(",\t;", key=heading.count)


def _columns(heading: Sequence[str]) -> tuple[int, ...] | _Slip:
    named = [fold(cell) for cell in heading]
    found = [next((named.index(name) for name in _names(word) if name in named), None) for word in LANDING_COLUMNS]
    places = tuple(place for place in found if place is not None)
    if len(places) == len(LANDING_COLUMNS):
        return places
    return _Slip("E161", 1, value=LANDING_COLUMNS[found.index(None)].name)


def _row(row: Sequence[str], columns: Sequence[int], line: str, at: int) -> tuple[str, str, int] | _Slip:
    cells = [row[place].strip() if place < len(row) else "" for place in columns]
    for word, cell in zip(LANDING_COLUMNS, cells, strict=True):
        if not cell:
            return _Slip("E166", at, key=word.name)
    path, query, count = cells
    clicks = int(count) if count.isascii() and count.isdigit() and len(count) < 10 else _clicks(count)
    if clicks is None:
        return _Slip("E162", at, max(0, line.rfind(count)) + 1, len(count), count)
    if not path.startswith("/") or path.startswith("//"):
        return _Slip("E163", at, max(0, line.find(path)) + 1, len(path), path)
    is_rest = query[-1] in _CLOSING and fold(query) in _REST
    return page_path(path), "" if is_rest else _query(query), clicks


def cell_of(query: str) -> str:
    """Return a query as it is written into the file."""
    return f"'{query}" if _RUN.match(query) else query


def _query(cell: str) -> str:
    return cell[1:] if cell[0] == "'" and _RUN.match(cell) else cell


def _clicks(text: str) -> int | None:
    """What Excel makes of a number: 1,240."""
    found = number(text)
    return int(found) if found is not None and 0 <= found <= _MOST_CLICKS and found == int(found) else None


def _names(word: Word) -> list[str]:
    return [fold(name) for name in word.names]


_REST, _CLOSING = frozenset(_names(REST)), ")）"
