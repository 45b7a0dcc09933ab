"""What a block asks for beside its rules: needs_consent, selector, deadline; and a content that is fetched."""

from __future__ import annotations

import unicodedata

from omotenashi.language import reader
from omotenashi.language.nodes import Node
from omotenashi.language.patterns import web_address
from omotenashi.language.reader import Entries
from omotenashi.language.report import Report
from omotenashi.language.selectors import is_selector
from omotenashi.language.values import milliseconds, plain
from omotenashi.language.vocabulary import CONSENTS, Words

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
    if found is None:
        return ""
    if not is_selector(found.text):
        narrow = unicodedata.normalize("NFKC", found.text)
        report.add("E466", found, value=found.text, did_you_mean=narrow if is_selector(narrow) else "")
    return found.text.strip()


def wait(entries: Entries, key: str, report: Report) -> int | None:
    """Return a deadline or a timeout in milliseconds, from 1 to 10,000; None where there is none, or a wrong one."""
    found = reader.text(entries[key][1], key, report) if key in entries else None
    if found is None:
        return None
    result = milliseconds(found.text)
    if result is None:
        report.add("E467", found, value=found.text, did_you_mean=_with_unit(found.text))
    elif not 1 <= result <= LONGEST_WAIT:
        report.add("E468", found, value=found.text)
    return result


def _with_unit(text: str) -> str:
    with_unit = f"{plain(text)} ms"
    return with_unit if milliseconds(with_unit) else ""


def link(node: Node, report: Report) -> str | None:
    """Return the address that a content is fetched from."""
    found = reader.text(node, "url", report)
    if found is None:
        return None
    result = web_address(found.text)
    if result is None:
        with_scheme = f"https://{found.text.strip().lstrip('/')}"
        known = "." in found.text.partition("/")[0] and web_address(with_scheme)
        report.add("E469", found, value=found.text, did_you_mean=with_scheme if known else "")
    return result
