"""Commands to Redis or Valkey: those of one turn of the event loop go together, and who does not answer is left alone.

A server that failed is asked nothing until it answers a PING, which is tried after a pause that grows: so requests do not
wait for it again and again, and when it is back they do not all come at once.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol, TypeAlias, cast

from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.sentinel import MasterNotFoundError
from redis.exceptions import (
    AskError,
    ClusterDownError,
    MovedError,
    RedisClusterException,
    RedisError,
    SlotNotCoveredError,
    TryAgainError,
)

from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.remote.address import Address, Kind
from omotenashi.profiles.remote.client import Command, client_of, cluster_of, sentinels_of
from omotenashi.profiles.remote.exchange import Connections

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""Seconds until a server that failed is tried again; each time half as long again, and up to a half more or less."""
_SPARE = 2
"""Connections that are left for looking whether a server answers."""
_FAULTS = (RedisError, RedisClusterException, OSError, asyncio.TimeoutError)

Reply: TypeAlias = "bytes | int | list[bytes | None] | None"
Outcome: TypeAlias = "Reply | Exception"
Wait: TypeAlias = "tuple[str, int, int]"
"""WAIT, replicas, milliseconds."""


class Servers(Protocol):
    """One server, or the nodes of a Cluster, by name."""

    def name_for(self, key: bytes) -> str:
        """Return who keeps a key; raises StoreUnavailable where nobody is known to."""

    def names(self) -> Sequence[str]:
        """Return the names of all who keep keys."""

    async def run(self, name: str, commands: Sequence[Command]) -> list[Outcome]:
        """Return the replies of a server in order; raises what the client does where it does not answer."""

    async def refresh(self) -> None:
        """Find out who keeps what by now."""

    async def close(self) -> None: ...


