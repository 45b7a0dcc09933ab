"""The SQLite file as a side of a migration: rows in the order of their ids, each batch and its progress in one commit."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.sqlite_file import opened
from omotenashi.profiles.transfer import BATCH, END, START, Item, Kind, Progress

_MIGRATION = "migration"
"""As a source in the table of imports."""
_WAIT = 60_000
"""Milliseconds to wait for a service that writes to the same file."""
_CHECKPOINT_EVERY = 25_000
"""Items."""
_READ = "SELECT id, rest, updated, data FROM {} WHERE id >= ? ORDER BY id LIMIT ?"
_FIND = "SELECT updated, data FROM {} WHERE id = ? AND rest = ?"
_WRITE = """
INSERT INTO {} (id, rest, updated, data) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET data = excluded.data, updated = excluded.updated WHERE rest = excluded.rest
"""
_PROGRESS = "INSERT INTO import VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET progress = excluded.progress"
_WRITABLE = "the file and its folder have to be writable, also to read from it (SQLite keeps its log there)"
_REMEDIES = {
    "NOTADB": "this is no database: name another file",
    "CORRUPT": "the file is damaged: take a backup, or what `sqlite3 FILE .recover` saves",
    "CANTOPEN": f"it cannot be opened: {_WRITABLE}",
    "READONLY": f"it cannot be written: {_WRITABLE}",
    "PERM": f"it cannot be opened: {_WRITABLE}",
}
"""By what SQLite calls an error."""
_FIRST, _LAST = -(2**63), 2**63 - 1


class FileSide:
    """The file at a path. For one thread."""

    def __init__(self, path: Path) -> None:
        """Open the file; one that is missing is made. Raises as `sqlite_file.opened` does."""
        self.name = str(path.absolute())
        self._written = 0
        try:
            with self._in_words():
                self._connection = opened(path, bulk=True)
                self._connection.execute(f"PRAGMA busy_timeout = {_WAIT}")
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise
            raise StoreUnavailable(f"{self.name}: {_WRITABLE}") from error

    async def prepare(self) -> int:
        with self._in_words():
            return sum(
                int(self._connection.execute(f"SELECT count(*) FROM {kind}").fetchone()[0])  # noqa: S608 our own names
                for kind in Kind
            )

    async def is_empty(self) -> bool:
        return await self.prepare() == 0

    async def parts(self) -> Sequence[str]:
        return [*Kind]

    async def read(self, part: str, position: str) -> tuple[list[Item], str]:
        kind, first = Kind(part), _FIRST if position == START else int(position)
        with self._in_words():
            rows = self._connection.execute(_READ.format(kind), (first, BATCH)).fetchall()
        items = [Item(kind, _digest(row, rest), updated, data) for row, rest, updated, data in rows]
        if len(rows) < BATCH or rows[-1][0] == _LAST:
            return items, END
        return items, str(rows[-1][0] + 1)

    async def find(self, items: Sequence[Item]) -> list[Item | None]:
        with self._in_words():
            return [self._found(item) for item in items]

    async def progress(self) -> Progress | None:
        with self._in_words():
            statement = "SELECT progress FROM import WHERE source = ?"
            row = self._connection.execute(statement, (_MIGRATION,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=Progress)

    async def write(self, changes: Sequence[tuple[Item, Item | None]], progress: Progress) -> None:
        with self._in_words():
            self._connection.execute("BEGIN IMMEDIATE")
            for item in sorted(item for item, _ in changes):
                row = (*_place(item), item.updated, item.data)
                if self._connection.execute(_WRITE.format(item.kind), row).rowcount != 1:
                    raise StoreUnavailable("two keys have the same hash")
            self._connection.execute(_PROGRESS, (_MIGRATION, msgspec.json.encode(progress).decode()))
            self._connection.execute("COMMIT")
            self._written += len(changes)
            if self._written >= _CHECKPOINT_EVERY or not changes:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
                self._written = 0

    def close(self) -> None:
        """Close the file."""
        with self._in_words():
            self._connection.close()

    def _found(self, item: Item) -> Item | None:
        row = self._connection.execute(_FIND.format(item.kind), _place(item)).fetchone()
        return None if row is None else Item(item.kind, item.digest, *row)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")  # SQLITE_CORRUPT, SQLITE_READONLY_DIRECTORY, …
            remedy = _REMEDIES.get(name.removeprefix("SQLITE_").partition("_")[0])
            raise StoreUnavailable(f"{self.name}: {remedy or error}") from error


def _digest(row: int, rest: bytes) -> bytes:
    return row.to_bytes(8, "big", signed=True) + rest


def _place(item: Item) -> tuple[int, bytes]:
    return int.from_bytes(item.digest[:8], "big", signed=True), item.digest[8:]
