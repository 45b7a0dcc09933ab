"""A key that is written twice: what it is told, by what stands under it."""

from __future__ import annotations

from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.report import Report
from omotenashi.language.vocabulary import BLOCK_KEYS, FILE_KEYS

_GATHERING = ("segments", "contents", "blocks", "tests", "rules")
"""Keys under which things are gathered: what stands under the second belongs under the first."""


def say_twice(again: tuple[TextNode, Node], first: tuple[TextNode, Node], report: Report) -> None:
    """Report the later of two entries with the same key: to be moved where both gather things, else to be removed."""
    key, value = again
    word = FILE_KEYS.find(key.text) or BLOCK_KEYS.find(key.text)
    alike = any(isinstance(value, kind) and isinstance(first[1], kind) for kind in (MapNode, ListNode))
    gathers = word is not None and word.name in _GATHERING and alike
    report.unreadable = True  # what was meant for another name, or stands under the second, is used elsewhere
    report.add("E233" if gathers else "E106", key, (first[0].position, "first"), key=key.text)
