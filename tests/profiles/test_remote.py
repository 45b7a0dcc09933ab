"""What only the stores of many nodes do: in Redis or Valkey, alone and as a Cluster."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from redis import Redis
from tests import redis_servers
from tests.profiles.conftest import opened_at
from tests.redis_servers import Cluster, Server

from omotenashi.model.errors import SettingsError, StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.profiles.fold import claimed
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.rows import keys_of, place_of
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.store import Change, Claim, MemberRecord
from omotenashi.rights import Whom, erase

pytestmark = pytest.mark.anyio

NOON = 1_764_990_000
DAY = 86_400
LIMIT = Claim("hero", 3, 7 * DAY)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, with one database on disk."""
    with redis_servers.single(tmp_path, ("--appendonly", "yes")) as server:
        yield server


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A Cluster of the test's own."""
    with redis_servers.cluster(tmp_path) as cluster:
        yield cluster


@pytest.fixture
async def pair(cluster_url: str) -> AsyncIterator[tuple[RemoteStore, RemoteStore]]:
    """The stores of two nodes, which keep their profiles in the same Cluster."""
    prefix = f"pair{time.monotonic_ns()}"
    async with opened_at(cluster_url, prefix=prefix) as here, opened_at(cluster_url, prefix=prefix) as there:
        yield here, there


def view(second: int, path: str = "/a") -> Event:
    return Event("page_view", NOON + second, path=path)


async def paths(store: RemoteStore, key: str) -> list[str]:
    profile = (await store.fetch([key])).read(key, NOON)
    return [] if profile is None else [one.path for one in profile.views]


async def test_what_one_node_wrote_the_other_reads(pair: tuple[RemoteStore, RemoteStore]) -> None:
    here, there = pair
    for number in range(6):
        writer, reader = (here, there) if number % 2 else (there, here)
        await writer.write(Change("v1", NOON + number, (view(number, f"/{number}"),)))
        assert await paths(reader, "v1") == [f"/{n}" for n in range(number + 1)]


async def test_no_view_is_lost_where_two_nodes_write_the_same_profile_at_once(
    pair: tuple[RemoteStore, RemoteStore],
) -> None:
    changes = [Change("v1", NOON + number, (view(number, f"/{number:02}"),)) for number in range(60)]
    await asyncio.gather(*(pair[number % 2].write(change) for number, change in enumerate(changes)))
    assert sorted(await paths(pair[0], "v1")) == [f"/{number:02}" for number in range(60)]


async def test_a_limit_is_kept_by_two_nodes_together(pair: tuple[RemoteStore, RemoteStore]) -> None:
    claims = (store.write(Change("v1", NOON, claims=(LIMIT,))) for _ in range(30) for store in pair)
    granted = await asyncio.gather(*claims)
    assert sum("hero" in rules for rules in granted) == 3
    assert claimed((await pair[0].fetch(["v1"])).read("v1", NOON), "hero", 0) == 3


async def test_a_login_that_two_nodes_see_at_once_moves_the_history_once(pair: tuple[RemoteStore, RemoteStore]) -> None:
    await pair[0].write(Change("v1", NOON, (view(0), Event("search", NOON)), (LIMIT,)))
    await asyncio.gather(*(store.move("v1", "m.1", NOON) for _ in range(5) for store in pair))
    member = (await pair[1].fetch(["m.1"])).read("m.1", NOON)
    assert member is not None
    assert ([one.path for one in member.views], len(member.deeds), claimed(member, "hero", 0)) == (["/a"], 1, 1)
    assert await paths(pair[0], "v1") == []


async def test_views_that_arrive_during_a_login_are_lost_nowhere(pair: tuple[RemoteStore, RemoteStore]) -> None:
    await pair[0].write(Change("v1", NOON, (view(0, "/0"),)))
    writes = (pair[1].write(Change("v1", NOON + n, (view(n, f"/{n}"),))) for n in range(1, 20))
    await asyncio.gather(pair[0].move("v1", "m.1", NOON), *writes)
    await pair[0].move("v1", "m.1", NOON)
    assert sorted(await paths(pair[1], "m.1")) == sorted(f"/{number}" for number in range(20))


