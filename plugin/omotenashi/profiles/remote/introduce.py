"""Before a node uses a store that others use: the profiles must be of this version, the members' keys made with one secret."""

from __future__ import annotations

from hashlib import blake2b

from omotenashi.model.errors import SettingsError, StoreUnavailable
from omotenashi.profiles.remote import scripts
from omotenashi.profiles.remote.wire import Wire

SCHEMA = 1
"""Of what lies under the keys."""


async def introduce(wire: Wire, prefix: str, secret: bytes, *, first: bool = True) -> None:
    """Say what this node takes for granted, and compare it with what the first one said.

    `secret`: the key of member ids; `first`: it may be the first one. Raises SettingsError where it may not and is, where
    the key is another, or the profiles are of another version, and StoreUnavailable.
    """
    key = f"{prefix}:about".encode()
    told = b"%d " % SCHEMA + blake2b(secret, digest_size=16, person=b"omo hash key").hexdigest().encode()
    if first:
        await wire.write(key, "EVAL", scripts.INTRODUCE, 1, key, told)
    found = await wire.read(key, "MGET", key)
    known = found[0] if isinstance(found, list) and found else None
    if known is None and not first:
        raise SettingsError(
            f"store: nothing lies there yet; its keys begin with {prefix}: (another ?prefix=… perhaps?)"
        )
    if known is None:
        raise StoreUnavailable("what the other nodes take for granted cannot be read")
    schema, _, fingerprint = known.partition(b" ")
    if schema != b"%d" % SCHEMA:
        raise SettingsError(
            f"store: what lies there is of another version of Omotenashi (schema {schema.decode(errors='replace')}, this one"
            f" knows {SCHEMA}): use that version, or another ?prefix=…"
        )
    if fingerprint != told.partition(b" ")[2]:
        raise SettingsError(
            "hash_key: other nodes use another key of member ids with this store; set OMO_HASH_KEY to the same on all, or "
            "members are not known again"
        )
