from __future__ import annotations

from msgspec import structs

from omotenashi.model.event import Basis, Event, Item
from omotenashi.model.views import View
from omotenashi.model.visitor import Deed, Order, OrderLine
from omotenashi.profiles.fold import fold, fold_into, history
from omotenashi.profiles.profile import Profile

DAY = 86_400
NOON = 1_764_990_000


def folded(*events: Event) -> Profile:
    profile = Profile()
    for event in events:
        profile = fold(profile, event)
    return profile


def page_view(at: int, path: str = "/a", *tags: str) -> Event:
    return Event("page_view", at, path=path, tags=tags)


def implied(at: int, path: str = "/a", *tags: str) -> Event:
    return structs.replace(page_view(at, path, *tags), basis=Basis.IMPLIED)


def requested(at: int, path: str = "/a") -> Event:
    return structs.replace(page_view(at, path), basis=Basis.REQUESTED)


def test_a_page_view_is_a_view_with_path_and_tags_and_a_deed() -> None:
    found = history(folded(page_view(NOON, "/running", "running", "shoes")), NOON)
    assert list(found.views) == [View(NOON, "/running", ("running", "shoes"))]
    assert list(found.deeds) == [Deed(NOON, "page_view")]


def test_a_view_item_is_a_view_of_items_and_categories_and_not_of_its_page() -> None:
    items = (Item("shoe-1", "running"), Item("shoe-2", "running"))
    found = history(folded(Event("view_item", NOON, path="/shoe-1", items=items)), NOON)
    assert list(found.views) == [View(NOON, "", (), ("shoe-1", "shoe-2"), ("running",))]
    assert list(found.deeds) == [Deed(NOON, "view_item")]


def test_a_purchase_is_an_order_with_its_lines() -> None:
    items = (Item("shoe-1", "running", 9_800, 2), Item("sock-1", "socks", 550.5))
    found = history(folded(Event("purchase", NOON, items=items, transaction_id="t1", value=20_000)), NOON)
    lines = (OrderLine("shoe-1", "running", 19_600, 2), OrderLine("sock-1", "socks", 550.5))
    assert list(found.orders) == [Order(NOON, 20_000, lines, "t1")]
    assert list(found.deeds) == [Deed(NOON, "purchase")]


def test_a_purchase_without_a_value_is_worth_the_sum_of_its_lines() -> None:
    items = (Item("a", price=100, quantity=3), Item("b", price=50), Item("c"))
    assert folded(Event("purchase", NOON, items=items)).orders[0].amount == 350


def test_a_purchase_without_a_transaction_id_always_counts() -> None:
    purchase = Event("purchase", NOON, value=100)
    assert len(folded(purchase, purchase).orders) == 2


def test_a_transaction_that_was_seen_before_changes_nothing() -> None:
    once = folded(Event("purchase", NOON, transaction_id="t1", value=100))
    assert fold(once, Event("purchase", NOON + DAY, transaction_id="t1", value=100, event_id="e2")) == once


def test_an_event_id_that_was_seen_before_changes_nothing() -> None:
    once = folded(Event("search", NOON, event_id="e1"))
    assert fold(once, Event("search", NOON + DAY, event_id="e1")) == once


def test_the_newest_200_event_ids_are_known() -> None:
    profile = folded(*(Event("search", NOON + number, event_id=f"e{number}") for number in range(201)))
    assert fold(profile, Event("search", NOON + 500, event_id="e1")) == profile
    assert fold(profile, Event("search", NOON + 500, event_id="e0")) != profile


def test_any_other_event_is_a_deed() -> None:
    found = history(folded(Event("demo_request", NOON), Event("add_to_cart", NOON - 5)), NOON)
    assert list(found.deeds) == [Deed(NOON - 5, "add_to_cart"), Deed(NOON, "demo_request")]


def test_the_visitor_was_first_seen_at_the_earliest_event_even_if_it_comes_late() -> None:
    assert folded(page_view(NOON), page_view(NOON - DAY)).first_seen == NOON - DAY


def test_more_than_thirty_minutes_of_silence_end_a_visit() -> None:
    assert folded(page_view(NOON), page_view(NOON + 1_800)).visits == [(NOON, NOON + 1_800)]
    assert folded(page_view(NOON), page_view(NOON + 1_801)).visits == [(NOON, NOON), (NOON + 1_801, NOON + 1_801)]


