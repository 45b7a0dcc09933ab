"""Profiles in one SQLite file, shared by all worker processes of one machine.

Reads are made inline, since one takes less time than handing it to a thread. So are writes: what the requests of one
turn of the event loop change is committed in one transaction, which takes the file's write lock before it reads, so
that the limits of several processes count as one. Where another process holds the lock, the batch is handed to a thread
that waits for it. In WAL mode with synchronous NORMAL a commit outlives the process; a power cut may take the last
ones, never the file. Records and erasures are committed with FULL.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar

from msgspec import Struct

from omotenashi.model.errors import SettingsError, StoreUnavailable
from omotenashi.profiles.database import Database, Transaction
from omotenashi.profiles.janitor import Janitor
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.store import AtHand, Change, MemberRecord, RecordEdit

MOST_WAITING = 10_000
"""Changes that may wait for the disk; what comes beyond them is refused."""
_TRIES = 3
_BETWEEN_TRIES = 0.0001
"""Seconds; a commit of another process takes about as long. The event loop stands still meanwhile."""
_WRITE_WAIT = 2.0
"""Seconds that the thread waits for other processes to commit theirs."""
_REST_AFTER_OPENING = 5
"""Times as long as it took to open the file, nobody tries again: the event loop stands still meanwhile."""
_CLOSED = "the profile store is closed"

T = TypeVar("T")
P = ParamSpec("P")
_Granted: TypeAlias = frozenset[str]
_NOTHING: _Granted = frozenset()
_Outcome: TypeAlias = "_Granted | str"
"""The rules whose claims were granted; or why nothing was written."""


class _Move(Struct, frozen=True):
    visitor_key: str
    member_key: str
    now: int


class _Waiting(Struct):
    work: Change | _Move
    future: asyncio.Future[_Granted]
    patience: float | None


class SqliteStore(AtHand):
    """Profiles in the file at `path`. If it is missing it is made, with its folder, for the owner alone."""

    def __init__(self, path: Path, keep: Keep | None = None) -> None:
        self._path = path
        self.keep = keep or Keep()
        self._inline: Database | None = None
        self._aside: _Aside | None = None
        self._janitor: Janitor | None = None
        self._pending: list[_Waiting] = []
        self._handed_over = 0
        self._problem: str | None = None
        self.refused: Counter[str] = Counter()
        self._opened_next = 0.0
        self._turn: asyncio.AbstractEventLoop | None = None
        """The event loop whose present turn is to end with `_end_turn`."""
        self._looked = False
        """Whether it is known in this turn what other processes have committed."""

    def start(self) -> None:
        """Open the file; raises SettingsError for one of another version, StoreUnavailable if it cannot be opened.

        Where it is there, but the disk is full or another process holds it, it is opened later: nobody needs to wait.
        """
        try:
            self._janitor = Janitor(self._path, self.keep)
            self._inline = self._opened()
        except (sqlite3.Error, OSError) as error:
            self._problem = _in_words(self._path, error)
            if self._janitor is None or not _may_pass(error):
                raise StoreUnavailable(self._problem) from error
        self._aside = _Aside(self._path, self.keep)
        self._janitor.start()

    def read(self, key: str, now: int) -> Profile | None:
        """Return the profile as it was last committed by any process; raises StoreUnavailable."""
        return self._reading(Database.seen, key, now)

    def read_record(self, key: str) -> MemberRecord | None:
        """Return a member's record as it was last committed by any process; raises StoreUnavailable."""
        return self._reading(Database.seen_record, key)

    async def write(self, change: Change, patience: float | None = None) -> frozenset[str]:
        """Apply a change; return, once it is committed, the rules whose claim was granted.

        Raises StoreUnavailable, and TimeoutError after `patience` seconds. A caller that stops waiting does not take
        its change back.
        """
        return await self._committed(change, patience)

    async def move(self, visitor_key: str, member_key: str, now: int, patience: float | None = None) -> None:
        """Move an anonymous visitor's profile to the member who logged in; raises as `write` does."""
        await self._committed(_Move(visitor_key, member_key, now), patience)

    async def change_record(self, key: str, edit: RecordEdit, now: int) -> bool:
        """Put what `edit` makes of a member's record in its place; raises StoreUnavailable."""
        changed = await self._durably(lambda transaction: transaction.change_record(key, edit, now))
        self._forget_erased(key, erased=changed)
        return changed

    async def erase(self, key: str, *, record: bool = True) -> bool:
        """Erase the profile and, unless told otherwise, the record; raises StoreUnavailable."""
        erased = await self._durably(lambda transaction: transaction.erase(key, record=record))
        self._forget_erased(key, erased=erased)
        return erased

    def check(self) -> str | None:
        """Return None if the file can be read and the last batch was written, else why not."""
        return self.check_reading() or self._problem

    def check_reading(self) -> str | None:
        """Return None if the file can be read, else why not."""
        try:
            self.read("", 0)
        except StoreUnavailable as error:
            return str(error)
        return None

    async def close(self) -> None:
        """Write what was accepted, then close the file."""
        self._flush()
        aside, self._aside = self._aside, None
        if aside is not None:
            await asyncio.to_thread(aside.close)
        if self._janitor is not None:
            await asyncio.to_thread(self._janitor.close)
        if self._inline is not None:
            self._inline.close()
            self._inline = None

    def _forget_erased(self, key: str, *, erased: bool) -> None:
        """Forget what was just replaced or erased: it must stay neither in memory nor in the file."""
        if self._inline is not None:
            self._inline.rows.forget(key)
        if erased and self._janitor is not None:
            self._janitor.hurry()

    def _opened(self) -> Database:
        return Database(self._path, self.keep, wait=0)

    def _reading(self, read: Callable[Concatenate[Database, P], T], *asked: P.args, **how: P.kwargs) -> T:
        if self._aside is None:
            raise StoreUnavailable(_CLOSED)
        try:
            if not self._looked:
                _patiently(self._look)
            return read(self._inline or self._database(), *asked, **how)
        except (sqlite3.Error, OSError) as error:
            self._drop_if_broken(error)
            raise StoreUnavailable(_in_words(self._path, error)) from error

    def _look(self) -> None:
        """Look once in each turn of the event loop for what other processes have committed."""
        self._database().look()
        with suppress(RuntimeError):  # no event loop runs: every read looks
            self._looked = self._this_turn() is not None

    def _this_turn(self) -> asyncio.AbstractEventLoop:
        """Return the event loop that runs, after its present turn `_end_turn` is called."""
        if self._turn is None:
            self._turn = asyncio.get_running_loop()
            self._turn.call_soon(self._end_turn)
        return self._turn

    def _end_turn(self) -> None:
        self._turn = None
        self._looked = False
        self._flush()

    def _committed(self, work: Change | _Move, patience: float | None) -> asyncio.Future[_Granted]:
        if self._aside is None:
            raise StoreUnavailable(_CLOSED)
        future: asyncio.Future[_Granted] = self._this_turn().create_future()
        self._pending.append(_Waiting(work, future, patience))
        return future

    def _flush(self) -> None:
        """Commit what this turn of the event loop brought; hand it over where another process holds the lock."""
        batch = self._pending
        if not batch or self._aside is None:
            return
        self._pending = []
        outcomes: Sequence[_Outcome] = ["the profile store failed"] * len(batch)
        try:
            outcomes = _patiently(_written, self._inline or self._database(), batch)
            self._problem = None
        except (sqlite3.Error, OSError, StoreUnavailable) as error:
            outcomes = self._hand_over(batch, self._aside) if _is_busy(error) else self._failed(batch, error)
        finally:  # whatever happens, nobody waits for ever
            _answer(batch, outcomes)

    def _hand_over(self, batch: list[_Waiting], aside: _Aside) -> list[_Outcome]:
        """Let the thread wait for the lock; return the outcomes that are known now: none, or that it is too much."""
        if self._handed_over + len(batch) > MOST_WAITING:
            return [f"{MOST_WAITING} changes are waiting for the disk"] * len(batch)
        self._handed_over += len(batch)
        loop = asyncio.get_running_loop()
        for waiting in batch:
            if waiting.patience is not None:
                loop.call_later(waiting.patience, _expire, waiting.future)
        written = asyncio.wrap_future(aside.submit(lambda database: _written(database, batch)))
        written.add_done_callback(lambda done: self._take_over(batch, done))
        return []

    def _take_over(self, batch: list[_Waiting], done: asyncio.Future[list[_Outcome]]) -> None:
        self._handed_over -= len(batch)
        error = done.exception()
        self._problem = None if error is None else str(error)
        if error is not None:
            self._count(batch, error.__cause__)
        _answer(batch, done.result() if error is None else [str(error)] * len(batch))

    async def _durably(self, work: Callable[[Transaction], T]) -> T:
        if self._aside is None:
            raise StoreUnavailable(_CLOSED)
        return await asyncio.wrap_future(self._aside.submit(lambda database: _alone(database, work), durable=True))

    def _failed(self, batch: list[_Waiting], error: Exception) -> list[_Outcome]:
        self._drop_if_broken(error)
        self._problem = _in_words(self._path, error)
        self._count(batch, error)
        return [self._problem] * len(batch)

    def _count(self, batch: Sequence[_Waiting], error: BaseException | None) -> None:
        code = getattr(error, "sqlite_errorname", None)  # which errors of Python's own module are without
        if code is not None:
            self.refused[code] += len(batch)

    def _database(self) -> Database:
        if self._inline is None:
            begun = time.monotonic()
            if begun < self._opened_next:
                raise StoreUnavailable(self._problem or _CLOSED)
            try:
                self._inline = self._opened()
            except SettingsError as error:  # another version has written it since the start
                raise StoreUnavailable(str(error)) from error
            finally:
                rest = 0 if self._inline is not None else _REST_AFTER_OPENING * (time.monotonic() - begun)
                self._opened_next = time.monotonic() + rest
        return self._inline

    def _drop_if_broken(self, error: Exception) -> None:
        if self._inline is not None and not self._inline.usable_after(error):
            self._inline.close()
            self._inline = None


