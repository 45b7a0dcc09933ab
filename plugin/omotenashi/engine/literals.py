"""A condition as alternatives, each a row of literals that must all be true: its disjunctive normal form.

Three values become two on the way: with `not` moved inward to the single conditions, a whole is true exactly when it is
with every unknown literal taken as not true, because conjunction and disjunction only look for the least and the
greatest of false < unknown < true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct

from omotenashi.engine.asks import Asks, alternatives
from omotenashi.engine.evaluate import FactTests, Holds, holds
from omotenashi.engine.facts import Test
from omotenashi.language.condition import Condition, Conjunction, Days, Disjunction, Fact, Hours, Negation, Operand

_MOST_BY_PRODUCT = 8
"""Alternatives that the normal form of a nest may have; beyond that a part of it stays one literal."""
_MOST = 64


class Literal(Struct, frozen=True, eq=False, gc=False):
    """What must be true (or false, if not `positive`), and what of the visitor that takes at least."""

    part: Condition
    positive: bool
    asks: Asks = ()
    """Each of them is necessary. An exact one is all that the literal asks."""


Row: TypeAlias = tuple[Literal, ...]
"""Literals that must all be true."""


class Literals:
    """The literals of a program: equal ones are one, so that each is worked out once for an occasion."""

    def __init__(self, tests: FactTests, before: Literals | None = None) -> None:
        """The rows of `before` are taken over; what tells whether they hold is made anew."""
        self.tests = tests
        self.known: dict[tuple[str, Operand, bool], Sequence[Row]] = dict(before.known) if before else {}
        self._compiled: dict[Literal, Holds] = {}

    def __len__(self) -> int:
        return len(self.known)

    def operands(self) -> Iterator[tuple[str, Operand]]:
        """Return all that conditions ask, with the field of which they ask it."""
        return iter(dict.fromkeys((*((field, operand) for field, operand, _ in self.known), *self.tests.known)))

    def holds(self, literal: Literal) -> Holds:
        """Return what tells whether a literal is as it must be. Most are only looked up, so it is made when asked for."""
        found = self._compiled.get(literal)
        if found is None:
            found = self._compiled[literal] = self._compile(literal.part, positive=literal.positive)
        return found

    def _compile(self, part: Condition, *, positive: bool) -> Holds:
        if isinstance(part, Fact) and isinstance(part.operand, (Hours, Days)):
            return _in_time(self.tests.of(part), positive=positive)
        return holds(part, self.tests, positive=positive)

    def rows(self, condition: Condition, *, positive: bool = True) -> Sequence[Row]:
        """Return the alternatives of a condition that must be true (or false, if not `positive`)."""
        if isinstance(condition, Fact):
            return self._of_fact(condition, positive=positive)
        if isinstance(condition, Negation):
            return self.rows(condition.part, positive=not positive)
        if not isinstance(condition, (Conjunction, Disjunction)):
            raise TypeError(f"segments are put in place before: {condition!r}")
        if isinstance(condition, Conjunction) is positive:
            return self._all(condition.parts, positive=positive)
        found = [row for part in condition.parts for row in self.rows(part, positive=positive)]
        return found if len(found) <= _MOST else [self._whole(condition, positive=positive)]

    def _all(self, parts: Sequence[Condition], *, positive: bool) -> list[Row]:
        found: list[Row] = [()]
        for part in parts:
            rows: Sequence[Row] = self.rows(part, positive=positive)
            if len(rows) > 1 < len(found) and len(rows) * len(found) > _MOST_BY_PRODUCT:
                rows = [self._whole(part, positive=positive)]
            found = [row + other for row in found for other in rows]
        return found

    def _whole(self, condition: Condition, *, positive: bool) -> Row:
        """What is nested too deeply is tried, so that it is made at once, with its tests."""
        whole = Literal(condition, positive)
        self.holds(whole)
        return (whole,)

    def _of_fact(self, fact: Fact, *, positive: bool) -> Sequence[Row]:
        key = (fact.field, fact.operand, positive)
        rows = self.known.get(key)
        if rows is None:
            time = self.tests.of(fact) if isinstance(fact.operand, (Hours, Days)) else None
            asked = alternatives(fact, time, self.tests.estimates, positive=positive)
            rows = self.known[key] = tuple((Literal(fact, positive, asks),) for asks in asked)
        return rows


def _in_time(test: Test, *, positive: bool) -> Holds:
    """What the clock knows need not be worked out."""
    if positive:
        return lambda occasion: test in occasion.times
    return lambda occasion: test not in occasion.times
