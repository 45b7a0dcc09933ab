"""Two profiles become one, as if everything had been told to one from the start."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from typing import TypeVar
from unittest.mock import patch

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from omotenashi.model.event import Basis, Event, Item
from omotenashi.model.views import View
from omotenashi.model.visitor import Arrival, Cart, Deed, History, Order, Showing
from omotenashi.profiles import cart as carting
from omotenashi.profiles import fold as folding
from omotenashi.profiles import merge as merging
from omotenashi.profiles import orders as ordering
from omotenashi.profiles import views as viewing
from omotenashi.profiles.fold import claim_into, claimed, fold, fold_into, history, kept_arrival, show_into
from omotenashi.profiles.merge import is_empty, merge_into
from omotenashi.profiles.packing import pack, unpack
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.store import Change, apply
from omotenashi.profiles.views import drop_views

NOON = 1_764_990_000
DAY = 86_400
LATER = 1_000_000
T = TypeVar("T", View, Order, Deed, Showing)


BOUNDS = [
    (viewing, "VIEWS", 3),
    (ordering, "ORDERS", 2),
    (ordering, "REFUNDS", 2),
    (folding, "DEEDS", 6),
    (carting, "CART_LINES", 4),
]


def folded(*events: Event) -> Profile:
    profile = Profile()
    for event in events:
        profile = fold(profile, event)
    return profile


def merged(target: Profile, source: Profile) -> Profile:
    result = structs.replace(target)
    merge_into(result, source)
    return result


def receipt(number: int) -> Event:
    return Event("purchase", number * 700, items=(Item("a", "c", 100, 2),), transaction_id=f"t{number}")


def refund(number: int, at: int, value: float | None) -> Event:
    """Part of an order at some time after it; or all of it, always at the same time."""
    bought = number * 700
    return Event("refund", bought + 60 if value is None else bought + at, transaction_id=f"t{number}", value=value)


def cart_event(at: int, name: str, item: str, price: float | None) -> Event:
    return Event(name, at, items=(Item(item, price=price),))


moments = st.one_of(st.integers(0, 40), st.integers(0, 20_000), st.integers(0, 12).map(lambda half: half * 900))
events = st.one_of(
    st.builds(Event, st.just("page_view"), moments, path=st.sampled_from(["/a", "/b"]), tags=st.just(("x",))),
    st.builds(Event, st.just("view_item"), moments, items=st.just((Item("i", "c"),))),
    st.builds(Event, st.sampled_from(["search", "demo"]), moments),
    st.builds(Event, st.just("purchase"), moments, value=st.just(100.0)),
    st.integers(0, 5).map(receipt),
    st.builds(refund, st.integers(0, 5), moments, st.sampled_from([None, 50, 80])),
    st.builds(
        cart_event,
        moments,
        st.sampled_from(["add_to_cart", "add_to_cart", "remove_from_cart"]),
        st.sampled_from(["a", "b"]),
        st.sampled_from([None, 10, 20]),
    ),
)
splits = st.lists(st.tuples(events, st.booleans()), max_size=40)


@settings(max_examples=400, deadline=None)
@given(splits)
def test_merging_two_profiles_equals_folding_all_events_into_one(split: list[tuple[Event, bool]]) -> None:
    ours = folded(*(event for event, theirs in split if not theirs))
    theirs = folded(*(event for event, theirs in split if theirs))
    all_in_one = folded(*(event for event, _ in split))
    assert plain(history(merged(ours, theirs), LATER)) == plain(history(all_in_one, LATER))


@settings(max_examples=400, deadline=None)
@given(splits)
@example([(receipt(1), True), (receipt(2), True), (receipt(3), True), (receipt(1), False)])
@example([(refund(1, 0, None), True), (receipt(2), True), (refund(2, 0, None), True), (receipt(1), False)])
def test_beyond_the_bounds_what_is_said_to_be_there_is_there(split: list[tuple[Event, bool]]) -> None:
    with ExitStack() as bounds:
        for module, name, most in BOUNDS:
            bounds.enter_context(patch.object(module, f"MOST_{name}", most))
            bounds.enter_context(patch.object(merging, f"MOST_{name}", most))
        ours = folded(*(event for event, theirs in split if not theirs))
        theirs = folded(*(event for event, theirs in split if theirs))
        found = history(merged(ours, theirs), LATER)
    true = history(folded(*(event for event, _ in split)), LATER)
    assert since(found.views, found.views_since) == since(true.views, found.views_since)
    assert since(found.deeds, found.deeds_since) == since(true.deeds, found.deeds_since)
    assert since(found.orders, found.orders_since) == since(true.orders, found.orders_since)
    assert not found.cart_known or found.cart == true.cart


def test_the_source_stays_as_it_is() -> None:
    theirs = folded(Event("page_view", NOON, path="/a"), Event("add_to_cart", NOON))
    before = unpack(pack(theirs))
    both = merged(Profile(), theirs)
    fold_into(both, Event("purchase", NOON + 1, transaction_id="t"))
    drop_views(both, 1)
    assert not both.cart
    assert theirs == before


def test_visits_on_two_devices_that_overlap_are_one() -> None:
    ours = folded(Event("search", NOON), Event("search", NOON + 3_000))
    assert merged(ours, folded(Event("search", NOON + 1_500))).visits == [(NOON, NOON + 3_000)]


def test_a_purchase_that_both_know_counts_once_as_order_and_as_deed() -> None:
    purchase = Event("purchase", NOON, transaction_id="t1", value=100)
    found = merged(folded(purchase), folded(purchase, Event("purchase", NOON + 1, value=50)))
    assert [order.amount for order in found.orders] == [100, 50]
    assert found.deeds == [Deed(NOON, "purchase"), Deed(NOON + 1, "purchase")]


def test_a_purchase_of_either_empties_the_cart_of_both() -> None:
    add = Event("add_to_cart", NOON, items=(Item("a", price=100),))
    purchase = Event("purchase", NOON + 60, value=100)
    for ours, theirs in ((add, purchase), (purchase, add)):
        assert history(merged(folded(ours), folded(theirs)), NOON + 99).cart is None
    later_add = structs.replace(add, at=NOON + 61)
    assert history(merged(folded(add, later_add), folded(purchase)), NOON + 99).cart == Cart(NOON + 61, 100)


def test_events_that_either_knew_are_known() -> None:
    both = merged(folded(Event("search", NOON, "e1")), folded(Event("search", NOON, "e2")))
    assert fold(fold(both, Event("search", NOON, "e1")), Event("search", NOON, "e2")) == both


def test_a_request_that_either_counted_is_counted() -> None:
    view = Event("page_view", NOON, path="/a", basis=Basis.IMPLIED)
    ours, theirs = Profile(), Profile()
    apply(theirs, Change("v", NOON, (view,), request_id="r1"))
    merge_into(ours, theirs)
    apply(ours, Change("m", NOON + 8, (structs.replace(view, at=NOON + 8),), request_id="r1"))
    assert len(ours.views) == 1


def test_limits_count_what_was_shown_to_either() -> None:
    ours, theirs = Profile(), Profile()
    for profile in (ours, theirs):
        assert claim_into(profile, "hero", 1, DAY, NOON)
        show_into(profile, "default", NOON)
    merge_into(ours, theirs)
    assert claimed(ours, "hero", 0) == 2
    assert ours.shown == [Showing(NOON, "default")] * 2


def test_the_later_arrival_is_kept() -> None:
    ours, theirs = Profile(), Profile()
    view = Event("page_view", NOON, path="/a")
    apply(ours, Change("m", NOON, (view,), arrival=Arrival(campaign="older")))
    apply(theirs, Change("v", NOON + 5, (view,), arrival=Arrival(campaign="newer")))
    assert kept_arrival(merged(ours, theirs), NOON + 60) == Arrival(campaign="newer")
    assert kept_arrival(merged(theirs, ours), NOON + 60) == Arrival(campaign="newer")


def test_the_bounds_hold_and_what_was_dropped_is_marked() -> None:
    ours, theirs = (folded(*(Event("search", NOON + 2 * n + side) for n in range(150))) for side in (0, 1))
    both = merged(ours, theirs)
    assert [deed.at for deed in both.deeds] == [NOON + n for n in range(100, 300)]
    assert both.deeds_since == NOON + 100


def test_the_later_mark_of_both_holds() -> None:
    assert merged(Profile(deeds_since=5), Profile(deeds_since=9)).deeds_since == 9
    assert merged(Profile(visits_since=9), Profile()).visits_since == 9


def test_visits_before_what_either_dropped_are_not_counted_since_they_may_be_parts_of_one() -> None:
    ours = folded(*(Event("search", NOON + n) for n in (0, 3_000, DAY)))
    found = history(merged(ours, Profile(visits_since=NOON + 4_000)), NOON + DAY)
    assert (list(found.visits), found.visits_since, found.last_visit) == ([NOON + DAY], NOON + 4_000, NOON + 3_000)


def test_a_profile_with_nothing_but_an_owner_is_empty() -> None:
    assert is_empty(Profile())
    assert is_empty(Profile(owner=b"someone"))
    assert not is_empty(Profile(first_seen=0))
    ours = Profile(owner=b"ours")
    merge_into(ours, Profile(owner=b"theirs"))
    assert ours.owner == b"ours"


def plain(found: History) -> dict[str, object]:
    """A history without the order of things of the same second."""
    lists = {"views": since(found.views, None), "orders": since(found.orders, None), "deeds": since(found.deeds, None)}
    return {**structs.asdict(found), **lists}


def since(things: Iterable[T], moment: int | None) -> list[str]:
    return sorted(repr(thing) for thing in things if moment is None or thing.at >= moment)