class _Aside:
    """A thread that waits for the lock, so that the event loop need not."""

    def __init__(self, path: Path, keep: Keep) -> None:
        self._path = path
        self._keep = keep
        self._executor = ThreadPoolExecutor(1, "omo-profiles")
        self._databases: dict[bool, Database] = {}

    def submit(self, work: Callable[[Database], T], *, durable: bool = False) -> Future[T]:
        """Do some work in the thread, within a time that begins now; its errors are StoreUnavailable."""
        return self._executor.submit(self._run, work, durable, time.monotonic() + _WRITE_WAIT)

    def close(self) -> None:
        """Finish what was submitted."""
        self._executor.shutdown()
        for database in self._databases.values():
            database.close()

    def _run(self, work: Callable[[Database], T], durable: bool, until: float) -> T:  # noqa: FBT001 handed on by the executor
        try:
            if durable not in self._databases:
                self._databases[durable] = Database(self._path, self._keep, wait=_WRITE_WAIT, durable=durable)
            self._databases[durable].wait(until - time.monotonic())
            return work(self._databases[durable])
        except (sqlite3.Error, OSError, SettingsError) as error:
            database = self._databases.get(durable)
            if database is not None and not database.usable_after(error):
                self._databases.pop(durable).close()
            raise StoreUnavailable(_in_words(self._path, error)) from error


