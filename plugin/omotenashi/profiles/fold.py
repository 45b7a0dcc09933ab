"""Profile × event -> profile, and profile -> history. Pure: no clock, no input or output.

The result does not depend on the order in which events arrive. What was dropped to stay bounded is marked, so that
conditions which would need it are unknown, never wrong.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from itertools import islice
from operator import attrgetter, itemgetter
from typing import TypeVar

from msgspec import structs

from omotenashi.model.event import Event, Item
from omotenashi.model.visitor import Arrival, Deed, History, Order, OrderLine, Showing, View
from omotenashi.profiles.deferred import Deferred
from omotenashi.profiles.profile import CountedRequest, Mark, Profile, knows_id, later, short_id, with_id
from omotenashi.profiles.views import IMPLIED, ITEM, JOIN, add_item_view, add_page_view, drop_views, page_spans, span_of

SILENCE = 30 * 60
"""Seconds without an event that end a visit."""
MOST_VISITS = 200
MOST_ORDERS = 100
MOST_DEEDS = 200
MOST_SHOWINGS = 200
MOST_EVENT_IDS = 200
MOST_REQUESTS = 16
OLDEST_SHOWING = 400 * 86_400
"""Seconds for which a showing is remembered."""
_EXACT = 2.0**53
"""Up to here a float holds every whole number."""
_REQUEST_LASTS = 60
"""Seconds within which all includes of one page have been asked for."""

_Timed = TypeVar("_Timed", Order, Deed, Showing)
_AT = attrgetter("at")
_START, _END = itemgetter(0), itemgetter(1)


def fold(profile: Profile | None, event: Event) -> Profile:
    """Return what a profile is after an event; the profile that was given is left as it is."""
    folded = Profile() if profile is None else _copied(profile)
    fold_into(folded, event)
    return folded


def fold_into(profile: Profile, event: Event) -> None:
    """Fold an event into a profile that nobody else holds. An event that was seen before changes nothing."""
    if _is_repeated(profile, event):
        return
    if event.event_id:
        profile.event_ids = with_id(profile.event_ids, short_id(event.event_id), MOST_EVENT_IDS)
    profile.first_seen = event.at if profile.first_seen is None else min(profile.first_seen, event.at)
    visit_began = _touch_visits(profile, event.at)
    if event.name == "page_view":
        add_page_view(profile, event, visit_began)
    elif event.name == "view_item":
        add_item_view(profile, event)
    elif event.name == "purchase":
        _add_purchase(profile, event)
    else:
        _add_deed(profile, event)


def history(profile: Profile | None, now: int, request_id: str = "", path: str = "") -> History:
    """Return what was before the present request; visits include the present one. `now` is in seconds.

    The view that this request made already, through an include of the same page that was answered before, is left out:
    it is known by `request_id`, or without one by the `path` of the page and an implied view within five seconds.
    """
    if profile is None:
        return History(visits=(now,))
    views, marks = _before(profile, now, request_id, path)
    visits = [start for start, _ in profile.visits]
    ends = [end for _, end in profile.visits]
    if not ends or ends[-1] < now - SILENCE:
        visits.append(now)
        ends.append(now)
    return History(
        views=views,
        orders=profile.orders,
        deeds=Deferred(lambda: _all_deeds(profile, views, marks)),
        showings=profile.showings,
        visits=visits,
        last_visit=ends[-2] if len(ends) > 1 else None,
        views_since=profile.views_since,
        visits_since=profile.visits_since,
        deeds_since=later(profile.deeds_since, profile.views_since),
        orders_since=profile.orders_since,
        showings_since=profile.showings_since,
    )


def kept_arrival(profile: Profile | None, now: int) -> Arrival | None:
    """Return how the present visit began, if it still goes on at `now` (seconds)."""
    if profile is None or profile.arrival is None or not profile.visits:
        return None
    start, end = profile.visits[-1]
    goes_on = now <= end + SILENCE and profile.arrival_at >= start - SILENCE
    return profile.arrival if goes_on else None


def claimed(profile: Profile | None, rule_id: str, since: int) -> int:
    """Return how often a rule with a limit was shown from the moment `since` on."""
    if profile is None:
        return 0
    return sum(showing.rule == rule_id and showing.at >= since for showing in profile.showings)


def claim_into(profile: Profile, rule_id: str, times: int, per: int, now: int) -> bool:
    """Count one more showing of a rule, unless there were `times` in the last `per` seconds or that is not known.

    A showing exactly `per` seconds ago is out of the window.
    """
    since = now - per + 1
    forgotten = profile.showings_since is not None and profile.showings_since > since
    if forgotten or claimed(profile, rule_id, since) >= times:
        return False
    showings = profile.showings
    insort(showings, Showing(now, rule_id), key=_AT)
    too_old = bisect_left(showings, showings[-1].at - OLDEST_SHOWING, key=_AT)
    dropped_before = _drop(showings, max(too_old, len(showings) - MOST_SHOWINGS))
    profile.showings_since = later(profile.showings_since, dropped_before)
    return True


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
    profile.orders_since = later(profile.orders_since, _drop(profile.orders, (len(profile.orders) + 1) // 2))
    profile.deeds_since = later(profile.deeds_since, _drop(profile.deeds, (len(profile.deeds) + 1) // 2))


def _copied(profile: Profile) -> Profile:
    lists = ("visits", "views", "marks", "orders", "deeds", "showings", "requests")
    return structs.replace(profile, **{name: getattr(profile, name).copy() for name in lists})


def _is_repeated(profile: Profile, event: Event) -> bool:
    if event.event_id and knows_id(profile.event_ids, short_id(event.event_id)):
        return True
    return (
        event.name == "purchase"
        and event.transaction_id != ""
        and any(order.transaction_id == event.transaction_id for order in profile.orders)
    )


def _touch_visits(profile: Profile, at: int) -> int:
    """Add a moment to the visits, joining those that it bridges; return when its visit began, 0 if that was dropped."""
    visits = profile.visits
    first = bisect_left(visits, at - SILENCE, key=_END)
    behind = bisect_right(visits, at + SILENCE, key=_START)
    joined = visits[first:behind]
    start: int = min([at, *map(_START, joined)])
    visits[first:behind] = [(start, max([at, *map(_END, joined)]))]
    if len(visits) > MOST_VISITS:
        profile.visits_since = later(profile.visits_since, visits.pop(0)[1] + SILENCE + 1)
    return start if profile.visits_since is None or start >= profile.visits_since else 0


def _add_purchase(profile: Profile, event: Event) -> None:
    lines = tuple(_order_line(item) for item in event.items)
    amount = sum(line.amount for line in lines) if event.value is None else event.value
    insort(profile.orders, Order(event.at, _short(amount), lines, event.transaction_id), key=_AT)
    dropped_before = _drop(profile.orders, len(profile.orders) - MOST_ORDERS)
    profile.orders_since = later(profile.orders_since, dropped_before)
    if profile.orders_since is not None and event.at < profile.orders_since:
        # so old that its repetition could not be told from another purchase
        profile.deeds_since = later(profile.deeds_since, event.at + 1)
    else:
        _add_deed(profile, event)


def _order_line(item: Item) -> OrderLine:
    return OrderLine(item.item_id, item.item_category, _short((item.price or 0) * item.quantity))


def _short(amount: float) -> float:
    """Return a whole amount as an int, which takes three bytes in MessagePack where a float takes nine."""
    return int(amount) if abs(amount) < _EXACT and float(amount).is_integer() else amount


def _add_deed(profile: Profile, event: Event) -> None:
    insort(profile.deeds, Deed(event.at, event.name), key=_AT)
    profile.deeds_since = later(profile.deeds_since, _drop(profile.deeds, len(profile.deeds) - MOST_DEEDS))


def _drop(items: list[_Timed], count: int) -> int | None:
    """Drop the first `count`; return from when on all are there, None if nothing was dropped."""
    if count <= 0:
        return None
    since = items[count - 1].at + 1
    del items[:count]
    return since


def _before(profile: Profile, now: int, request_id: str, path: str) -> tuple[list[View], list[Mark]]:
    """Return the views that were before the present request, and their marks."""
    left_out = _made_by_request(profile, request_id) if request_id else _joined_by_page(profile, now, path)
    if profile.views_since is not None:
        left_out |= _uncertain(profile, profile.views_since)
    if not left_out:
        return profile.views, profile.marks
    places = [place for place in range(len(profile.views)) if place not in left_out]
    return [profile.views[place] for place in places], [profile.marks[place] for place in places]


def _made_by_request(profile: Profile, request_id: str) -> set[int]:
    request = counted_request(profile, request_id)
    if request is None:
        return set()
    views = profile.views
    same_moment = range(bisect_left(views, request.at, key=_AT), bisect_right(views, request.at, key=_AT))
    own = (p for p in same_moment if short_id(views[p].path) == request.path and profile.marks[p] != ITEM)
    return set(islice(own, 1))  # another request may have viewed the page in the same second


def _joined_by_page(profile: Profile, now: int, path: str) -> set[int]:
    if not path or not profile.visits:
        return set()
    return {
        span.place
        for span in page_spans(profile, path, profile.visits[-1][0])
        if span.kind == IMPLIED and span.first - JOIN <= now <= span.last + JOIN
    }


def _uncertain(profile: Profile, since: int) -> set[int]:
    """Return the implied views so old that what they joined may have been dropped."""
    older = range(bisect_left(profile.views, since, key=_AT))
    return {place for place in older if span_of(profile, place).kind == IMPLIED}


def _all_deeds(profile: Profile, views: list[View], marks: list[Mark]) -> list[Deed]:
    viewing = [
        Deed(view.at, "view_item" if mark == ITEM else "page_view") for view, mark in zip(views, marks, strict=True)
    ]
    return sorted([*viewing, *profile.deeds], key=_AT)
