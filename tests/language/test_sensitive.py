"""Sensitive attributes decide only in the blocks that may ask, and segments that ask are not told."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from omotenashi.engine.choose import Engine
from omotenashi.language.check import Whole, check
from omotenashi.language.compile import compile_folder
from omotenashi.language.parse import parse
from omotenashi.language.read_file import read_file
from omotenashi.language.report import Report
from omotenashi.language.syntax import Folder
from omotenashi.model.site_facts import Attribute, SiteFacts
from omotenashi.model.visitor import Member, Visitor

RULES = """
segments:
  expecting: {when: {member.Pregnant: yes}}
  expecting_or_gold: {when: {any: [{segment: Expecting}, {member.rank: gold}]}}
  gold: {when: {member.rank: gold}}
blocks:
  Baby:
    rules:
      - {name: direct, when: {member.pregnant: yes}, show: nothing}
      - {name: through a segment, when: {not: {segment: expecting_or_gold}}, show: nothing}
    otherwise: original
"""


def site(*, allowed_in: frozenset[str]) -> SiteFacts:
    pregnant = Attribute("pregnant", "yes_no", sensitive=True, allowed_in=allowed_in)
    return SiteFacts(attributes={"pregnant": pregnant, "rank": Attribute("rank", "text")})


def read(rules: str, facts: SiteFacts) -> tuple[Folder, list[tuple[str, int, int]]]:
    report = Report()
    tree = parse("rules.yaml", rules, report)
    assert tree is not None
    folder = read_file(tree, facts, report)
    check(Whole(folder, facts, {}, frozenset()), report)
    errors = [one for one in report.sorted() if one.level == "error"]
    return folder, [(one.code, one.position.line, one.position.column) for one in errors]


def test_a_block_that_is_not_named_may_not_ask_directly_or_through_segments() -> None:
    _, errors = read(RULES, site(allowed_in=frozenset({"greeting"})))
    assert errors == [("E423", 9, 48), ("E423", 10, 57)]


def test_a_block_that_is_named_may_ask() -> None:
    _, errors = read(RULES, site(allowed_in=frozenset({"baby"})))
    assert errors == []


def test_a_segment_that_no_block_uses_may_ask() -> None:
    rules = "segments:\n  expecting: {when: {member.pregnant: yes}}\n"
    assert read(rules, site(allowed_in=frozenset()))[1] == []


def test_who_is_in_a_segment_that_asks_is_not_told() -> None:
    facts = site(allowed_in=frozenset({"baby"}))
    program = compile_folder(read(RULES, facts)[0], facts, {})
    assert program.private_segments == {"expecting", "expecting_or_gold"}
    engine = Engine(program, ZoneInfo("Asia/Tokyo"))
    visitor = Visitor(member=Member("m", {"pregnant": True, "rank": "gold"}))
    assert engine.segments(engine.occasion(visitor, 0)) == ["gold"]


TOPICS = """
segments:
  looked: {{when: {{not: {{viewed: {{tag: [running, Ｐregnancy]}}}}}}}}
blocks:
  baby:
    rules:
      - {{name: a, when: {{bought: {{category: 妊娠, within: 1 year}}}}, show: nothing}}
      - {{name: b, when: {{viewed: {{{other}}}}}, show: nothing}}
    otherwise: original
"""


@pytest.mark.parametrize("other", ["item: 妊娠", "page: /妊娠", "tag: running", "category: 妊娠線"])
def test_what_is_never_remembered_cannot_be_a_condition(other: str) -> None:
    facts = SiteFacts(sensitive_topics=frozenset({"妊娠", "pregnancy"}))
    assert read(TOPICS.format(other=other), facts)[1] == [("E424", 3, 49), ("E424", 7, 45)]


def test_the_present_pages_topic_may_be_sensitive() -> None:
    rules = "segments:\n  reads: {when: {page_tag: 妊娠}}\n"
    assert read(rules, SiteFacts(sensitive_topics=frozenset({"妊娠"})))[1] == []
