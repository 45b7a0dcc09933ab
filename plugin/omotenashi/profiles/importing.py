"""The import of a file in batches: how far the file was read is kept with what was written.

So an import that is killed loses nothing and doubles nothing: the file is known again by its bytes, and goes on after
the last batch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Generic, NamedTuple, Protocol, TypeVar

import msgspec
from msgspec import Struct

from omotenashi.model.errors import RefusedRequest, StoreUnavailable
from omotenashi.profiles.database import Database
from omotenashi.profiles.import_tables import Columns, Place, Record, Table, records
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.store import Change, MemberRecord

BATCH = 500
"""Records in one transaction."""
SHORT_BATCH = 50
"""Likewise while others write to the same file, so that they do not wait long."""
LARGEST_BATCH = 10_000
"""Records in one transaction where they belong together."""
_TIDY_EVERY = 25_000
"""Records."""
_LONGEST_PAUSE = 0.1
"""Seconds."""
_OTHERS_STAY = 10.0
"""Seconds after which others who wrote to the file are taken to have left."""


class Said(Protocol):
    """What a line says of somebody."""

    @property
    def key(self) -> str:
        """Return the key of the profile."""


T = TypeVar("T", bound=Said)


class Refusal(NamedTuple):
    """A line that was not taken."""

    line: int
    reason: str


class Outcome(NamedTuple):
    """What came of writing a batch."""

    refused: Sequence[Refusal] = ()
    old: int = 0
    """Events that are older than they may be kept."""


class Before(Protocol):
    """What lies in a store when a batch begins. Methods may raise StoreUnavailable."""

    keep: Keep

    def read(self, key: str, now: int) -> Profile | None:
        """Return a profile as it was; nobody may change it."""

    def read_record(self, key: str) -> MemberRecord | None:
        """Return a member's record, as the lines before have left it."""


class Writing(Protocol):
    """What a batch does."""

    def apply(self, change: Change) -> object:
        """Apply a change to a profile; may raise StoreUnavailable."""

    def write_record(self, key: str, record: MemberRecord, now: int) -> None:
        """Keep a member's record in the place of an older one."""


class Work(Protocol[T]):
    """What the lines of a kind of file mean."""

    together: str
    """The column in which lines that follow each other are the same where they have to be written together; or none."""

    def read(self, values: Mapping[str, object]) -> T:
        """Return what a record says; raises RefusedRequest."""

    def write(self, before: Before, writing: Writing, lines: Sequence[tuple[int, T]]) -> Outcome:
        """Write what was read, each with its line number. Lines of one key mean the same without those of others."""


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
    begun_anew: int = 0
    """How often a finished file was imported again."""


class Batch(NamedTuple, Generic[T]):
    """Lines that are written together."""

    source: str
    """What is imported."""
    begun_anew: int
    known: str | None
    """How far the import is, as the store must still have it."""
    lines: Sequence[tuple[int, T]]
    work: Work[T]
    told: Callable[[Outcome], str]
    """Makes of the outcome how far the import is then."""


class Target(Protocol):
    """Where an import goes. Methods may raise StoreUnavailable."""

    @property
    def size(self) -> int:
        """Return how many records to write at once."""

    def progress(self, source: str) -> str | None:
        """Return how far the import of a source has come; None if it has not begun."""

    def write(self, batch: Batch[T]) -> Outcome | None:
        """Write a batch and how far the import is then; None where somebody else has gone on with it."""

    def tidy(self, *, finished: bool) -> None:
        """Do from time to time what writing much makes necessary."""


class Committed(NamedTuple):
    """A batch that is committed."""

    progress: Progress
    refused: Sequence[Refusal]


class Import:
    """The import of one file, which may have begun before."""

    def __init__(self, table: Table, kind: str, target: Target, *, again: bool = False) -> None:
        """`kind` is what the file holds; `again` begins anew with a file that was finished."""
        self.kind = kind
        self._table = table
        self._target = target
        self._source = f"{kind} {table.digest}"
        self._kept = target.progress(self._source)
        known = Progress() if self._kept is None else msgspec.json.decode(self._kept, type=Progress)
        self.progress = Progress(begun_anew=known.begun_anew + 1) if again and known.finished else known

    def run(self, columns: Columns, work: Work[T], warn: Callable[[str], None]) -> Iterator[Committed]:
        """Import what is left, and yield each batch when it is committed.

        Raises SettingsError if a needed column is missing, StoreUnavailable if another process imports the same file,
        and what the target raises. `warn` is told of columns that are left out.
        """
        start = Place(self.progress.lines, self.progress.offset)
        written = 0
        for batch in _batches(records(self._table, columns, start, warn), work.together, self._target):
            yield self._commit(batch, work)
            written += len(batch)
            if written >= _TIDY_EVERY:
                self._target.tidy(finished=False)
                written = 0
        yield self._commit([], work, finished=True)
        self._target.tidy(finished=True)

    def _commit(self, batch: Sequence[Record], work: Work[T], *, finished: bool = False) -> Committed:
        lines, unread = _read(batch, work)

        def after(outcome: Outcome) -> Progress:
            return self._after(batch, len(unread) + len(outcome.refused), outcome.old, finished=finished)

        def told(outcome: Outcome) -> str:
            return msgspec.json.encode(after(outcome)).decode()

        outcome = self._target.write(Batch(self._source, self.progress.begun_anew, self._kept, lines, work, told))
        if outcome is None:
            raise StoreUnavailable(f"{self._table.path} is being imported by another process, too")
        self._kept, self.progress = told(outcome), after(outcome)
        return Committed(self.progress, sorted([*unread, *outcome.refused]))

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
            before.begun_anew,
        )


class FileTarget:
    """The SQLite file: what a batch writes and how far the import is are committed together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._manners = _Manners(database)

    @property
    def size(self) -> int:
        return self._manners.batch

    def progress(self, source: str) -> str | None:
        with self._database.transaction() as transaction:
            return transaction.progress(source)

    def write(self, batch: Batch[T]) -> Outcome | None:
        with self._manners.writing(), self._database.transaction() as transaction:
            if transaction.progress(batch.source) != batch.known:
                return None
            outcome = batch.work.write(self._database, transaction, batch.lines)
            transaction.set_progress(batch.source, batch.told(outcome))
        return outcome

    def tidy(self, *, finished: bool) -> None:
        self._database.checkpoint(complete=finished)


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


def _batches(found: Iterator[Record], together: str, target: Target) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in found:
        full = len(batch) >= target.size and not _are_together(batch[-1], record, together)
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
