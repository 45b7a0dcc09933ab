"""An answer that takes time, without a task."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, cast

from omotenashi.web.request import Answer

if TYPE_CHECKING:
    from omotenashi.web.direct import Protocol


class Turn:
    """A request whose answer takes time: it goes on without a task, which costs more than most answers do.

    So what answers on this way may wait for futures alone, and not ask for its task, as `asyncio.timeout` does. For uvicorn it is one of its own
    cycles, so that what comes after it is kept waiting, and one of its tasks, so that a stop waits for it.
    """

    message_event = asyncio.Event()
    """Nobody waits for it."""

    def __init__(
        self, protocol: Protocol, answering: Coroutine[Any, Any, Answer], *, keep_alive: bool, with_body: bool
    ) -> None:
        self.keep_alive = keep_alive
        """uvicorn takes it back when the server is to stop."""
        self.disconnected = False
        self.response_complete = False
        self._protocol = protocol
        self._answering = answering
        self._with_body = with_body
        self._awaited: asyncio.Future[object]
        protocol.tasks.add(cast("asyncio.Task[None]", self))

    def wait_for(self, awaited: asyncio.Future[object] | None) -> None:
        """Go on when that is there which the answer waits for; None: it only lets others go before it."""
        if awaited is None:
            awaited = self._protocol.loop.create_future()
            awaited.set_result(None)
        awaited._asyncio_future_blocking = False  # noqa: SLF001 as a task does: others may wait for it, too
        self._awaited = awaited
        awaited.add_done_callback(self._go_on)

    def cancel(self, msg: object = None) -> None:
        """Wait no longer."""
        self._awaited.cancel(msg)

    def _go_on(self, _: object) -> None:
        try:
            awaited = self._answering.send(None)
        except StopIteration as answered:
            self._end(answered.value)
        except asyncio.CancelledError:
            self._end(None)
        else:
            self.wait_for(awaited)

    def _end(self, answer: Answer | None) -> None:
        """Send the answer, if there is one and somebody who waits for it."""
        protocol = self._protocol
        protocol.tasks.discard(cast("asyncio.Task[None]", self))
        if answer is None:
            protocol.transport.close()
        elif not self.disconnected and not protocol.transport.is_closing():
            protocol.send_answer(answer, keep_alive=self.keep_alive, with_body=self._with_body)
            self.response_complete = True
            protocol.go_on()
