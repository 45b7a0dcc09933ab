"""The headings of a table: which key of a rule, or which field of a condition, each column holds."""

from __future__ import annotations

import re

from msgspec import Struct

from omotenashi.language.nodes import TextNode
from omotenashi.language.parse import LONGEST_TEXT
from omotenashi.language.report import Report
from omotenashi.language.sheet import Sheet
from omotenashi.language.vocabulary import FIELDS, LOGIC, RULE_KEYS, Field, Kind, find_field
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

TIMING = ("from", "until", "days", "hours")
_RULE_COLUMNS = ("name", "id", "show", *TIMING, "cooldown", "goal")
_NOT_IN_CELLS = (Kind.NEAR, Kind.VIEWED, Kind.BOUGHT, Kind.DID, Kind.LAST_VISIT, Kind.SHOWN)
"""Conditions that have parts of their own, which one cell does not hold."""
_SEPARATORS = re.compile("[、,\uff0c;\uff1b\r\n]")
_SEPARATORS_OF_NUMBERS = re.compile("[、;\uff1b\r\n]|[,\uff0c](?!\\d{3}(?!\\d))")
"""A comma before just three digits belongs to the number: 5,000."""


class Column(Struct, frozen=True):
    """A column with a heading."""

    key: TextNode
    """The heading."""
    name: str
    """Canonical: show, keyword, member.ランク."""
    is_condition: bool
    """It stands under `when`."""
    separators: re.Pattern[str] | None
    """What stands between several values in a cell; None where there is one."""


def read_columns(sheet: Sheet, site: SiteFacts, report: Report) -> list[Column | None] | None:
    """Return what the first row announces (None for a cell without a heading), or None after reporting mistakes."""
    headings = [sheet.node(cell) for cell in sheet.rows[0]]
    written = [heading for heading in headings if heading.text]
    long = next((heading for heading in written if len(heading.text) > LONGEST_TEXT), None)
    if long:
        report.add("E152", long, limit=LONGEST_TEXT)
        return None
    if not any(_found(heading.text) for heading in written):
        report.add("E461", written[0])
        return None
    known = len(report.diagnostics)
    columns = [_column(heading, site, report) if heading.text else None for heading in headings]
    _distinct(columns, report)
    if len(report.diagnostics) == known and not any(column and column.name == "show" for column in columns):
        report.add("E460", written[0])
    return columns if len(report.diagnostics) == known else None


def _found(text: str) -> bool:
    return bool(RULE_KEYS.find(text) or find_field(text) or LOGIC.find(text))


def _column(heading: TextNode, site: SiteFacts, report: Report) -> Column | None:
    word, field = RULE_KEYS.find(heading.text), find_field(heading.text)
    if word is not None and word.name in _RULE_COLUMNS:
        several = word.name in ("days", "hours")
        return Column(heading, word.name, is_condition=False, separators=_SEPARATORS if several else None)
    if field is not None and field[0].kind not in _NOT_IN_CELLS:
        name = f"{field[0].name}.{fold(field[1])}" if field[1] else field[0].name
        return Column(heading, name, is_condition=True, separators=_separators(*field, site))
    if find_field(heading.text + ".NAME"):
        report.add("E209", heading, key=heading.text)
    elif _found(heading.text):
        report.add("E455", heading, key=heading.text)
    else:
        names = _names()
        report.add("E456", heading, key=heading.text, known=names, did_you_mean=report.near(heading.text, names))
    return None


def _separators(field: Field, name: str, site: SiteFacts) -> re.Pattern[str]:
    attribute = site.attributes.get(fold(name)) if field.kind is Kind.MEMBER else None
    is_number = field.kind is Kind.VISITS or (attribute is not None and attribute.type == "number")
    return _SEPARATORS_OF_NUMBERS if is_number else _SEPARATORS


def _names() -> list[str]:
    words = [(word.ja, word.name) for word in RULE_KEYS.all if word.name in _RULE_COLUMNS]
    fields = [(field.ja, field.name) for field in FIELDS if field.kind not in _NOT_IN_CELLS]
    return [name for names in (*words, *fields) for name in names]


def _distinct(columns: list[Column | None], report: Report) -> None:
    seen: dict[str, TextNode] = {}
    for column in columns:
        first = seen.setdefault(column.name, column.key) if column else None
        if column and first and first is not column.key:
            report.add("E106", column.key, (first.position, "first"), key=column.key.text)
