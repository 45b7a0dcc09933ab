"""Ctrl-C and SIGTERM: they stop a script once, and never between starting something and knowing that it has to be stopped."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Raises KeyboardInterrupt for them in the main thread."""

    def __init__(self) -> None:
        self._held = 0
        self._came = False
        self._stop: Callable[[], object] | None = None

    def heed(self) -> None:
        """Raise it from now on, also where a script started this in the background, which ignores SIGINT."""
        for name in _SIGNALS:
            signal.signal(name, self._come)

    @contextmanager
    def held(self, stop: Callable[[], object] | None = None) -> Iterator[None]:
        """Do what is inside to its end before it is raised; `stop` is called at once, to bring that end about."""
        self._held += 1
        self._stop = stop or self._stop
        try:
            yield
        finally:
            self._held -= 1
            if stop is not None:
                self._stop = None
            if self._came and not self._held:
                self._came = False
                raise KeyboardInterrupt

    def _come(self, _signal: int, _frame: FrameType | None) -> None:
        for name in _SIGNALS:  # a second one would disturb the end
            signal.signal(name, signal.SIG_IGN)
        if self._held:
            self._came = True
            if self._stop is not None:
                self._stop()
        else:
            raise KeyboardInterrupt


INTERRUPTS = Interrupts()
