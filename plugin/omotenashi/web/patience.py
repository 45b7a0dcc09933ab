"""How long one connection may keep the server waiting: for a request, for its rest, and until an answer is read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf

from msgspec import Struct
from uvicorn.protocols.http.flow_control import FlowControl


class Patience(Struct, frozen=True):
    """Seconds that are waited. Between requests it is uvicorn's `timeout_keep_alive`."""

    head: float = 5
    """From the first byte of a request until its head is there as a whole; for the first one, from the connection."""
    body: float = 10
    """From the end of the head until the body is there as a whole."""
    unread: float = 30
    """Until a client reads who has left more unread than the transport holds (64 KB), or who is to be let go of."""
    stop: float = 0.5
    """For a request that was on its way when the server began to stop."""


class Deadline:
    """The time until which the other end has to do something.

    To move it on costs next to nothing, so each request may: the timer stays, and moves when it rings too early.
    """

    __slots__ = ("_at", "_loop", "_passed", "_rings_at", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, passed: Callable[[], None]) -> None:
        """`passed` is called when the time is over; nothing has to be done by then as long as none is set."""
        self._loop = loop
        self._passed: Callable[[], None] | None = passed
        self._at = self._rings_at = inf
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """Let the time be over in so many seconds, whatever was set before."""
        self._at = self._loop.time() + seconds
        if self._rings_at > self._at:
            self._start_timer(seconds)

    def lift(self) -> None:
        """Wait as long as it takes."""
        self._at = inf

    def end(self) -> None:
        """Never call again; forget who is called."""
        self._passed = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start_timer(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._rings_at = self._at
        self._timer = self._loop.call_later(seconds, self._ring)

    def _ring(self) -> None:
        self._timer, self._rings_at = None, inf
        left = self._at - self._loop.time()
        if left <= 0:
            self._at = inf
            if self._passed is not None:
                self._passed()
        elif left < inf:
            self._start_timer(left)


class Flow(FlowControl):
    """Reading stops where uvicorn wants it, and while something is held that was not parsed. Who reads nothing is let go of."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, unread: float) -> None:
        """`unread`: seconds."""
        super().__init__(transport)
        self.holds = False
        self._loop = loop
        self._unread = unread
        self._end: asyncio.TimerHandle | None = None

    def hold(self) -> None:
        """Read no more until `release`."""
        if not self.holds and not self.read_paused:
            self._transport.pause_reading()
        self.holds = True

    def release(self) -> None:
        """Read on, unless uvicorn wants to wait."""
        if self.holds and not self.read_paused and not self._transport.is_closing():
            self._transport.resume_reading()
        self.holds = False

    def pause_reading(self) -> None:
        """Read no more until `resume_reading`."""
        if not self.holds:
            super().pause_reading()
        self.read_paused = True

    def resume_reading(self) -> None:
        """Read on, unless something is held."""
        if not self.holds:
            super().resume_reading()
        self.read_paused = False

    def pause_writing(self) -> None:
        """Write no more until `resume_writing`, which has to come in time."""
        if self._end is None:
            self._end = self._loop.call_later(self._unread, self._transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        """Write on; uvicorn says so, too, when the connection is lost."""
        if self._end is not None:
            self._end.cancel()
            self._end = None
        super().resume_writing()