def test_an_event_that_bridges_two_visits_makes_them_one() -> None:
    profile = folded(page_view(NOON), page_view(NOON + 3_000), page_view(NOON + 1_500))
    assert profile.visits == [(NOON, NOON + 3_000)]


def test_implied_views_of_a_page_within_five_seconds_are_one() -> None:
    assert [view.at for view in folded(implied(NOON), implied(NOON + 5)).views] == [NOON]
    assert [view.at for view in folded(implied(NOON), implied(NOON + 6)).views] == [NOON, NOON + 6]
    assert len(folded(implied(NOON, "/a"), implied(NOON, "/b")).views) == 2


def test_implied_views_that_are_joined_have_the_tags_of_all() -> None:
    assert folded(implied(NOON, "/a", "x"), implied(NOON + 1, "/a", "y")).views == [View(NOON, "/a", ("x", "y"))]


def test_a_stated_page_view_takes_the_place_of_an_implied_one_within_five_seconds() -> None:
    expected = [View(NOON + 5, "/a", ("x",))]
    assert folded(implied(NOON), page_view(NOON + 5, "/a", "x")).views == expected
    assert folded(page_view(NOON + 5, "/a", "x"), implied(NOON)).views == expected


def test_a_requested_view_counts_unless_a_stated_one_of_the_page_lies_within_five_seconds() -> None:
    for stated_at in (NOON - 5, NOON, NOON + 5):
        expected = [View(stated_at, "/a")]
        assert folded(requested(NOON), page_view(stated_at)).views == expected
        assert folded(page_view(stated_at), requested(NOON)).views == expected
    assert len(folded(requested(NOON), page_view(NOON + 6)).views) == 2
    assert len(folded(requested(NOON), page_view(NOON, "/b")).views) == 2


def test_a_requested_view_is_near_a_stated_one_itself_not_near_an_implied_one_that_this_stands_for() -> None:
    assert [view.at for view in folded(page_view(NOON), implied(NOON + 5), requested(NOON + 6)).views] == [
        NOON,
        NOON + 6,
    ]


def test_requested_views_join_no_other_view() -> None:
    assert len(folded(requested(NOON), requested(NOON), implied(NOON), implied(NOON + 1)).views) == 3


def test_stated_page_views_are_never_joined() -> None:
    assert len(folded(page_view(NOON), page_view(NOON), implied(NOON)).views) == 2


def test_a_view_of_an_item_is_not_joined_with_the_view_of_its_page() -> None:
    assert len(folded(implied(NOON), Event("view_item", NOON, path="/a"), implied(NOON + 1)).views) == 2


def test_the_newest_200_views_are_kept_and_what_is_older_is_marked() -> None:
    profile = folded(*(page_view(NOON + number * 60, f"/{number}") for number in range(201)))
    assert [view.path for view in profile.views] == [f"/{number}" for number in range(1, 201)]
    assert len(profile.marks) == 200
    found = history(profile, NOON + 201 * 60)
    assert found.views_since == NOON + 6  # an implied view up to five seconds later could belong to the one dropped
    assert found.deeds_since == NOON + 6
    assert found.orders_since is None


def test_the_newest_100_orders_are_kept_and_what_is_older_is_marked() -> None:
    profile = folded(*(Event("purchase", NOON + number, value=1) for number in range(101)))
    assert [order.at for order in profile.orders] == [NOON + number for number in range(1, 101)]
    assert profile.orders_since == NOON + 1


def test_the_newest_200_deeds_are_kept_and_what_is_older_is_marked() -> None:
    profile = folded(*(Event("search", NOON + number) for number in range(201)))
    assert [deed.at for deed in profile.deeds] == [NOON + number for number in range(1, 201)]
    assert profile.deeds_since == NOON + 1


def test_the_newest_200_visits_are_kept_and_what_is_older_is_marked() -> None:
    profile = folded(*(Event("search", NOON + number * DAY) for number in range(201)))
    assert len(profile.visits) == 200
    assert profile.visits_since == NOON + 1_801


def test_an_event_whose_id_was_dropped_is_known_by_its_moment_and_kind() -> None:
    events = [
        Event("page_view", NOON, "first", path="/a"),
        Event("add_to_cart", NOON + 1, "second", items=(Item("shoes", price=100),)),
        *(Event("search", NOON + 10 + number, f"e{number}") for number in range(250)),
    ]
    profile = folded(*events)
    for event in events[:2]:
        fold_into(profile, event)
    assert len(profile.views) == 1
    assert len(profile.cart) == 1
