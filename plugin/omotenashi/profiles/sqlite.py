"""Profiles in one SQLite file, shared by all worker processes of one machine.

Reads are made inline, since one takes less time than handing it to a thread. Writes are handed to one thread for each
process, which commits all that is waiting in one transaction. The transaction takes the file's write lock before it
reads, so that the limits of several processes count as one. In WAL mode with synchronous NORMAL a commit outlives the
process; a power cut may take the last ones, never the file.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple, TypeAlias

from omotenashi.model.errors import OmotenashiError, SettingsError, StoreUnavailable
from omotenashi.profiles.packing import EMPTY, pack, unpack
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.store import Change, apply

SCHEMA = 1
MOST_IN_BATCH = 256
MOST_WAITING = 10_000
"""Changes that may wait for the disk; what comes beyond them is refused."""
_READ_WAIT = 0.01
"""Seconds that a read waits for a lock; it holds up the whole event loop."""
_WRITE_WAIT = 2.0
"""Seconds that a batch waits for other processes to commit theirs."""
_PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL}
"""Errors that leave the connection as good as it was."""
_CLOSED = "the profile store is closed"

_TABLE = """
CREATE TABLE IF NOT EXISTS profile (key TEXT PRIMARY KEY, data BLOB NOT NULL, updated INTEGER NOT NULL) WITHOUT ROWID
"""
_READ = "SELECT data FROM profile WHERE key = ?"
_WRITE = """
INSERT INTO profile (key, data, updated) VALUES (?, ?, ?)
ON CONFLICT (key) DO UPDATE SET data = excluded.data, updated = max(updated, excluded.updated)
"""

_Granted: TypeAlias = frozenset[str]
_Outcome: TypeAlias = "_Granted | str"
"""The rules whose claims were granted; or why nothing was written."""


class _Waiting(NamedTuple):
    change: Change
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[_Granted]


class SqliteStore:
    """Profiles in the file at `path`. If it is missing it is made, with its folder, for the owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: sqlite3.Connection | None = None
        self._writer: _Writer | None = None

    def start(self) -> None:
        """Open the file; raises SettingsError for one of a newer version, StoreUnavailable if it cannot be opened."""
        try:
            connection = _open(self._path)
            self._reader = _connect(self._path, _READ_WAIT)
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(_in_words(self._path, error)) from error
        self._writer = _Writer(self._path, connection)
        self._writer.start()

    def read(self, key: str) -> Profile | None:
        """Return the profile as it was last committed by any process; raises StoreUnavailable."""
        if self._writer is None:
            raise StoreUnavailable(_CLOSED)
        try:
            if self._reader is None:
                self._reader = _connect(self._path, _READ_WAIT)
            row = self._reader.execute(_READ, (key,)).fetchone()
        except sqlite3.Error as error:
            self._reader = _if_usable(self._reader, error)
            raise StoreUnavailable(_in_words(self._path, error)) from error
        return None if row is None else unpack(row[0])

    async def write(self, change: Change) -> frozenset[str]:
        """Apply a change; return, once it is committed, the rules whose claim was granted. Raises StoreUnavailable.

        A caller that stops waiting does not take its change back.
        """
        if self._writer is None or not self._writer.is_alive():
            raise StoreUnavailable(_CLOSED)
        if self._writer.queue.qsize() >= MOST_WAITING:
            raise StoreUnavailable(f"{MOST_WAITING} changes are waiting for the disk")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_Granted] = loop.create_future()
        self._writer.queue.put(_Waiting(change, loop, future))
        return await future

    def check(self) -> str | None:
        """Return None if the file can be read and the last batch was written, else why not."""
        try:
            self.read("")
        except StoreUnavailable as error:
            return str(error)
        if self._writer is None or not self._writer.is_alive():
            return _CLOSED
        return self._writer.problem

    async def close(self) -> None:
        """Write what was accepted, then close the file."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.queue.put(None)
            await asyncio.to_thread(writer.join)
        if self._reader is not None:
            self._reader.close()
            self._reader = None


class _Writer(Thread):
    """Writes what is put into `queue`, until a None comes out of it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        super().__init__(name="omo-profiles", daemon=True)
        self.queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self.problem: str | None = None
        """Why the last batch was not written."""
        self._path = path
        self._connection: sqlite3.Connection | None = connection

    def run(self) -> None:
        try:
            while batch := self._next_batch():
                self._commit(batch)
        finally:
            while left := self._taken():
                _tell(left, [_CLOSED] * len(left))
            if self._connection is not None:
                self._connection.close()

    def _next_batch(self) -> list[_Waiting]:
        """Wait for a change; return it with all others that wait by then, or nothing at the end."""
        first = self.queue.get()
        return [] if first is None else [first, *self._taken()]

    def _taken(self) -> list[_Waiting]:
        taken: list[_Waiting] = []
        while len(taken) < MOST_IN_BATCH and not self.queue.empty():
            waiting = self.queue.get()
            if waiting is None:
                self.queue.put(None)  # for the next look
                break
            taken.append(waiting)
        return taken

    def _commit(self, batch: list[_Waiting]) -> None:
        """Write a batch as a whole or not at all, and tell those who wait for it."""
        outcomes: list[_Outcome] = ["the profile store failed"] * len(batch)
        try:
            if self._connection is None:
                self._connection = _open(self._path)
            outcomes = _written(self._connection, [waiting.change for waiting in batch])
            self.problem = None
        except (sqlite3.Error, OSError, OmotenashiError) as error:
            self.problem = _in_words(self._path, error)
            outcomes = [self.problem] * len(batch)
            self._connection = _if_usable(self._connection, error)
        finally:
            _tell(batch, outcomes)


