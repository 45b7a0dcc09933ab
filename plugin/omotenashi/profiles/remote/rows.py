"""What lies in Redis for one visitor or member: keys of one hash slot, and what their bytes mean.

A profile's value begins with a version, eight random bytes. Whoever writes says which version they have read; where
another is there by now nothing is written (optimistic concurrency, as with WATCH, but in one round trip).
"""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import msgspec
from msgspec import Struct

from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.packing import EMPTY, Columns, columns_of, pack_columns, unpack_columns
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.repacking import columns_after
from omotenashi.profiles.store import MemberRecord

VERSION = 8
"""Bytes of a version."""
_AWAITED = VERSION + 16 + 1
"""Bytes of an entry: a parcel's id, the hash that a device's place stands for, and w (waiting) or d (merged)."""
_NEVER_OVER = 2**62
"""When a profile that cannot be read was written."""
NEVER = b""
"""The version where there is no profile."""


class Keys(NamedTuple):
    """The keys of one visitor or member."""

    profile: bytes
    record: bytes
    parcel: bytes
    """Of a device: what is on its way to the member who logged in there."""
    awaited: bytes
    """Of a member: which parcels may be on their way, and from where."""


class Mark(Struct, frozen=True, array_like=True):
    """Something is done to a profile bit by bit, and no bit again: an import."""

    id: bytes
    value: int
    """How far."""
    at: int
    """Seconds since 1970-01-01 UTC."""


class Row(Struct):
    """A profile as it lies in the store; `data` is None where there is none."""

    version: bytes = NEVER
    updated: int = 0
    data: bytes | None = None
    marks: Sequence[Mark] = ()
    decoded: Profile | None = None
    """What the data mean, if that is known; nobody may change it."""
    columns: Columns | None = None
    """Of what is decoded, where that was done."""

    @property
    def profile(self) -> Profile:
        """What the data mean; raises StoreUnavailable where they mean nothing."""
        if self.decoded is not None:
            return self.decoded
        if self.data is None:
            self.decoded = Profile()
        else:
            self.decoded, self.columns = unpack_columns(self.data)
        return self.decoded

    def packed(self, profile: Profile) -> tuple[bytes, Columns]:
        """Return the bytes and the columns of what this profile has become; most columns only go on."""
        if self.decoded is None or self.columns is None:
            return pack_columns(profile, columns_of(profile))
        return pack_columns(profile, columns_after(profile, self.decoded, self.columns))


class Parcel(Struct, frozen=True):
    """What was done on a device, on its way to a member."""

    id: bytes
    place: str
    """Of the member."""
    data: bytes
    at: int


class Awaited(NamedTuple):
    """A parcel that may be on its way to a member."""

    id: bytes
    place: str
    """Of the device."""
    is_merged: bool = False
    """It has come; it need only be thrown away."""


class _Stored(Struct, array_like=True):
    updated: int
    data: bytes
    marks: list[Mark] = []


class _Sent(Struct, array_like=True):
    place: str
    data: bytes
    at: int


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Stored).decode
_decode_sent = msgspec.msgpack.Decoder(_Sent).decode
_decode_record = msgspec.msgpack.Decoder(MemberRecord).decode


@lru_cache(maxsize=4096)
def place_of(key: str) -> str:
    """Return what stands in the store for a key, a hash of 128 bits (BLAKE2b, RFC 7693): so no id is stored."""
    return place_of_digest(blake2b(key.encode(), digest_size=16).digest())


def place_of_digest(digest: bytes) -> str:
    """Return the place of a key whose hash is known."""
    return urlsafe_b64encode(digest).decode().rstrip("=")


def digest_of_place(place: str) -> bytes:
    """Return the hash that a place stands for."""
    return urlsafe_b64decode(place + "==")


def keys_of(prefix: str, place: str) -> Keys:
    """Return the keys at a place, all in one hash slot (Redis Cluster specification, "Hash tags")."""
    stem = f"{prefix}:{{{place}}}:"
    return Keys(f"{stem}p".encode(), f"{stem}r".encode(), f"{stem}m".encode(), f"{stem}a".encode())


def key_pattern(prefix: str) -> re.Pattern[bytes]:
    """Return what matches all keys that `keys_of` makes: the place, and the letter of the kind."""
    return re.compile(rb"%s:\{([A-Za-z0-9_-]{22})\}:([prma])" % re.escape(prefix.encode()))


def new_version() -> bytes:
    """Return a version that nobody has used."""
    return secrets.token_bytes(VERSION)


def row_of(value: bytes | None) -> Row:
    """Return the row that a value means. What cannot be read is told when its profile is asked for: it can be erased."""
    if not value:
        return Row()
    try:
        stored = _decode(value[VERSION:])
    except msgspec.DecodeError:
        return Row(value[:VERSION], _NEVER_OVER, value)
    return Row(value[:VERSION], stored.updated, stored.data, stored.marks)


def value_of(row: Row) -> bytes:
    """Return the value of a row that is to be kept."""
    return row.version + stored_value(row.updated, row.data or EMPTY, row.marks)


def parcel_of(value: bytes | None) -> Parcel | None:
    """Return what is on its way."""
    if not value:
        return None
    try:
        sent = _decode_sent(value[VERSION:])
    except msgspec.DecodeError as error:
        raise StoreUnavailable("a stored profile cannot be read") from error
    return Parcel(value[:VERSION], sent.place, sent.data, sent.at)


def parcel_value(parcel: Parcel) -> bytes:
    """Return the value of a parcel."""
    return parcel.id + _encode(_Sent(parcel.place, parcel.data, parcel.at))


def awaited_of(value: bytes | None) -> tuple[Awaited, ...]:
    """Return which parcels are awaited: entries of one length, so that a script can take one out."""
    return tuple(_awaited(value[at : at + _AWAITED]) for at in range(0, len(value), _AWAITED)) if value else ()


def _awaited(entry: bytes) -> Awaited:
    return Awaited(entry[:VERSION], place_of_digest(entry[VERSION:-1]), entry.endswith(b"d"))


def awaited_value(awaited: Awaited) -> bytes:
    """Return the entry of a parcel that is awaited, but for how far it is."""
    return awaited.id + digest_of_place(awaited.place)


def record_of(value: bytes | None) -> MemberRecord | None:
    """Return a member's record; raises StoreUnavailable where it cannot be read."""
    try:
        return None if value is None else _decode_record(_decode(value).data)
    except msgspec.DecodeError as error:
        raise StoreUnavailable("a stored record cannot be read") from error


def readable_record(value: bytes) -> MemberRecord | None:
    """Return a member's record; None where there is none, or none that can be read."""
    try:
        return record_of(value) if value else None
    except StoreUnavailable:  # what it says cannot be known
        return None


def record_value(record: MemberRecord, now: int) -> bytes:
    """Return the value of a member's record that is stated at `now` (epoch seconds)."""
    return stored_value(now, _encode(record))


def stored_value(updated: int, data: bytes, marks: Sequence[Mark] = ()) -> bytes:
    """Return the value of packed data; a profile's has its version before that."""
    return _encode(_Stored(updated, data, list(marks)))


def stored_of(value: bytes) -> tuple[int, bytes]:
    """Return when something was written last, and its packed data; raises StoreUnavailable."""
    try:
        stored = _decode(value)
    except msgspec.DecodeError as error:
        raise StoreUnavailable("it cannot be read") from error
    return stored.updated, stored.data
