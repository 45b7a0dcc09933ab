"""Conditions with their segments in place, and ids in the place of the names of rules and blocks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from operator import is_

from msgspec.structs import replace

from omotenashi.language.condition import Condition, Conjunction, Disjunction, InSegment, Negation, Shown
from omotenashi.language.rule_names import RuleNames, rule_names
from omotenashi.language.syntax import BlockSpec, Folder, SegmentSpec
from omotenashi.model.text import fold


class InPlace:
    """What the names in the conditions of a folder stand for. Every name is known, no segment is part of itself."""

    def __init__(self, folder: Folder, names: RuleNames | None = None) -> None:
        """`names`: those of the folder's rules, where they are known already."""
        self.segments: dict[str, SegmentSpec] = {fold(segment.name): segment for segment in folder.segments}
        self._blocks = folder.blocks
        self._in_place: dict[str, Condition] = {}
        self._known = names

    @cached_property
    def names(self) -> RuleNames:
        """The names of the folder's rules."""
        return self._known or names_of(self._blocks)

    def condition(self, condition: Condition) -> Condition:
        """Return a condition as if its segments were written in place."""
        if isinstance(condition, InSegment):
            name = fold(condition.name)
            if name not in self._in_place:
                self._in_place[name] = self.condition(self.segments[name].when)
            return self._in_place[name]
        if isinstance(condition, (Conjunction, Disjunction)):
            parts = [self.condition(part) for part in condition.parts]
            if not condition.listed and all(map(is_, parts, condition.parts)):
                return condition
            return Conjunction(tuple(parts)) if isinstance(condition, Conjunction) else Disjunction(tuple(parts))
        if isinstance(condition, Negation):
            part = self.condition(condition.part)
            return condition if part is condition.part else Negation(part)
        if isinstance(condition.operand, Shown):
            return replace(condition, operand=self._resolved(condition.operand))
        return condition

    def _resolved(self, shown: Shown) -> Shown:
        ids = [identifier for name in shown.names for identifier in self.names.ids(shown.kind, name)]
        return Shown("id", tuple(dict.fromkeys(ids)), shown.window)


def names_of(blocks: Sequence[BlockSpec]) -> RuleNames:
    """Return what the rules of blocks may be called."""
    return rule_names({block.name: [(rule.name, rule.id) for rule in block.rules] for block in blocks})
