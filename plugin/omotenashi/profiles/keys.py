"""Keys of profiles. A visitor's is the visitor id; a member's is a keyed hash, so that no member id is ever stored."""

from __future__ import annotations

from hashlib import blake2b

_MARK = "m."
"""No visitor id has a dot."""


def member_key(member_id: str, secret: bytes) -> str:
    """Return the key of a member's profile: BLAKE2b (RFC 7693) of 128 bits, keyed with a secret of its own."""
    return _MARK + blake2b(member_id.encode(errors="surrogatepass"), digest_size=16, key=secret[:64]).hexdigest()


def form_token(text: str, secret: bytes) -> str:
    """Return what proves that a form was made by this service for the one whom `text` names."""
    return blake2b(text.encode(), digest_size=16, key=secret[:64], person=b"omo form token").hexdigest()


def is_member(key: str) -> bool:
    """Tell whether a key is a member's."""
    return key.startswith(_MARK)
