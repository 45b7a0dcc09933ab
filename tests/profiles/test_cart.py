"""What lies in the cart, whatever the order in which its events arrive."""

from __future__ import annotations

from itertools import permutations

from omotenashi.model.event import Event, Item
from omotenashi.model.visitor import Cart, Deed, History
from omotenashi.profiles.fold import fold, history
from omotenashi.profiles.profile import Profile

NOON = 1_764_990_000
SHOES = Item("shoe", "running", 5_000)
SOCKS = Item("sock", "socks", 500)


def add(at: int, *items: Item, value: float | None = None) -> Event:
    return Event("add_to_cart", NOON + at, items=items, value=value)


def remove(at: int, *items: Item, value: float | None = None) -> Event:
    return Event("remove_from_cart", NOON + at, items=items, value=value)


def purchase(at: int) -> Event:
    return Event("purchase", NOON + at, transaction_id=f"t{at}", value=1)


def told(*events: Event) -> History:
    profile = Profile()
    for event in events:
        profile = fold(profile, event)
    return history(profile, NOON + 999)


def cart(*events: Event) -> Cart | None:
    """The cart; it is the same in whichever order the events arrive."""
    arrivals = [told(*order) for order in permutations(events)]
    assert all(found.cart_known and found.cart == arrivals[0].cart for found in arrivals)
    return arrivals[0].cart


def test_nothing_lies_in_the_cart_of_a_new_visitor() -> None:
    assert history(None, NOON).cart is None
    assert history(None, NOON).cart_known


def test_what_was_put_in_lies_in_the_cart() -> None:
    assert cart(add(0, Item("shoe", price=5_000, quantity=2)), add(60, SOCKS)) == Cart(NOON + 60, 10_500)


def test_what_was_taken_out_does_not() -> None:
    assert cart(add(0, SHOES, SOCKS), remove(60, SHOES)) == Cart(NOON + 60, 500)
    assert cart(add(0, SHOES), remove(60, SHOES)) is None


def test_no_more_can_be_taken_out_than_was_put_in() -> None:
    assert cart(add(0, SHOES), remove(10, Item("shoe", quantity=9)), add(20, SHOES)) == Cart(NOON + 20, 5_000)


def test_what_is_not_in_the_cart_cannot_be_taken_out() -> None:
    assert cart(add(0, SHOES), remove(60, SOCKS)) == Cart(NOON, 5_000)


def test_within_a_second_things_are_put_in_before_they_are_taken_out() -> None:
    assert cart(add(0, SHOES), remove(0, SHOES)) is None


def test_each_item_has_its_last_price() -> None:
    dearer = Item("shoe", price=6_000)
    assert cart(add(0, SHOES), add(60, dearer)) == Cart(NOON + 60, 12_000)
    assert cart(add(0, SHOES), add(60, Item("shoe"))) == Cart(NOON + 60, 10_000)


def test_a_value_is_the_price_of_something_without_a_name() -> None:
    assert cart(add(0, value=3_000)) == Cart(NOON, 3_000)
    assert cart(add(0, value=3_000), remove(60, value=3_000)) is None
    assert cart(add(0)) == Cart(NOON, 0)


def test_a_value_is_spread_over_items_without_a_price() -> None:
    items = Item("shoe", quantity=2), Item("sock")
    assert cart(add(0, *items, value=3_000)) == Cart(NOON, 3_000)
    assert cart(add(0, *items, value=3_000), remove(60, Item("shoe"))) == Cart(NOON + 60, 2_000)
    assert cart(add(0, SHOES, Item("sock"), value=9_000)) == Cart(NOON, 5_000)


def test_fractions_leave_nothing_behind() -> None:
    assert cart(add(0, Item("tea", quantity=0.3)), *(remove(n, Item("tea", quantity=0.1)) for n in (1, 2, 3))) is None


def test_nothing_of_a_quantity_of_zero_is_in_the_cart() -> None:
    assert cart(add(0, Item("shoe", quantity=0))) is None


def test_a_purchase_empties_the_cart() -> None:
    assert cart(add(0, SHOES), purchase(60)) is None
    assert cart(add(0, SHOES), purchase(0)) is None
    assert cart(add(0, SHOES), purchase(60), add(61, SOCKS)) == Cart(NOON + 61, 500)
    assert cart(add(0, SHOES), add(30, SOCKS), purchase(29), purchase(10)) == Cart(NOON + 30, 500)


def test_a_refund_does_not_bring_the_cart_back() -> None:
    assert cart(add(0, SHOES), purchase(60), Event("refund", NOON + 90, transaction_id="t60")) is None


def test_putting_in_and_taking_out_are_deeds() -> None:
    found = told(add(0, SHOES), remove(60, SHOES))
    assert list(found.deeds) == [Deed(NOON, "add_to_cart"), Deed(NOON + 60, "remove_from_cart")]


def test_beyond_a_hundred_lines_the_cart_is_unknown_until_a_purchase() -> None:
    many = [add(number, SHOES) for number in range(101)]
    assert told(*many[:100]).cart == Cart(NOON + 99, 500_000)
    assert not told(*many).cart_known
    assert not told(*many, add(200, SOCKS)).cart_known
    found = told(*many, purchase(200), add(201, SOCKS))
    assert (found.cart_known, found.cart) == (True, Cart(NOON + 201, 500))


def test_a_purchase_before_a_line_that_was_dropped_leaves_the_cart_unknown() -> None:
    many = [add(number, SHOES) for number in range(10, 112)]
    assert not told(*many, purchase(10)).cart_known
    assert told(*many, purchase(11)).cart == Cart(NOON + 111, 500_000)
