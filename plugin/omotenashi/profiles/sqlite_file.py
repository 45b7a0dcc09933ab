"""The SQLite file of profiles and members' records: opened, and made where it is not there."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from omotenashi.model.errors import SettingsError

SCHEMA = 3
_CACHE_KILOBYTES = 8_192
_CACHE_KILOBYTES_IN_BULK = 65_536
_OPENING_WAIT = 2.0
"""Seconds to wait for processes that open the file at the same time."""

_TABLES = """
CREATE TABLE profile (id INTEGER PRIMARY KEY, rest BLOB NOT NULL, updated INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE record (id INTEGER PRIMARY KEY, rest BLOB NOT NULL, updated INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE import (source TEXT PRIMARY KEY, progress TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE erasures (id INTEGER PRIMARY KEY, count INTEGER NOT NULL, settled INTEGER NOT NULL);
INSERT INTO erasures VALUES (1, 0, 0);
"""


def opened(path: Path, *, durable: bool = False, bulk: bool = False) -> sqlite3.Connection:
    """Return a connection to a file of this version; one that is missing is made.

    `durable`: a commit outlives a power cut; `bulk`: many pages are kept in memory. Raises OSError and sqlite3.Error where
    it cannot be opened, SettingsError for a file of another version.
    """
    connection = _connected(path)
    try:
        _prepare(connection, path, durable=durable)
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KILOBYTES_IN_BULK if bulk else _CACHE_KILOBYTES}")
    except (sqlite3.Error, SettingsError):
        connection.close()
        raise
    return connection


def _connected(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    uri = path.absolute().as_uri() + "?mode=rw"
    # used by one thread at a time, but not always by the one that opened it
    return sqlite3.connect(uri, uri=True, timeout=_OPENING_WAIT, isolation_level=None, check_same_thread=False)


def _prepare(connection: sqlite3.Connection, path: Path, *, durable: bool) -> None:
    _use_wal(connection)
    connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA wal_autocheckpoint = 0")  # done aside, where nobody waits for the disk
    version = _version(connection)
    if version == 0:
        connection.execute("BEGIN IMMEDIATE")
        if _version(connection) == 0:  # nobody else made it meanwhile
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
                raise SettingsError(f"{path} is a database of another program: name another file")
            for statement in filter(str.strip, _TABLES.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA}")
        connection.execute("COMMIT")
    elif version != SCHEMA:
        raise SettingsError(
            f"{path} was written by another version of Omotenashi (schema {version}, this one knows {SCHEMA}): "
            "use that version, or name another file"
        )


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL mode, for which SQLite does not wait by itself while another process does the same."""
    deadline = time.monotonic() + _OPENING_WAIT
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
