"""Slips of lines that are neither `key: value` nor text that belongs to the line above."""

from __future__ import annotations

import re

from msgspec import Struct

from omotenashi.language.slips import plain
from omotenashi.language.slips.entry import Entry
from omotenashi.language.slips.known import is_field, is_key, takes_prose
from omotenashi.language.slips.signs import COLON, DASHES
from omotenashi.language.slips.slip import Slip, quoted

_NEXT = re.compile(r"(?>(?:[ \t]*+(?>(?:#[^\n]*+)?)\n)*)( *)(?=[^\s])")
_NEXT_ITEM = re.compile(r"(?>(?:[ \t]*+(?>(?:#[^\n]*+)?)\n)*)( *)-(?=\s)")
_NEXT_KEY = re.compile(_NEXT.pattern + r"[^\s:]+:(?:\s|$)")
_OPEN_KEY = re.compile(r"( *)((?:- +)*)([^\s#:]+):[ \t]*(?:#.*)?$")
_KEY_LIKE = re.compile(r":(?=[ \t]|$)| #", re.MULTILINE)
_MARKS = re.compile(r"(＃|//|<!--|;)")
_MOST_LINES_BACK = 60


class Where(Struct):
    """The place of a line without a colon."""

    text: str
    at: int
    end: int
    column: int
    previous: Entry | None
    parsed: bool

    def has_children(self) -> bool:
        """Tell whether the next line stands further right."""
        return next_indent(self.text, self.end) > self.column

    def before_a_key(self) -> bool:
        """Tell whether the next line is a key in the same column."""
        following = _NEXT_KEY.match(self.text, min(len(self.text), self.end + 1))
        return not self.parsed and following is not None and len(following[1]) == self.column

    def under_a_key(self) -> bool:
        """Tell whether it may be the value of the line above, which has none yet."""
        return self.previous is not None and self.previous.kind == "none" and self.column > self.previous.parent


def line_slip(body: str, where: Where) -> Slip | None:
    """Return the slip of a line of its own; a text under its key has none."""
    at = where.at
    meant_as_key = where.has_children() if where.under_a_key() else not where.parsed
    sign = plain.wide_colon(body, at, always=meant_as_key or bool(COLON.match(body[-1])))
    sign = sign or plain.other_sign(body, at) or plain.unspaced_colon(body, at, always=meant_as_key)
    if sign:
        return sign
    if where.parsed:
        return _list_without_dashes(body, where)
    if where.under_a_key() and not where.has_children() and not where.before_a_key():
        return _list_without_dashes(body, where) or plain.value_slip(
            body, at, where.previous.key if where.previous else ""
        )
    if _goes_on_with_items(body, where):
        return Slip("E136", at, at + len(body), {"right": f"- {body}"})
    if body.startswith("<") and not body.startswith("<!--") and where.previous and takes_prose(where.previous.key):
        return _no_bar(where.previous)
    return _mark(body, at) or (plain.sign_slip(body, at) if body[0] in "]}" else None) or plain.no_colon(body, at)


def text_without_bar(where: Where) -> Slip | None:
    """Return the slip of HTML below its key that would need a bar: a colon and a space is somewhere in it."""
    previous = where.previous
    if previous is None or not where.under_a_key() or not takes_prose(previous.key):
        return None
    start = where.text.rfind("\n", 0, where.at) + 1
    end = where.end
    while next_indent(where.text, end) > previous.parent:
        following = where.text.find("\n", end + 1)
        end = following if following >= 0 else len(where.text)
    if not _KEY_LIKE.search(where.text, start, end):
        return None
    return _no_bar(previous)


def item_slip(body: str, at: int) -> Slip | None:
    """Return the slip of an item that was meant as `- key: value`."""
    return plain.wide_colon(body, at) or plain.unspaced_colon(body, at) or plain.other_sign(body, at)


def next_indent(text: str, end: int) -> int:
    """Return the column of the first line after `end` that says something, -1 where there is none."""
    found = _NEXT.match(text, min(len(text), end + 1))
    return len(found[1]) if found else -1


def next_is_item(text: str, end: int, column: int) -> bool:
    """Tell whether the next line is an item of a list at this column."""
    found = _NEXT_ITEM.match(text, min(len(text), end + 1))
    return found is not None and len(found[1]) == column


def owner_key(text: str, entry: Entry) -> str:
    """Return the key that an item of a list stands under, if it is near."""
    start, column = entry.line, entry.dashes[0] if entry.dashes else entry.column
    for _ in range(_MOST_LINES_BACK):
        if not start:
            break
        start, end = text.rfind("\n", 0, start - 1) + 1, start - 1
        found = _OPEN_KEY.match(text, start, end)
        if found and len(found[1]) + len(found[2]) <= column:
            return found[3]
    return ""


def behind_brackets(text: str, start: int, end: int, key: str) -> Slip | None:
    """Return the slip of what stands behind brackets on their last line."""
    line = text.find("\n", end)
    rest = text[end : len(text) if line < 0 else line]
    behind = rest.strip()
    if not behind or behind[0] == "#" or (behind[0] == ":" and not key):
        return None
    at = end + len(rest) - len(rest.lstrip())
    mark = _MARKS.match(behind)
    if mark:
        return Slip("E145", at, at + len(mark[0]), {"sign": mark[0]})
    if behind[0] in ",:":
        return Slip("E148", at, at + 1, {"sign": behind[0]})
    if behind[0] in "]}":
        return Slip("E126", at, at + 1, {"sign": behind[0]})
    return Slip("E120", start, start + 1, {"sign": text[start], "right": quoted(text[start:end] + rest.rstrip())})


def _no_bar(entry: Entry) -> Slip:
    key = entry.line + entry.column
    return Slip("E140", key, key + len(entry.key), {"key": entry.key})


def _list_without_dashes(body: str, where: Where) -> Slip | None:
    """Lines under a field that stand below each other without dashes would be one text."""
    if not where.under_a_key() or where.previous is None or not is_field(where.previous.key):
        return None
    if next_indent(where.text, where.end) != where.column or _NEXT_ITEM.match(where.text, where.end + 1):
        return None
    return Slip("E136", where.at, where.at + len(body), {"right": f"- {body}"})


def _goes_on_with_items(body: str, where: Where) -> bool:
    """Tell whether a text stands in the column of the dashes of items that are texts."""
    above = where.previous
    if above is None or not above.dashes or above.key or above.dashes[-1] != where.column or where.has_children():
        return False
    return not is_key(body) and not set(body) <= set(DASHES + "-=") and not _MARKS.match(body)


def _mark(body: str, at: int) -> Slip | None:
    if set(body) <= set(DASHES + "-="):
        return Slip("E145", at, at + len(body), {"sign": body})
    mark = _MARKS.match(body)
    return Slip("E145", at, at + len(mark[0]), {"sign": mark[0]}) if mark else None
