"""The tree of a YAML file: only text, lists and mappings, each with its position."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from omotenashi.model.errors import Position

_BITS = 25
"""Of a column: no file is longer than 16 MiB."""
_MOST_LINES = 20_000
"""Of a rule file; tables may have more."""
_LARGEST = (1 << _BITS) - 1


class TextNode(Struct, frozen=True, gc=False):
    """A scalar. It is text until the vocabulary gives it a type.

    A large folder has a hundred thousand, which go when it is read; positions stay, of those that are asked for. One
    within each node would leave gaps in memory between those that stay.
    """

    text: str
    file: str
    place: int
    """Line, column and end column, as `place_of` packs them."""
    quoted: bool = False

    @property
    def position(self) -> Position:
        """Where it stands."""
        place = self.place
        return Position(self.file, _once(place >> 2 * _BITS), place >> _BITS & _LARGEST, place & _LARGEST)

    @property
    def empty(self) -> bool:
        """Nothing was written; a quoted empty text was."""
        return not self.text and not self.quoted


class ListNode(Struct, frozen=True, gc=False):
    items: tuple[Node, ...]
    position: Position


class MapNode(Struct, frozen=True, gc=False):
    entries: tuple[tuple[TextNode, Node], ...]
    position: Position


def text_at(text: str, position: Position) -> TextNode:
    """Return a scalar that stands at a position."""
    return TextNode(text, position.file, place_of(position.line, position.column, position.end_column))


def place_of(line: int, column: int, end_column: int) -> int:
    """Return a place in one number."""
    return line << 2 * _BITS | column << _BITS | end_column


@lru_cache(maxsize=_MOST_LINES)
def _once(line: int) -> int:
    """Keep equal numbers once: what stands near each other is read one after the other."""
    return line


Node: TypeAlias = "TextNode | ListNode | MapNode"