class Wire:
    """Sends commands, each with the key that says where to. For one event loop."""

    def __init__(self, address: Address, *, connections: int, timeout: float, replicas: int = 0) -> None:
        """`connections`: at most so many to each server; `timeout`: seconds until one is taken to be gone.

        What comes while all are in use waits for one, and then goes together.
        `replicas`: how many must have confirmed what is written before `write` returns.
        """
        self.servers: Servers = (
            _Cluster(address, connections, timeout)
            if address.kind is Kind.CLUSTER
            else _Single(address, connections, timeout)
        )
        self._address = address
        self._timeout = timeout
        self._replicas = replicas
        self._most = max(1, connections - _SPARE)
        self._under_way: Counter[str] = Counter()
        """Exchanges by server."""
        self._sending: asyncio.Handle | None = None
        self._waiting: dict[tuple[str, bool], list[tuple[Command, asyncio.Future[Reply]]]] = defaultdict(list)
        self._tasks: set[asyncio.Task[None]] = set()
        self._gone: dict[str, str] = {}
        """Why, by name of the server."""
        self._looking: asyncio.Task[None] | None = None

    @property
    def problem(self) -> str | None:
        """What is wrong, in one line."""
        return "; ".join(f"{name}: {reason}" for name, reason in self._gone.items()) or None

    def read(self, key: bytes, *command: bytes | str | int) -> asyncio.Future[Reply]:
        """Send a command that changes nothing. The reply is StoreUnavailable where there is none."""
        return self._ask(key, command, writes=False)

    def write(self, key: bytes, *command: bytes | str | int) -> asyncio.Future[Reply]:
        """Send a command that changes something; where `replicas` are asked for, it is StoreUnavailable without them."""
        return self._ask(key, command, writes=True)

    async def look(self) -> None:
        """Find the servers; raises StoreUnavailable."""
        try:
            await self.servers.refresh()
        except _FAULTS as error:
            self._lost("", error)
            raise StoreUnavailable(self._in_words(error)) from error

    async def close(self) -> None:
        """Wait for what was sent, and close the connections."""
        while self._waiting or self._tasks:
            self._send()
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
        self._waiting[name, writes and self._replicas > 0].append((command, future))
        self._send_soon()
        return future

    def _send_soon(self) -> None:
        if self._sending is None:
            self._sending = asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        """Send what this turn of the event loop brought, and what still waits, as far as there are connections."""
        self._sending = None
        for name, writes in list(self._waiting):
            if self._under_way[name] < self._most:
                waiting = self._waiting.pop((name, writes))
                asked = [(command, future) for command, future in waiting if not future.done()]
                self._under_way[name] += 1
                task = asyncio.create_task(self._run(name, asked, writes=writes))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def run(self, name: str, commands: Sequence[Command], *, writes: bool) -> list[Outcome]:
        """Send commands to one server in one go; where there is no reply stands StoreUnavailable."""
        confirmed = writes and self._replicas > 0
        asked = [*commands, ("WAIT", self._replicas, int(self._timeout * 500))] if confirmed else commands
        try:
            outcomes = [self._outcome(outcome) for outcome in await self.servers.run(name, asked)]
        except _FAULTS as error:
            self._lost(name, error)
            outcomes = [StoreUnavailable(self._in_words(error))] * len(asked)
        return self._confirmed(outcomes) if confirmed else outcomes

    async def _run(self, name: str, asked: list[tuple[Command, asyncio.Future[Reply]]], *, writes: bool) -> None:
        outcomes: Sequence[Outcome] = [StoreUnavailable(f"{self._address}: it failed")] * len(asked)
        try:
            if asked:
                outcomes = await self.run(name, [command for command, _ in asked], writes=writes)
        finally:  # whatever happens, nobody waits for ever
            self._under_way[name] -= 1
            if self._waiting:
                self._send_soon()
            _answer(asked, outcomes)

    def _outcome(self, outcome: Outcome) -> Outcome:
        """A command that was refused, such as by a full server, fails alone."""
        if isinstance(outcome, ClusterDownError | SlotNotCoveredError | AskError):  # the last: of a node that is new
            self._lost("", outcome)
        return StoreUnavailable(self._in_words(outcome)) if isinstance(outcome, Exception) else outcome

    def _confirmed(self, outcomes: list[Outcome]) -> list[Outcome]:
        replicas = outcomes.pop()
        if isinstance(replicas, int) and replicas >= self._replicas:
            return outcomes
        told = replicas if isinstance(replicas, int) else 0
        missing = StoreUnavailable(f"{self._address}: {told} of {self._replicas} replicas have confirmed")
        return [outcome if isinstance(outcome, Exception) else missing for outcome in outcomes]

    def _lost(self, name: str, error: Exception) -> None:
        """Note that a server does not answer, and look for it from now on."""
        if name:
            self._gone[name] = _line(error)
        else:
            self._gone.setdefault(str(self._address), _line(error))
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
                await self.servers.refresh()
            except _FAULTS as error:
                self._gone[str(self._address)] = _line(error)
                continue
            parts = set(self.servers.names())
            self._gone = {name: reason for name, reason in self._gone.items() if name in parts}
            await asyncio.gather(*(self._try(name) for name in list(self._gone)))

    async def _try(self, name: str) -> None:
        try:
            (pong,) = await self.servers.run(name, [("PING",)])
        except _FAULTS as error:
            self._gone[name] = _line(error)
        else:
            if not isinstance(pong, Exception):
                del self._gone[name]

    def _in_words(self, error: Exception) -> str:
        return f"{self._address}: {_line(error)}"


class _Single:
    """One server, or the one that Sentinels name."""

    def __init__(self, address: Address, connections: int, timeout: float) -> None:
        self._client = client_of(address, connections, timeout)
        make, callbacks = self._client.connection_pool.make_connection, self._client.response_callbacks
        self._connections = Connections(make, connections, timeout, callbacks)
        self._name = f"{address}/"

    def name_for(self, key: bytes) -> str:
        del key
        return self._name

    def names(self) -> Sequence[str]:
        return [self._name]

    async def run(self, name: str, commands: Sequence[Command]) -> list[Outcome]:
        del name
        return await self._connections.exchange(commands)

    async def refresh(self) -> None:
        (pong,) = await self._connections.exchange([("PING",)])
        if isinstance(pong, Exception):
            raise pong

    async def close(self) -> None:
        await self._connections.close()
        await self._client.aclose()
        for sentinel in sentinels_of(self._client):
            await sentinel.aclose()


