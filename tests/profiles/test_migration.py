"""`omo migrate`: from a file to a Cluster and back all is the same, however often it is killed on the way."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis, RedisCluster
from tests.profiles.conftest import opened_at

from omotenashi.cli import main
from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.profiles import transfer
from omotenashi.profiles.database import Database
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote import login
from omotenashi.profiles.remote.rows import keys_of, place_of, place_of_digest
from omotenashi.profiles.remote.transfer import RemoteSide
from omotenashi.profiles.sqlite_file import opened
from omotenashi.profiles.store import Change, MemberRecord
from omotenashi.profiles.transfer import Progress

HASH_KEY = "a-key-of-thirty-two-characters-or-more"
NOW = int(time.time())
DAY = 86_400
PROFILES, RECORDS, OLD = 3_000, 500, 100
_prefixes = itertools.count()

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def with_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMO_HASH_KEY", HASH_KEY)


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A file with many profiles and records, of which a hundred are older than they may be kept."""
    chance = random.Random(3)
    path = tmp_path / "from.sqlite"
    with closing(opened(path)) as connection, transaction(connection):
        for table, count in (("profile", PROFILES), ("record", RECORDS)):
            rows = [
                (chance.getrandbits(64) - 2**63, chance.randbytes(8), NOW - chance.randrange(300 * DAY),
                 chance.randbytes(chance.randrange(20, 900)))
                for _ in range(count)
            ]  # fmt: skip
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", rows)
        connection.execute(
            f"UPDATE profile SET updated = ? WHERE id IN (SELECT id FROM profile ORDER BY rest LIMIT {OLD})",
            (NOW - 401 * DAY,),
        )
    return f"sqlite:///{path}"


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN")
    yield
    connection.execute("COMMIT")


@pytest.fixture
def there(cluster_url: str) -> str:
    """An empty place in a Cluster."""
    return f"{cluster_url}?prefix=there{next(_prefixes)}"


@pytest.fixture
def alone(redis_url: str) -> str:
    """An empty place in one server."""
    return f"{redis_url}?prefix=alone{next(_prefixes)}"


@pytest.fixture
def back(tmp_path: Path) -> str:
    """A file that is not there yet."""
    return f"sqlite:///{tmp_path}/back.sqlite"


def rows(file: str, *, old: bool = False) -> dict[str, list[tuple[int, bytes, int, bytes]]]:
    """Return what lies in a file, but what may no longer be kept."""
    since = 0 if old else NOW - 400 * DAY
    with closing(sqlite3.connect(file.removeprefix("sqlite:///"))) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table} WHERE updated > ? ORDER BY id", (since,)).fetchall()
            for table in ("profile", "record")
        }


def migrate(source: str, target: str, *flags: str) -> int:
    return main(["migrate", source, target, *flags])


def killed(source: str, target: str, after: float) -> bool:
    """Migrate and kill that after some seconds; tell whether it was not finished by then."""
    command = [sys.executable, "-m", "omotenashi", "migrate", source, target]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.returncode == -signal.SIGKILL


def test_from_a_file_to_a_cluster_and_back_all_is_the_same(file: str, there: str, back: str, capsys: Capture) -> None:
    assert migrate(file, there) == 0
    said = capsys.readouterr().out
    assert (
        f"{PROFILES - OLD} profiles and {RECORDS} records are the same, 100 profiles were too old and left out" in said
    )
    assert "nothing differs" in said
    assert migrate(there, back) == 0
    assert rows(back, old=True) == rows(file)


def test_from_one_server_to_a_cluster_all_is_the_same(
    file: str, alone: str, there: str, back: str, capsys: Capture
) -> None:
    assert [migrate(file, alone), migrate(alone, there), migrate(there, back)] == [0, 0, 0]
    assert capsys.readouterr().out.count("nothing differs") == 3
    assert rows(back, old=True) == rows(file)


def test_however_often_it_is_killed_it_goes_on_and_all_is_the_same(
    file: str, there: str, back: str, capsys: Capture
) -> None:
    for source, target in ((file, there), (there, back)):
        for tenths in itertools.count(3, 2):  # a little later each time, until it is finished before
            if not killed(source, target, tenths / 10):
                break
        assert migrate(source, target) == 0
    assert capsys.readouterr().out.count("nothing differs") == 2
    assert rows(back, old=True) == rows(file)


