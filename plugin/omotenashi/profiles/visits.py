"""Visits: events with no more than thirty minutes of silence between them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import itemgetter

from omotenashi.model.visitor import SILENCE
from omotenashi.profiles.profile import Profile, later

MOST_VISITS = 200

_START, _END = itemgetter(0), itemgetter(1)


def touch_visits(profile: Profile, first: int, last: int) -> int:
    """Add a span to the visits, joining those that it bridges; return when its visit began, 0 if that was dropped."""
    visits, since = profile.visits, profile.visits_since
    if visits and visits[-1][0] <= first <= visits[-1][1] + SILENCE:  # most often the last visit goes on
        begin, end = visits[-1]
        if last > end:
            profile.visits = [*visits[:-1], (begin, last)]
    else:
        begin = _add_visit(profile, first, last)
        since = profile.visits_since
    return begin if since is None or begin >= since else 0


def drop_visits(profile: Profile, count: int) -> None:
    """Drop the oldest visits, and mark from when on none of them can go on."""
    if count > 0:
        profile.visits_since = later(profile.visits_since, profile.visits[count - 1][1] + SILENCE + 1)
        profile.visits = profile.visits[count:]


def visits_at(profile: Profile, now: int) -> tuple[list[int], int | None]:
    """Return when each visit began, the present one included, and when the one before it ended, if there was one."""
    visits, since = profile.visits, profile.visits_since
    starts = [start for start, _ in visits]
    goes_on = bool(visits) and visits[-1][1] >= now - SILENCE
    if not goes_on:
        starts.append(now)
    earlier = len(starts) - 1
    before = visits[earlier - 1][1] if earlier else None
    if since is None:
        return starts, before
    certain = [start for start in starts[:-1] if start >= since]
    return [*certain, starts[-1]], since - SILENCE - 1 if before is None else before


def _add_visit(profile: Profile, first: int, last: int) -> int:
    visits = profile.visits
    since = bisect_left(visits, first - SILENCE, key=_END)
    behind = bisect_right(visits, last + SILENCE, key=_START)
    joined = visits[since:behind]
    begin: int = min([first, *map(_START, joined)])
    whole = (begin, max([last, *map(_END, joined)]))
    profile.visits = [*visits[:since], whole, *visits[behind:]]
    drop_visits(profile, len(profile.visits) - MOST_VISITS)
    return begin
