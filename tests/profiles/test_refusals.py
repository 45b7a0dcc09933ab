"""Servers that answer and refuse: that is told until they accept again, and what can be read is read."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests import redis_servers
from tests.profiles.conftest import opened_at
from tests.redis_servers import Cluster, Server, wait_until

from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.store import Change, MemberRecord

pytestmark = pytest.mark.anyio
NOON = 1_764_990_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with redis_servers.single(tmp_path, ("--save", "3600 1")) as server:
        yield server


def set_to(**options: str) -> Callable[[Any], object]:
    def change(client: Any) -> None:
        for name, value in options.items():
            client.config_set(name.replace("_", "-"), value)

    return change


def follow_nobody(client: Any) -> None:
    """Make it the replica of a server that is not there."""
    client.execute_command("REPLICAOF", "127.0.0.1", "1")


def lead(client: Any) -> None:
    client.execute_command("REPLICAOF", "NO", "ONE")


def cut_off_its_disk(client: Any) -> None:
    """Let it fail to save, as on a full disk."""
    shutil.rmtree(client.config_get("dir")["dir"])
    client.execute_command("BGSAVE")
    wait_until(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err")


def give_back_its_disk(client: Any) -> None:
    client.config_set("stop-writes-on-bgsave-error", "no")


def allow(*words: str) -> Callable[[Any], object]:
    return lambda client: client.execute_command("ACL", "SETUSER", "default", *words)


REFUSING = {
    "OOM": (set_to(maxmemory="1"), set_to(maxmemory="0"), "OOM command not allowed when used memory > 'maxmemory'."),
    "READONLY": (follow_nobody, lead, "READONLY You can't write against a read only replica."),
    "MISCONF": (cut_off_its_disk, give_back_its_disk, "MISCONF "),
    "NOREPLICAS": (
        set_to(min_replicas_to_write="1"),
        set_to(min_replicas_to_write="0"),
        "NOREPLICAS Not enough good replicas to write.",
    ),
    "NOPERM": (allow("-eval"), allow("+eval"), "NOPERM "),
}


async def write(store: RemoteStore) -> None:
    await store.write(Change("v1", NOON, (Event("page_view", NOON, path="/a"),)))


async def views(store: RemoteStore) -> int:
    profile = (await store.fetch(["v1"])).read("v1", NOON)
    return 0 if profile is None else len(profile.views)


@pytest.mark.parametrize("code", REFUSING)
async def test_a_server_that_refuses_writes_is_told_until_it_takes_one_and_read_meanwhile(
    code: str, server: Server
) -> None:
    refuse, accept, said = REFUSING[code]
    async with opened_at(server.url, gone_after=5) as store:
        await write(store)
        with server.client() as client:
            refuse(client)
            for _ in range(2):
                with pytest.raises(StoreUnavailable, match=code):
                    await write(store)
            assert await views(store) == 1
            assert store.check_reading() is None
            assert (store.check() or "").startswith(f"{server.url}: writing is refused: {said}")
            assert store.refused == {code: 2}
            accept(client)
        await write(store)
        assert store.check() is None


async def test_a_full_server_erases_and_stays_full_for_that(server: Server) -> None:
    async with opened_at(server.url, gone_after=5) as store:
        await write(store)
        with server.client() as client:
            client.config_set("maxmemory", "1")
        with pytest.raises(StoreUnavailable, match="OOM"):
            await write(store)
        assert await store.erase("v1")
        assert "OOM" in (store.check() or "")


async def test_what_was_refused_long_ago_is_over_when_other_writes_are_taken(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_at(server.url, gone_after=5) as store:
        with server.client() as client:
            client.execute_command("ACL", "SETUSER", "default", "-set")
            with pytest.raises(StoreUnavailable, match="script can"):
                await store.change_record("m.1", lambda _: MemberRecord(frozenset()), NOON)
            await store.erase("m.1")
            assert "run this command" in (store.check() or "")
            client.execute_command("ACL", "SETUSER", "default", "+set")
        monkeypatch.setattr("omotenashi.profiles.remote.refusals._OTHERS_COUNT_AFTER", 0.0)
        await store.erase("m.1")
        assert store.check() is None


async def test_a_server_that_may_not_be_read_is_told_as_one(server: Server) -> None:
    async with opened_at(server.url, gone_after=5) as store:
        with server.client() as client:
            client.execute_command("ACL", "SETUSER", "default", "-mget")
            with pytest.raises(StoreUnavailable, match="NOPERM"):
                await views(store)
            assert (store.check_reading() or "").startswith(f"{server.url}: reading is refused: NOPERM ")
            client.execute_command("ACL", "SETUSER", "default", "+mget")
        assert await views(store) == 0
        assert store.check() is None


async def test_a_server_that_wants_a_password_by_now_is_told_and_found_again(server: Server) -> None:
    async with opened_at(server.url, gone_after=5) as store:
        await write(store)
        with server.client() as client:
            client.config_set("requirepass", "secret-word")
            client.client_kill_filter(_type="normal", skipme=True)
            with pytest.raises(StoreUnavailable, match="NOAUTH"):
                await views(store)
            assert "NOAUTH" in (store.check_reading() or "")
            assert store.refused["NOAUTH"] >= 1
            client.config_set("requirepass", "")
        async with asyncio.timeout(20):
            while store.check() is not None:  # noqa: ASYNC110 it looks for itself
                await asyncio.sleep(0.02)
        assert await views(store) == 1


async def test_what_too_few_replicas_have_confirmed_is_told(server: Server) -> None:
    async with opened_at(server.url, replicas=1, gone_after=2) as store:
        with pytest.raises(StoreUnavailable, match="0 of 1 replicas have confirmed"):
            await write(store)
        assert (store.check() or "").endswith("writing is refused: UNCONFIRMED 0 of 1 replicas have confirmed")
        assert store.check_reading() is None
        assert store.refused == {"UNCONFIRMED": 1}


async def test_a_server_that_cannot_save_is_found_at_the_start_and_read(server: Server) -> None:
    async with opened_at(server.url, prefix="shop", gone_after=5) as store:
        await write(store)
    with server.client() as client:
        cut_off_its_disk(client)
    async with opened_at(server.url, prefix="shop", gone_after=5) as store:
        assert await views(store) == 1
        assert store.check() is None
        with pytest.raises(StoreUnavailable, match="MISCONF"):
            await write(store)


async def test_a_value_of_another_sort_under_one_key_is_no_refusal_of_all(server: Server) -> None:
    async with opened_at(server.url, prefix="shop", gone_after=5) as store:
        with server.client() as client:
            await store.change_record("v1", lambda _: MemberRecord(frozenset()), NOON)
            (record,) = client.keys("shop:*:r")
            client.lpush(record[:-1] + b"p", "no profile")
        with pytest.raises(StoreUnavailable):
            await write(store)
        assert store.check() is None


async def test_where_one_master_of_a_cluster_is_full_the_others_take_what_is_written(shared_cluster: Cluster) -> None:
    master = shared_cluster.masters()[0]
    async with opened_at(shared_cluster.url, gone_after=5) as store:
        with master.client() as client:
            client.config_set("maxmemory", "1")
            try:
                taken = [await is_written(store, f"v{number}") for number in range(60)]
                assert (store.check() or "").startswith(f"127.0.0.1:{master.port}: writing is refused: OOM ")
            finally:
                client.config_set("maxmemory", "0")
        assert 0 < sum(taken) < 60
        assert all([await is_written(store, f"v{number}") for number in range(60)])
        assert store.check() is None


async def is_written(store: RemoteStore, key: str) -> bool:
    with suppress(StoreUnavailable):
        await store.write(Change(key, NOON, (Event("page_view", NOON, path="/a"),)))
        return True
    return False


async def test_where_another_server_has_the_name_by_now_it_is_found_though_the_old_one_still_answers(
    tmp_path: Path,
) -> None:
    with (
        redis_servers.single(tmp_path / "a", ("--repl-diskless-sync-delay", "0")) as old,
        redis_servers.single(tmp_path / "b") as new,
    ):
        store = RemoteStore(parse_address(old.url), timeout=5)
        store.start()
        await write(store)
        port, other = old.port, redis_servers.free_port()
        with new.client() as client, old.client() as demoted:
            client.execute_command("REPLICAOF", "127.0.0.1", port)
            wait_until(lambda: redis_servers.is_synchronized(new))
            client.execute_command("REPLICAOF", "NO", "ONE")
            demoted.config_set("port", str(other))  # its connections stay open
            demoted.execute_command("REPLICAOF", "127.0.0.1", new.port)
            client.config_set("port", str(port))
        with pytest.raises(StoreUnavailable, match="READONLY"):
            await write(store)
        await write(store)
        assert (await views(store), store.check()) == (2, None)
        await store.close()
