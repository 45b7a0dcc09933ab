"""The rows of the SQLite file that one connection knows, and what the bytes of some of them mean."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from omotenashi.profiles.packing import Columns, unpack_columns
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.store import MemberRecord

KNOWN = 8192
"""Rows that a connection keeps as they are stored, usually less than 1 KB each."""
_LARGEST = 4096
"""Bytes of a row that is kept; larger ones are read anew each time."""
_DECODED = 2048
"""Rows of which it keeps what they mean, about 10 KB each: from the read of a request to its write, and for the next one."""
_RECORDS = 4096
"""Members of whom it keeps the record, or that there is none: about 1 KB each where little was imported."""

Decoded: TypeAlias = tuple[Profile, Columns]
"""A profile and the columns that it is stored in; nobody may change them."""


class Row(Struct, gc=False):
    """A profile as it lies in the file."""

    data: bytes | None
    """None where there is no row."""
    updated: int
    """When it was written."""
    seen: int
    """The state of the file, as `Database.version` counts, of which this is known."""
    decoded: Decoded | None = None
    """What the bytes mean, if that is known."""


class Rows:
    """Rows by key, at most so many; the oldest goes first."""

    def __init__(self, most: int = KNOWN) -> None:
        self._most = most
        self._rows: dict[str, Row] = {}
        self._decoded: dict[str, Row] = {}
        self.records: dict[str, MemberRecord | None] = {}
        """Members' records as they were at the last look; None where there is none."""
        self.get = self._rows.get

    def know(self, key: str, row: Row) -> None:
        """Note what a row is now."""
        if len(row.data or b"") > _LARGEST:
            self._rows.pop(key, None)
            self._decoded.pop(key, None)
            return
        if len(self._rows) >= self._most and key not in self._rows:
            if not self._rows:  # none is to be kept
                return
            self.forget(next(iter(self._rows)))
        self._rows[key] = row
        if row.decoded is not None:
            self._hold(key, row)

    def know_record(self, key: str, record: MemberRecord | None) -> None:
        """Note what a member's record is now."""
        if len(self.records) >= min(self._most, _RECORDS):
            if not self.records:  # none is to be kept
                return
            self.records.pop(next(iter(self.records)))
        self.records[key] = record

    def decoded(self, key: str, row: Row) -> Decoded:
        """Return what the bytes of a row mean; raises StoreUnavailable where they mean nothing."""
        decoded = row.decoded
        if decoded is None:
            decoded = row.decoded = unpack_columns(row.data or b"")
            if key in self._rows:
                self._hold(key, row)
        return decoded

    def forget(self, key: str) -> None:
        """Know nothing of a row and of a record any more."""
        self._rows.pop(key, None)
        self._decoded.pop(key, None)
        self.records.pop(key, None)

    def forget_all(self) -> None:
        """Know nothing any more."""
        self._rows.clear()
        self._decoded.clear()
        self.records.clear()

    def _hold(self, key: str, row: Row) -> None:
        self._decoded[key] = row
        if len(self._decoded) > _DECODED:
            self._decoded.pop(next(iter(self._decoded))).decoded = None
