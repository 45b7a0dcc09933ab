"""Who is logged in, as an authenticated caller or a signed token states it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import jwt
from msgspec import Struct

from omotenashi.model.errors import OmotenashiError, SettingsError
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold
from omotenashi.model.visitor import Member
from omotenashi.signals.attributes import is_unicode, typed

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
except ImportError:  # the extra `ed25519`
    HAS_ED25519 = False
else:
    HAS_ED25519 = True

AUDIENCE = "omotenashi"
DROPPED = "member_attribute_dropped"
"""The counter of attributes that were undeclared, of another type, or sensitive in a cookie."""

RESERVED = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})
"""Claims that are the token's own (RFC 7519, section 4.1), and no attributes."""
_ID = frozenset({"id"})
LIFE_IN_BODY = 5 * 60
LIFE_IN_COOKIE = 12 * 60 * 60
"""Seconds from `iat` to `exp`, at most."""

_SHORTEST_SECRET = 32
_HOW = "omo token --new-key makes one"
_LONGEST_TOKEN = 8192
_LEEWAY = 30
_LATEST = 1e12
"""Seconds; above it, and for NaN and infinity, a time claim is nonsense."""
_LARGEST_ID = 2**63
_LISTED = re.compile(r"[、,;;,]")
"""What stands between the entries of a list in a table's cell."""
_CACHED = 1024
_CACHED_HEADERS = 64
_OPTIONS: Any = {
    "require": ["exp", "iat", "aud"],
    "verify_exp": False,  # by the `now` of the request instead
    "verify_iat": False,
    "verify_nbf": False,
    "verify_sub": False,  # many systems have numbers for their members
    "verify_jti": False,
}
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
"""A token as it is sent (RFC 7515, section 7.1): nothing before it, behind it or between."""


Refusal: TypeAlias = Literal[
    "no_key", "unknown_key", "signature", "algorithm", "missing_claim", "audience", "expired", "not_yet_valid",
    "life_too_long", "too_long", "malformed",
]  # fmt: skip
"""Why a member token does not count."""
_REASONS: tuple[tuple[type[Exception], Refusal], ...] = (
    (jwt.InvalidSignatureError, "signature"),
    (jwt.InvalidAlgorithmError, "algorithm"),
    (jwt.MissingRequiredClaimError, "missing_claim"),
    (jwt.InvalidAudienceError, "audience"),
)


class BadToken(OmotenashiError):
    """A member token that is refused, with the reason in one word."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(f"member token refused: {reason}")
        self.reason = reason


class Key(Struct, frozen=True):
    """A key that makes or proves signatures."""

    algorithm: str
    """The only one with which this key is used, whatever a token says."""
    key: Any


class MemberKeys:
    """The keys that sign member tokens, by their `kid`."""

    def __init__(self, keys: Mapping[str, Key]) -> None:
        self._keys = keys
        self.claims = lru_cache(maxsize=_CACHED)(self._verified)

    def __repr__(self) -> str:
        return f"MemberKeys({', '.join(sorted(self._keys))})"

    @classmethod
    def parse(cls, text: str) -> MemberKeys:
        """Read `kid:secret[,kid2:@file.pem]`; SettingsError tells what is wrong and never shows a secret."""
        keys: dict[str, Key] = {}
        for number, part in enumerate(text.split(","), 1):
            kid, colon, secret = part.strip().partition(":")
            if not (kid and colon and secret):
                raise SettingsError(
                    f"OMO_MEMBER_KEY: entry {number} is not of the form kid:secret or kid:@file.pem; {_HOW}"
                )
            if kid in keys:
                raise SettingsError(f"OMO_MEMBER_KEY: the kid of entry {number} stands there twice")
            keys[kid] = _public_key(kid, Path(secret[1:])) if secret.startswith("@") else _secret_key(number, secret)
        return cls(keys)

    def kids(self) -> tuple[str, ...]:
        """Return the names of the keys."""
        return tuple(self._keys)

    def key(self, kid: object) -> Key:
        """Return the key of that name, which may be None where there is but one; BadToken where there is none."""
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        key = self._keys.get(kid) if isinstance(kid, str) else None
        if key is None:
            raise BadToken("unknown_key")
        return key

    def _verified(self, token: str) -> dict[str, Any]:
        """Return the claims of a token whose signature and audience are right; times are the caller's business."""
        if not _COMPACT.fullmatch(token):
            raise BadToken("malformed")
        try:
            key = self.key(_kid(token.partition(".")[0]))
            return jwt.decode(token, key.key, algorithms=[key.algorithm], audience=AUDIENCE, options=_OPTIONS)
        except (jwt.PyJWTError, UnicodeError, RecursionError) as error:
            raise BadToken(_reason(error)) from error


@lru_cache(maxsize=_CACHED_HEADERS)
def _kid(head: str) -> object:
    """Return the `kid` that the first part of a token names: the same part in all tokens of one key."""
    header = jwt.get_unverified_header(f"{head}.e30.")  # with claims and signature left out
    if "crit" in header or "b64" in header:  # extensions that must be understood: none is (RFC 7515, 7797)
        raise BadToken("malformed")
    return header.get("kid")


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


def _reason(error: Exception) -> Refusal:
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return reason
    return "malformed"


def _secret_key(number: int, secret: str) -> Key:
    if len(secret.encode()) < _SHORTEST_SECRET:
        raise SettingsError(
            f"OMO_MEMBER_KEY: the secret of entry {number} has fewer than {_SHORTEST_SECRET} bytes; {_HOW}"
        )
    return Key("HS256", secret.encode())


def _public_key(kid: str, path: Path) -> Key:
    if not HAS_ED25519:
        raise SettingsError(f"OMO_MEMBER_KEY: {kid} is a key file, which needs: pip install 'omotenashi[ed25519]'")
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise SettingsError(  # without the path, which is a secret where that begins with @
            f"OMO_MEMBER_KEY: the file of {kid} cannot be read: {error.strerror}; after {kid}:@ stands its path"
        ) from None
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"OMO_MEMBER_KEY: the file of {kid} holds no public key in PEM form") from error
    if not isinstance(key, Ed25519PublicKey):
        raise SettingsError(f"OMO_MEMBER_KEY: the file of {kid} holds another kind of key than Ed25519")
    return Key("EdDSA", key)
