"""The fold against a plain reading of all events at once, in any order of arrival."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar
from unittest.mock import patch

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from omotenashi.model.event import Basis, Event, Item
from omotenashi.model.views import View
from omotenashi.model.visitor import Deed, History, Order
from omotenashi.profiles import fold as folding
from omotenashi.profiles import orders as ordering
from omotenashi.profiles import views as viewing
from omotenashi.profiles import visits as visiting
from omotenashi.profiles.fold import fold, history
from omotenashi.profiles.packing import pack, unpack
from omotenashi.profiles.profile import Profile

T = TypeVar("T", View, Order, Deed)
LATER = 10_000_000


def page_view(at: int) -> Event:
    return Event("page_view", at, path="/a")


def implied(at: int, *tags: str) -> Event:
    return Event("page_view", at, path="/a", tags=tags, basis=Basis.IMPLIED)


def receipt(at: int) -> Event:
    return Event("purchase", at, transaction_id=f"t{at}", value=float(at))


def return_of(at: int) -> Event:
    """All of what was bought at a moment comes back a minute later."""
    return Event("refund", at + 60, transaction_id=f"t{at}")


def search(at: int) -> Event:
    return Event("search", at)


moments = st.one_of(
    st.integers(0, 40),
    st.integers(0, 20_000),
    st.integers(0, 12).map(lambda half: half * 900),
)
paths = st.sampled_from(["/a", "/b"])
tags = st.sampled_from([(), ("x",), ("y", "x")])
page_views = st.builds(Event, st.just("page_view"), moments, path=paths, tags=tags, basis=st.sampled_from(Basis))
item_views = st.builds(Event, st.just("view_item"), moments, path=paths, items=st.just((Item("i", "c"),)))
searches = moments.map(search)
purchases = st.builds(Event, st.just("purchase"), moments, value=st.just(100.0))
receipts = st.sampled_from([7, 1_700, 3_600, 9_000]).map(receipt)
returns = st.sampled_from([7, 1_700, 3_600, 9_000]).map(return_of)
events = st.one_of(page_views, page_views, item_views, searches, purchases, receipts, receipts, returns)
crowded_views = st.builds(
    Event,
    st.just("page_view"),
    st.integers(0, 50),
    path=st.just("/a"),
    basis=st.sampled_from([Basis.IMPLIED, Basis.IMPLIED, Basis.REQUESTED, Basis.STATED]),
)


@st.composite
def arrivals(draw: st.DrawFn) -> list[Event]:
    """Events in an order of arrival, some of them with an id and some of those twice."""
    distinct = draw(st.one_of(st.lists(events, max_size=30), st.lists(crowded_views, min_size=4, max_size=12)))
    identified = [
        structs.replace(event, event_id=f"e{number}") if number % 2 else event for number, event in enumerate(distinct)
    ]
    again = [event for event in identified if event.event_id and draw(st.integers(0, 3)) == 0]
    return draw(st.permutations([*identified, *again]))


@settings(max_examples=500, deadline=None)
@given(arrivals())
@example([implied(10, "x"), implied(12, "y")])
def test_any_order_of_arrival_gives_what_a_plain_reading_gives(arrived: list[Event]) -> None:
    found = history(folded(arrived), LATER)
    expected = once(arrived)
    assert found.views_since is found.visits_since is found.orders_since is found.deeds_since is None
    assert by_time(found.views) == by_time(read_views(expected))
    assert by_time(found.orders) == by_time(read_orders(expected))
    assert by_time(found.deeds) == by_time(read_deeds(expected))
    assert list(found.visits) == [*(start for start, _ in read_visits(expected)), LATER]
    assert found.last_visit == (read_visits(expected)[-1][1] if expected else None)


@settings(max_examples=400, deadline=None)
@given(arrivals())
@example([page_view(10), *map(implied, (20, 28, 40, 24, 13))])  # the last one joins a view that was dropped
@example([*map(receipt, (7, 1_700, 3_600, 7))])  # the last one repeats an order that was dropped
@example([*map(return_of, (7, 1_700)), receipt(7)])  # the refund of the last one was dropped
@example([*map(search, (0, 10_000, 11_900, 10_900, 1_000))])  # the last one belongs to a visit that was dropped
@example([page_view(1), *map(search, (9_000, 1_802)), implied(6)])  # the visit of the view that it joins was dropped
def test_what_is_said_to_be_there_is_there_when_older_things_were_dropped(arrived: list[Event]) -> None:
    with (
        patch.object(viewing, "MOST_VIEWS", 3),
        patch.object(ordering, "MOST_ORDERS", 2),
        patch.object(ordering, "MOST_REFUNDS", 1),
        patch.object(folding, "MOST_DEEDS", 5),
        patch.object(visiting, "MOST_VISITS", 2),
    ):
        found = history(folded(arrived), LATER)
    expected = once(arrived)
    assert complete(found.views, found.views_since) == complete(read_views(expected), found.views_since)
    assert complete(found.orders, found.orders_since) == complete(read_orders(expected), found.orders_since)
    assert complete(found.deeds, found.deeds_since) == complete(read_deeds(expected), found.deeds_since)
    began = [start for start, _ in read_visits(expected)]
    since = found.visits_since or 0
    assert [start for start in found.visits if start >= since] == [*(b for b in began if b >= since), LATER]
    assert_nothing_invented(found, expected)


@settings(max_examples=100, deadline=None)
@given(arrivals())
def test_folding_leaves_the_profile_that_was_given_as_it_is(arrived: list[Event]) -> None:
    profile: Profile | None = None
    for event in arrived:
        before = None if profile is None else unpack(pack(profile))
        after = fold(profile, event)
        assert profile == before
        profile = after


def folded(arrived: Iterable[Event]) -> Profile | None:
    profile: Profile | None = None
    for event in arrived:
        profile = fold(profile, event)
    return profile


def once(arrived: Iterable[Event]) -> list[Event]:
    """Each event once, by its id and by its transaction."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for event in arrived:
        names = {(kind, name) for kind, name in (("", event.event_id), (event.name, event.transaction_id)) if name}
        if not names & seen:
            kept.append(event)
        seen |= names
    return kept


