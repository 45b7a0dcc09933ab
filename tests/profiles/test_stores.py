"""What every store does alike."""

from __future__ import annotations

import asyncio

import pytest
from tests.places import put_record

from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.event import Basis, Event
from omotenashi.model.views import View
from omotenashi.model.visitor import Arrival
from omotenashi.profiles.fold import claimed, kept_arrival
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.store import Change, Claim, MemberRecord, Store

pytestmark = pytest.mark.anyio

DAY = 86_400
NOON = 1_764_990_000
VIEW = Event("page_view", NOON, path="/a")
LIMIT = Claim("hero", 3, 7 * DAY)


async def test_of_an_unknown_visitor_nothing_is_stored(store: Store) -> None:
    assert await read(store, "v1", NOON) is None


async def test_what_was_written_can_be_read(store: Store) -> None:
    assert await store.write(Change("v1", NOON, (VIEW,))) == frozenset()
    profile = await read(store, "v1", NOON)
    assert profile is not None
    assert profile.views == [View(NOON, "/a")]


async def test_visitors_do_not_share_a_profile(store: Store) -> None:
    await store.write(Change("v1", NOON, (VIEW,)))
    await store.write(Change("v2", NOON, (Event("search", NOON),)))
    other = await read(store, "v2", NOON)
    assert other is not None
    assert other.views == []


async def test_a_profile_that_was_read_is_not_changed_by_later_writes(store: Store) -> None:
    await store.write(Change("v1", NOON, (VIEW,)))
    before = await read(store, "v1", NOON)
    await store.write(Change("v1", NOON, (Event("page_view", NOON + 60, path="/b"),)))
    assert before is not None
    assert before.views == [View(NOON, "/a")]


async def test_a_change_that_says_nothing_stores_nothing(store: Store) -> None:
    await store.write(Change("v1", NOON))
    await store.write(Change("v1", NOON, claims=(Claim("hero", 0, DAY),), request_id="r1"))
    assert await read(store, "v1", NOON) is None


async def test_a_claim_is_granted_until_the_limit_is_reached(store: Store) -> None:
    granted = [await store.write(Change("v1", NOON + second, claims=(LIMIT,))) for second in range(4)]
    assert granted == [frozenset({"hero"})] * 3 + [frozenset()]


async def test_the_claims_of_one_change_are_decided_one_by_one(store: Store) -> None:
    await store.write(Change("v1", NOON, claims=(Claim("hero", 1, DAY),)))
    assert await store.write(Change("v1", NOON, claims=(Claim("hero", 1, DAY), Claim("notice", 1, DAY)))) == {"notice"}


async def test_a_change_whose_claims_are_all_refused_still_folds_its_events(store: Store) -> None:
    assert await store.write(Change("v1", NOON, (VIEW,), (Claim("hero", 0, DAY),))) == frozenset()
    profile = await read(store, "v1", NOON)
    assert profile is not None
    assert profile.views == [View(NOON, "/a")]
    assert profile.showings == []


async def test_of_many_claims_at_once_exactly_as_many_are_granted_as_the_limit_allows(store: Store) -> None:
    answers = await asyncio.gather(*(store.write(Change("v1", NOON, claims=(LIMIT,))) for _ in range(40)))
    assert sum("hero" in answer for answer in answers) == 3
    assert claimed(await read(store, "v1", NOON), "hero", 0) == 3


async def test_the_includes_of_one_request_are_one_view(store: Store) -> None:
    views = [Event("page_view", NOON + second, path="/a", basis=Basis.IMPLIED) for second in (0, 7, 14)]
    await asyncio.gather(*(store.write(Change("v1", view.at, (view,), request_id="r1")) for view in views))
    profile = await read(store, "v1", NOON)
    assert profile is not None
    assert profile.views == [View(NOON, "/a")]


async def test_the_arrival_is_stored(store: Store) -> None:
    arrival = Arrival(keyword="ランニング", medium="search")
    await store.write(Change("v1", NOON, (VIEW,), arrival=arrival))
    assert kept_arrival(await read(store, "v1", NOON), NOON) == arrival


async def test_an_open_store_is_healthy(store: Store) -> None:
    assert store.check() is None


async def test_a_closed_store_refuses_and_says_so(store: Store) -> None:
    await store.close()
    with pytest.raises(StoreUnavailable, match="is closed"):
        await read(store, "v1", NOON)
    with pytest.raises(StoreUnavailable, match="is closed"):
        await store.write(Change("v1", NOON, (VIEW,)))
    assert "is closed" in (store.check() or "")


async def test_what_was_kept_long_enough_is_not_read_any_more(keeping: Store) -> None:
    await keeping.write(Change("v1", NOON, (VIEW, Event("page_view", NOON - 20 * DAY, path="/b"))))
    trimmed = await read(keeping, "v1", NOON + 15 * DAY)
    assert trimmed is not None
    assert [view.path for view in trimmed.views] == ["/a"]
    assert await read(keeping, "v1", NOON + 41 * DAY) is None


async def test_a_login_moves_what_an_anonymous_visitor_did_to_the_member(store: Store) -> None:
    await store.write(Change("v1", NOON, (VIEW,)))
    await store.write(Change("m.1", NOON, (Event("page_view", NOON - DAY, path="/b"),)))
    await store.move("v1", "m.1", NOON)
    assert await paths(store, "m.1") == ["/b", "/a"]
    assert await paths(store, "v1") == []


