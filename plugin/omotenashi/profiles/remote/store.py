"""Profiles in Redis or Valkey, for as many nodes as a site needs: a node keeps nothing that another one would miss.

A request reads in one round trip, and writes in one more: the change is folded here, and written where the profile is
still the one that was read; else the answer is the newer one, and it is done again on that. Changes of one visitor in one
process wait for each other and are written together.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct

from omotenashi.model.errors import SettingsError, StoreUnavailable
from omotenashi.profiles.background import watched
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.remote import login, rows
from omotenashi.profiles.remote.access import Access, Found
from omotenashi.profiles.remote.address import Address
from omotenashi.profiles.remote.edited import readable
from omotenashi.profiles.remote.introduce import introduce
from omotenashi.profiles.remote.sweep import Sweeper
from omotenashi.profiles.remote.wire import Wire
from omotenashi.profiles.store import Change, MemberRecord, Reader, RecordEdit, apply

CONNECTIONS = 32
"""To each server, at most; commands of one turn of the event loop share one."""
TIMEOUT = 0.25
"""Seconds after which a server that does not answer is taken to be gone."""
MOST_WAITING = 10_000
"""Changes that may wait; what comes beyond them is refused."""
_CLOSED = "the profile store is closed"

T = TypeVar("T")


class _Waiting(Struct):
    change: Change
    future: asyncio.Future[frozenset[str]]


class Snapshot:
    """Some profiles and records as they were at one moment."""

    def __init__(self, found: Mapping[str, Found], keep: Keep) -> None:
        """`found`: what lies at the place of each key that was asked for."""
        self._found = found
        self._keep = keep

    def read(self, key: str, now: int) -> Profile | None:
        """Return a profile as far as it may still be kept at `now`; raises StoreUnavailable."""
        return readable(self._found[key].row, now, self._keep)

    def read_record(self, key: str) -> MemberRecord | None:
        """Return a member's record; raises StoreUnavailable."""
        return rows.record_of(self._found[key].record)


