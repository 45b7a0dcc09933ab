"""Many commands at once to Redis or Valkey, and all keys of a server: for commands of operators, which nobody waits for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import cast

from omotenashi.profiles.remote.client import Command, Outcome, Reply
from omotenashi.profiles.remote.wire import Wire

_SCANNED = 1000
"""Keys that a server looks at in one step."""


class Bulk:
    """Sends what it is given over a wire whose servers were looked for."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

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

    async def scan(self, server: str, cursor: int, pattern: bytes, count: int = _SCANNED) -> tuple[int, list[bytes]]:
        """Return some keys of a server, none perhaps, and where to go on; 0 is the start, and the end.

        `count`: of keys that the server looks at.

        Keys that are there all the time come at least once.
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
        return [_reply(outcome) for outcome in await self._wire.run(server, commands, writes=writes)]


def _reply(outcome: Outcome) -> Reply:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
