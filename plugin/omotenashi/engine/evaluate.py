"""Conditions of three values (Kleene's logic): evaluated as written, and compiled to tell only whether they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from omotenashi.engine.estimates import NO_ESTIMATES, Estimate
from omotenashi.engine.facts import Test, fact_test
from omotenashi.engine.occasion import Occasion
from omotenashi.language.condition import (
    Condition,
    Conjunction,
    Disjunction,
    Estimated,
    Fact,
    InSegment,
    Negation,
    Operand,
)

Holds: TypeAlias = Callable[[Occasion], bool]


class FactTests:
    """The tests of a program: equal conditions share one."""

    def __init__(self, estimates: Mapping[Estimated, Estimate] = NO_ESTIMATES, before: FactTests | None = None) -> None:
        """The tests of `before` are taken over; its estimates are the same, where it has them."""
        self.estimates = estimates
        self.known: dict[tuple[str, Operand], Test] = dict(before.known) if before else {}

    def of(self, fact: Fact) -> Test:
        """Return the test for one condition on one field."""
        key = (fact.field, fact.operand)
        test = self.known.get(key)
        if test is None:
            test = self.known[key] = fact_test(fact, self.estimates)
        return test


def value(condition: Condition, occasion: Occasion, tests: FactTests) -> bool | None:
    """Return true, false or None (unknown) for a condition, part by part as written: what `explain` shows."""
    if isinstance(condition, Fact):
        return tests.of(condition)(occasion)
    if isinstance(condition, Conjunction):
        return all_of(value(part, occasion, tests) for part in condition.parts)
    if isinstance(condition, Disjunction):
        return any_of(value(part, occasion, tests) for part in condition.parts)
    if isinstance(condition, Negation):
        return negated(value(condition.part, occasion, tests))
    raise _not_in_place(condition)


def all_of(values: Iterable[bool | None]) -> bool | None:
    """False as soon as one is false, else unknown as soon as one is unknown."""
    found = list(values)
    return False if False in found else None if None in found else True


def any_of(values: Iterable[bool | None]) -> bool | None:
    """True as soon as one is true, else unknown as soon as one is unknown."""
    found = list(values)
    return True if True in found else None if None in found else False


def negated(one: bool | None) -> bool | None:  # noqa: FBT001 a value of the logic
    """Not unknown is unknown."""
    return None if one is None else not one


def grounds(condition: Condition, occasion: Occasion, tests: FactTests, *, positive: bool = True) -> Iterator[Fact]:
    """Return the facts for which a condition is true (or false, if not `positive`): those of every part that is, too."""
    if isinstance(condition, InSegment):
        raise _not_in_place(condition)
    if value(condition, occasion, tests) is not positive:
        return
    if isinstance(condition, Fact):
        yield condition
    elif isinstance(condition, Negation):
        yield from grounds(condition.part, occasion, tests, positive=not positive)
    else:
        for part in condition.parts:
            yield from grounds(part, occasion, tests, positive=positive)


def holds(condition: Condition, tests: FactTests, *, positive: bool = True) -> Holds:
    """Compile a condition to a function that is true when the condition is true (or false, if not `positive`).

    In negation normal form a condition is true exactly when it is with every unknown literal taken as not holding,
    because conjunction and disjunction only look for the least and the greatest of false < unknown < true. So two
    values suffice.
    """
    if isinstance(condition, Fact):
        return literal(tests.of(condition), positive=positive)
    if isinstance(condition, Negation):
        return holds(condition.part, tests, positive=not positive)
    if isinstance(condition, InSegment):
        raise _not_in_place(condition)
    parts = tuple(holds(part, tests, positive=positive) for part in condition.parts)
    return _all(parts) if isinstance(condition, Conjunction) is positive else _any(parts)


def literal(test: Test, *, positive: bool) -> Holds:
    """Return what tells whether a test is true (or false, if not `positive`)."""
    if positive:
        return lambda occasion: test(occasion) is True
    return lambda occasion: test(occasion) is False


def _all(parts: tuple[Holds, ...]) -> Holds:
    if len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        first, second = parts
        return lambda occasion: first(occasion) and second(occasion)

    def every(occasion: Occasion) -> bool:
        return all(part(occasion) for part in parts)

    return every


def _any(parts: tuple[Holds, ...]) -> Holds:
    if len(parts) == 1:
        return parts[0]

    def some(occasion: Occasion) -> bool:
        return any(part(occasion) for part in parts)

    return some


def _not_in_place(condition: Condition) -> TypeError:
    return TypeError(f"segments are put in place before: {condition!r}")
