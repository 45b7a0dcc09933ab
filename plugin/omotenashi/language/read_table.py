"""Tables of rules: `rules: {table: keywords.csv}`, and `- table: keywords.csv` among rules.

A table is put into the tree of the file that names it, before that is read, so that there is one language of rules.
"""

from __future__ import annotations

from collections.abc import Callable

from omotenashi.language import reader
from omotenashi.language.beside import Beside, text_of
from omotenashi.language.naming import is_table
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.report import Report
from omotenashi.language.sheet import Sheet, read_sheet
from omotenashi.language.table_columns import read_columns
from omotenashi.language.table_rows import read_rows
from omotenashi.language.vocabulary import BLOCK_KEYS, FILE_KEYS, TABLE_KEYS, Words
from omotenashi.model.errors import Position
from omotenashi.model.site_facts import SiteFacts


def with_tables(tree: MapNode, beside: Beside, site: SiteFacts, report: Report) -> MapNode:
    """Return the tree of a rule file with the rows of its tables, as rules, in the places where the tables are named.

    What is wrong is reported, and left out.
    """
    tables = _Tables(beside, site, report)
    return _changed(tree, FILE_KEYS, "blocks", tables.in_blocks)


class _Tables:
    def __init__(self, beside: Beside, site: SiteFacts, report: Report) -> None:
        self._beside = beside
        self._site = site
        self._report = report

    def in_blocks(self, blocks: Node) -> Node:
        if not isinstance(blocks, MapNode):
            return blocks
        entries = ((name, self._in_block(block)) for name, block in blocks.entries)
        return MapNode(tuple(entries), blocks.position)

    def _in_block(self, block: Node) -> Node:
        return _changed(block, BLOCK_KEYS, "rules", self._rules) if isinstance(block, MapNode) else block

    def _rules(self, rules: Node) -> Node | None:
        """The rules of a block; None where a table that cannot be read held all of them."""
        if isinstance(rules, TextNode) and is_table(rules.text.strip()):
            meant = f"{{table: {rules.text.strip()}}}"
            self._report.add("E203", rules, what="rules", expected="list", did_you_mean=meant)
            self._report.unreadable = True
            return None
        named = [*rules.items] if isinstance(rules, ListNode) else [rules]
        if not any(_names_a_table(item) for item in named):
            return rules
        found: list[Node] = []
        for item in named:
            found += self._rows(item) if isinstance(item, MapNode) and _names_a_table(item) else [item]
        return ListNode(tuple(found), rules.position) if found else None

    def _rows(self, node: MapNode) -> list[MapNode]:
        entries = reader.keys(node, TABLE_KEYS, "table", self._report)
        file = reader.text(entries["table"][1], "table", self._report)
        text = text_of(file, self._beside, self._report) if file else None
        sheet = read_sheet(file.text, text, self._report) if file and text is not None else None
        rows = self._rows_of(sheet) if sheet else None
        if rows is None:
            self._report.unreadable = True  # its rules may be meant elsewhere
        return rows or []

    def _rows_of(self, sheet: Sheet) -> list[MapNode] | None:
        if len(sheet.rows) < 2:
            self._report.add("E462", Position(sheet.file, 1, 1, 2))
            return None
        columns = read_columns(sheet, self._site, self._report)
        return read_rows(sheet, columns, self._report) if columns else None


def _names_a_table(node: Node) -> bool:
    return isinstance(node, MapNode) and any(TABLE_KEYS.find(key.text) for key, _ in node.entries)


def _changed(node: MapNode, words: Words, name: str, change: Callable[[Node], Node | None]) -> MapNode:
    """Return a mapping with the value of one key changed; None takes the key out."""
    entries = []
    for key, value in node.entries:
        word = words.find(key.text)
        new = change(value) if word is not None and word.name == name else value
        if new is not None:
            entries.append((key, new))
    return MapNode(tuple(entries), node.position)
