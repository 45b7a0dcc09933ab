"""uvicorn's protocol with limits of our own, and with a direct way for the requests that are many.

A call of `decide` or `event`, or the include of a block, that is small and stands alone is given to its endpoint as
soon as it is there, and the answer is sent in one write: no scope, no task, no events, no messages. All other requests
go uvicorn's way, by ASGI, and get the same answers.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from itertools import chain
from math import inf
from typing import Any, cast
from urllib.parse import unquote

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from omotenashi.web import collect, include
from omotenashi.web.answers import lines
from omotenashi.web.app import App, Endpoint
from omotenashi.web.guard import LARGEST_BODY, Access, names_host, refused_by_head
from omotenashi.web.patience import Deadline, Flow, Patience
from omotenashi.web.request import Answer, Connection, Header, Request
from omotenashi.web.turn import Turn

LARGEST_HEAD = 16_384
"""Bytes of request line and headers."""
MOST_HEADERS = 100
_LARGEST_FRAMING = 6 * LARGEST_BODY
"""Bytes of sizes of chunks and of trailers, which the parser keeps: a body may come in chunks of one byte each."""
_NOTHING, _HEAD, _BODY = range(3)
"""Of which part of a request something came and something is missing."""
_AT_ONCE = 2048
"""Bytes of one connection that are parsed in one turn of the loop: some fifty of the smallest requests, 1-2 ms of work."""
_POSTED: dict[bytes, tuple[str, Endpoint]] = {
    b"/v1/decide": ("/v1/decide", include.decide),
    b"/v1/event": ("/v1/event", collect.event),
}
_BLOCK = include.BLOCK.encode()
_UNUSUAL = frozenset({b"expect", b"transfer-encoding", b"upgrade"})
"""Headers of requests that go uvicorn's way."""
_NO_CONTENT = int(HTTPStatus.NO_CONTENT)
_MOST_DIGITS = 5
"""Of Content-Length on the direct way; what is larger than a body may be is refused by the endpoint."""


