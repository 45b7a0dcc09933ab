"""Lines of orders in batches: put together, or refused; never lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from omotenashi.model.event import Event, Item
from omotenashi.profiles.fold import fold_into
from omotenashi.profiles.import_orders import Done, Told, together, without_late_lines
from omotenashi.profiles.importing import Refusal
from omotenashi.profiles.profile import Profile

AT = 1_764_903_600
KEY = "visitor-0000000001"
LATE = "order T1 came already and says something else: its lines have to follow each other and have the same time"


def row(order: str, item: str, at: int = AT, event_id: str = "", name: str = "purchase") -> Event:
    return Event(name, at, event_id, items=(Item(item, price=1000),), transaction_id=order)


def take(rows: Sequence[Event], profile: Profile, *, is_row: bool = True) -> list[Refusal]:
    """Fold one batch of lines into a profile; return what was refused."""
    profiles, refused = together([(number, Done(KEY, (event,), is_row)) for number, event in enumerate(rows)])
    kept, late = without_late_lines(profiles.get(KEY, []), profile)
    for event in (event for told in kept for event in told.events):
        fold_into(profile, event)
    return refused + late


def orders(profile: Profile) -> dict[str, list[str]]:
    return {order.transaction_id: [line.item for line in order.lines] for order in profile.orders}


rows = st.lists(st.tuples(st.sampled_from(["T1", "T2", "T3"]), st.sampled_from([AT, AT, AT + 1])), max_size=12).map(
    lambda drawn: [row(order, f"item-{number}", at) for number, (order, at) in enumerate(drawn)]
)


@given(st.lists(rows, max_size=3))
def test_a_line_of_an_order_is_in_the_order_or_refused(batches: list[list[Event]]) -> None:
    profile = Profile()
    accepted: Counter[tuple[str, str]] = Counter()
    for number, batch in enumerate(batches):
        events = [replace(event, items=(Item(f"{number} {event.items[0].item_id}"),)) for event in batch]
        refused = {line for line, _ in take(events, profile)}
        accepted.update((e.transaction_id, e.items[0].item_id) for n, e in enumerate(events) if n not in refused)
    assert accepted == Counter((order, item) for order, items in orders(profile).items() for item in items)


@given(rows, st.randoms())
def test_lines_of_one_time_make_the_same_orders_wherever_they_stand(events: list[Event], chance: random.Random) -> None:
    events = [replace(event, at=AT) for event in events]
    shuffled = events.copy()
    chance.shuffle(shuffled)
    first, second = Profile(), Profile()
    assert take(events, first) == take(shuffled, second) == []
    assert {name: set(items) for name, items in orders(first).items()} == {
        name: set(items) for name, items in orders(second).items()
    }
    assert take(events, first) == []  # once more
    assert sum(map(len, orders(first).values())) == len(events)


def test_lines_of_an_order_need_not_follow_each_other() -> None:
    profile = Profile()
    assert take([row("T1", "a"), row("T2", "b"), row("T1", "c"), row("T1", "d")], profile) == []
    assert orders(profile) == {"T1": ["a", "c", "d"], "T2": ["b"]}
    assert profile.orders[0].amount == 3000


def test_a_line_of_another_time_is_refused() -> None:
    profile = Profile()
    assert take([row("T1", "a"), row("T1", "b", AT + 1), row("T1", "c")], profile) == [(1, LATE)]
    assert orders(profile) == {"T1": ["a", "c"]}


def test_a_line_of_an_order_that_an_earlier_batch_had_is_refused() -> None:
    profile = Profile()
    take([row("T1", "a")], profile)
    assert take([row("T2", "b"), row("T1", "c")], profile) == [(1, LATE)]
    assert orders(profile) == {"T1": ["a"], "T2": ["b"]}


def test_another_order_of_the_same_id_in_the_form_of_a_request_is_refused() -> None:
    profile = Profile()
    assert take([row("T1", "a"), row("T1", "b")], profile, is_row=False) == [(1, LATE)]


def test_a_line_with_two_different_orders_of_one_id_is_refused_as_a_whole() -> None:
    told = Told((row("T1", "a"), row("T2", "b"), row("T1", "c")), [7])
    assert without_late_lines([told], None) == ([], [(7, LATE)])


def test_a_line_that_is_repeated_elsewhere_counts_once() -> None:
    profile = Profile()
    assert take([row("T1", "a"), row("T2", "b"), row("T1", "a")], profile) == []
    assert orders(profile) == {"T1": ["a"], "T2": ["b"]}


def test_equal_lines_that_follow_each_other_are_two_items_unless_they_have_one_event_id() -> None:
    profile = Profile()
    both = [row("T1", "a"), row("T1", "a"), row("T2", "b", event_id="e"), row("T2", "b", event_id="e")]
    assert take(both, profile) == []
    assert orders(profile) == {"T1": ["a", "a"], "T2": ["b"]}


def test_lines_of_one_order_may_have_the_event_id_of_the_order() -> None:
    profile = Profile()
    assert take([row("T1", "a", event_id="e"), row("T1", "b", event_id="e")], profile) == []
    assert orders(profile) == {"T1": ["a", "b"]}


def test_refunds_of_one_order_at_two_times_are_two_refunds() -> None:
    profile = Profile()
    parts = [row("T1", "a", name="refund"), row("T1", "b", AT + 1, name="refund"), row("T1", "c", name="refund")]
    assert take(parts, profile) == []
    assert [[line.item for line in refund.lines] for refund in profile.refunds] == [["a", "c"], ["b"]]


def test_a_line_of_a_refund_that_an_earlier_batch_had_is_refused_and_its_repetition_is_not() -> None:
    profile = Profile()
    take([row("T1", "a", name="refund")], profile)
    assert take([row("T1", "a", name="refund")], profile) == []
    assert take([row("T1", "b", name="refund")], profile) == [(0, LATE)]
    assert len(profile.refunds) == 1


def test_a_tag_of_any_line_is_the_orders() -> None:
    tagged = [replace(row("T1", item), tags=(tag,)) for item, tag in (("a", "x"), ("b", "y"), ("c", "x"))]
    profiles, _ = together([(number, Done(KEY, (event,), is_row=True)) for number, event in enumerate(tagged)])
    assert [event.tags for told in profiles[KEY] for event in told.events] == [("x", "y")]
