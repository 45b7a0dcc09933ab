"""Heavy work beside requests: the collector leaves what is built alone, and a thread that builds gives way.

Python runs one thread at a time. A thread that builds a million objects would keep every request waiting, at each of
its turns, until it is made to pass the turn on; and a full collection stops all threads while it looks at everything.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

_NEVER = 1_000_000
_STEP = 50
"""Containers that are made between two looks at the clock."""
_LONG_ENOUGH = 0.0003
"""Seconds of work after which it rests."""
_REST = 2.0
"""Times as long as it worked, the thread rests."""
_LONGEST_REST = 0.005
_TURN = 0.0002
"""Seconds after which work that makes no containers passes the turn on to who waits for it; Python's own are 5 ms."""
_AT_ONCE = 20


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for cycles only among the youngest objects: what is built meanwhile has none, and stays."""
    first, *others = gc.get_threshold()
    gc.set_threshold(first, _NEVER, _NEVER)
    try:
        yield
    finally:
        gc.set_threshold(gc.get_threshold()[0], *others)


class GivingWay:
    """While it is entered, its thread rests twice as long as it works, in steps of less than a millisecond where it can.

    The collector's clock says when: it calls back whenever some more containers were made. So what is built need not
    know of it, and is as pure as when nobody waits. What was built is left out of later collections.
    """

    def __enter__(self) -> Self:
        self._before = gc.get_threshold(), sys.getswitchinterval()
        self._thread = threading.get_ident()
        self._since = time.perf_counter()
        gc.set_threshold(_STEP, _NEVER, _NEVER)
        sys.setswitchinterval(_TURN)
        gc.callbacks.append(self._collected)
        return self

    def __exit__(self, *_: object) -> None:
        gc.callbacks.remove(self._collected)
        gc.freeze()
        thresholds, turn = self._before
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(turn)

    def rest(self) -> None:
        """Let others have their turn."""
        worked = time.perf_counter() - self._since
        if worked < _LONG_ENOUGH:
            return
        time.sleep(min(_REST * worked, _LONGEST_REST))
        self._since = time.perf_counter()

    def take_apart(self, pieces: list[object]) -> None:
        """Let go of many things few at a time: all at once they would be freed in one turn. The list is emptied."""
        while pieces:
            del pieces[-_AT_ONCE:]
            self.rest()

    def _collected(self, phase: str, _: dict[str, Any]) -> None:
        if phase == "stop" and threading.get_ident() == self._thread:
            self.rest()
