"""A checked folder to a program: names resolved, segments put in place, contents cut into templates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

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
    TakesPart,
    facts,
)
from omotenashi.language.in_place import InPlace
from omotenashi.language.placeholders import template
from omotenashi.language.program import Block, Experiment, Program, Rule, Show, Variant
from omotenashi.language.read_member import attribute_of
from omotenashi.language.report import Report
from omotenashi.language.rule_names import RuleNames
from omotenashi.language.settled import of_same_names
from omotenashi.language.syntax import BlockSpec, ContentSpec, ExperimentSpec, Folder, RuleSpec, ShowSpec
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold


def compile_folder(
    folder: Folder, site: SiteFacts, fragments: Mapping[str, str], before: tuple[Folder, Program] | None = None
) -> Program:
    """Return the program of a folder that was checked without errors.

    `before` is a folder with the same site and fragments and its program: blocks that are the same are taken over.
    """
    in_place = InPlace(folder, before[1].names if before and of_same_names(folder, before[0]) else None)
    compiler = _Compiler(folder, site, fragments, in_place)
    names = in_place.names
    known = _same_blocks(folder, names, *before) if before else {}
    blocks = {block.name: known.get(id(block)) or compiler.block(block) for block in folder.blocks}
    segments = {segment.name: in_place.condition(segment.when) for segment in folder.segments}
    return Program(
        blocks=blocks,
        segments=segments,
        synonyms=synonyms_of(site),
        timezone=site.timezone,
        names=names,
        written_segments={segment.name: compiler.written(segment.when) for segment in folder.segments},
        remembered=_remembered(blocks.values(), segments.values()),
        private_segments=frozenset(name for name, condition in segments.items() if _is_private(condition, site)),
        landings=site.landings or {},
    )


def synonyms_of(site: SiteFacts) -> Mapping[str, tuple[str, ...]]:
    """Return for each folded word of a group the words of its group."""
    return {fold(word): group for group in site.synonyms for word in group}


def _same_blocks(folder: Folder, names: RuleNames, old: Folder, program: Program) -> dict[int, Block]:
    """The blocks of a program by their specifications; none where anything changed that blocks take from elsewhere."""
    same_names = program.names is names or program.names == names
    if old.segments != folder.segments or old.contents != folder.contents or not same_names:
        return {}
    return {id(block): program.blocks[block.name] for block in old.blocks}


def _remembered(blocks: Collection[Block], segments: Iterable[Condition]) -> frozenset[str]:
    found = {rule.id for block in blocks for rule in block.rules}
    return _shown(segments).union(*(block.shown for block in blocks)) & found


def _shown(conditions: Iterable[Condition]) -> frozenset[str]:
    """The ids for whose showings conditions ask."""
    asked = (fact.operand for condition in conditions for fact in facts(condition))
    return frozenset(name for operand in asked if isinstance(operand, Shown) for name in operand.names)


def _is_private(condition: Condition, site: SiteFacts) -> bool:
    return any(attribute.sensitive for fact in facts(condition) if (attribute := attribute_of(fact, site)) is not None)


class _Compiler:
    def __init__(self, folder: Folder, site: SiteFacts, fragments: Mapping[str, str], in_place: InPlace) -> None:
        self._site = site
        self._fragments = fragments
        self._in_place = in_place
        self._contents: dict[str, ContentSpec] = {fold(one.name): one for one in folder.contents}

    def block(self, spec: BlockSpec) -> Block:
        rules = tuple(self._rule(spec, rule) for rule in spec.rules)
        shown = _shown(rule.condition for rule in rules)
        return Block(spec.name, spec.label, rules, self._show(spec.otherwise), spec.selector, spec.deadline, shown)

    def written(self, condition: Condition) -> Condition:
        """Put ids in the place of the names of rules and blocks; segments stay, by the name of their definition."""
        if isinstance(condition, InSegment):
            return replace(condition, name=self._in_place.segments[fold(condition.name)].name)
        if isinstance(condition, Conjunction):
            return Conjunction(tuple(map(self.written, condition.parts)))
        if isinstance(condition, Disjunction):
            return Disjunction(tuple(map(self.written, condition.parts)))
        if isinstance(condition, Negation):
            return Negation(self.written(condition.part))
        return self._in_place.condition(condition)

    def _rule(self, block: BlockSpec, spec: RuleSpec) -> Rule:
        placed = self._in_place.condition(spec.when)
        needed, when = _needed(block), _flat(placed)
        parts = [*needed, *when, *spec.timing]
        if spec.limit:
            operand = LimitLeft(spec.id, spec.limit.times, spec.limit.per)
            parts.append(Fact("limit", operand, spec.position, str(spec.limit.times)))
        if spec.cooldown:
            rested = CooledDown(spec.cooldown.goal, spec.cooldown.span)
            parts.append(Fact("cooldown", rested, spec.position, spec.cooldown.written))
        if spec.experiment:
            takes_part = TakesPart(fold(spec.experiment.id))
            parts.append(Fact("experiment", takes_part, spec.experiment.position, spec.experiment.id))
        show = self._experiment(spec.experiment) if spec.experiment else self._show(spec.shows[0])
        beside = parts[len(needed) + len(when) :]
        written = Conjunction((*needed, *_flat(self.written(spec.when)), *beside)) if _named(spec.when) else None
        whole = placed if len(parts) == len(when) and isinstance(placed, Conjunction) else Conjunction(tuple(parts))
        return Rule(block.name, spec.name, spec.id, whole, spec.limit, show, spec.position, written)

    def _experiment(self, spec: ExperimentSpec) -> Experiment:
        return Experiment(spec.id, tuple(Variant(one.name, one.share, self._show(one.show)) for one in spec.variants))

    def _show(self, spec: ShowSpec, name: str | None = None) -> Show:
        if spec.kind == "content":
            content = self._contents[fold(spec.text)]
            return self._show(content.show, content.name)
        if spec.kind in ("original", "nothing"):
            return Show(spec.kind, content=name)
        if spec.kind == "url":
            return Show("url", content=name, url=spec.text, timeout=spec.timeout)
        text = self._fragments[spec.text] if spec.kind == "file" else spec.text
        parts = template(text, self._site, spec.position, Report())
        return Show("html", parts, name or (spec.text if spec.kind == "file" else None))


def _named(condition: Condition) -> bool:
    """Tell whether a condition names segments."""
    if isinstance(condition, Negation):
        return _named(condition.part)
    if isinstance(condition, (Conjunction, Disjunction)):
        return any(map(_named, condition.parts))
    return isinstance(condition, InSegment)


def _flat(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, Conjunction) else (condition,)


def _needed(block: BlockSpec) -> list[Condition]:
    """The consent that a block needs is a condition of each of its rules; without it, `otherwise` is left."""
    if not block.needs_consent:
        return []
    operand = OneOf(frozenset((block.needs_consent,)))
    return [Fact("needs_consent", operand, block.position, block.needs_consent)]
