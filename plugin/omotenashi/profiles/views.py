"""Views of pages and items in a profile, and how implied ones are joined.

An implied page view is one that nobody stated: an include or a decide call was made for a page. Implied views of one
path that follow each other within five seconds are one view, at the first of their moments; with a stated page view of
the path within five seconds of any of them they are no view at all, since the stated one is. A view therefore remembers
the span of the implied ones that it stands for, and the result does not depend on the order in which they arrive.

A requested page view is an implied one of a page request with an id: it joins no other view, and gives way to a stated
one within five seconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from omotenashi.model.event import Basis, Event
from omotenashi.model.views import Details
from omotenashi.profiles.profile import Mark, Profile, later

MOST_VIEWS = 200
JOIN = 5
"""Seconds within which an implied view joins another view of its path."""
STATED, ITEM, IMPLIED, REQUESTED = 0, 1, 2, 3


class Span(NamedTuple):
    """The view at `place` in a profile, its kind, and the first and the last moment that it stands for."""

    place: int
    kind: int
    first: int
    last: int


def add_item_view(profile: Profile, event: Event) -> None:
    """Add what a `view_item` says: the items and categories. It is no view of its page: a `page_view` says that."""
    items = tuple(dict.fromkeys(item.item_id for item in event.items if item.item_id))
    categories = tuple(dict.fromkeys(item.item_category for item in event.items if item.item_category))
    _insert(profile, event.at, "", ((), items, categories), ITEM)


def add_page_view(profile: Profile, event: Event, visit_began: int) -> None:
    """Add a page view on any basis. `visit_began` bounds how far back one may lie that it joins."""
    if event.basis is Basis.STATED and all_stated(profile, visit_began):  # nothing gives way to it
        _insert(profile, event.at, event.path, (_tags(event.tags), (), ()), STATED)
        return
    near = near_spans(profile, event.path, event.at, visit_began)
    implied = [span for span in near if span.kind == IMPLIED]
    stated = [span for span in near if span.kind == STATED]
    if event.basis is Basis.STATED:
        _replace(profile, near, event)
    elif event.basis is Basis.REQUESTED:
        _add_requested(profile, stated, event)
    elif stated:
        _widen(profile, stated, _hull(event.at, [*stated, *implied]))
        _remove(profile, implied)
    else:
        _join(profile, implied, event)


def drop_views(profile: Profile, count: int) -> None:
    """Drop the oldest views, and mark from when on all are there."""
    if count > 0:
        end = max(span_of(profile, place).last for place in range(count))
        profile.views_since = later(profile.views_since, end + JOIN + 1)
        profile.views, profile.marks = profile.views[count:], profile.marks[count:]


def span_of(profile: Profile, place: int) -> Span:
    """Return kind and span of one view."""
    at, mark = profile.views.at[place], profile.marks[place]
    if isinstance(mark, int):
        return Span(place, mark, at, at)
    kind, before, after = mark
    return Span(place, kind, at - before, at + after)


def near_spans(profile: Profile, path: str, at: int, since: int) -> list[Span]:
    """Return the page views of a path from the moment `since` on that the moment `at` touches, ordered by time."""
    views, marks = profile.views, profile.marks
    places = range(bisect_left(views.at, since), len(marks))
    pages = (p for p in places if views.paths[p] == path and marks[p] != ITEM)
    spans = (span_of(profile, p) for p in pages if views.at[p] >= at - JOIN or isinstance(marks[p], tuple))
    return [span for span in spans if span.first - JOIN <= at <= span.last + JOIN]


def all_stated(profile: Profile, since: int) -> bool:
    """Tell whether every view from a moment on is a stated one of a single moment."""
    marks = profile.marks[bisect_left(profile.views.at, since) :]
    return marks.count(STATED) == len(marks)


def _replace(profile: Profile, near: list[Span], event: Event) -> None:
    """Add a stated view in the place of those that give way to it."""
    first, last = _hull(event.at, [span for span in near if span.kind == IMPLIED])
    _remove(profile, [span for span in near if span.kind != STATED])
    mark = _mark(STATED, event.at - first, last - event.at)
    _insert(profile, event.at, event.path, (_tags(event.tags), (), ()), mark)


def _add_requested(profile: Profile, stated: list[Span], event: Event) -> None:
    if not any(abs(profile.views.at[span.place] - event.at) <= JOIN for span in stated):
        _insert(profile, event.at, event.path, (_tags(event.tags), (), ()), REQUESTED)


def _join(profile: Profile, implied: list[Span], event: Event) -> None:
    """Add an implied view; those that it touches become one with it."""
    first, last = _hull(event.at, implied)
    tags = _tags(event.tags, *(profile.views.details[span.place][0] for span in implied))
    _remove(profile, implied)
    _insert(profile, first, event.path, (tags, (), ()), _mark(IMPLIED, 0, last - first))


def _widen(profile: Profile, stated: list[Span], hull: tuple[int, int]) -> None:
    profile.marks = profile.marks.copy()
    for span in stated:
        at = profile.views.at[span.place]
        profile.marks[span.place] = _mark(STATED, at - hull[0], hull[1] - at)


def _insert(profile: Profile, at: int, path: str, details: Details, mark: Mark) -> None:
    place, marks = bisect_right(profile.views.at, at), profile.marks
    profile.views = profile.views.with_one_at(place, at, path, details)
    profile.marks = [*marks[:place], mark, *marks[place:]]
    drop_views(profile, len(marks) + 1 - MOST_VIEWS)


def _remove(profile: Profile, spans: list[Span]) -> None:
    if spans:
        gone = {span.place for span in spans}
        places = [place for place in range(len(profile.marks)) if place not in gone]
        profile.views, profile.marks = profile.views.at_places(places), [profile.marks[place] for place in places]


def _hull(at: int, spans: list[Span]) -> tuple[int, int]:
    return min([at, *(span.first for span in spans)]), max([at, *(span.last for span in spans)])


def _mark(kind: int, before: int, after: int) -> Mark:
    return (kind, before, after) if before or after else kind


def _tags(*stated: Iterable[str]) -> tuple[str, ...]:
    tags = set().union(*stated)
    return tuple(sorted(tags)) if len(tags) > 1 else tuple(tags)
