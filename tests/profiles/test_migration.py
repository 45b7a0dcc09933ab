"""`omo migrate`: from a file to a Cluster and back all is the same, however often it is killed on the way."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis, RedisCluster
from tests import redis_servers
from tests.profiles.conftest import HASH_KEY, NOW, Capture, killed_again_and_again, opened_at, visit
from tests.redis_servers import Cluster

from omotenashi.cli import main
from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.profiles import transfer
from omotenashi.profiles.database import Database
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote import login
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.rows import digest_of_place, keys_of, place_of, place_of_digest, record_value
from omotenashi.profiles.remote.store import Snapshot
from omotenashi.profiles.remote.transfer import RemoteSide
from omotenashi.profiles.sqlite_file import opened
from omotenashi.profiles.store import Change, MemberRecord
from omotenashi.profiles.transfer import END, Item, Kind, Progress
from omotenashi.profiles.transfer_file import FileSide

DAY = 86_400
PROFILES, RECORDS, OLD = 3_000, 500, 100

pytestmark = pytest.mark.usefixtures("with_the_key")


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
def there(cluster_url: str, prefix: str) -> str:
    """An empty place in a Cluster."""
    return f"{cluster_url}?prefix={prefix}"


@pytest.fixture
def alone(redis_url: str, prefix: str) -> str:
    """An empty place in one server."""
    return f"{redis_url}?prefix={prefix}"


@pytest.fixture
def back(tmp_path: Path) -> str:
    """A file that is not there yet."""
    return f"sqlite:///{tmp_path}/back.sqlite"


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """The file of a service that knows two visitors."""
    path = tmp_path / "service.sqlite"
    view_in_file(path, "/b", "v1", "v2")
    return path


def view_in_file(path: Path, page: str, *keys: str) -> None:
    """Let visitors see a page, as a service would that has the file."""
    with closing(Database(path, Keep(), wait=1)) as database, database.transaction() as writing:
        for key in keys:
            writing.apply(Change(key, NOW - 60, (Event("page_view", NOW - 60, path=page),)))


def rows(file: str, *, old: bool = False) -> dict[str, list[tuple[int, bytes, int, bytes]]]:
    """Return what lies in a file, but what may no longer be kept."""
    since = 0 if old else NOW - 400 * DAY
    with closing(sqlite3.connect(file.removeprefix("sqlite:///"))) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table} WHERE updated > ? ORDER BY id", (since,)).fetchall()
            for table in ("profile", "record")
        }


def migrate(source: str, target: str, *flags: str) -> int:
    return main(["migrate", source, target, "--lang", "en", *flags])


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
        killed_again_and_again("migrate", source, target)
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


def test_it_goes_on_where_a_server_was_killed_and_started_again(
    file: str, back: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    with redis_servers.single(tmp_path, ("--appendonly", "yes", "--appendfsync", "always")) as server:
        assert migrate(file, server.url) == 0
        whole, batches = FileSide.write, itertools.count()

        async def until_it_dies(side: FileSide, *given: Any) -> None:
            if next(batches) == 2:
                server.kill()
            await whole(side, *given)

        with monkeypatch.context() as patched:
            patched.setattr(FileSide, "write", until_it_dies)
            assert migrate(server.url, back) == 1
        said = capsys.readouterr().err.splitlines()
        assert said[-1].startswith(f"omo: {server.url}: ")
        assert said[-1].endswith("; when this is mended, run the command again: it goes on where it stopped")
        server.start()
        assert migrate(server.url, back) == 0  # though the cursor of before means something else now
    assert rows(back, old=True) == rows(file)


def test_a_slot_that_moves_in_the_middle_is_found_and_the_next_run_mends_it(
    file: str, back: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    with redis_servers.cluster(tmp_path) as cluster:
        assert migrate(file, cluster.url) == 0
        read, batches = RemoteSide.read, itertools.count()

        async def and_move(side: RemoteSide, part: str, position: str) -> Any:
            found = await read(side, part, position)
            if found[1] == END and next(batches) == 0:  # the first server is gone through, and gets what another had
                move_one_key(cluster, to=part)
            return found

        with monkeypatch.context() as patched:
            patched.setattr(RemoteSide, "read", and_move)
            assert migrate(cluster.url, back) == 1
        said = capsys.readouterr().out
        assert "1 differ (1 missing, 0 different, 0 in the target alone); run the command again, while no" in said
        assert migrate(cluster.url, back) == 0
    assert rows(back, old=True) == rows(file)


def move_one_key(cluster: Cluster, to: str) -> None:
    """Let a slot with one key move to the master of this name."""
    masters = {f"127.0.0.1:{one.port}": one for one in cluster.masters()}
    target = masters.pop(to)
    source = next(iter(masters.values()))
    with source.client() as client:
        slots = Counter(client.execute_command("CLUSTER KEYSLOT", key) for key in client.keys("omo:{*"))
    cluster.move(next(slot for slot, count in slots.items() if count == 1), source, target)


def test_it_goes_on_where_it_was_killed(file: str, alone: str, redis_url: str, capsys: Capture, prefix: str) -> None:
    assert migrate(file, alone) == 0
    with Redis.from_url(redis_url) as client:
        told = json.loads(client.get(f"{prefix}:migration"))
        assert (told["finished"], told["items"]) == (True, PROFILES + RECORDS)
        half = {**told, "finished": False, "items": PROFILES, "positions": {"profile": "end"}}
        client.set(f"{prefix}:migration", json.dumps(half))
    assert migrate(file, alone) == 0
    assert f"resuming after {PROFILES} of {PROFILES + RECORDS}" in capsys.readouterr().err


def test_what_has_changed_since_is_counted_and_copied_where_asked(
    file: str, alone: str, redis_url: str, capsys: Capture, prefix: str
) -> None:
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
    file: str, alone: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture, prefix: str
) -> None:

    async def copied_and_lost(*given: Any) -> AsyncIterator[Progress]:
        async for progress in transfer.copied(*given):
            yield progress
        with Redis.from_url(redis_url) as client:
            client.delete(client.keys(f"{prefix}:*:r")[0])

    with monkeypatch.context() as patched:
        patched.setattr("omotenashi.cli.migrating.copied", copied_and_lost)
        assert migrate(file, alone) == 1
        said = capsys.readouterr().out
        assert (
            "1 differ (1 missing, 0 different, 0 in the target alone); run the command again, while no service writes to either"
            in said
        )
    assert migrate(file, alone) == 0


def test_what_is_newer_in_the_target_stays_and_what_is_there_alone_is_told(
    served: Path, alone: str, redis_url: str, prefix: str, capsys: Capture
) -> None:
    assert migrate(f"sqlite:///{served}", alone) == 0
    asyncio.run(visit(redis_url, prefix, "v2", "v3"))
    for _ in range(2):
        assert migrate(f"sqlite:///{served}", alone, "--again") == 1
        said = capsys.readouterr().out
        assert "1 profiles and 0 records are the same, 2 differ (0 missing, 1 different, 1 in the target alone)" in said
        assert "; 1 of them are newer in the target and stay; what is in the target alone was erased from " in said


@pytest.mark.anyio
async def test_what_a_node_has_written_since_it_was_looked_for_stays(redis_url: str, prefix: str) -> None:
    kinds = {"m.1": Kind.RECORD, "m.2": Kind.RECORD, "v1": Kind.PROFILE, "v2": Kind.PROFILE}
    records = [keys_of(prefix, place_of(key)).record for key in ("m.1", "m.2")]
    items = [Item(kind, digest_of_place(place_of(key)), NOW, b"copied") for key, kind in kinds.items()]
    with Redis.from_url(redis_url) as client:
        client.set(records[1], record_value(MemberRecord(), NOW - 60))
        await visit(redis_url, prefix, "v2", page="/b")
        async with opened_at(redis_url, prefix=prefix) as store:
            side = RemoteSide(parse_address(f"{redis_url}?prefix={prefix}"), store)
            found = await side.find(items)
            assert [one is None for one in found] == [True, False, True, False]
            written = record_value(MemberRecord(None, {"rank": "ゴールド"}), NOW)
            client.mset(dict.fromkeys(records, written))
            await visit(redis_url, prefix, "v1", "v2")
            await side.write(list(zip(items, found, strict=True)), Progress("elsewhere"))
            there = await store.fetch(["v1", "v2"])
        assert client.mget(records) == [written, written]
    assert [pages(there, key) for key in ("v1", "v2")] == [["/a"], ["/b", "/a"]]


def pages(there: Snapshot, key: str) -> list[str]:
    profile = there.read(key, NOW)
    return [view.path for view in profile.views] if profile else []


def migrated_while(meanwhile: Callable[[], Awaitable[None]], source: str, target: str) -> int:
    """Migrate while something is done after each time that the target was asked what it has."""
    find = RemoteSide.find

    async def found(side: RemoteSide, items: Sequence[Item]) -> list[Item | None]:
        there = await find(side, items)
        await meanwhile()
        return there

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(RemoteSide, "find", found)
        return migrate(source, target)


def test_what_nodes_have_written_while_it_ran_is_found_by_the_comparison(
    served: Path, alone: str, redis_url: str, prefix: str, capsys: Capture
) -> None:
    async def meanwhile() -> None:
        await visit(redis_url, prefix, "v1")

    assert migrated_while(meanwhile, f"sqlite:///{served}", alone) == 1
    said = capsys.readouterr().out
    assert (
        "1 differ (0 missing, 1 different, 0 in the target alone); 1 of them are newer in the target and stay" in said
    )


def test_what_the_service_has_done_while_it_ran_is_copied_by_the_next_run(
    served: Path, alone: str, redis_url: str, prefix: str
) -> None:
    async def meanwhile() -> None:
        view_in_file(served, "/c", "v2", "v3")

    async def known() -> list[int]:
        async with opened_at(redis_url, prefix=prefix) as store:
            there = await store.fetch(["v1", "v2", "v3"])
            return [len(pages(there, key)) for key in ("v1", "v2", "v3")]

    assert migrated_while(meanwhile, f"sqlite:///{served}", alone) == 1
    assert migrate(f"sqlite:///{served}", alone, "--again") == 0
    with closing(Database(served, Keep(), wait=1)) as database:
        views = [len(profile.views) if (profile := database.read(key, NOW)) else 0 for key in ("v1", "v2", "v3")]
    assert asyncio.run(known()) == views
    assert views[0] == 1 < views[1]


def test_a_target_that_holds_profiles_is_left_alone(file: str, redis_url: str, back: str, capsys: Capture) -> None:
    asyncio.run(visit(redis_url, "full", "v1"))
    assert migrate(file, f"{redis_url}?prefix=full") == 1
    assert "?prefix=full holds profiles already; a migration goes into an empty store" in capsys.readouterr().err
    assert migrate(file, back) == 0
    assert migrate(f"{redis_url}?prefix=full", back) == 1
    assert "back.sqlite: a migration from " in capsys.readouterr().err


def test_a_profile_expires_in_redis_when_it_would_have_been_too_old_in_the_file(
    file: str, alone: str, redis_url: str, prefix: str
) -> None:
    assert migrate(file, alone) == 0
    (row, rest, updated, _), *_ = rows(file)["profile"]
    with Redis.from_url(redis_url) as client:
        place = place_of_digest(row.to_bytes(8, "big", signed=True) + rest)
        assert client.execute_command("EXPIRETIME", keys_of(prefix, place).profile) == updated + 400 * DAY + 1


def test_the_service_knows_its_visitors_again(tmp_path: Path, cluster_url: str, prefix: str) -> None:
    file = tmp_path / "service.sqlite"
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
    cluster_url: str, back: str, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
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
        assert (
            f"{key.decode()} cannot be read; delete it, or name another ?prefix=…; when this is mended, run the command again"
            in capsys.readouterr().err
        )
        client.delete(key)
    assert migrate(f"{redis_url}?prefix=broken", back) == 0


@pytest.mark.parametrize("kind", ["profile", "record"])
def test_a_key_that_holds_no_plain_value_is_named_on_either_side(
    kind: str, prefix: str, redis_url: str, tmp_path: Path, capsys: Capture
) -> None:
    at = f"{redis_url}?prefix={prefix}"
    asyncio.run(visit(redis_url, prefix, "v1"))
    keys = keys_of(prefix, place_of("v2"))
    key = keys.profile if kind == "profile" else keys.record
    with Redis.from_url(redis_url) as client:
        client.rpush(key, "a list")
        assert migrate(at, f"sqlite:///{tmp_path}/one.sqlite") == 1
        says = f"{key.decode()} cannot be read, for it is of another type (WRONGTYPE); delete it, or name another ?prefix=…"
        assert capsys.readouterr().err.splitlines()[-1].startswith(f"omo: {redis_url}: {says}")
        client.delete(key)
        assert migrate(at, f"sqlite:///{tmp_path}/one.sqlite") == 0
        client.delete(*client.keys(f"{prefix}:*"))
        client.rpush(f"{prefix}:migration", "a list")
        assert migrate(f"sqlite:///{tmp_path}/one.sqlite", at) == 1
        assert f"omo: {redis_url}: {prefix}:migration cannot be read, for it is" in capsys.readouterr().err


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
        ("sqlite:///{folder}/text", "redis://127.0.0.1:1", "{folder}/text: this is no database: name another file"),
        ("{file}", "mysql://x", "store: this is none of sqlite:///relative/path"),
    ],
)
def test_what_cannot_be_migrated_is_told_in_one_line(
    source: str, target: str, problem: str, file: str, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "text").write_text("no database\n" * 1000)
    source, target, problem = (text.format(file=file, folder=tmp_path) for text in (source, target, problem))
    assert migrate(source, target) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"omo: {problem}")
    assert (said.count("\n"), "secret-word" in said) == (1, False)


def test_keys_of_others_stay_as_they_are(file: str, there: str, cluster_url: str, back: str, prefix: str) -> None:
    host, port = cluster_url.removeprefix("redis+cluster://").split(",")[0].split(":")
    with closing(RedisCluster(host=host, port=int(port))) as client:
        client.set(f"{prefix}er:{{0123456789012345678901}}:p", b"of another site")
        assert migrate(file, there) == 0
        assert migrate(there, back) == 0
        assert client.get(f"{prefix}er:{{0123456789012345678901}}:p") == b"of another site"
