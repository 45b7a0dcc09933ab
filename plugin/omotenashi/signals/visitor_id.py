"""The visitor id that a browser keeps in a cookie."""

from __future__ import annotations

from collections.abc import Mapping

from omotenashi.model.visitor_id import is_visitor_id

COOKIE_LIFE = 395 * 24 * 3600
"""Seconds: 13 months from first issue, not prolonged by visits."""

_HOST, _DOMAIN, _PLAIN = "__Host-omo", "__Secure-omo", "omo_vid"
COOKIE_NAMES = (_HOST, _DOMAIN, _PLAIN)
"""Over HTTPS; for several hosts of one domain; on plain-HTTP development hosts. The safest counts first."""
_DOMAIN_FIRST = (_DOMAIN, _HOST, _PLAIN)


def from_cookies(cookies: Mapping[str, str], domain: str = "") -> str | None:
    """Return the visitor id in a browser's cookies, or None where there is none that is well-formed.

    Where site.yaml names a `domain`, the cookie that its hosts share counts first.
    """
    names = _DOMAIN_FIRST if domain else COOKIE_NAMES
    return next((cookies[name] for name in names if name in cookies and is_visitor_id(cookies[name])), None)


def cookie_name(*, secure: bool, domain: str) -> str:
    """Return the name of the cookie for a browser that came over HTTPS or not; `domain` as in site.yaml, or empty."""
    if not secure:
        return _PLAIN
    return _DOMAIN if domain else _HOST


def set_cookie(identifier: str, *, secure: bool, domain: str) -> str:
    """Return the value of the Set-Cookie header that gives a browser its id."""
    return _header(cookie_name(secure=secure, domain=domain), identifier, COOKIE_LIFE, domain)


def expired_cookies(cookies: Mapping[str, str], domain: str) -> list[str]:
    """Return the values of the Set-Cookie headers that take every visitor id away which a browser has sent."""
    return [_header(name, "", 0, domain) for name in COOKIE_NAMES if name in cookies]


def _header(name: str, value: str, life: int, domain: str) -> str:
    """The prefixes __Host- and __Secure- demand Secure, __Host- no Domain (RFC 6265bis, section 4.1.3)."""
    shared = f"; Domain={domain}" if name == _DOMAIN and domain else ""
    secure = "" if name == _PLAIN else "; Secure"
    return f"{name}={value}; Path=/{shared}; Max-Age={life}; HttpOnly; SameSite=Lax{secure}"
