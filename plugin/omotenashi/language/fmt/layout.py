"""Indentation by two spaces for each level."""

from __future__ import annotations

from msgspec import Struct

from omotenashi.language.fmt.lines import Line, cut

STEP = 2


class _Level(Struct, frozen=True):
    """A column at which something begins, before and after."""

    old: int
    new: int


def indented(text: str) -> str:
    """Return a text with every level two spaces to the right of what it belongs to, and one space after a dash.

    A list may stand below its key or two to the right of it, as written; texts of several lines move with their key.
    """
    levels: list[_Level] = []
    moved: list[str] = []
    comments: list[str] = []
    shift = 0
    for line in cut(text):
        if line.kind == "code":
            before = list(levels)
            made, shift = _code(line, levels)
            moved += [_comment(one, line, before, levels) for one in comments]
            moved.append(made)
            comments = []
        elif line.kind in ("comment", "blank"):
            comments.append(line.text)
        else:
            moved += [*comments, _shifted(line.text, shift)]
            comments = []
    return "\n".join(moved + comments)


def _code(line: Line, levels: list[_Level]) -> tuple[str, int]:
    """Place a line; return it and by how much its content moved."""
    columns = _columns(line.text)
    for column in columns:
        _enter(column, levels)
    dashes = "- " * (len(columns) - 1)
    content = line.text[columns[-1] :]
    first = next(level.new for level in levels if level.old == columns[0])
    made = " " * first + (dashes + content if content else dashes.rstrip())
    return made, levels[-1].new - levels[-1].old


def _columns(text: str) -> list[int]:
    """The columns of a line's dashes, and of what follows them."""
    at = len(text) - len(text.lstrip(" "))
    columns = [at]
    while text[at] == "-" and text[at + 1 : at + 2] in ("", " "):
        rest = text[at + 1 :]
        at += 1 + len(rest) - len(rest.lstrip(" "))
        columns.append(at)
        if at == len(text):
            break
    return columns


def _enter(column: int, levels: list[_Level]) -> None:
    while levels and levels[-1].old > column:
        levels.pop()
    if not levels or levels[-1].old < column:
        levels.append(_Level(column, levels[-1].new + STEP if levels else 0))


def _comment(text: str, following: Line, before: list[_Level], after: list[_Level]) -> str:
    """A comment goes with the line after it where it stands at the same column, else with its own level."""
    if not text.strip():
        return text
    column = len(text) - len(text.lstrip(" "))
    next_column = _columns(following.text)[0]
    levels = after if column == next_column else before
    new = next((level.new for level in levels if level.old == column), None)
    return text if new is None else " " * new + text.lstrip(" ")


def _shifted(text: str, shift: int) -> str:
    if not text.strip():
        return text
    return " " * shift + text if shift > 0 else text[min(-shift, len(text) - len(text.lstrip(" "))) :]
