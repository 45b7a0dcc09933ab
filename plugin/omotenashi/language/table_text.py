"""The bytes of a table to text: what Excel and other programs save, in one of several encodings."""

from __future__ import annotations

import re

from omotenashi.language.parse import LARGEST_FILE
from omotenashi.language.places import end_of
from omotenashi.language.report import Report
from omotenashi.language.sheet import LIMITS
from omotenashi.model.errors import Diagnostic, Position

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers")
_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""What zipped workbooks (.xlsx, .ods, .numbers) and the older .xls begin with."""
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


def decode_table(file: str, data: bytes, report: Report, largest: int = LARGEST_FILE) -> str | None:
    """Return the text of a table in UTF-8, UTF-16 with a mark, or cp932; otherwise report why not.

    What could be cp932 and EUC-JP as well is not guessed: a wrong guess would be words that nobody ever searches for.
    """
    refusal = _refusal(file, data, largest)
    text = None if refusal else _decoded(data)
    if text is None:
        refusal = refusal or Diagnostic("E101", _first_broken(file, data), {"encoding": _other_encoding(data)})
    elif control := _CONTROL.search(text):
        position = end_of(file, text[: control.start()])
        refusal = Diagnostic("E108", position, {"character": f"U+{ord(control[0]):04X}"})
    if refusal is None:
        return text
    report.diagnostics.append(refusal)
    report.unreadable = True
    return None


def lenient_text(data: bytes) -> str:
    """Return the text of a table, a damaged one, too: what cannot be read in it are replacement characters."""
    text = _decoded(data)
    return data.decode("utf-8-sig", "replace") if text is None else text


def _refusal(file: str, data: bytes, largest: int) -> Diagnostic | None:
    start = Position(file, 1, 1, 2)
    if len(data) > largest:
        return Diagnostic("E459", start, dict(LIMITS))
    return Diagnostic("E451", start, {"value": file}) if data.startswith(_WORKBOOK_STARTS) else None


def _decoded(data: bytes) -> str | None:
    if data.startswith(_UTF16_MARKS):
        return _try(data, "utf-16")
    text = _try(data, "utf-8-sig")
    if text is not None or _is_broken_utf8(data):
        return text
    return _try(data, "cp932") if _try(data, "euc_jp") is None else None


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_broken_utf8(data: bytes) -> bool:
    """Tell whether what is not UTF-8 is so only in a few places: other encodings decode to almost nothing."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(not one.isascii() for one in text) - broken > broken


def _first_broken(file: str, data: bytes) -> Position:
    """Where UTF-8 ends in a file that is otherwise UTF-8; else its beginning."""
    if data.startswith(_UTF16_MARKS) or not _is_broken_utf8(data):
        return Position(file, 1, 1, 2)
    return end_of(file, data.decode("utf-8-sig", "replace").partition("\ufffd")[0])


def _other_encoding(data: bytes) -> str:
    if data.startswith(_UTF16_MARKS):
        return "UTF-16"
    if _is_broken_utf8(data) or _try(data, "euc_jp") is None:
        return "?"
    return "EUC-JP" if _try(data, "cp932") is None else "Shift_JIS / EUC-JP"
