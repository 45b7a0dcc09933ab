"""Logins on many nodes, one of which may stop between any two steps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from redis import RedisCluster
from tests.profiles.conftest import opened_at

from omotenashi.model.errors import StoreRefused, StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.profiles.remote import login, scripts
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.rows import Awaited, Parcel, awaited_value, keys_of, place_of
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.store import Change

pytestmark = pytest.mark.anyio

NOON = 1_764_990_000
STEPS = ("_is_put_aside", "_deliver", "_throw_away", "_forget")
"""What was to be done next when the node stopped."""
DEVICE, MEMBER, OTHER_DEVICE = "v1", "m.1", "v2"


class Nodes:
    """The stores of two nodes, and the keys that they share."""

    def __init__(self, here: RemoteStore, there: RemoteStore, url: str, prefix: str, client: RedisCluster) -> None:
        self.url = url
        self.here = here
        self.there = there
        self.prefix = prefix
        self.client = client

    def kinds(self) -> list[str]:
        """Return what each key is of: p, a profile; r, a record; m, a parcel; a, a parcel that is awaited."""
        pattern = f"{self.prefix}:{{*"
        found = self.client.keys(pattern, target_nodes=RedisCluster.PRIMARIES)
        return sorted(str(key)[-2] for key in found)


@pytest.fixture
async def nodes(cluster_url: str) -> AsyncIterator[Nodes]:
    prefix = f"login{time.monotonic_ns()}"
    host, port = parse_address(cluster_url).hosts[0]
    with RedisCluster(host=host, port=port) as client:
        async with opened_at(cluster_url, prefix=prefix) as here, opened_at(cluster_url, prefix=prefix) as there:
            yield Nodes(here, there, cluster_url, prefix, client)


@pytest.fixture(params=STEPS)
async def stopped(request: pytest.FixtureRequest, nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> Nodes:
    """Somebody has viewed /a and logged in on a node that stopped before a step."""

    async def stop(*_: object) -> None:
        raise StoreUnavailable("the node stopped")

    await nodes.here.write(Change(DEVICE, NOON, (view(0),)))
    with monkeypatch.context() as patched:
        patched.setattr(login, request.param, stop)
        with pytest.raises(StoreUnavailable, match="the node stopped"):
            await nodes.here.move(DEVICE, MEMBER, NOON)
    return nodes


async def test_a_login_that_stopped_is_finished_when_somebody_comes_from_the_device(stopped: Nodes) -> None:
    await paths(stopped.there, DEVICE)
    await stopped.there.move(DEVICE, MEMBER, NOON)
    assert (await paths(stopped.there, DEVICE), await paths(stopped.there, MEMBER)) == ([], ["/a"])
    assert "m" not in stopped.kinds()


async def test_a_login_that_stopped_is_finished_when_the_member_comes_from_elsewhere(stopped: Nodes) -> None:
    on_the_way = await paths(stopped.there, MEMBER)
    still_there = await paths(stopped.there, DEVICE)
    assert sorted(on_the_way + still_there) == ["/a"]
    assert "m" not in stopped.kinds()


async def test_what_is_on_its_way_is_moved_once_whoever_comes_and_how_often(stopped: Nodes) -> None:
    for _ in range(3):
        for store in (stopped.here, stopped.there):
            await store.move(OTHER_DEVICE, MEMBER, NOON + 1)
            await store.move(DEVICE, MEMBER, NOON + 1)
    assert await paths(stopped.here, MEMBER) == ["/a"]


async def test_a_member_who_erases_gets_nothing_back_from_a_login_that_stopped(stopped: Nodes) -> None:
    await stopped.there.erase(MEMBER)
    not_moved = await paths(stopped.there, DEVICE)
    assert "m" not in stopped.kinds()
    assert "a" not in stopped.kinds()
    await stopped.there.move(DEVICE, MEMBER, NOON)
    assert await paths(stopped.there, MEMBER) == not_moved


async def test_after_a_login_nothing_is_left_but_the_profiles(nodes: Nodes) -> None:
    await nodes.here.write(Change(DEVICE, NOON, (view(0),)))
    await nodes.here.move(DEVICE, MEMBER, NOON)
    assert nodes.kinds() == ["p", "p"]


async def test_logins_on_one_device_at_once_leave_nothing_behind(nodes: Nodes) -> None:
    for round_ in range(5):
        await nodes.here.write(Change(DEVICE, NOON, (view(round_),)))
        stores = (nodes.here, nodes.there) * 3
        await asyncio.gather(*(store.move(DEVICE, MEMBER, NOON + round_) for store in stores))
    assert await paths(nodes.here, MEMBER) == ["/a"] * 5
    assert nodes.kinds() == ["p", "p"]


async def test_logins_that_a_server_refuses_leave_nothing_behind(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    await nodes.here.write(Change(DEVICE, NOON, (view(0),)))
    with monkeypatch.context() as patched:
        patched.setattr(scripts, "DETACH", b"return redis.error_reply('OOM command not allowed')")
        for _ in range(20):
            with pytest.raises(StoreRefused, match="OOM"):
                await nodes.here.move(DEVICE, MEMBER, NOON)
    assert nodes.kinds() == ["p"]


async def test_a_parcel_that_somebody_holds_comes_no_more_once_the_member_has_erased(nodes: Nodes) -> None:
    place, parcel = await on_its_way(nodes)
    await nodes.there.erase(MEMBER)
    await login._deliver(nodes.here._access, place, parcel)
    assert await paths(nodes.there, MEMBER) == []
    assert "m" not in nodes.kinds()


async def test_a_parcel_that_two_nodes_hold_is_merged_once_however_late(nodes: Nodes) -> None:
    place, parcel = await on_its_way(nodes)
    await login._deliver(nodes.here._access, place, parcel)
    for day in range(1, 4):
        await nodes.here.write(Change(MEMBER, NOON + day * 86_400, (Event("search", NOON + day * 86_400),)))
    await login._deliver(nodes.there._access, place, parcel)
    assert await paths(nodes.there, MEMBER) == ["/a"]


async def test_who_may_only_read_reads_a_member_whose_login_never_got_on(nodes: Nodes) -> None:
    key = keys_of(nodes.prefix, place_of(MEMBER)).awaited
    await nodes.here.write(Change(MEMBER, NOON, (view(0),)))
    nodes.client.set(key, awaited_value(Awaited(b"12345678", place_of(DEVICE))) + b"w")
    nodes.client.append(key, awaited_value(Awaited(b"87654321", place_of(DEVICE))) + b"d")
    address = parse_address(f"{nodes.url}?prefix={nodes.prefix}")
    store = RemoteStore(address, replicas=6)  # which there never are, so nothing counts as written
    store.start()
    await store.look()
    assert await paths(store, MEMBER) == ["/a"]
    await store.close()


async def test_no_more_than_32_parcels_are_awaited(nodes: Nodes) -> None:
    key = keys_of(nodes.prefix, place_of(MEMBER)).awaited
    nodes.client.set(key, b"".join(awaited_value(Awaited(b"%08d" % n, place_of(DEVICE))) + b"w" for n in range(32)))
    await nodes.here.write(Change(DEVICE, NOON, (view(0),)))
    with pytest.raises(StoreUnavailable, match="too many logins"):
        await nodes.here.move(DEVICE, MEMBER, NOON)
    assert await paths(nodes.here, DEVICE) == ["/a"]


async def test_a_parcel_that_never_came_is_awaited_for_a_while_and_then_no_more(nodes: Nodes) -> None:
    key = keys_of(nodes.prefix, place_of(MEMBER)).awaited
    entry = awaited_value(Awaited(b"12345678", place_of(DEVICE)))
    nodes.client.eval(scripts.AWAIT.decode(), 1, key, entry, nodes.here.keep.profiles)
    assert await paths(nodes.here, MEMBER) == []
    assert nodes.kinds() == ["a"]
    nodes.client.expire(key, nodes.here.keep.profiles - 61)
    assert await paths(nodes.here, MEMBER) == []
    assert nodes.kinds() == []


async def test_of_two_parcels_that_are_awaited_each_is_told_by_itself(nodes: Nodes) -> None:
    key = keys_of(nodes.prefix, place_of(MEMBER)).awaited
    first, second = (awaited_value(Awaited(name, place_of(DEVICE))) for name in (b"parcel-1", b"parcel-2"))
    for entry in (first, second):
        nodes.client.eval(scripts.AWAIT.decode(), 1, key, entry, 1000)
    assert nodes.client.eval(scripts.ARRIVED.decode(), 1, key, first, 900) == 0
    assert nodes.client.eval(scripts.ARRIVED.decode(), 1, key, first, 1000) == 1
    assert nodes.client.get(key) == second + b"w"
    assert 990 < nodes.client.ttl(key) <= 1000


async def test_while_a_device_cannot_be_asked_what_a_member_awaits_is_not_forgotten(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(*_: object) -> None:
        raise StoreUnavailable("one of the masters is gone")

    await nodes.here.write(Change(DEVICE, NOON, (view(0),)))
    with monkeypatch.context() as patched:
        patched.setattr(login, "_deliver", unreachable)
        with pytest.raises(StoreUnavailable):
            await nodes.here.move(DEVICE, MEMBER, NOON)
        with pytest.raises(StoreUnavailable):
            await paths(nodes.there, MEMBER)
    assert await paths(nodes.there, MEMBER) == ["/a"]


async def on_its_way(nodes: Nodes) -> tuple[str, Parcel]:
    """Let a login stop when the parcel is put aside; return its place and the parcel."""

    async def stop(*_: object) -> None:
        raise StoreUnavailable("the node stopped")

    await nodes.here.write(Change(DEVICE, NOON, (view(0),)))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(login, "_deliver", stop)
        with pytest.raises(StoreUnavailable):
            await nodes.here.move(DEVICE, MEMBER, NOON)
    parcel = (await nodes.here._access.fetched(place_of(DEVICE))).parcel
    assert parcel is not None
    return place_of(DEVICE), parcel


def view(second: int) -> Event:
    return Event("page_view", NOON + second, path="/a")


async def paths(store: RemoteStore, key: str) -> list[str]:
    profile = (await store.fetch([key])).read(key, NOON)
    return [] if profile is None else [one.path for one in profile.views]
