"""Who answers at an address: one server, which Sentinels may name, or the nodes of a Cluster."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol, cast

from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.sentinel import MasterNotFoundError
from redis.exceptions import (
    AskError,
    MovedError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    SlotNotCoveredError,
    TryAgainError,
)

from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.remote.address import Address
from omotenashi.profiles.remote.client import (
    Command,
    Outcome,
    Reply,
    client_of,
    cluster_of,
    code_of,
    line_of,
    sentinels_of,
)
from omotenashi.profiles.remote.exchange import Connections

FAULTS = (RedisError, RedisClusterException, OSError, asyncio.TimeoutError)
"""What is raised where a server does not answer."""
_RENEWED_AFTER = 1.0
"""Seconds between two looks for who has taken the place of a server that lets nobody write."""
_CANNOT_SAVE = "MISCONF"
"""The code with which a server refuses PING and all that is written, though it can be read."""


class Wait(NamedTuple):
    """How many replicas must have what was written, and how long to wait for them."""

    replicas: int
    milliseconds: int


class Unconfirmed(RedisError):
    """Fewer replicas have what was written than were asked for."""


class Servers(Protocol):
    """One server, or the nodes of a Cluster, by name."""

    def name_for(self, key: bytes) -> str:
        """Return who keeps a key; raises StoreUnavailable where nobody is known to."""

    def names(self) -> Sequence[str]:
        """Return the names of all who keep keys."""

    async def run(self, name: str, commands: Sequence[Command], wait: Wait | None = None) -> list[Outcome]:
        """Return the replies of a server in order; raises what the client does where it does not answer.

        Where replicas are waited for, and too few confirm, Unconfirmed stands for each reply.
        """

    async def refresh(self) -> Collection[str]:
        """Find out who keeps what by now; return the names of those who have answered and keep keys."""

    async def close(self) -> None: ...


class Single:
    """One server, or the one that Sentinels name."""

    def __init__(self, address: Address, connections: int, timeout: float) -> None:
        self._client = client_of(address, connections, timeout)
        make, callbacks = self._client.connection_pool.make_connection, self._client.response_callbacks
        self._connections = Connections(make, connections, timeout, callbacks)
        self._name = str(address)
        self._renewed = 0.0

    def name_for(self, key: bytes) -> str:
        del key
        return self._name

    def names(self) -> Sequence[str]:
        return [self._name]

    async def run(self, name: str, commands: Sequence[Command], wait: Wait | None = None) -> list[Outcome]:
        del name
        outcomes = await _exchanged(self._connections, commands, wait)
        if ReadOnlyError in map(type, outcomes):
            await self._renew()
        return outcomes

    async def refresh(self) -> Collection[str]:
        try:
            (pong,) = await self._connections.exchange([("PING",)])
        except MasterNotFoundError as error:
            raise await self._cause(error) from error
        if not answers(pong):
            raise pong
        return [self._name]

    async def _cause(self, error: MasterNotFoundError) -> RedisError:
        """Return what is wrong with a Sentinel, where it does not answer."""
        try:
            await sentinels_of(self._client)[0].execute_command("PING")  # type: ignore[no-untyped-call]
        except FAULTS as fault:
            return RedisError(f"{line_of(error)}: {line_of(fault)}")
        return error

    async def _renew(self) -> None:
        """Connect anew from now on: another server may have the name by now, and this one be its replica."""
        now = time.monotonic()
        if now >= self._renewed + _RENEWED_AFTER:
            self._renewed = now
            await self._connections.close()

    async def close(self) -> None:
        await self._connections.end()
        await self._client.aclose()
        for sentinel in sentinels_of(self._client):
            await sentinel.aclose()


class Cluster:
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

    async def run(self, name: str, commands: Sequence[Command], wait: Wait | None = None) -> list[Outcome]:
        if name not in self._nodes:
            raise RedisError(f"{name} is no part of the Cluster any more")
        found = await _exchanged(self._to(self._nodes[name]), commands, wait)
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
        asked = [command] if moved else [("ASKING",), command]
        try:
            return (await _exchanged(self._to(node), asked, wait))[-1]
        except FAULTS as fault:  # of that server: the one that was asked first is there
            return RedisError(f"{node.name}: {line_of(fault)}")

    async def refresh(self) -> Collection[str]:
        try:
            await self._client.nodes_manager.initialize()
        except RedisClusterException as error:
            raise _cause(error) from error
        known = {node.name for node in self._client.get_primaries()}
        self._nodes = {name: node for name, node in self._nodes.items() if name in known}
        for name in self._connections.keys() - known:
            await self._connections.pop(name).close()
        return ()

    async def close(self) -> None:
        for connections in self._connections.values():
            await connections.end()
        await self._client.nodes_manager.aclose()
        await self._client.nodes_manager.aclose("startup_nodes")
        await self._client.aclose()


def answers(pong: object) -> bool:
    """Tell whether a server that was sent a PING can be read at least."""
    return not isinstance(pong, Exception) or code_of(pong) == _CANNOT_SAVE


async def _exchanged(connections: Connections, commands: Sequence[Command], wait: Wait | None) -> list[Outcome]:
    """Return the outcomes of commands on one connection, and wait for replicas."""
    if wait is None:
        return await connections.exchange(commands)
    *outcomes, replicas = await connections.exchange([*commands, ("WAIT", *wait)])
    if isinstance(replicas, int) and replicas >= wait.replicas:
        return outcomes
    missing = Unconfirmed(f"{replicas} of {wait.replicas} replicas have confirmed", status_code="UNCONFIRMED")
    why = replicas if isinstance(replicas, Exception) else missing
    return [outcome if isinstance(outcome, Exception) else why for outcome in outcomes]


def _cause(error: RedisClusterException) -> Exception:
    """Return what the last node said that was asked which nodes there are."""
    cause: BaseException | None = error.__cause__
    if isinstance(cause, RedisClusterException):  # it is raised instead of what was said
        cause = cause.__context__
    return cause if isinstance(cause, FAULTS) else RedisError(str(error))
