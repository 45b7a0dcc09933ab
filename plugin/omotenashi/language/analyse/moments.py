"""Days and hours as sets of minutes: each minute of a week, with and without a holiday on that day and the day before."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from omotenashi.language.condition import Days, Hours

_MINUTES = 1440
_WHOLE_DAY = (1 << _MINUTES) - 1
_KINDS = [(weekday, today, yesterday) for weekday in range(7) for today in (False, True) for yesterday in (False, True)]
"""Of days: the day of the week, and whether it and the day before are holidays."""
FULL = (1 << len(_KINDS) * _MINUTES) - 1
_MOST_DAYS = 400
"""A longer period is taken to hold every kind of day."""


@lru_cache(maxsize=1024)
def hours_bits(hours: Hours) -> int:
    """Return the minutes within some hours, on all kinds of day."""
    minutes = 0
    for start, end in hours.spans:
        minutes |= _between(start, end) if start < end else _between(start, _MINUTES) | _between(0, end)
    return sum(minutes << kind * _MINUTES for kind in range(len(_KINDS)))


@lru_cache(maxsize=1024)
def days_bits(days: Days) -> int:
    """Return the minutes that count as such days; a night belongs to the day on which it began."""
    of_yesterday = of_today = covered = 0
    for start, end in days.hours:
        if start < end:
            of_today |= _between(start, end)
        else:
            of_today |= _between(start, _MINUTES)
            of_yesterday |= _between(0, end)
        covered |= of_today | of_yesterday
    of_today |= _WHOLE_DAY & ~covered
    bits = 0
    for kind, (weekday, today, yesterday) in enumerate(_KINDS):
        minutes = of_today if _is_day(weekday, days, holiday=today) else 0
        minutes |= of_yesterday if _is_day((weekday - 1) % 7, days, holiday=yesterday) else 0
        bits |= minutes << kind * _MINUTES
    return bits


def occurs(bits: int, start: float, end: float, zone: tzinfo, holidays: AbstractSet[date]) -> bool:
    """Tell whether any of the minutes lies in a period (epoch seconds, the end exclusive)."""
    first, last = datetime.fromtimestamp(start, zone), datetime.fromtimestamp(end - 1, zone)
    if first.utcoffset() != last.utcoffset() or (last.date() - first.date()).days > _MOST_DAYS:
        return True
    day = first.date()
    while day <= last.date():
        begins = first.hour * 60 + first.minute if day == first.date() else 0
        ends = last.hour * 60 + last.minute + 1 if day == last.date() else _MINUTES
        kind = _KINDS.index((day.weekday(), day in holidays, day - timedelta(days=1) in holidays))
        if bits >> kind * _MINUTES & _between(begins, ends):
            return True
        day += timedelta(days=1)
    return False


def _between(start: int, end: int) -> int:
    return (1 << end) - (1 << start)


def _is_day(weekday: int, days: Days, *, holiday: bool) -> bool:
    holiday = holiday and bool(days.holidays)
    workday = days.workdays and weekday < 5 and not holiday
    return workday or weekday in days.weekdays or (days.holidays_too and holiday)
