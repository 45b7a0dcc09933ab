"""Profile × event -> profile, and profile -> history. Pure: no clock, no input or output.

The result does not depend on the order in which events arrive. What was dropped to stay bounded is marked, so that
conditions which would need it are unknown, never wrong.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import chain, islice
from operator import attrgetter

from msgspec.structs import replace

from omotenashi.model.event import Event
from omotenashi.model.views import Views
from omotenashi.model.visitor import SILENCE, Arrival, ChosenPlace, Deed, History, Showing
from omotenashi.profiles.cart import cart_of, change_cart, drop_cart_lines, empty_cart
from omotenashi.profiles.deferred import Deferred
from omotenashi.profiles.orders import (
    add_order,
    add_refund,
    drop_orders,
    drop_refunds,
    knows_order,
    knows_refund,
    net_orders,
    order_of,
    refund_of,
)
from omotenashi.profiles.profile import (
    CountedRequest,
    Mark,
    Profile,
    is_full,
    knows_id,
    later,
    short_id,
    with_id,
    with_one_more,
    without_first,
)
from omotenashi.profiles.views import (
    IMPLIED,
    ITEM,
    JOIN,
    REQUESTED,
    STATED,
    add_item_view,
    add_page_view,
    drop_views,
    near_spans,
    span_of,
)
from omotenashi.profiles.visits import touch_visits, visits_at

MOST_DEEDS = 200
MOST_SHOWINGS = 200
MOST_EVENT_IDS = 200
MOST_REQUESTS = 16
_CART_EVENTS = frozenset({"add_to_cart", "remove_from_cart"})
_REQUEST_LASTS = 60
"""Seconds within which all includes of one page have been asked for."""

_AT = attrgetter("at")
_NOBODY = Profile()


def fold(profile: Profile | None, event: Event) -> Profile:
    """Return what a profile is after an event; the profile that was given is left as it is."""
    folded = Profile() if profile is None else replace(profile)
    fold_into(folded, event)
    return folded


def fold_into(profile: Profile, event: Event) -> None:
    """Fold an event into a profile that nobody else holds. An event that was seen before changes nothing."""
    if _is_repeated(profile, event):
        return
    if event.event_id:
        profile.event_ids = with_id(profile.event_ids, short_id(event.event_id), MOST_EVENT_IDS)
    profile.first_seen = event.at if profile.first_seen is None else min(profile.first_seen, event.at)
    visit_began = touch_visits(profile, event.at, event.at)
    if event.name == "page_view":
        add_page_view(profile, event, visit_began)
    elif event.name == "view_item":
        add_item_view(profile, event)
    elif event.name == "purchase":
        _add_purchase(profile, event)
    elif event.name == "refund":
        _add_refund(profile, event)
    else:
        if event.name in _CART_EVENTS:
            change_cart(profile, event)
        profile.chosen = later_choice(profile.chosen, event.chosen)
        _add_deed(profile, event)


def history(profile: Profile | None, now: int, request_id: str = "", path: str = "") -> History:
    """Return what was before the present request; visits include the present one. `now` is in seconds.

    The view that this request made already, through an include of the same page that was answered before, is left out:
    it is known by `request_id`, or without one by the `path` of the page and an implied view within five seconds.
    """
    if profile is None:
        return History(visits=(now,))
    views, marks = _before(profile, now, request_id, path)
    visits, last_visit = visits_at(profile, now)
    return History(
        views=views,
        orders=net_orders(profile.orders, profile.refunds),
        deeds=Deferred(lambda: _all_deeds(profile, views, marks)),
        showings=_all_showings(profile),
        visits=visits,
        last_visit=last_visit,
        first_seen=profile.first_seen if profile.first_seen is not None and profile.first_seen < now else None,
        cart=cart_of(profile.cart) if profile.cart and profile.cart_since is None else None,
        cart_known=profile.cart_since is None,
        views_since=profile.views_since,
        visits_since=profile.visits_since,
        deeds_since=later(profile.deeds_since, profile.views_since),
        orders_since=profile.orders_since,
        showings_since=later(profile.showings_since, profile.shown_since),
        limits_since=profile.showings_since,
    )


def kept_arrival(profile: Profile | None, now: int) -> Arrival | None:
    """Return how the present visit began, if it still goes on at `now` (seconds)."""
    if profile is None or profile.arrival is None or not profile.visits:
        return None
    start, end = profile.visits[-1]
    goes_on = now <= end + SILENCE and profile.arrival_at >= start - SILENCE
    return profile.arrival if goes_on else None


def chosen_place(profile: Profile | None, events: Sequence[Event]) -> ChosenPlace | None:
    """Return the place that was chosen last, by these events of the present request or before."""
    if profile is None:
        profile = _NOBODY
    chosen = profile.chosen
    for event in events:
        if event.chosen is not None and not _is_repeated(profile, event):
            chosen = later_choice(chosen, event.chosen)
    return chosen


def later_choice(known: ChosenPlace | None, new: ChosenPlace | None) -> ChosenPlace | None:
    """Return the later one of two choices; of two in the same second the new one."""
    if known is None or new is None:
        return new if known is None else known
    return known if known.at > new.at else new


def claimed(profile: Profile | None, rule_id: str, since: int) -> int:
    """Return how often a rule with a limit was shown from the moment `since` on, before it had one included."""
    if profile is None:
        return 0
    both = chain(profile.showings, profile.shown)
    return sum(showing.rule == rule_id and showing.at >= since for showing in both)


def claim_into(profile: Profile, rule_id: str, times: int, per: int, now: int) -> bool:
    """Count one more showing of a rule, unless there were `times` in the last `per` seconds or that is not known.

    A showing exactly `per` seconds ago is out of the window.
    """
    since = now - per + 1
    forgotten = profile.showings_since is not None and profile.showings_since > since
    known = len(profile.showings) + len(profile.shown)  # where all are fewer than that, none need be counted
    if forgotten or (times <= known and claimed(profile, rule_id, since) >= times):
        return False
    profile.showings, all_since = _with_showing(profile.showings, Showing(now, rule_id))
    profile.showings_since = later(profile.showings_since, all_since)
    return True


def show_into(profile: Profile, rule_id: str, now: int) -> None:
    """Count one more showing of a rule that has no limit. It never pushes out those that limits are counted by."""
    profile.shown, since = _with_showing(profile.shown, Showing(now, rule_id))
    profile.shown_since = later(profile.shown_since, since)


def counted_request(profile: Profile, request_id: str) -> CountedRequest | None:
    """Return what a request has counted already, through another include of its page."""
    wanted = short_id(request_id)
    return next((request for request in profile.requests if request.id == wanted), None)


def count_request(profile: Profile, request_id: str, view: Event) -> None:
    """Remember that a request has counted `view`."""
    recent = [request for request in profile.requests if request.at >= view.at - _REQUEST_LASTS]
    profile.requests = [*recent, CountedRequest(short_id(request_id), view.at, short_id(view.path))][-MOST_REQUESTS:]


def shed(profile: Profile) -> None:
    """Drop the older half of what can grow, from a profile that became too large."""
    drop_views(profile, (len(profile.views) + 1) // 2)
    drop_orders(profile, (len(profile.orders) + 1) // 2)
    drop_refunds(profile, (len(profile.refunds) + 1) // 2)
    drop_cart_lines(profile, (len(profile.cart) + 1) // 2)
    drop_deeds(profile, (len(profile.deeds) + 1) // 2)


def drop_deeds(profile: Profile, count: int) -> None:
    """Drop the oldest deeds, and mark from when on all are there."""
    profile.deeds, since = without_first(profile.deeds, count)
    profile.deeds_since = later(profile.deeds_since, since)


def drop_showings(profile: Profile, limited: int, unlimited: int) -> None:
    """Drop so many of the oldest showings of rules with a limit and without; mark from when on all are there."""
    profile.showings, since = without_first(profile.showings, limited)
    profile.showings_since = later(profile.showings_since, since)
    profile.shown, since = without_first(profile.shown, unlimited)
    profile.shown_since = later(profile.shown_since, since)


def _is_repeated(profile: Profile, event: Event) -> bool:
    if event.event_id and knows_id(profile.event_ids, short_id(event.event_id)):
        return True
    if event.event_id and is_full(profile.event_ids, MOST_EVENT_IDS) and _has_its_like(profile, event):
        return True
    if event.name == "purchase":
        return knows_order(profile, event.transaction_id)
    return event.name == "refund" and event.transaction_id != "" and knows_refund(profile, refund_of(event))


def _has_its_like(profile: Profile, event: Event) -> bool:
    """Tell whether an event of the same moment and kind is there: its id may be among those that were dropped."""
    if event.name in {"page_view", "view_item"}:
        kind, path = (STATED, event.path) if event.name == "page_view" else (ITEM, "")
        moments = range(bisect_left(profile.views.at, event.at), bisect_right(profile.views.at, event.at))
        return any(profile.views.paths[p] == path and span_of(profile, p).kind == kind for p in moments)
    if event.name in _CART_EVENTS and (profile.emptied is None or event.at > profile.emptied):
        items = {item.item_id for item in event.items} or {""}
        return any(line.at == event.at and line.item in items for line in profile.cart)
    return Deed(event.at, event.name) in profile.deeds


def _add_purchase(profile: Profile, event: Event) -> None:
    empty_cart(profile, event.at)
    _add_told(profile, event, told=add_order(profile, order_of(event)))


def _add_refund(profile: Profile, event: Event) -> None:
    _add_told(profile, event, told=not event.transaction_id or add_refund(profile, refund_of(event)))


def _add_told(profile: Profile, event: Event, *, told: bool) -> None:
    """Add the deed of an event whose repetition can be told from another one; of others the deeds are unknown."""
    if told:
        _add_deed(profile, event)
    else:
        profile.deeds_since = later(profile.deeds_since, event.at + 1)


def _add_deed(profile: Profile, event: Event) -> None:
    profile.deeds = with_one_more(profile.deeds, Deed(event.at, event.name), _AT)
    drop_deeds(profile, len(profile.deeds) - MOST_DEEDS)


def _with_showing(showings: list[Showing], new: Showing) -> tuple[list[Showing], int | None]:
    """Return showings with one more, and from when on all are there, None if nothing was dropped."""
    is_newest = not showings or showings[-1].at <= new.at
    more = [*showings, new] if is_newest else with_one_more(showings, new, _AT)
    return without_first(more, len(more) - MOST_SHOWINGS)


def _before(profile: Profile, now: int, request_id: str, path: str) -> tuple[Views, list[Mark]]:
    """Return the views that were before the present request, and their marks."""
    if not request_id and not path and profile.views_since is None:
        return profile.views, profile.marks
    left_out = _made_by_request(profile, request_id) if request_id else _joined_by_page(profile, now, path)
    if profile.views_since is not None:
        left_out |= _uncertain(profile, profile.views_since)
    if not left_out:
        return profile.views, profile.marks
    places = [place for place in range(len(profile.views)) if place not in left_out]
    return profile.views.at_places(places), [profile.marks[place] for place in places]


def _made_by_request(profile: Profile, request_id: str) -> set[int]:
    """Return the place of the view that a request made, or of the stated one which that gave way to."""
    request = counted_request(profile, request_id)
    if request is None:
        return set()
    views = profile.views
    near = range(bisect_left(views.at, request.at), bisect_right(views.at, request.at + JOIN))
    of_page = [p for p in near if short_id(views.paths[p]) == request.path]
    requested = (p for p in of_page if profile.marks[p] == REQUESTED and views.at[p] == request.at)
    stated = (p for p in of_page if span_of(profile, p).kind == STATED)
    return set(islice(chain(requested, stated), 1))  # another request may have viewed the page in the same second


def _joined_by_page(profile: Profile, now: int, path: str) -> set[int]:
    if not path or not profile.visits:
        return set()
    near = near_spans(profile, path, now, profile.visits[-1][0])
    return {span.place for span in near if span.kind == IMPLIED}


def _uncertain(profile: Profile, since: int) -> set[int]:
    """Return the views so old that what they joined, or gave way to, may have been dropped."""
    older = range(bisect_left(profile.views.at, since))
    return {place for place in older if span_of(profile, place).kind in {IMPLIED, REQUESTED}}


def _all_showings(profile: Profile) -> Sequence[Showing]:
    if not profile.shown:
        return profile.showings
    return Deferred(lambda: sorted([*profile.showings, *profile.shown], key=_AT))


def _all_deeds(profile: Profile, views: Views, marks: list[Mark]) -> list[Deed]:
    viewing = [Deed(at, "view_item" if mark == ITEM else "page_view") for at, mark in zip(views.at, marks, strict=True)]
    return sorted([*viewing, *profile.deeds], key=_AT)
