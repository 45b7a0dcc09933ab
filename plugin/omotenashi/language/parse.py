"""YAML text to a tree with positions, by libyaml's event stream and a stack of our own.

Composing with CSafeLoader would crash the process on deep nesting and would guess types; pure Python takes twelve
times as long.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode, place_of
from omotenashi.language.places import LINE_BREAK, end_of
from omotenashi.language.report import Report
from omotenashi.language.slips.find import slips_in
from omotenashi.language.twice import say_twice
from omotenashi.language.vocabulary import CONTENT_KEYS
from omotenashi.model.errors import Position

LARGEST_FILE = 1_048_576
"""Bytes."""
MOST_LINES = 20_000
MOST_PARTS = 40_000
"""Keys, values, lists and mappings in a file. A thousand rules have about 15,000."""
DEEPEST_NESTING = 20
LONGEST_TEXT = 1000
"""Characters of a name, a word or any other text that is not shown: compatibility characters grow eighteenfold."""
_WORDS_FOR_ONE = 10
"""So many words are one part of a file; more of them count as so many more."""
_MARKS = {
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_ENDS = re.compile(r"\s#|:(?=\s|$)")
_ENDS_IN_BRACKETS = re.compile(r"\s#|:(?=\s|$)|[,\[\]{}]")
_NO_TEXT = re.compile(r'^[\[{|>]|"')
_LONGEST_HINT = 60
_LIMITS = {"limit": LARGEST_FILE // 1024, "lines": MOST_LINES, "parts": MOST_PARTS}
_NOT_HTML = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
"""Control characters other than white space: an error in the HTML standard (13.2.3.5)."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")


def decode(file: str, data: bytes, report: Report) -> str | None:
    """Return the text of a file in UTF-8, with or without a byte order mark; otherwise report why not."""
    start = Position(file, 1, 1, 2)
    if len(data) > LARGEST_FILE:
        _refuse(report, "E102", start, **_LIMITS)
        return None
    marked = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    if marked:
        _refuse(report, "E101", start, encoding=marked)
        return None
    unmarked = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return unmarked.decode()
    except UnicodeDecodeError as error:
        place = end_of(file, unmarked[: error.start].decode())
        _refuse(report, "E101", place, encoding=_other_encoding(data))
        return None


