"""What rule files name that lies elsewhere: tables of rules, files of holidays and searches, a country's holidays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date

from msgspec import Struct

from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.report import Report, suggestion
from omotenashi.language.table_text import WORKBOOKS
from omotenashi.language.vocabulary import (
    BLOCK_KEYS,
    COUNTRIES,
    FILE_KEYS,
    HOLIDAY_KEYS,
    SEARCH_CONSOLE_KEYS,
    SITE_KEYS,
    TABLE_KEYS,
    Words,
)


class Beside(Struct, frozen=True):
    """What was found of the files that are named."""

    texts: Mapping[str, str] = {}
    """By the path as written."""
    refused: AbstractSet[str] = frozenset()
    """Paths of files that could not be read; it is reported already."""
    escaping: AbstractSet[str] = frozenset()
    """Paths that lead out of the rules folder."""
    names: tuple[str, ...] = ()
    """The tables that are in the folder, for suggestions."""
    holidays: Mapping[str, frozenset[date]] = {}
    """By country; one that is not there has none."""


def named_files(tree: MapNode) -> Iterator[str]:
    """Return the paths of the tables and lists of holidays that a file names."""
    for node in _inner(tree, FILE_KEYS, "blocks"):
        for _, block in node.entries if isinstance(node, MapNode) else ():
            for rules in _inner(block, BLOCK_KEYS, "rules"):
                for item in _each(rules):
                    yield from _texts(_inner(item, TABLE_KEYS, "table"))
    for holidays in _inner(tree, SITE_KEYS, "holidays"):
        for item in _each(holidays):
            yield from _texts(_inner(item, HOLIDAY_KEYS, "file"))


def named_countries(tree: MapNode) -> Iterator[str]:
    """Return the countries whose holidays a file names."""
    for holidays in _inner(tree, SITE_KEYS, "holidays"):
        for name in _texts(iter(_each(holidays))):
            country = COUNTRIES.find(name)
            if country:
                yield country.name


def named_searches(tree: MapNode) -> Iterator[str]:
    """Return the paths of the files of searches by landing page that a file names."""
    for console in _inner(tree, SITE_KEYS, "search_console"):
        yield from _texts(_inner(console, SEARCH_CONSOLE_KEYS, "file"))


def text_of(named: TextNode, beside: Beside, report: Report, missing: str = "E453") -> str | None:
    """Return the text of a file that is named, or None after reporting why there is none.

    `missing` is the code where there is no such file.
    """
    path = named.text
    if path in beside.texts:
        return beside.texts[path]
    if path.lower().endswith(WORKBOOKS):
        report.add("E451", named, value=path)
    elif path in beside.escaping:
        last = path.replace("\\", "/").rpartition("/")[2]
        report.add("E463", named, value=path, did_you_mean=suggestion(last, beside.names))
    elif path not in beside.refused:
        report.add(missing, named, value=path, did_you_mean=suggestion(path, beside.names))
    report.unreadable = True
    return None


def _inner(node: Node, words: Words, name: str) -> Iterator[Node]:
    for key, value in node.entries if isinstance(node, MapNode) else ():
        word = words.find(key.text)
        if word is not None and word.name == name:
            yield value


def _each(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, ListNode) else (node,)


def _texts(nodes: Iterator[Node]) -> Iterator[str]:
    return (node.text for node in nodes if isinstance(node, TextNode))
