"""Nodes that share a store meet there: it is looked at the start, and now and then, whether they take the same for granted."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress

from omotenashi.model.errors import SettingsError, StoreUnavailable
from omotenashi.profiles.background import watched
from omotenashi.profiles.store import Store

logger = logging.getLogger("omotenashi.meeting")
_AGAIN = 60.0
"""Seconds, about, until it is looked again: a store may have been emptied, and then a wrong node come first."""
_SOON = 1.0
"""Likewise where it did not answer yet."""


class Meeting:
    """One node's part in it. For one event loop."""

    def __init__(self, store: Store, secret: bytes, failed: Callable[[StoreUnavailable], None]) -> None:
        """`secret`: the key of member ids; `failed` is told where the store does not answer at the start."""
        self._store = store
        self._secret = secret
        self._failed = failed
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Look for the store; raises SettingsError where other nodes use another key of member ids."""
        self.end()
        wait = _AGAIN
        try:
            await self._store.look(self._secret)
        except StoreUnavailable as error:
            self._failed(error)
            wait = _SOON
        if self._store.reader is None:
            self._task = watched(self._go_on(wait))

    def end(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()

    async def _go_on(self, wait: float) -> None:
        said = None
        while True:
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 so that not all nodes come at once
            with suppress(StoreUnavailable):
                problem, wait = await self._difference(), _AGAIN
                if problem and problem != said:
                    logger.error("%s", problem)
                said = problem

    async def _difference(self) -> str | None:
        """Return what other nodes take for granted otherwise. Raises StoreUnavailable."""
        try:
            await self._store.look(self._secret)
        except SettingsError as error:
            return str(error)
        return None