async def test_a_visit_takes_one_command_to_read_and_one_to_write(server: Server) -> None:
    async with opened_at(server.url) as store:
        await store.write(Change("v1", NOON, (view(0),)))
        with server.client() as client:
            client.config_resetstat()
            await store.fetch(["v1"])
            await store.write(Change("v1", NOON + 60, (view(60, "/b"),), (LIMIT,)))
            assert called(client) == {"mget": 1, "eval": 1}


async def test_commands_of_one_turn_of_the_event_loop_travel_together(server: Server) -> None:
    async with opened_at(server.url) as store:
        await asyncio.gather(*(store.fetch([f"v{number}"]) for number in range(100)))
        with server.client() as client:
            assert len([one for one in client.client_list() if one["name"] == "omotenashi"]) == 1


async def test_no_id_stands_in_the_store_and_the_keys_of_one_visitor_lie_together(server: Server) -> None:
    async with opened_at(server.url, prefix="shop") as store:
        await store.write(Change("visitor-0123456789", NOON, (view(0),)))
        await store.change_record("visitor-0123456789", lambda _: MemberRecord(frozenset()), NOON)
        with server.client() as client:
            keys = sorted(client.keys("*"))
            values = [client.get(key) for key in keys]
        assert keys == sorted(keys_of("shop", place_of("visitor-0123456789"))[:2])
        assert not any(b"0123456789" in text for text in (*keys, *values))


async def test_a_profile_leaves_when_it_was_kept_long_enough_and_a_record_stays(server: Server) -> None:
    async with opened_at(server.url, Keep(profiles=40 * DAY), prefix="shop") as store:
        await store.write(Change("m.1", NOON, (view(0),)))
        await store.change_record("m.1", lambda _: MemberRecord(frozenset()), NOON)
        profile, record, *_ = keys_of("shop", place_of("m.1"))
        with server.client() as client:
            assert 40 * DAY - 60 < client.ttl(profile) <= 40 * DAY
            assert client.ttl(record) == -1


async def test_of_what_was_erased_no_key_is_left(server: Server) -> None:
    async with opened_at(server.url) as store:
        await store.write(Change("m.1", NOON, (view(0),)))
        await store.change_record("m.1", lambda _: MemberRecord(frozenset()), NOON)
        await store.erase("m.1")
        with server.client() as client:
            assert client.keys("*") == []


async def test_a_full_server_refuses_writes_and_answers_reads(server: Server) -> None:
    async with opened_at(server.url) as store:
        await store.write(Change("v1", NOON, (view(0),)))
        with server.client() as client:
            client.config_set("maxmemory", "1")
            with pytest.raises(StoreUnavailable, match="maxmemory"):
                await store.write(Change("v1", NOON + 60, (view(60),)))
            assert await paths(store, "v1") == ["/a"]
            client.config_set("maxmemory", "0")
        await store.write(Change("v1", NOON + 60, (view(60, "/b"),)))
        assert await paths(store, "v1") == ["/a", "/b"]


async def test_what_cannot_be_read_is_said_and_harms_nobody_else(server: Server) -> None:
    async with opened_at(server.url, prefix="shop") as store:
        await store.write(Change("v1", NOON, (view(0),)))
        with server.client() as client:
            client.set(keys_of("shop", place_of("v2")).profile, b"12345678garbage")
        with pytest.raises(StoreUnavailable, match="cannot be read"):
            await paths(store, "v2")
        assert await paths(store, "v1") == ["/a"]


async def test_a_server_that_is_gone_is_asked_no_more_and_found_again_by_itself(server: Server) -> None:
    async with opened_at(server.url) as store:
        await store.write(Change("v1", NOON, (view(0),)))
        server.kill()
        with pytest.raises(StoreUnavailable):
            await store.fetch(["v1"])
        began = time.monotonic()
        for _ in range(1000):
            with pytest.raises(StoreUnavailable):
                await store.fetch(["v1"])
        assert time.monotonic() - began < 1  # nobody waited
        assert "Connect call failed" in (store.check() or "")
        server.start()
        await healthy(store)
        assert await paths(store, "v1") == ["/a"]


