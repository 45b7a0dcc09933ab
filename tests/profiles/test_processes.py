"""Several worker processes on one file, and processes that are killed."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from omotenashi.profiles.fold import claimed
from omotenashi.profiles.sqlite import SqliteStore

NOON = 1_764_990_000
OPENING = f"""
import asyncio, sys
from pathlib import Path
from omotenashi.model.event import Event
from omotenashi.profiles.sqlite import SqliteStore
from omotenashi.profiles.store import Change, Claim

NOON = {NOON}

async def main():
    store = SqliteStore(Path(sys.argv[1]))
    store.start()
    print("ready", flush=True)
    sys.stdin.readline()
    await work(store)
    await store.close()
"""
CLAIMING = """
async def work(store):
    attempts = [store.write(Change("v1", NOON, claims=(Claim("hero", 3, 60),))) for _ in range(20)]
    print(sum("hero" in granted for granted in await asyncio.gather(*attempts)))
"""
VIEWING = """
async def work(store):
    for number in range(1_000_000):
        await store.write(Change(f"v{number}", NOON, (Event("page_view", NOON, path="/a"),)))
        print(number, flush=True)
"""
RUN = "asyncio.run(main())"


Start = Callable[[str], subprocess.Popen[str]]


@pytest.fixture
def start(path: Path) -> Iterator[Start]:
    """Starts worker processes on the file, and ends them with the test."""
    with ExitStack() as processes:

        def started(program: str) -> subprocess.Popen[str]:
            process = processes.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", OPENING + program + RUN, os.fspath(path)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            processes.callback(process.kill)
            return process

        yield started


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


@contextmanager
def stored(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    store.start()
    yield store
    asyncio.run(store.close())


def test_two_processes_that_claim_forty_times_at_once_get_three_of_a_limit_of_three(start: Start, path: Path) -> None:
    processes = [start(CLAIMING) for _ in range(2)]
    assert [line(process) for process in processes] == ["ready", "ready"]
    for process in processes:
        go(process)
    assert sum(int(process.communicate()[0]) for process in processes) == 3
    assert [process.returncode for process in processes] == [0, 0]
    with stored(path) as store:
        assert claimed(store.read("v1", NOON), "hero", 0) == 3


def test_a_process_that_is_killed_loses_nothing_that_it_acknowledged(start: Start, path: Path) -> None:
    process = start(VIEWING)
    assert line(process) == "ready"
    go(process)
    while int(line(process)) < 100:
        pass
    process.kill()
    acknowledged = 101 + len(process.communicate()[0].split())
    with stored(path) as store:
        assert [number for number in range(acknowledged) if store.read(f"v{number}", NOON) is None] == []
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_processes_that_start_at_once_make_one_file(start: Start) -> None:
    processes = [start("\nasync def work(store): print(store.check())\n") for _ in range(4)]
    for process in processes:
        go(process)
    assert [process.communicate()[0] for process in processes] == ["ready\nNone\n"] * 4
