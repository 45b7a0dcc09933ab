"""How long what is stored about a visitor is kept."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter, itemgetter
from typing import Protocol

from msgspec.structs import replace

from omotenashi.profiles.cart import drop_cart_lines
from omotenashi.profiles.fold import drop_deeds, drop_showings
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.orders import drop_orders, drop_refunds
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.views import drop_views
from omotenashi.profiles.visits import drop_visits

_DAY = 86_400
_AT, _END = attrgetter("at"), itemgetter(1)


class _Timed(Protocol):
    @property
    def at(self) -> int: ...


def current(profile: Profile, now: int, keep: Keep) -> Profile:
    """Return what may still be kept at `now` (seconds): the same profile, or a copy without what is too old.

    A visit is as old as its end. When the visitor was first seen stays.
    """
    events, exposures = now - keep.events, now - keep.exposures
    if not (_has_old_events(profile, events) or _has_old_exposures(profile, exposures)):
        return profile
    kept = replace(profile)
    _drop_events(kept, events)
    drop_showings(kept, bisect_left(kept.showings, exposures, key=_AT), bisect_left(kept.shown, exposures, key=_AT))
    return kept


def is_over(last_activity: int, now: int, keep: Keep) -> bool:
    """Tell whether a profile to which something was added last at `last_activity` may no longer be kept."""
    return last_activity < now - keep.profiles


def _has_old_events(profile: Profile, before: int) -> bool:
    if profile.arrival is not None and profile.arrival_at < before:
        return True
    if profile.first_seen is None or profile.first_seen >= before:
        return False  # nothing that a visitor did was before that
    if profile.visits and profile.visits[0][1] < before:
        return True
    if profile.emptied is not None and profile.emptied < before:
        return True
    if profile.chosen is not None and profile.chosen.at < before:
        return True
    timed: tuple[Sequence[_Timed], ...] = (profile.deeds, profile.orders, profile.refunds, profile.cart)
    if profile.views.at and profile.views.at[0] < before:
        return True
    return any(_begins(things, before) for things in (*timed, profile.requests))


def _has_old_exposures(profile: Profile, before: int) -> bool:
    return _begins(profile.showings, before) or _begins(profile.shown, before)


def _begins(things: Sequence[_Timed], before: int) -> bool:
    return bool(things) and things[0].at < before


def _drop_events(profile: Profile, before: int) -> None:
    drop_visits(profile, bisect_left(profile.visits, before, key=_END))
    drop_views(profile, bisect_left(profile.views.at, before))
    drop_deeds(profile, bisect_left(profile.deeds, before, key=_AT))
    drop_orders(profile, bisect_left(profile.orders, before, key=_AT))
    drop_refunds(profile, bisect_left(profile.refunds, before, key=_AT))
    drop_cart_lines(profile, bisect_left(profile.cart, before, key=_AT))
    profile.requests = [request for request in profile.requests if request.at >= before]
    if profile.emptied is not None and profile.emptied < before:
        profile.emptied = None
    if profile.chosen is not None and profile.chosen.at < before:
        profile.chosen = None
    if profile.arrival_at < before:
        profile.arrival, profile.arrival_at = None, 0
