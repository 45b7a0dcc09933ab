"""Days and hours as sets: each minute of a week, with and without a holiday on that day and the day before; dates.

Dates are the days of months of any length. Which of them fall on which day of the week is left open, but for periods.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from omotenashi.language.condition import Days, Hours
from omotenashi.language.month_days import is_named

_MINUTES = 1440
_WHOLE_DAY = (1 << _MINUTES) - 1
_KINDS = [(weekday, today, yesterday) for weekday in range(7) for today in (False, True) for yesterday in (False, True)]
"""Of days: the day of the week, and whether it and the day before are holidays."""
FULL = (1 << len(_KINDS) * _MINUTES) - 1
_LENGTHS = (28, 29, 30, 31)
_DATES = [(day, length, 0) for length in _LENGTHS for day in range(2, length + 1)]
_DATES += [(1, length, before) for length in _LENGTHS for before in _LENGTHS]
"""The day, how many its month has and, where the day before lies in another month, how many that has."""
_NUMBERS = {date: number for number, date in enumerate(_DATES)}
ALL_DATES = (1 << len(_DATES)) - 1
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
    """Return the minutes that count as such days of the week or holidays; a night belongs to the day on which it began."""
    of_today, of_yesterday = _minutes(days)
    bits = 0
    for kind, (weekday, today, yesterday) in enumerate(_KINDS):
        minutes = of_today if _is_day(weekday, days, holiday=today) else 0
        minutes |= of_yesterday if _is_day((weekday - 1) % 7, days, holiday=yesterday) else 0
        bits |= minutes << kind * _MINUTES
    return bits


@lru_cache(maxsize=1024)
def nights_bits(days: Days) -> tuple[int, int]:
    """Return the minutes that count as the day on which they lie, and those that count as the day before."""
    of_today, of_yesterday = _minutes(days)
    kinds = range(len(_KINDS))
    return sum(of_today << kind * _MINUTES for kind in kinds), sum(of_yesterday << kind * _MINUTES for kind in kinds)


@lru_cache(maxsize=1024)
def dates_bits(days: Days) -> tuple[int, int]:
    """Return the dates that are such days of the month, and those on the day after one."""
    today = sum(is_named(day, length, days) << number for number, (day, length, _) in enumerate(_DATES))
    yesterday = sum(
        is_named(*((day - 1, length) if day > 1 else (before, before)), days) << number
        for number, (day, length, before) in enumerate(_DATES)
    )
    return today, yesterday


def occurs(bits: int, dates: int, period: tuple[float, float], zone: tzinfo, holidays: AbstractSet[date]) -> bool:
    """Tell whether any of the minutes lies on one of the dates in a period (epoch seconds, the end exclusive)."""
    start, end = period
    first, last = datetime.fromtimestamp(start, zone), datetime.fromtimestamp(end - 1, zone)
    if first.utcoffset() != last.utcoffset() or (last.date() - first.date()).days > _MOST_DAYS:
        return True
    day = first.date()
    while day <= last.date():
        begins = first.hour * 60 + first.minute if day == first.date() else 0
        ends = last.hour * 60 + last.minute + 1 if day == last.date() else _MINUTES
        kind = _KINDS.index((day.weekday(), day in holidays, day - timedelta(days=1) in holidays))
        if dates >> _date_number(day) & 1 and bits >> kind * _MINUTES & _between(begins, ends):
            return True
        day += timedelta(days=1)
    return False


def _date_number(day: date) -> int:
    length = monthrange(day.year, day.month)[1]
    before = (day - timedelta(days=1)).day if day.day == 1 else 0
    return _NUMBERS[day.day, length, before]


def _minutes(days: Days) -> tuple[int, int]:
    """The minutes of a day that count as that day, and those that count as the day before."""
    of_yesterday = of_today = covered = 0
    for start, end in days.hours:
        if start < end:
            of_today |= _between(start, end)
        else:
            of_today |= _between(start, _MINUTES)
            of_yesterday |= _between(0, end)
        covered |= of_today | of_yesterday
    return of_today | _WHOLE_DAY & ~covered, of_yesterday


def _between(start: int, end: int) -> int:
    return (1 << end) - (1 << start)


def _is_day(weekday: int, days: Days, *, holiday: bool) -> bool:
    holiday = holiday and bool(days.holidays)
    workday = days.workdays and weekday < 5 and not holiday
    return workday or weekday in days.weekdays or (days.holidays_too and holiday)
