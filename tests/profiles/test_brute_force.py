"""Conditions on history against a plain reading of all events, whatever the order in which they arrived.

OMO_TEST_SEQUENCES=10000 tries so many sequences of events instead of a few hundred.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from omotenashi.engine import history as conditions
from omotenashi.engine.clock import Clock
from omotenashi.engine.lexicon import Lexicon
from omotenashi.engine.occasion import Occasion
from omotenashi.language.condition import Bought, Did, LastVisit, Range, Span, Viewed, Visits, Window
from omotenashi.model.event import Event, Item
from omotenashi.model.visitor import Cart, Visitor
from omotenashi.profiles.fold import history
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.retention import current
from omotenashi.profiles.store import Change, apply

SEQUENCES = int(os.environ.get("OMO_TEST_SEQUENCES", "250"))
DAY = 86_400
NOW = 1_764_990_000
KEPT = NOW - 400 * DAY
"""What is older may be gone."""
NEAR = 30 * 60 + 1
"""Seconds after something that is gone in which it is not known what belonged to it."""
ITEMS = {"shoe": ("running", 5_000), "sock": ("socks", 500), "tea": ("food", 1_000)}
NAMES = ("page_view", "view_item", "add_to_cart", "remove_from_cart", "purchase", "search", "demo_request")
TAGS = ("running", "sale")
PATHS = ("/a", "/b", "/running/shoes")


@settings(max_examples=SEQUENCES, deadline=None)
@given(st.integers(0, 2**32), st.one_of(st.integers(0, 8), st.integers(0, 60), st.integers(200, 450)))
def test_every_condition_is_what_a_plain_reading_says_or_unknown_beyond_the_bounds(seed: int, size: int) -> None:
    chance = Random(seed)
    events = distinct_events(chance, size)
    found = history(stored(chance, arrivals(chance, events)), NOW)
    occasion = Occasion(Visitor(), NOW, Clock(ZoneInfo("Asia/Tokyo")), Lexicon((), {}))
    for question in questions(chance):
        answer, true = question.test(found, occasion), question.read(events)
        assert answer is true or (answer is None and question.may_be_unknown(events)), question
    assert found.first_seen == min((event.at for event in events), default=None)
    assert found.cart_known or cart_may_be_unknown(events)
    assert not found.cart_known or found.cart == read_cart(events)


class Question(Struct):
    """A condition, what it should give for a list of events, and whether it may be unknown for them."""

    operand: object
    test: conditions.HistoryTest
    read: Callable[[list[Event]], bool]
    may_be_unknown: Callable[[list[Event]], bool]


# What happens


def distinct_events(chance: Random, size: int) -> list[Event]:
    """Return events of all kinds in the last 450 days, some of them close together."""
    moments = spread(chance, size)
    weights = [weight * chance.choice((0, 1, 1, 1, 20)) for weight in (6, 3, 3, 2, 1.5, 1, 1)]
    names = chance.choices(NAMES, weights if any(weights) else None, k=size)
    events = [happening(chance, number, name, at) for number, (name, at) in enumerate(zip(names, moments, strict=True))]
    orders = [event for event in events if event.transaction_id]
    refunds = [refund(chance, number, order) for number, order in enumerate(orders) if chance.random() < 0.5]
    again = [refund(chance, size + number, order) for number, order in enumerate(orders) if chance.random() < 0.2]
    strange = [Event("refund", at, transaction_id=f"elsewhere {at}") for at in moments[:1]]
    return [*events, *(one for one in refunds if one), *(one for one in again if one and one.event_id), *strange]


def spread(chance: Random, size: int) -> list[int]:
    anywhere = [NOW - chance.randrange(10, 450 * DAY) for _ in range(4)]
    anchors = chance.choices([KEPT, NOW - 430 * DAY, NOW - 3_600, NOW - 20 * DAY, *anywhere], k=chance.randint(1, 6))
    crowded = chance.choice((0, 0.7, 1))
    return [
        min(NOW - 1, chance.choice(anchors) + nearby(chance) - chance.choice((0, 0, 1, 30)) * DAY)
        if chance.random() < crowded
        else NOW - chance.randrange(1, 450 * DAY)
        for _ in range(size)
    ]


def nearby(chance: Random) -> int:
    return chance.choice((0, chance.randint(-10, 10), chance.randint(-9, 9) * 900))


def happening(chance: Random, number: int, name: str, at: int) -> Event:
    event_id = f"e{number}" if chance.random() < 0.3 else ""
    if name == "page_view":
        tags = tuple(tag for tag in TAGS if chance.random() < 0.4)
        return Event(name, at, event_id, chance.choice(PATHS), tags)
    if name == "purchase":
        value = chance.choice((None, None, 7_000))
        return Event(name, at, event_id, "", (), bought_items(chance), chance.choice(("", f"t{number}")), value)
    if name in {"view_item", "add_to_cart", "remove_from_cart"}:
        items = some_items(chance, priced=chance.random() < 0.6)
        return Event(name, at, event_id, items=items, value=chance.choice((None, 1_200)))
    return Event(name, at, event_id)


def some_items(chance: Random, *, priced: bool) -> tuple[Item, ...]:
    names = chance.sample(list(ITEMS), chance.choice((0, 1, 1, 2)))
    return tuple(
        Item(name, ITEMS[name][0], ITEMS[name][1] + chance.choice((0, 100)) if priced else None, chance.randint(1, 3))
        for name in names
    )


def bought_items(chance: Random) -> tuple[Item, ...]:
    names = chance.sample(list(ITEMS), chance.choice((0, 1, 2, 3)))
    return tuple(Item(name, ITEMS[name][0], ITEMS[name][1], chance.randint(1, 3)) for name in names)


def refund(chance: Random, number: int, order: Event) -> Event | None:
    """Return a refund of an order that follows it: whole, of a value, or of items."""
    at = order.at + chance.choice((0, 60, DAY, 40 * DAY))
    kind = chance.choice(("whole", "value", "items"))
    if at >= NOW:
        return None
    if kind == "whole":
        return Event("refund", at, transaction_id=order.transaction_id)
    items = tuple(Item(item.item_id, "", chance.choice((None, item.price)), 1) for item in order.items)
    value = chance.choice((500, 7_000)) if kind == "value" or not items else None
    return Event("refund", at, f"r{number}", "", (), items if kind == "items" else (), order.transaction_id, value)


def arrivals(chance: Random, events: list[Event]) -> list[Event]:
    """Return the events in the order in which they arrive, some of those that can be recognised twice."""
    again = [event for event in events if (event.event_id or event.transaction_id) and chance.random() < 0.2]
    arrived = [*events, *again]
    chance.shuffle(arrived)
    return arrived


def stored(chance: Random, arrived: list[Event]) -> Profile:
    """Return the profile after all changes; every now and then it is read and trimmed."""
    profile = Profile()
    while arrived:
        count = chance.randint(1, 20)
        apply(profile, Change("v", NOW, tuple(arrived[:count])))
        arrived = arrived[count:]
        if chance.random() < 0.3:
            profile = current(profile, NOW, Keep())
    return current(profile, NOW, Keep())


# What is asked


def questions(chance: Random) -> list[Question]:
    makers = (about_pages, about_tags, about_items, about_categories, about_orders, about_deeds, about_visits)
    return [*(make(chance, window(chance)) for make in makers for _ in range(2)), about_last_visit(chance)]


def window(chance: Random) -> Window:
    least = chance.choice((0, 1, 2, 5, 40, 205))
    count = chance.choice((Range(at_least=least), Range(at_most=least), Range(least, least + 3)))
    days = chance.choice((None, 0.02, 1, 7, 20, 90, 365, 399, 400, 430))
    return Window(count, None if days is None else Span(int(days * DAY)))


def about_pages(chance: Random, asked: Window) -> Question:
    path = chance.choice(PATHS)
    return about_views(Viewed("page", (path,), asked), lambda event: event.name == "page_view" and event.path == path)


def about_tags(chance: Random, asked: Window) -> Question:
    tag = chance.choice(TAGS)
    return about_views(Viewed("tag", (tag,), asked), lambda event: tag in event.tags)


def about_items(chance: Random, asked: Window) -> Question:
    name = chance.choice(list(ITEMS))
    return about_views(Viewed("item", (name,), asked), lambda event: any(item.item_id == name for item in event.items))


def about_categories(chance: Random, asked: Window) -> Question:
    name = ITEMS[chance.choice(list(ITEMS))][0]
    return about_views(
        Viewed("category", (name,), asked), lambda event: any(item.item_category == name for item in event.items)
    )


def about_views(operand: Viewed, matches: Callable[[Event], bool]) -> Question:
    asked = operand.window
    return Question(
        operand,
        conditions.viewed(operand),
        lambda events: within(asked.count, sum(matches(view) for view in views(since(events, asked)))),
        lambda events: len(views(events)) > 200 or reaches_far(events, asked),
    )


def about_orders(chance: Random, asked: Window) -> Question:
    name = chance.choice((None, *ITEMS))
    amount = chance.choice((None, Range(at_least=6_000), Range(at_most=9_000)))
    operand = Bought("item" if name else "", (name,) if name else (), asked, amount)

    def read(events: list[Event]) -> bool:
        left = [read_order(order, events) for order in since(events, asked) if order.name == "purchase"]
        amounts = [order[name] for order in left if name in order]
        return within(asked.count, len(amounts)) and (amount is None or within(amount, sum(amounts)))

    return Question(operand, conditions.bought(operand), read, lambda events: too_many_orders(events, asked))


def about_deeds(chance: Random, asked: Window) -> Question:
    names = chance.sample((*NAMES, "refund"), 2)
    operand = Did(tuple(names), asked)
    return Question(
        operand,
        conditions.did(operand),
        lambda events: within(asked.count, sum(event.name in names for event in since(events, asked))),
        lambda events: len(events) > 200 or too_many_orders(events, asked),
    )


def about_visits(_: Random, asked: Window) -> Question:
    operand = Visits(asked)
    begin = beginning(asked)
    return Question(
        operand,
        conditions.visits(operand),
        lambda events: within(asked.count, sum(start >= begin for start, _ in visits(events))),
        lambda events: len(visits(events)) > 200 or reaches_far(events, asked),
    )


def about_last_visit(chance: Random) -> Question:
    days = chance.choice((1, 20, 90, 400, 420))
    operand = chance.choice((LastVisit(before=Span(days * DAY)), LastVisit(within=Span(days * DAY))))

    def read(events: list[Event]) -> bool:
        ends = [end for _, end in visits(events)][:-1]
        if not ends:
            return False
        return ends[-1] < NOW - days * DAY if operand.before else ends[-1] >= NOW - days * DAY

    return Question(operand, conditions.last_visit(operand), read, lambda _: False)


# What a plain reading gives


def beginning(asked: Window) -> float:
    return float("-inf") if asked.within is None else NOW - asked.within.seconds


def since(events: Iterable[Event], asked: Window) -> list[Event]:
    return [event for event in events if event.at >= beginning(asked)]


def within(bounds: Range, number: float) -> bool:
    return (bounds.at_least or 0) <= number <= (float("inf") if bounds.at_most is None else bounds.at_most)


def reaches_far(events: list[Event], asked: Window) -> bool:
    """Tell whether something is too old to be kept, and the window reaches so far back that it could lie in it."""
    return any(event.at < KEPT for event in events) and beginning(asked) < KEPT + NEAR


def too_many_orders(events: list[Event], asked: Window) -> bool:
    counts = [sum(event.name == name for event in events) for name in ("purchase", "refund")]
    return max(counts) > 100 or reaches_far(events, asked)


def views(events: Iterable[Event]) -> list[Event]:
    return [event for event in events if event.name in {"page_view", "view_item"}]


def visits(events: Iterable[Event]) -> list[tuple[int, int]]:
    """Return first and last moment of each visit; the present one is the last."""
    found: list[tuple[int, int]] = []
    for at in sorted([*(event.at for event in events), NOW]):
        if found and at - found[-1][1] <= 1_800:
            found[-1] = found[-1][0], at
        else:
            found.append((at, at))
    return found


def read_order(order: Event, events: list[Event]) -> dict[str | None, float]:
    """Return the amounts left of an order, of all (None) and by item; nothing where it counts no more."""
    paid: dict[str | None, float] = {item.item_id: (item.price or 0) * item.quantity for item in order.items}
    amounts = {None: sum(paid.values()) if order.value is None else order.value, **paid}
    quantities: dict[str | None, float] = {item.item_id: item.quantity for item in order.items}
    total = amounts[None]
    for one in events:
        if one.name == "refund" and order.transaction_id and one.transaction_id == order.transaction_id:
            if not one.items and one.value is None:
                return {}
            for item in one.items:
                amounts[item.item_id] -= ITEMS[item.item_id][1]
                quantities[item.item_id] -= 1
            amounts[None] -= sum(ITEMS[item.item_id][1] for item in one.items) if one.value is None else one.value
    left = {name for name, quantity in quantities.items() if quantity > 0}
    if (order.items and not left) or (total > 0 and amounts[None] <= 0):
        return {}
    return {name: max(0, amount) for name, amount in amounts.items() if name is None or name in left}


def read_cart(events: list[Event]) -> Cart | None:
    quantities: dict[str, float] = {}
    prices: dict[str, float] = {}
    changed = 0
    for at, leaving, item, price, quantity in cart_lines(events):
        prices[item] = prices.get(item, 0) if price is None else price
        before = quantities.get(item, 0)
        quantities[item] = max(0, before - quantity if leaving else before + quantity)
        changed = at if quantities[item] != before else changed
    full = any(quantity > 0 for quantity in quantities.values())
    return Cart(changed, sum(quantities[item] * prices[item] for item in quantities)) if full else None


def cart_lines(events: list[Event]) -> list[tuple[int, bool, str, float | None, float]]:
    """Return what went in and out since the last purchase, in its order."""
    emptied = max((event.at for event in events if event.name == "purchase"), default=-1)
    lines: list[tuple[int, bool, str, float | None, float]] = []
    for event in events:
        if event.name in {"add_to_cart", "remove_from_cart"} and event.at > emptied:
            total = sum(item.quantity for item in event.items)
            leaving = event.name == "remove_from_cart"
            if not event.items:
                lines.append((event.at, leaving, "", event.value, 1))
            for item in event.items:
                spread_value = None if event.value is None else event.value / total
                price = spread_value if all(one.price is None for one in event.items) else item.price
                lines.append((event.at, leaving, item.item_id, price, item.quantity))
    return sorted(lines, key=lambda line: (*line[:3], line[3] is not None, line[3] or 0, line[4]))


def cart_may_be_unknown(events: list[Event]) -> bool:
    purchased = max((event.at for event in events if event.name == "purchase"), default=-1)
    carted = [event for event in events if event.name in {"add_to_cart", "remove_from_cart"}]
    return len(cart_lines(events)) > 100 or (purchased < KEPT and any(event.at < KEPT for event in carted))
