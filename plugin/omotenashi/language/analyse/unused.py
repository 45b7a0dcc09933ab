"""What is defined and never used, and what no test asks for."""

from __future__ import annotations

from omotenashi.language.condition import segments_in
from omotenashi.language.report import Report
from omotenashi.language.syntax import BlockSpec, Folder, RuleSpec
from omotenashi.model.text import fold

_NOT_RULES = frozenset(("", "otherwise", "original", "nothing"))


def unused_names(folder: Folder, report: Report) -> None:
    """Report segments and contents that no rule uses. A test alone uses nothing."""
    conditions = [rule.when for block in folder.blocks for rule in block.rules]
    conditions += [segment.when for segment in folder.segments]
    named = {fold(one.name) for condition in conditions for one in segments_in(condition)}
    for segment in folder.segments:
        if fold(segment.name) not in named:
            report.add("W521", segment.position, value=segment.name)
    shown = {fold(show.text) for show in folder.shows() if show.kind == "content"}
    for content in folder.contents:
        if fold(content.name) not in shown:
            report.add("W522", content.position, value=content.name)


def untested_rules(folder: Folder, report: Report) -> None:
    """Report once for each block which of its rules no test expects; a folder without any tests is told so once."""
    blocks = [block for block in folder.blocks if block.rules]
    if not folder.tests:
        if blocks:
            report.add("N641", blocks[0].position)
        return
    expected = {(fold(one.block), fold(one.won)) for test in folder.tests for one in test.expectations}
    for block in blocks:
        untested = [rule for rule in block.rules if not _is_expected(rule, block, expected)]
        if untested:
            names = [rule.name for rule in untested]
            report.add("W523", untested[0].position, rules=names, block=block.name)


def _is_expected(rule: RuleSpec, block: BlockSpec, expected: set[tuple[str, str]]) -> bool:
    names = {fold(rule.name), fold(rule.id), fold(f"{block.name}/{rule.name}")} - _NOT_RULES
    return any((fold(block.name), name) in expected for name in names)
