"""Diagnostics as text with the line and a caret, as JSON, and as annotations for GitHub."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from omotenashi.language.messages import hint, message, related_note
from omotenashi.language.naming import heading_language, is_table, key_language, key_language_at, speaks_japanese
from omotenashi.model.errors import Diagnostic

MOST_SHOWN = 20
_WIDE = ("W", "F")
_NO_WIDTH = ("Mn", "Me", "Cf")
_LONGEST_LINE = 200


class Voice:
    """In which language to speak of each file: `chosen`, else Japanese where it has Japanese keys, else `otherwise`."""

    def __init__(self, files: Mapping[str, str], otherwise: str, chosen: str = "") -> None:
        self._files = files
        self._otherwise = otherwise
        self._chosen = chosen
        self._lines: dict[str, Sequence[str]] = {}
        self._keys: dict[str, str] = {}
        self._languages: dict[str, str] = {}

    def language(self, file: str = "") -> str:
        """Return ja or en for a file, or for what is said of none."""
        if self._chosen:
            return self._chosen
        if file not in self._languages:
            text = self._files.get(file, "")
            japanese = heading_language(text) == "ja" if is_table(file) else speaks_japanese(text)
            self._languages[file] = "ja" if japanese else self._otherwise
        return self._languages[file]

    def keys(self, diagnostic: Diagnostic) -> str:
        """Return the language of the key at hand, else of most keys of the file; of a table, that of its headings."""
        place = diagnostic.position
        if is_table(place.file):
            return heading_language(self._files.get(place.file, "")) or "en"
        at_hand = key_language_at(self.line(place.file, place.line), place.end_column)
        if not at_hand and place.file not in self._keys:
            self._keys[place.file] = key_language(self._files.get(place.file, ""))
        return at_hand or self._keys[place.file]

    def line(self, file: str, number: int) -> str:
        """Return a line of a file by its number from 1; empty text where there is none."""
        if file not in self._lines:
            self._lines[file] = self._files.get(file, "").splitlines()
        lines = self._lines[file]
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def message(self, diagnostic: Diagnostic) -> str:
        """Return the sentence for a diagnostic."""
        return message(diagnostic, self.language(diagnostic.position.file), self.keys(diagnostic))

    def hint(self, diagnostic: Diagnostic) -> str:
        """Return the remedy, or empty text."""
        return hint(diagnostic, self.language(diagnostic.position.file), self.keys(diagnostic))


def as_text(diagnostics: Sequence[Diagnostic], voice: Voice, folder: str) -> str:
    """Return diagnostics for people, at most twenty. `folder` stands before each file's name."""
    shown = [_one(diagnostic, voice, folder) for diagnostic in diagnostics[:MOST_SHOWN]]
    more = len(diagnostics) - MOST_SHOWN
    if more > 0:
        japanese = voice.language(diagnostics[-1].position.file) == "ja"
        shown.append(f"…ほか {more} 件" if japanese else f"… and {more} more")
    return "\n".join(shown)


def as_json(diagnostics: Sequence[Diagnostic], voice: Voice) -> str:
    """Return all diagnostics as a JSON list."""
    found = [as_data(diagnostic, voice) for diagnostic in diagnostics]
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()


def as_github(diagnostics: Sequence[Diagnostic], voice: Voice, folder: str) -> str:
    """Return all diagnostics as GitHub workflow commands (annotations)."""
    lines = []
    for diagnostic in diagnostics:
        place = diagnostic.position
        remedy = voice.hint(diagnostic)
        text = _escaped(f"{voice.message(diagnostic)}\n→ {remedy}" if remedy else voice.message(diagnostic))
        file = _escaped(f"{folder}{place.file}", also=":,")
        where = f"file={file},line={place.line},col={place.column},endColumn={place.end_column}," if place.file else ""
        level = "notice" if diagnostic.level == "note" else diagnostic.level
        lines.append(f"::{level} {where}title={diagnostic.code}::{text}")
    return "\n".join(lines)


def as_data(diagnostic: Diagnostic, voice: Voice) -> dict[str, Any]:
    """Return one diagnostic as plain data."""
    place = diagnostic.position
    before = voice.line(place.file, place.line)[: place.column - 1]
    language = voice.language(place.file)
    return {
        "code": diagnostic.code,
        "level": diagnostic.level,
        "file": place.file or None,
        "line": place.line if place.file else None,
        "column": place.column if place.file else None,
        "end_column": place.end_column if place.file else None,
        "utf16_column": len(before.encode("utf-16-le", "surrogatepass")) // 2 + 1 if place.file else None,
        "message": voice.message(diagnostic),
        "hint": voice.hint(diagnostic) or None,
        "related": [
            {"file": at.file, "line": at.line, "column": at.column, "message": related_note(word, language)}
            for at, word in diagnostic.related
        ],
    }


def _one(diagnostic: Diagnostic, voice: Voice, folder: str) -> str:
    place = diagnostic.position
    where = f"{folder}{place.file}:{place.line}:{place.column}" if place.file else folder.rstrip("/") or "."
    lines = [f"{where}: {diagnostic.level}[{diagnostic.code}] {voice.message(diagnostic)}"]
    source = voice.line(place.file, place.line)
    if source.strip():
        lines += [f"    {line}" for line in _pointed(source, place.column - 1, place.end_column - 1)]
    for at, word in diagnostic.related:
        note = related_note(word, voice.language(place.file))
        lines.append(f"  {folder}{at.file}:{at.line}:{at.column}: {note}")
    remedy = voice.hint(diagnostic)
    if remedy:
        lines.append(f"  → {remedy}")
    return "\n".join(lines)


def _pointed(line: str, start: int, end: int) -> tuple[str, str]:
    """A line, cut where it is long, and the carets under a part of it. Tabs stay, so that both lines move alike."""
    first = max(0, start - _LONGEST_LINE // 2) if len(line) > _LONGEST_LINE else 0
    last = first + _LONGEST_LINE
    before, marked = line[first:start], line[start : min(end, last)]
    cut = ("…" if first else "", "…" if len(line) > last else "")
    padding = "".join(one if one == "\t" else " " * _columns(one) for one in cut[0] + before)
    return f"{cut[0]}{line[first:last]}{cut[1]}", padding + "^" * max(1, _columns(marked))


def _columns(text: str) -> int:
    """Columns on a terminal (UAX #11): wide characters take two, marks and invisible ones none, ambiguous ones one."""
    return sum(_width(one) for one in text)


def _width(character: str) -> int:
    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def _escaped(text: str, also: str = "") -> str:
    """Escape as GitHub's own toolkit does (actions/toolkit, command.ts); `also` for properties."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    for character in also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
