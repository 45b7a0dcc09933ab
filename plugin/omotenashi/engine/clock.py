"""Which hours and days of rules it is: worked out when one of them begins or ends, and at midnight, not for each visitor."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import TypeAlias

from msgspec import Struct

from omotenashi.language.condition import Days, Hours

_DAY = 24 * 60
_ROUNDED = 1e-6
"""Local time has microseconds: a moment less than one before a boundary may be rounded up to it."""
Stretch: TypeAlias = "tuple[float, float, frozenset[object]]"
"""From a moment (epoch seconds) on, until before another: what holds."""


class Window(Struct, frozen=True, eq=False):
    """Hours or days of rules."""

    key: object
    operand: Hours | Days
    holds: Callable[[datetime], bool]
    """At a moment of local time."""

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Return the hours, in minutes after midnight."""
        return self.operand.spans if isinstance(self.operand, Hours) else self.operand.hours


class Clock:
    """Hours and days of a program. What is kept from one moment to the next is the same for every moment between."""

    def __init__(self, zone: tzinfo, windows: Sequence[Window] = ()) -> None:
        self.zone = zone
        self._windows = windows
        spans = {span for window in windows for span in window.spans}
        self._minutes = sorted({0, *(end % _DAY for span in spans for end in span)})
        self._stretch: Stretch = (0.0, 0.0, frozenset())

    def holding(self, now: float) -> frozenset[object]:
        """Return the keys of the hours and days that hold at a moment (epoch seconds)."""
        since, until, found = self._stretch
        if since <= now < until:
            return found
        local = datetime.fromtimestamp(now, self.zone)
        found = frozenset(window.key for window in self._windows if window.holds(local))
        self._stretch = (now, self._until(local), found)
        return found

    def _until(self, local: datetime) -> float:
        """The next boundary; the present moment where clocks are changed before it."""
        place = bisect_right(self._minutes, local.hour * 60 + local.minute)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        minute = self._minutes[place] if place < len(self._minutes) else _DAY
        boundary = (midnight + timedelta(minutes=minute)).timestamp()
        there = datetime.fromtimestamp(boundary, self.zone)  # one that is left out lies after the change, not before
        return boundary - _ROUNDED if there.utcoffset() == local.utcoffset() else local.timestamp()