class Protocol(HttpToolsProtocol):
    """One connection. uvicorn's own text for malformed requests would land in a page that includes the answer."""

    patience = Patience()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 uvicorn's own
        super().__init__(*args, **kwargs)
        watched = self.access_log or self.root_path
        self._app = self.app if isinstance(self.app, App) and not watched else None
        """What answers directly; None where nothing goes that way."""
        self._connection = Connection("")
        self._most_connections, self.limit_concurrency = self.limit_concurrency or inf, None  # uvicorn answers a text
        self._missing = _NOTHING
        self._waited_for = _NOTHING
        """The part of this request whose deadline was set."""
        self._framing = 0
        """Bytes of the request that are no body, after the part of a packet in which it began; of one that goes the direct
        way all, since no more come than its length says."""
        self._deadline = Deadline(self.loop, self._give_up)
        self._stopping = False
        self._request: Request | None = None
        """The one that goes the direct way and is not there as a whole."""
        self._endpoint: Endpoint = include.decide
        self._keep_alive = True
        self._held = memoryview(b"")
        """What came and is parsed in later turns of the loop."""
        self._next_turn: asyncio.Handle | None = None
        self._refusal: HTTPStatus | None = None
        """What is said, after the answers to what came before, to the request with which the connection ends."""
        self._answering: RequestResponseCycle | None = None
        """The cycle that has a task; `cycle` is the newest, `pipeline` those between."""
        self._default_headers: list[Header] = []
        self._default_lines = b""

    flow: Flow

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Find out once who is at the other end, and wait for a request; let go of a connection too many."""
        super().connection_made(transport)
        self.flow = Flow(transport, self.loop, self.patience.unread)
        self._deadline.set(self.patience.head)
        if len(self.connections) > self._most_connections:
            self._count("connection_refused")
            self._end(HTTPStatus.SERVICE_UNAVAILABLE)
        elif self._app is not None:
            self._connection = self._app.access.connection(self.client[0] if self.client else "", self.scheme or "http")

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was under way."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()  # uvicorn leaves it after an error, and it would keep this object
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()
        self._deadline.end()
        self._held = memoryview(b"")
        self.pipeline.clear()
        self._answering = self.cycle = None  # type: ignore[assignment]  # as it began; they refer to this object

    def data_received(self, data: bytes) -> None:
        """Parse a small packet; of a large one a part in each turn of the loop, so that nobody else waits for all of it."""
        if len(data) > _AT_ONCE or self._held or self.pipeline:
            self._held = memoryview(b"".join((self._held, data)))
            self.flow.hold()
            self._go_on_later()
        else:
            self._parse(data)

    def on_response_complete(self) -> None:
        """Go on with what was held back while requests were queued; else wait for the next one."""
        super().on_response_complete()
        if self._refusal is not None:
            self._end(self._refusal)
        elif self._held:
            self._go_on_later()
        elif self._missing == _NOTHING and not self.pipeline:
            self._deadline.set(self.timeout_keep_alive)

    def on_message_begin(self) -> None:
        """Begin to count. What uvicorn makes for each request is made for those that go its way."""
        self.url = b""
        self.headers = []
        self._missing = _HEAD
        self._waited_for = _NOTHING
        self._framing = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers of a chunked body are no headers (RFC 9110, section 6.5)."""
        if self._missing == _HEAD:
            self.headers.append((name.lower(), value))
        elif name.lower() == b"connection":  # the parser reads no more after that
            self._keep_alive = False
            if self._request is None:
                self.cycle.keep_alive = False

    def on_headers_complete(self) -> None:
        """Refuse what is too large (httptools has no limits of its own) or comes after the last request; choose the way."""
        size = len(self.url) + sum(map(len, chain.from_iterable(self.headers)))
        if size > LARGEST_HEAD or len(self.headers) > MOST_HEADERS:
            raise httptools.HttpParserError("the headers are too large")
        if self.transport.is_closing():
            raise httptools.HttpParserError("the connection ended with the request before")
        headers = dict(self.headers)
        if self.parser.should_upgrade():  # which ends in an HttpParserUpgrade
            if b"upgrade" in headers:
                return
            raise httptools.HttpParserError("CONNECT asks for a tunnel")
        sure = b"host" in headers and len(headers) == len(self.headers)
        if not sure and not names_host(self.headers, self.parser.get_http_version()):
            raise httptools.HttpParserError("it does not say of which host, or of several")
        if self._app is None or not self._goes_directly(headers, self._app.access):
            self._hand_over()
        self._missing = _BODY

    def on_body(self, body: bytes) -> None:
        """Collect the body."""
        if self._request is None:
            self._framing -= len(body)
            super().on_body(body)
        else:
            self._request.body += body

    def on_message_complete(self) -> None:
        """Answer what goes the direct way: at once where nothing has to be waited for."""
        if self._missing == _HEAD:  # one that is read again
            return
        self._missing, self._framing = _NOTHING, 0
        request = self._request
        if request is None or self._app is None:
            super().on_message_complete()
            if self.cycle.response_complete:  # it was refused by its head
                self._deadline.set(self.timeout_keep_alive)
            else:
                self._deadline.lift()
            return
        self._request = None
        answering = self._app.answer(self._endpoint, request)
        try:
            awaited = answering.send(None)
        except StopIteration as answered:
            self.send_answer(answered.value, keep_alive=self._keep_alive, with_body=request.method != "HEAD")
            self._wait_for_more()
        else:
            turn = Turn(self, answering, keep_alive=self._keep_alive, with_body=request.method != "HEAD")
            self.cycle = self._answering = cast("RequestResponseCycle", turn)
            self._deadline.lift()
            turn.wait_for(awaited)

    def shutdown(self) -> None:
        """Close after the answer to what is under way, or came before anybody could know of the stop."""
        self._stopping, self._keep_alive = True, False
        if self._missing == _NOTHING and not self._answers_another():
            self._deadline.set(self.patience.stop)
        elif self._request is None and self._missing != _HEAD:
            super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Count it, answer with an empty body and close. Nothing is logged: a client could fill the log."""
        del msg
        if not self.transport.is_closing():
            self._count("malformed")
        self._end(HTTPStatus.BAD_REQUEST)

    def send_answer(self, answer: Answer, *, keep_alive: bool, with_body: bool) -> None:
        """Send an answer as uvicorn would, but in one write."""
        defaults, body = self.server_state.default_headers, answer.body
        if defaults is not self._default_headers:  # uvicorn makes new ones each second, with the date
            self._default_headers, self._default_lines = defaults, lines(defaults)
        parts = [STATUS_LINE[answer.status], self._default_lines, answer.lines]
        if answer.status != _NO_CONTENT:
            parts.append(b"content-length: %d\r\n" % len(body))
        parts.append(b"\r\n" if keep_alive else b"connection: close\r\n\r\n")
        if with_body:
            parts.append(body)
        self.transport.write(b"".join(parts))
        if not keep_alive:
            self.transport.close()

    def go_on(self) -> None:
        """Go on after an answer of which somebody else waited for the end."""
        if self.pipeline or self._held or self._refusal is not None:
            self.on_response_complete()
        else:
            self._wait_for_more()

    def _go_on_later(self) -> None:
        if self._next_turn is None:
            self._next_turn = self.loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        """Parse the next part, where the queue is empty: no more requests are queued than are in one part."""
        self._next_turn = None
        if self.pipeline or self.transport.is_closing():
            return
        part, self._held = self._held[:_AT_ONCE], self._held[_AT_ONCE:]
        self._parse(part)
        if self._held:
            self._go_on_later()
        elif self._refusal is None:
            self._held = memoryview(b"")  # an empty rest would keep the whole packet
            self.flow.release()

    def _parse(self, data: bytes | memoryview) -> None:
        """Feed the parser; wait for what is missing of a request."""
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        self._framing += len(data)
        try:
            while data:
                data = self._feed(data)
        except httptools.HttpParserError:
            self.send_400_response("")
            return
        if self._missing != _NOTHING:
            self._wait_for_rest()
        elif self._framing > LARGEST_HEAD:  # of empty lines, with which no request begins
            self.send_400_response("")

    def _feed(self, data: bytes | memoryview) -> bytes:
        """Feed the parser; return what is to be read again, which has one header `Upgrade` less at least, or nothing."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as wish:
            return self._without_upgrade(bytes(data[wish.args[0] :]))
        return b""

    def _without_upgrade(self, rest: bytes) -> bytes:
        """Return a request and the rest without its wish for another protocol (RFC 9110, section 7.8: it may be ignored).

        The parser takes what follows its head for that protocol: a body would be lost, or read as the next request.
        """
        begin = b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        headers = [b"%b: %b" % pair for pair in self.headers if pair[0] != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)  # after a last request the old one would read nothing
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        return b"\r\n".join([begin, *headers, b"", rest])

    def _wait_for_rest(self) -> None:
        """Refuse what does not end; bytes that come one by one do not prolong the time for all of them."""
        if self._framing > (LARGEST_HEAD if self._missing == _HEAD else _LARGEST_FRAMING):
            self.send_400_response("")
        elif self._waited_for != self._missing:
            self._waited_for = self._missing
            self._deadline.set(self.patience.head if self._missing == _HEAD else self.patience.body)

    def _give_up(self) -> None:
        """End a connection whose other end let its time pass, without a word where it sent nothing."""
        if self.transport.is_closing():  # what was sent before is not read
            self.transport.abort()
        elif self._held or self._answers_another():  # it is not the other end that is waited for
            self._deadline.set(self.patience.head)
        elif self._missing == _NOTHING:
            self.transport.close()
            self._deadline.set(self.patience.unread)
        else:
            self._count("timeout:head" if self._missing == _HEAD else "timeout:body")
            self._end(HTTPStatus.REQUEST_TIMEOUT)

    def _end(self, status: HTTPStatus) -> None:
        """Close when all is answered that came before; say with an empty body why, unless there is an answer."""
        if self.transport.is_closing():
            return
        if self._answers_another():
            self._end_later(status)
            return
        answered = self._missing == _BODY and self._request is None and self.cycle.response_started
        if not answered:
            self.transport.write(b"%bcontent-length: 0\r\nconnection: close\r\n\r\n" % STATUS_LINE[status])
        self.transport.close()
        self._deadline.set(self.patience.unread)

    def _end_later(self, status: HTTPStatus) -> None:
        """Read no more, and take the request that is refused out of the queue."""
        self._refusal, self._held = status, memoryview(b"")
        self.flow.hold()
        self._deadline.lift()
        if self._missing == _BODY:
            self.pipeline.popleft()
            self.cycle = self.pipeline[0][0] if self.pipeline else self._answering  # type: ignore[assignment]
        self._missing = _NOTHING

    def _answers_another(self) -> bool:
        """Tell whether a request that came before the newest is still to be answered."""
        cycle = self.cycle
        return bool(self.pipeline) or (self._missing != _BODY and cycle is not None and not cycle.response_complete)

    def _count(self, what: str) -> None:
        if isinstance(self.app, App):
            self.app.count(what)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _goes_directly(self, headers: dict[bytes, bytes], access: Access) -> bool:
        """Tell whether a request goes the direct way, and begin it."""
        cycle = self.cycle
        waits = (cycle is not None and not cycle.response_complete) or self.flow.write_paused
        if waits or not _UNUSUAL.isdisjoint(headers):
            return False
        method, posted = self.parser.get_method(), _POSTED.get(self.url)
        if posted is not None:
            if method != b"POST" or len(headers.get(b"content-length", b"")) > _MOST_DIGITS:
                return False
            path, self._endpoint = posted
            request = Request("POST", path, b"", self.headers, headers, self._connection)
            if refused_by_head(request, access):
                return False
            self._request = request
        elif method in (b"GET", b"HEAD") and self.url.startswith(_BLOCK) and b"content-length" not in headers:
            self._endpoint = include.block
            self._request = _of_block(method.decode(), self.url, self.headers, headers, self._connection)
        else:
            return False
        self._keep_alive = self.parser.should_keep_alive() and not self._stopping
        if b"connection" in headers and self.parser.get_http_version() == "1.0":  # as uvicorn does
            self._keep_alive = False
        return True

    def _hand_over(self) -> None:
        """Let uvicorn go on."""
        url, headers = self.url, self.headers
        super().on_message_begin()
        self.url = url
        for name, value in headers:
            super().on_header(name, value)
        super().on_headers_complete()
        if self._stopping:
            self.cycle.keep_alive = False

    def _wait_for_more(self) -> None:
        """Wait for the next request, unless it has begun to come."""
        self.server_state.total_requests += 1
        if self._missing == _NOTHING:
            self._deadline.set(self.timeout_keep_alive)


def _of_block(
    method: str, url: bytes, pairs: list[Header], headers: dict[bytes, bytes], connection: Connection
) -> Request:
    target = httptools.parse_url(url)
    path = target.path.decode("ascii")
    return Request(method, unquote(path) if "%" in path else path, target.query or b"", pairs, headers, connection)