async def test_moving_again_changes_nothing(store: Store) -> None:
    await store.write(Change("v1", NOON, (VIEW,)))
    for _ in range(2):
        await store.move("v1", "m.1", NOON)
    assert await paths(store, "m.1") == ["/a"]


async def test_what_the_member_did_on_the_device_without_being_named_is_moved_at_the_next_login(store: Store) -> None:
    await store.move("v1", "m.1", NOON)
    await store.write(Change("v1", NOON, (VIEW,)))
    await store.move("v1", "m.1", NOON)
    assert await paths(store, "m.1") == ["/a"]


async def test_a_second_member_on_the_device_gets_nothing_of_the_first(store: Store) -> None:
    await store.move("v1", "m.1", NOON)
    await store.write(Change("v1", NOON, (VIEW,)))
    await store.move("v1", "m.2", NOON)
    assert (await paths(store, "m.1"), await paths(store, "m.2"), await paths(store, "v1")) == ([], [], [])
    await store.write(Change("v1", NOON, (VIEW,)))
    await store.move("v1", "m.2", NOON)
    assert await paths(store, "m.2") == ["/a"]


async def test_the_claims_of_an_anonymous_visitor_count_after_the_login(store: Store) -> None:
    await store.write(Change("v1", NOON, claims=(LIMIT,)))
    await store.write(Change("m.1", NOON, claims=(LIMIT,)))
    await store.move("v1", "m.1", NOON)
    answers = [await store.write(Change("m.1", NOON, claims=(LIMIT,))) for _ in range(2)]
    assert answers == [{"hero"}, frozenset()]


async def test_what_was_just_written_is_read_again_and_again(store: Store) -> None:
    for number in range(5):
        await store.write(Change("v1", NOON, (Event("page_view", NOON + number, path=f"/{number}"),)))
        assert await paths(store, "v1") == [f"/{n}" for n in range(number + 1)]
    await store.erase("v1")
    assert await paths(store, "v1") == []
    await store.write(Change("v1", NOON, (VIEW,)))
    assert await paths(store, "v1") == ["/a"]


async def test_a_record_is_kept_apart_from_the_profile(store: Store) -> None:
    assert await read_record(store, "m.1") is None
    await store.change_record("m.1", lambda _: MemberRecord(frozenset({"measurement"}), {"rank": "ゴールド"}), NOON)
    assert await read_record(store, "m.1") == MemberRecord(frozenset({"measurement"}), {"rank": "ゴールド"})
    assert await read(store, "m.1", NOON) is None


async def test_a_new_record_takes_the_place_of_the_old_one(store: Store) -> None:
    for record in (MemberRecord(attributes={"rank": "一般"}), MemberRecord(attributes={"rank": "ゴールド"})):
        assert await put_record(store, "m.1", record, NOON) is True
    assert await read_record(store, "m.1") == MemberRecord(attributes={"rank": "ゴールド"})


async def test_changes_of_a_record_are_made_one_after_the_other(store: Store) -> None:
    def counted(record: MemberRecord | None) -> MemberRecord:
        return MemberRecord(None, {"count": "1" if record is None else str(int(record.attributes["count"]) + 1)})

    await asyncio.gather(*(store.change_record("m.1", counted, NOON) for _ in range(20)))
    assert await read_record(store, "m.1") == MemberRecord(None, {"count": "20"})


async def test_a_record_of_which_nothing_is_to_stay_is_gone(store: Store) -> None:
    await store.change_record("m.1", lambda _: MemberRecord(frozenset()), NOON)
    assert await store.change_record("m.1", lambda record: record, NOON) is False
    assert await store.change_record("m.1", lambda _: None, NOON) is True
    assert await store.change_record("m.1", lambda _: None, NOON) is False
    assert await read_record(store, "m.1") is None


async def test_what_is_erased_is_gone_and_nothing_else(store: Store) -> None:
    for key in ("m.1", "m.2"):
        await store.write(Change(key, NOON, (VIEW,)))
        await store.change_record(key, lambda _: MemberRecord(frozenset()), NOON)
    assert await store.erase("m.1") is True
    assert await store.erase("m.1") is False
    assert (await read(store, "m.1", NOON), await read_record(store, "m.1")) == (None, None)
    assert await paths(store, "m.2") == ["/a"]
    assert await read_record(store, "m.2") is not None


async def test_a_profile_can_be_erased_alone(store: Store) -> None:
    await store.write(Change("m.1", NOON, (VIEW,)))
    await store.change_record("m.1", lambda _: MemberRecord(frozenset()), NOON)
    assert await store.erase("m.1", record=False) is True
    assert await read(store, "m.1", NOON) is None
    assert await read_record(store, "m.1") == MemberRecord(frozenset())


async def read(store: Store, key: str, now: int) -> Profile | None:
    return (await store.fetch([key])).read(key, now)


async def read_record(store: Store, key: str) -> MemberRecord | None:
    return (await store.fetch([key])).read_record(key)


async def paths(store: Store, key: str) -> list[str]:
    profile = await read(store, key, NOON)
    return [] if profile is None else [view.path for view in profile.views]