async def test_a_server_that_does_not_answer_costs_whoever_asks_no_more_than_their_patience(server: Server) -> None:
    async with opened_at(server.url) as store:
        await store.write(Change("v1", NOON, (view(0),)))
        server.freeze()
        with pytest.raises(TimeoutError):
            await store.fetch(["v1"], 0.02)
        with pytest.raises(TimeoutError):
            await store.write(Change("v1", NOON, (view(1),)), 0.02)
        await asyncio.sleep(0.5)
        with pytest.raises(StoreUnavailable):
            await store.fetch(["v1"], 0.02)
        server.thaw()
        await healthy(store)
        assert (await paths(store, "v1"))[0] == "/a"


async def test_when_a_master_is_gone_its_replica_goes_on(cluster: Cluster) -> None:
    async with opened_at(cluster.url, replicas=1, prefix="shop", gone_after=5) as store:
        for number in range(30):
            await store.write(Change(f"v{number}", NOON, (view(0),)))
        cluster.master_of(keys_of("shop", place_of("v1")).profile).kill()
        others = 0
        for number in range(30):
            with suppress(StoreUnavailable):
                others += await paths(store, f"v{number}") == ["/a"]
        assert 0 < others < 30
        await healthy(store)
        assert [await paths(store, f"v{number}") for number in range(30)] == [["/a"]] * 30


async def test_a_cluster_that_was_gone_as_a_whole_is_found_again_by_itself(cluster: Cluster) -> None:
    async with opened_at(cluster.url) as store:
        await store.write(Change("v1", NOON, (view(0),)))
        for node in cluster.nodes:
            node.kill()
        with pytest.raises(StoreUnavailable):
            await store.fetch(["v1"])
        await asyncio.sleep(0.5)  # so that it looks for them in vain
        for node in cluster.nodes:
            node.start()
        redis_servers.wait_until(cluster.is_whole)
        await healthy(store)
        assert await paths(store, "v1") == ["/a"]


async def test_while_a_slot_moves_to_another_master_its_profiles_are_read_written_and_erased(cluster: Cluster) -> None:
    async with opened_at(cluster.url, prefix="shop") as store:
        await store.write(Change("v1", NOON, (view(0, "/0"),)))
        key = keys_of("shop", place_of("v1")).profile
        source = cluster.master_of(key)
        target = next(one for one in cluster.masters() if one is not source)
        with source.client() as here, target.client() as there:
            slot, taker = here.execute_command("CLUSTER KEYSLOT", key), there.execute_command("CLUSTER MYID")
            there.execute_command("CLUSTER SETSLOT", slot, "IMPORTING", here.execute_command("CLUSTER MYID"))
            here.execute_command("CLUSTER SETSLOT", slot, "MIGRATING", taker)
            assert await paths(store, "v1") == ["/0"]
            await store.write(Change("v1", NOON + 1, (view(1, "/1"),)))
            here.execute_command("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", key)
            assert await paths(store, "v1") == ["/0", "/1"]
            assert await store.erase("v1")
            assert not await store.erase("v1")
            await store.write(Change("v1", NOON + 2, (view(2, "/2"),)))
            there.execute_command("CLUSTER SETSLOT", slot, "NODE", taker)
            here.execute_command("CLUSTER SETSLOT", slot, "NODE", taker)
        assert await paths(store, "v1") == ["/2"]


async def test_a_cluster_that_is_not_there_yet_is_found_when_it_is(cluster: Cluster) -> None:
    for node in cluster.nodes:
        node.kill()
    store = RemoteStore(parse_address(f"{cluster.url}?prefix=shop"))
    store.start()
    with pytest.raises(StoreUnavailable, match=r"redis\+cluster://.*: .*Connect call failed"):
        await store.look()
    for node in cluster.nodes:
        node.start()
    assert await first_paths(store, "v1") == []
    await store.close()


async def test_a_server_that_is_no_cluster_is_said_to_be_none(server: Server) -> None:
    store = RemoteStore(parse_address(server.url.replace("redis:", "redis+cluster:")))
    store.start()
    with pytest.raises(StoreUnavailable, match="cluster support disabled"):
        await store.look()
    await store.close()


