"""The rows of a table to rules: the trees that YAML would hold in their place, with the places of the cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct

from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode, text_at
from omotenashi.language.parse import LONGEST_TEXT
from omotenashi.language.report import Report
from omotenashi.language.sheet import LIMITS, MOST_VALUES, Cell, Sheet, parts
from omotenashi.language.table_columns import TIMING, Column
from omotenashi.language.vocabulary import RESERVED_NAMES
from omotenashi.model.text import fold

_SECONDS = re.compile(r"(\d{1,2}:\d{2}):00")
_FILE = re.compile(r"[^<>\n]*\.html?", re.IGNORECASE)
_LINK = re.compile(r"https?://.*", re.IGNORECASE)
_JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


class _Row(Struct, frozen=True):
    """One rule."""

    at: TextNode
    """Its first cell that is not empty."""
    values: Mapping[str, tuple[Column, Node]]
    """What its cells hold, by the column's canonical name; cells that are empty are left out."""


def read_rows(sheet: Sheet, columns: list[Column | None], report: Report) -> list[MapNode]:
    """Return a rule for each row below the headings. A row without a name is named by its conditions."""
    values = 0
    for cells in sheet.rows[1:]:
        values += _beside_others(sheet, cells, columns)
        if values > MOST_VALUES:
            report.add("E459", sheet.node(cells[0]), **LIMITS)
            report.unreadable = True
            return []
    rows = [row for cells in sheet.rows[1:] if (row := _row(sheet, cells, columns, report)) is not None]
    rows = _without_copies(rows, report)
    names = _Names(rows)
    return [_rule(row, names) for row in rows]


def _beside_others(sheet: Sheet, cells: tuple[Cell, ...], columns: list[Column | None]) -> int:
    """How many values the cells of a row hold, beyond the first of each."""
    pairs = [(cell, column.separators) for cell, column in zip(cells, columns, strict=False) if column]
    return sum(len(between.findall(sheet.text, cell.start, cell.end)) for cell, between in pairs if between)


def _without_copies(rows: list[_Row], report: Report) -> list[_Row]:
    """Leave out rows without names that are like one before them, and report them."""
    first: dict[tuple[tuple[str, str], ...], _Row] = {}
    kept = [row for row in rows if _is_named(row) or first.setdefault(tuple(_told(row)), row) is row]
    for row in rows:
        if not _is_named(row) and (original := first[tuple(_told(row))]) is not row:
            report.add("E458", row.at, (original.at.position, "first"))
    return kept


def _is_named(row: _Row) -> bool:
    return "name" in row.values or "id" in row.values


def _row(sheet: Sheet, cells: tuple[Cell, ...], columns: list[Column | None], report: Report) -> _Row | None:
    """Return what a row holds, or None after reporting a cell that has no heading."""
    values: dict[str, tuple[Column, Node]] = {}
    for number, cell in enumerate(cells):
        column = columns[number] if number < len(columns) else None
        if column is None and not cell.empty:
            report.add("E457", sheet.node(cell))
            report.unreadable = True
            return None
        if column is not None and (long := _too_long(sheet, cell, column)):
            report.add("E152", long, limit=LONGEST_TEXT)
            report.unreadable = True
            return None
        if column is not None and not cell.empty:
            values[column.name] = (column, _value(sheet, cell, column))
    show = next(column for column in columns if column and column.name == "show")
    values.setdefault("show", (show, _empty(sheet, cells, columns.index(show))))
    return _Row(sheet.node(next(cell for cell in cells if not cell.empty)), values)


def _too_long(sheet: Sheet, cell: Cell, column: Column) -> TextNode | None:
    """What of a cell is longer than a text may be that is not shown."""
    if cell.end - cell.start <= LONGEST_TEXT or column.name == "show":
        return None
    found = (sheet.node(cell),) if column.separators is None else parts(sheet, cell, column.separators)
    return next((one for one in found if len(one.text) > LONGEST_TEXT), None)


def _empty(sheet: Sheet, cells: tuple[Cell, ...], number: int) -> TextNode:
    """Where an empty cell stands, or would stand."""
    end = cells[min(number, len(cells) - 1)].end
    return sheet.node(Cell(end, end))


def _value(sheet: Sheet, cell: Cell, column: Column) -> Node:
    if column.name == "show":
        return _shown(sheet.node(cell))
    if column.separators is None:
        return _without_seconds(sheet.node(cell)) if column.name in ("from", "until") else sheet.node(cell)
    found = tuple(parts(sheet, cell, column.separators))
    return found[0] if len(found) == 1 else ListNode(found, sheet.node(cell).position)


def _shown(node: TextNode) -> Node:
    """HTML begins with <, a file under contents/ ends in .html, a link begins with its scheme; all else is a name."""
    if node.text.startswith("<"):
        kind = "html"
    elif _LINK.fullmatch(node.text):
        kind = "url"
    elif _FILE.fullmatch(node.text):
        kind = "file"
    else:
        return node
    return MapNode(((text_at(kind, node.position), node),), node.position)


def _without_seconds(node: TextNode) -> TextNode:
    """Excel writes 2026/12/01 10:00:00."""
    return text_at(_SECONDS.sub(r"\1", node.text), node.position)


def _rule(row: _Row, names: _Names) -> MapNode:
    entries = [(_key(name, column), value) for name, (column, value) in row.values.items() if not column.is_condition]
    conditions = [(column.key, value) for column, value in row.values.values() if column.is_condition]
    if conditions:
        when = MapNode(tuple(conditions), conditions[0][1].position)
        entries.append((text_at("when", when.position), when))
    if not _is_named(row):
        entries.insert(0, (text_at("name", row.at.position), text_at(names.of(row), row.at.position)))
    return MapNode(tuple(entries), row.at.position)


def _key(name: str, column: Column) -> TextNode:
    return text_at(name, column.key.position)


class _Names:
    """Names for rows that have none: their conditions; where these are taken, with the headings and the period.

    A name stays the same when rows are moved, so that the history of the rule goes on.
    """

    def __init__(self, rows: list[_Row]) -> None:
        named = [row.values["name"][1] for row in rows if "name" in row.values]
        taken = [*RESERVED_NAMES, *map(_written, named)]
        unnamed = [_short_name(row) for row in rows if not _is_named(row)]
        self._uses = Counter(map(fold, (*taken, *unnamed)))

    def of(self, row: _Row) -> str:
        """Return the name of a row: the short one, if no other row has it."""
        short = _short_name(row)
        return short if self._uses[fold(short)] == 1 else _long_name(row)


def _short_name(row: _Row) -> str:
    conditions = [_written(value) for column, value in row.values.values() if column.is_condition]
    timing = [_written(value) for name, (_, value) in row.values.items() if name in TIMING]
    return " + ".join(conditions or timing) or _unconditional(row)


def _long_name(row: _Row) -> str:
    return " + ".join(f"{heading}: {written}" for heading, written in _told(row)) or _unconditional(row)


def _told(row: _Row) -> Iterator[tuple[str, str]]:
    """Return heading and text of all conditions, times included."""
    for name, (column, value) in row.values.items():
        if column.is_condition or name in TIMING:
            yield column.key.text, _written(value)


def _unconditional(row: _Row) -> str:
    column, _ = row.values["show"]
    return "条件なし" if _JAPANESE.search(column.key.text) else "no condition"


def _written(value: Node) -> str:
    return "、".join(_texts(value))


def _texts(value: Node) -> Iterator[str]:
    if isinstance(value, TextNode):
        yield value.text
    elif isinstance(value, ListNode):
        for item in value.items:
            yield from _texts(item)
