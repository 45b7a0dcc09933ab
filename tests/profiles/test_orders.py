"""What is left of orders after refunds."""

from __future__ import annotations

from itertools import permutations

import pytest

from omotenashi.model.event import Event, Item
from omotenashi.model.visitor import Deed, Order, OrderLine
from omotenashi.profiles.fold import fold, history
from omotenashi.profiles.profile import Profile

NOON = 1_764_990_000
SHOES = Item("shoe", "running", 5_000, 2)
SOCKS = Item("sock", "socks", 500, 1)
PURCHASE = Event("purchase", NOON, items=(SHOES, SOCKS), transaction_id="t1", value=11_000)


def folded(*events: Event) -> Profile:
    profile = Profile()
    for event in events:
        profile = fold(profile, event)
    return profile


def refund(*items: Item, value: float | None = None, event_id: str = "", at: int = NOON + 60) -> Event:
    return Event("refund", at, event_id, items=items, transaction_id="t1", value=value)


def left(*events: Event) -> list[Order]:
    """What is left of the orders; it is the same in whichever order the events arrive."""
    [found] = {tuple(history(folded(*order), NOON + 999).orders) for order in permutations(events)}
    return list(found)


def test_an_order_that_was_given_back_counts_no_more() -> None:
    assert left(PURCHASE, refund()) == []


def test_a_refund_is_a_deed_and_leaves_the_deed_of_the_purchase() -> None:
    deeds = history(folded(PURCHASE, refund()), NOON + 999).deeds
    assert list(deeds) == [Deed(NOON, "purchase"), Deed(NOON + 60, "refund")]


def test_a_refund_leaves_other_orders_as_they_are() -> None:
    other = Event("purchase", NOON, transaction_id="t2", value=100)
    nameless = Event("purchase", NOON + 1, value=200)
    assert [order.amount for order in left(other, nameless, refund())] == [100, 200]


def test_the_items_that_were_given_back_leave_their_lines_and_their_price_the_amount() -> None:
    one_shoe = OrderLine("shoe", "running", 5_000, 1)
    sock = OrderLine("sock", "socks", 500, 1)
    returned = refund(Item("shoe", price=5_000, quantity=1))
    assert left(PURCHASE, returned) == [Order(NOON, 6_000, (one_shoe, sock), "t1")]


def test_an_item_without_a_price_is_worth_what_the_order_says() -> None:
    assert left(PURCHASE, refund(Item("shoe"))) == left(PURCHASE, refund(Item("shoe", price=5_000)))


def test_the_value_of_a_refund_wins_over_its_items() -> None:
    assert [order.amount for order in left(PURCHASE, refund(Item("shoe", price=5_000), value=4_500))] == [6_500]


def test_a_refund_with_a_value_alone_leaves_the_lines() -> None:
    [order] = left(PURCHASE, refund(value=1_000))
    assert order.amount == 10_000
    assert [line.amount for line in order.lines] == [10_000, 500]


def test_an_order_of_which_no_item_or_no_money_is_left_counts_no_more() -> None:
    assert left(PURCHASE, refund(SHOES), refund(SOCKS)) == []
    assert left(PURCHASE, refund(value=11_000)) == []
    assert left(PURCHASE, refund(value=10_999.9), refund(value=0.1)) == []


def test_an_order_without_prices_counts_until_all_of_its_items_are_given_back() -> None:
    unpriced = Event("purchase", NOON, items=(Item("a"), Item("b")), transaction_id="t1")
    assert left(unpriced, refund(Item("a"))) == [Order(NOON, 0, (OrderLine("b"),), "t1")]
    assert left(unpriced, refund(Item("a")), refund(Item("b"))) == []


def test_no_more_is_given_back_than_there_was() -> None:
    [order] = left(PURCHASE, refund(Item("sock", price=500, quantity=9), Item("hat", price=100)))
    assert order == Order(NOON, 6_400, (OrderLine("shoe", "running", 10_000, 2),), "t1")


def test_lines_of_the_same_item_shrink_one_after_the_other() -> None:
    twice = Event("purchase", NOON, items=(SHOES, SHOES), transaction_id="t1")
    assert left(twice, refund(Item("shoe", quantity=3))) == [
        Order(NOON, 5_000, (OrderLine("shoe", "running", 5_000, 1),), "t1")
    ]


@pytest.mark.parametrize("again", [refund(), refund(at=NOON + 120), refund(event_id="e1")])
def test_all_of_an_order_is_given_back_once(again: Event) -> None:
    once = folded(PURCHASE, refund())
    assert history(fold(once, again), NOON + 999).deeds[-1] == Deed(NOON + 60, "refund")
    assert len(fold(once, again).deeds) == 2


def test_a_part_that_is_stated_in_the_same_words_for_the_same_second_is_given_back_once() -> None:
    part = refund(value=1_000)
    assert [order.amount for order in left(PURCHASE, part, part)] == [10_000]
    assert [order.amount for order in left(PURCHASE, part, refund(value=1_000, at=NOON + 61))] == [9_000]


def test_two_parts_with_ids_of_their_own_are_two() -> None:
    parts = refund(value=1_000, event_id="e1"), refund(value=1_000, event_id="e2")
    assert [order.amount for order in left(PURCHASE, *parts, parts[0])] == [9_000]


def test_when_a_refund_is_dropped_its_order_goes_too() -> None:
    others = [Event("refund", NOON + 100 + n, transaction_id=f"other {n}") for n in range(100)]
    for arrived in ([PURCHASE, refund(), *others], [refund(), *others, PURCHASE], [*others, PURCHASE, refund()]):
        found = history(folded(*arrived), NOON + 999)
        assert list(found.orders) == []
        assert found.orders_since == NOON + 61
