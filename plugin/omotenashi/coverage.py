"""What the editors' tests have tried: which rules have won, which conditions were seen true and seen not true.

A rule is tried when it and all above it in its block were looked at for an expectation, up to the one that won.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from msgspec import Struct

from omotenashi.engine.choose import Engine
from omotenashi.engine.facts import Test
from omotenashi.language.condition import Condition, Fact, facts, segments_in
from omotenashi.language.program import Program, Rule
from omotenashi.site import Site
from omotenashi.verify import Result

_Key: TypeAlias = "tuple[str, int, int, str]"
"""Where a condition stands and what it asks for: a segment's is one, however many rules use it."""


class Seen(Struct, frozen=True):
    """What was seen of one condition."""

    fact: Fact
    values: frozenset[bool | None]

    @property
    def true(self) -> bool:
        return True in self.values

    @property
    def not_true(self) -> bool:
        """Was false or unknown."""
        return bool(self.values - {True})

    @property
    def only_unknown(self) -> bool:
        """Was never false: it did not hold only where the fact was not known."""
        return None in self.values and False not in self.values


class Covered(Struct, frozen=True):
    """What was tried of a block, or of the segments."""

    name: str
    """Of the block; empty for the segments."""
    rules: tuple[tuple[Rule, bool], ...]
    """Each with whether it has won."""
    conditions: tuple[Seen, ...]

    @property
    def points(self) -> int:
        """Each rule has one to win, each condition two: to be seen true and to be seen not true."""
        return len(self.rules) + 2 * len(self.conditions)

    @property
    def reached(self) -> int:
        return sum(won for _, won in self.rules) + sum(one.true + one.not_true for one in self.conditions)


class Coverage(Struct, frozen=True):
    parts: tuple[Covered, ...]

    @property
    def percent(self) -> float:
        """Return the share of points that were reached, in per cent; 100 where there is nothing to reach."""
        return percent(self.parts)


def percent(parts: Iterable[Covered]) -> float:
    """Return the share of points that were reached, in per cent; 100 where there is nothing to reach."""
    found = list(parts)
    points = sum(one.points for one in found)
    return 100 * sum(one.reached for one in found) / points if points else 100.0


def coverage(site: Site, results: Iterable[Result]) -> Coverage:
    """Return what the tests that ran have tried."""
    program = site.engine.program
    tried = _Tried(site.engine)
    for result in results:
        tried.add(result)
    blocks = [
        Covered(name, tuple((rule, rule.id in tried.won) for rule in block.rules), _seen(_own(block.rules), tried))
        for name, block in program.blocks.items()
    ]
    segments = Covered("", (), _seen(_in_segments(program), tried))
    return Coverage((*blocks, segments) if segments.conditions else tuple(blocks))


class _Tried:
    """Collects which rules have won, and what each condition came out as."""

    def __init__(self, engine: Engine) -> None:
        self.won: set[str] = set()
        self.values: dict[_Key, set[bool | None]] = {}
        self._engine = engine
        self._rules = {
            name: [(rule, [self._asked(fact) for fact in facts(rule.condition)]) for rule in block.rules]
            for name, block in engine.program.blocks.items()
        }

    def _asked(self, fact: Fact) -> tuple[Test, set[bool | None]]:
        return self._engine.test_of(fact), self.values.setdefault(_key(fact), set())

    def add(self, result: Result) -> None:
        choices = self._engine.decide(result.occasion, result.blocks)
        for block, choice in choices.items():
            if choice.rule is not None:
                self.won.add(choice.rule.id)
            for rule, asked in self._rules[block]:
                for test, values in asked:
                    values.add(test(result.occasion))
                if choice.rule is not None and rule.id == choice.rule.id:
                    break


def _seen(asked: Iterable[Fact], tried: _Tried) -> tuple[Seen, ...]:
    unique = {_key(fact): fact for fact in asked}
    return tuple(Seen(fact, frozenset(tried.values[key])) for key, fact in unique.items())


def _key(fact: Fact) -> _Key:
    place = fact.position
    return (place.file, place.line, place.column, fact.field)


def _own(rules: Sequence[Rule]) -> Iterator[Fact]:
    """The conditions that rules have themselves, without those of segments."""
    for rule in rules:
        yield from facts(_written(rule))


def _in_segments(program: Program) -> Iterator[Fact]:
    """The conditions of all segments that rules use, directly or through others."""
    used: dict[str, None] = {}
    waiting = [_written(rule) for block in program.blocks.values() for rule in block.rules]
    while waiting:
        for name in (one.name for one in segments_in(waiting.pop())):
            if name not in used:
                used[name] = None
                waiting.append(program.written_segments[name])
    for name, condition in program.written_segments.items():
        if name in used:
            yield from facts(condition)


def _written(rule: Rule) -> Condition:
    return rule.condition if rule.written is None else rule.written
