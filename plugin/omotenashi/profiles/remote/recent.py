"""The rows of the last half minute or so, from the read of a request to its write, and for the visitor's next one."""

from __future__ import annotations

import asyncio

from omotenashi.profiles.remote.rows import Row

_TURN = 30.0
"""Seconds after which what was not asked for in them is forgotten, so that what was erased elsewhere does not stay."""
_MOST = 256
"""Twice as many at the most: those of the requests under way, and few visitors come again while a busy node has so many
more. With 2,048, to read and write a profile took 3 to 4 % more CPU."""


class Recent:
    """Rows by place; for one event loop."""

    def __init__(self) -> None:
        self._new: dict[str, Row] = {}
        self._old: dict[str, Row] = {}
        self._turning: asyncio.TimerHandle | None = None

    def get(self, place: str) -> Row | None:
        """Return a row as it was when it was seen last."""
        return self._new.get(place) or self._old.get(place)

    def put(self, place: str, row: Row) -> None:
        """Keep a row."""
        if len(self._new) >= _MOST:
            self._turn()
        self._new[place] = row
        if self._turning is None:
            self._turning = asyncio.get_running_loop().call_later(_TURN, self._turn)

    def forget(self, place: str) -> None:
        """Know nothing of a row any more."""
        self._new.pop(place, None)
        self._old.pop(place, None)

    def clear(self) -> None:
        """Know nothing any more."""
        if self._turning is not None:
            self._turning.cancel()
            self._turning = None
        self._new, self._old = {}, {}

    def _turn(self) -> None:
        if self._turning is not None:
            self._turning.cancel()
        self._old, self._new = self._new, {}
        waits = asyncio.get_running_loop().call_later(_TURN, self._turn) if self._old else None
        self._turning = waits
