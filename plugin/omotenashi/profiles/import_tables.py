"""A file of lines, CSV or JSON Lines -> records with their columns and line numbers, in flat memory."""

from __future__ import annotations

import csv
import difflib
import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec
from msgspec import Struct

from omotenashi.model.errors import SettingsError, UnreadableFile
from omotenashi.model.text import fold

LONGEST_LINE = 1_048_576
"""Bytes."""
MOST_WARNINGS = 20
ENCODINGS = ("utf-8", "cp932")
"""Tried in this order. In both of them a line feed is never part of another character."""
_FORMS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = "\ufeff"


class Problem(NamedTuple):
    """Why something cannot be read."""

    ja: str
    en: str


_QUOTES = Problem(
    '引用符 " が閉じていないか、セルの途中にあります。セルの中の " は "" と書きます',
    'a quote is not closed, or stands alone in a quoted cell: a quote within a cell is written ""',
)
_LONG_CELL = Problem(
    f"{csv.field_size_limit():,} 文字を超えるセルがあります",
    f"a cell has more than {csv.field_size_limit():,} characters",
)
NO_OBJECT = Problem("JSON のオブジェクト {…} ではありません", "this is not a JSON object")


class Columns(Struct, frozen=True):
    """The columns that a kind of file may have."""

    names: Mapping[str, str]
    """The column by each name under which it may stand."""
    needed: tuple[tuple[str, ...], ...]
    """Of each group one has to be there."""
    never: frozenset[str] = frozenset()
    """Columns that are never stored."""


class Table(Struct, frozen=True):
    """A file that was looked through once."""

    path: Path
    form: str
    """csv or jsonl."""
    encoding: str
    lines: int
    digest: str
    """SHA-256 of its bytes."""


class Place(NamedTuple):
    """How far a file was read."""

    lines: int = 0
    offset: int = 0
    """In bytes."""


class Record(NamedTuple):
    """What stands in one line, or over several ones where a cell has line breaks."""

    line: int
    """The first one, counted from 1."""
    end: Place
    values: Mapping[str, object]
    """By column: texts in CSV, whatever JSON has in JSON Lines."""
    problem: Problem | None = None
    """Why it cannot be read."""


def look_through(path: Path, form: str | None = None) -> Table:
    """Return what has to be known of the whole file before its first line can be read.

    `form` is csv or jsonl; by default the file's ending tells. Raises UnreadableFile for a file that is no text or empty,
    SettingsError for an ending that tells nothing.
    """
    form = form or _FORMS.get(path.suffix.lower())
    if form is None:
        raise SettingsError(f"{path}: its name tells no form: add --format csv or --format jsonl")
    digest = hashlib.sha256()
    broken: dict[str, int] = {}
    number = 0
    with path.open("rb") as file:
        for number, data in enumerate(_physical_lines(file, path), 1):
            digest.update(data)
            if not data.isascii():
                _note_encodings(data, number, broken)
    if number == 0:
        raise UnreadableFile(f"{path}: ファイルが空です", f"{path}: the file is empty")
    return Table(path, form, _encoding(path, broken), number, digest.hexdigest())


def records(table: Table, columns: Columns, start: Place, warn: Callable[[str], None]) -> Iterator[Record]:
    """Read the records after a place where one ended. Raises SettingsError if a needed column is missing,
    UnreadableFile if the columns cannot be read.

    `warn` is told once of each column that is not known or never stored.
    """
    with table.path.open("rb") as file:
        lines = _Lines(file, table)
        if table.form == "csv":
            yield from _from_csv(lines, table, columns, start, warn)
        else:
            lines.go_to(start)
            yield from _from_json(lines, _Names(columns, warn))


def _physical_lines(file: BinaryIO, path: Path) -> Iterator[bytes]:
    for number, data in enumerate(iter(partial(file.readline, LONGEST_LINE + 1), b""), 1):
        if len(data) > LONGEST_LINE:
            raise UnreadableFile(
                f"{path}: {number} 行目が長すぎます(上限 {LONGEST_LINE} バイト)。1件を1行に書きます",
                f"{path}: line {number} has more than {LONGEST_LINE} bytes: each record needs a line",
            )
        yield data


def _note_encodings(data: bytes, number: int, broken: dict[str, int]) -> None:
    """Note for each encoding the first line that it cannot be."""
    for encoding in ENCODINGS:
        if encoding not in broken:
            try:
                data.decode(encoding)
            except UnicodeDecodeError:
                broken[encoding] = number
    if number == 1 and data.startswith(_UTF_16):
        broken |= dict.fromkeys(ENCODINGS, number)


def _encoding(path: Path, broken: Mapping[str, int]) -> str:
    fitting = [encoding for encoding in ENCODINGS if encoding not in broken]
    if not fitting:
        ja = "でも ".join(f"{encoding}({broken[encoding]} 行目)" for encoding in ENCODINGS)
        en = " nor ".join(f"{encoding} (line {broken[encoding]})" for encoding in ENCODINGS)
        raise UnreadableFile(
            f"{path}: {ja}でもありません。UTF-8 で保存し直してください",
            f"{path}: the text is neither {en}: save it as UTF-8",
        )
    return fitting[0]


class _Line(NamedTuple):
    text: str
    end: Place


