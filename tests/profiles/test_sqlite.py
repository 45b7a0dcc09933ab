from __future__ import annotations

import asyncio
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from omotenashi.model.errors import SettingsError, StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.profiles import sqlite as sqlite_module
from omotenashi.profiles import sqlite_file
from omotenashi.profiles.sqlite import SqliteStore
from omotenashi.profiles.store import Change, Claim, MemberRecord

pytestmark = pytest.mark.anyio

NOON = 1_764_990_000
VIEW = Event("page_view", NOON, path="/a")
RECORD = MemberRecord(frozenset({"personalization"}), {"rank": "gold"})


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM profile").fetchone()[0])


def connection_of(store: SqliteStore) -> sqlite3.Connection:
    assert store._inline is not None
    return store._inline._connection


def views_of(store: SqliteStore, key: str) -> int:
    profile = store.read(key, NOON)
    return 0 if profile is None else len(profile.views)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


async def test_file_and_folder_are_made_for_the_owner_alone(sqlite: SqliteStore, path: Path) -> None:
    await sqlite.write(Change("v1", NOON, (VIEW,)))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    names = ("profiles.db", "profiles.db-wal", "profiles.db-shm", "profiles.db-janitor")
    assert files == dict.fromkeys(names, 0o600)


async def test_there_is_no_row_without_a_write(sqlite: SqliteStore, path: Path) -> None:
    sqlite.read("v1", NOON)
    sqlite.check()
    await sqlite.write(Change("v1", NOON, claims=(Claim("hero", 0, 60),)))
    assert rows(path) == 0
    await sqlite.write(Change("v1", NOON, (VIEW,)))
    assert rows(path) == 1


async def test_profiles_outlive_the_store(path: Path) -> None:
    for expected in (0, 1, 2):
        store = SqliteStore(path)
        store.start()
        assert views_of(store, "v1") == expected
        await store.write(Change("v1", NOON, (Event("page_view", NOON + expected, path="/a"),)))
        await store.close()


async def test_what_another_process_wrote_is_read_at_once(sqlite: SqliteStore, path: Path) -> None:
    other = SqliteStore(path)
    other.start()
    await other.write(Change("v1", NOON, (VIEW,)))
    assert views_of(sqlite, "v1") == 1
    await other.close()


async def test_two_stores_that_write_in_turn_see_all_of_each_other(sqlite: SqliteStore, path: Path) -> None:
    other = SqliteStore(path)
    other.start()
    for number in range(10):
        store = (sqlite, other)[number % 2]
        await store.write(Change("v1", NOON, (Event("page_view", NOON + number, path=f"/{number}"),)))
        await asyncio.sleep(0)
        assert (views_of(sqlite, "v1"), views_of(other, "v1")) == (number + 1, number + 1)
    await other.erase("v1")
    await asyncio.sleep(0)
    assert (views_of(sqlite, "v1"), views_of(other, "v1")) == (0, 0)
    await other.close()


async def test_a_record_is_read_from_the_file_once(sqlite: SqliteStore) -> None:
    await sqlite.change_record("m1", lambda _: RECORD, NOON)
    assert (sqlite.read_record("m1"), sqlite.read_record("m2")) == (RECORD, None)
    await asyncio.sleep(0)
    asked: list[str] = []
    connection_of(sqlite).set_trace_callback(asked.append)
    assert (sqlite.read_record("m1"), sqlite.read_record("m2")) == (RECORD, None)
    assert asked == ["PRAGMA data_version"]


async def test_a_record_that_another_process_wrote_or_erased_is_read_at_once(sqlite: SqliteStore, path: Path) -> None:
    other = SqliteStore(path)
    other.start()
    read = [sqlite.read_record("m1")]
    await other.change_record("m1", lambda _: RECORD, NOON)
    read.append(sqlite.read_record("m1"))
    await other.erase("m1")
    read.append(sqlite.read_record("m1"))
    await other.close()
    assert read == [None, RECORD, None]


async def test_what_was_erased_does_not_stay_in_memory(sqlite: SqliteStore) -> None:
    await sqlite.write(Change("m1", NOON, (VIEW,)))
    await sqlite.change_record("m1", lambda _: RECORD, NOON)
    sqlite.read("m1", NOON)
    sqlite.read_record("m1")
    await sqlite.erase("m1")
    assert sqlite._inline is not None
    known = sqlite._inline.rows
    assert (known.get("m1"), known.records) == (None, {})


