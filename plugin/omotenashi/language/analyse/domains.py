"""Sets of values that a property may have: met with one another until nothing remains, or something does."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol, TypeAlias

from msgspec import Struct

ALL_PREFECTURES = (1 << 47) - 1
UNPLACED, PLACED_ROUGHLY, PLACED = 0, 1, 2
"""Nothing is known of the prefecture; several remain possible; it is known."""
_ANY_STATUS = frozenset((UNPLACED, PLACED_ROUGHLY, PLACED))


class Mark(Protocol):
    """A statement that is true or not, and may settle others about the same property."""

    def entails(self, other: Mark) -> bool:
        """Tell whether the other is true for certain where this one is."""

    def excludes(self, other: Mark) -> bool:
        """Tell whether the two cannot both be true."""

    def filed(self) -> tuple[Hashable, ...]:
        """Return the keys under one of which marks that entail this one look."""

    def looked_up(self) -> tuple[Hashable, ...]:
        """Return the keys under which the marks that this one entails are filed."""


class Among(Struct, frozen=True):
    """One of the values, or (outside) any value but these. A property with a universe has no others than that."""

    values: frozenset[Hashable]
    outside: bool = False
    universe: frozenset[Hashable] | None = None

    @property
    def empty(self) -> bool:
        return not self.values and not self.outside

    def meet(self, other: Among) -> Among | None:
        """Return what lies in both, or None."""
        if self.outside and other.outside:
            return Among(self.values | other.values, outside=True)
        if other.outside:
            return other.meet(self)
        values = other.values - self.values if self.outside else other.values & self.values
        return Among(values, universe=self.universe) if values else None

    def denied(self) -> Among:
        """Return all other values."""
        if self.universe is None:
            return Among(self.values, not self.outside)
        return Among(self.universe - self.values, universe=self.universe)


class Marks(Struct, frozen=True):
    """Statements that are true, and such as are not."""

    true: tuple[Mark, ...] = ()
    false: tuple[Mark, ...] = ()

    @property
    def empty(self) -> bool:
        return False

    def meet(self, other: Marks) -> Marks | None:
        """Return all statements of both, or None where they clash."""
        true = self.true + tuple(mark for mark in other.true if mark not in self.true)
        false = self.false + tuple(mark for mark in other.false if mark not in self.false)
        for mark in other.true:
            if any(mark.excludes(one) or one.excludes(mark) for one in self.true):
                return None
            if any(mark.entails(one) for one in false):
                return None
        if any(one.entails(mark) for mark in other.false for one in self.true):
            return None
        return Marks(true, false)

    def denied(self) -> Marks:
        """Return the contrary of a single statement."""
        return Marks(self.false, self.true)


class Region(Struct, frozen=True):
    """Which prefectures remain possible for the visitor, as bits: all within one set, and not all within others."""

    within: int = ALL_PREFECTURES
    beyond: frozenset[int] = frozenset()
    statuses: frozenset[int] = _ANY_STATUS

    @property
    def empty(self) -> bool:
        return not self._possible()

    def meet(self, other: Region) -> Region | None:
        """Return what agrees with both, or None."""
        statuses = self.statuses & other.statuses
        met = Region(self.within & other.within, self.beyond | other.beyond, statuses)
        possible = met._possible()
        return Region(met.within, met.beyond, possible) if possible else None

    def denied(self) -> Region:
        """Return the contrary of a single statement."""
        if self.beyond:
            return within(next(iter(self.beyond)))
        if self.within != ALL_PREFECTURES:
            return Region(beyond=frozenset((self.within,)))
        return Region(statuses=_ANY_STATUS - self.statuses)

    def candidates(self) -> int:
        """Return the prefectures each of which alone agrees with this."""
        single = self.within
        for one in self.beyond:
            single &= ~one
        return single

    def _possible(self) -> frozenset[int]:
        """The statuses that remain: of a rough place at least two prefectures are possible."""
        rough = self.within.bit_count() > 1 and all(self.within & ~one for one in self.beyond)
        there = {UNPLACED: True, PLACED_ROUGHLY: rough, PLACED: bool(self.candidates())}
        return frozenset(status for status in self.statuses if there[status])


class Clock(Struct, frozen=True):
    """Minutes of a week, each with and without holidays, or dates, as bits: see moments.py."""

    bits: int
    full: int

    @property
    def empty(self) -> bool:
        return not self.bits

    def meet(self, other: Clock) -> Clock | None:
        """Return what lies in both, or None."""
        bits = self.bits & other.bits
        return Clock(bits, self.full) if bits else None

    def denied(self) -> Clock:
        """Return all others."""
        return Clock(self.full ^ self.bits, self.full)


Domain: TypeAlias = "Among | Marks | Region | Clock"


def within(codes: int) -> Region:
    """Return that the place is known, and lies within some prefectures."""
    return Region(codes, statuses=frozenset((PLACED_ROUGHLY, PLACED)))
