"""Many commands at once to Redis or Valkey, and all keys of a server: for commands of operators, which nobody waits for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from omotenashi.profiles.remote.address import Address
from omotenashi.profiles.remote.client import Command, Outcome, Reply
from omotenashi.profiles.remote.unreadable import is_of_another_type, of_another_type
from omotenashi.profiles.remote.wire import Wire
from omotenashi.profiles.transfer import END

_SCANNED = 1000
"""Keys that a server looks at in one step."""


class Bulk:
    """Sends what it is given over a wire whose servers were looked for."""

    def __init__(self, wire: Wire, address: Address | None = None) -> None:
        """`address`: of the wire, so that a key that holds no plain value is named."""
        self._wire = wire
        self._address = address

    def servers(self) -> Sequence[str]:
        """Return the names of all who keep keys."""
        return self._wire.servers.names()

    async def ask(self, asked: Sequence[tuple[bytes, Command]], *, writes: bool = False) -> list[Reply]:
        """Return the replies to commands, each with the key that says where to; raises StoreUnavailable.

        `writes`: they change something, and as many replicas as were asked for must have it.
        """
        places: dict[str, list[int]] = defaultdict(list)
        for place, (key, _) in enumerate(asked):
            places[self._wire.servers.name_for(key)].append(place)
        found = await asyncio.gather(
            *(self.run(name, [asked[place][1] for place in mine], writes=writes) for name, mine in places.items())
        )
        replies: list[Reply] = [None] * len(asked)
        for mine, answered in zip(places.values(), found, strict=True):
            for place, reply in zip(mine, answered, strict=True):
                replies[place] = reply
        return replies

    async def listed(self, server: str, position: str, pattern: bytes) -> tuple[list[bytes], str]:
        """Return some keys of a server, none perhaps, and the position after them, as `transfer.Side.read` says.

        A cursor means something to the process alone that gave it (each has a hash seed of its own): after a restart, or
        on the server that took its place, it begins anew.
        """
        (told,) = await self.run(server, [("INFO", "server")])
        process = cast("dict[str, str]", told)["run_id"]  # as the client reads it
        before, _, cursor = position.rpartition("/")
        following, keys = await self.scan(server, int(cursor) if before == process else 0, pattern)
        return keys, f"{process}/{following}" if following else END

    async def scan(self, server: str, cursor: int, pattern: bytes, count: int = _SCANNED) -> tuple[int, list[bytes]]:
        """Return some keys of a server, none perhaps, and where to go on; 0 is the start, and the end.

        `count`: of keys that the server looks at. Keys that are there all the time come at least once.
        """
        (reply,) = await self.run(server, [("SCAN", cursor, "MATCH", pattern, "COUNT", count)])
        following, keys = cast("tuple[int, list[bytes]]", reply)  # as the client reads it
        return following, list(dict.fromkeys(keys))

    async def time(self, server: str) -> int:
        """Return what a server's clock says, in seconds since 1970-01-01 UTC."""
        (reply,) = await self.run(server, [("TIME",)])
        return cast("tuple[int, int]", reply)[0]  # as the client reads it

    async def run(self, server: str, commands: Sequence[Command], *, writes: bool = False) -> list[Reply]:
        """Return the replies of one server; raises StoreUnavailable."""
        outcomes = await self._wire.run(server, commands, writes=writes)
        return [self._reply(command, outcome) for command, outcome in zip(commands, outcomes, strict=True)]

    def _reply(self, command: Command, outcome: Outcome) -> Reply:
        if not isinstance(outcome, Exception):
            return outcome
        key = command[3] if command[0] == "EVAL" else command[-1]
        if self._address is not None and is_of_another_type(outcome) and isinstance(key, bytes):
            raise of_another_type(self._address, key) from outcome
        raise outcome