class _Cluster:
    """The nodes of a Cluster."""

    def __init__(self, address: Address, connections: int, timeout: float) -> None:
        self._client: RedisCluster = cluster_of(address, connections, timeout)
        self._silence = timeout
        self._nodes: dict[str, ClusterNode] = {}
        self._connections: dict[str, Connections] = {}

    def name_for(self, key: bytes) -> str:
        try:
            node = self._client.nodes_manager.get_node_from_slot(self._client.keyslot(key))
        except (SlotNotCoveredError, KeyError) as error:
            raise StoreUnavailable("no node of the Cluster is known that keeps this") from error
        name: str = node.name
        self._nodes[name] = node
        return name

    def names(self) -> Sequence[str]:
        self._nodes |= {node.name: node for node in self._client.get_primaries()}
        return sorted(self._nodes)

    async def run(self, name: str, commands: Sequence[Command]) -> list[Outcome]:
        if name not in self._nodes:
            raise RedisError(f"{name} is no part of the Cluster any more")
        found = await self._to(self._nodes[name]).exchange(commands)
        wait = cast("Wait", commands[-1]) if commands and commands[-1][0] == "WAIT" else None
        return [await self._settled(name, *asked, wait) for asked in zip(commands, found, strict=True)]

    async def _settled(self, name: str, command: Command, outcome: Outcome, wait: Wait | None) -> Outcome:
        """Return the reply of whoever has the key by now; keys of a slot that is moving are read one by one."""
        if isinstance(outcome, AskError):
            outcome = await self._redirected(outcome, command, wait)
        if isinstance(outcome, TryAgainError) and command[0] == "MGET":
            parts = await self.run(name, [("GET", key) for key in command[1:]])
            return next((one for one in parts if isinstance(one, Exception)), cast("Reply", parts))
        return outcome

    def _to(self, node: ClusterNode) -> Connections:
        known = self._connections.get(node.name)
        if known is None:
            make, most, callbacks = node.acquire_connection, node.max_connections, node.response_callbacks
            known = self._connections[node.name] = Connections(make, most, self._silence, callbacks)
        return known

    async def _redirected(self, error: AskError, command: Command, wait: Wait | None) -> Outcome:
        """Follow a slot that has moved (MOVED, which is remembered) or is moving (ASK) to another node."""
        manager, moved = self._client.nodes_manager, isinstance(error, MovedError)
        if moved:
            await manager.move_slot(error)
        node = manager.get_node(host=error.host, port=error.port)
        if node is None:
            return error
        asked = [*([] if moved else [("ASKING",)]), command, *([] if wait is None else [wait])]
        try:
            found = await self._to(node).exchange(asked)
        except _FAULTS as fault:  # of that server: the one that was asked first is there
            return RedisError(f"{node.name}: {_line(fault)}")
        if wait is not None and not (isinstance(found[-1], int) and found[-1] >= wait[1]):
            return RedisError(f"{found[-1]} of {wait[1]} replicas have confirmed")
        return cast("Outcome", found[len(asked) - 1 if wait is None else len(asked) - 2])

    async def refresh(self) -> None:
        try:
            await self._client.nodes_manager.initialize()
        except RedisClusterException as error:
            raise _cause(error) from error
        known = {node.name for node in self._client.get_primaries()}
        self._nodes = {name: node for name, node in self._nodes.items() if name in known}
        for name in self._connections.keys() - known:
            await self._connections.pop(name).close()

    async def close(self) -> None:
        for connections in self._connections.values():
            await connections.close()
        await self._client.nodes_manager.aclose()
        await self._client.nodes_manager.aclose("startup_nodes")
        await self._client.aclose()


def _cause(error: RedisClusterException) -> Exception:
    """Return what the last node said that was asked which nodes there are."""
    cause: BaseException | None = error.__cause__
    if isinstance(cause, RedisClusterException):  # it is raised instead of what was said
        cause = cause.__context__
    return cause if isinstance(cause, _FAULTS) else RedisError(str(error))


def _line(error: Exception) -> str:
    if isinstance(error, MasterNotFoundError):  # it says a thousand characters about the clients
        return "no Sentinel names a master"
    return " ".join(str(error).split()) or type(error).__name__


def _answer(asked: Sequence[tuple[Command, asyncio.Future[Reply]]], outcomes: Sequence[Outcome]) -> None:
    for (_, future), outcome in zip(asked, outcomes, strict=True):
        if future.done():  # nobody waits any more
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
