"""Rules that say the same as others."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeAlias

from omotenashi.language.analyse.placed import Part
from omotenashi.language.condition import Condition, Conjunction, Disjunction, Fact, LimitLeft, Negation
from omotenashi.language.syntax import RuleSpec, ShowSpec

Likeness: TypeAlias = "Hashable"
"""Equal for rules that ask for the same and show the same; each limit counts for itself."""


def likeness(rule: RuleSpec, parts: Sequence[Part]) -> Likeness:
    """Return what two copies have in common."""
    asked = frozenset(_of(part.condition) for part in parts)
    return asked, _shown(rule), rule.id if rule.limit else ""


def _of(condition: Condition) -> Hashable:
    """A condition without its place; the order of parts does not matter."""
    if isinstance(condition, Fact):
        operand = condition.operand
        return (condition.field, (operand.times, operand.per) if isinstance(operand, LimitLeft) else operand)
    if isinstance(condition, (Conjunction, Disjunction)):
        return type(condition).__name__, frozenset(map(_of, condition.parts))
    if isinstance(condition, Negation):
        return "not", _of(condition.part)
    return condition


def _shown(rule: RuleSpec) -> Hashable:
    if rule.experiment is None:
        return tuple(map(_what, rule.shows))
    return rule.experiment.goal, tuple((variant.share, _what(variant.show)) for variant in rule.experiment.variants)


def _what(show: ShowSpec) -> Hashable:
    return show.kind, show.text
