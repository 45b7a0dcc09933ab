"""Slips in the lines under `html: |`: what is not indented falls out of the text."""

from __future__ import annotations

import re

from msgspec import Struct

from omotenashi.language.slips import plain
from omotenashi.language.slips.entry import Entry
from omotenashi.language.slips.slip import Slip, quoted

_LINE = re.compile(r"( *)([^\n]*)\n?")
_OUTSIDE = re.compile(r"#|- |-$|[^\s<>:]+:(?:\s|$)")


class Block(Struct):
    """Where a text of several lines ends."""

    end: int
    slip: Slip | None = None


def read_block(text: str, header: int, end: int, entry: Entry, *, parsed: bool) -> Block:
    """Read the lines below a header (`|` or `>`) that stands at an offset and ends its line at `end`."""
    at = min(len(text), end + 1)
    explicit = next((int(sign) for sign in text[header + 1 : end].split("#", maxsplit=1)[0] if sign.isdigit()), 0)
    indent = max(entry.parent, 0) + explicit if explicit else 0
    blank: tuple[int, int] | None = None
    while at < len(text):
        line = _LINE.match(text, at)
        if line is None:
            break
        width, body = len(line[1]), line[2]
        if not body.strip():
            if not indent and (blank is None or width > blank[1]):
                blank = (at, width)
        elif width <= entry.parent or width < indent:
            unsaid = parsed and (indent or not body.startswith("<"))
            fallen = None if unsaid else _fallen_out(at + width, width, body, entry, indent)
            return Block(at, fallen or _nothing_said(text, header, end, at, entry.key))
        elif not indent:
            indent = width
            if not parsed and blank is not None and blank[1] > width:
                return Block(at, Slip("E146", blank[0] + width, blank[0] + blank[1]))
        if not parsed and body.startswith("\t") and (not indent or width < indent):
            return Block(at, Slip("E111", at + width, at + width + 1))
        at = line.end()
    return Block(at, _nothing_said(text, header, end, at, entry.key))


def _nothing_said(text: str, header: int, end: int, at: int, key: str) -> Slip | None:
    """`visits: >5` is a text of several lines to a parser, and an empty one."""
    written = text[header:end].split("#", maxsplit=1)[0].strip()
    if written[-1] not in "123456789" or text[end:at].strip():
        return None
    compared = plain.comparison(written, header, key)
    return compared or Slip("E117", header, header + 1, {"sign": text[header], "right": quoted(written)})


def _fallen_out(at: int, width: int, body: str, entry: Entry, indent: int) -> Slip | None:
    if _OUTSIDE.match(body) and width <= entry.parent:
        return None
    if body.startswith("#"):
        return None
    wanted = indent or entry.parent + 2
    return Slip("E128", at, at + len(body), {"key": entry.key, "spaces": str(wanted)})
