"""What a rule asks for, part by part, with its segments in place."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.language.analyse.heading import heading
from omotenashi.language.condition import (
    Condition,
    Conjunction,
    CooledDown,
    Fact,
    InSegment,
    LimitLeft,
    Negation,
    OneOf,
)
from omotenashi.language.in_place import InPlace
from omotenashi.language.syntax import BlockSpec, Folder, RuleSpec
from omotenashi.model.errors import Position


class Part(Struct, frozen=True):
    """One of the conditions that must all hold, as it is written."""

    condition: Condition
    """With segments in place."""
    position: Position
    source: Condition | str
    """As it stands in the file."""
    beside: bool = False
    """Stands beside `when`, where no `any` can take it in: the block's consent, times, limit, cooldown."""

    @property
    def written(self) -> str:
        """As in `prefecture: 東京都`."""
        return self.source if isinstance(self.source, str) else heading(self.source)


class Placed:
    """The parts of a folder's rules. The folder was checked: every name is known, no segment is part of itself."""

    def __init__(self, folder: Folder) -> None:
        self._in_place = InPlace(folder)
        self.segments = self._in_place.segments
        self._rules: dict[str, list[Part]] = {}

    def rule(self, rule: RuleSpec, block: BlockSpec) -> Sequence[Part]:
        """Return all that must hold for a rule to match: its block's consent, its condition, times, limit, cooldown."""
        if rule.id not in self._rules:
            self._rules[rule.id] = self._parts_of(rule, block)
        return self._rules[rule.id]

    def _parts_of(self, rule: RuleSpec, block: BlockSpec) -> list[Part]:
        timing = [replace(part, beside=True) for one in rule.timing for part in self.parts(one)]
        parts = [*self.parts(rule.when), *timing]
        if block.needs_consent:
            asked = Fact("consent", OneOf(frozenset((block.needs_consent,))), block.position, block.needs_consent)
            parts.insert(0, Part(asked, block.position, f"needs_consent: {block.needs_consent}", beside=True))
        if rule.limit:
            limit = Fact("limit", LimitLeft(rule.id, rule.limit.times, rule.limit.per), rule.position)
            parts.append(Part(limit, rule.position, "limit", beside=True))
        if rule.cooldown:
            rested = Fact("cooldown", CooledDown(rule.cooldown.goal, rule.cooldown.span), rule.position)
            parts.append(Part(rested, rule.position, f"cooldown: {rule.cooldown.written}", beside=True))
        return parts

    def parts(self, condition: Condition) -> list[Part]:
        """Return the conditions that must all hold."""
        if isinstance(condition, Conjunction):
            return [part for one in condition.parts for part in self.parts(one)]
        return [Part(self._in_place.condition(condition), first_place(condition) or Position("", 1, 1, 2), condition)]


def first_place(condition: Condition) -> Position | None:
    """Return where the first condition on one field or segment is written; None where there is none."""
    if isinstance(condition, (Fact, InSegment)):
        return condition.position
    inner = (condition.part,) if isinstance(condition, Negation) else condition.parts
    return next((place for part in inner if (place := first_place(part))), None)