class _Lines:
    """The lines of a file. Those of the present record can be given back, all but the first one."""

    def __init__(self, file: BinaryIO, table: Table) -> None:
        self._file = file
        self._encoding = table.encoding
        self._last = table.lines
        self._place = Place()
        self._given_back: deque[_Line] = deque()
        self._taken: list[_Line] = []

    def go_to(self, place: Place) -> None:
        """Go on after a place where a record ended."""
        if place.offset:
            self._file.seek(place.offset)
            self._place = place

    def begin(self) -> None:
        """Begin a record with the next line."""
        self._taken.clear()

    def give_back(self) -> None:
        """End the record after its first line."""
        self._given_back.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]

    @property
    def first(self) -> int:
        """The number of the record's first line."""
        return self._taken[0].end.lines

    @property
    def is_single(self) -> bool:
        """Whether the record has one line so far."""
        return len(self._taken) == 1

    @property
    def end(self) -> Place:
        """Where the record ends."""
        return self._taken[-1].end

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._given_back.popleft() if self._given_back else self._read()
        self._taken.append(line)
        return line.text

    def _read(self) -> _Line:
        data = self._file.readline() if self._place.lines < self._last else b""
        if not data:
            raise StopIteration
        number, offset = self._place
        text = data.decode(self._encoding, "replace")
        self._place = Place(number + 1, offset + len(data))
        return _Line(text.removeprefix(_BOM) if number == 0 else text, self._place)


def _from_csv(
    lines: _Lines, table: Table, columns: Columns, start: Place, warn: Callable[[str], None]
) -> Iterator[Record]:
    first = next(lines)
    delimiter = delimiter_of(first)
    header = _header(table, columns, heading_cells(first, table.path), warn)
    lines.go_to(start)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            problem = _problem(error, lines)
            lines.give_back()
            yield Record(lines.first, lines.end, {}, problem)
            continue
        if cells is None:
            return
        if any(cells):
            yield _record(lines, header, cells)


def _problem(error: csv.Error, lines: _Lines) -> Problem:
    """What is wrong with a record. A cell that is long over several lines is one that is not closed."""
    return _LONG_CELL if "limit" in str(error) and lines.is_single else _QUOTES


def delimiter_of(heading: str) -> str:
    """Return what stands between the columns."""
    return max(",\t;", key=heading.count)


def heading_cells(heading: str, path: Path) -> list[str]:
    """Return the cells of the first line, one without the byte order mark. Raises UnreadableFile."""
    try:
        return next(csv.reader([heading], delimiter=delimiter_of(heading), strict=True), [])
    except csv.Error as error:
        ja, en = _LONG_CELL if "limit" in str(error) else _QUOTES
        raise UnreadableFile(
            f"{path}:1: 列の名前を読めません: {ja}", f"{path}:1: the names of the columns cannot be read: {en}"
        ) from error


def _record(lines: _Lines, header: Sequence[str], cells: list[str]) -> Record:
    if len(cells) > len(header) and any(cells[len(header) :]):
        return Record(lines.first, lines.end, {}, too_many_cells(len(cells), len(header)))
    values = {column: cell.strip() for column, cell in zip(header, cells, strict=False) if column}
    return Record(lines.first, lines.end, values)


def too_many_cells(cells: int, columns: int) -> Problem:
    """Return what to say of a row that is longer than the heading."""
    return Problem(f"{columns} 列の表に {cells} 個のセルがあります", f"{cells} cells under {columns} columns")


def _header(table: Table, columns: Columns, cells: Sequence[str], warn: Callable[[str], None]) -> list[str]:
    """Return for each cell its column, empty for those that are left out."""
    names = _Names(columns, warn)
    header = [names.column(cell) if cell.strip() else "" for cell in cells]
    twice = {column for column in header if column and header.count(column) > 1}
    if twice:
        raise SettingsError(f"{table.path}:1: two columns mean {' and '.join(sorted(twice))}")
    missing = [group for group in columns.needed if not any(one in header for one in group)]
    if missing:
        words = " and ".join(" or ".join(columns_in_words(columns, group)) for group in missing)
        raise SettingsError(f"{table.path}:1: there is no column {words}")
    return header


def columns_in_words(columns: Columns, group: Sequence[str]) -> list[str]:
    """Return each column under all its names, such as timestamp (日時)."""
    others = {one: [name for name, column in columns.names.items() if column == one and name != one] for one in group}
    return [f"{one} ({', '.join(names)})" if names else one for one, names in others.items()]


def _from_json(lines: _Lines, names: _Names) -> Iterator[Record]:
    for text in lines:
        if not text.isspace():
            try:
                row, problem = msgspec.json.decode(text), NO_OBJECT
            except (msgspec.DecodeError, RecursionError) as error:
                row, problem = None, Problem(f"JSON として読めません: {error}", f"this is not JSON: {error}")
            if isinstance(row, dict):
                yield Record(lines.first, lines.end, names.renamed(row))
            else:
                yield Record(lines.first, lines.end, {}, problem)
        lines.begin()


class _Names:
    """Finds the column that a name means, and warns once of each that means none."""

    def __init__(self, columns: Columns, warn: Callable[[str], None]) -> None:
        self._columns = columns
        self._folded = {fold(name): column for name, column in columns.names.items()}
        self._warn = warn
        self._warned: set[str] = set()

    def renamed(self, row: Mapping[str, object]) -> dict[str, object]:
        """Return the values by their columns."""
        return {column: value for name, value in row.items() if (column := self.column(name))}

    def column(self, name: str) -> str:
        """Return the column of a name; empty if it is left out."""
        column = self._folded.get(fold(name), "")
        if column and column not in self._columns.never:
            return column
        if name not in self._warned and len(self._warned) < MOST_WARNINGS:
            self._warned.add(name)
            self._warn(f"column {name.strip()!r} is left out: {self._reason(name, column)}")
        return ""

    def _reason(self, name: str, column: str) -> str:
        if column:
            return "it is sensitive and never stored"
        close = difflib.get_close_matches(name, self._columns.names, n=1)
        return f"it is not known; did you mean {close[0]}?" if close else "it is not known"
