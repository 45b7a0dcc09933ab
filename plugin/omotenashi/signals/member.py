"""Who is logged in, as an authenticated caller or a signed token states it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from omotenashi.model.errors import OmotenashiError
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold
from omotenashi.model.visitor import Member
from omotenashi.signals.attributes import is_unicode, typed

if TYPE_CHECKING:
    from omotenashi.signals.member_keys import (
        MemberKeys,  # what proves signatures takes 10 MB, and most sites have none
    )

DROPPED = "member_attribute_dropped"
"""The counter of attributes that were undeclared, of another type, or sensitive in a cookie."""

RESERVED = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})
"""Claims that are the token's own (RFC 7519, section 4.1), and no attributes."""
_ID = frozenset({"id"})
LIFE_IN_BODY = 5 * 60
LIFE_IN_COOKIE = 12 * 60 * 60
"""Seconds from `iat` to `exp`, at most."""

_LONGEST_TOKEN = 8192
_LEEWAY = 30
_LATEST = 1e12
"""Seconds; above it, and for NaN and infinity, a time claim is nonsense."""
_LARGEST_ID = 2**63
_LISTED = re.compile(r"[、,;;,]")
"""What stands between the entries of a list in a table's cell."""

Refusal: TypeAlias = Literal[
    "no_key", "unknown_key", "signature", "algorithm", "missing_claim", "audience", "expired", "not_yet_valid",
    "life_too_long", "too_long", "malformed",
]  # fmt: skip
"""Why a member token does not count."""


class BadToken(OmotenashiError):
    """A member token that is refused, with the reason in one word."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(f"member token refused: {reason}")
        self.reason = reason


def from_token(
    token: str, keys: MemberKeys, site: SiteFacts, now: float, *, in_cookie: bool, counts: Counter[str] | None = None
) -> Member:
    """Return the member that a signed token (JWT, HS256 or EdDSA) states; BadToken if it is not to be believed.

    `now` is in seconds since 1970-01-01 UTC. A token lives 5 minutes in a body, 12 hours in a cookie, where sensitive
    attributes are dropped. `counts` is told how many attributes were dropped.
    """
    if len(token) > _LONGEST_TOKEN:
        raise BadToken("too_long")
    claims = keys.claims(token)
    _check_times(claims, now, LIFE_IN_COOKIE if in_cookie else LIFE_IN_BODY)
    if "sub" in claims and not _names_somebody(claims["sub"]):
        raise BadToken("malformed")
    if not in_cookie:
        return _member(claims.get("sub"), claims, RESERVED, site, counts)
    sensitive = {name for name in claims if name not in RESERVED and _is_sensitive(name, site)}
    _count(counts, len(sensitive))
    return _member(claims.get("sub"), claims, RESERVED | sensitive if sensitive else RESERVED, site, counts)


def from_statement(stated: Mapping[str, Any], site: SiteFacts, counts: Counter[str] | None = None) -> Member:
    """Return the member that an authenticated caller states: `id`, and the attributes flat beside it."""
    return _member(stated.get("id"), stated, _ID, site, counts)


def completed(member: Member, recorded: Mapping[str, str], site: SiteFacts) -> Member:
    """Return a member with the attributes that were imported, where the call did not state them. `recorded`: texts."""
    texts: dict[str, object] = {
        name: listed(text) if name in site.attributes and site.attributes[name].type == "list" else text
        for name, text in recorded.items()
        if name not in member.attributes
    }
    attributes, _ = typed(texts, site.attributes)
    return Member(member.id, {**attributes, **member.attributes}) if attributes else member


def listed(text: str) -> list[str]:
    """Return the entries of a list that is written as one text."""
    return [part.strip() for part in _LISTED.split(text) if part.strip()]


def _member(
    stated_id: object,
    stated: Mapping[str, object],
    beside: frozenset[str],
    site: SiteFacts,
    counts: Counter[str] | None,
) -> Member:
    attributes, dropped = typed(stated, site.attributes, beside)
    _count(counts, dropped)
    return Member(_id(stated_id), attributes)


def _is_sensitive(name: str, site: SiteFacts) -> bool:
    attribute = site.attributes.get(fold(name))
    return attribute is not None and attribute.sensitive


def _id(stated: object) -> str:
    """Return a member id; many systems have numbers for it."""
    return str(stated) if _is_id(stated) else ""


def _is_id(stated: object) -> bool:
    if isinstance(stated, str):
        return is_unicode(stated)
    return isinstance(stated, int) and not isinstance(stated, bool) and abs(stated) <= _LARGEST_ID


def _names_somebody(sub: object) -> bool:
    """Tell whether a `sub` is an id; one that is null or blank is what a careless CMS makes of a guest."""
    return _is_id(sub) and bool(str(sub).strip())


def _count(counts: Counter[str] | None, dropped: int) -> None:
    if counts is not None and dropped:
        counts[DROPPED] += dropped


def _check_times(claims: Mapping[str, Any], now: float, longest_life: int) -> None:
    issued, expires = _instant(claims, "iat"), _instant(claims, "exp")
    if expires <= issued:
        raise BadToken("malformed")
    if expires - issued > longest_life:
        raise BadToken("life_too_long")
    if expires <= now - _LEEWAY:
        raise BadToken("expired")
    starts = max(issued, _instant(claims, "nbf")) if "nbf" in claims else issued
    if starts > now + _LEEWAY:
        raise BadToken("not_yet_valid")


def _instant(claims: Mapping[str, Any], name: str) -> float:
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LATEST:
        raise BadToken("malformed")
    return value
