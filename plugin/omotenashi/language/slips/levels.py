"""Slips of indentation: a line that stands in no column that is open."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from omotenashi.language.slips.entry import Entry
from omotenashi.language.slips.known import is_key
from omotenashi.language.slips.slip import Slip


class _Level(Struct):
    column: int
    listed: bool
    waits: bool = True
    """Its last entry has no value yet."""


def level_slip(entries: Sequence[Entry], text: str) -> Slip | None:
    """Return the first line that belongs nowhere: too far left or right, or without its dash."""
    stack: list[_Level] = []
    for entry in entries:
        if entry.lone:
            continue
        columns = [_Level(dash, listed=True) for dash in entry.dashes]
        if entry.key:
            columns.append(_Level(entry.column, listed=False, waits=entry.kind == "none"))
        elif columns:
            columns[-1].waits = entry.kind == "none" and entry.column == 0
        if columns and (wrong := _placed(stack, columns, entry, text)):
            return wrong
    return None


def _placed(stack: list[_Level], columns: list[_Level], entry: Entry, text: str) -> Slip | None:
    """Put a line's columns on the stack, or tell why its first has no place there."""
    first = columns[0]
    open_columns = [level.column for level in stack]
    while stack and stack[-1].column > first.column:
        stack.pop()
    if stack and stack[-1].column == first.column and stack[-1].listed and not first.listed:
        stack.pop()
        if not stack or stack[-1].column != first.column:
            return _no_dash(entry, text) or _astray(entry, text, open_columns, first.column)
    if stack and stack[-1].column == first.column:
        return _beside(stack, columns, entry, text)
    if stack and not stack[-1].waits or (not stack and open_columns):
        return _astray(entry, text, open_columns, first.column)
    _open(stack, columns)
    return None


def _beside(stack: list[_Level], columns: list[_Level], entry: Entry, text: str) -> Slip | None:
    """A line in a column that is open already."""
    top, first = stack[-1], columns[0]
    if top.listed == first.listed:
        stack.pop()
    elif not top.waits:
        wanted = [level.column for level in stack if level.listed]
        return _astray(entry, text, wanted, first.column)
    _open(stack, columns)
    return None


def _open(stack: list[_Level], columns: list[_Level]) -> None:
    if stack:
        stack[-1].waits = False
    stack += columns
    for level in columns[:-1]:
        level.waits = False


def _no_dash(entry: Entry, text: str) -> Slip | None:
    if entry.key not in ("name", "名前") and not is_key(entry.key):
        return None
    del text
    return Slip("E136", entry.start, entry.start + len(entry.key), {"right": f"- {entry.key}:"}) if entry.key in ("name", "名前", "id", "ID") else None


def _astray(entry: Entry, text: str, columns: Sequence[int], column: int) -> Slip:
    wanted = min(columns, key=lambda one: abs(one - column), default=0)
    end = text.find("\n", entry.start)
    word = entry.key or text[entry.start : end if end >= 0 else None].strip()
    values = {"key": word[:40], "spaces": str(wanted), "found": str(column)}
    return Slip("E129", entry.start, entry.start + max(1, len(entry.key)), values)
