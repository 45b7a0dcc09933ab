"""Stores to test, and what tests of commands share that work with them."""

from __future__ import annotations

import contextlib
import itertools
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from omotenashi.model.event import Event
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.memory import MemoryStore
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.store import TIMEOUT, RemoteStore
from omotenashi.profiles.sqlite import SqliteStore
from omotenashi.profiles.store import Change, Store

Capture = pytest.CaptureFixture[str]
HASH_KEY = "a-key-of-thirty-two-characters-or-more"
"""Of member ids."""
NOW = int(time.time())
STORES = ("memory", "sqlite", "redis", "sentinel", "cluster")
_prefixes = itertools.count()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def with_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands know the key of member ids."""
    monkeypatch.setenv("OMO_HASH_KEY", HASH_KEY)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store's file may lie; its folder does not exist yet."""
    return tmp_path / "data" / "profiles.db"


@pytest.fixture
async def sqlite(path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(path)
    store.start()
    yield store
    await store.close()


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Store]:
    """Each store in turn: they behave the same."""
    async with started(request, path, Keep()) as opened:
        yield opened


@pytest.fixture(params=STORES)
async def keeping(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Store]:
    """Each store in turn, that keeps events for 30 days and profiles for 40."""
    async with started(request, path, Keep(events=30 * 86_400, profiles=40 * 86_400)) as opened:
        yield opened


@asynccontextmanager
async def started(request: pytest.FixtureRequest, path: Path, keep: Keep) -> AsyncIterator[Store]:
    """Open the store that a fixture's parameter names; nothing is in it."""
    if request.param in ("redis", "sentinel", "cluster"):
        async with opened_at(request.getfixturevalue(f"{request.param}_url"), keep) as remote:
            yield remote
        return
    store: Store = MemoryStore(keep) if request.param == "memory" else SqliteStore(path, keep)
    store.start()
    yield store
    await store.close()


@asynccontextmanager
async def opened_at(
    url: str, keep: Keep | None = None, *, prefix: str = "", replicas: int = 0, gone_after: float = TIMEOUT
) -> AsyncIterator[RemoteStore]:
    """Open a store at a server, with keys that nobody else has unless a `prefix` is named."""
    address = parse_address(f"{url}?prefix={prefix or f'test{next(_prefixes)}'}")
    store = RemoteStore(address, keep, replicas=replicas, timeout=gone_after)
    store.start()
    await store.look()
    try:
        yield store
    finally:
        await store.close()


async def visit(url: str, prefix: str, *keys: str, page: str = "/a") -> None:
    """Let visitors see a page, as a node would that has the key."""
    async with opened_at(url, prefix=prefix) as store:
        await store.look(HASH_KEY.encode())
        for key in keys:
            await store.write(Change(key, NOW, (Event("page_view", NOW, path=page),)))


def killed_again_and_again(*command: str) -> int:
    """Run a command of ours and kill it, a little later each time, until it is finished before; return its exit code."""
    for tenths in itertools.count(3, 2):
        with subprocess.Popen(
            [sys.executable, "-m", "omotenashi", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(tenths / 10)
            process.kill()
        if process.returncode != -signal.SIGKILL:
            break
    return process.returncode
