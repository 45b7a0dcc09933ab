"""The tree of a YAML file: only text, lists and mappings, each with its position."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from omotenashi.model.errors import Position


class TextNode(Struct, frozen=True, gc=False):
    """A scalar. It is text until the vocabulary gives it a type."""

    text: str
    position: Position
    quoted: bool = False

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


Node: TypeAlias = "TextNode | ListNode | MapNode"
