"""The import of a file in batches: what a batch writes and how far the file was read are committed together.

So an import that is killed loses nothing and doubles nothing: the file is known again by its bytes, and goes on after
the last batch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Protocol, TypeVar

import msgspec
from msgspec import Struct

from omotenashi.model.errors import RefusedRequest, StoreUnavailable
from omotenashi.profiles.database import Database, Transaction
from omotenashi.profiles.import_tables import Columns, Place, Record, Table, records

BATCH = 500
"""Records in one transaction."""
SHORT_BATCH = 50
"""Likewise while others write to the same file, so that they do not wait long."""
LARGEST_BATCH = 10_000
"""Records in one transaction where they belong together."""
_CHECKPOINT_EVERY = 25_000
"""Records."""
_LONGEST_PAUSE = 0.1
"""Seconds."""
_OTHERS_STAY = 10.0
"""Seconds after which others who wrote to the file are taken to have left."""

T = TypeVar("T")


class Refusal(NamedTuple):
    """A line that was not taken."""

    line: int
    reason: str


class Outcome(NamedTuple):
    """What came of writing a batch."""

    refused: Sequence[Refusal] = ()
    old: int = 0
    """Events that are older than they may be kept."""


class Work(Protocol[T]):
    """What the lines of a kind of file mean."""

    together: str
    """The column in which lines that follow each other are the same where they have to be written together; or none."""

    def read(self, values: Mapping[str, object]) -> T:
        """Return what a record says; raises RefusedRequest."""

    def write(self, database: Database, transaction: Transaction, lines: Sequence[tuple[int, T]]) -> Outcome:
        """Write what was read, each with its line number."""


class Progress(Struct, frozen=True):
    """How far a file was imported, as it is kept in the store."""

    lines: int = 0
    offset: int = 0
    """In bytes."""
    accepted: int = 0
    """Records, as are the refused ones."""
    refused: int = 0
    old: int = 0
    finished: bool = False


class Committed(NamedTuple):
    """A batch that is committed."""

    progress: Progress
    refused: Sequence[Refusal]


class Import:
    """The import of one file, which may have begun before."""

    def __init__(self, table: Table, kind: str, database: Database, *, again: bool = False) -> None:
        """`kind` is what the file holds; `again` begins anew with a file that was finished."""
        self.kind = kind
        self._table = table
        self._database = database
        self._manners = _Manners(database)
        self._source = f"{kind} {table.digest}"
        with database.transaction() as transaction:
            self._kept = transaction.progress(self._source)
        known = Progress() if self._kept is None else msgspec.json.decode(self._kept, type=Progress)
        self.progress = Progress() if again and known.finished else known

    def run(self, columns: Columns, work: Work[T], warn: Callable[[str], None]) -> Iterator[Committed]:
        """Import what is left, and yield each batch when it is committed.

        Raises SettingsError if a needed column is missing, StoreUnavailable if another process imports the same file,
        sqlite3.Error if the file of the store refuses. `warn` is told of columns that are left out.
        """
        start = Place(self.progress.lines, self.progress.offset)
        written = 0
        for batch in _batches(records(self._table, columns, start, warn), work.together, self._manners):
            yield self._commit(batch, work)
            written += len(batch)
            if written >= _CHECKPOINT_EVERY:
                self._database.checkpoint(complete=False)
                written = 0
        yield self._commit([], work, finished=True)
        self._database.checkpoint(complete=True)

    def _commit(self, batch: Sequence[Record], work: Work[T], *, finished: bool = False) -> Committed:
        lines, unread = _read(batch, work)
        with self._manners.writing(), self._database.transaction() as transaction:
            if transaction.progress(self._source) != self._kept:
                raise StoreUnavailable(f"{self._table.path} is being imported by another process, too")
            written = work.write(self._database, transaction, lines)
            refused = sorted([*unread, *written.refused])
            progress = self._after(batch, len(refused), written.old, finished=finished)
            kept = msgspec.json.encode(progress).decode()
            transaction.set_progress(self._source, kept)
        self.progress, self._kept = progress, kept
        return Committed(progress, refused)

    def _after(self, batch: Sequence[Record], refused: int, old: int, *, finished: bool) -> Progress:
        before = self.progress
        end = batch[-1].end if batch else Place(before.lines, before.offset)
        return Progress(
            end.lines,
            end.offset,
            before.accepted + len(batch) - refused,
            before.refused + refused,
            before.old + old,
            finished,
        )


class _Manners:
    """Sees whether others write to the same file, and leaves them the half of the time if they do."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen = database.version()
        self._others_until = 0.0

    @property
    def batch(self) -> int:
        """How many records to write at once."""
        return SHORT_BATCH if time.monotonic() < self._others_until else BATCH

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write something; where others write wait afterwards as long as it took."""
        began = time.monotonic()
        yield
        seen, now = self._database.version(), time.monotonic()
        if seen != self._seen:
            self._seen, self._others_until = seen, now + _OTHERS_STAY
        if now < self._others_until:
            time.sleep(min(now - began, _LONGEST_PAUSE))


def _batches(found: Iterator[Record], together: str, manners: _Manners) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in found:
        full = len(batch) >= manners.batch and not _are_together(batch[-1], record, together)
        if full or len(batch) >= LARGEST_BATCH:
            yield batch
            batch = []
        batch.append(record)
    if batch:
        yield batch


def _are_together(record: Record, following: Record, column: str) -> bool:
    value = record.values.get(column)
    return bool(value) and value == following.values.get(column)


def _read(batch: Sequence[Record], work: Work[T]) -> tuple[list[tuple[int, T]], list[Refusal]]:
    lines: list[tuple[int, T]] = []
    refused: list[Refusal] = []
    for record in batch:
        try:
            if record.problem:
                refused.append(Refusal(record.line, record.problem.en))
            else:
                lines.append((record.line, work.read(record.values)))
        except RefusedRequest as error:
            refused.append(Refusal(record.line, error.detail))
    return lines, refused