def read_visits(distinct: Sequence[Event]) -> list[tuple[int, int]]:
    return chains((event.at for event in distinct), 30 * 60)


def read_views(distinct: Sequence[Event]) -> list[View]:
    views = [
        View(event.at, "", (), ("i",), ("c",)) if event.items else View(event.at, event.path, sorted_tags([event]))
        for event in distinct
        if event.name in {"page_view", "view_item"} and event.basis is Basis.STATED
    ]
    for path in ("/a", "/b"):
        stated = [e.at for e in distinct if e.name == "page_view" and e.path == path and e.basis is Basis.STATED]
        for event in distinct:
            requested = event.path == path and event.basis is Basis.REQUESTED
            if requested and not any(abs(event.at - at) <= 5 for at in stated):
                views.append(View(event.at, path, sorted_tags([event])))
        implied = [e for e in distinct if e.path == path and e.basis is Basis.IMPLIED]
        for start, end in chains((event.at for event in implied), 5):
            if not any(start - 5 <= at <= end + 5 for at in stated):
                views.append(View(start, path, sorted_tags(e for e in implied if start <= e.at <= end)))
    return views


def read_orders(distinct: Sequence[Event]) -> list[Order]:
    returned = {event.transaction_id for event in distinct if event.name == "refund"}
    kept = [event for event in distinct if event.name == "purchase" and event.transaction_id not in returned]
    return [Order(event.at, event.value or 0, (), event.transaction_id) for event in kept]


def read_deeds(distinct: Sequence[Event]) -> list[Deed]:
    viewed = [Deed(view.at, "view_item" if view.items else "page_view") for view in read_views(distinct)]
    return viewed + [Deed(e.at, e.name) for e in distinct if e.name in {"purchase", "refund", "search"}]


def chains(moments: Iterable[int], gap: int) -> list[tuple[int, int]]:
    """First and last of the moments that follow each other within `gap` seconds."""
    found: list[tuple[int, int]] = []
    for at in sorted(moments):
        if found and at - found[-1][1] <= gap:
            found[-1] = found[-1][0], at
        else:
            found.append((at, at))
    return found


def sorted_tags(events: Iterable[Event]) -> tuple[str, ...]:
    return tuple(sorted({tag for event in events for tag in event.tags}))


def by_time(things: Iterable[T]) -> list[tuple[object, ...]]:
    return sorted(structs.astuple(thing) for thing in things)


def complete(things: Iterable[T], since: int | None) -> list[tuple[object, ...]]:
    return by_time(thing for thing in things if since is None or thing.at >= since)


def assert_nothing_invented(found: History, distinct: Sequence[Event]) -> None:
    """What is older than a `…_since` may be missing, but nothing is counted that was not there."""
    for there, all_of_them in (
        (by_time(found.views), by_time(read_views(distinct))),
        (by_time(found.orders), by_time(read_orders(distinct))),
    ):
        for thing in there:
            assert there.count(thing) <= all_of_them.count(thing)
