"""Reading what Search Console exports: rows of page, query and clicks.

CSV of add-ons, Looker Studio and BigQuery (headings in English or Japanese), JSON Lines, and answers of the API
(`rows: [{keys: […], clicks: …}]`). What else a row has splits it further (date, device, country) and is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec import Struct

from omotenashi.language.read_search_console import is_landings
from omotenashi.model.errors import EditorError
from omotenashi.model.text import fold
from omotenashi.profiles.import_tables import LONGEST_LINE, NO_OBJECT, Place, Problem, Table, look_through, records
from omotenashi.search_console.columns import COLUMNS, FOLDED, Row
from omotenashi.search_console.csv_rows import csv_lacks, csv_rows
from omotenashi.search_console.dimensions import Dimensions, find_dimensions

LARGEST_DOCUMENT = 64 * 1_048_576
"""Bytes of a JSON document, which is read as a whole; an answer of the API has a tenth of that at most."""
_LOOKED_AT = 1000
"""Rows by which it is told what the keys of the API are."""
_ZIPPED = b"PK\x03\x04"
_NEEDED_JA = (
    "ページとクエリの両方がある書き出しが要ります: Search Console API(dimensions に page と query)、BigQuery の"
    " searchdata_url_impression、Looker Studio やスプレッドシートのアドオンの CSV。検索パフォーマンスの画面の"
    "「エクスポート」には、ページごとのクエリがありません"
)
_NEEDED_EN = (
    "an export with both page and query is needed: of the Search Console API (dimensions page and query), of"
    " BigQuery's searchdata_url_impression, or a CSV of Looker Studio or of an add-on for spreadsheets; what the"
    " performance report exports has no queries by page"
)
Values: TypeAlias = "Mapping[str, object]"


class Export(Struct, frozen=True):
    """A file that was looked through."""

    path: Path
    lines: int
    """Of a JSON document, its rows."""
    table: Table | None = None
    document: Sequence[object] = ()
    """The rows of a JSON document."""


def open_export(path: Path) -> Export:
    """Return an export, ready to be read.

    Raises EditorError for a file that lacks what is needed, and for one that is no text.
    """
    with path.open("rb") as file:
        start = file.readline(LONGEST_LINE + 1)
    if start.startswith(_ZIPPED):
        raise _wrong(path, "圧縮ファイルか Excel のブックです", "a ZIP file or a workbook")
    is_json = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    document = _document(path) if is_json and not _is_row(start) else None
    if document is not None:
        return Export(path, len(document), document=document)
    table = look_through(path, "jsonl" if is_json else "csv")
    absent = () if is_json else csv_lacks(table)
    if absent:
        raise _written(path) if start.strip() and is_landings(start) else _lacks(path, absent[0])
    return Export(path, table.lines, table)


def rows(export: Export) -> Iterator[Row]:
    """Read the rows. Raises EditorError where they have no page or no query."""
    if export.table is not None and export.table.form == "csv":
        return csv_rows(export.table)
    if export.table is None:
        numbered = enumerate(export.document, 1)
        found = ((number, _named(row), None if isinstance(row, dict) else NO_OBJECT) for number, row in numbered)
    else:
        lines = records(export.table, COLUMNS, Place(), lambda _: None)
        found = ((one.line, one.values, one.problem) for one in lines)
    sample = list(islice(found, _LOOKED_AT))
    dimensions = _dimensions([values for _, values, _ in sample], export.path)
    return (_row(line, values, problem, dimensions) for line, values, problem in chain(sample, found))


def _row(line: int, values: Values, problem: Problem | None, dimensions: Dimensions | None) -> Row:
    if problem:
        return Row(line, problem=problem)
    keys = values.get("keys")
    if dimensions is None or not isinstance(keys, list):
        return Row(line, values.get("page"), values.get("query"), values.get("clicks"), values.get("anonymized"))
    page, query = (keys[n] if n is not None and n < len(keys) else None for n in dimensions)
    return Row(line, page, query, values.get("clicks"))


def _dimensions(sample: Sequence[Values], path: Path) -> Dimensions | None:
    """Return where page and query stand among the keys of the API, or None where the columns have names."""
    keys = [keys for values in sample if isinstance(keys := values.get("keys"), list)]
    if keys:
        dimensions = find_dimensions([[one if isinstance(one, str) else "" for one in row] for row in keys])
        absent = [name for name, place in zip(Dimensions._fields, dimensions, strict=True) if place is None]
    else:
        dimensions = None
        absent = [name for name in ("page", "query") if sample and not any(name in values for values in sample)]
    if absent:
        raise _lacks(path, absent[0])
    return dimensions


def _is_row(line: bytes) -> bool:
    """Tell whether a line is a whole row of JSON Lines."""
    try:
        found = msgspec.json.decode(line.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return isinstance(found, dict) and "rows" not in found


def _document(path: Path) -> list[object] | None:
    """Return the rows of answers of the API or of a list; None for what is no JSON as a whole."""
    if path.stat().st_size > LARGEST_DOCUMENT:
        size = LARGEST_DOCUMENT // 1_048_576
        raise EditorError(
            f"{path}: {size} MB を超える JSON です。JSON Lines(1行に1件)か CSV で書き出してください",
            f"{path}: a JSON document of more than {size} MB; export JSON Lines (a row in each line) or CSV",
        )
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    for decode in (msgspec.json.decode, msgspec.json.Decoder().decode_lines):
        try:
            return list(_flat(decode(data)))
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            continue
    return None


def _flat(found: object) -> Iterator[object]:
    """The rows of an answer of the API, of a list of them, or of a list of rows."""
    if isinstance(found, dict) and isinstance(found.get("rows"), list):
        yield from found["rows"]
    elif isinstance(found, list):
        for one in found:
            yield from _flat(one)
    else:
        yield found


def _named(row: object) -> Values:
    if not isinstance(row, dict):
        return {}
    return {FOLDED[fold(name)]: value for name, value in row.items() if fold(name) in FOLDED}


def _lacks(path: Path, column: str) -> EditorError:
    ja = {"page": "ページ", "query": "クエリ", "clicks": "クリック数"}[column]
    return _wrong(path, f"{ja}の列がありません", f"without {column}")


def _written(path: Path) -> EditorError:
    return EditorError(
        f"{path}: 取り込んで作ったファイルです。取り込み直すには、サーチコンソールの書き出しを指定してください",
        f"{path}: this is the file that the import writes; to renew it name an export of Search Console",
    )


def _wrong(path: Path, ja: str, en: str) -> EditorError:
    return EditorError(f"{path}: {ja}。{_NEEDED_JA}", f"{path}: {en}; {_NEEDED_EN}")
