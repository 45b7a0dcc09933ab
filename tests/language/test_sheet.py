"""Cells and their places, against the standard library's reader and against the text itself."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from omotenashi.language.report import Report
from omotenashi.language.sheet import read_sheet

CELLS = st.text(st.sampled_from('ab靴"=,;\t\n ×'), max_size=6)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5)


def _texts(text: str) -> list[list[str]]:
    sheet = read_sheet("a.csv", text, Report())
    assert sheet
    return [[sheet.node(cell).text for cell in row] for row in sheet.rows]


@given(TABLES, st.sampled_from(["\n", "\r\n"]))
def test_what_the_standard_library_writes_is_read_alike(table: list[list[str]], line_end: str) -> None:
    table = [["first", "second"], *table]
    written = io.StringIO()
    csv.writer(written, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(table)
    plain = [[cell.strip().replace("\r", "\n") for cell in row] for row in table]
    formulas = [[cell[2:-1] if _is_formula(cell) else cell for cell in row] for row in plain]
    assert _texts(written.getvalue()) == [row for row in formulas if any(row)]


def _is_formula(cell: str) -> bool:
    return len(cell) >= 3 and cell.startswith('="') and cell.endswith('"') and '"' not in cell[2:-1]


@given(st.text(st.sampled_from('ab靴,"\n\r= '), max_size=40))
def test_each_cell_stands_where_its_place_says(text: str) -> None:
    sheet = read_sheet("a.csv", text, Report())
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for row in sheet.rows if sheet else ():
        for cell in row:
            node = sheet.node(cell) if sheet else None
            assert node
            there = lines[node.position.line - 1][node.position.column - 1 : node.position.end_column - 1]
            first = text[cell.start : cell.end].replace("\r", "\n").split("\n")[0]
            assert there.startswith(first)


@given(st.text(st.sampled_from('a",\n;\t='), max_size=200))
def test_any_text_is_read_or_refused_once(text: str) -> None:
    report = Report()
    sheet = read_sheet("a.csv", text, report)
    assert [one.code for one in report.diagnostics] == ([] if sheet else ["E454"])
