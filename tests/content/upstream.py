"""A real HTTP server on loopback whose answers a test chooses."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class UpstreamServer:
    """Answers each path with the bytes that a test put there; `hang` never ends an answer."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        self.heads: list[str] = []
        self.hang: set[str] = set()
        self.delay = 0.0
        self.port = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def page(self, path: str, body: str | bytes, *headers: str, status: str = "200 OK") -> str:
        """Put a page there and return its URL."""
        content = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", *(headers or ("Content-Type: text/html",))]
        self.answers[path] = "\r\n".join([*lines, "", ""]).encode() + content
        return self.url(path)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
            await self._answer(reader, writer)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        path = head.split(" ")[1]
        self.asked[path] += 1
        self.heads.append(head)
        await asyncio.sleep(self.delay)
        whole = self.answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        if path in self.hang:
            writer.write(whole[:-1])
            await writer.drain()
            await reader.read()
        else:
            writer.write(whole)


@asynccontextmanager
async def upstream_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[UpstreamServer]:
    """Serve while a test runs."""
    upstream = UpstreamServer()
    server = await asyncio.start_server(upstream.answer, "127.0.0.1", 0, ssl=tls)
    upstream.port = server.sockets[0].getsockname()[1]
    yield upstream
    server.close()
    await server.wait_closed()
