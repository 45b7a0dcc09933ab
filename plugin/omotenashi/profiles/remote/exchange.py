"""Commands and their replies on one connection of redis-py.

Its own pipelines do the same, but look for each of them whether the socket is readable, and where there is a
`socket_timeout` make a task to send and a timer for each reply. Without that, to read and write a profile took a tenth to a
fifth less CPU. Commands are packed by hiredis, which takes a tenth of the time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from hiredis import pack_command
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as ClosedError
from redis.exceptions import MaxConnectionsError, RedisError, ResponseError

from omotenashi.profiles.remote.client import REPEATABLE, Command

_Callbacks: TypeAlias = "Mapping[Any, Callable[..., Any]]"
"""What makes of a reply what redis-py returns, by name of the command."""


class Connections:
    """Connections to one server, as many as there are exchanges at a time."""

    def __init__(
        self, make: Callable[[], AbstractConnection], most: int, silence: float, callbacks: _Callbacks
    ) -> None:
        """`silence`: seconds without a reply after which a server is taken to be gone."""
        self._make = make
        self._most = most
        self._silence = silence
        self._callbacks = callbacks
        self._used = 0
        self._idle: list[AbstractConnection] = []

    async def exchange(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands together and return the replies in order; where one is refused, a ResponseError stands in its place.

        A connection that the server has closed while nobody used it is opened anew. One that breaks under way, too, but
        only for what changes nothing: nobody knows whether the rest was done, and whoever asks does it again another time.
        Raises RedisError or OSError, such as TimeoutError, where the server does not answer.
        """
        connection = self._taken()
        try:
            used = await _is_open(connection)
            if not used:
                await connection.connect()  # type: ignore[no-untyped-call]
            try:
                return await self._exchanged(connection, commands)
            except (RedisError, OSError) as error:
                await self.close()  # what one has met, such as a server that was started anew, others would meet, too
                if not (used and _may_be_repeated(commands, error)):
                    raise
            await connection.connect()  # type: ignore[no-untyped-call]
            return await self._exchanged(connection, commands)
        finally:
            self._used -= 1
            self._idle.insert(len(self._idle) if connection.is_connected else 0, connection)  # the open ones come first

    async def close(self) -> None:
        """Close those that nobody uses; they connect anew when they are used again."""
        for connection in self._idle:
            await connection.disconnect(nowait=True)

    async def end(self) -> None:
        """Close those that nobody uses, and wait until they are: with TLS both ends have to say so."""
        with suppress(RedisError, OSError):
            await asyncio.gather(*(connection.disconnect() for connection in self._idle))

    def _taken(self) -> AbstractConnection:
        if self._used >= self._most:
            raise MaxConnectionsError(f"{self._most} connections are in use")
        self._used += 1
        return self._idle.pop() if self._idle else self._make()

    async def _exchanged(self, connection: AbstractConnection, commands: Sequence[Command]) -> list[Any]:
        usual, connection.socket_timeout = connection.socket_timeout, None  # one deadline for all
        found: list[Any] = []
        try:
            async with asyncio.timeout(self._silence) as deadline:
                await connection.send_packed_command(b"".join(map(_packed, commands)))
                for command in commands:
                    if found:
                        deadline.reschedule(asyncio.get_running_loop().time() + self._silence)
                    found.append(await self._reply(connection, command))
        except TimeoutError as error:
            raise TimeoutError(f"no reply within {self._silence:g} s") from error
        finally:
            connection.socket_timeout = usual
            if len(found) < len(commands):  # what comes late must not be taken for the answer to something else
                await connection.disconnect(nowait=True)
        return found

    async def _reply(self, connection: AbstractConnection, command: Command) -> object:
        try:
            reply = await connection.read_response()
        except ResponseError as error:
            return error
        read = self._callbacks.get(command[0])
        return reply if read is None else read(reply)


async def _is_open(connection: AbstractConnection) -> bool:
    """Tell whether a connection can be used as it is; one that the server has closed is closed here, too."""
    if connection.is_connected and await connection.can_read():
        await connection.disconnect(nowait=True)
    is_open: bool = connection.is_connected
    return is_open


def _may_be_repeated(commands: Sequence[Command], error: Exception) -> bool:
    """Tell whether commands may be sent again that a connection did not outlive; a server that is silent was waited for."""
    ended = isinstance(error, ClosedError | ConnectionError)
    return ended and all(command[0] in REPEATABLE for command in commands)


def _packed(command: Command) -> bytes:
    packed: bytes = pack_command(command)  # type: ignore[arg-type]  # its stub means a tuple of any length
    return packed
