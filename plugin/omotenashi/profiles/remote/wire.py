"""Commands to Redis or Valkey: those of one turn of the event loop go together, and who does not answer is left alone.

A server that failed is asked nothing until it answers a PING, which is tried after a pause that grows: so requests do not
wait for it again and again, and when it is back they do not all come at once.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import TypeAlias

from redis.exceptions import AskError, ClusterDownError, ResponseError, SlotNotCoveredError

from omotenashi.model.errors import StoreRefused, StoreUnavailable
from omotenashi.profiles.remote.address import Address, Kind
from omotenashi.profiles.remote.client import Command, Outcome, Reply, hint_of, line_of
from omotenashi.profiles.remote.refusals import Refusals
from omotenashi.profiles.remote.servers import FAULTS, Cluster, Servers, Single, Wait, answers

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""Seconds until a server that failed is tried again; each time half as long again, and up to a half more or less."""
_SPARE = 2
"""Connections that are left for looking whether a server answers."""

_Where: TypeAlias = tuple[str, bool]
"""A server by name, and whether replicas have to confirm."""


class Wire:
    """Sends commands, each with the key that says where to. For one event loop."""

    def __init__(self, address: Address, *, connections: int, timeout: float, replicas: int = 0) -> None:
        """`connections`: at most so many to each server; `timeout`: seconds until one is taken to be gone.

        What comes while all are in use waits for one, and then goes together.
        `replicas`: how many must have confirmed what is written before `write` returns.
        """
        self.servers: Servers = (
            Cluster(address, connections, timeout)
            if address.kind is Kind.CLUSTER
            else Single(address, connections, timeout)
        )
        self._address = address
        self._wait = Wait(replicas, int(timeout * 500)) if replicas else None
        self._most = max(1, connections - _SPARE)
        self._under_way: Counter[str] = Counter()
        """Exchanges by server."""
        self._waiting: dict[_Where, list[tuple[Command, asyncio.Future[Reply]]]] = defaultdict(list)
        self._beginning: set[_Where] = set()
        """Where a task is about to send what waits."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._gone: dict[str, str] = {}
        """Why, by name of the server."""
        self._refusals = Refusals()
        self._found = False
        """Whether a server has ever answered."""
        self._looking: asyncio.Task[None] | None = None

    @property
    def reading_problem(self) -> str | None:
        """Why something cannot be read, in one line."""
        gone = (f"{name}: {reason}" for name, reason in self._gone.items())
        return "; ".join((*gone, *self._refusals.told(self.servers.names(), writing=False))) or None

    @property
    def writing_problem(self) -> str | None:
        """Why something that can be read cannot be written, in one line, as far as was tried."""
        return "; ".join(self._refusals.told(self.servers.names(), writing=True)) or None

    @property
    def refused(self) -> Mapping[str, int]:
        """How often a server has refused a command, by the server's code for why."""
        return self._refusals.counts

    def read(self, key: bytes, *command: bytes | str | int) -> asyncio.Future[Reply]:
        """Send a command that changes nothing. The reply is StoreUnavailable where there is none."""
        return self._ask(key, command, writes=False)

    def write(self, key: bytes, *command: bytes | str | int) -> asyncio.Future[Reply]:
        """Send a command that changes something; where `replicas` are asked for, it is StoreUnavailable without them."""
        return self._ask(key, command, writes=True)

    async def look(self) -> None:
        """Find the servers; raises StoreUnavailable."""
        try:
            self._note_found(await self.servers.refresh())
        except FAULTS as error:
            self._not_found(error)
            raise StoreUnavailable(f"{self._address}: {self._gone[str(self._address)]}") from error

    async def close(self) -> None:
        """Wait for what was sent, and close the connections."""
        while self._tasks:
            await asyncio.gather(*self._tasks)
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        await self.servers.close()

    def _ask(self, key: bytes, command: Command, *, writes: bool) -> asyncio.Future[Reply]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Reply] = loop.create_future()
        try:
            name = self.servers.name_for(key)
        except StoreUnavailable as error:
            self._lost("", error)
            future.set_exception(StoreUnavailable(f"{self._address}: {self._gone[str(self._address)]}"))
            return future
        if name in self._gone:
            self._look_on()
            future.set_exception(StoreUnavailable(f"{self._address}: {self._gone[name]}"))
            return future
        where = name, writes and self._wait is not None
        self._waiting[where].append((command, future))
        self._begin(where)
        return future

    def _begin(self, where: _Where) -> None:
        """Let a task send what this turn of the event loop brings, as soon as there is a connection for it."""
        if where in self._beginning or self._under_way[where[0]] >= self._most:
            return
        self._beginning.add(where)
        self._under_way[where[0]] += 1
        task = asyncio.create_task(self._run(where))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def run(self, name: str, commands: Sequence[Command], *, writes: bool) -> list[Outcome]:
        """Send commands to one server in one go; where there is no reply stands StoreUnavailable."""
        try:
            outcomes = await self.servers.run(name, commands, self._wait if writes else None)
        except FAULTS as error:
            self._refusals.count(error)
            self._lost(name, error)
            return [StoreUnavailable(self._in_words(error))] * len(commands)
        return [self._outcome(name, *done) for done in zip(commands, outcomes, strict=True)]

    async def _run(self, where: _Where) -> None:
        name, writes = where
        self._beginning.discard(where)
        asked = [(command, future) for command, future in self._waiting.pop(where) if not future.done()]
        outcomes: Sequence[Outcome] = [StoreUnavailable(f"{self._address}: it failed")] * len(asked)
        try:
            if asked:
                outcomes = await self.run(name, [command for command, _ in asked], writes=writes)
        finally:  # whatever happens, nobody waits for ever
            self._under_way[name] -= 1
            for waiting in list(self._waiting):
                self._begin(waiting)
            _answer(asked, outcomes)

    def _outcome(self, name: str, command: Command, outcome: Outcome) -> Outcome:
        """A command that was refused, such as by a full server, fails alone."""
        if not isinstance(outcome, Exception):
            self._refusals.done(name, command)
            return outcome
        if isinstance(outcome, ClusterDownError | SlotNotCoveredError | AskError):  # the last: of a node that is new
            self._lost("", outcome)
        self._refusals.note(name, command, outcome)
        kind = StoreRefused if isinstance(outcome, ResponseError) else StoreUnavailable
        return kind(self._in_words(outcome))

    def _lost(self, name: str, error: Exception) -> None:
        """Note that a server does not answer, and look for it from now on."""
        if name:
            self._gone[name] = line_of(error)
            self._refusals.forget(name)
        else:
            self._gone.setdefault(str(self._address), line_of(error))
        self._look_on()

    def _note_found(self, answered: Collection[str]) -> None:
        """Note that it is known who keeps what, and who of them has answered."""
        self._found = True
        others = set(self.servers.names()).difference(answered)
        self._gone = {name: reason for name, reason in self._gone.items() if name in others}

    def _not_found(self, error: Exception) -> None:
        hint = "" if self._found else hint_of(error, tls=self._address.tls)
        self._gone[str(self._address)] = line_of(error) + hint
        self._look_on()

    def _look_on(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_for())

    async def _look_for(self) -> None:
        """Ask for those who are gone, until they are there again, or others in their places."""
        pause = FIRST_PAUSE
        while self._gone:
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 so that many nodes do not come together
            pause = min(pause * 1.5, LONGEST_PAUSE)
            try:
                self._note_found(await self.servers.refresh())
            except FAULTS as error:
                self._not_found(error)
                continue
            await asyncio.gather(*(self._try(name) for name in list(self._gone)))

    async def _try(self, name: str) -> None:
        try:
            (pong,) = await self.servers.run(name, [("PING",)])
        except FAULTS as error:
            self._gone[name] = line_of(error)
        else:
            if answers(pong):
                self._gone.pop(name, None)

    def _in_words(self, error: Exception) -> str:
        return f"{self._address}: {line_of(error)}"


def _answer(asked: Sequence[tuple[Command, asyncio.Future[Reply]]], outcomes: Sequence[Outcome]) -> None:
    for (_, future), outcome in zip(asked, outcomes, strict=True):
        if future.done():  # nobody waits any more
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
