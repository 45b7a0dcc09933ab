"""What is too old goes; conditions then give what they gave before, or are unknown."""

from __future__ import annotations

from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omotenashi.engine import history as conditions
from omotenashi.engine.clock import Clock
from omotenashi.engine.lexicon import Lexicon
from omotenashi.engine.occasion import Occasion
from omotenashi.language.condition import Bought, Did, LastVisit, LimitLeft, Range, Span, Viewed, Visits, Window
from omotenashi.model.event import Basis, Event, Item
from omotenashi.model.visitor import Arrival, Visitor
from omotenashi.profiles.fold import claim_into, fold, history, kept_arrival, show_into
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.packing import pack, unpack
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.retention import current, is_over
from omotenashi.profiles.store import Change, apply

DAY = 86_400
NOON = 1_764_990_000
KEEP = Keep(events=100 * DAY, exposures=50 * DAY, profiles=200 * DAY)
OLD = NOON - 100 * DAY - 1
KEPT = NOON - 100 * DAY


def folded(*events: Event) -> Profile:
    profile = Profile()
    for event in events:
        profile = fold(profile, event)
    return profile


def trimmed(*events: Event) -> Profile:
    return current(folded(*events), NOON, KEEP)


def test_a_profile_in_which_nothing_is_too_old_is_the_same() -> None:
    profile = folded(Event("page_view", KEPT, path="/a"), Event("purchase", KEPT, value=1), Event("search", KEPT))
    claim_into(profile, "hero", 1, DAY, NOON - 50 * DAY)
    assert current(profile, NOON, KEEP) is profile


@pytest.mark.parametrize(
    "event",
    [
        Event("page_view", OLD, path="/a"),
        Event("view_item", OLD),
        Event("search", OLD),
        Event("purchase", OLD, value=1),
        Event("refund", OLD, transaction_id="t1"),
        Event("add_to_cart", OLD),
    ],
)
def test_what_a_visitor_did_goes_with_its_second_and_is_marked(event: Event) -> None:
    profile = trimmed(event, Event("page_view", NOON, path="/b"))
    assert (profile.orders, profile.refunds, profile.cart, profile.deeds, profile.emptied) == ([], [], [], [], None)
    assert [view.path for view in profile.views] == ["/b"]
    assert profile.visits == [(NOON, NOON)]
    found = history(profile, NOON)
    assert found.deeds_since is not None
    assert found.visits_since == OLD + 1_801


def test_the_given_profile_stays_as_it_is() -> None:
    profile = folded(Event("page_view", OLD, path="/a"), Event("add_to_cart", OLD))
    before = unpack(pack(profile))
    assert current(profile, NOON, KEEP) != profile
    assert profile == before


def test_when_the_visitor_was_first_seen_and_when_the_visit_before_this_one_ended_stays_known() -> None:
    found = history(trimmed(Event("search", OLD - DAY), Event("search", OLD)), NOON)
    assert (found.first_seen, found.last_visit, list(found.visits)) == (OLD - DAY, OLD, [NOON])


def test_a_visit_is_as_old_as_its_end() -> None:
    assert trimmed(Event("search", OLD), Event("search", KEPT)).visits == [(OLD, KEPT)]


def test_a_refund_goes_with_its_order() -> None:
    purchase = Event("purchase", OLD - DAY, transaction_id="t1", value=100)
    found = trimmed(Event("refund", OLD, transaction_id="t1"), Event("search", NOON))
    assert current(fold(found, purchase), NOON, KEEP).orders == []
    assert history(found, NOON).orders_since == OLD + 1


def test_a_cart_of_which_something_was_too_old_is_unknown_until_a_purchase() -> None:
    profile = trimmed(Event("add_to_cart", OLD), Event("add_to_cart", NOON - 60))
    assert not history(profile, NOON).cart_known
    assert history(fold(profile, Event("purchase", NOON - 30, value=1)), NOON).cart_known


def test_how_a_visit_began_and_which_requests_were_counted_go_too() -> None:
    profile = Profile()
    view = Event("page_view", OLD, path="/a", basis=Basis.IMPLIED)
    apply(profile, Change("v", OLD, (view,), arrival=Arrival(keyword="x"), request_id="r1"))
    found = current(profile, NOON, KEEP)
    assert (found.arrival, found.requests) == (None, [])
    assert kept_arrival(found, NOON) is None


