"""The rows of a CSV, a million of them in seconds.

Up to the first line that is no CSV they are read without regard to where each one ends in the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice

from omotenashi.model.text import fold
from omotenashi.profiles.import_tables import Place, Table, delimiter_of, heading_cells, records, too_many_cells
from omotenashi.search_console.columns import COLUMNS, FOLDED, Row

_NEEDED = ("page", "query", "clicks")
_READ = (*_NEEDED, "anonymized")


def csv_lacks(table: Table) -> Sequence[str]:
    """Return which of page, query and clicks have no column. Raises UnreadableFile where the heading cannot be read."""
    with table.path.open(encoding=table.encoding, errors="replace", newline="\n") as file:
        heading, _ = _heading(file.readline(), table)
    return [column for column in _NEEDED if column not in heading]


def csv_rows(table: Table) -> Iterator[Row]:
    """Return the rows below the heading."""
    done = 1
    with table.path.open(encoding=table.encoding, errors="replace", newline="\n") as file:
        heading, delimiter = _heading(file.readline(), table)
        places = [heading.index(column) if column in heading else len(heading) for column in _READ]
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                if any(cells):
                    yield _row(done + 1, cells, places, len(heading))
                done = 1 + reader.line_num
        except csv.Error:
            pass
        else:
            return
    for one in records(table, COLUMNS, _place(table, done), lambda _: None):
        page, query, clicks, anonymized = map(one.values.get, _READ)
        yield Row(one.line, page, query, clicks, anonymized, one.problem)


def _row(line: int, cells: list[str], places: Sequence[int], width: int) -> Row:
    if len(cells) > width and any(cells[width:]):
        return Row(line, problem=too_many_cells(len(cells), width))
    page, query, clicks, anonymized = (cells[place] if place < min(width, len(cells)) else None for place in places)
    return Row(line, page, query, clicks, anonymized)


def _heading(line: str, table: Table) -> tuple[list[str], str]:
    """The columns, and what stands between them."""
    line = line.removeprefix("\ufeff")
    return [FOLDED.get(fold(cell), "") for cell in heading_cells(line, table.path)], delimiter_of(line)


def _place(table: Table, lines: int) -> Place:
    with table.path.open("rb") as file:
        return Place(lines, sum(map(len, islice(file, lines))))