async def test_a_record_that_another_process_erased_does_not_stay_in_memory(sqlite: SqliteStore, path: Path) -> None:
    other = SqliteStore(path)
    other.start()
    await sqlite.change_record("m1", lambda _: RECORD, NOON)
    sqlite.read_record("m1")
    await other.erase("m1")
    sqlite.check()
    await other.close()
    assert sqlite._inline is not None
    assert sqlite._inline.rows.records == {}


async def test_a_commit_that_fails_leaves_what_was_known(sqlite: SqliteStore) -> None:
    await sqlite.write(Change("v1", NOON, (VIEW,)))
    connection_of(sqlite).execute(
        "CREATE TEMP TRIGGER full BEFORE UPDATE ON main.profile BEGIN SELECT RAISE(ABORT, 'x'); END"
    )
    with pytest.raises(StoreUnavailable):
        await sqlite.write(Change("v1", NOON, (Event("page_view", NOON + 60, path="/b"),)))
    assert views_of(sqlite, "v1") == 1
    await sqlite.write(Change("v1", NOON, (Event("page_view", NOON + 60, path="/b"),)))
    assert views_of(sqlite, "v1") == 2


async def test_what_waits_is_committed_together(sqlite: SqliteStore) -> None:
    statements: list[str] = []
    connection_of(sqlite).set_trace_callback(statements.append)
    await asyncio.gather(*(sqlite.write(Change(f"v{number}", NOON, (VIEW,))) for number in range(100)))
    assert statements.count("COMMIT") == 1


async def test_where_another_process_writes_the_event_loop_does_not_wait(sqlite: SqliteStore) -> None:
    with locked(sqlite._path):
        waiting = asyncio.ensure_future(sqlite.write(Change("v1", NOON, (VIEW,))))
        for _ in range(5):
            await asyncio.sleep(0.01)
        assert not waiting.done()
        assert views_of(sqlite, "v1") == 0
    assert await waiting == frozenset()
    assert views_of(sqlite, "v1") == 1


async def test_a_caller_whose_patience_ends_does_not_take_its_change_back(sqlite: SqliteStore) -> None:
    with locked(sqlite._path), pytest.raises(TimeoutError):
        await sqlite.write(Change("v1", NOON, (VIEW,)), 0.02)
    await sqlite.write(Change("v2", NOON, (VIEW,)))
    await sqlite.close()
    store = SqliteStore(sqlite._path)
    store.start()
    assert views_of(store, "v1") == 1
    await store.close()


async def test_closing_writes_what_was_accepted(path: Path) -> None:
    store = SqliteStore(path)
    store.start()
    waiting = [asyncio.ensure_future(store.write(Change(f"v{number}", NOON, (VIEW,)))) for number in range(50)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*waiting)
    assert rows(path) == 50


async def test_a_caller_that_stops_waiting_does_not_disturb_the_others(sqlite: SqliteStore) -> None:
    with locked(sqlite._path):
        waiting = [asyncio.ensure_future(sqlite.write(Change(f"v{number}", NOON, (VIEW,)))) for number in range(9)]
        await asyncio.sleep(0.05)
        waiting[4].cancel()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(answer, asyncio.CancelledError) for answer in answers] == [number == 4 for number in range(9)]
    assert [views_of(sqlite, f"v{number}") for number in range(9)] == [1] * 9


async def test_a_locked_file_refuses_writes_and_answers_reads(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_module, "_WRITE_WAIT", 0.05)
    store = SqliteStore(path)
    store.start()
    await store.write(Change("v1", NOON, (VIEW,)))
    with locked(path):
        with pytest.raises(StoreUnavailable, match=r"the profile store profiles\.db: database is locked"):
            await store.write(Change("v1", NOON, (Event("page_view", NOON + 60, path="/b"),)))
        assert views_of(store, "v1") == 1
        assert store.check() == "the profile store profiles.db: database is locked"
    await store.write(Change("v1", NOON, (Event("page_view", NOON + 60, path="/b"),)))
    assert views_of(store, "v1") == 2
    assert store.check() is None
    await store.close()


