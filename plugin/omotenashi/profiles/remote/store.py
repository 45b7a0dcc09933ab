"""Profiles in Redis or Valkey, for as many nodes as a site needs: a node keeps nothing that another one would miss.

A request reads in one round trip, and writes in one more: the change is folded here, and written where the profile is
still the one that was read; else the answer is the newer one, and it is done again on that. Changes of one visitor in one
process wait for each other and are written together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct

from omotenashi.model.errors import SettingsError, StoreUnavailable
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.merge import is_emptied_for, is_to_move, merge_into
from omotenashi.profiles.packing import pack, unpack
from omotenashi.profiles.profile import Profile, short_id
from omotenashi.profiles.remote import rows, scripts
from omotenashi.profiles.remote.address import Address
from omotenashi.profiles.remote.client import Reply
from omotenashi.profiles.remote.edited import editable, readable, row_after
from omotenashi.profiles.remote.introduce import introduce
from omotenashi.profiles.remote.recent import Recent
from omotenashi.profiles.remote.rows import Keys, Mark, Parcel, Row
from omotenashi.profiles.remote.wire import Wire
from omotenashi.profiles.store import Change, MemberRecord, Reader, apply

CONNECTIONS = 32
"""To each server, at most; commands of one turn of the event loop share one."""
TIMEOUT = 0.25
"""Seconds after which a server that does not answer is taken to be gone."""
MOST_WAITING = 10_000
"""Changes that may wait; what comes beyond them is refused."""
_TRIES = 100
"""How often a change is folded again because others wrote in between: each time one of them got on."""
_PARCEL_KEPT = 3600
"""Seconds for which it is kept what is on its way from a device to a member, should a node stop in between."""
_CLOSED = "the profile store is closed"

T = TypeVar("T")


_Found: TypeAlias = "tuple[Row, bytes | None, Parcel | None]"
"""A row, the value of the record, and what is on its way."""


class _Waiting(Struct):
    change: Change
    future: asyncio.Future[frozenset[str]]


class Snapshot:
    """Some profiles and records as they were at one moment."""

    def __init__(self, found: Mapping[str, _Found], keep: Keep) -> None:
        """`found`: what was found for each key that was asked for."""
        self._found = found
        self._keep = keep

    def read(self, key: str, now: int) -> Profile | None:
        """Return a profile as far as it may still be kept at `now`; raises StoreUnavailable."""
        return readable(self._found[key][0], now, self._keep)

    def read_record(self, key: str) -> MemberRecord | None:
        """Return a member's record; raises StoreUnavailable."""
        return rows.record_of(self._found[key][1])


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
    ) -> None:
        """`replicas`: how many must have confirmed what was written before it counts as written."""
        self.keep = keep or Keep()
        self._address = address
        self._make_wire = partial(Wire, address, connections=connections, timeout=timeout, replicas=replicas)
        self._wire: Wire | None = None
        self._refused: str | None = None
        """Why this node must not use what other nodes use."""
        self._recent = Recent()
        self._waiting: dict[str, list[_Waiting]] = {}
        """Changes by key, while something is written there."""
        self._count = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        """Be ready; the first request connects."""
        self._wire = self._make_wire()

    async def look(self, secret: bytes | None = None, *, first: bool = True) -> None:
        """Find the servers; raises StoreUnavailable that says what is wrong.

        `secret`: the key of member ids, which has to be that of the other nodes; raises SettingsError where it is not, or
        where there was no node before and this one may not be the `first`.
        """
        await self._opened().look()
        if secret is not None:
            try:
                await introduce(self._opened(), self._address.prefix, secret, first=first)
            except SettingsError as error:
                self._refused = str(error)
                raise

    async def fetch(self, keys: Collection[str], patience: float | None = None) -> Snapshot:
        """Return profiles and records as they are now, in one round trip.

        Raises StoreUnavailable, and TimeoutError after `patience` seconds.
        """
        places = [rows.place_of(key) for key in keys]
        asked = [self._asked(place) for place in places]
        with _expiring(asked, patience):
            replies = await asyncio.gather(*asked)
        found = [self._found(place, reply) for place, reply in zip(places, replies, strict=True)]
        if any(parcel is not None for _, _, parcel in found):  # a node stopped between the steps of a login
            return await self._patiently(self._finished(keys), patience)
        return Snapshot(dict(zip(keys, found, strict=True)), self.keep)

    async def record_value(self, key: str) -> bytes | None:
        """Return what `rows.record_of` reads, also where the profile beside it cannot be read; raises StoreUnavailable."""
        stored = self._keys(rows.place_of(key)).record
        reply = await self._opened().read(stored, "GET", stored)
        return reply if isinstance(reply, bytes) else None

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

    async def write_record(self, key: str, record: MemberRecord, now: int) -> None:
        """Keep a member's record; raises StoreUnavailable."""
        keys = self._keys(rows.place_of(key))
        await self._opened().write(keys.record, "SET", keys.record, rows.record_value(record, now))

    async def move(self, visitor_key: str, member_key: str, now: int, patience: float | None = None) -> None:
        """Move an anonymous visitor's profile to the member who logged in; raises as `write` does.

        The two lie in different places, so it takes two steps, each of which is done once: what the device did is put
        aside beside it, as a parcel; then it is merged into the member's profile, which notes that.
        """
        self._opened()
        await self._patiently(self._moved(visitor_key, member_key, now), patience)

    async def settle(self, place: str) -> None:
        """Finish a login that a node has left half done; raises StoreUnavailable."""
        parcel = (await self._fetched(place))[2]
        if parcel is not None:
            await self._deliver(place, parcel)

    async def erase(self, key: str, *, record: bool = True) -> bool:
        """Erase the profile and, unless told otherwise, the record; raises StoreUnavailable."""
        place = rows.place_of(key)
        keys = self._keys(place)
        self._recent.forget(place)
        erased = [keys.profile, keys.parcel, *([keys.record] if record else [])]
        wire = self._opened()  # one command for each key, since they may lie in two places while a slot moves
        return any(await asyncio.gather(*(wire.write(keys.profile, "DEL", key) for key in erased)))

    def check(self) -> str | None:
        """Return None as long as the servers answer and refuse nothing, else why not."""
        return self.check_reading() or self._opened().writing_problem

    def check_reading(self) -> str | None:
        """Return None as long as the servers let us read, else why not."""
        return self._refused or (_CLOSED if self._wire is None else self._wire.reading_problem)

    @property
    def refused(self) -> Mapping[str, int]:
        """How often a server has refused a command, by the server's code, since the start."""
        return {} if self._wire is None else self._wire.refused

    async def close(self) -> None:
        """Write what was accepted, and close the connections."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        self._recent.clear()
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()

    @property
    def wire(self) -> Wire:
        """What commands go over; raises StoreUnavailable where the store is closed."""
        return self._opened()

    # Reading

    async def _fetched(self, place: str) -> _Found:
        return self._found(place, await self._asked(place))

    def _asked(self, place: str) -> asyncio.Future[Reply]:
        keys = self._keys(place)
        return self._opened().read(keys.profile, "MGET", keys.profile, keys.record, keys.parcel)

    def _found(self, place: str, reply: Reply) -> _Found:
        if not isinstance(reply, list) or len(reply) != 3:
            raise StoreUnavailable(f"{self._address}: a reply that is none")
        profile, record, parcel = reply
        return self._known(place, profile), record, rows.parcel_of(parcel)

    async def _finished(self, keys: Collection[str]) -> Snapshot:
        """Finish the logins that stopped half way, and read again."""
        for place in map(rows.place_of, keys):
            await self.settle(place)
        return await self.fetch(keys)

    def _known(self, place: str, value: bytes | None) -> Row:
        """Return the row of a value; it need not be decoded again where it has not changed."""
        known = self._recent.get(place)
        if known is None or known.version != (value or b"")[: rows.VERSION]:
            known = rows.row_of(value)
        self._recent.put(place, known)
        return known

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
            granted = await self._edited(place, now, _applying(batch))
            for one, rules in zip(batch, granted or (), strict=True):
                if not one.future.done():  # the caller stopped waiting
                    one.future.set_result(rules)
        except StoreUnavailable as error:
            problem = str(error)
        finally:  # whatever happens, nobody waits for ever
            _refuse(batch, problem)

    async def _edited(self, place: str, now: int, edit: Callable[[Profile], T], mark: Mark | None = None) -> T | None:
        """Change a profile by `edit`, which is done again where others have written in between; return what it returns.

        A profile that has the `mark` is left as it is, and None returned.
        """
        row = self._recent.get(place) or (await self._fetched(place))[0]
        for _ in range(_TRIES):
            if mark is not None and row.is_marked(mark):
                return None
            profile = editable(row, now, self.keep)
            edited = edit(profile)
            after = row_after(row, profile, now, self.keep, mark)
            there = row if after is row else await self._swapped(place, row, after)
            if there is after:
                return edited
            row = there
        raise StoreUnavailable(f"{self._address}: too many write the same profile")

    async def _swapped(self, place: str, before: Row, after: Row) -> Row:
        """Put a row in the place of the one that was read; return the row that is there now."""
        keys = self._keys(place)
        given = (before.version, rows.value_of(after), self.keep.profiles)
        reply = await self._opened().write(keys.profile, "EVAL", scripts.WRITE, 1, keys.profile, *given)
        return self._there(place, reply, after)

    def _there(self, place: str, reply: Reply, after: Row) -> Row:
        """Return the row that is there after an attempt to write one: that one, or what others have written."""
        row = after if reply == 1 else rows.row_of(reply if isinstance(reply, bytes) else None)
        self._recent.put(place, row)
        return row

    # Moving

    async def _moved(self, visitor_key: str, member_key: str, now: int) -> None:
        place, member = rows.place_of(visitor_key), rows.place_of(member_key)
        owner = short_id(member_key)
        for _ in range(_TRIES):
            row, _, parcel = await self._fetched(place)
            if parcel is not None:
                await self._deliver(place, parcel)
                continue
            anonymous = editable(row, now, self.keep)
            if is_emptied_for(anonymous, owner):
                return
            if is_to_move(anonymous, owner):
                parcel = Parcel(rows.new_version(), member, pack(anonymous), now)
            if await self._is_put_aside(place, row, Profile(owner=owner), now, parcel):
                if parcel is not None:
                    await self._deliver(place, parcel)
                return
        raise StoreUnavailable(f"{self._address}: too many write the same profile")

    async def _is_put_aside(self, place: str, row: Row, emptied: Profile, now: int, parcel: Parcel | None) -> bool:
        """Leave the device's profile empty, what it held beside it; tell whether it still was what had been read."""
        keys = self._keys(place)
        after = Row(rows.new_version(), max(now, row.updated), pack(emptied), row.marks, emptied)
        sent = b"" if parcel is None else rows.parcel_value(parcel)
        given = (row.version, rows.value_of(after), self.keep.profiles, sent, _PARCEL_KEPT)
        reply = await self._opened().write(keys.profile, "EVAL", scripts.DETACH, 2, keys.profile, keys.parcel, *given)
        return self._there(place, reply, after) is after

    async def _deliver(self, place: str, parcel: Parcel) -> None:
        """Merge a parcel into the member's profile, unless that was done, and throw it away; `place`: of the device."""
        source, mark = unpack(parcel.data), Mark(parcel.id, 1, parcel.at)
        await self._edited(parcel.place, parcel.at, lambda profile: merge_into(profile, source), mark)
        key = self._keys(place).parcel
        await self._opened().write(key, "EVAL", scripts.DELIVERED, 1, key, parcel.id)

    # The rest

    def _keys(self, place: str) -> Keys:
        return rows.keys_of(self._address.prefix, place)

    def _opened(self) -> Wire:
        if self._wire is None or self._refused:
            raise StoreUnavailable(self._refused or _CLOSED)
        return self._wire

    async def _patiently(self, work: Coroutine[Any, Any, T], patience: float | None) -> T:
        """Wait for some work as long as patience lasts; it goes on after that. Raises TimeoutError."""
        task = self._start(work)
        done, _ = await asyncio.wait((task,), timeout=patience)
        if not done:
            raise TimeoutError
        return task.result()

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _applying(batch: Sequence[_Waiting]) -> Callable[[Profile], list[frozenset[str]]]:
    return lambda profile: [apply(profile, one.change) for one in batch]


def _refuse(batch: Sequence[_Waiting], problem: str) -> None:
    for one in batch:
        if not one.future.done():
            one.future.set_exception(StoreUnavailable(problem))


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