class RemoteStore:
    """Profiles at an address."""

    reader: Reader | None = None

    def __init__(
        self,
        address: Address,
        keep: Keep | None = None,
        *,
        connections: int = CONNECTIONS,
        timeout: float = TIMEOUT,
        replicas: int = 0,
        sweeps: bool = False,
    ) -> None:
        """`replicas`: how many must have confirmed what was written before it counts as written.

        `sweeps`: it does its part in ending what was kept long enough, as nodes that serve do.
        """
        self.keep = keep or Keep()
        self._address = address
        self._make_wire = partial(Wire, address, connections=connections, timeout=timeout, replicas=replicas)
        self._wire: Wire | None = None
        self._differs: str | None = None
        """What other nodes take for granted otherwise."""
        self._met = self._refused = False
        """It agreed with them once; it did not when it came, and must not use the store."""
        self._access = Access(address.prefix, self.keep, self._opened)
        self._sweeps = sweeps
        self._sweeping: asyncio.Task[None] | None = None
        self._waiting: dict[str, list[_Waiting]] = {}
        """Changes by key, while something is written there."""
        self._count = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        """Be ready; the first request connects."""
        self._wire = self._make_wire()
        if self._sweeps:
            self._sweeping = watched(Sweeper(self._access, self._address.prefix).run())

    async def look(self, secret: bytes | None = None, *, first: bool = True) -> None:
        """Find the servers; raises StoreUnavailable that says what is wrong.

        `secret`: the key of member ids, which has to be that of the other nodes; raises SettingsError where it is not, or
        where there was no node before and this one may not be the `first`. One that was right when it came goes on.
        """
        wire = self._started()
        await wire.look()
        if secret is None:
            return
        try:
            await introduce(wire, self._address.prefix, secret, first=first)
        except SettingsError as error:
            self._differs, self._refused = str(error), not self._met
            raise
        self._differs, self._refused, self._met = None, False, True

    async def fetch(self, keys: Collection[str], patience: float | None = None) -> Snapshot:
        """Return profiles and records as they are now, in one round trip.

        Raises StoreUnavailable, and TimeoutError after `patience` seconds.
        """
        begun = time.monotonic()
        found = await self._found(keys, patience)
        if not all(one.is_settled for one in found.values()):  # a node stopped between the steps of a login
            left = None if patience is None else max(patience - (time.monotonic() - begun), 0)
            return await self._patiently(self._settled(found), left)
        return Snapshot(found, self.keep)

    async def write(self, change: Change, patience: float | None = None) -> frozenset[str]:
        """Apply a change; return, once it is written, the rules whose claim was granted.

        Raises StoreUnavailable, and TimeoutError after `patience` seconds. A caller that stops waiting does not take
        its change back.
        """
        self._opened()
        if self._count >= MOST_WAITING:
            raise StoreUnavailable(f"{MOST_WAITING} changes are waiting for {self._address}")
        self._count += 1
        waiting = _Waiting(change, asyncio.get_running_loop().create_future())
        place = rows.place_of(change.key)
        if place in self._waiting:
            self._waiting[place].append(waiting)
        else:
            self._waiting[place] = [waiting]
            self._start(self._write_waiting(place))
        with _expiring((waiting.future,), patience):
            return await waiting.future

    async def change_record(self, key: str, edit: RecordEdit, now: int) -> bool:
        """Put what `edit` makes of a member's record in its place; raises StoreUnavailable."""
        return await self._access.edit_record(rows.place_of(key), edit, now)

    async def move(self, visitor_key: str, member_key: str, now: int, patience: float | None = None) -> None:
        """Move an anonymous visitor's profile to the member who logged in; raises as `write` does."""
        self._opened()
        await self._patiently(login.move(self._access, visitor_key, member_key, now), patience)

    async def settle(self, place: str) -> None:
        """Finish logins that a node has left half done; raises StoreUnavailable."""
        await login.settle(self._access, place, await self._access.fetched(place))

    async def erase(self, key: str, *, record: bool = True) -> bool:
        """Erase the profile and, unless told otherwise, the record; raises StoreUnavailable."""
        place = rows.place_of(key)
        keys = self._access.keys(place)
        discarded = await login.discard(self._access, place)
        self._access.recent.forget(place)
        erased = [keys.profile, keys.parcel, *([keys.record] if record else [])]
        wire = self._opened()  # one command for each key, since they may lie in two places while a slot moves
        return any(await asyncio.gather(*(wire.write(keys.profile, "DEL", key) for key in erased))) or discarded

    def check(self) -> str | None:
        """Return None as long as the servers answer and refuse nothing, and nodes agree; else why not."""
        return self.check_reading() or self._differs or self._opened().writing_problem

    def check_reading(self) -> str | None:
        """Return None as long as the servers let us read, else why not."""
        if self._refused:
            return self._differs
        return _CLOSED if self._wire is None else self._wire.reading_problem

    @property
    def refused(self) -> Mapping[str, int]:
        """How often a server has refused a command, by the server's code, since the start."""
        return {} if self._wire is None else self._wire.refused

    async def close(self) -> None:
        """Write what was accepted, and close the connections."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks)
        self._access.recent.clear()
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()

    @property
    def wire(self) -> Wire:
        """What commands go over; raises StoreUnavailable where the store is closed."""
        return self._opened()

    # Reading

    async def _found(self, keys: Collection[str], patience: float | None) -> dict[str, Found]:
        places = [rows.place_of(key) for key in keys]
        asked = [self._access.asked(place) for place in places]
        with _expiring(asked, patience):
            replies = await _all(asked)
        found = map(self._access.found, places, replies)
        return dict(zip(keys, found, strict=True))

    async def _settled(self, found: Mapping[str, Found]) -> Snapshot:
        """Finish the logins that stopped half way, and read again."""
        for key, one in found.items():
            await login.settle(self._access, rows.place_of(key), one)
        return Snapshot(await self._found(found, None), self.keep)

    # Writing

    async def _write_waiting(self, place: str) -> None:
        """Write the changes of one profile, all that wait together, until none waits."""
        try:
            while batch := self._waiting[place]:
                self._waiting[place] = []
                try:
                    await self._write_batch(place, batch)
                finally:
                    self._count -= len(batch)
        finally:  # none are left, but after a fault
            left = self._waiting.pop(place)
            self._count -= len(left)
            _refuse(left, "the profile store failed")

    async def _write_batch(self, place: str, batch: list[_Waiting]) -> None:
        now = max(one.change.now for one in batch)
        problem = "the profile store failed"
        try:
            granted = await self._access.edit(place, now, _applying(batch))
            for one, rules in zip(batch, granted or (), strict=True):
                if not one.future.done():  # the caller stopped waiting
                    one.future.set_result(rules)
        except StoreUnavailable as error:
            problem = str(error)
        finally:  # whatever happens, nobody waits for ever
            _refuse(batch, problem)

    # The rest

    def _opened(self) -> Wire:
        if self._refused:
            raise StoreUnavailable(self._differs or "")
        return self._started()

    def _started(self) -> Wire:
        if self._wire is None:
            raise StoreUnavailable(_CLOSED)
        return self._wire

    async def _patiently(self, work: Coroutine[Any, Any, T], patience: float | None) -> T:
        """Wait for some work as long as patience lasts; it goes on after that. Raises TimeoutError."""
        task = self._start(work)
        done, _ = await asyncio.wait((task,), timeout=patience)
        if not done:
            raise TimeoutError
        return task.result()

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = watched(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _applying(batch: Sequence[_Waiting]) -> Callable[[Profile], list[frozenset[str]]]:
    return lambda profile: [apply(profile, one.change) for one in batch]


def _refuse(batch: Sequence[_Waiting], problem: str) -> None:
    for one in batch:
        if not one.future.done():
            one.future.set_exception(StoreUnavailable(problem))


async def _all(futures: Sequence[asyncio.Future[T]]) -> list[T]:
    """Return all results in order, as asyncio.gather does, but without turns of the event loop of its own."""
    try:
        return [await future for future in futures]
    finally:
        for future in futures:
            if not future.cancel() and not future.cancelled():
                future.exception()  # nobody need be told of a second one


@contextmanager
def _expiring(futures: Sequence[asyncio.Future[Any]], patience: float | None) -> Iterator[None]:
    """Let futures end with TimeoutError after so many seconds; unlike asyncio.timeout outside of a task, too."""
    if patience is None:
        yield
        return
    expires = asyncio.get_running_loop().call_later(patience, _expire, futures)
    try:
        yield
    finally:
        expires.cancel()


def _expire(futures: Sequence[asyncio.Future[Any]]) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(TimeoutError())