def decode_content(path: str, data: bytes, report: Report) -> str | None:
    """Return the text of a file under contents/, or None after reporting why there is none."""
    file = f"contents/{path}"
    if len(data) > LARGEST_FILE:
        _refuse(report, "E412", Position(file, 1, 1, 2), limit=LARGEST_FILE // 1024)
        return None
    text = decode(file, data, report)
    return None if text is None or _is_refused(file, text, _NOT_HTML, report) else text


def _is_refused(file: str, text: str, characters: re.Pattern[str], report: Report) -> bool:
    found = characters.search(text)
    if found:
        _refuse(report, "E108", end_of(file, text[: found.start()]), character=f"U+{ord(found[0]):04X}")
    return found is not None


def parse(file: str, text: str, report: Report, *, visitor: bool = False) -> MapNode | None:
    """Return the file's one mapping, or None after reporting what is wrong. An empty file is an empty mapping.

    `visitor` says that a stated visitor is read rather than rules.
    """
    if text.count("\n") + text.count("\r") > 2 * MOST_LINES or len(text.splitlines()) > MOST_LINES:
        _refuse(report, "E102", Position(file, 1, 1, 2), **_LIMITS)
        return None
    if _is_refused(file, text, _CONTROL, report):
        return None
    found = Report()
    tree = _tree(file, text, found, visitor=visitor)
    codes = {one.code for one in found.diagnostics}
    slips = () if codes & {"E102", "E107"} else slips_in(file, text, tree, parsed="E103" not in codes)
    if slips:
        report.diagnostics += slips
        report.unreadable = True
        return None
    report.diagnostics += found.diagnostics
    report.unreadable |= found.unreadable
    return None if "E152" in codes else tree


def _tree(file: str, text: str, report: Report, *, visitor: bool) -> MapNode | None:
    builder = _Builder(file, text, report)
    try:
        complete = builder.take_all(yaml.CSafeLoader(text))
    except yaml.YAMLError as error:
        report.diagnostics.clear()
        _refuse(report, "E103", _error_position(file, text, error))
        return None
    tree = _mapping(builder, file, report, visitor=visitor) if complete else None
    if tree and builder.too_long and not report.diagnostics:
        _refuse(report, "E152", builder.too_long, limit=LONGEST_TEXT)
    return tree


def _mapping(builder: _Builder, file: str, report: Report, *, visitor: bool) -> MapNode | None:
    root = builder.root
    if root is None or (isinstance(root, TextNode) and root.empty):
        return MapNode((), Position(file, 1, 1, 2))
    if isinstance(root, MapNode):
        return root
    example = "{device: mobile}" if visitor else ""
    _refuse(
        report,
        "E203",
        root.position,
        what="stated visitor" if visitor else "whole file",
        expected="mapping",
        example=example,
    )
    return None


def _refuse(report: Report, code: str, position: Position, **values: Any) -> None:  # noqa: ANN401 as Report.add
    report.add(code, position, **values)
    report.unreadable = True


def _other_encoding(data: bytes) -> str:
    # the kana of Shift_JIS are no EUC-JP, but those of EUC-JP could be half-width kana in Shift_JIS
    for name, encoding in (("EUC-JP", "euc_jp"), ("Shift_JIS (cp932)", "cp932")):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return name
    return "?"


def _error_position(file: str, text: str, error: yaml.YAMLError) -> Position:
    """Where the parser gave up, or the end of the text if that was before the next line."""
    end = end_of(file, text)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None or mark.line + 1 > end.line:
        return end
    return Position(file, mark.line + 1, mark.column + 1, mark.column + 2)


class _Builder:
    """Takes events one by one and stops at the first that is not allowed."""

    def __init__(self, file: str, text: str, report: Report) -> None:
        self.root: Node | None = None
        self.too_long: Position | None = None
        """The first text that is longer than may be; whatever else is wrong may be why."""
        self._file = file
        self._text = text
        self._report = report
        self._stack: list[tuple[Any, list[Node]]] = []
        self._texts: dict[str, str] = {}
        """Equal texts are kept once."""
        self._documents = 0
        self._parts = 0

    def take_all(self, parser: Any) -> bool:  # noqa: ANN401 PyYAML's events are untyped
        """Take the events of a parser; return False when the file is refused."""
        takers: dict[type, Callable[[Any], bool]] = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close_mapping,
            SequenceEndEvent: self._close_list,
            AliasEvent: self._alias,
            DocumentStartEvent: self._document,
        }
        next_event = parser.get_event
        while (event := next_event()) is not None:
            taker = takers.get(type(event))
            if taker is not None and not taker(event):
                return False
        return True

    def _alias(self, event: AliasEvent) -> bool:
        return self._stop("E104", event, found=f"*{event.anchor}")

    def _document(self, event: DocumentStartEvent) -> bool:
        self._documents += 1
        return self._documents == 1 or self._stop("E105", event)

    def _scalar(self, event: Any) -> bool:  # noqa: ANN401 as below
        """Most events are scalars, so what is seldom needed is kept out of the way."""
        if (event.anchor is not None or event.tag is not None) and not self._plain(event):
            return False
        self._parts += 1
        if self._parts > MOST_PARTS:
            return self._stop("E102", event, **_LIMITS)
        text, style = event.value, event.style
        if len(text) > _WORDS_FOR_ONE:
            self._measure(event)
        start, end = event.start_mark, event.end_mark
        line, column, last = start.line, start.column, end.column
        if last <= column or end.line != line:
            last = column + 1
        place = place_of(line + 1, column + 1, last + 1)
        quoted = True if style else False  # noqa: SIM210 bool() takes longer
        node = TextNode(self._texts.setdefault(text, text), self._file, place, quoted)
        if self._stack:
            self._stack[-1][1].append(node)
        else:
            self.root = node
        return True

    def _open(self, event: Any) -> bool:  # noqa: ANN401 either start event
        if (event.anchor is not None or event.tag is not None) and not self._plain(event):
            return False
        self._parts += 1
        if self._parts > MOST_PARTS:
            return self._stop("E102", event, **_LIMITS)
        if len(self._stack) >= DEEPEST_NESTING:
            return self._stop("E107", event, limit=DEEPEST_NESTING)
        self._stack.append((event, []))
        return True

    def _close_list(self, _: SequenceEndEvent) -> bool:
        start, children = self._stack.pop()
        self._attach(ListNode(tuple(children), self._position(start)))
        return True

    def _close_mapping(self, _: MappingEndEvent) -> bool:
        start, children = self._stack.pop()
        entries = []
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, TextNode):
                return self._refused("E203", key.position, what="key", expected="text")
            entries.append((key, value))
        self._attach(MapNode(tuple(entries), self._position(start)))
        texts = {key.text for key, _ in entries}
        if len(texts) < len(entries) or not all(map(str.isascii, texts)):
            self._distinct(entries)
        return True

    def _distinct(self, entries: list[tuple[TextNode, Node]]) -> None:
        seen: dict[str, tuple[TextNode, Node]] = {}
        for entry in entries if self.too_long is None else ():
            key = entry[0].text
            first = seen.setdefault(key if key.isascii() else unicodedata.normalize("NFKC", key), entry)
            if first is not entry:
                say_twice(entry, first, self._report)

    def _measure(self, event: ScalarEvent) -> None:
        """Whatever is not shown is short; a long row of words counts as so many values."""
        more = max(0, event.value.count(" ") + event.value.count("\u3000") - _WORDS_FOR_ONE)
        long = len(event.value) > LONGEST_TEXT
        if (more or long) and not self._is_shown(event.value):
            self.too_long = self.too_long or (self._position(event) if long else None)
            self._parts += 0 if long else more

    def _is_shown(self, text: str) -> bool:
        """Tell whether a text is one that visitors see. Some write HTML without its key."""
        siblings = self._stack[-1][1] if self._stack and isinstance(self._stack[-1][0], MappingStartEvent) else []
        key = siblings[-1] if len(siblings) % 2 else None
        word = CONTENT_KEYS.find(key.text) if isinstance(key, TextNode) else None
        return (word is not None and word.name == "html") or text.lstrip().startswith("<")

    def _plain(self, event: Any) -> bool:  # noqa: ANN401 any node event
        if event.anchor is None and event.tag is None:
            return True
        if event.anchor is not None:
            return self._stop("E104", event, found=self._with_the_rest(event, "&" + event.anchor))
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        return self._stop("E104", event, found=self._with_the_rest(event, tag))

    def _with_the_rest(self, event: Any, sign: str) -> str:  # noqa: ANN401 any node event
        """The text that begins with a sign, if it was meant as one: the rest of its line, or of its part in brackets."""
        line = LINE_BREAK.split(self._text)[event.start_mark.line][event.start_mark.column :]
        ends = _ENDS_IN_BRACKETS if any(start.flow_style for start, _ in self._stack) else _ENDS
        rest = ends.split(line, maxsplit=1)[0].rstrip()
        text = rest.removeprefix(sign).lstrip()
        return rest if rest.startswith(sign) and len(rest) <= _LONGEST_HINT and not _NO_TEXT.search(text) else sign

    def _attach(self, node: Node) -> None:
        if self._stack:
            self._stack[-1][1].append(node)
        else:
            self.root = node

    def _position(self, event: Any) -> Position:  # noqa: ANN401 any event
        start, end = event.start_mark, event.end_mark
        line, column = start.line, start.column
        last = end.column if end.line == line and end.column > column else column + 1
        return Position(self._file, line + 1, column + 1, last + 1)

    def _stop(self, code: str, event: Any, **values: Any) -> bool:  # noqa: ANN401 any event
        return self._refused(code, self._position(event), **values)

    def _refused(self, code: str, position: Position, **values: Any) -> bool:  # noqa: ANN401 as Report.add
        _refuse(self._report, code, position, **values)
        return False
