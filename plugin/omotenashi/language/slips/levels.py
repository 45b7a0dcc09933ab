"""Slips of indentation: a line that stands in no column that is open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from omotenashi.language.slips import plain
from omotenashi.language.slips.entry import Entry
from omotenashi.language.slips.known import begins_item, belong_together, holds_names, is_key, same_key, takes_list
from omotenashi.language.slips.slip import Slip


class _Level(Struct):
    """A column in which keys or dashes stand below each other."""

    column: int
    listed: bool
    entries: list[Entry]
    waits: bool
    """Its last entry has no value yet."""
    owner: str = ""
    """The key that it stands under."""


def level_slip(entries: Sequence[Entry], text: str) -> Slip | None:
    """Return the slip of the first line that belongs nowhere: too far left or right, or without its dash."""
    stack: list[_Level] = []
    lines = [entry for entry in entries if not entry.lone]
    for number, entry in enumerate(lines):
        if not _placed(stack, _levels(entry)):
            before, after = lines[number - 1], lines[number + 1 : number + 2]
            return (
                _lost_colon(before, entry, text)
                or _second_dash(stack)
                or _fallen_name(stack, text)
                or _dash_too_many(stack, entry)
                or _lacks_dash(stack, entry, text)
                or _first_astray(stack, entry, after, text)
                or _parent_astray(stack, before, entry, text)
                or _lost_dash(stack, entry, text)
                or _astray(stack, entry, before, text)
            )
    return None


def _levels(entry: Entry) -> list[_Level]:
    """The columns that a line opens or goes on with: those of its dashes, and that of its key."""
    levels = [_Level(dash, True, [entry], waits=False) for dash in entry.dashes]
    if entry.key:
        levels.append(_Level(entry.column, False, [entry], waits=entry.kind == "none"))
    elif levels:
        levels[-1].waits = entry.kind == "none" and not entry.column
    return levels


def _placed(stack: list[_Level], levels: list[_Level]) -> bool:
    """Put a line's columns on the stack; False where the first of them has no place there, and leave all as it was."""
    if not levels:
        return True
    first = levels[0]
    depth = sum(level.column <= first.column for level in stack)
    top = stack[depth - 1] if depth else None
    if top and top.column == first.column and top.listed and not first.listed:
        depth -= 1  # a list in the column of its key is over
        top = stack[depth - 1] if depth else None
        if top is None or top.column != first.column:
            return False
    fits = not stack if top is None else top.waits or (top.column == first.column and top.listed == first.listed)
    if fits:
        del stack[depth:]
        _push(stack, levels)
    return fits


def _push(stack: list[_Level], levels: list[_Level]) -> None:
    top, first = stack[-1] if stack else None, levels[0]
    if top and top.column == first.column and top.listed == first.listed:
        top.entries += first.entries
        top.waits = first.waits
    else:
        if top:
            first.owner, top.waits = top.entries[-1].key, False
        stack.append(first)
    stack += levels[1:]


def _lost_colon(previous: Entry, entry: Entry, text: str) -> Slip | None:
    """`- name a` before a line of the same rule."""
    if previous.key or previous.kind not in ("plain", "quoted") or entry.dashes:
        return None
    at = previous.line + previous.column
    words = text[at : text.find("\n", at)].strip()
    return plain.no_colon(words, at) if is_key(re.split(r"[\s:\"']", words.strip("\"'"))[0]) else None


def _second_dash(stack: list[_Level]) -> Slip | None:
    """`- - name: a`: a list in the list."""
    lines = [level.entries[-1] for level in stack if level.listed]
    double = next((entry for entry in lines if len(entry.dashes) > 1), None)
    if double is None:
        return None
    at = double.line + double.dashes[1]
    return Slip("E148", at, at + 1, {"sign": "-"})


def _fallen_name(stack: list[_Level], text: str) -> Slip | None:
    """The name of a block or segment in the column of `blocks:`, which has nothing under it then."""
    for section, name in pairwise(stack[0].entries):
        empty = section.kind == "none" and holds_names(section.key)
        if empty and name.kind in ("none", "brackets") and name.key and not is_key(name.key):
            astray = _not_in_line(name, section.column + 2, text)
            return Slip("E149", astray.start, astray.end, astray.values)
    return None


def _dash_too_many(stack: list[_Level], entry: Entry) -> Slip | None:
    """A key with a dash among keys without."""
    if not entry.dashes or not entry.key or begins_item(entry.key) or not _keys_beside(stack, entry):
        return None
    return Slip("E148", entry.start, entry.start + 1, {"sign": "-"})


