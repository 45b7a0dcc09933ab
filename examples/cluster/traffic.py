"""Steady traffic through nginx, as of a web server with includes and a CMS: what was answered, and how fast."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from examples.cluster.processes import ClusterError
from examples.cluster.site import Site
from msgspec import Struct

BLOCK = "welcome_back"
_VISITORS = 120
"""All have the history on which the block's rule depends, in all parts of the store."""
_CONNECTIONS = 32
_EVENT_VISITORS, _EVENTS_EACH = 60, 100
"""So many at a time, in all parts of the store, until each has so many events; a profile keeps 200 views."""
_PATIENCE = 5.0
"""Seconds after which it counts as no answer."""
_CONSENT = ["personalization"]


class Kind(StrEnum):
    """What is asked for."""

    FRAGMENT = "fragments"
    DECIDE = "decide"
    EVENT = "events"


_TURNS = (Kind.FRAGMENT, Kind.FRAGMENT, Kind.DECIDE) * 3 + (Kind.EVENT,)
"""What one connection asks for, again and again."""


class Sample(Struct, frozen=True):
    """One request."""

    kind: Kind
    at: float
    """When it was sent, in seconds of the monotonic clock."""
    took: float
    """Seconds until its answer was there."""
    status: int
    """Of the answer; 0: there was none."""
    knows: bool | None = None
    """The answer shows that the history is known; None where that does not matter."""


class Answer(Struct, frozen=True):
    """An answer of HTTP."""

    status: int
    body: bytes = b""


class Connection:
    """One connection to nginx that is kept open."""

    def __init__(self, site: Site) -> None:
        parts = urlsplit(site.url)
        self._host, self._port = parts.hostname, parts.port
        self._key = site.key
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, target: str, cookie: str) -> Answer:
        """Ask for a fragment."""
        return await self._ask(f"GET {target} HTTP/1.1\r\nHost: shop.example\r\nCookie: {cookie}\r\n\r\n".encode())

    async def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Ask as a CMS, with the key."""
        data = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: shop.example\r\nAuthorization: Bearer {self._key}"
        return await self._ask(f"{head}\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)

    def close(self) -> None:
        """Close it; it opens again for the next request."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _ask(self, request: bytes) -> Answer:
        try:
            async with asyncio.timeout(_PATIENCE):
                if self._streams is None:
                    self._streams = await asyncio.open_connection(self._host, self._port)
                self._streams[1].write(request)
                return await _read(self._streams[0])
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            self.close()
            return Answer(0)


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return Answer(int(head[9:12]), await reader.readexactly(int(length or 0)))


class Traffic:
    """Requests at a steady rate for visitors who are known, and what came of them."""

    def __init__(self, site: Site, rate: int) -> None:
        """`rate`: requests a second."""
        self.samples: list[Sample] = []
        self._site = site
        self._pause = _CONNECTIONS / rate
        self._name = f"{time.time_ns() // 1000:x}"
        self._numbers, self._events = count(), count()
        self._acknowledged: dict[str, set[str]] = defaultdict(set)
        """Pages of events that were answered with 204, by visitor."""

    @property
    def acknowledged(self) -> int:
        """How many events were."""
        return sum(map(len, self._acknowledged.values()))

    async def introduce(self) -> None:
        """Give all visitors their history."""
        events = [{"event": "page_view", "page": f"/running/{page}"} for page in "abc"]
        bodies = [{"visitor": self._visitor(number), "events": events} for number in range(_VISITORS)]
        await asyncio.gather(*(self._insist("/v1/event", body) for body in bodies))

    @asynccontextmanager
    async def flowing(self) -> AsyncIterator[None]:
        """Send requests until the end."""
        tasks = [asyncio.create_task(self._send(number)) for number in range(_CONNECTIONS)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def lost(self) -> int:
        """Return how many events that were acknowledged are not in the store."""
        lost = 0
        for visitor, pages in self._acknowledged.items():
            answer = await self._insist("/v1/visitor/export", {"visitor": {"id": visitor}})
            stored = json.loads(answer.body)["visitor"] or {"views": []}
            lost += len(pages - {view.get("path", "") for view in stored["views"]})
        return lost

    async def _insist(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Ask until the answer is a good one."""
        connection = Connection(self._site)
        try:
            for _ in range(100):
                answer = await connection.post(path, body)
                if answer.status in (200, 204):
                    return answer
                await asyncio.sleep(0.1)
        finally:
            connection.close()
        raise ClusterError(f"{path}: {answer.status} {answer.body.decode(errors='replace')}")

    async def _send(self, number: int) -> None:
        """Ask for one thing after the other on one connection, each at its time."""
        connection, kinds, due = Connection(self._site), _from(number), time.monotonic() + number / 1000
        with suppress(asyncio.CancelledError):
            while True:
                await asyncio.sleep(due - time.monotonic())
                self.samples.append(await self._sample(connection, next(kinds)))
                due = max(due + self._pause, time.monotonic())
        connection.close()

    async def _sample(self, connection: Connection, kind: Kind) -> Sample:
        at = time.monotonic()
        if kind is Kind.EVENT:
            answer = await self._event(connection, next(self._events))
            return Sample(kind, at, time.monotonic() - at, answer.status)
        number = next(self._numbers)
        visitor, page = self._visitor(number % _VISITORS), f"/running/{number}"
        if kind is Kind.FRAGMENT:
            cookie = f"omo_consent=personalization; omo_vid={visitor['id']}"
            answer = await connection.get(f"/v1/block/{BLOCK}?page={page}", cookie)
            return Sample(kind, at, time.monotonic() - at, answer.status, answer.status == 200)
        body = {"blocks": [BLOCK, "notice"], "visitor": visitor, "page": {"url": f"https://shop.example{page}"}}
        answer = await connection.post("/v1/decide", body)
        return Sample(kind, at, time.monotonic() - at, answer.status, f'"{BLOCK}"'.encode() in answer.body)

    async def _event(self, connection: Connection, number: int) -> Answer:
        turn, one = number // (_EVENT_VISITORS * _EVENTS_EACH), number % _EVENT_VISITORS
        visitor, page = f"events-{self._name}-{turn:04}-{one:02}", f"/event/{number}"
        event = {"event": "page_view", "page": page, "event_id": page}
        answer = await connection.post("/v1/event", {"visitor": _consenting(visitor), "events": [event]})
        if answer.status == 204:
            self._acknowledged[visitor].add(page)
        return answer

    def _visitor(self, number: int) -> dict[str, Any]:
        return _consenting(f"visitor-{self._name}-{number:06}")


def _consenting(visitor: str) -> dict[str, Any]:
    return {"id": visitor, "consent": _CONSENT}


def _from(number: int) -> Iterator[Kind]:
    for turn in count(number):
        yield _TURNS[turn % len(_TURNS)]