def test_what_was_shown_has_an_age_of_its_own() -> None:
    profile = folded(Event("search", NOON - 60 * DAY))
    for at in (NOON - 50 * DAY - 1, NOON - 50 * DAY):
        claim_into(profile, "hero", 9, DAY, at)
        show_into(profile, "default", at)
    found = current(profile, NOON, KEEP)
    assert [showing.at for showing in (*found.showings, *found.shown)] == [NOON - 50 * DAY] * 2
    assert (found.showings_since, found.shown_since) == (NOON - 50 * DAY, NOON - 50 * DAY)
    assert found.deeds == profile.deeds


def test_a_profile_is_over_when_nothing_was_added_for_long() -> None:
    assert not is_over(NOON - 200 * DAY, NOON, KEEP)
    assert is_over(NOON - 200 * DAY - 1, NOON, KEEP)


moments = st.one_of(
    st.integers(0, 150 * DAY), st.integers(99 * DAY, 101 * DAY), st.integers(-40, 40).map(lambda s: 100 * DAY + s)
).map(lambda ago: NOON - ago)
items = st.sampled_from([(Item("a", "c", 100.0, 2),), (Item("b", "c", 50.0),), ()])
events = st.one_of(
    st.builds(Event, st.just("page_view"), moments, path=st.sampled_from(["/a", "/b"]), basis=st.sampled_from(Basis)),
    st.builds(Event, st.sampled_from(["view_item", "add_to_cart", "remove_from_cart"]), moments, items=items),
    st.builds(Event, st.just("search"), moments),
    st.integers(0, 5).map(lambda n: Event("purchase", NOON - n * 25 * DAY, transaction_id=f"t{n}", value=100.0)),
    st.integers(0, 5).map(lambda n: Event("refund", NOON - n * 25 * DAY + n % 3 * 15 * DAY, transaction_id=f"t{n}")),
)
claims = st.lists(moments, max_size=5)
counts = st.sampled_from([Range(at_least=1), Range(at_least=2), Range(at_most=0), Range(at_least=1, at_most=2)])
spans = st.sampled_from([None, *(Span(days * DAY) for days in (1, 26, 50, 99, 100, 101, 140))])
windows = st.builds(Window, counts, spans)
tests = st.one_of(
    windows.map(lambda window: conditions.viewed(Viewed("page", ("/a",), window))),
    windows.map(lambda window: conditions.viewed(Viewed("item", ("a",), window))),
    windows.map(lambda window: conditions.bought(Bought("", (), window))),
    windows.map(lambda window: conditions.bought(Bought("", (), window, Range(at_least=150)))),
    windows.map(lambda window: conditions.did(Did(("search", "purchase"), window))),
    windows.map(lambda window: conditions.visits(Visits(window))),
    st.sampled_from([30, 100, 120]).map(lambda days: conditions.last_visit(LastVisit(before=Span(days * DAY)))),
    st.sampled_from([30, 100, 120]).map(lambda days: conditions.last_visit(LastVisit(within=Span(days * DAY)))),
    st.sampled_from([1, 2]).map(lambda times: conditions.limit_left(LimitLeft("hero", times, Span(60 * DAY)))),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(events, max_size=25), claims, st.lists(tests, min_size=1, max_size=8), st.randoms())
def test_a_condition_on_what_is_kept_is_what_it_was_or_unknown_whenever_it_was_trimmed(
    arrived: list[Event], claimed_at: list[int], asked: list[conditions.HistoryTest], chance: Random
) -> None:
    full, kept = Profile(), Profile()
    for at in sorted(claimed_at):
        claim_into(full, "hero", 99, DAY, at)
        claim_into(kept, "hero", 99, DAY, at)
    for event in arrived:
        full, kept = fold(full, event), fold(kept, event)
        if chance.random() < 0.5:
            kept = current(kept, NOON, KEEP)
    before, after = history(full, NOON), history(current(kept, NOON, KEEP), NOON)
    occasion = Occasion(Visitor(), NOON, Clock(ZoneInfo("Asia/Tokyo")), Lexicon((), {}))
    for test in asked:
        assert test(after, occasion) in {test(before, occasion), None}
    assert not after.cart_known or after.cart == before.cart
    assert (after.first_seen, after.last_visit) == (before.first_seen, before.last_visit)
