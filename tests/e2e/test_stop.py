"""SIGTERM while requests wait for a slow store: what was accepted is answered, or its connection is closed, and the end comes in time."""

from __future__ import annotations

import shutil
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from tests import redis_servers
from tests.conftest import SITE
from tests.e2e.conftest import KEY, Server, Start, serving, wait_until

VISITOR = b'"visitor": {"id": "visitor-0123456789", "consent": ["personalization"]}'
DECIDE = b'{"blocks": ["store_info"], ' + VISITOR + b"}"
EVENT = b'{"events": [{"event": "page_view"}], ' + VISITOR + b"}"
LONGEST_STOP = 10
"""Seconds."""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SITE, tmp_path / "rules"))


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as workers:
        yield workers


def answered(connection: socket.socket) -> bytes:
    with connection:
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    return answer


def waiting(pool: ThreadPoolExecutor, server: Server, path: str, body: bytes) -> Future[bytes]:
    """Send a request that the store keeps waiting; return what will be answered until the connection ends."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Length: {len(body)}\r\n\r\n"
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    connection.sendall(head.encode() + body)
    return pool.submit(answered, connection)


def stop(server: Server) -> None:
    """Ask for the end, and wait until nobody else gets in: the stop has begun."""
    server.process.send_signal(signal.SIGTERM)
    wait_until(lambda: refused(server.port), "a stop")


def refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False


def test_what_waits_for_a_locked_file_is_answered_when_the_lock_ends(
    start: Start, rules: Path, tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    server = start(rules, "--deadline", "5000")
    file = tmp_path / "data" / "visitors.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        asked = [waiting(pool, server, "/v1/decide", DECIDE), waiting(pool, server, "/v1/event", EVENT)]
        settle(server)
        stop(server)
        lock.execute("ROLLBACK")
        decided, recorded = (one.result(20) for one in asked)
        server.process.wait(LONGEST_STOP)
        views = lock.execute("SELECT count(*) FROM profile").fetchone()
    assert decided.startswith(b"HTTP/1.1 200 ")
    assert recorded.startswith(b"HTTP/1.1 204 ")
    assert b"connection: close\r\n" in decided
    assert b"connection: close\r\n" in recorded
    assert views == (1,)
    assert "Traceback" not in server.log.read_text()


def test_what_waits_for_a_frozen_server_is_answered_at_its_deadline_and_the_stop_is_in_time(
    rules: Path, tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    (tmp_path / "redis").mkdir()
    with redis_servers.single(tmp_path / "redis") as redis:
        with serving(rules, tmp_path / "data", "--store", redis.url, "--deadline", "1000") as server:
            redis.freeze()
            asked = [waiting(pool, server, "/v1/decide", DECIDE), waiting(pool, server, "/v1/event", EVENT)]
            settle(server)
            stop(server)
            decided, recorded = (one.result(20) for one in asked)
            server.process.wait(LONGEST_STOP)
        redis.thaw()
    assert decided.startswith(b"HTTP/1.1 200 ")
    assert not recorded or recorded.startswith(b"HTTP/1.1 503 ")
    assert "Traceback" not in server.log.read_text()


def settle(server: Server) -> None:
    """Wait until the server has taken up what was sent: it answers what came later."""
    assert server.problems() is not None


@pytest.mark.parametrize("workers", ["1", "2"])
def test_while_a_request_is_still_coming_nobody_else_gets_in_once_the_stop_has_begun(
    start: Start, rules: Path, workers: str
) -> None:
    server = start(rules, "--workers", workers)
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as late:
        head = f"POST /v1/decide HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Length: {len(DECIDE)}\r\n\r\n"
        late.sendall(head.encode() + DECIDE[:-1])
        time.sleep(0.2)  # so that it has been read
        stop(server)
        late.sendall(DECIDE[-1:])
        assert late.recv(65_536).startswith(b"HTTP/1.1 200 ")
    server.process.wait(LONGEST_STOP)
