"""The end of what was kept long enough, while nodes serve.

Servers let go of a profile by themselves, but not of the old events in one that stays, nor earlier where the retention was
shortened since it was written. One node does that for all of them: the one that holds the lease.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets

from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.packing import pack
from omotenashi.profiles.remote import rows, scripts
from omotenashi.profiles.remote.access import Access
from omotenashi.profiles.remote.bulk import Bulk
from omotenashi.profiles.remote.client import Command
from omotenashi.profiles.remote.rows import Row
from omotenashi.profiles.retention import current, is_over

logger = logging.getLogger("omotenashi.sweep")
_PAUSE = 0.2
"""Seconds between two steps, each of which looks at some hundred keys: with 30 µs for each, 2 % of a core."""
_LOOKED_AT = 100
_FIRST, _REST = 60.0, 600.0
"""Seconds, about, until the first round and between two; after them it is looked whether the lease is free, too."""
_LEASE = 60
"""Seconds for which a node holds the lease that does not renew it."""
_START = 0


class Sweeper:
    """One node's part in it. For one event loop."""

    def __init__(self, access: Access, prefix: str) -> None:
        self._access = access
        self._lease = f"{prefix}:sweeper".encode()
        self._pattern = f"{prefix}:{{*}}:p".encode()
        self._key = rows.key_pattern(prefix)
        self._me = secrets.token_hex(8).encode()
        self._problem = ""

    async def run(self) -> None:
        """Go round again and again, until cancelled."""
        wait = _FIRST
        while True:
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 so that nodes do not come together
            wait = _REST
            try:
                await self._round()
                self._problem = ""
            except StoreUnavailable as error:
                if str(error) != self._problem:
                    logger.warning("what was kept long enough could not be looked for: %s", error)
                self._problem = str(error)

    async def _round(self) -> None:
        """Look at all profiles once, as long as this node holds the lease. Raises StoreUnavailable."""
        servers = list(Bulk(self._access.wire()).servers())
        random.shuffle(servers)  # where nodes are started anew before a round ends, none is always the last
        for server in servers:
            cursor, is_new = _START, True
            while (cursor != _START or is_new) and await self._is_mine():
                cursor, is_new = await self._step(server, cursor), False
                await asyncio.sleep(_PAUSE)
        await self._is_mine(int(_REST) + _LEASE)  # so that no other node begins the next round at once

    async def _is_mine(self, seconds: int = _LEASE) -> bool:
        """Tell whether this node holds the lease, or takes it now; for so many seconds."""
        key, wire = self._lease, self._access.wire()
        return await wire.write(key, "EVAL", scripts.LEASE, 1, key, self._me, seconds) == 1

    async def _step(self, server: str, cursor: int) -> int:
        """Look at some keys of a server; return where to go on, 0 at the end."""
        bulk = Bulk(self._access.wire())
        now = await bulk.time(server)  # theirs: a node whose clock is wrong must not end what others keep
        following, found = await bulk.scan(server, cursor, self._pattern, _LOOKED_AT)
        keys = [key for key in found if self._key.fullmatch(key)]
        values = await self._access.wire().run(server, [("GET", key) for key in keys], writes=False)
        stored = [rows.row_of(value if isinstance(value, bytes) else None) for value in values]  # others' are no rows
        changes = [change for key, row in zip(keys, stored, strict=True) if (change := self._change(key, row, now))]
        await bulk.run(server, changes, writes=True)
        return following

    def _change(self, key: bytes, row: Row, now: int) -> Command | None:
        """Return what takes from a row that nobody has written since what may no longer be kept; None where all may."""
        keep = self._access.keep
        if row.data is None:
            return None
        if is_over(row.updated, now, keep):
            return "EVAL", scripts.REMOVE, 1, key, row.version
        try:
            profile = row.profile
        except StoreUnavailable:  # it cannot be trimmed, and expires as a whole
            return None
        trimmed = current(profile, now, keep)
        if trimmed is profile:
            return None
        after = Row(rows.new_version(), row.updated, pack(trimmed), row.marks)
        expires = row.updated + keep.profiles + 1
        return "EVAL", scripts.WRITE_AT, 1, key, row.version, rows.value_of(after), expires
