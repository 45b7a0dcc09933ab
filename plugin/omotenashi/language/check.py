"""What can be checked only when the whole folder is known: a list of named checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.language.aliases import key_meant, value_meant
from omotenashi.language.analyse import contradictions
from omotenashi.language.check_experiments import variant_meant, variants_exist
from omotenashi.language.condition import (
    Condition,
    Conjunction,
    Disjunction,
    Estimated,
    InSegment,
    Negation,
    Shown,
    facts,
    segments_in,
    words_of,
)
from omotenashi.language.in_place import names_of
from omotenashi.language.meant_forms import content_meant, file_meant
from omotenashi.language.meant_values import other_value
from omotenashi.language.placeholders import template
from omotenashi.language.read_member import attribute_of
from omotenashi.language.report import Report
from omotenashi.language.rule_names import RuleNames
from omotenashi.language.settled import changed_conditions, changed_shows, of_same_names, of_same_segments
from omotenashi.language.syntax import (
    BlockSpec,
    Expectation,
    Folder,
    RuleSpec,
    SegmentSpec,
    StatedVisitor,
)
from omotenashi.language.vocabulary import OTHERWISE, SHOW_WORDS
from omotenashi.model.errors import Position
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

LARGEST_SEGMENT = 2000
"""Conditions, with all inner segments in place."""
DEEPEST_SEGMENTS = 20


class Whole(Struct, frozen=True):
    """What the checks read."""

    folder: Folder
    site: SiteFacts
    fragments: Mapping[str, str]
    """The texts of the files under contents/ that exist, by the path as written."""
    escaping: AbstractSet[str]
    """Paths that lead out of contents/."""
    files: Sequence[str] = ()
    """All files under contents/, where one that is named is not there."""
    can_cut_words: bool = True
    """The extra that cuts Japanese into morphemes is installed."""
    settled: Folder | None = None
    """What was found free of errors before, of the same site."""
    texts: Mapping[str, str] = {}
    """Of rule files and tables, by name: mistakes within what they show are pointed at."""


def check(whole: Whole, report: Report) -> None:
    """Run all checks. Names that an unreadable file may define are not called unknown."""
    for one in CHECKS:
        one(whole, report)


def defined_once(whole: Whole, report: Report) -> None:
    """Blocks, segments and contents are defined once in the folder, rules once in their block, ids once in all."""
    folder = whole.folder
    if of_same_names(folder, _same_beside_blocks(whole)) and not _has_experiments(folder):
        return
    for kind in (folder.blocks, folder.segments, folder.contents):
        _unique(((one.name, one.position) for one in kind), report)
    for block in folder.blocks:
        _unique(((rule.name, rule.position) for rule in block.rules), report)
    _unique(((rule.id, rule.position) for rule in _rules(folder)), report)
    experiments = [rule.experiment for rule in _rules(folder) if rule.experiment]
    _unique(((one.id, one.position) for one in experiments), report, "E431")


def segments_exist(whole: Whole, report: Report) -> None:
    """Every segment that is used is defined."""
    known = {fold(segment.name): segment.name for segment in whole.folder.segments}
    for reference in _references(changed_conditions(whole.folder, of_same_segments(whole.folder, whole.settled))):
        if fold(reference.name) not in known and not report.may_exist(reference.name):
            written = other_value(reference.name, "segment", lambda name: fold(name) in known)
            meant = report.near(reference.name, known.values())
            report.add("E401", reference.position, value=reference.name, write=written, did_you_mean=meant)


def segments_end(whole: Whole, report: Report) -> None:
    """No segment is part of its own condition, and none grows beyond bounds once all are put in place."""
    segments = {fold(segment.name): segment for segment in whole.folder.segments}
    sizes: dict[str, int] = {}
    for name, segment in segments.items():
        circle = _measure(name, segments, sizes, ())
        if circle:
            names = " → ".join(segments[one].name for one in (*circle, circle[0]))
            report.add("E406", segments[circle[0]].position, value=names)
        elif sizes.get(name, 0) > LARGEST_SEGMENT:
            report.add("E411", segment.position, value=segment.name, limit=LARGEST_SEGMENT)
            return


def contents_exist(whole: Whole, report: Report) -> None:
    """Every content and file that is shown is there."""
    names = {fold(content.name): content.name for content in whole.folder.contents}
    for show in whole.folder.shows():
        if show.kind == "content" and fold(show.text) not in names and not report.may_exist(show.text):
            written = content_meant(show.text) or value_meant(show.text, "show")
            meant = report.near(show.text, [*names.values(), *SHOW_WORDS.names()])
            report.add("E402", show.position, value=show.text, write=written, did_you_mean=meant)
        elif show.kind == "file" and show.text not in whole.fragments:
            meant = file_meant(show.text, whole.files)
            leads_out = show.text in whole.escaping and not ("\\" in show.text and meant in whole.files)
            report.add("E410" if leads_out else "E403", show.position, value=show.text, write=meant)


def placeholders_stand(whole: Whole, report: Report) -> None:
    """Placeholders name a fact, have a default and stand where text can stand."""
    for show in changed_shows(whole.folder, whole.settled):
        if show.kind == "html":
            template(show.text, whole.site, show.position, report, whole.texts.get(show.position.file, ""))
    for path in sorted({show.text for show in whole.folder.shows() if show.text in whole.fragments}):
        text = whole.fragments[path]
        template(text, whole.site, Position(f"contents/{path}", 1, 1, 2), report, text)


def last_without_condition(whole: Whole, report: Report) -> None:
    """A rule that always matches stands last in its block."""
    for block in whole.folder.blocks:
        for rule in block.rules[:-1]:
            if not rule.conditional:
                report.add("E207", rule.position)


def expectations_exist(whole: Whole, report: Report) -> None:
    """Tests expect blocks and rules that are there."""
    blocks: dict[str, BlockSpec] = {}
    for block in whole.folder.blocks:  # one that stands twice is reported; its rules are there
        first = blocks.setdefault(fold(block.name), block)
        if first is not block:
            blocks[fold(block.name)] = replace(first, rules=(*first.rules, *block.rules))
    for test in whole.folder.tests:
        for expected in test.expectations:
            named = blocks.get(fold(expected.block))
            if report.may_exist(expected.block):
                continue
            if named is None:
                meant = report.near(expected.block, [one.name for one in blocks.values()])
                report.add("E408", expected.block_position, value=expected.block, did_you_mean=meant)
            else:
                _rule_exists(expected, named, report)


def shown_rules_exist(whole: Whole, report: Report) -> None:
    """Conditions and tests ask whether rules and blocks were shown that are there, each by a name of its own."""
    conditions = changed_conditions(whole.folder, of_same_names(whole.folder, whole.settled))
    asked = [one.operand for when in conditions for one in facts(when) if isinstance(one.operand, Shown)]
    if not asked and not any(test.visitor.history.showings for test in whole.folder.tests):
        return
    names = names_of(whole.folder.blocks)
    for shown in asked:
        for name, position in zip(shown.names, shown.positions, strict=True):
            _one_rule(shown.kind, name, position, names, report)
    for test in whole.folder.tests:
        stated_showings_exist(test.visitor, names, report)


def stated_showings_exist(visitor: StatedVisitor, names: RuleNames, report: Report) -> None:
    """What a stated visitor was shown is there."""
    for _, showing in visitor.history.showings:
        _one_rule(showing.kind, showing.name, showing.position, names, report)


def sensitive_only_where_allowed(whole: Whole, report: Report) -> None:
    """A sensitive attribute decides only in blocks for which site.yaml allows it, through segments too."""
    if not any(attribute.sensitive for attribute in whole.site.attributes.values()):
        return
    asked = _sensitive_in_segments(whole)
    for block in whole.folder.blocks:
        for rule in block.rules:
            found = _sensitive_in(rule.when, whole.site)
            found += [(name, one.position) for one in segments_in(rule.when) for name in sorted(asked[fold(one.name)])]
            for name, position in found:
                if fold(block.name) not in whole.site.attributes[name].allowed_in:
                    report.add("E423", position, value=whole.site.attributes[name].name, block=block.name)


def allowed_blocks_exist(whole: Whole, report: Report) -> None:
    """The blocks that site.yaml allows a sensitive attribute in are there."""
    known = {fold(block.name): block.name for block in whole.folder.blocks}
    for named in report.blocks_named:
        if fold(named.text) not in known and not report.may_exist(named.text):
            report.add("E408", named, value=named.text, did_you_mean=report.near(named.text, known.values()))


def experiments_fit(whole: Whole, report: Report) -> None:
    """Tests name experiments and variants that are there, and the bucket of a variant that they expect."""
    variants_exist(whole.folder, report)


def estimates_have_searches(whole: Whole, report: Report) -> None:
    """Who estimates the words of a search has a file of searches by landing page. It lacks once, for all conditions."""
    if whole.site.landings is not None or report.may_exist("search_console"):
        return
    conditions = changed_conditions(whole.folder, whole.settled)
    asked = (fact for condition in conditions for fact in facts(condition))
    first = next((fact for fact in asked if isinstance(fact.operand, Estimated)), None)
    if first is not None:
        report.add("E326", first.position)


def words_can_be_cut(whole: Whole, report: Report) -> None:
    """What `keyword_matching: morphemes` needs is installed, if any condition matches by word: never another page."""
    if whole.site.keyword_matching != "morphemes" or whole.can_cut_words or report.matching_said is None:
        return
    for condition in _conditions(whole.folder):
        for fact in facts(condition):
            if any(word.mode == "word" for word in words_of(fact.operand)):
                report.add("E481", report.matching_said, (fact.position, "by_word"))
                return


def nothing_contradicts_itself(whole: Whole, report: Report) -> None:
    """No rule asks for what can never be. A folder with other errors is left alone: what was meant is not known."""
    if not report.failed and not report.unreadable:
        contradictions(whole.folder, whole.site, report, whole.settled)


CHECKS: tuple[Callable[[Whole, Report], None], ...] = (
    defined_once,
    segments_exist,
    segments_end,
    contents_exist,
    placeholders_stand,
    last_without_condition,
    expectations_exist,
    shown_rules_exist,
    experiments_fit,
    sensitive_only_where_allowed,
    allowed_blocks_exist,
    estimates_have_searches,
    words_can_be_cut,
    nothing_contradicts_itself,
)


def _unique(names: Iterator[tuple[str, Position]], report: Report, code: str = "E409") -> None:
    seen: dict[str, Position] = {}
    for name, position in names:
        first = seen.setdefault(fold(name), position)
        if first is not position:
            report.add(code, position, (first, "first"), value=name, write=f"{name} 2")


def _rules(folder: Folder) -> Iterator[RuleSpec]:
    return (rule for block in folder.blocks for rule in block.rules)


def _conditions(folder: Folder) -> Iterator[Condition]:
    yield from (segment.when for segment in folder.segments)
    yield from (rule.when for rule in _rules(folder))


def _references(conditions: Iterator[Condition]) -> Iterator[InSegment]:
    for condition in conditions:
        yield from segments_in(condition)


def _same_beside_blocks(whole: Whole) -> Folder | None:
    same = of_same_segments(whole.folder, whole.settled)
    return same if same is not None and same.contents == whole.folder.contents else None


def _has_experiments(folder: Folder) -> bool:
    return any(rule.experiment for rule in _rules(folder))


def _measure(
    name: str, segments: Mapping[str, SegmentSpec], sizes: dict[str, int], path: tuple[str, ...]
) -> tuple[str, ...]:
    """Work out how many conditions a segment holds with all segments in place; return a circle if it is part of one."""
    if name in path:
        return path[path.index(name) :]
    if name in sizes or name not in segments:
        return ()
    if len(path) >= DEEPEST_SEGMENTS:
        sizes[name] = LARGEST_SEGMENT + 1
        return ()
    inner = [fold(one.name) for one in segments_in(segments[name].when)]
    for one in inner:
        circle = _measure(one, segments, sizes, (*path, name))
        if circle:
            sizes[name] = 0
            return circle
    sizes[name] = _facts_in(segments[name].when) + sum(sizes.get(one, 0) for one in inner)
    return ()


def _facts_in(condition: Condition) -> int:
    if isinstance(condition, (Conjunction, Disjunction)):
        return 1 + sum(map(_facts_in, condition.parts))
    return 1 + _facts_in(condition.part) if isinstance(condition, Negation) else 1


def _rule_exists(expected: Expectation, block: BlockSpec, report: Report) -> None:
    if expected.won in ("", "otherwise", "original", "nothing"):
        return
    names = {fold(name) for rule in block.rules for name in (rule.name, rule.id, f"{block.name}/{rule.name}")}
    if fold(expected.won) not in names and not report.may_exist(expected.won):
        word = key_meant(expected.won, OTHERWISE)
        written = word.name if word else value_meant(expected.won, "show")
        meant = variant_meant(expected.won, block) or report.near(expected.won, [rule.name for rule in block.rules])
        report.add("E407", expected.position, value=expected.won, block=block.name, write=written, did_you_mean=meant)


def _one_rule(kind: str, name: str, position: Position, names: RuleNames, report: Report) -> None:
    found = names.ids(kind, name)
    if not found and not any(map(report.may_exist, (name, *name.split("/")))):
        meant = report.near(name, names.written[kind])
        report.add("E421" if kind == "rule" else "E408", position, value=name, did_you_mean=meant)
    elif kind == "rule" and len(found) > 1:
        report.add("E422", position, value=name, names=found)


def _sensitive_in(condition: Condition, site: SiteFacts) -> list[tuple[str, Position]]:
    """The sensitive attributes that a condition itself asks for, and where."""
    asked = [(attribute_of(fact, site), fact.position) for fact in facts(condition)]
    return [(fold(attribute.name), position) for attribute, position in asked if attribute and attribute.sensitive]


def _sensitive_in_segments(whole: Whole) -> defaultdict[str, set[str]]:
    """For each folded name of a segment the sensitive attributes that it asks for, with all inner segments."""
    segments = {fold(segment.name): segment.when for segment in whole.folder.segments}
    inner = {name: {fold(one.name) for one in segments_in(when)} for name, when in segments.items()}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, when in segments.items():
        for attribute, _ in _sensitive_in(when, whole.site):
            for user in _users(name, inner):
                found[user].add(attribute)
    return found


def _users(name: str, inner: Mapping[str, AbstractSet[str]]) -> AbstractSet[str]:
    """A segment and all that use it, directly or through others."""
    users = {name}
    while more := {user for user, used in inner.items() if used & users} - users:
        users |= more
    return users
