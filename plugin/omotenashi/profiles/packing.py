"""The form in which profiles lie in a store."""

from __future__ import annotations

import zlib

import msgspec

from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.fold import shed
from omotenashi.profiles.profile import Profile

LARGEST = 65_536
"""Bytes of a profile before it is deflated, beyond which the older half of it goes."""
_SMALL = 512
"""Bytes up to which deflating would take more time than it saves room."""
_DEFLATED = b"\x78"
"""The first byte of deflated data (RFC 1950, 32 KiB window); the array of a profile begins with another."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Profile).decode


def pack(profile: Profile) -> bytes:
    """Return `profile` as MessagePack, deflated to about a third unless it is small. One too large is shed first."""
    data = _encode(profile)
    while len(data) > LARGEST and (profile.views or profile.orders or profile.deeds):
        shed(profile)
        data = _encode(profile)
    return data if len(data) <= _SMALL else zlib.compress(data, level=1)


def unpack(data: bytes) -> Profile:
    """Return the profile that `pack` wrote; raises StoreUnavailable for anything else."""
    try:
        return _decode(zlib.decompress(data) if data[:1] == _DEFLATED else data)
    except (zlib.error, msgspec.DecodeError) as error:
        raise StoreUnavailable("a stored profile cannot be read") from error


EMPTY = pack(Profile())
"""A profile with nothing in it, which no store needs to keep."""
