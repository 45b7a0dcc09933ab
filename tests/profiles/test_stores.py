"""What every store does alike."""

from __future__ import annotations

import asyncio

import pytest

from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.model.visitor import Arrival, View
from omotenashi.profiles.fold import claimed, kept_arrival
from omotenashi.profiles.store import Change, Claim, Store

pytestmark = pytest.mark.anyio

DAY = 86_400
NOON = 1_764_990_000
VIEW = Event("page_view", NOON, path="/a")
LIMIT = Claim("hero", 3, 7 * DAY)


async def test_of_an_unknown_visitor_nothing_is_stored(store: Store) -> None:
    assert store.read("v1") is None


async def test_what_was_written_can_be_read(store: Store) -> None:
    assert await store.write(Change("v1", NOON, (VIEW,))) == frozenset()
    profile = store.read("v1")
    assert profile is not None
    assert profile.views == [View(NOON, "/a")]


async def test_visitors_do_not_share_a_profile(store: Store) -> None:
    await store.write(Change("v1", NOON, (VIEW,)))
    await store.write(Change("v2", NOON, (Event("search", NOON),)))
    other = store.read("v2")
    assert other is not None
    assert other.views == []


async def test_a_profile_that_was_read_is_not_changed_by_later_writes(store: Store) -> None:
    await store.write(Change("v1", NOON, (VIEW,)))
    before = store.read("v1")
    await store.write(Change("v1", NOON, (Event("page_view", NOON + 60, path="/b"),)))
    assert before is not None
    assert before.views == [View(NOON, "/a")]


async def test_a_change_that_says_nothing_stores_nothing(store: Store) -> None:
    await store.write(Change("v1", NOON))
    await store.write(Change("v1", NOON, claims=(Claim("hero", 0, DAY),), request_id="r1"))
    assert store.read("v1") is None


async def test_a_claim_is_granted_until_the_limit_is_reached(store: Store) -> None:
    granted = [await store.write(Change("v1", NOON + second, claims=(LIMIT,))) for second in range(4)]
    assert granted == [frozenset({"hero"})] * 3 + [frozenset()]


async def test_the_claims_of_one_change_are_decided_one_by_one(store: Store) -> None:
    await store.write(Change("v1", NOON, claims=(Claim("hero", 1, DAY),)))
    assert await store.write(Change("v1", NOON, claims=(Claim("hero", 1, DAY), Claim("notice", 1, DAY)))) == {"notice"}


async def test_a_change_whose_claims_are_all_refused_still_folds_its_events(store: Store) -> None:
    assert await store.write(Change("v1", NOON, (VIEW,), (Claim("hero", 0, DAY),))) == frozenset()
    profile = store.read("v1")
    assert profile is not None
    assert profile.views == [View(NOON, "/a")]
    assert profile.showings == []


async def test_of_many_claims_at_once_exactly_as_many_are_granted_as_the_limit_allows(store: Store) -> None:
    answers = await asyncio.gather(*(store.write(Change("v1", NOON, claims=(LIMIT,))) for _ in range(40)))
    assert sum("hero" in answer for answer in answers) == 3
    assert claimed(store.read("v1"), "hero", 0) == 3


async def test_the_includes_of_one_request_are_one_view(store: Store) -> None:
    views = [Event("page_view", NOON + second, path="/a", implied=True) for second in (0, 7, 14)]
    await asyncio.gather(*(store.write(Change("v1", view.at, (view,), request_id="r1")) for view in views))
    profile = store.read("v1")
    assert profile is not None
    assert profile.views == [View(NOON, "/a")]


async def test_the_arrival_is_stored(store: Store) -> None:
    arrival = Arrival(keyword="ランニング", medium="search")
    await store.write(Change("v1", NOON, (VIEW,), arrival=arrival))
    assert kept_arrival(store.read("v1"), NOON) == arrival


async def test_an_open_store_is_healthy(store: Store) -> None:
    assert store.check() is None


async def test_a_closed_store_refuses_and_says_so(store: Store) -> None:
    await store.close()
    with pytest.raises(StoreUnavailable, match="is closed"):
        store.read("v1")
    with pytest.raises(StoreUnavailable, match="is closed"):
        await store.write(Change("v1", NOON, (VIEW,)))
    assert "is closed" in (store.check() or "")
