"""The SQLite file of profiles and members' records: one connection for one thread, and what a transaction does.

Rows are found by a hash of their key, so that the file holds neither visitor ids nor member ids. What is deleted or
replaced is overwritten at once (`secure_delete`), and leaves the write-ahead log with the next complete checkpoint.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.merge import is_emptied_for, is_empty, is_to_move, merge_into
from omotenashi.profiles.packing import EMPTY, columns_of, pack, pack_columns, unpack
from omotenashi.profiles.profile import Profile, short_id
from omotenashi.profiles.repacking import columns_after
from omotenashi.profiles.retention import current, is_over
from omotenashi.profiles.rows import Decoded, Row, Rows
from omotenashi.profiles.sqlite_file import opened
from omotenashi.profiles.store import Change, MemberRecord, RecordEdit, apply

_SWEPT = 200
"""Rows that one step of a sweep looks at."""
_CHECKPOINT_WAIT = 0.01
_PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL}
"""Errors that leave the connection as good as it was."""

_READ = "SELECT data, updated FROM {} WHERE id = ? AND rest = ?"
_WRITE = """
INSERT INTO {} (id, rest, updated, data) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET data = excluded.data, updated = max(updated, excluded.updated) WHERE rest = excluded.rest
"""
_DELETE = "DELETE FROM {} WHERE id = ? AND rest = ?"
_READ_PROFILE, _READ_RECORD = _READ.format("profile"), _READ.format("record")
_WRITE_PROFILE, _WRITE_RECORD = _WRITE.format("profile"), _WRITE.format("record")
_COUNT_ERASURE = "UPDATE erasures SET count = count + 1"
_SWEEP = "SELECT id, rest, updated, data FROM profile WHERE id > ? ORDER BY id LIMIT ?"

_encode = msgspec.msgpack.Encoder().encode
_decode_record = msgspec.msgpack.Decoder(MemberRecord).decode


class Database:
    """One connection to the file at `path`, for one thread at a time. If the file is missing it is made.

    Methods raise sqlite3.Error for what the file refuses, StoreUnavailable for what lies in it and cannot be read.
    """

    def __init__(self, path: Path, keep: Keep, *, wait: float, durable: bool = False, bulk: bool = False) -> None:
        """Open the file. `wait`: seconds to wait for other connections; `durable`: a commit outlives a power cut.

        `bulk`: profiles come in no order and each seldom twice, so rather pages are kept in memory than decoded profiles.
        Raises OSError and sqlite3.Error where it cannot be opened, SettingsError for a file of another version.
        """
        self.keep = keep
        self.path = path
        self.rows = Rows(0) if bulk else Rows()
        self._seen = -1
        """What others have committed last."""
        self._connection = opened(path, durable=durable, bulk=bulk)
        self.wait(wait)

    def read(self, key: str, now: int) -> Profile | None:
        """Return a profile as far as it may still be kept at `now` (epoch seconds); nobody may change it."""
        self.look()
        return self.seen(key, now)

    def seen(self, key: str, now: int) -> Profile | None:
        """Return what `read` returns, but as it was when `look` was called last."""
        row = self.row(key)
        if row.data is None or is_over(row.updated, now, self.keep):
            return None
        return current((row.decoded or self.rows.decoded(key, row))[0], now, self.keep)

    def look(self) -> None:
        """Look what others have committed: if that is more than before, rows must be read again, records are forgotten."""
        version = self.version()
        if version != self._seen:
            self._seen = version
            self.rows.records.clear()

    def row(self, key: str) -> Row:
        """Return a profile's row as it was at the last look, or as it is now."""
        known = self.rows.get(key)
        if known is not None and known.seen == self._seen:
            return known
        found = self._connection.execute(_READ_PROFILE, _place(key)).fetchone()
        data, updated = (None, 0) if found is None else found
        if known is not None and known.data == data:  # and so are the profile and its columns
            known.updated, known.seen = updated, self._seen
            return known
        row = Row(data, updated, self._seen)
        self.rows.know(key, row)
        return row

    def read_record(self, key: str) -> MemberRecord | None:
        """Return a member's record."""
        row = self._connection.execute(_READ_RECORD, _place(key)).fetchone()
        try:
            return None if row is None else _decode_record(row[0])
        except msgspec.DecodeError as error:
            raise StoreUnavailable("a stored record cannot be read") from error

    def seen_record(self, key: str) -> MemberRecord | None:
        """Return what `read_record` returns, but as it was when `look` was called last."""
        records = self.rows.records
        if key in records:
            return records[key]
        record = self.read_record(key)
        self.rows.know_record(key, record)
        return record

    def wait(self, seconds: float) -> None:
        """Set how long to wait for other connections from now on."""
        self._connection.execute(f"PRAGMA busy_timeout = {max(0, int(seconds * 1000))}")

    def transaction(self) -> Transaction:
        """Return a transaction, to be entered: others are kept from writing until it is left."""
        return Transaction(self._connection, self)

    def version(self) -> int:
        """Return a number that changes when another connection has committed something."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def checkpoint(self, *, complete: bool) -> bool:
        """Copy the write-ahead log into the file; a complete one empties the log. Tell whether all was done.

        A complete one waits for open readers with the file locked for writers, hence only for a moment.
        """
        mode = "TRUNCATE" if complete else "PASSIVE"
        (usual,) = self._connection.execute("PRAGMA busy_timeout").fetchone()
        self.wait(_CHECKPOINT_WAIT)
        busy, frames, copied_frames = self._connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
        self.wait(usual / 1000)
        return not busy and frames == copied_frames

    @contextmanager
    def settled(self) -> Iterator[bool]:
        """Keep all others from writing, and make them forget their pages; tell whether the log is empty."""
        with self.transaction():
            log = self.path.with_name(f"{self.path.name}-wal")
            yield not log.exists() or log.stat().st_size == 0
            self._connection.execute("UPDATE erasures SET settled = settled + 1")

    def erasures(self) -> int:
        """Return how often something was erased in this file."""
        return int(self._connection.execute("SELECT count FROM erasures").fetchone()[0])

    def sweep(self, after: int, now: int) -> int | None:
        """Delete or trim what is too old among the rows after a place; return the last place looked at, None at the end."""
        rows = self._connection.execute(_SWEEP, (after, _SWEPT)).fetchall()
        old = [row for row in rows if self._is_old(row, now)]
        if old:
            self.rows.forget_all()
            with self.transaction():
                for place, rest, _, _ in old:
                    self._trim(place, rest, now)
                self._connection.execute(_COUNT_ERASURE)
        return rows[-1][0] if len(rows) == _SWEPT else None

    def usable_after(self, error: Exception) -> bool:
        """Tell whether the connection can still be used after an error; its transaction is taken back."""
        code = getattr(error, "sqlite_errorcode", None)
        if isinstance(error, StoreUnavailable):
            return True
        if code is None or code & 0xFF not in _PASSING:
            return False
        with suppress(sqlite3.Error):
            self._connection.rollback()
        return True

    def close(self) -> None:
        """Close the connection; an open transaction is taken back."""
        self._connection.close()

    def _is_old(self, row: tuple[int, bytes, int, bytes], now: int) -> bool:
        if is_over(row[2], now, self.keep):
            return True
        with suppress(StoreUnavailable):  # it cannot be trimmed, and goes when it is too old as a whole
            profile = unpack(row[3])
            return current(profile, now, self.keep) is not profile
        return False

    def _trim(self, place: int, rest: bytes, now: int) -> None:
        """Look again, now that nobody else writes, and delete or trim a row."""
        row = self._connection.execute(_READ_PROFILE, (place, rest)).fetchone()
        if row is None:
            return
        trimmed = None if is_over(row[1], now, self.keep) else current(unpack(row[0]), now, self.keep)
        if trimmed is None or is_empty(trimmed):
            self._connection.execute(_DELETE.format("profile"), (place, rest))
        else:
            self._connection.execute(_WRITE_PROFILE, (place, rest, row[1], pack(trimmed)))


class _Held(Struct):
    """A profile that a transaction may change."""

    profile: Profile
    row: Row
    """As it lies in the file."""
    before: Decoded | None
    """What the row means; None where there is none, or where nothing of it may be kept any longer."""


class Transaction:
    """What is done between BEGIN and COMMIT; profiles are written at its end, each once. An error takes all back."""

    def __init__(self, connection: sqlite3.Connection, database: Database) -> None:
        self._connection = connection
        self._database = database
        self._held: dict[str, _Held] = {}
        self._updated = 0

    def __enter__(self) -> Self:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._database.look()
        except sqlite3.Error:
            self._take_back()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                written = self._write_profiles() if self._held else {}
                self._connection.execute("COMMIT")
                for key, row in written.items():
                    self._database.rows.know(key, row)
        finally:
            if self._connection.in_transaction:
                self._take_back()

    def apply(self, change: Change) -> frozenset[str]:
        """Apply a change; return the rules whose claim was granted."""
        return apply(self._profile(change.key, change.now), change)

    def move(self, visitor_key: str, member_key: str, now: int) -> None:
        """Move what an anonymous visitor did to the member who logged in."""
        anonymous = self._profile(visitor_key, now)
        owner = short_id(member_key)
        if is_to_move(anonymous, owner):
            merge_into(self._profile(member_key, now), anonymous)
        if not is_emptied_for(anonymous, owner):
            self._held[visitor_key].profile = Profile(owner=owner)

    def erase(self, key: str, *, record: bool = True) -> bool:
        """Delete the profile and, unless told otherwise, the record; tell whether there was anything."""
        self._held.pop(key, None)
        self._database.rows.forget(key)
        tables = ("profile", "record") if record else ("profile",)
        deleted = sum(self._connection.execute(_DELETE.format(table), _place(key)).rowcount for table in tables)
        if deleted:
            self._connection.execute(_COUNT_ERASURE)
        return deleted > 0

    def write_record(self, key: str, record: MemberRecord, now: int) -> None:
        """Keep a member's record in the place of an older one."""
        self._database.rows.records.pop(key, None)
        self._connection.execute(_WRITE_RECORD, (*_place(key), now, _encode(record)))

    def change_record(self, key: str, edit: RecordEdit, now: int) -> bool:
        """Put what `edit` makes of a member's record in its place; tell whether it changed."""
        before, is_there = self._record(key)
        after = edit(before)
        if after == before and is_there == (after is not None):
            return False
        if after is None:
            self._database.rows.records.pop(key, None)
            self._connection.execute(_DELETE.format("record"), _place(key))
        else:
            self.write_record(key, after, now)
        if is_there:
            self._connection.execute(_COUNT_ERASURE)
        return True

    def _record(self, key: str) -> tuple[MemberRecord | None, bool]:
        """Return a member's record, and whether anything is there."""
        try:
            record = self._database.read_record(key)
        except StoreUnavailable:  # what it says cannot be known, and it goes as a whole
            return None, True
        return record, record is not None

    def progress(self, source: str) -> str | None:
        """Return how far the import of a source has come, as `set_progress` was told."""
        row = self._connection.execute("SELECT progress FROM import WHERE source = ?", (source,)).fetchone()
        return None if row is None else str(row[0])

    def set_progress(self, source: str, progress: str) -> None:
        """Keep how far the import of a source has come, together with what it has written by then."""
        statement = "INSERT INTO import VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET progress = excluded.progress"
        self._connection.execute(statement, (source, progress))

    def _write_profiles(self) -> dict[str, Row]:
        """Write the profiles that have changed; return their rows."""
        rows = {key: row for key, held in self._held.items() if (row := self._row(held)) is not None}
        if rows:
            stated = [(*_place(key), row.updated, row.data) for key, row in rows.items()]
            if self._connection.executemany(_WRITE_PROFILE, stated).rowcount != len(rows):
                raise StoreUnavailable("two keys have the same hash")
        return rows

    def _row(self, held: _Held) -> Row | None:
        """Return the row of a profile as it is now; None where it need not be written."""
        profile, row = current(held.profile, self._updated, self._database.keep), held.row
        columns = columns_of(profile) if held.before is None else columns_after(profile, *held.before)
        data, columns = pack_columns(profile, columns)
        if data == EMPTY if row.data is None else data == row.data and held.before is not None:
            return None
        return Row(data, max(self._updated, row.updated), row.seen, (profile, columns))

    def _profile(self, key: str, now: int) -> Profile:
        self._updated = max(self._updated, now)
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = self._hold(key, now)
        return held.profile

    def _hold(self, key: str, now: int) -> _Held:
        row = self._database.row(key)
        if row.data is None or is_over(row.updated, now, self._database.keep):
            return _Held(Profile(), row, None)
        before = row.decoded or self._database.rows.decoded(key, row)
        return _Held(replace(before[0]), row, before)

    def _take_back(self) -> None:
        self._database.rows.forget_all()
        with suppress(sqlite3.Error):  # the error that led here says more
            self._connection.rollback()


@lru_cache(maxsize=4096)
def _place(key: str) -> tuple[int, bytes]:
    """Return the row number and what confirms it: together a hash of 128 bits (BLAKE2b, RFC 7693)."""
    digest = blake2b(key.encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8], "big", signed=True), digest[8:]
