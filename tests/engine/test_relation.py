"""Conditions on the cart, the stage, what was shown and the rest after a goal equal a plain reading of the history."""

from __future__ import annotations

from operator import attrgetter
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omotenashi.engine.choose import Engine
from omotenashi.engine.evaluate import FactTests, negated, value
from omotenashi.engine.history import stage
from omotenashi.engine.occasion import Occasion
from omotenashi.language import condition as c
from omotenashi.language.condition import Fact, Negation
from omotenashi.language.program import Program
from omotenashi.model.errors import Position
from omotenashi.model.site_facts import Lifecycle
from omotenashi.model.visitor import Cart, Deed, History, Order, Showing, Visitor

NOW = 1_795_000_000
DAY = 86_400
SPANS = Lifecycle()
ENGINE = Engine(Program({}, {}, {}, "Asia/Tokyo"), ZoneInfo("Asia/Tokyo"))


Entry = TypeVar("Entry", Order, Deed, Showing)


def in_order(entries: st.SearchStrategy[list[Entry]]) -> st.SearchStrategy[list[Entry]]:
    return entries.map(lambda found: sorted(found, key=attrgetter("at")))


def asked(operand: c.Operand, history: History | None, *, under_not: bool = False) -> bool | None:
    fact = Fact("a field", operand, Position("x.yaml", 1, 1, 2))
    occasion: Occasion = ENGINE.occasion(Visitor(history=history), NOW)
    return value(Negation(fact) if under_not else fact, occasion, FactTests())


some_seconds = st.one_of(st.integers(0, 10), st.integers(0, 100 * DAY), st.sampled_from([3600, 7 * DAY, 30 * DAY]))
moments = some_seconds.map(lambda ago: NOW - ago)
since = st.one_of(st.none(), moments)
some_spans = some_seconds.filter(bool).map(c.Span)
maybe_span = st.one_of(st.none(), some_spans)
ranges = st.tuples(st.integers(0, 4), st.integers(0, 4)).flatmap(
    lambda pair: st.sampled_from([c.Range(min(pair)), c.Range(None, pair[0]), c.Range(min(pair), max(pair))])
)
histories = st.builds(
    History,
    orders=in_order(st.lists(st.builds(Order, moments), max_size=3)),
    deeds=in_order(
        st.lists(st.builds(Deed, moments, st.sampled_from(["demo_request", "Demo_Request", "login"])), max_size=4)
    ),
    showings=in_order(st.lists(st.builds(Showing, moments, st.sampled_from(["a/1", "a/2", "a/", "b/1"])), max_size=6)),
    cart=st.one_of(st.none(), st.builds(Cart, moments, st.integers(0, 5).map(float))),
    cart_known=st.sampled_from([True, True, False]),
    last_visit=since,
    first_seen=since,
    stage=st.sampled_from([None, None, "active"]),
    visits_since=since,
    deeds_since=since,
    orders_since=since,
    showings_since=since,
)
carts = st.builds(c.InCart, maybe_span, maybe_span, st.one_of(st.none(), ranges))
showns = st.builds(
    c.Shown,
    st.just("id"),
    st.lists(st.sampled_from(["a/1", "a/2", "a/", "c/1"]), min_size=1, max_size=3).map(tuple),
    st.builds(c.Window, ranges, maybe_span),
)
cooldowns = st.builds(c.CooledDown, st.sampled_from(["purchase", "demo_request"]), some_spans)
operands: st.SearchStrategy[c.Operand] = st.one_of(carts, showns, cooldowns, st.just(c.InCart(filled=False)))


def in_bounds(bounds: c.Range, number: float) -> bool:
    return number >= (bounds.at_least or 0) and (bounds.at_most is None or number <= bounds.at_most)


def all_worlds(bounds: c.Range, seen: int, *, may_be_more: bool) -> bool | None:
    """What holds for every number of entries that there may have been; None where they disagree."""
    answers = {in_bounds(bounds, seen + missing) for missing in (range(10) if may_be_more else range(1))}
    return answers.pop() if len(answers) == 1 else None


