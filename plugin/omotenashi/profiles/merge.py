"""What one profile holds, added to another: when an anonymous visitor logs in."""

from __future__ import annotations

from operator import attrgetter

from omotenashi.model.views import Views
from omotenashi.model.visitor import Deed
from omotenashi.profiles.cart import MOST_CART_LINES, cart_order, drop_cart_lines, empty_cart
from omotenashi.profiles.fold import (
    MOST_DEEDS,
    MOST_EVENT_IDS,
    MOST_REQUESTS,
    MOST_SHOWINGS,
    drop_deeds,
    drop_showings,
    later_choice,
)
from omotenashi.profiles.orders import (
    MOST_ORDERS,
    MOST_REFUNDS,
    drop_orders,
    drop_refunds,
    forget_orders,
    knows_order,
    knows_refund,
)
from omotenashi.profiles.profile import Profile, later, with_id
from omotenashi.profiles.views import MOST_VIEWS, drop_views
from omotenashi.profiles.visits import touch_visits

_AT = attrgetter("at")


def merge_into(target: Profile, source: Profile) -> None:
    """Add to `target` what `source` holds, as if all events of both had been folded into it; `source` stays as it is.

    Only page views do not join those of the other profile: they were made on two devices. The owner stays `target`'s.
    """
    _merge_moments(target, source)
    _merge_visits(target, source)
    _merge_views(target, source)
    _merge_deeds(target, source, repeated=_merge_orders(target, source))
    _merge_cart(target, source)
    _merge_showings(target, source)
    target.event_ids = with_id(target.event_ids, source.event_ids, MOST_EVENT_IDS)
    target.requests = sorted([*target.requests, *source.requests], key=_AT)[-MOST_REQUESTS:]


def is_to_move(anonymous: Profile, owner: bytes) -> bool:
    """Tell whether what was done on a device goes to the member whose hash `owner` is: not if it was another's."""
    return anonymous.owner in (b"", owner) and not is_empty(anonymous)


def is_emptied_for(anonymous: Profile, owner: bytes) -> bool:
    """Tell whether a device is marked as a member's and nothing of it is left to move or to erase."""
    return anonymous.owner == owner and is_empty(anonymous)


def is_empty(profile: Profile) -> bool:
    """Tell whether nothing is in a profile but perhaps its owner."""
    return profile == Profile(owner=profile.owner)


def _merge_moments(target: Profile, source: Profile) -> None:
    seen = [moment for moment in (target.first_seen, source.first_seen) if moment is not None]
    target.first_seen = min(seen, default=None)
    if source.arrival is not None and source.arrival_at > target.arrival_at:
        target.arrival, target.arrival_at = source.arrival, source.arrival_at
    target.chosen = later_choice(source.chosen, target.chosen)


def _merge_visits(target: Profile, source: Profile) -> None:
    target.visits_since = later(target.visits_since, source.visits_since)
    for first, last in source.visits:
        touch_visits(target, first, last)


def _merge_views(target: Profile, source: Profile) -> None:
    marked = [*zip(target.views, target.marks, strict=True), *zip(source.views, source.marks, strict=True)]
    marked.sort(key=lambda pair: pair[0].at)
    target.views = Views(view for view, _ in marked)
    target.marks = [mark for _, mark in marked]
    target.views_since = later(target.views_since, source.views_since)
    drop_views(target, len(target.views) - MOST_VIEWS)


def _merge_orders(target: Profile, source: Profile) -> list[Deed]:
    """Merge orders and refunds, each once; return the deeds of those that are in both."""
    orders = [order for order in source.orders if not knows_order(target, order.transaction_id)]
    refunds = [refund for refund in source.refunds if not knows_refund(target, refund)]
    repeated = [Deed(order.at, "purchase") for order in source.orders if order not in orders]
    repeated += [Deed(refund.at, "refund") for refund in source.refunds if refund not in refunds]
    target.orders = sorted([*target.orders, *orders], key=_AT)
    target.refunds = sorted([*target.refunds, *refunds], key=_AT)
    _forget_orders(target, later(target.orders_since, source.orders_since))
    drop_refunds(target, len(target.refunds) - MOST_REFUNDS)
    drop_orders(target, len(target.orders) - MOST_ORDERS)
    return repeated


def _forget_orders(target: Profile, since: int | None) -> None:
    """Drop orders that one of both profiles had dropped; the other one may have counted their deeds again."""
    if since is not None:
        moments = [*(order.at for order in target.orders), *(refund.at for refund in target.refunds)]
        doubtful = [at for at in moments if at < since]
        target.deeds_since = later(target.deeds_since, max(doubtful) + 1 if doubtful else None)
        forget_orders(target, since)


def _merge_deeds(target: Profile, source: Profile, repeated: list[Deed]) -> None:
    new = source.deeds.copy()
    for deed in repeated:
        if deed in new:
            new.remove(deed)
    target.deeds = sorted([*target.deeds, *new], key=_AT)
    target.deeds_since = later(target.deeds_since, source.deeds_since)
    drop_deeds(target, len(target.deeds) - MOST_DEEDS)


def _merge_cart(target: Profile, source: Profile) -> None:
    target.cart = sorted([*target.cart, *source.cart], key=cart_order)
    target.cart_since = later(target.cart_since, source.cart_since)
    emptied = later(target.emptied, source.emptied)
    if emptied is not None:
        empty_cart(target, emptied)
    drop_cart_lines(target, len(target.cart) - MOST_CART_LINES)


def _merge_showings(target: Profile, source: Profile) -> None:
    target.showings = sorted([*target.showings, *source.showings], key=_AT)
    target.shown = sorted([*target.shown, *source.shown], key=_AT)
    target.showings_since = later(target.showings_since, source.showings_since)
    target.shown_since = later(target.shown_since, source.shown_since)
    drop_showings(target, len(target.showings) - MOST_SHOWINGS, len(target.shown) - MOST_SHOWINGS)
