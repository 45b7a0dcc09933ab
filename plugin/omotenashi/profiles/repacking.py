"""The columns of a profile after a change. Most requests add one view and one showing, so most columns only go on.

They mean what those of `packing.columns_of` mean; only the order in which values stand in their tables may be another.
"""

from __future__ import annotations

from copy import copy
from typing import TypeAlias

from omotenashi.model.views import Details, Views
from omotenashi.model.visitor import Showing
from omotenashi.profiles.packing import Columns, T, columns_of, kinds_and_spans, moments_of
from omotenashi.profiles.profile import Profile

_Coded: TypeAlias = tuple[tuple[int, ...], bytes, tuple[T, ...]]
"""Moments as steps, and for each a value: its place in a table, and the table."""


def columns_after(profile: Profile, before: Profile, columns: Columns) -> Columns:
    """Return the columns of a profile, given the profile before the change and its columns, which stay as they are."""
    visits = _visits(profile.visits, before.visits, (columns.visit_gaps, columns.visit_lengths))
    views = _views(profile.views, before.views, (columns.view_times, columns.view_details, columns.details))
    limited = (columns.showing_times, columns.showing_rules, columns.limited)
    showings = _showings(profile.showings, before.showings, limited)
    shown = _showings(profile.shown, before.shown, (columns.shown_times, columns.shown_rules, columns.unlimited))
    if visits is None or views is None or showings is None or shown is None or profile.deeds is not before.deeds:
        return columns_of(profile)
    after = copy(columns)
    after.visit_gaps, after.visit_lengths = visits
    after.view_times, after.view_details, after.details = views
    after.view_paths = profile.views.paths
    after.view_kinds, after.view_spans = kinds_and_spans(profile.marks)
    after.showing_times, after.showing_rules, after.limited = showings
    after.shown_times, after.shown_rules, after.unlimited = shown
    _take_over(after, profile)
    return after


def _take_over(columns: Columns, profile: Profile) -> None:
    """Set what stands in the columns as it stands in the profile."""
    columns.first_seen = profile.first_seen
    columns.orders = profile.orders
    columns.refunds = profile.refunds
    columns.cart = profile.cart
    columns.arrival = profile.arrival
    columns.arrival_at = profile.arrival_at
    columns.event_ids = profile.event_ids
    columns.requests = profile.requests
    columns.moments = moments_of(profile)
    columns.owner = profile.owner
    columns.chosen = profile.chosen


def _visits(
    visits: list[tuple[int, int]], before: list[tuple[int, int]], coded: tuple[tuple[int, ...], tuple[int, ...]]
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return gaps and lengths where the last visit went on, or where one more began; None for all else."""
    if visits is before:
        return coded
    if not before or len(visits) < len(before) or visits[: len(before) - 1] != before[:-1]:
        return None
    gaps, lengths = coded
    (begin, end), (old_begin, old_end) = visits[len(before) - 1], before[-1]
    if len(visits) == len(before) and begin == old_begin:
        return gaps, (*lengths[:-1], end - begin)
    if len(visits) == len(before) + 1 and (begin, end) == (old_begin, old_end):
        return (*gaps, visits[-1][0] - end), (*lengths, visits[-1][1] - visits[-1][0])
    return None


def _views(views: Views, before: Views, coded: _Coded[Details]) -> _Coded[Details] | None:
    if views is before:
        return coded
    at, details = views.at, views.details
    gone = len(before.at) + 1 - len(at)
    if not at or gone < 0 or at[:-1] != before.at[gone:] or details[:-1] != before.details[gone:]:
        return None
    return _with_one_more(coded, gone, at[0], at[-1] - at[-2] if len(at) > 1 else 0, details[-1])


def _showings(showings: list[Showing], before: list[Showing], coded: _Coded[str]) -> _Coded[str] | None:
    if showings is before:
        return coded
    gone = len(before) + 1 - len(showings)
    if not showings or gone < 0 or showings[:-1] != before[gone:]:
        return None
    step = showings[-1].at - showings[-2].at if len(showings) > 1 else 0
    return _with_one_more(coded, gone, showings[0].at, step, showings[-1].rule)


def _with_one_more(coded: _Coded[T], gone: int, first: int, step: int, value: T) -> _Coded[T] | None:
    """Return the column without the first `gone` and with one more, or None where a value would be left in the table.

    `first`: the moment at which the column now begins; `step`: the seconds from the last but one to the new moment.
    """
    steps, places, table = coded
    kept = places[gone:]
    if gone and any(place not in kept for place in places[:gone]):
        return None
    try:
        place = table.index(value)
    except ValueError:
        place, table = len(table), (*table, value)
    steps = (first, *steps[gone + 1 :], step) if kept else (first,)
    return steps, kept + bytes((place,)), table
