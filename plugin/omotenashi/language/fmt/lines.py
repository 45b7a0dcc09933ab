"""A file's lines cut into what is syntax and what must not be touched: quotes, comments, texts of several lines.

It also reads files that a parser refuses, so it goes by the line and never looks back.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

_BLOCK_HEADER = re.compile(r"[|>][+-]?\d?[+-]?[ \t]*(?:#.*)?")
_START = re.compile(r"[ \t]*(?:-[ \t]+)*")
_PLAIN = re.compile("[^\"'\\[\\]{},:#|> \\t]+")
_CODE, _FLOW, _QUOTED, _COMMENT, _BLOCK = "code", "flow", "quoted", "comment", "block"


class Piece(Struct, frozen=True):
    """A part of a line."""

    kind: str
    """code, flow (code within brackets), quoted, comment or block (of a text of several lines)."""
    text: str


class Line(Struct, frozen=True):
    kind: str
    """code, inside (begun on a line before), block, comment or blank."""
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """Return the line as it is written."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def ends_open(self) -> bool:
        """Whether a quoted text goes on after it: spaces at its end may matter."""
        return bool(self.pieces) and self.pieces[-1].kind == _QUOTED and self.kind != _COMMENT


def cut(text: str) -> list[Line]:
    """Return the lines of a text, without their ends."""
    state = _State()
    return [_line(line, state) for line in text.split("\n")]


def joined(lines: list[Line], change: Callable[[Line], str]) -> str:
    """Return the text of lines, each as `change` makes it."""
    return "\n".join(map(change, lines))


class _State:
    """What is open at the beginning of a line."""

    def __init__(self) -> None:
        self.quote = ""
        self.depth = 0
        self.block_parent: int | None = None
        """The column of what a text of several lines belongs to: it is indented by more."""


def _line(line: str, state: _State) -> Line:
    indent = len(line) - len(line.lstrip(" "))
    if state.block_parent is not None:
        if not line.strip() or indent > state.block_parent:
            return Line(_BLOCK, (Piece(_BLOCK, line),))
        state.block_parent = None
    if not line.strip():
        return Line("blank", (Piece(_QUOTED if state.quote else _CODE, line),))
    if line.lstrip().startswith("#") and not state.quote:
        return Line(_COMMENT, (Piece(_COMMENT, line),))
    kind = "inside" if state.quote or state.depth else _CODE
    return Line(kind, tuple(_pieces(line, state)))


def _pieces(line: str, state: _State) -> list[Piece]:
    pieces: list[Piece] = []
    at = start = 0
    fresh = True  # a quote opens a text only where a text may begin
    if not state.quote and not state.depth:
        at = len(_START.match(line)[0])  # type: ignore[index]  # it matches the empty text, too
    column = at
    while at < len(line):
        if state.quote:
            end = _end_of_quote(line, at, state)
            pieces.append(Piece(_QUOTED, line[start:end]))
            at = start = end
            fresh = False
            continue
        plain = _PLAIN.match(line, at)
        if plain:
            at, fresh = plain.end(), False
            continue
        character = line[at]
        if fresh and character in "\"'":
            _add(pieces, state, line[start:at])
            state.quote, start, at = character, at, at + 1
        elif fresh and not state.depth and character in "|>" and _BLOCK_HEADER.fullmatch(line, at):
            state.block_parent = _parent(line, column)
            break
        elif character == "#" and (at == 0 or line[at - 1] in " \t"):
            _add(pieces, state, line[start:at])
            return [*pieces, Piece(_COMMENT, line[at:])]
        else:
            if (character in "[{" and (fresh or state.depth)) or (character in "]}" and state.depth):
                cut_at = at if character in "[{" else at + 1
                _add(pieces, state, line[start:cut_at])
                start = cut_at
                state.depth += 1 if character in "[{" else -1
            fresh = _begins_a_text(line, at, fresh, state)
            at += 1
    _add(pieces, state, line[start:])
    return pieces


def _add(pieces: list[Piece], state: _State, text: str) -> None:
    if text:
        pieces.append(Piece(_FLOW if state.depth else _CODE, text))


def _end_of_quote(line: str, at: int, state: _State) -> int:
    """Return where a quoted text ends on this line; it stays open where it does not."""
    while at < len(line):
        if state.quote == '"' and line[at] == "\\":
            at += 2
        elif line[at] != state.quote:
            at += 1
        elif state.quote == "'" and line[at + 1 : at + 2] == "'":
            at += 2
        else:
            state.quote = ""
            return at + 1
    return len(line)


def _begins_a_text(line: str, at: int, fresh: bool, state: _State) -> bool:  # noqa: FBT001 what was so before
    character, after = line[at], line[at + 1 : at + 2]
    if character in " \t":
        return fresh
    if character == ":":
        return after in ("", " ", "\t")
    return bool(state.depth) and character in "[{,"


def _parent(line: str, column: int) -> int:
    """The column that the content of a block text has to exceed: that of its key, or of its dash."""
    return column if not _BLOCK_HEADER.fullmatch(line, column) else line.rfind("-", 0, column)
