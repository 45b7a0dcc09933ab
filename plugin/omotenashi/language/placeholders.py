"""`{member.last_name|お客}` in contents: found, checked for where they stand, and cut into parts once, at load time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import TypeAlias

from msgspec import Struct

from omotenashi.language.places import end_of, offset_of
from omotenashi.language.report import Report
from omotenashi.language.vocabulary import FIELDS, Kind
from omotenashi.model.errors import Position
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

_PLACEHOLDER = re.compile(r"\{([^\W\d][\w.-]*)(?:\|([^{}|\n]*))?\}")
_WIDE = re.compile(r"[{｛][^\W\d][\w.．-]*(?:[|｜][^{}｛｝|｜\n]*)?[}｝]")
"""A placeholder with signs that are as wide as kanji."""
_NARROW = str.maketrans("｛｝｜．", "{}|.")
_FACTS = {name: field.name for field in FIELDS if field.name in ("keyword", "prefecture") for name in field.names}
_MEMBER = next(field.names for field in FIELDS if field.kind is Kind.MEMBER)
_SAFE_ATTRIBUTES = frozenset("title alt placeholder label class id value".split())
"""Attributes whose escaped values stay text; beside them aria-… and data-…, but not htmx's data-hx-…."""
_VALUE_IS_TEXT = frozenset("button data input li meter option progress".split())


class Placeholder(Struct, frozen=True, gc=False):
    """A fact to be put in, always escaped, with the text for when it is not known."""

    fact: str
    """keyword, prefecture, or member. and the folded name of an attribute."""
    default: str


Template: TypeAlias = "tuple[str | Placeholder, ...]"
"""A content: literal text and placeholders in turn."""


def template(text: str, site: SiteFacts, position: Position, report: Report, source: str = "") -> Template:
    """Cut a content into parts. Braces that name no fact are text, so CSS, JSON-LD and scripts are safe.

    `source` is the text of the file in which the content begins at `position`; mistakes are reported in there.
    """
    refused = _refused_places(text) if _PLACEHOLDER.search(text) else []
    mistakes = _Mistakes(text, position, report, source)
    parts: list[str | Placeholder] = []
    end = 0
    for found in _PLACEHOLDER.finditer(text):
        placeholder = _placeholder(found, site, refused, mistakes)
        if placeholder is not None:
            parts += [text[end : found.start()], placeholder]
            end = found.end()
    parts.append(text[end:])
    _report_wide(site, mistakes)
    return tuple(part for part in parts if part != "")


class _Mistakes:
    """Reports mistakes of one content at the braces where they stand."""

    def __init__(self, text: str, position: Position, report: Report, source: str) -> None:
        self.text = text
        self.report = report
        self._position = position
        self._source = source
        self._start: int | None = None

    def add(self, code: str, found: re.Match[str], **values: object) -> None:
        """Report a mistake at a part of the text that was found."""
        if not self.report.full:
            self.report.add(code, self._place(found), **values)

    def _place(self, found: re.Match[str]) -> Position:
        """The same part of the source: as many like it stand before it; the content itself where it is written otherwise."""
        if self._start is None:
            self._start = offset_of(self._source, self._position)
        at = self._start - 1
        for _ in range(self.text.count(found[0], 0, found.start()) + 1):
            at = self._source.find(found[0], at + 1)
            if at < 0:
                return self._position
        return end_of(self._position.file, self._source[:at], len(found[0]))


def _report_wide(site: SiteFacts, mistakes: _Mistakes) -> None:
    """{会員.name｜お客} would be shown to visitors as it is."""
    for found in _WIDE.finditer(mistakes.text):
        if _PLACEHOLDER.fullmatch(found[0]):
            continue
        meant = _PLACEHOLDER.fullmatch(found[0].translate(_NARROW))
        if meant and _fact(meant[1], site) is not None:
            written = meant[0] if meant[2] is not None else f"{{{meant[1]}|…}}"
            mistakes.add("E322", found, value=found[0], write=written)


def _placeholder(
    found: re.Match[str], site: SiteFacts, refused: list[tuple[int, int, str]], mistakes: _Mistakes
) -> Placeholder | None:
    fact = _fact(found[1], site)
    if fact is None:
        _report_near_miss(found, site, mistakes)
        return None
    where = next((name for start, end, name in refused if start <= found.start() < end), "")
    if fact.startswith("member.") and site.attributes[fact.removeprefix("member.")].sensitive:
        mistakes.add("E324", found, value=found[1])
    elif where:
        mistakes.add("E323", found, value=found[0], where=where)
    elif found[2] is None:
        mistakes.add("E321", found, value=found[0], fact=found[1])
    return Placeholder(fact, found[2] or "")


def _fact(name: str, site: SiteFacts) -> str | None:
    if name in _FACTS:
        return _FACTS[name]
    head, _, attribute = name.partition(".")
    return f"member.{fold(attribute)}" if head in _MEMBER and fold(attribute) in site.attributes else None


def _report_near_miss(found: re.Match[str], site: SiteFacts, mistakes: _Mistakes) -> None:
    """{member.nmae|…} is a mistake, {margin} or {a|b} in a script is not."""
    head, dot, attribute = found[1].partition(".")
    if head in _MEMBER and dot and found[2] is not None and not mistakes.report.may_exist(attribute):
        known = [f"member.{one.name}" for one in site.attributes.values()] + ["keyword", "prefecture"]
        meant = mistakes.report.near(attribute, [one.name for one in site.attributes.values()])
        mistakes.add("E322", found, value=found[0], known=known, did_you_mean=f"{{member.{meant}|…}}" if meant else "")


def _refused_places(text: str) -> list[tuple[int, int, str]]:
    scanner = _Scanner(text)
    scanner.feed(text)
    return [*scanner.refused, *scanner.unfinished()]


class _Scanner(HTMLParser):
    """Finds where a text that was only HTML-escaped could still become a link, a script or a new attribute."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.refused: list[tuple[int, int, str]] = []
        self._length = len(text)
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        source = self.get_starttag_text() or ""
        start = self._offset()
        self.refused += [(start + first, start + last, name) for first, last, name in _risky_attributes(tag, source)]

    def unfinished(self) -> list[tuple[int, int, str]]:
        """Return the end of a fragment that stops within a tag, a comment or a script."""
        if self.cdata_elem is None and not self.rawdata.startswith("<"):
            return []
        return [(self._length - len(self.rawdata), self._length, "<…")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is not None:
            self.refused.append((self._offset(), self._offset() + len(data), f"<{self.cdata_elem}>"))

    def handle_comment(self, data: str) -> None:
        self.refused.append((self._offset(), self._offset() + len(data) + 7, "<!-- -->"))

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column


_ATTRIBUTE = re.compile(r"""(?<![^\s"'>/=])([^\s"'>/=]+)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""")


def _risky_attributes(tag: str, source: str) -> Iterator[tuple[int, int, str]]:
    """Spans of a start tag in which nothing may be put: all but the quoted values of harmless attributes."""
    end = 0
    for found in _ATTRIBUTE.finditer(source):
        name, value = found[1].lower(), found[2]
        if value[0] in "\"'" and _is_harmless(tag, name):
            yield end, found.start(2), "<…>"
        else:
            yield end, found.end(), name
        end = found.end()
    yield end, len(source), "<…>"


def _is_harmless(tag: str, name: str) -> bool:
    if name == "value":
        return tag in _VALUE_IS_TEXT
    return name in _SAFE_ATTRIBUTES or name.startswith("aria-") or (name.startswith("data-") and "hx-" not in name)