def test_it_goes_on_where_it_was_killed_between_its_first_rows_and_what_it_notes_of_them(
    file: str, alone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = RemoteSide.write

    async def half(side: RemoteSide, changes: Any, progress: Progress) -> None:
        if changes:
            await side._bulk.ask([side._writing(item, there) for item, there in changes], writes=True)
            raise StoreUnavailable("killed")
        await whole(side, changes, progress)

    with monkeypatch.context() as patched:
        patched.setattr(RemoteSide, "write", half)
        assert migrate(file, alone) == 1
    assert migrate(file, alone) == 0


def test_it_goes_on_where_it_was_killed(file: str, alone: str, redis_url: str, capsys: Capture) -> None:
    assert migrate(file, alone) == 0
    prefix = alone.partition("prefix=")[2]
    with Redis.from_url(redis_url) as client:
        told = json.loads(client.get(f"{prefix}:migration"))
        assert (told["finished"], told["items"]) == (True, PROFILES + RECORDS)
        half = {**told, "finished": False, "items": PROFILES, "positions": {"profile": "end"}}
        client.set(f"{prefix}:migration", json.dumps(half))
    assert migrate(file, alone) == 0
    assert f"resuming after {PROFILES} of {PROFILES + RECORDS}" in capsys.readouterr().err


def test_what_has_changed_since_is_counted_and_copied_where_asked(
    file: str, alone: str, redis_url: str, capsys: Capture
) -> None:
    prefix = alone.partition("prefix=")[2]
    assert migrate(file, alone) == 0
    with Redis.from_url(redis_url) as client:
        first, second, *_ = sorted(client.keys(f"{prefix}:*:p"))
        client.delete(first)
        client.setrange(second, 30, b"another")
        for _ in range(2):
            assert migrate(file, alone) == 1
            assert "2 differ (1 missing, 1 different, 0 in the target alone)" in capsys.readouterr().out
        assert not client.exists(first)
        assert migrate(file, alone, "--again") == 0
        assert client.ttl(first) > 0
        assert client.ttl(second) > 0


def test_what_differs_in_the_end_is_mended_by_the_next_run(
    file: str, alone: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    prefix = alone.partition("prefix=")[2]

    async def copied_and_lost(*given: Any) -> AsyncIterator[Progress]:
        async for progress in transfer.copied(*given):
            yield progress
        with Redis.from_url(redis_url) as client:
            client.delete(client.keys(f"{prefix}:*:r")[0])

    with monkeypatch.context() as patched:
        patched.setattr("omotenashi.cli.migrating.copied", copied_and_lost)
        assert migrate(file, alone) == 1
        said = capsys.readouterr().out
        assert "1 differ (1 missing, 0 different, 0 in the target alone); stop what writes there, and run" in said
    assert migrate(file, alone) == 0


def test_what_is_newer_in_the_target_stays_and_what_is_there_alone_is_told(
    tmp_path: Path, alone: str, redis_url: str, capsys: Capture
) -> None:
    path, prefix = tmp_path / "service.sqlite", alone.partition("prefix=")[2]
    with closing(Database(path, Keep(), wait=1)) as database, database.transaction() as writing:
        for key in ("v1", "v2"):
            writing.apply(Change(key, NOW - 60, (Event("page_view", NOW - 60, path="/a"),)))
    assert migrate(f"sqlite:///{path}", alone) == 0
    for key in ("v2", "v3"):
        asyncio.run(visit(redis_url, prefix, key))
    for _ in range(2):
        assert migrate(f"sqlite:///{path}", alone, "--again") == 1
        said = capsys.readouterr().out
        assert "1 profiles and 0 records are the same, 2 differ (0 missing, 1 different, 1 in the target alone)" in said


async def visit(address: str, prefix: str, key: str) -> None:
    async with opened_at(address, prefix=prefix) as store:
        await store.look(HASH_KEY.encode())
        await store.write(Change(key, NOW, (Event("page_view", NOW, path="/a"),)))


def test_a_target_that_holds_profiles_is_left_alone(file: str, redis_url: str, back: str, capsys: Capture) -> None:
    asyncio.run(visit(redis_url, "full", "v1"))
    assert migrate(file, f"{redis_url}?prefix=full") == 1
    assert "?prefix=full holds profiles already; a migration goes into an empty store" in capsys.readouterr().err
    assert migrate(file, back) == 0
    assert migrate(f"{redis_url}?prefix=full", back) == 1
    assert "back.sqlite: a migration from " in capsys.readouterr().err


def test_a_profile_expires_in_redis_when_it_would_have_been_too_old_in_the_file(
    file: str, alone: str, redis_url: str
) -> None:
    assert migrate(file, alone) == 0
    (row, rest, updated, _), *_ = rows(file)["profile"]
    prefix = alone.partition("prefix=")[2]
    with Redis.from_url(redis_url) as client:
        place = place_of_digest(row.to_bytes(8, "big", signed=True) + rest)
        assert client.execute_command("EXPIRETIME", keys_of(prefix, place).profile) == updated + 400 * DAY + 1


def test_the_service_knows_its_visitors_again(tmp_path: Path, cluster_url: str) -> None:
    file, prefix = tmp_path / "service.sqlite", f"service{next(_prefixes)}"
    with closing(Database(file, Keep(), wait=1)) as database, database.transaction() as writing:
        writing.apply(Change("v1", NOW, (Event("page_view", NOW, path="/a"),)))
        writing.write_record("m.1", MemberRecord(frozenset({"personalization"}), {"rank": "ゴールド"}), NOW)
    assert migrate(f"sqlite:///{file}", f"{cluster_url}?prefix={prefix}") == 0

    async def known() -> tuple[list[str], MemberRecord | None]:
        async with opened_at(cluster_url, prefix=prefix) as store:
            await store.look(HASH_KEY.encode())
            found = await store.fetch(["v1", "m.1"])
            profile = found.read("v1", NOW)
            return [view.path for view in profile.views] if profile else [], found.read_record("m.1")

    assert asyncio.run(known()) == (["/a"], MemberRecord(frozenset({"personalization"}), {"rank": "ゴールド"}))


def test_a_login_that_a_node_left_half_done_is_finished_before(
    cluster_url: str, back: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = f"login{next(_prefixes)}"

    async def half_done() -> None:
        async def stopped(*_: object) -> None:
            raise StoreUnavailable("the node stopped")

        async with opened_at(cluster_url, prefix=prefix) as store:
            with monkeypatch.context() as patched:
                patched.setattr(login, "_deliver", stopped)
                with pytest.raises(StoreUnavailable, match="the node stopped"):
                    await store.move("v1", "m.1", NOW)

    asyncio.run(visit(cluster_url, prefix, "v1"))
    asyncio.run(half_done())
    assert migrate(f"{cluster_url}?prefix={prefix}", back) == 0
    with closing(Database(Path(back.removeprefix("sqlite:///")), Keep(), wait=1)) as database:
        member = database.read("m.1", NOW)
        assert member is not None
        assert [view.path for view in member.views] == ["/a"]


def test_a_value_that_cannot_be_read_is_named(redis_url: str, back: str, capsys: Capture) -> None:
    asyncio.run(visit(redis_url, "broken", "v1"))
    key = keys_of("broken", place_of("v2")).profile
    with Redis.from_url(redis_url) as client:
        client.set(key, b"12345678garbage")
        client.set("broken:other", b"")
        assert migrate(f"{redis_url}?prefix=broken", back) == 1
        assert f"{key.decode()} cannot be read; delete it, and run the command again" in capsys.readouterr().err
        client.delete(key)
    assert migrate(f"{redis_url}?prefix=broken", back) == 0


def test_nodes_of_another_key_of_member_ids_are_refused(
    back: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    asyncio.run(visit(redis_url, "keyed", "v1"))
    monkeypatch.setenv("OMO_HASH_KEY", "another-key-of-more-than-sixteen")
    assert migrate(f"{redis_url}?prefix=keyed", back) == 1
    assert "hash_key: other nodes use another key of member ids" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "target", "problem"),
    [
        ("sqlite:///{folder}/none.sqlite", "redis://127.0.0.1:1", "there is no store at {folder}/none.sqlite"),
        ("memory:", "redis://127.0.0.1:1", "store: memory: is known to the process that serves alone"),
        ("{file}", "redis://omo:secret-word@127.0.0.1:1", "redis://127.0.0.1:1: "),
        ("{file}", "redis+cluster://omo:secret-word@127.0.0.1:1", "redis+cluster://127.0.0.1:1: "),
        ("{file}", "{file}", "{folder}/from.sqlite is named twice: name two stores"),
        ("{file}", "mysql://x", "store: this is none of sqlite:///relative/path"),
    ],
)
def test_what_cannot_be_migrated_is_told_in_one_line(
    source: str, target: str, problem: str, file: str, tmp_path: Path, capsys: Capture
) -> None:
    source, target, problem = (text.format(file=file, folder=tmp_path) for text in (source, target, problem))
    assert migrate(source, target) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"omo: {problem}")
    assert (said.count("\n"), "secret-word" in said) == (1, False)


def test_keys_of_others_stay_as_they_are(file: str, there: str, cluster_url: str, back: str) -> None:
    prefix = there.partition("prefix=")[2]
    host, port = cluster_url.removeprefix("redis+cluster://").split(",")[0].split(":")
    with closing(RedisCluster(host=host, port=int(port))) as client:
        client.set(f"{prefix}er:{{0123456789012345678901}}:p", b"of another site")
        assert migrate(file, there) == 0
        assert migrate(there, back) == 0
        assert client.get(f"{prefix}er:{{0123456789012345678901}}:p") == b"of another site"
