"""The columns of a profile that has changed, against those that are made anew."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from omotenashi.model.event import Basis, Event, Item
from omotenashi.model.visitor import Arrival
from omotenashi.profiles import fold as folding
from omotenashi.profiles import views as viewing
from omotenashi.profiles import visits as visiting
from omotenashi.profiles.packing import Columns, columns_of, pack, pack_columns, unpack, unpack_columns
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.repacking import columns_after
from omotenashi.profiles.store import Change, Claim, apply

NOON = 1_764_990_000
tags = st.sampled_from([(), ("x",), ("y", "x"), ("z",)])
views = st.builds(
    Event,
    st.just("page_view"),
    st.just(0),
    path=st.sampled_from(["/a", "/b"]),
    tags=tags,
    basis=st.sampled_from([Basis.STATED, Basis.STATED, Basis.IMPLIED, Basis.REQUESTED]),
)
others = st.sampled_from(
    [
        Event("view_item", 0, items=(Item("i", "c"),)),
        Event("search", 0),
        Event("add_to_cart", 0, items=(Item("i"),)),
        Event("purchase", 0, value=100.0),
    ]
)
events = st.lists(st.one_of(views, views, views, others), max_size=2)
moments = st.one_of(st.integers(0, 3), st.integers(0, 4_000), st.integers(-4_000, 0))
claims = st.lists(st.builds(Claim, st.sampled_from(["a", "b", "c"]), st.just(9), st.just(5_000)), max_size=2)


@st.composite
def changes(draw: st.DrawFn) -> list[Change]:
    """Changes in the order of time but for some, as a busy visitor makes them."""
    made, now = [], NOON
    for _ in range(draw(st.integers(1, 25))):
        now += draw(moments)
        made.append(
            Change(
                "v",
                now,
                tuple(structs.replace(event, at=now) for event in draw(events)),
                tuple(draw(claims)),
                draw(st.sampled_from([None, None, Arrival("word"), Arrival()])),
                tuple(draw(st.lists(st.sampled_from(["d", "e"]), max_size=1))),
                draw(st.sampled_from(["", "", "r1", "r2"])),
            )
        )
    return made


def _without_order(columns: Columns) -> list[object]:
    """What the columns mean, whatever the order of their tables."""
    coded = (
        (columns.view_details, columns.details),
        (columns.showing_rules, columns.limited),
        (columns.shown_rules, columns.unlimited),
    )
    meant: list[object] = [([table[place] for place in places], set(table)) for places, table in coded]
    tables = {"view_details", "details", "showing_rules", "limited", "shown_rules", "unlimited"}
    return meant + [getattr(columns, name) for name in columns.__struct_fields__ if name not in tables]


@settings(max_examples=200)
@given(changes())
def test_columns_that_go_on_are_those_that_are_made_anew(made: list[Change]) -> None:
    data = pack(Profile())
    with (
        patch.object(viewing, "MOST_VIEWS", 5),
        patch.object(visiting, "MOST_VISITS", 3),
        patch.object(folding, "MOST_SHOWINGS", 4),
    ):
        for change in made:
            before, columns = unpack_columns(data)
            profile = structs.replace(before)
            apply(profile, change)
            after = columns_after(profile, before, columns)
            assert _without_order(after) == _without_order(columns_of(profile))
            assert (before, columns) == unpack_columns(data)
            data, _ = pack_columns(profile, after)
            assert unpack(data) == profile


def test_one_more_view_and_showing_only_go_on() -> None:
    before = Profile()
    claims = (Claim("a", 9, 86_400),)
    changes = [
        Change("v", NOON + ago, (Event("page_view", NOON + ago, path="/a", tags=("x",)),), claims) for ago in (0, 9)
    ]
    apply(before, changes[0])
    after = structs.replace(before)
    apply(after, changes[1])
    first = columns_of(before)
    columns = columns_after(after, before, first)
    assert (columns.view_times, columns.view_details, columns.details) == ((NOON, 9), b"\0\0", ((("x",), (), ()),))
    assert (columns.visit_gaps, columns.visit_lengths) == ((NOON,), (9,))
    assert columns.details is first.details
