"""The log of a store that fails: one line when that begins, by what is wrong, and one when it is over."""

from __future__ import annotations

import asyncio
import logging
import time

from omotenashi.profiles.store import Store

logger = logging.getLogger("omotenashi.store")
_OVER_AFTER = 10.0
"""Seconds without a failure after which an outage is over: of a store in many parts, some answer and others do not."""
_UNREAD, _UNWRITTEN, _ONCE = "unread", "unwritten", "once"
_LOOKED_AFTER = 1.0
"""Seconds between two looks whether it is over."""


class Outage:
    """Notes what fails. For one event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._began: float | None = None
        """By the monotonic clock, as the next; None while the store does what it should."""
        self._failed = 0.0
        self._kind = ""

    def note(self, error: Exception) -> None:
        """Note that something could not be read or written; say why, unless that was said."""
        self._failed = time.monotonic()
        kind, why = self._kind_and_why(error)
        if self._began is None or kind not in (self._kind, _ONCE):
            self._kind = kind
            logger.error("%s", why)
        if self._began is None:
            self._began = self._failed
            self._look_later()

    def _kind_and_why(self, error: Exception) -> tuple[str, str]:
        reading = self._store.check_reading()
        if reading is not None:
            return _UNREAD, f"the store cannot be read, history is unknown: {reading}"
        writing = self._store.check()
        if writing is not None:
            return (
                _UNWRITTEN,
                f"the store can be read, but nothing written; what visitors do is lost meanwhile: {writing}",
            )
        return _ONCE, f"the store failed once, though it answers: {error}"

    def _look_later(self) -> None:
        asyncio.get_running_loop().call_later(_LOOKED_AFTER, self._look)

    def _look(self) -> None:
        if self._began is None:
            return
        if time.monotonic() < self._failed + _OVER_AFTER or self._store.check() is not None:
            self._look_later()
            return
        logger.info("the store does again what it should; the trouble began %.0f s ago", time.monotonic() - self._began)
        self._began = None
