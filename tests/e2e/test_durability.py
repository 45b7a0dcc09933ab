"""What was answered is stored, however the service ends; a full disk stops events and no page.

OMO_TEST_KILLS says how often the service is killed (5).
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.conftest import SITE
from tests.e2e.conftest import KEY, OMO, Server, Start, answers, free_port, wait_until

from omotenashi.profiles.database import Database
from omotenashi.profiles.keep import Keep

pytestmark = pytest.mark.anyio
KILLS = int(os.environ.get("OMO_TEST_KILLS", "5"))
CONNECTIONS, VIEWS_EACH = 8, 20
"""All connections view for the same visitor, each so often, and then for the next; a profile keeps 200 views."""
BEARER = {"Authorization": f"Bearer {KEY}"}
CONSENT = ["personalization"]
VISITOR_ID = "visitor-0123456789"
VISITOR: dict[str, Any] = {"id": VISITOR_ID, "consent": CONSENT}


# Kill -9


class Answered:
    """The views that a service has answered for, by visitor."""

    def __init__(self) -> None:
        self.views: dict[str, set[str]] = {}
        self.by_endpoint: Counter[str] = Counter()

    def add(self, visitor: str, path: str, endpoint: str) -> None:
        self.views.setdefault(visitor, set()).add(path)
        self.by_endpoint[endpoint] += 1


async def test_no_answered_view_and_no_accepted_event_is_lost_when_the_service_is_killed(tmp_path: Path) -> None:
    data, chance, answered = tmp_path / "data", random.Random(3), Answered()
    total: Counter[str] = Counter()
    for number in range(KILLS):
        with killed_at_the_end(data) as port:
            assert missing(answered, data) == {}
            assert damage(data) == []
            answered = Answered()
            load = asyncio.gather(*(viewing(port, f"{number}", part, answered) for part in range(CONNECTIONS)))
            await asyncio.sleep(chance.uniform(0.1, 0.8))
        await load
        total += answered.by_endpoint
    assert missing(answered, data) == {}
    assert damage(data) == []
    assert min(total["decide"], total["event"]) > 10 * KILLS


@contextmanager
def killed_at_the_end(data: Path) -> Iterator[int]:
    """Serve with two workers; at the end all processes are killed at once."""
    port = free_port()
    command = [str(OMO), "serve", "--rules", str(SITE), "--port", str(port), "--data", str(data)]
    command += ["--workers", "2", "--deadline", "10000"]
    environment = {**os.environ, "OMO_KEY": KEY}
    with (
        (data.parent / "omo.log").open("w") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True) as process,
    ):
        try:
            wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), "a start of omo serve")
            yield port
        finally:
            os.killpg(process.pid, signal.SIGKILL)


async def viewing(port: int, name: str, part: int, answered: Answered) -> None:
    """View one page after the other on one connection, by decisions or by events, until the service is gone."""
    endpoint, call = (("decide", decision), ("event", event))[part % 2]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with closing(writer), suppress(ConnectionError, asyncio.IncompleteReadError):
        for number in count():
            visitor, path = f"visitor-{name:0>4}-{number // VIEWS_EACH:06}", f"/{name}/{part}/{number}"
            writer.write(post(endpoint, call(visitor, path)))
            await read_answer(reader)
            answered.add(visitor, path, endpoint)


def decision(visitor: str, path: str) -> dict[str, Any]:
    return {"blocks": ["hero", "notice"], "visitor": {"id": visitor, "consent": CONSENT}, "page": {"url": path}}


def event(visitor: str, path: str) -> dict[str, Any]:
    view = {"event": "page_view", "page": path, "event_id": path}
    return {"visitor": {"id": visitor, "consent": CONSENT}, "events": [view]}


def post(endpoint: str, body: dict[str, Any]) -> bytes:
    data = json.dumps(body).encode()
    head = f"POST /v1/{endpoint} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Length: {len(data)}"
    return f"{head}\r\n\r\n".encode() + data


async def read_answer(reader: asyncio.StreamReader) -> None:
    """Read head and body to the end; it must be a success."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length or 0))
    assert head.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 204 ")), head


def missing(answered: Answered, data: Path) -> dict[str, set[str]]:
    """Return the views that were answered and are not stored just once."""
    found = {}
    with closing(Database(data / "visitors.sqlite", Keep(), wait=5)) as database:
        for visitor, paths in answered.views.items():
            profile = database.read(visitor, 0)
            stored = Counter(profile.views.paths if profile else ())
            if lost := {path for path in paths if stored[path] != 1}:
                found[visitor] = lost
    return found


def damage(data: Path) -> list[str]:
    """Return what SQLite's own check finds wrong with the file."""
    with closing(sqlite3.connect(data / "visitors.sqlite", timeout=5)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    return [] if found == ["ok"] else found


# A full disk


def test_on_a_full_disk_decisions_go_on_and_events_are_refused_until_there_is_room(
    start: Start, tmp_path: Path
) -> None:
    server = start(SITE, "--deadline", "5000")
    assert told(server, "/before").status_code == 204
    with no_room(server.process.pid):
        for number in range(20):
            assert server.decide(blocks=["hero", "store_info"], visitor=VISITOR)["store_info"]["html"]
            refused = told(server, f"/refused/{number}")
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert [(one["code"], "visitors.sqlite" in str(one["message"])) for one in server.problems()] == [
            ("store", True)
        ]
        assert httpx.get(f"{server.url}/readyz").status_code == 200
    assert told(server, "/after").status_code == 204
    assert server.problems() == []
    with closing(Database(tmp_path / "data" / "visitors.sqlite", Keep(), wait=5)) as database:
        profile = database.read(VISITOR_ID, 0)
    assert profile is not None
    assert profile.views.paths == ["/before", "/after"]
    assert damage(tmp_path / "data") == []


def told(server: Server, path: str) -> httpx.Response:
    body = {"visitor": VISITOR, "events": [{"event": "page_view", "page": path}]}
    return httpx.post(f"{server.url}/v1/event", json=body, headers=BEARER)


@contextmanager
def no_room(process: int) -> Iterator[None]:
    """Let a process write no file beyond its first page, which every write of SQLite does."""
    before = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.prlimit(process, resource.RLIMIT_FSIZE, before)
