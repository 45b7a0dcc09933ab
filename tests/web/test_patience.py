"""Who keeps the server waiting: slow heads and bodies, connections without end, answers that nobody reads."""

from __future__ import annotations

import asyncio
import re
import socket
import sqlite3
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.web.sockets import Served, UvicornsWay, get, new_app, post, protocols, serving, until

from omotenashi.service import Service
from omotenashi.web import direct, server
from omotenashi.web.app import App
from omotenashi.web.direct import LARGEST_HEAD, MOST_HEADERS, Protocol
from omotenashi.web.guard import LARGEST_BODY
from omotenashi.web.patience import Patience

pytestmark = pytest.mark.anyio
STORE = b'{"blocks": ["store_info"]}'
BLOCK = get("/v1/block/store_info")
DECIDE = post("/v1/decide", STORE)
TO_RECORD = post("/v1/decide", b'{"blocks": ["store_info"], "visitor": {"consent": ["personalization"]}}')
CHUNKED = b"POST /v1/decide HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
MALFORMED = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Hasty(Protocol):
    patience = Patience(head=0.05, body=0.05, unread=0.05)


class HastyByAsgi(UvicornsWay):
    patience = Hasty.patience


BOTH_WAYS = pytest.mark.parametrize("protocol", [Hasty, HastyByAsgi])


@pytest.fixture
async def app(service: Service) -> AsyncIterator[App]:
    service.start()
    yield new_app(service)
    await service.close()


async def dripped(served: Served, begin: bytes, drip: bytes) -> bytes:
    """Send something, and then a drop again and again until the connection ends; return what is answered."""
    reader, writer = await served.connect()
    writer.write(begin)
    await until(lambda: bool(protocols(served)))
    async with asyncio.timeout(20):
        while not all(one.transport.is_closing() for one in protocols(served)):
            writer.write(drip)
            await asyncio.sleep(0.005)
    answered = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answered


@BOTH_WAYS
async def test_a_head_that_comes_byte_by_byte_is_answered_408(
    app: App, service: Service, protocol: type[Protocol]
) -> None:
    async with serving(app, protocol) as served:
        assert await dripped(served, b"GET /v1/block/hero HTTP/1.1\r\nX: ", b"a") == LATE
    assert service.counters["timeout:head"] == 1


@BOTH_WAYS
async def test_a_head_that_never_ends_is_answered_408(app: App, protocol: type[Protocol]) -> None:
    async with serving(app, protocol) as served:
        assert await dripped(served, BLOCK[:-2], b"X: a\r\n") == LATE


@BOTH_WAYS
async def test_a_second_head_has_no_more_time_than_the_first(app: App, protocol: type[Protocol]) -> None:
    async with serving(app, protocol) as served:
        answered = await dripped(served, BLOCK + BLOCK[:-2], b"X: a\r\n")
    assert answered.startswith(b"HTTP/1.1 200 ")
    assert answered.endswith(LATE)


@BOTH_WAYS
@pytest.mark.parametrize("head", [DECIDE.replace(b": 26", b": 60000")[:-20], CHUNKED + b"ffff\r\n"])
async def test_a_body_that_comes_byte_by_byte_is_answered_408(
    app: App, service: Service, protocol: type[Protocol], head: bytes
) -> None:
    async with serving(app, protocol) as served:
        assert await dripped(served, head, b"a") == LATE
    assert service.counters["timeout:body"] == 1


@BOTH_WAYS
@pytest.mark.parametrize("request_", [DECIDE[:-26], DECIDE[:-1], CHUNKED, CHUNKED + b"1a\r\n" + STORE + b"\r\n"])
async def test_a_body_that_is_announced_and_never_sent_is_answered_408(
    app: App, protocol: type[Protocol], request_: bytes
) -> None:
    async with serving(app, protocol) as served:
        assert await served.answers(request_) == LATE


@BOTH_WAYS
async def test_of_a_request_that_was_answered_before_its_body_came_nothing_more_is_said(
    app: App, protocol: type[Protocol]
) -> None:
    async with serving(app, protocol) as served:
        answered = await served.answers(get("/v1/block/store_info", "Content-Length: 9"))
    assert answered.count(b"HTTP/1.1 ") == 1
    assert answered.startswith(b"HTTP/1.1 200 ")


@BOTH_WAYS
async def test_who_sends_nothing_is_let_go_without_a_word(app: App, service: Service, protocol: type[Protocol]) -> None:
    async with serving(app, protocol) as served:
        assert await served.answers() == b""
    assert not any(what.startswith("timeout") for what in service.counters)


@BOTH_WAYS
async def test_empty_lines_keep_no_connection_open(app: App, protocol: type[Protocol]) -> None:
    async with serving(app, protocol, keep_alive=0.05) as served:
        assert await dripped(served, b"", b"\r\n") == b""
        assert (await dripped(served, BLOCK, b"\r\n")).count(b"HTTP/1.1 ") == 1


@BOTH_WAYS
async def test_a_flood_of_empty_lines_is_refused(app: App, protocol: type[Protocol]) -> None:
    async with serving(app, protocol) as served:
        assert (await served.answers(b"\r\n" * 32_768)).startswith(b"HTTP/1.1 400 ")


@BOTH_WAYS
async def test_a_connection_that_a_trailer_ends_is_closed(app: App, protocol: type[Protocol]) -> None:
    request = CHUNKED + b"1a\r\n" + STORE + b"\r\n0\r\nConnection: close\r\n\r\n"
    async with serving(app, protocol) as served:
        answered = await served.answers(request + BLOCK)
    assert answered.count(b"HTTP/1.1 200 ") == 1
    assert b"connection: close" in answered.lower()


