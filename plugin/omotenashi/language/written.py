"""Nodes as texts that could stand in a file, for hints that say what to write."""

from __future__ import annotations

import re
from collections.abc import Iterable

from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode

_LONGEST = 80
_SPECIAL = re.compile(r"^[\s\[\]{},#&*!|>'\"%@`-]|^$|[:#]\s|\s#|[\[\]{},]|:$|\s$|[\x00-\x1f]")


def inline(node: Node) -> str:
    """Return a node on one line, quoted where that is needed; empty text where it would be long."""
    text = _inline(node)
    return text if len(text) <= _LONGEST else ""


def quoted(text: str) -> str:
    """Return a text as it can stand within braces: in quotes where it holds what would end it there."""
    if not _SPECIAL.search(text):
        return text
    if '"' in text and "'" not in text and "\n" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def listed(texts: Iterable[str]) -> str:
    """Return a list on one line."""
    return f"[{', '.join(map(quoted, texts))}]"


def entry(key: str, value: Node | str) -> str:
    """Return a key and its value within braces; empty text where the value is long."""
    text = quoted(value) if isinstance(value, str) else inline(value)
    return f"{{{key}: {text}}}" if text and len(text) <= _LONGEST else ""


def _inline(node: Node) -> str:
    if isinstance(node, TextNode):
        return quoted(node.text)
    if isinstance(node, ListNode):
        return f"[{', '.join(map(_inline, node.items))}]"
    if isinstance(node, MapNode):
        return "{" + ", ".join(f"{key.text}: {_inline(value)}" for key, value in node.entries) + "}"
    return ""
