"""Diagnostics as text with the line and a caret, as JSON, and as annotations for GitHub."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from omotenashi.language.messages import hint, message, related_note
from omotenashi.model.errors import Diagnostic

MOST_SHOWN = 20
_WIDE = ("W", "F")


def as_text(diagnostics: Sequence[Diagnostic], files: Mapping[str, str], folder: str, language: str) -> str:
    """Return diagnostics for people, at most twenty. `files` are texts by name, `folder` stands before each name."""
    lines = lines_of(files)
    shown = [_one(diagnostic, lines, folder, language) for diagnostic in diagnostics[:MOST_SHOWN]]
    more = len(diagnostics) - MOST_SHOWN
    if more > 0:
        shown.append(f"…ほか {more} 件" if language == "ja" else f"… and {more} more")
    return "\n".join(shown)


def as_json(diagnostics: Sequence[Diagnostic], files: Mapping[str, str], language: str) -> str:
    """Return all diagnostics as a JSON list."""
    lines = lines_of(files)
    return msgspec.json.format(
        msgspec.json.encode([as_data(diagnostic, lines, language) for diagnostic in diagnostics]), indent=2
    ).decode()


def as_github(diagnostics: Sequence[Diagnostic], folder: str, language: str) -> str:
    """Return all diagnostics as GitHub workflow commands (annotations)."""
    lines = []
    for diagnostic in diagnostics:
        place = diagnostic.position
        text = f"{message(diagnostic, language)} {hint(diagnostic, language)}".strip()
        text = text.replace("%", "%25").replace("\n", "%0A")
        where = f"file={folder}{place.file},line={place.line},col={place.column},endColumn={place.end_column}"
        lines.append(f"::{diagnostic.level} {where},title={diagnostic.code}::{text}")
    return "\n".join(lines)


Lines: TypeAlias = "Mapping[str, Sequence[str]]"


def lines_of(files: Mapping[str, str]) -> Lines:
    """Return the lines of each text."""
    return {name: text.splitlines() for name, text in files.items()}


def as_data(diagnostic: Diagnostic, files: Lines, language: str) -> dict[str, Any]:
    """Return one diagnostic as plain data; `files` are the lines of the texts by name."""
    place = diagnostic.position
    line = _line(files, place.file, place.line)
    return {
        "code": diagnostic.code,
        "level": diagnostic.level,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_column": place.end_column,
        "utf16_column": len(line[: place.column - 1].encode("utf-16-le")) // 2 + 1,
        "message": message(diagnostic, language),
        "hint": hint(diagnostic, language) or None,
        "related": [
            {"file": at.file, "line": at.line, "column": at.column, "message": related_note(word, language)}
            for at, word in diagnostic.related
        ],
    }


def _one(diagnostic: Diagnostic, files: Lines, folder: str, language: str) -> str:
    place = diagnostic.position
    where = f"{folder}{place.file}:{place.line}:{place.column}"
    lines = [f"{where}: {diagnostic.level}[{diagnostic.code}] {message(diagnostic, language)}"]
    source = _line(files, place.file, place.line)
    if source.strip():
        before, marked = source[: place.column - 1], source[place.column - 1 : place.end_column - 1]
        lines += [f"    {source}", "    " + " " * _columns(before) + "^" * max(1, _columns(marked))]
    for at, word in diagnostic.related:
        lines.append(f"  {folder}{at.file}:{at.line}:{at.column}: {related_note(word, language)}")
    remedy = hint(diagnostic, language)
    if remedy:
        lines.append(f"  → {remedy}")
    return "\n".join(lines)


def _line(files: Lines, file: str, number: int) -> str:
    lines = files.get(file, ())
    return lines[number - 1].replace("\t", " ") if 0 < number <= len(lines) else ""


def _columns(text: str) -> int:
    """Columns on a terminal: East Asian wide characters take two (UAX #11)."""
    return sum(2 if unicodedata.east_asian_width(character) in _WIDE else 1 for character in text)
