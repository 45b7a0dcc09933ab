"""Requests for `decide` on the sample site, and how they are sent and their CPU is read. `make bench` measures them."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEY = "the-key-of-the-bench"
CONNECTIONS = 8
_SCHEDULED = 2
"""CPUCLOCK_SCHED: user and system time, as clock_getcpuclockid(3) returns it."""
ACTIVE, VISITORS = 500, 3000
BLOCKS = ["hero", "greeting", "store_info", "recommend", "notice_bar", "campaign_banner", "search_help", "capped"]
PATHS = ["running", "trail", "kids", "wear"]
EMPTY = f"""
import sys, uvicorn
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.web.app import App
from omotenashi.web.direct import Protocol
from omotenashi.web.guard import Access
from omotenashi.web.request import Answer
class Empty(App):
    def __init__(self):
        self.access = Access({KEY.encode()!r}, TrustedNetworks.parse([]))
    async def answer(self, endpoint, request):
        return Answer(200, b"")
uvicorn.run(Empty(), port=int(sys.argv[1]), http=Protocol, ws="none", loop="uvloop", lifespan="off", log_config=None,
            access_log=False, server_header=False, proxy_headers=False)
"""


MEMBER = {"member": {"id": "u1", "rank": "ゴールド", "last_name": "佐藤"}}
SIGNALS = {
    "page": {
        "url": "https://shop.example/running/?utm_source=yahoo&utm_term=%E3%83%A9%E3%83%B3%E3%83%8B%E3%83%B3%E3%82%B0",
        "referrer": "https://search.yahoo.co.jp/search?p=%E3%83%9E%E3%83%A9%E3%82%BD%E3%83%B3",
        "tags": ["running"],
    },
    "client": {
        "prefecture": "大阪府",
        "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
        "accept_language": "ja,en;q=0.8",
    },
}
CAPPED = """
blocks:
  capped:
    rules:
      - {name: capped, limit: {times: 200, per: 1 day}, show: {html: <p>capped</p>}}
    otherwise: nothing
"""


def request(body: dict[str, object]) -> bytes:
    """Return the bytes of one POST /v1/decide."""
    return post("/v1/decide", {"blocks": BLOCKS, **body})


def consenting(number: int, *, logged_in: bool = False) -> bytes:
    """Return a request that reads a profile, adds a view to it, and claims a limit."""
    member = {"member": {"id": f"u{number}", "rank": "ゴールド", "last_name": "佐藤"}} if logged_in else {}
    visitor = {"id": f"{'device' if logged_in else 'visitor'}-{number:010}", "consent": ["personalization"]}
    return request(SIGNALS | member | {"visitor": visitor})


def history(number: int) -> bytes:
    """Return a request that states thirty views of a visitor over the last weeks."""
    now, chance = time.time(), random.Random(number)
    days = sorted(chance.uniform(0.1, 30) for _ in range(30))
    paths = [f"/{chance.choice(PATHS)}/shoes-{chance.randrange(300)}" for _ in days]
    stated = [
        {"event": "page_view", "timestamp": f"{datetime.fromtimestamp(now - 86400 * day, UTC):%FT%TZ}", "page": path}
        for day, path in zip(days, paths, strict=True)
    ]
    visitor = {"id": f"visitor-{number:010}", "consent": ["personalization"]}
    return post("/v1/event", {"visitor": visitor, "events": stated})


def post(path: str, body: dict[str, object]) -> bytes:
    """Return the bytes of one POST of JSON with the server key."""
    return sent(path, json.dumps(body, ensure_ascii=False).encode())


def sent(path: str, data: bytes) -> bytes:
    """Return the bytes of one POST of a body with the server key."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


async def load(port: int, turns: Iterator[bytes], count: int) -> None:
    """Send so many requests on a few connections.

    Who sends does not sleep: a server whose answer has to wake a core pays for that, and the slower one always does.
    """
    awake = asyncio.create_task(_stay_awake())
    await asyncio.gather(*(one_connection(port, turns, count // CONNECTIONS) for _ in range(CONNECTIONS)))
    awake.cancel()


async def _stay_awake() -> None:
    while True:  # noqa: ASYNC110 to wait for an event would be to sleep
        await asyncio.sleep(0)


async def one_connection(port: int, requests: Iterator[bytes], count: int) -> None:
    """Send, read head and body, repeat."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(count):
        writer.write(next(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 20"), head
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length or 0))
    writer.close()


def cpu(pid: int) -> float:
    """Return seconds of CPU that a process has used, to the nanosecond (Linux numbers the clock of a process so)."""
    return time.clock_gettime(~pid << 3 | _SCHEDULED)


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for(port: int) -> None:
    """Wait until a server answers."""
    for _ in range(3000):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz")
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.02)
        else:
            return
