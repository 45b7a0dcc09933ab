"""The visitor id that a browser keeps in a cookie."""

from __future__ import annotations

from collections.abc import Mapping

from omotenashi.model.visitor_id import is_visitor_id
from omotenashi.signals.set_cookie import SetCookie

COOKIE_LIFE = 395 * 24 * 3600
"""Seconds: 13 months from first issue, not prolonged by visits."""

VISITOR_COOKIE = SetCookie("__Host-omo", "__Secure-omo", "omo_vid", COOKIE_LIFE)


def from_cookies(cookies: Mapping[str, str], domain: str = "") -> str | None:
    """Return the visitor id in a browser's cookies, or None where there is none that is well-formed.

    Where site.yaml names a `domain`, the cookie that its hosts share counts first.
    """
    names = VISITOR_COOKIE.by_safety(domain)
    return next((cookies[name] for name in names if name in cookies and is_visitor_id(cookies[name])), None)
