"""Rows by the place where they lie: read in one round trip, changed in one more where nobody has written in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.remote import rows, scripts
from omotenashi.profiles.remote.client import Reply
from omotenashi.profiles.remote.edited import editable, row_after
from omotenashi.profiles.remote.recent import Recent
from omotenashi.profiles.remote.rows import Awaited, Keys, Parcel, Row
from omotenashi.profiles.remote.wire import Wire
from omotenashi.profiles.store import RecordEdit

TRIES = 100
"""How often a change is made again because others wrote in between: each time one of them got on."""

T = TypeVar("T")


class Found(NamedTuple):
    """What lies at a place."""

    row: Row
    record: bytes | None
    """As `rows.record_of` reads it."""
    parcel: Parcel | None
    """Of a device: what was done there and is on its way to a member."""
    awaited: tuple[Awaited, ...]
    """Of a member: parcels that may be on their way."""

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing is on its way."""
        return self.parcel is None and not self.awaited


class Access:
    """What lies under a prefix. Methods raise StoreUnavailable."""

    def __init__(self, prefix: str, keep: Keep, wire: Callable[[], Wire]) -> None:
        """`wire`: returns what commands go over, or raises StoreUnavailable."""
        self.keep = keep
        self.recent = Recent()
        self.wire = wire
        self._prefix = prefix

    def keys(self, place: str) -> Keys:
        """Return the keys at a place."""
        return rows.keys_of(self._prefix, place)

    def asked(self, place: str) -> asyncio.Future[Reply]:
        """Ask for what lies at a place; `found` reads the reply."""
        keys = self.keys(place)
        return self.wire().read(keys.profile, "MGET", *keys)

    def found(self, place: str, reply: Reply) -> Found:
        """Return what lies at a place by the reply to `asked`."""
        if not isinstance(reply, list) or len(reply) != len(Keys._fields):
            raise StoreUnavailable("a reply that is none")
        profile, record, parcel, awaited = reply
        return Found(self._known(place, profile), record, rows.parcel_of(parcel), rows.awaited_of(awaited))

    async def fetched(self, place: str) -> Found:
        """Return what lies at a place."""
        return self.found(place, await self.asked(place))

    async def edit(self, place: str, now: int, edit: Callable[[Profile], T], awaited: bytes | None = None) -> T | None:
        """Change a profile by `edit`, which is done again where others have written in between; return what it returns.

        `awaited`: the entry of a parcel that is merged so; where it is awaited no more nothing is done, and None returned.
        """
        row = self.recent.get(place) or (await self.fetched(place)).row
        for _ in range(TRIES):
            profile = editable(row, now, self.keep)
            edited = edit(profile)
            after = row_after(row, profile, now, self.keep, always=awaited is not None)
            reply = 1 if after is row else await self._written(place, row, after, awaited)
            if reply == 0:
                return None
            row = self.there(place, reply, after)
            if row is after:
                return edited
        raise too_many()

    async def edit_record(self, place: str, edit: RecordEdit, now: int) -> bool:
        """Change a record by `edit`, likewise; tell whether it is another."""
        key = self.keys(place).record
        for _ in range(TRIES):
            value = await self.wire().read(key, "GET", key)
            there = value if isinstance(value, bytes) else b""
            before = rows.readable_record(there)
            after = edit(before)
            if after == before and bool(there) == (after is not None):
                return False
            written = b"" if after is None else rows.record_value(after, now)
            if await self.wire().write(key, "EVAL", scripts.SWAP, 1, key, there, written) == 1:
                return True
        raise too_many()

    def there(self, place: str, reply: Reply, after: Row) -> Row:
        """Return the row that is there after an attempt to write one: that one, or what others have written."""
        row = after if reply == 1 else rows.row_of(reply if isinstance(reply, bytes) else None)
        self.recent.put(place, row)
        return row

    def _written(self, place: str, before: Row, after: Row, awaited: bytes | None) -> asyncio.Future[Reply]:
        """Put a row in the place of the one that was read; `there` reads the reply."""
        keys, wire = self.keys(place), self.wire()
        given = (before.version, rows.value_of(after), self.keep.profiles)
        if awaited is None:
            return wire.write(keys.profile, "EVAL", scripts.WRITE, 1, keys.profile, *given)
        return wire.write(keys.profile, "EVAL", scripts.MERGE, 2, keys.profile, keys.awaited, *given, awaited)

    def _known(self, place: str, value: bytes | None) -> Row:
        """Return the row of a value; it need not be decoded again where it has not changed."""
        known = self.recent.get(place)
        if known is None or known.version != (value or b"")[: rows.VERSION]:
            known = rows.row_of(value)
        self.recent.put(place, known)
        return known


def too_many() -> StoreUnavailable:
    """Return the error of a change that others were always ahead of."""
    return StoreUnavailable("too many write the same profile")
