"""The visitor id that a browser keeps in a cookie."""

from __future__ import annotations

import re
from collections.abc import Mapping

COOKIE_NAMES = ("__Host-omo", "__Secure-omo", "omo_vid")
"""Over HTTPS; for several hosts of one domain; on plain-HTTP development hosts. The safest counts first."""

_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


def from_cookies(cookies: Mapping[str, str]) -> str | None:
    """Return the visitor id in a browser's cookies, or None where there is none that is well-formed."""
    return next((cookies[name] for name in COOKIE_NAMES if name in cookies and valid(cookies[name])), None)


def valid(text: str) -> bool:
    """Tell whether a text has the form of a visitor id."""
    return _ID.fullmatch(text) is not None
