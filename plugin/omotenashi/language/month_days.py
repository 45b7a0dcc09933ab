"""Days of the month that a rule may name: 25日, 五十日 (gotobi) and 月末 (month end)."""

from __future__ import annotations

from omotenashi.language.condition import Days


def names_month_days(days: Days) -> bool:
    """Tell whether a rule names any days of the month."""
    return bool(days.dates) or days.gotobi or days.month_end


def is_named(day: int, length: int, days: Days) -> bool:
    """Tell whether a rule names this day of a month that has `length` days."""
    return day in days.dates or (days.month_end and day == length) or (days.gotobi and is_gotobi(day, length))


def is_gotobi(day: int, length: int) -> bool:
    """Tell whether a day of the month is one on which Japanese businesses settle accounts: 5, 10, 15, 20, 25 and 30.

    February has no 30th: its last day, the 28th or 29th, takes that place.
    """
    return day % 5 == 0 or day == length < 30


def ordinal(number: int) -> str:
    """Return a day of the month in English: 1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if 10 < number < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
