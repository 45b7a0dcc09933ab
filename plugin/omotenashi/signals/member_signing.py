"""Member tokens signed as a CMS signs them: for tests and examples."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import jwt

from omotenashi.model.errors import SettingsError
from omotenashi.signals.member_keys import HAS_ED25519, MemberKeys

if HAS_ED25519:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key


def sign(claims: Mapping[str, object], keys: MemberKeys, kid: str) -> str:
    """Return a token signed with one of the secrets; SettingsError where that key is a public one."""
    key = keys.key(kid)
    if key.algorithm != "HS256":
        raise SettingsError(f"OMO_MEMBER_KEY: {kid} is a public key, which signs nothing; name the private key's file")
    return jwt.encode(dict(claims), key.key, key.algorithm, {"kid": kid})


def sign_with_file(claims: Mapping[str, object], path: Path, kid: str) -> str:
    """Return a token signed with the Ed25519 private key in a PEM file; SettingsError."""
    if not HAS_ED25519:
        raise SettingsError(f"{path} is a key file, which needs: pip install '/path/to/omotenashi[ed25519]'")
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{path} holds no private key in PEM form without a password") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(f"{path} holds another kind of key than Ed25519: openssl genpkey -algorithm ed25519")
    return jwt.encode(dict(claims), key, "EdDSA", {"kid": kid})