def _written(database: Database, batch: Sequence[_Waiting]) -> list[_Outcome]:
    """Commit a batch; work on a profile that cannot be read fails alone."""
    with database.transaction() as transaction:
        return [_done(transaction, waiting.work) for waiting in batch]


def _done(transaction: Transaction, work: Change | _Move) -> _Outcome:
    try:
        if isinstance(work, Change):
            return transaction.apply(work)
        transaction.move(work.visitor_key, work.member_key, work.now)
    except StoreUnavailable as error:
        return str(error)
    return _NOTHING


def _alone(database: Database, work: Callable[[Transaction], T]) -> T:
    with database.transaction() as transaction:
        return work(transaction)


def _patiently(work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """Try again in a moment where another process holds a lock."""
    for _ in range(_TRIES - 1):
        try:
            return work(*given, **named)
        except sqlite3.OperationalError as error:
            if not _is_busy(error):
                raise
            time.sleep(_BETWEEN_TRIES)
    return work(*given, **named)


def _may_pass(error: Exception) -> bool:
    """Tell whether what is wrong may be over by itself: a full disk, a lock; not a file that is no database."""
    passing = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in passing


def _is_busy(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _answer(batch: Sequence[_Waiting], outcomes: Sequence[_Outcome]) -> None:
    for waiting, outcome in zip(batch, outcomes, strict=False):  # those handed over have none yet
        if waiting.future.done():  # the caller stopped waiting
            continue
        if isinstance(outcome, str):
            waiting.future.set_exception(StoreUnavailable(outcome))
        else:
            waiting.future.set_result(outcome)


def _expire(future: asyncio.Future[_Granted]) -> None:
    if not future.done():
        future.set_exception(TimeoutError())


def _in_words(path: Path, error: Exception) -> str:
    return f"the profile store {path.name}: {error}"