@settings(max_examples=500, deadline=None)
@given(carts, histories)
def test_a_cart_is_left_for_at_least_and_at_most_so_long(operand: c.InCart, history: History) -> None:
    expected: bool | None = None
    if history.cart_known:
        cart = history.cart
        expected = (
            cart is not None
            and NOW - cart.changed >= (operand.abandoned_for.seconds if operand.abandoned_for else 0)
            and (operand.until is None or NOW - cart.changed <= operand.until.seconds)
            and (operand.amount is None or in_bounds(operand.amount, cart.amount))
        )
    assert asked(operand, history) is expected


@settings(max_examples=500, deadline=None)
@given(showns, histories)
def test_showings_count_in_their_window_and_are_unknown_where_some_may_be_missing(
    operand: c.Shown, history: History
) -> None:
    within = operand.window.within
    begins = NOW - within.seconds if within else 0
    seen = [one for one in history.showings if one.at >= begins and one.rule in operand.names]
    missing = history.showings_since is not None and begins < history.showings_since
    assert asked(operand, history) is all_worlds(operand.window.count, len(seen), may_be_more=missing)


@settings(max_examples=500, deadline=None)
@given(cooldowns, histories)
def test_a_rule_rests_after_its_goal_and_that_is_unknown_where_the_goal_may_be_missing(
    operand: c.CooledDown, history: History
) -> None:
    begins = NOW - operand.span.seconds
    if operand.goal == "purchase":
        reached, kept = [one.at for one in history.orders], history.orders_since
    else:
        reached = [one.at for one in history.deeds if one.event.lower() == operand.goal]
        kept = history.deeds_since
    missing = kept is not None and begins < kept
    expected = all_worlds(c.Range(at_most=0), sum(at >= begins for at in reached), may_be_more=missing)
    assert asked(operand, history) is expected


@settings(max_examples=500, deadline=None)
@given(operands, histories)
def test_what_is_unknown_matches_under_not_neither(operand: c.Operand, history: History) -> None:
    assert asked(operand, history, under_not=True) is negated(asked(operand, history))


@given(operands)
def test_without_a_history_all_of_it_is_unknown(operand: c.Operand) -> None:
    assert asked(operand, None) is None
    assert asked(operand, None, under_not=True) is None


@settings(max_examples=300, deadline=None)
@given(histories)
def test_everybody_is_in_exactly_one_stage(history: History) -> None:
    stages = ("new", "active", "lapsing", "lapsed")
    assert [asked(c.InStage(frozenset((name,)), SPANS), history) for name in stages].count(True) == 1


@pytest.mark.parametrize(
    ("first_seen", "last_visit", "expected"),
    [
        (None, None, "new"),
        (7 * DAY - 1, 3 * DAY, "new"),
        (7 * DAY, 3 * DAY, "active"),
        (100 * DAY, 30 * DAY - 1, "active"),
        (100 * DAY, 30 * DAY, "lapsing"),
        (100 * DAY, 90 * DAY, "lapsing"),
        (100 * DAY, 90 * DAY + 1, "lapsed"),
        (100 * DAY, None, "new"),
    ],
)
def test_the_stages_change_at_their_second(first_seen: int | None, last_visit: int | None, expected: str) -> None:
    history = History(
        first_seen=None if first_seen is None else NOW - first_seen,
        last_visit=None if last_visit is None else NOW - last_visit,
    )
    assert stage(history, SPANS, NOW) == expected


def test_a_visitor_whose_earlier_visits_were_all_dropped_has_lapsed() -> None:
    history = History(first_seen=NOW - 900 * DAY, last_visit=None, visits_since=NOW - 400 * DAY)
    assert stage(history, SPANS, NOW) == "lapsed"


def test_the_site_sets_the_spans_of_the_stages() -> None:
    history = History(first_seen=NOW - 100 * DAY, last_visit=NOW - 20 * DAY)
    assert stage(history, Lifecycle(active=10 * DAY, lapsing=15 * DAY), NOW) == "lapsed"


@pytest.mark.parametrize(("ago", "expected"), [(30 * DAY, False), (30 * DAY + 1, True)])
def test_a_rule_rests_for_thirty_days_to_the_second(ago: int, *, expected: bool) -> None:
    operand = c.CooledDown("purchase", c.Span(30 * DAY))
    assert asked(operand, History(orders=[Order(NOW - ago)])) is expected
