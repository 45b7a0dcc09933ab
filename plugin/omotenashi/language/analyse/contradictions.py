"""Conditions of one rule or segment that can never hold together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from omotenashi.language.analyse.ground import Ground
from omotenashi.language.analyse.placed import Part, Placed
from omotenashi.language.analyse.search import model
from omotenashi.language.condition import (
    Condition,
    Conjunction,
    Disjunction,
    Fact,
    InSegment,
    Negation,
    Unknown,
    facts,
    segments_in,
)
from omotenashi.language.report import Report
from omotenashi.language.settled import changed_blocks, of_same_names, of_same_segments
from omotenashi.language.syntax import BlockSpec, Folder, RuleSpec
from omotenashi.language.vocabulary import FIELDS
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

_TOGETHER = {
    **dict.fromkeys(("country", "area", "prefecture"), "place"),
    **dict.fromkeys(("logged_in", "member"), "member"),
    **dict.fromkeys(("consent", "limit", "cooldown", *(field.name for field in FIELDS if field.stored)), "history"),
    **dict.fromkeys(("from", "until", "days", "hours"), "time"),
}
"""Fields that tell something of one another; any other tells nothing of others."""


_LONGEST = 100
"""Characters of two conditions that a hint repeats: all of them, or none."""


def contradictions(folder: Folder, site: SiteFacts, report: Report, settled: Folder | None = None) -> None:
    """Report rules and segments that can never be true (errors). The folder was checked, and is free of errors.

    Blocks that are in `settled`, a folder of the same site that had no contradictions, are not looked at again; but
    all are where segments or names of rules changed, for one looks at these beside its own.
    """
    ground = Ground(folder, site)
    placed, clashes = ground.placed, Clashes(ground)
    never: set[str] = set()
    for name, segment in placed.segments.items():
        if not _uses(segment.when, never, placed) and clashes.report(placed.parts(segment.when), placed, report):
            never.add(name)
    for block in changed_blocks(folder, of_same_names(folder, of_same_segments(folder, settled))):
        for rule in block.rules:
            if _rule_may_clash(rule, block) and not _uses(rule.when, never, placed):
                clashes.report(placed.rule(rule, block), placed, report)


def dead_parts(ground: Ground, report: Report) -> None:
    """Report parts under any and not that can never be true (warnings). The folder is free of errors."""
    placed, clashes = ground.placed, Clashes(ground)
    conditions = [segment.when for segment in ground.folder.segments]
    conditions += [rule.when for block in ground.folder.blocks for rule in block.rules]
    for condition in conditions:
        for inner in _inside(condition):
            parts = placed.parts(inner)
            found = clashes.find(parts)
            if found:
                _report("W512" if len(found) > 1 else "W514", found, report)


class Clashes:
    """Finds which parts of a condition rule one another out."""

    def __init__(self, ground: Ground) -> None:
        self._claims = ground.claims
        self._calendar = ground.calendar

    def report(self, parts: Sequence[Part], placed: Placed, report: Report) -> bool:
        """Report parts that can never hold together; tell whether there were any."""
        found = self.find(parts)
        if not found:
            return False
        alternatives = found[0].condition.parts if isinstance(found[0].condition, Disjunction) else ()
        if len(found) == 1 and alternatives:
            inner = [self.report(placed.parts(part), placed, report) for part in alternatives]
            if any(inner):
                return True
        _report(_code(found), found, report)
        return True

    def find(self, parts: Sequence[Part]) -> list[Part]:
        """Return the fewest parts that cannot hold together, the last in the file first; none where all can."""
        if not _may_clash(fact for part in parts for fact in facts(part.condition)):
            return []
        ordered = sorted(parts, key=lambda part: (part.position.line, part.position.column))
        if self._possible(ordered):
            return []
        end = next(end for end in range(1, len(ordered) + 1) if not self._possible(ordered[:end]))
        last, others = ordered[end - 1], ordered[: end - 1]
        if not self._possible([last]):
            return [last]
        partner = next((one for one in others if not self._possible([one, last])), None)
        if partner:
            return [last, partner]
        for one in tuple(others):
            without = [other for other in others if other is not one]
            if not self._possible([*without, last]):
                others = without
        return [last, *others]

    def _possible(self, parts: Sequence[Part]) -> bool:
        return model((self._claims.true(part.condition) for part in parts), self._calendar) is not None


def _rule_may_clash(rule: RuleSpec, block: BlockSpec) -> bool:
    """Tell the same as `_may_clash` of a rule whose segments are not looked into; nothing need be put in place."""
    whole = (rule.when, *rule.timing)
    if block.needs_consent or rule.limit or rule.cooldown or any(one for when in whole for one in segments_in(when)):
        return True
    return _may_clash(fact for when in whole for fact in facts(when))


def _may_clash(asked: Iterable[Fact]) -> bool:
    """Tell whether any two conditions are about things that tell something of one another; this costs little."""
    seen: set[str] = set()
    for fact in asked:
        about = _TOGETHER.get(fact.field.partition(".")[0], fact.field)
        if about in seen or isinstance(fact.operand, Unknown):
            return True
        seen.add(about)
    return False


def _uses(condition: Condition, names: set[str], placed: Placed) -> bool:
    return bool(names) and any(
        fold(one.name) in names or _uses(placed.segments[fold(one.name)].when, names, placed)
        for one in segments_in(condition)
    )


def _inside(condition: Condition) -> Iterator[Condition]:
    """The parts of a condition that are alternatives or are denied, and have several parts of their own."""
    if isinstance(condition, (Fact, InSegment)):
        return
    inner = (condition.part,) if isinstance(condition, Negation) else condition.parts
    for part in inner:
        if isinstance(part, Conjunction) and not isinstance(condition, Conjunction):
            yield part
        yield from _inside(part)


def _code(found: Sequence[Part]) -> str:
    if len(found) == 1:
        fact = found[0].condition
        return "E493" if isinstance(fact, Fact) and isinstance(fact.operand, Unknown) else "E494"
    plain = all(isinstance(part.condition, (Fact, Disjunction)) and not part.beside for part in found)
    return "E491" if plain and len(found) == 2 else "E492"


def _report(code: str, found: Sequence[Part], report: Report) -> None:
    last, *others = found
    related = [(part.position, "clash") for part in others if part.position != last.position]
    first, second = ", ".join(part.written for part in others), last.written
    both = f"[{{{first}}}, {{{second}}}]"
    both = both if len(both) <= _LONGEST else "[{…}, {…}]"
    report.add(code, last.position, *related, first=first, second=second, both=both, field=second.partition(":")[0])
