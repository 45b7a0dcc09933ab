"""Steps that leave a file's meaning as it is: ends of lines, spaces, indentation."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from omotenashi.language.fmt.layout import indented
from omotenashi.language.fmt.lines import Line, Piece, cut, joined

_TABS = re.compile(r"(?<=[:,\[{-])[ \t]*\t[ \t]*")
_CLOSE_COMMA = re.compile(r"(?<!\d),(?=[^\s\]}])|,(?=[^\s\]}\d])")
"""A comma between digits may be meant as part of a number."""


def line_ends(text: str) -> str:
    """End every line with a line feed, whatever the system."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def ends_of_lines(text: str) -> str:
    """Take away spaces and tabs at the ends of lines, but not in texts of several lines."""
    return joined(cut(text), lambda one: one.text if one.kind == "block" or one.ends_open else one.text.rstrip(" \t"))


def last_line(text: str) -> str:
    """End a file with one line feed."""
    return text.rstrip("\n") + "\n" if text.strip() else ""


def tabs(text: str) -> str:
    """Write a space for tabs after a colon, a dash, a comma or before a comment."""
    return joined(cut(text), _without_tabs)


def _without_tabs(line: Line) -> str:
    made = [_TABS.sub(" ", one.text) if one.kind in ("code", "flow") else one.text for one in line.pieces]
    if len(made) > 1 and line.pieces[-1].kind == "comment" and made[-2].rstrip(" \t") != made[-2].rstrip(" "):
        made[-2] = made[-2].rstrip(" \t") + " "
    return "".join(made)


def commas(text: str) -> str:
    """Write a space after each comma between brackets, but not within a number."""
    return joined(cut(text), lambda line: "".join(map(_spaced, *_with_next(line))))


def _with_next(line: Line) -> tuple[tuple[Piece, ...], list[str]]:
    kinds = [after.kind for _, after in pairwise(line.pieces)]
    return line.pieces, [*kinds, ""][: len(line.pieces)]


def _spaced(piece: Piece, next_kind: str) -> str:
    if piece.kind != "flow":
        return piece.text
    made = _CLOSE_COMMA.sub(", ", piece.text)
    return made + " " if made.endswith(",") and next_kind in ("quoted", "flow") else made


STEPS: tuple[Callable[[str], str], ...] = (line_ends, ends_of_lines, last_line, tabs, commas, indented)
