"""How a rule was found, part by part as the editor wrote it: what `omo explain` and a failing test show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from omotenashi.engine.evaluate import FactTests, all_of, any_of, negated
from omotenashi.engine.occasion import Occasion
from omotenashi.language.condition import Condition, Conjunction, Fact, InSegment, Negation
from omotenashi.language.program import Rule


class Finding(Struct, frozen=True):
    """One part of a condition as it was found: true, false or None (unknown)."""

    kind: str
    """fact, segment, all, any or not."""
    value: bool | None
    parts: tuple[Finding, ...] = ()
    """What it is made of; a fact has none."""
    fact: Fact | None = None
    name: str = ""
    """Of a segment."""

    def facts(self) -> Iterator[tuple[Fact, bool | None]]:
        """Return every condition on one field in it, with what came of it."""
        if self.fact is not None:
            yield self.fact, self.value
        for part in self.parts:
            yield from part.facts()


class Account(Struct, frozen=True):
    """One rule as it was found: matched (true), not (false), unknown (None)."""

    rule: Rule
    finding: Finding
    """Of the whole: all of its parts."""

    @property
    def value(self) -> bool | None:
        return self.finding.value


def account(rule: Rule, segments: Mapping[str, Condition], occasion: Occasion, tests: FactTests) -> Account:
    """Return the account of a rule; `segments` are conditions as written, by name."""

    def found(condition: Condition) -> Finding:
        if isinstance(condition, Fact):
            return Finding("fact", tests.of(condition)(occasion), fact=condition)
        if isinstance(condition, InSegment):
            part = found(segments[condition.name])
            return Finding("segment", part.value, (part,), name=condition.name)
        if isinstance(condition, Negation):
            part = found(condition.part)
            return Finding("not", negated(part.value), (part,))
        parts = tuple(map(found, condition.parts))
        values = [part.value for part in parts]
        if isinstance(condition, Conjunction):
            return Finding("all", all_of(values), parts)
        return Finding("any", any_of(values), parts)

    return Account(rule, found(rule.condition if rule.written is None else rule.written))
