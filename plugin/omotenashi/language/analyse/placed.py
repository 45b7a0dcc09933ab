"""What a rule asks for, part by part, with its segments in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.language.condition import (
    Condition,
    Conjunction,
    CooledDown,
    Disjunction,
    Fact,
    InSegment,
    LimitLeft,
    Negation,
    OneOf,
    Shown,
    facts,
)
from omotenashi.language.rule_names import RuleNames, rule_names
from omotenashi.language.syntax import BlockSpec, Folder, RuleSpec
from omotenashi.model.errors import Position
from omotenashi.model.text import fold


class Part(Struct, frozen=True):
    """One of the conditions that must all hold, as it is written."""

    condition: Condition
    """With segments in place."""
    position: Position
    source: Condition | str
    """As it stands in the file."""

    @property
    def written(self) -> str:
        """As in `prefecture: 東京都`."""
        return self.source if isinstance(self.source, str) else _heading(self.source)


class Placed:
    """The parts of a folder's rules. The folder was checked: every name is known, no segment is part of itself."""

    def __init__(self, folder: Folder) -> None:
        self.segments = {fold(segment.name): segment for segment in folder.segments}
        self._blocks = folder.blocks
        self._in_place: dict[str, Condition] = {}
        self._rules: dict[str, list[Part]] = {}

    def rule(self, rule: RuleSpec, block: BlockSpec) -> Sequence[Part]:
        """Return all that must hold for a rule to match: its block's consent, its condition, times, limit, cooldown."""
        if rule.id not in self._rules:
            self._rules[rule.id] = self._parts_of(rule, block)
        return self._rules[rule.id]

    def _parts_of(self, rule: RuleSpec, block: BlockSpec) -> list[Part]:
        parts = [*self.parts(rule.when), *(part for one in rule.timing for part in self.parts(one))]
        if block.needs_consent:
            asked = Fact("consent", OneOf(frozenset((block.needs_consent,))), block.position, block.needs_consent)
            parts.insert(0, Part(asked, block.position, f"needs_consent: {block.needs_consent}"))
        if rule.limit:
            limit = Fact("limit", LimitLeft(rule.id, rule.limit.times, rule.limit.per), rule.position)
            parts.append(Part(limit, rule.position, "limit"))
        if rule.cooldown:
            rested = Fact("cooldown", CooledDown(rule.cooldown.goal, rule.cooldown.span), rule.position)
            parts.append(Part(rested, rule.position, f"cooldown: {rule.cooldown.written}"))
        return parts

    def parts(self, condition: Condition) -> list[Part]:
        """Return the conditions that must all hold."""
        if isinstance(condition, Conjunction):
            return [part for one in condition.parts for part in self.parts(one)]
        return [Part(self.condition(condition), first_place(condition) or Position("", 1, 1, 2), condition)]

    def condition(self, condition: Condition) -> Condition:
        """Put segments in place, and ids in the place of the names of rules and blocks."""
        if isinstance(condition, InSegment):
            name = fold(condition.name)
            if name not in self._in_place:
                self._in_place[name] = self.condition(self.segments[name].when)
            return self._in_place[name]
        if isinstance(condition, Conjunction):
            return Conjunction(tuple(map(self.condition, condition.parts)))
        if isinstance(condition, Disjunction):
            return Disjunction(tuple(map(self.condition, condition.parts)))
        if isinstance(condition, Negation):
            return Negation(self.condition(condition.part))
        if isinstance(condition.operand, Shown):
            return replace(condition, operand=self._resolved(condition.operand))
        return condition

    @cached_property
    def _names(self) -> RuleNames:
        return rule_names({block.name: [(rule.name, rule.id) for rule in block.rules] for block in self._blocks})

    def _resolved(self, shown: Shown) -> Shown:
        ids = [identifier for name in shown.names for identifier in self._names.ids(shown.kind, name)]
        return Shown("id", tuple(dict.fromkeys(ids)), shown.window)


def first_place(condition: Condition) -> Position | None:
    """Return where the first condition on one field or segment is written; None where there is none."""
    if isinstance(condition, (Fact, InSegment)):
        return condition.position
    inner = (condition.part,) if isinstance(condition, Negation) else condition.parts
    return next((place for part in inner if (place := first_place(part))), None)


def segments_in(condition: Condition) -> Iterator[InSegment]:
    """Return the segments that a condition names itself."""
    if isinstance(condition, InSegment):
        yield condition
    elif isinstance(condition, (Conjunction, Disjunction)):
        for part in condition.parts:
            yield from segments_in(part)
    elif isinstance(condition, Negation):
        yield from segments_in(condition.part)


def _heading(condition: Condition) -> str:
    if isinstance(condition, Fact):
        return f"{condition.field}: {condition.written}"
    if isinstance(condition, InSegment):
        return f"segment: {condition.name}"
    word = "not" if isinstance(condition, Negation) else "any"
    inside = ", ".join(f"{fact.field}: {fact.written}" for fact in facts(condition))
    return f"{word}: {{{inside}}}"
