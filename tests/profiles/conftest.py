from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from omotenashi.profiles.keep import Keep
from omotenashi.profiles.memory import MemoryStore
from omotenashi.profiles.sqlite import SqliteStore
from omotenashi.profiles.store import Store


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


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


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Store]:
    """Each store in turn: they behave the same."""
    opened: Store = MemoryStore() if request.param == "memory" else SqliteStore(path)
    opened.start()
    yield opened
    await opened.close()


@pytest.fixture(params=["memory", "sqlite"])
async def keeping(request: pytest.FixtureRequest, path: Path) -> AsyncIterator[Store]:
    """Each store in turn, that keeps events for 30 days and profiles for 40."""
    keep = Keep(events=30 * 86_400, profiles=40 * 86_400)
    opened: Store = MemoryStore(keep) if request.param == "memory" else SqliteStore(path, keep)
    opened.start()
    yield opened
    await opened.close()
