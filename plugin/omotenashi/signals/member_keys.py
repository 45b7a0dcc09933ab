"""The keys of member tokens, which prove signatures. Loaded where there are keys alone: what it needs takes 10 MB."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import jwt
from msgspec import Struct

from omotenashi.model.errors import SettingsError
from omotenashi.signals.member import BadToken, Refusal

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
except ImportError:  # the extra `ed25519`
    HAS_ED25519 = False
else:
    HAS_ED25519 = True

AUDIENCE = "omotenashi"
_SHORTEST_SECRET = 32
_HOW = "omo token --new-key makes one"
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
_REASONS: tuple[tuple[type[Exception], Refusal], ...] = (
    (jwt.InvalidSignatureError, "signature"),
    (jwt.InvalidAlgorithmError, "algorithm"),
    (jwt.MissingRequiredClaimError, "missing_claim"),
    (jwt.InvalidAudienceError, "audience"),
)


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
        raise SettingsError(
            f"OMO_MEMBER_KEY: {kid} is a key file, which needs: pip install '/path/to/omotenashi[ed25519]'"
        )
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