def _lacks_dash(stack: list[_Level], entry: Entry, text: str) -> Slip | None:
    """`a: b` above the items of a list: it was meant as one of them."""
    level = _keys_beside(stack, entry)
    if level is None or entry.key or not entry.dashes:
        return None
    bare = level.entries[-1]
    rest = text[bare.start : _end_of_line(text, bare.start)].partition(":")[2].strip()
    listed = text.startswith("[", entry.line + entry.column)
    right = f"- [{bare.key}, {rest.strip('[]')}]" if listed and rest else f"- {bare.key}: {rest}".strip()
    return Slip("E136", bare.start, bare.start + len(bare.key), {"right": right})


def _keys_beside(stack: list[_Level], entry: Entry) -> _Level | None:
    """The keys without dashes in the column where a line begins."""
    column = entry.start - entry.line
    return next((level for level in stack if level.column == column and not level.listed), None)


def _first_astray(stack: list[_Level], entry: Entry, after: Sequence[Entry], text: str) -> Slip | None:
    """The line before the astray one, if that stands where one expects it: two columns right of what it belongs to."""
    column = entry.start - entry.line
    if entry.dashes:
        return None
    top, *others = stack[0].entries
    if stack[0].column > column == 0 and not any(belong_together(top.key, other.key) for other in others):
        return _not_in_line(top, 0, text)
    many = any(other.column == column and not other.dashes for other in after)
    for outer, inner in pairwise(stack):
        first = inner.entries[-1]
        wanted = column - 2 if inner.listed else column
        usual = (outer.column, outer.column + 2) if inner.listed else (outer.column + 2,)
        in_line = inner.column in usual and not (inner.listed and many)
        if wanted not in usual or wanted == inner.column or in_line or not belong_together(first.key, entry.key):
            continue
        if inner.listed or len(inner.entries) == 1:
            return _not_in_line(first, wanted, text)
    return None


def _parent_astray(stack: list[_Level], parent: Entry, entry: Entry, text: str) -> Slip | None:
    """A key without a value that stands further right than what was meant to be under it."""
    wanted = entry.start - entry.line - 2
    level, outer = stack[-1], stack[:-1]
    if not parent.key or parent.kind != "none" or parent.dashes or parent.column <= wanted:
        return None
    fits = any(belong_together(parent.key, other.key) for other in level.entries if other is not parent)
    expected = [one.column for one in outer if not one.listed] + [one.column + 2 for one in outer[-1:]]
    return _not_in_line(parent, wanted, text) if wanted in expected and not fits else None


def _lost_dash(stack: list[_Level], entry: Entry, text: str) -> Slip | None:
    """A rule that begins with its name, among others that begin with a dash; or one of its lines in their column."""
    bare = next((level for level in stack if not level.listed and takes_list(level.owner)), None)
    if bare:
        return no_dash(bare.entries[0])
    beside = any(level.listed and level.column == entry.column for level in stack)
    if entry.dashes or not beside:
        return None
    item = next((level for level in stack if level.column > entry.column and _fits(level, entry)), None)
    if item is None:
        return None
    begins = begins_item(entry.key) or any(same_key(one.key, entry.key) for one in item.entries)
    return no_dash(entry) if begins else _not_in_line(entry, item.column, text)


def no_dash(entry: Entry) -> Slip:
    """Return the slip of a line that lacks its dash."""
    return Slip("E136", entry.start, entry.start + len(entry.key), {"right": f"- {entry.key}:"})


def _astray(stack: list[_Level], entry: Entry, previous: Entry, text: str) -> Slip:
    listed, column = bool(entry.dashes), entry.start - entry.line
    same_kind = [level for level in stack if level.listed == listed] or stack
    known = [level for level in same_kind if not listed and _fits(level, entry)]
    if previous.key and previous.kind == "none" and not known:
        return _not_in_line(entry, previous.column + 2, text)
    level = min(known or same_kind, key=lambda one: abs(one.column - column))
    earlier = _earlier(level, entry) if column > level.column else None
    if earlier:
        return _not_in_line(earlier, column, text)
    return _not_in_line(entry, level.column, text)


def _earlier(level: _Level, entry: Entry) -> Entry | None:
    """The key before an astray one that fell out of line itself: it stands beside the one that it should be under."""
    for before, after in pairwise(level.entries):
        if (
            before.kind == "none"
            and belong_together(after.key, entry.key)
            and not belong_together(before.key, after.key)
        ):
            return after
    return None


def _fits(level: _Level, entry: Entry) -> bool:
    return any(belong_together(one.key, entry.key) for one in level.entries)


def _not_in_line(entry: Entry, wanted: int, text: str) -> Slip:
    word = entry.key or text[entry.start : _end_of_line(text, entry.start)].strip()
    length = 1 if entry.dashes else max(1, len(entry.key))
    values = {"key": word[:40], "spaces": str(wanted), "found": str(entry.start - entry.line)}
    return Slip("E129", entry.start, entry.start + length, values)


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)
