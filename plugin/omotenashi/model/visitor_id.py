"""The form of a visitor id."""

from __future__ import annotations

import re

_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


def is_visitor_id(text: str) -> bool:
    """Tell whether a text has the form of a visitor id, which is also the key of the visitor's profile."""
    return _ID.fullmatch(text) is not None
