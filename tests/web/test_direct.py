"""The direct way and uvicorn's way over real sockets: the same bytes get the same answers."""

from __future__ import annotations

import asyncio
import re
import socket
import sqlite3
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send
from tests.conftest import HASH_KEY, KEY
from tests.web.sockets import UvicornsWay, get, new_app, post, protocols, serving, until

from omotenashi.profiles.memory import MemoryStore
from omotenashi.reload import Holder
from omotenashi.service import Service
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.signals.gather import SignalTools
from omotenashi.web.app import App
from omotenashi.web.guard import Access

pytestmark = pytest.mark.anyio
CONSENT = b'"visitor": {"id": "visitor-0123456789", "consent": ["personalization"]}'


BEARER = f"Authorization: Bearer {KEY}"
STORE = b'{"blocks": ["store_info"]}'
ALL = b'{"blocks": ["hero", "store_info", "greeting", "notice"]}'
CHUNKED = b"".join(
    [b"POST /v1/decide HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"1a\r\n", STORE, b"\r\n0\r\n\r\n"]
)
REQUESTS = {
    "decide with the key": post("/v1/decide", ALL, BEARER),
    "decide of a browser": post("/v1/decide", ALL, "Origin: https://shop.example", "Cookie: a=b"),
    "decide that is recorded": post("/v1/decide", b'{"blocks": ["store_info"], ' + CONSENT + b"}", BEARER),
    "decide of another site": post("/v1/decide", STORE, "Origin: https://evil.example"),
    "decide that is no JSON": post("/v1/decide", b"{"),
    "decide without a body": post("/v1/decide", b""),
    "decide with a query": post("/v1/decide?a=b", STORE),
    "decide by an absolute address": post("http://shop.example/v1/decide", STORE),
    "decide in percents": post("/v1/%64ecide", STORE),
    "decide by GET": get("/v1/decide"),
    "decide in chunks": CHUNKED,
    "decide that expects": post("/v1/decide", STORE, "Expect: 100-continue"),
    "event": post("/v1/event", b'{"event": "page_view", "page": "/x"}', "Cookie: omo_vid=visitor-0123456789"),
    "event that is recorded": post("/v1/event", b'{"events": [{"event": "page_view"}], ' + CONSENT + b"}", BEARER),
    "event that is none": post("/v1/event", b"[1]"),
    "event of another path": post("/v1/events", b"[1]"),
    "block": get("/v1/block/store_info", "Referer: https://news.example/"),
    "block for which nothing is shown": get("/v1/block/hero"),
    "block in Shift_JIS": get("/v1/block/store_info?charset=shift_jis&page=/running/", BEARER),
    "block in percents": get("/v1/block/%E5%BA%97", BEARER),
    "block by HEAD": get("/v1/block/store_info", method="HEAD"),
    "block with a body": get("/v1/block/store_info", "Content-Length: 3") + b"abc",
    "block of a wrong key": get("/v1/block/store_info", "Authorization: Bearer wrong"),
    "page of the visitor": get("/omo/why"),
    "health": get("/healthz"),
    "nothing": get("/nowhere"),
}
LAST = {
    "a last decide": post("/v1/decide", STORE, "Connection: close"),
    "a last block": get("/v1/block/store_info", "Connection: keep-alive, close"),
    "a decide of HTTP 1.0": post("/v1/decide", STORE, version="1.0"),
    "a decide of HTTP 1.0 that would go on": post("/v1/decide", STORE, "Connection: keep-alive", version="1.0"),
    "a block of HTTP 1.0 without a host": b"GET /v1/block/store_info HTTP/1.0\r\n\r\n",
    "a last recorded decide": post(
        "/v1/decide", b'{"blocks": ["store_info"], ' + CONSENT + b"}", BEARER, "Connection: close"
    ),
}
REFUSED = {
    "decide without the right key": post("/v1/decide", STORE, "Authorization: Bearer wrong"),
    "decide with two keys": post("/v1/decide", STORE, BEARER, BEARER),
    "decide with too long a body": post("/v1/decide", b'{"blocks": ["' + b"x" * 65_536 + b'"]}'),
    "decide with a far too long body": post("/v1/decide", b'{"blocks": ["' + b"x" * 120_000 + b'"]}'),
    "block by POST": post("/v1/block/store_info", b"x=1"),
    "event with a wrong key": post("/v1/event", b"[]", "Authorization: Bearer wrong"),
    "decide by PUT": get("/v1/decide", "Content-Length: 3", method="PUT") + b"abc",
    "export of a wrong key in chunks": CHUNKED.replace(b"decide", b"visitor/export").replace(
        b"Host: x", b"Host: x\r\nAuthorization: Bearer wrong"
    ),
}
"""By their heads."""
MALFORMED = {
    "two ways to say how long": post("/v1/decide", STORE, "Transfer-Encoding: chunked"),
    "two lengths": post("/v1/decide", STORE, "Content-Length: 3"),
    "a length that is none": b"POST /v1/decide HTTP/1.1\r\nHost: x\r\nContent-Length: +26\r\n\r\n" + STORE,
    "a header that goes on": b"POST /v1/decide HTTP/1.1\r\nHost: x\r\n Content-Length: 26\r\n\r\n" + STORE,
    "a bare line feed": b"POST /v1/decide HTTP/1.1\nHost: x\nContent-Length: 26\n\n" + STORE,
    "a space before the colon": post("/v1/decide", STORE, "Transfer-Encoding : chunked"),
    "letters that are not ASCII": "GET /v1/block/店 HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "a NUL": b"GET /v1/block/hero\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "too long a head": get("/v1/block/hero", "X: " + "a" * 20_000),
    "too long an address": get("/v1/block/" + "a" * 20_000),
    "too many headers": get("/v1/block/hero", *["X: a"] * 101),
    "two hosts": get("/v1/block/store_info", "Host: shop.example"),
    "no host": b"GET /v1/block/store_info HTTP/1.1\r\nX: a\r\n\r\n",
    "no HTTP": b"NONSENSE\r\n\r\n",
}
EMPTY_400 = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
END = get("/healthz", "Connection: close")
"""Ends a connection on which the server is to answer all before."""


@pytest.fixture
async def app(service: Service) -> AsyncIterator[App]:
    service.start()
    yield new_app(service)
    await service.close()


async def both(app: App, *pieces: bytes) -> tuple[bytes, bytes]:
    """Return what is answered directly, and by way of ASGI."""
    async with serving(app) as direct, serving(app, UvicornsWay) as by_asgi:
        return await direct.answers(*pieces), await by_asgi.answers(*pieces)


@pytest.mark.parametrize("name", REQUESTS)
async def test_both_ways_answer_the_same(app: App, name: str) -> None:
    direct, by_asgi = await both(app, REQUESTS[name] + END)
    assert direct == by_asgi
    assert direct.count(b"HTTP/1.1 ") >= 2


@pytest.mark.parametrize("name", LAST)
async def test_the_last_request_of_a_connection_is_answered_and_none_after_it(app: App, name: str) -> None:
    direct, by_asgi = await both(app, LAST[name] + END)
    assert direct == by_asgi
    assert direct.count(b"HTTP/1.1 ") == direct.count(b"connection: close\r\n") == 1


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_by_its_head_is_the_last_of_a_connection(app: App, name: str) -> None:
    direct, by_asgi = await both(app, REQUESTS["block"] + REFUSED[name] + END)
    assert direct == by_asgi
    assert re.findall(rb"HTTP/1.1 (4\d\d)", direct) in ([b"401"], [b"405"], [b"413"])
    assert direct.count(b"HTTP/1.1 ") == 2
    assert direct.count(b"connection: close\r\n") == 1


@pytest.mark.parametrize("expects", [(), ("Expect: 100-continue",)])
@pytest.mark.parametrize("name", REFUSED)
async def test_a_refusal_by_the_head_does_not_wait_for_the_body(
    app: App, name: str, expects: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("omotenashi.web.app._LINGER", 0.05)
    head = REFUSED[name].partition(b"\r\n\r\n")[0] + "".join(f"\r\n{one}" for one in expects).encode()
    for answered in await both(app, head + b"\r\n\r\n"):
        assert re.match(rb"HTTP/1.1 (401|405|413) ", answered)
        assert answered.count(b"HTTP/1.1 ") == 1
        assert b"connection: close\r\n" in answered


WISH = ("Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA")
"""What Java's HttpClient sends with its first request."""
WISHES = {
    "decide": (post("/v1/decide", STORE, BEARER), post("/v1/decide", STORE, BEARER, *WISH)),
    "decide in chunks": (CHUNKED, CHUNKED.replace(b"Host: x\r\n", "\r\n".join(["Host: x", *WISH, ""]).encode())),
    "block": (REQUESTS["block"], get("/v1/block/store_info", "Referer: https://news.example/", *WISH)),
    "a body like a request": (post("/v1/decide", END), post("/v1/decide", END, *WISH)),
}


@pytest.mark.parametrize("name", WISHES)
async def test_a_wish_for_another_protocol_changes_nothing(app: App, name: str) -> None:
    plain, wishing = WISHES[name]
    for answered in await both(app, plain + plain + END):
        assert await both(app, wishing + wishing + END) == (answered, answered)


@pytest.mark.parametrize("name", WISHES)
async def test_a_request_with_a_wish_for_another_protocol_may_be_cut_at_every_place(app: App, name: str) -> None:
    _, wishing = WISHES[name]
    async with serving(app) as direct:
        whole = await direct.answers(wishing + END)
        for at in range(1, len(wishing) + 1, 3):
            assert await direct.answers(wishing[:at], wishing[at:] + END) == whole


@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_a_last_request_with_a_wish_for_another_protocol_is_answered(app: App, version: str) -> None:
    wishing = post("/v1/decide", STORE, "Upgrade: h2c", "Connection: upgrade, close", version=version)
    plain = post("/v1/decide", STORE, "Connection: close", version=version)
    for answered in await both(app, plain):
        assert answered.startswith(b"HTTP/1.1 200 ")
        assert await both(app, wishing) == (answered, answered)


@pytest.mark.parametrize("headers", [(), WISH, ("Content-Length: 3",), ("Transfer-Encoding: chunked",)])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("target", ["/", "/v1/decide", "/v1/block/hero", "http://x/", "x:80", "*"])
async def test_a_tunnel_is_refused(app: App, target: str, version: str, headers: tuple[str, ...]) -> None:
    for answered in await both(app, get(target, *headers, method="CONNECT", version=version) + END):
        assert answered == EMPTY_400


async def test_a_tunnel_is_refused_after_others_were_answered(app: App, caplog: pytest.LogCaptureFixture) -> None:
    wishing = get("/v1/block/store_info", *WISH)
    for answered in await both(app, wishing * 3 + get("/", method="CONNECT") + END):
        assert re.findall(rb"HTTP/1.1 (\d+)", answered) == [b"200", b"200", b"200", b"400"]
    assert caplog.records == []


async def test_many_wishes_for_another_protocol_in_one_packet_change_nothing(app: App) -> None:
    wish = b"GET /v1/block/store_info HTTP/1.1\r\nHost: x\r\nUpgrade: a\r\nupgrade: b\r\nConnection: upgrade\r\n\r\n"
    for answered in await both(app, wish * 2_000 + END):
        assert answered.count(b"HTTP/1.1 200 ") == 2_001


async def test_the_beginning_of_http_2_is_refused(app: App) -> None:
    for answered in await both(app, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9)):
        assert answered == EMPTY_400


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_is_malformed_gets_an_empty_400_and_the_end(app: App, name: str) -> None:
    for answered in await both(app, MALFORMED[name] + END):
        assert answered == EMPTY_400


async def test_what_is_malformed_is_counted_and_not_logged(
    app: App, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    for malformed in MALFORMED.values():
        await both(app, REQUESTS["decide that is recorded"] + malformed + malformed)
    assert service.counters["malformed"] == 2 * len(MALFORMED)
    assert caplog.records == []


@pytest.mark.parametrize("name", ["decide that is recorded", "event", "block in Shift_JIS", "decide in chunks"])
async def test_a_request_may_be_cut_at_every_place(app: App, name: str) -> None:
    request = REQUESTS[name] + END
    async with serving(app) as direct:
        whole = await direct.answers(request)
        for at in range(1, len(REQUESTS[name]) + 1):
            assert await direct.answers(request[:at], request[at:]) == whole


async def test_a_request_may_come_in_single_bytes(app: App) -> None:
    request = REQUESTS["decide with the key"] + END
    async with serving(app) as direct:
        assert await direct.answers(*(request[at : at + 1] for at in range(len(request)))) == await direct.answers(
            request
        )


async def test_requests_that_come_together_are_answered_in_their_order(app: App) -> None:
    direct, by_asgi = await both(app, b"".join(REQUESTS.values()) + END)
    assert direct == by_asgi
    assert direct.count(b"HTTP/1.1 ") == len(REQUESTS) + 2  # one of them is told to go on before


async def test_a_request_after_a_malformed_one_is_not_answered(app: App) -> None:
    async with serving(app) as direct:
        answered = await direct.answers(REQUESTS["block"] + MALFORMED["two lengths"] + REQUESTS["block"])
    assert re.findall(rb"HTTP/1.1 (\d+)", answered) == [b"200", b"400"]


WAITING = {
    "a decide": REQUESTS["decide that is recorded"],
    "an event": REQUESTS["event that is recorded"],
    "several": REQUESTS["decide that is recorded"] + REQUESTS["health"] + REQUESTS["block"],
}
GARBAGE = MALFORMED | {
    "a chunk that is none": CHUNKED.partition(b"1a\r\n")[0] + b"x\r\n",
    "a chunk that is none after another": CHUNKED[:-5] + b"x\r\n",
}


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("waiting", WAITING)
async def test_what_waits_for_the_store_is_answered_before_a_malformed_request(
    app: App, waiting: str, garbage: str
) -> None:
    answered, by_asgi = await both(app, WAITING[waiting] + GARBAGE[garbage] + END)
    assert answered == by_asgi
    before = {"a decide": [b"200"], "an event": [b"204"], "several": [b"200", b"200", b"200"]}[waiting]
    assert re.findall(rb"HTTP/1.1 (\d+)", answered) == [*before, b"400"]
    assert answered.endswith(EMPTY_400)


@pytest.mark.parametrize("name", ["decide that is recorded", "block", "health"])
async def test_a_malformed_request_after_the_last_one_is_not_answered(app: App, name: str) -> None:
    last = REQUESTS[name].replace(b"Host: shop.example\r\n", b"Host: shop.example\r\nConnection: close\r\n")
    for answered in await both(app, REQUESTS["decide that is recorded"] + last + MALFORMED["no HTTP"]):
        assert re.findall(rb"HTTP/1.1 (\d+)", answered) == [b"200", b"200"]


async def test_what_comes_after_a_malformed_request_is_not_read(app: App, database: Path) -> None:
    async with serving(app) as direct:
        reader, writer = await direct.connect()
        with sqlite3.connect(database, isolation_level=None) as lock:
            lock.execute("BEGIN IMMEDIATE")
            writer.write(REQUESTS["decide that is recorded"] + MALFORMED["no HTTP"] + b"x" * 5_000)
            await until(lambda: any(one._refusal is not None for one in protocols(direct)))
            writer.write((MALFORMED["no HTTP"] + REQUESTS["block"]) * 100)
            lock.execute("ROLLBACK")
        answered = await asyncio.wait_for(reader.readuntil(EMPTY_400), 20)
        writer.close()
        await until(lambda: not direct.state.connections and not direct.state.tasks)
    assert re.findall(rb"HTTP/1.1 (\d+)", answered) == [b"200", b"400"]


SEQUENCES = st.lists(st.sampled_from(sorted(REQUESTS)), min_size=1, max_size=6)
CUTS = st.lists(st.floats(0, 1), max_size=5)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=SEQUENCES, cuts=CUTS)
def test_whatever_is_sent_in_whatever_pieces_is_answered_alike(
    rules: Path, names: list[str], cuts: list[float]
) -> None:
    stream = b"".join(REQUESTS[name] for name in names) + END
    places = [0, *sorted(round(cut * len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[begin:end] for begin, end in pairwise(places)]

    async def run() -> tuple[bytes, bytes]:
        holder = Holder(rules)
        holder.load_first()
        service = Service(holder, MemoryStore(), SignalTools(), HASH_KEY, deadline=5)
        service.start()
        found = await both(new_app(service), *pieces)
        await service.close()
        return found

    direct, by_asgi = asyncio.run(run())
    assert direct == by_asgi


class Deaf(App):
    """It cannot be asked by ASGI."""

    async def __call__(self, scope: Scope, _: Receive, __: Send) -> None:
        raise AssertionError(scope["path"])


@pytest.mark.parametrize("name", ["decide with the key", "decide that is recorded", "event", "block", "block by HEAD"])
async def test_the_requests_that_are_many_go_the_direct_way(service: Service, name: str) -> None:
    service.start()
    async with serving(Deaf(service, Access(KEY.encode(), TrustedNetworks.parse([])))) as direct:
        reader, writer = await direct.connect()
        writer.write(REQUESTS[name])
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 20")
        writer.close()
    await service.close()


async def test_a_fault_is_an_empty_500_and_for_a_block_a_204_and_counted(
    app: App, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("omotenashi.web.include._timing", broken)
    direct, by_asgi = await both(app, REQUESTS["decide that is recorded"] + REQUESTS["block"] + END)
    assert direct == by_asgi
    assert re.findall(rb"HTTP/1.1 (\d+)", direct) == [b"500", b"204", b"200"]
    assert direct.partition(b"\r\n\r\n")[0].endswith(b"content-length: 0")
    assert service.counters["fault:answer"] == 4


@pytest.fixture
def deadline() -> float:
    return 0.2


async def test_a_store_that_is_locked_delays_the_answer_until_the_deadline(app: App, database: Path) -> None:
    async with serving(app) as direct:
        with sqlite3.connect(database, isolation_level=None) as lock:
            lock.execute("BEGIN IMMEDIATE")
            answered = await direct.answers(REQUESTS["decide that is recorded"] + REQUESTS["block"] + END)
            lock.execute("ROLLBACK")
    assert re.findall(rb"HTTP/1.1 (\d+)", answered) == [b"200", b"200", b"200"]


async def test_a_stop_lets_a_request_end_whose_body_is_on_its_way(app: App) -> None:
    request = REQUESTS["decide with the key"]
    async with serving(app) as direct:
        reader, writer = await direct.connect()
        writer.write(request[:-10])
        await until(lambda: any(one._request is not None for one in protocols(direct)))
        for one in protocols(direct):
            one.shutdown()
        writer.write(request[-10:])
        answered = await asyncio.wait_for(reader.read(), 20)
        writer.close()
    assert answered.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close\r\n" in answered


@pytest.mark.parametrize("name", ["decide with the key", "block", "health"])
async def test_a_stop_lets_a_request_end_whose_head_is_on_its_way(app: App, name: str) -> None:
    request = REQUESTS["block"] + REQUESTS[name]
    at = len(REQUESTS["block"]) + 10
    async with serving(app) as direct:
        reader, writer = await direct.connect()
        writer.write(request[:at])
        await reader.readuntil(b"\r\n\r\n")
        for one in protocols(direct):
            one.shutdown()
        writer.write(request[at:])
        answered = await asyncio.wait_for(reader.read(), 20)
        writer.close()
    assert answered.count(b"HTTP/1.1 200 ") == answered.count(b"connection: close\r\n") == 1


@pytest.mark.parametrize("deadline", [20])
async def test_a_stop_that_waits_no_longer_closes_and_the_store_goes_on(app: App, database: Path) -> None:
    async with serving(app) as direct:
        reader, writer = await direct.connect()
        with sqlite3.connect(database, isolation_level=None) as lock:
            lock.execute("BEGIN IMMEDIATE")
            writer.write(REQUESTS["decide that is recorded"])
            await until(lambda: bool(direct.state.tasks))
            for task in direct.state.tasks:
                task.cancel(msg="as uvicorn does when the time for a stop is over")
            assert await asyncio.wait_for(reader.read(), 20) == b""
            lock.execute("ROLLBACK")
        assert not direct.state.tasks
        assert not direct.state.connections
        writer.close()
        answered = await direct.answers(REQUESTS["decide that is recorded"] + END)
    assert re.findall(rb"HTTP/1.1 (\d+)", answered) == [b"200", b"200"]
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM profile").fetchone() == (1,)


async def test_a_stop_lets_a_request_end_that_waits_for_the_store(app: App, database: Path) -> None:
    async with serving(app) as direct:
        reader, writer = await direct.connect()
        with sqlite3.connect(database, isolation_level=None) as lock:
            lock.execute("BEGIN IMMEDIATE")
            writer.write(REQUESTS["decide that is recorded"])
            await until(lambda: bool(direct.state.tasks))
            for one in protocols(direct):
                one.shutdown()
            lock.execute("ROLLBACK")
        answered = await asyncio.wait_for(reader.read(), 20)
        writer.close()
    assert answered.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close\r\n" in answered


@pytest.mark.parametrize("name", ["decide with the key", "block", "health"])
async def test_a_stop_lets_a_request_end_that_crosses_it(app: App, name: str) -> None:
    async with serving(app) as direct:
        reader, writer = await direct.connect()
        await until(lambda: bool(protocols(direct)))
        for one in protocols(direct):
            one.shutdown()
        writer.write(REQUESTS[name])
        answered = await asyncio.wait_for(reader.read(), 20)
        writer.close()
    assert answered.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close\r\n" in answered


async def test_a_stop_closes_connections_that_wait(app: App) -> None:
    async with serving(app) as direct:
        reader, writer = await direct.connect()
        writer.write(REQUESTS["block"])
        await reader.readuntil(b"\r\n\r\n")
        for one in protocols(direct):
            one.shutdown()
        await asyncio.wait_for(reader.read(), 20)
        writer.close()
        assert not direct.state.tasks


async def test_who_leaves_before_the_answer_was_there_all_the_same(app: App, database: Path) -> None:
    async with serving(app) as direct:
        _, writer = await direct.connect()
        with sqlite3.connect(database, isolation_level=None) as lock:
            lock.execute("BEGIN IMMEDIATE")
            writer.write(REQUESTS["decide that is recorded"])
            await until(lambda: bool(direct.state.tasks))
            writer.transport.abort()
            lock.execute("ROLLBACK")
        await until(lambda: not direct.state.tasks and not direct.state.connections)
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM profile").fetchone() == (1,)


async def test_an_idle_connection_is_closed_and_a_request_prolongs_it(app: App) -> None:
    async with serving(app, keep_alive=0.05) as direct:
        reader, writer = await direct.connect()
        for _ in range(4):
            writer.write(REQUESTS["block"])
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(0.02)
        await asyncio.wait_for(reader.read(), 20)
        writer.close()
        await until(lambda: not direct.state.connections)


async def test_a_body_that_is_slow_is_waited_for(app: App) -> None:
    request = REQUESTS["block"] + REQUESTS["decide with the key"]
    async with serving(app, keep_alive=0.02) as direct:
        reader, writer = await direct.connect()
        writer.write(request[:-10])
        await asyncio.sleep(0.1)
        writer.write(request[-10:] + END)
        answered = await asyncio.wait_for(reader.read(), 20)
        writer.close()
    assert answered.count(b"HTTP/1.1 200 ") == 3


async def test_who_does_not_read_is_not_answered_without_end_and_gets_all_at_last(app: App) -> None:
    count = 20_000
    async with serving(app) as direct:
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect(("127.0.0.1", direct.port))
        reader, writer = await asyncio.open_connection(sock=narrow)
        writer.write(REQUESTS["decide with the key"] * count + END)
        await until(lambda: any(one.flow.write_paused and one.flow.holds for one in protocols(direct)))
        queued = max(len(one.pipeline) for one in protocols(direct))
        held = max(one.transport.get_write_buffer_size() for one in protocols(direct))
        answered = await asyncio.wait_for(reader.read(), 60)
        writer.close()
    assert held < 1_000_000
    assert queued < 100
    assert answered.count(b"HTTP/1.1 200 ") == count + 1


async def test_a_large_packet_is_not_kept_once_it_is_parsed(app: App) -> None:
    async with serving(app) as direct:
        reader, writer = await direct.connect()
        writer.write(post("/v1/decide", STORE + b" " * 50_000))
        await reader.readuntil(b"\r\n\r\n")
        (one,) = protocols(direct)
        await until(lambda: not one.flow.holds)
        assert one._held.obj == b""
        writer.close()


async def test_a_burst_of_one_client_is_answered_in_turns_with_others(app: App) -> None:
    count = 3_000
    async with serving(app) as direct:
        (flood, flooding), (reader, writer) = await direct.connect(), await direct.connect()
        flooding.write(REQUESTS["block"] * count + END)
        await until(lambda: any(one.flow.holds for one in protocols(direct)))
        writer.write(REQUESTS["block"])
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        assert any(one.flow.holds for one in protocols(direct))
        assert (await asyncio.wait_for(flood.read(), 20)).count(b"HTTP/1.1 200 ") == count + 1
        flooding.close()
        writer.close()


async def test_many_requests_that_wait_for_the_store_are_answered_in_their_order(app: App) -> None:
    kinds = ["decide that is recorded", "block", "event that is recorded", "nothing", "decide with the key"]
    direct, by_asgi = await both(app, b"".join(REQUESTS[name] for name in kinds) * 100 + END)
    assert direct == by_asgi
    assert re.findall(rb"HTTP/1.1 (\d+)", direct) == [b"200", b"200", b"204", b"404", b"200"] * 100 + [b"200"]


@pytest.mark.parametrize("name", ["block", "health"])
async def test_who_leaves_with_requests_open_leaves_nothing_behind(
    app: App, database: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    async with serving(app) as direct:
        _, writer = await direct.connect()
        with sqlite3.connect(database, isolation_level=None) as lock:
            lock.execute("BEGIN IMMEDIATE")
            writer.write(REQUESTS["decide that is recorded"] + REQUESTS[name] * 3)
            await until(lambda: any(one.pipeline for one in protocols(direct)))
            (left,) = protocols(direct)
            writer.transport.abort()
            await until(lambda: not direct.state.connections)
            lock.execute("ROLLBACK")
        await until(lambda: not direct.state.tasks)
    assert caplog.records == []
    assert not left.pipeline
    assert left.cycle is None