@BOTH_WAYS
async def test_a_trailer_that_never_ends_is_refused_before_much_of_it_is_kept(
    app: App, protocol: type[Protocol], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "patience", Patience())
    begin = CHUNKED + b"1a\r\n" + STORE + b"\r\n0\r\nX: "
    first_too_long = (
        direct._LARGEST_FRAMING + direct._AT_ONCE + len(STORE) + 100
    )  # the end that is sent is the one refused
    async with serving(app, protocol) as served:
        assert await served.answers(begin.ljust(first_too_long, b"a")) == MALFORMED


@BOTH_WAYS
async def test_a_body_in_chunks_of_one_byte_is_read(
    app: App, protocol: type[Protocol], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "patience", Patience())
    body = STORE + b" " * (65_536 - len(STORE))
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body)
    async with serving(app, protocol) as served:
        answered = await served.answers(CHUNKED + chunks + b"0\r\n\r\n" + get("/healthz", "Connection: close"))
    assert re.findall(rb"HTTP/1.1 (\d+)", answered) == [b"200", b"200"]


async def test_hundreds_of_half_open_connections_are_closed_and_others_answered_meanwhile(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hasty, "patience", Patience(head=1))
    async with serving(app, Hasty) as served:
        halves = [await served.connect() for _ in range(300)]
        for _, writer in halves:
            writer.write(b"GET /v1/block/hero HTTP/1.1\r\nX:")
        await until(lambda: all(one._missing for one in protocols(served)))
        assert (await served.answers(get("/v1/block/store_info", "Connection: close"))).startswith(b"HTTP/1.1 200 ")
        assert {await reader.read() for reader, _ in halves} == {LATE}
        await until(lambda: not served.state.connections)
        for _, writer in halves:
            writer.close()


async def test_a_connection_too_many_is_answered_503_until_another_one_ends(app: App, service: Service) -> None:
    async with serving(app, most=2) as served:
        _, first = await served.connect()
        _, second = await served.connect()
        await until(lambda: len(served.state.connections) == 2)
        assert await served.answers() == BUSY
        first.close()
        await until(lambda: len(served.state.connections) == 1)
        answered = await served.answers(get("/v1/block/store_info", "Connection: close"))
        second.close()
    assert answered.startswith(b"HTTP/1.1 200 ")
    assert service.counters["connection_refused"] == 1


def test_the_documentation_tells_the_limits() -> None:
    documented = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()
    wait, files = Patience(), f"or what its open files leave over {server._OTHER_FILES} for everything else"
    for told in (
        f"| a head | {wait.head:g} seconds, {LARGEST_HEAD // 1024} KB, {MOST_HEADERS} headers; ",
        f"| a body | {wait.body:g} seconds more, {LARGEST_BODY // 1024} KB |",
        f"| an answer that is not read | {wait.unread:g} seconds |",
        f"| a connection between two requests | {server._IDLE} seconds, ",
        f"| connections of a process | {server._MOST_CONNECTIONS}, {files}; ",
    ):
        assert told in documented


@pytest.fixture
def deadline() -> float:
    return 0.3


@BOTH_WAYS
async def test_what_came_before_half_a_request_is_answered_first(
    app: App, database: Path, protocol: type[Protocol]
) -> None:
    async with serving(app, protocol) as served:
        with sqlite3.connect(database, isolation_level=None) as lock:
            lock.execute("BEGIN IMMEDIATE")
            answered = await served.answers(TO_RECORD + BLOCK[:-2])
            lock.execute("ROLLBACK")
    assert answered.startswith(b"HTTP/1.1 200 ")
    assert answered.endswith(LATE)
    assert answered.count(b"HTTP/1.1 ") == 2


@BOTH_WAYS
async def test_a_connection_that_is_reset_is_not_kept(app: App, protocol: type[Protocol]) -> None:
    async with serving(app, protocol) as served:
        reader, writer = await served.connect()
        writer.write(get("/healthz"))
        await reader.readuntil(b"\r\n\r\n")
        (left,) = protocols(served)
        await until(lambda: left.timeout_keep_alive_task is not None)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        await until(lambda: not served.state.connections)
    assert left.timeout_keep_alive_task is None


@BOTH_WAYS
async def test_who_reads_no_answers_is_let_go(app: App, protocol: type[Protocol]) -> None:
    async with serving(app, protocol) as served:
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect(("127.0.0.1", served.port))
        _, writer = await asyncio.open_connection(sock=narrow, limit=1)
        writer.write(BLOCK * 40_000)
        await until(lambda: any(one.flow.write_paused for one in protocols(served)))
        await until(lambda: not served.state.connections)
        writer.transport.abort()


async def test_of_a_body_whose_end_never_came_nothing_is_recorded(app: App, database: Path) -> None:
    event = b'{"event": "page_view", "page": "/x"}'
    head = b"POST /v1/event HTTP/1.1\r\nHost: x\r\nCookie: omo_vid=visitor-0123456789; omo_consent=personalization\r\n"
    whole = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(event), event)
    async with serving(app) as served:
        _, writer = await served.connect()
        writer.write(head + whole)
        await until(lambda: bool(served.state.tasks))
        writer.close()
        await until(lambda: not served.state.connections and not served.state.tasks)
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM profile").fetchone() == (0,)
