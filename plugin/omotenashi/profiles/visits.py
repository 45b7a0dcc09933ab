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
    visits = profile.visits
    since = bisect_left(visits, first - SILENCE, key=_END)
    behind = bisect_right(visits, last + SILENCE, key=_START)
    joined = visits[since:behind]
    start: int = min([first, *map(_START, joined)])
    visits[since:behind] = [(start, max([last, *map(_END, joined)]))]
    drop_visits(profile, len(visits) - MOST_VISITS)
    return start if profile.visits_since is None or start >= profile.visits_since else 0


def drop_visits(profile: Profile, count: int) -> None:
    """Drop the oldest visits, and mark from when on none of them can go on."""
    if count > 0:
        profile.visits_since = later(profile.visits_since, profile.visits[count - 1][1] + SILENCE + 1)
        del profile.visits[:count]


def visits_at(profile: Profile, now: int) -> tuple[list[int], int | None]:
    """Return when each visit began, the present one included, and when the one before it ended, if there was one."""
    starts = [start for start, _ in profile.visits]
    ends = [end for _, end in profile.visits]
    if not ends or ends[-1] < now - SILENCE:
        starts.append(now)
        ends.append(now)
    since = profile.visits_since
    if since is None:
        return starts, ends[-2] if len(ends) > 1 else None
    before = ends[-2] if len(ends) > 1 else since - SILENCE - 1
    return [*(start for start in starts[:-1] if start >= since), starts[-1]], before
