from __future__ import annotations

import pytest
from zstandard import ZstdCompressor

from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.event import Basis, Event, Item
from omotenashi.model.visitor import Arrival
from omotenashi.profiles.fold import claim_into, history
from omotenashi.profiles.packing import EMPTY, LARGEST, pack, unpack
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.store import Change, apply

DAY = 86_400
NOON = 1_764_990_000
SEARCH = Arrival("ランニング シューズ", "referrer", "search", "Google", "www.google.com/", landing="/running")


def regular() -> Profile:
    """A visitor who came six times in three weeks, viewed thirty pages, no two of them the same, and bought once."""
    profile = Profile()
    for visit in range(6):
        for page in range(5):
            at = NOON + visit * 4 * DAY + page * page * 17
            path = f"/running/shoes/wave-rider-{visit * 37 + page * 11}"
            view = Event("page_view", at, path=path, tags=("running",) if page % 2 else (), basis=Basis.IMPLIED)
            request_id = f"{visit}-{page}"
            apply(profile, Change("v", at, (view,), arrival=SEARCH if page == 0 else None, request_id=request_id))
    item = Item("wave-rider-27", "running", 13_200, 1)
    end = NOON + 20 * DAY
    for name in ("view_item", "add_to_cart", "purchase"):
        apply(profile, Change("v", end, (Event(name, end, f"e-{name}", items=(item,), transaction_id="2026-000123"),)))
    claim_into(profile, "notice_bar/カゴ落ち", 3, 7 * DAY, end)
    return profile


def test_a_profile_with_thirty_views_takes_at_most_700_bytes() -> None:
    assert len(regular().views) == 31
    assert len(pack(regular())) <= 700


def test_a_profile_comes_back_as_it_was() -> None:
    assert unpack(pack(regular())) == regular()
    assert unpack(EMPTY) == Profile()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x28\xb5\x2f\xfd broken",
        pack(regular())[:-9],
        ZstdCompressor().compress(b"no MessagePack"),
        b"\x81\x01\x02",
    ],
)
def test_bytes_that_are_no_profile_are_refused(data: bytes) -> None:
    with pytest.raises(StoreUnavailable, match="a stored profile cannot be read"):
        unpack(data)


def test_a_profile_that_is_too_large_loses_its_older_half_and_says_so() -> None:
    profile = Profile()
    for number in range(100):
        apply(profile, Change("v", NOON, (Event("page_view", NOON + number * 60, path="/" + f"{number:03}" * 400),)))
    kept = unpack(pack(profile))
    assert [view.at for view in kept.views] == [NOON + number * 60 for number in range(50, 100)]
    assert history(kept, NOON).views_since == NOON + 49 * 60 + 6


def test_a_profile_with_one_huge_event_still_fits() -> None:
    items = tuple(Item(f"{number:0200}", f"{number:0200}") for number in range(400))
    profile = Profile()
    apply(profile, Change("v", NOON, (Event("view_item", NOON, items=items), Event("purchase", NOON, items=items))))
    kept = unpack(pack(profile))
    assert (len(kept.views), kept.orders) == (0, [])
    assert kept.visits == [(NOON, NOON)]
    assert len(pack(kept)) < LARGEST
