"""A protocol on a port of its own, asked over real sockets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from tests.conftest import KEY
from uvicorn.server import ServerState

from omotenashi.service import Service
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.web.app import App
from omotenashi.web.direct import Protocol
from omotenashi.web.guard import Access

VOLATILE = re.compile(rb'(?<=\r\ndate: )[^\r]*|(?<=omo;dur=)[0-9.]+|(?<="decision":")[0-9a-f]+')


def post(path: str, body: bytes, *headers: str, version: str = "1.1") -> bytes:
    head = [f"POST {path} HTTP/{version}", "Host: shop.example", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def get(path: str, *headers: str, method: str = "GET", version: str = "1.1") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: shop.example", *headers, "", ""]).encode()


class UvicornsWay(Protocol):
    """Nothing goes directly."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._app = None


class Served:
    """A port at which a protocol answers."""

    def __init__(self, port: int, state: ServerState) -> None:
        self.port = port
        self.state = state

    async def answers(self, *pieces: bytes) -> bytes:
        """Send the pieces in packets of their own, and return all that is answered, but for what time and chance make."""
        reader, writer = await self.connect()
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            for _ in range(3 if len(pieces) > 1 else 0):
                await asyncio.sleep(0)
        answered = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        return VOLATILE.sub(b"*", answered)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)


@asynccontextmanager
async def serving(
    app: App, protocol: type[Protocol] = Protocol, keep_alive: float = 5, most: int | None = None
) -> AsyncIterator[Served]:
    """Serve; `most`: connections."""
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        limit_concurrency=most,
    )
    config.load()
    config.timeout_keep_alive = keep_alive  # type: ignore[assignment]  # a part of a second does, too
    state, loop = ServerState(), asyncio.get_running_loop()
    state.default_headers = [(b"date", b"today")]
    server = await loop.create_server(lambda: protocol(config, state, {}, loop), "127.0.0.1", 0)
    async with server:
        yield Served(server.sockets[0].getsockname()[1], state)


def new_app(service: Service) -> App:
    return App(service, Access(KEY.encode(), TrustedNetworks.parse([])))


def protocols(served: Served) -> list[Protocol]:
    return [one for one in served.state.connections if isinstance(one, Protocol)]


async def until(ready: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not ready():  # noqa: ASYNC110 what is waited for has no event
            await asyncio.sleep(0.001)