class _Row(NamedTuple):
    """A profile within a batch, and its bytes before it."""

    profile: Profile
    stored: bytes


def _written(connection: sqlite3.Connection, changes: list[Change]) -> list[_Outcome]:
    """Apply changes in one transaction; a change whose profile cannot be read fails alone."""
    rows: dict[str, _Row] = {}
    connection.execute("BEGIN IMMEDIATE")
    outcomes = [_applied(connection, rows, change) for change in changes]
    updated = max(change.now for change in changes)
    for key, row in rows.items():
        data = pack(row.profile)
        if data != row.stored:
            connection.execute(_WRITE, (key, data, updated))
    connection.execute("COMMIT")
    return outcomes


def _applied(connection: sqlite3.Connection, rows: dict[str, _Row], change: Change) -> _Outcome:
    row = rows.get(change.key)
    if row is None:
        found = connection.execute(_READ, (change.key,)).fetchone()
        stored = EMPTY if found is None else found[0]
        try:
            row = rows[change.key] = _Row(unpack(stored), stored)
        except StoreUnavailable as error:
            return str(error)
    return apply(row.profile, change)


def _tell(batch: list[_Waiting], outcomes: list[_Outcome]) -> None:
    """Hand over outcomes with one call for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[_Granted], _Outcome]]] = {}
    for waiting, outcome in zip(batch, outcomes, strict=True):
        by_loop.setdefault(waiting.loop, []).append((waiting.future, outcome))
    for loop, answers in by_loop.items():
        with suppress(RuntimeError):  # a loop that was closed: nobody waits there any more
            loop.call_soon_threadsafe(_answer, answers)


def _answer(answers: list[tuple[asyncio.Future[_Granted], _Outcome]]) -> None:
    for future, outcome in answers:
        if future.done():  # the caller stopped waiting
            continue
        if isinstance(outcome, str):
            future.set_exception(StoreUnavailable(outcome))
        else:
            future.set_result(outcome)


def _open(path: Path) -> sqlite3.Connection:
    """Return a connection for writing, after making what is missing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    connection = _connect(path, _WRITE_WAIT)
    try:
        _prepare(connection, path)
    except (sqlite3.Error, SettingsError):
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA:
        raise SettingsError(
            f"{path} was written by a newer Omotenashi (schema {version}, this one knows {SCHEMA}): "
            "update Omotenashi, or name another file"
        )
    if version < SCHEMA:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL mode, for which SQLite does not wait by itself while another process does the same."""
    deadline = time.monotonic() + _WRITE_WAIT
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _connect(path: Path, wait: float) -> sqlite3.Connection:
    # used by one thread at a time, but not by the one that opened it
    uri = path.absolute().as_uri() + "?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=wait, isolation_level=None, check_same_thread=False)


def _if_usable(connection: sqlite3.Connection | None, error: Exception) -> sqlite3.Connection | None:
    """Return a connection that can still be used after an error, without its transaction; else close it."""
    if connection is None:
        return None
    code = getattr(error, "sqlite_errorcode", None)
    with suppress(sqlite3.Error):  # closing ends the transaction just as well
        if code is not None and code & 0xFF in _PASSING:
            connection.rollback()
            return connection
    connection.close()
    return None


def _in_words(path: Path, error: Exception) -> str:
    return f"the profile store {path.name}: {error}"