async def test_a_full_disk_refuses_writes_and_answers_reads(sqlite: SqliteStore) -> None:
    assert sqlite._janitor is not None
    await asyncio.to_thread(sqlite._janitor.close)  # while it locks the file another connection writes: it is not full
    await sqlite.write(Change("v1", NOON, (VIEW,)))
    pages = connection_of(sqlite).execute("PRAGMA page_count").fetchone()[0]
    connection_of(sqlite).execute(f"PRAGMA max_page_count = {pages}")
    bulk = tuple(
        Event("page_view", NOON + number * 60, path=f"/{sha256(bytes([number])).hexdigest()}") for number in range(200)
    )
    changes = [Change("v1", NOON, (Event("search", NOON),)), Change("v2", NOON, bulk), Change("v3", NOON, bulk)]
    answers = await asyncio.gather(*map(sqlite.write, changes), return_exceptions=True)
    assert ["database or disk is full" in str(answer) for answer in answers] == [True] * 3
    assert views_of(sqlite, "v1") == 1
    assert views_of(sqlite, "v3") == 0
    assert "full" in (sqlite.check() or "")
    assert (sqlite.check_reading(), sqlite.refused) == (None, {"SQLITE_FULL": 3})
    connection_of(sqlite).execute("PRAGMA max_page_count = 100000")
    await sqlite.write(changes[-1])
    assert views_of(sqlite, "v3") == 200
    assert sqlite.check() is None


async def test_a_connection_that_broke_is_replaced(sqlite: SqliteStore) -> None:
    connection_of(sqlite).close()
    with pytest.raises(StoreUnavailable, match="closed database"):
        await sqlite.write(Change("v1", NOON, (VIEW,)))
    await sqlite.write(Change("v1", NOON, (VIEW,)))
    connection_of(sqlite).close()
    with pytest.raises(StoreUnavailable, match="closed database"):
        sqlite.read("v1", NOON)
    assert views_of(sqlite, "v1") == 1


async def test_a_row_that_cannot_be_read_fails_alone(sqlite: SqliteStore, path: Path) -> None:
    await sqlite.write(Change("broken", NOON, (VIEW,)))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE profile SET data = x'00'")
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        sqlite.read("broken", NOON)
    changes = [Change(key, NOON, (VIEW,)) for key in ("v1", "broken", "v2")]
    answers = await asyncio.gather(*map(sqlite.write, changes), return_exceptions=True)
    assert [type(answer) for answer in answers] == [frozenset, StoreUnavailable, frozenset]


async def test_too_many_waiting_changes_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_module, "MOST_WAITING", 3)
    store = SqliteStore(path)
    store.start()
    with locked(path):
        waiting = []
        for number in range(5):
            waiting.append(asyncio.ensure_future(store.write(Change(f"v{number}", NOON, (VIEW,)))))
            await asyncio.sleep(0.01)
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert [str(answer) for answer in answers[3:]] == ["3 changes are waiting for the disk"] * 2
    assert answers[:3] == [frozenset()] * 3
    await store.close()


def test_a_file_of_another_version_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 4")
    with pytest.raises(
        SettingsError, match=r"profiles\.db was written by another version of Omotenashi \(schema 4, this one knows 3\)"
    ):
        SqliteStore(path).start()


async def test_a_file_that_another_process_holds_at_the_start_is_opened_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "_OPENING_WAIT", 0.05)
    monkeypatch.setattr(sqlite_module, "_REST_AFTER_OPENING", 0)
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        store = SqliteStore(path)
        store.start()
        with pytest.raises(StoreUnavailable, match="database is locked"):
            store.read("v1", NOON)
        assert "database is locked" in (store.check() or "")
    await store.write(Change("v1", NOON, (VIEW,)))
    assert views_of(store, "v1") == 1
    assert store.check() is None
    await store.close()


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE posts (id INTEGER)")
    with pytest.raises(SettingsError, match="a database of another program"):
        SqliteStore(path).start()


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("name,price\n" * 1_000)
    with pytest.raises(StoreUnavailable, match="file is not a database"):
        SqliteStore(path).start()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreUnavailable, match=r"profiles\.db: .*(File exists|Not a directory)"):
        SqliteStore(tmp_path / "data" / "profiles.db").start()


async def test_closing_twice_does_no_harm(sqlite: SqliteStore) -> None:
    await sqlite.close()
    await sqlite.close()
    with pytest.raises(StoreUnavailable):
        sqlite.read("anybody", NOON)
