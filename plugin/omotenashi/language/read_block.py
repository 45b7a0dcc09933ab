"""What a block asks for beside its rules: needs_consent, selector, deadline."""

from __future__ import annotations

from omotenashi.language import reader
from omotenashi.language.nodes import Node, TextNode
from omotenashi.language.report import Report
from omotenashi.language.selectors import is_selector
from omotenashi.language.values import milliseconds
from omotenashi.language.vocabulary import CONSENTS, Words

Entries = dict[str, tuple[TextNode, Node]]
LONGEST_WAIT = 10_000
"""Milliseconds."""
_CONSENTS = Words(*CONSENTS)


def needs_consent(entries: Entries, report: Report) -> str:
    """Return the category without which the block shows `otherwise`; empty where none is asked for."""
    if "needs_consent" not in entries:
        return ""
    return reader.choice(entries["needs_consent"][1], "needs_consent", _CONSENTS, report) or ""


def selector(entries: Entries, report: Report) -> str:
    """Return the CSS selector of the block's place in pages that carry no marker; empty where there is none."""
    if "selector" not in entries:
        return ""
    found = reader.text(entries["selector"][1], "selector", report)
    if found is None or is_selector(found.text):
        return found.text.strip() if found else ""
    report.add("E466", found, value=found.text)
    return ""


def wait(entries: Entries, key: str, report: Report) -> int | None:
    """Return a deadline or a timeout in milliseconds, from 1 to 10,000."""
    found = reader.value(entries[key][1], key, milliseconds, "E467", report) if key in entries else None
    if found is not None and not 1 <= found <= LONGEST_WAIT:
        report.add("E468", entries[key][1], value=f"{found} ms")
        return None
    return found
