"""CSS selectors, checked for their form: what stands in the page is not known here."""

from __future__ import annotations

import re

_NAME = r"(?:[^\W\d]|-(?!\d)|\\.)(?:[\w-]|\\.)*"
_TEXT = r"\"[^\"\n]*\"|'[^'\n]*'"
_ATTRIBUTE = rf"\[\s*{_NAME}\s*(?:[~|^$*]?=\s*(?:{_NAME}|{_TEXT})\s*[iIsS]?\s*)?\]"
_INNERMOST = re.compile(rf":({_NAME})\(((?:{_TEXT}|[^()\"'])*)\)")
_PLAIN_ARGUMENT = re.compile(r"\s*(?:[+-]?\d*n?\s*(?:[+-]\s*\d+)?|odd|even)\s*", re.IGNORECASE)
_PART = rf"(?:\#(?:[\w-]|\\.)+|\.{_NAME}|{_ATTRIBUTE}|::?{_NAME})"
_COMPOUND = rf"(?:(?:{_NAME}|\*){_PART}*|{_PART}+)"
_SELECTOR = re.compile(rf"\s*{_COMPOUND}(?:\s*[>+~,]\s*{_COMPOUND}|\s+{_COMPOUND})*\s*")
_LONGEST = 500


def is_selector(text: str) -> bool:
    """Tell whether a text has the form of a CSS selector (Selectors Level 3, and :not(), :is() with selectors within)."""
    if len(text) > _LONGEST:
        return False
    while found := _INNERMOST.search(text):
        if not _PLAIN_ARGUMENT.fullmatch(found[2]) and not _SELECTOR.fullmatch(found[2]):
            return False
        text = f"{text[: found.start()]}:{found[1]}{text[found.end() :]}"
    return _SELECTOR.fullmatch(text) is not None
