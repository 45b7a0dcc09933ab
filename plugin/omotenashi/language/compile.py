"""A checked folder to a program: names resolved, segments put in place, contents cut into templates."""

from __future__ import annotations

from collections.abc import Mapping

from omotenashi.language.condition import Condition, Conjunction, Disjunction, Fact, InSegment, LimitLeft, Negation
from omotenashi.language.placeholders import template
from omotenashi.language.program import Block, Program, Rule, Show
from omotenashi.language.report import Report
from omotenashi.language.syntax import BlockSpec, ContentSpec, Folder, RuleSpec, SegmentSpec, ShowSpec
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold


def compile_folder(folder: Folder, site: SiteFacts, fragments: Mapping[str, str]) -> Program:
    """Return the program of a folder that was checked without errors."""
    compiler = _Compiler(folder, site, fragments)
    return Program(
        blocks={block.name: compiler.block(block) for block in folder.blocks},
        segments={segment.name: compiler.condition(segment.when) for segment in folder.segments},
        synonyms={fold(word): group for group in site.synonyms for word in group},
        timezone=site.timezone,
    )


class _Compiler:
    def __init__(self, folder: Folder, site: SiteFacts, fragments: Mapping[str, str]) -> None:
        self._site = site
        self._fragments = fragments
        self._segments: dict[str, SegmentSpec] = {fold(one.name): one for one in folder.segments}
        self._contents: dict[str, ContentSpec] = {fold(one.name): one for one in folder.contents}
        self._in_place: dict[str, Condition] = {}

    def block(self, spec: BlockSpec) -> Block:
        rules = tuple(self._rule(spec.name, rule) for rule in spec.rules)
        return Block(spec.name, spec.label, rules, self._show(spec.otherwise))

    def condition(self, condition: Condition) -> Condition:
        """Put segments in place."""
        if isinstance(condition, InSegment):
            name = fold(condition.name)
            if name not in self._in_place:
                self._in_place[name] = self.condition(self._segments[name].when)
            return self._in_place[name]
        if isinstance(condition, Conjunction):
            return Conjunction(tuple(map(self.condition, condition.parts)))
        if isinstance(condition, Disjunction):
            return Disjunction(tuple(map(self.condition, condition.parts)))
        if isinstance(condition, Negation):
            return Negation(self.condition(condition.part))
        return condition

    def _rule(self, block: str, spec: RuleSpec) -> Rule:
        parts = [*_flat(self.condition(spec.when)), *spec.timing]
        if spec.limit:
            operand = LimitLeft(spec.id, spec.limit.times, spec.limit.per)
            parts.append(Fact("limit", operand, spec.position, str(spec.limit.times)))
        return Rule(
            block, spec.name, spec.id, Conjunction(tuple(parts)), spec.limit, self._show(spec.show), spec.position
        )

    def _show(self, spec: ShowSpec, name: str | None = None) -> Show:
        if spec.kind == "content":
            content = self._contents[fold(spec.text)]
            return self._show(content.show, content.name)
        if spec.kind in ("original", "nothing"):
            return Show(spec.kind, content=name)
        text = self._fragments[spec.text] if spec.kind == "file" else spec.text
        parts = template(text, self._site, spec.position, Report())
        return Show("html", parts, name or (spec.text if spec.kind == "file" else None))


def _flat(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, Conjunction) else (condition,)