async def test_a_node_with_another_key_of_member_ids_is_refused(server: Server) -> None:
    async with opened_at(server.url, prefix="shop") as first, opened_at(server.url, prefix="shop") as second:
        await first.look(b"the-key-of-member-ids")
        with pytest.raises(SettingsError, match="hash_key: other nodes use another key of member ids"):
            await second.look(b"another-key-of-member-ids")
        with pytest.raises(StoreUnavailable, match="hash_key"):
            await second.fetch(["v1"])
        assert "hash_key" in (second.check() or "")


async def test_profiles_of_another_version_are_left_alone(server: Server) -> None:
    async with opened_at(server.url, prefix="shop") as store:
        with server.client() as client:
            client.set("shop:about", b"99 ")
        with pytest.raises(SettingsError, match=r"another version of Omotenashi \(schema 99, this one knows 1\)"):
            await store.look(b"the-key-of-member-ids")


async def test_what_no_replica_has_confirmed_does_not_count_as_written(server: Server) -> None:
    async with opened_at(server.url, replicas=1) as store:
        with pytest.raises(StoreUnavailable, match="0 of 1 replicas have confirmed"):
            await store.write(Change("v1", NOON, (view(0),)))


async def first_paths(store: RemoteStore, key: str) -> list[str]:
    """Return what is read as soon as something can be read: a Cluster that starts answers before it serves."""
    for _ in range(1000):
        with suppress(StoreUnavailable):
            return await paths(store, key)
        await asyncio.sleep(0.02)
    raise AssertionError(store.check())


async def healthy(store: RemoteStore) -> None:
    """Wait until a store has found its servers again."""
    for _ in range(1000):
        if store.check() is None:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(store.check())


def called(client: Redis) -> dict[str, int]:
    """Return how often each command was called, but for those of the test."""
    stats = client.info("commandstats")
    found = {name.removeprefix("cmdstat_"): told["calls"] for name, told in stats.items()}
    inner = ("config", "info", "getrange", "ttl", "set", "get", "ping", "client", "hello", "auth", "select")
    return {name: calls for name, calls in found.items() if name.partition("|")[0] not in inner}


async def test_more_requests_than_connections_wait_a_moment_and_nobody_is_taken_to_be_gone(server: Server) -> None:
    async with opened_at(server.url) as store:
        with server.client() as client:
            client.execute_command("CLIENT PAUSE", 100, "ALL")
        asked = []
        for number in range(80):
            asked.append(asyncio.create_task(store.fetch([f"v{number}"])))
            await asyncio.sleep(0.001)
        await asyncio.gather(*asked)
        assert store.check() is None


async def test_a_fault_in_one_change_leaves_nobody_waiting(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # it is told there, too
    async with opened_at(server.url) as store:
        with monkeypatch.context() as patched:
            patched.setattr("omotenashi.profiles.remote.store.apply", None)
            answers = await asyncio.gather(
                *(store.write(Change("v1", NOON + n, (view(n),))) for n in range(5)), return_exceptions=True
            )
        assert [type(answer) for answer in answers] == [StoreUnavailable] * 5
        await store.write(Change("v1", NOON, (view(0),)))
        assert await paths(store, "v1") == ["/a"]


async def test_what_cannot_be_read_can_be_erased(server: Server) -> None:
    async with opened_at(server.url, prefix="shop") as store:
        with server.client() as client:
            client.set(keys_of("shop", place_of("m.1")).profile, b"12345678garbage")
        assert await erase(Whom(member_key="m.1"), store, NOON)
        assert await paths(store, "m.1") == []


async def test_a_member_of_a_thousand_devices_has_a_profile_of_bounded_size(server: Server) -> None:
    async with opened_at(server.url, prefix="shop") as store:
        for number in range(300):
            await store.write(Change(f"v{number}", NOON + number, (Event("login", NOON + number),)))
            await store.move(f"v{number}", "m.1", NOON + number)
        with server.client() as client:
            assert client.strlen(keys_of("shop", place_of("m.1")).profile) < 6000
