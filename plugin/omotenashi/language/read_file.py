"""A rule file: its segments, contents, blocks and tests."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from omotenashi.language import read_block, reader
from omotenashi.language.condition import ALWAYS, Condition
from omotenashi.language.misplaced import each_named, holds_otherwise, misplaced_in_file, own_keys
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.read_condition import read_when
from omotenashi.language.read_event import read_event
from omotenashi.language.read_experiment import read_experiment
from omotenashi.language.read_history import MOST_COUNTED
from omotenashi.language.read_test import read_test
from omotenashi.language.read_timing import read_timing
from omotenashi.language.reader import Entries
from omotenashi.language.report import Report
from omotenashi.language.syntax import (
    BlockSpec,
    CaseSpec,
    ContentSpec,
    CooldownSpec,
    ExperimentSpec,
    Folder,
    LimitSpec,
    RuleSpec,
    SegmentSpec,
    ShowSpec,
)
from omotenashi.language.vocabulary import (
    BLOCK_KEYS,
    CONTENT_KEYS,
    EXAMPLES,
    FILE_KEYS,
    LIMIT_KEYS,
    RESERVED_NAMES,
    RULE_KEYS,
    SEGMENT_KEYS,
    SHOW_WORDS,
)
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

_Read = Callable[[TextNode, Node, SiteFacts, Report], reader.T | None]
_CONDITIONAL = ("when", "from", "until", "days", "hours", "limit", "cooldown", "experiment")
"""A rule that has one of these does not match always."""
_RESERVED = frozenset(map(fold, RESERVED_NAMES))


def read_file(root: MapNode, site: SiteFacts, report: Report) -> Folder:
    """Return what one file defines; what is wrong is reported and left out."""
    known = tuple(pair for pair in root.entries if not misplaced_in_file(*pair, report))
    entries = reader.keys(MapNode(known, root.position), FILE_KEYS, "file", report)
    if len(entries) < len(root.entries):
        report.unreadable = True  # what stands under a misspelt key may be meant elsewhere
    return Folder(
        segments=tuple(_each(entries, "segments", site, report, _segment)),
        contents=tuple(_each(entries, "contents", site, report, _content)),
        blocks=tuple(_each(entries, "blocks", site, report, _block)),
        tests=_tests(entries, site, report),
    )


def _each(entries: Entries, key: str, site: SiteFacts, report: Report, read: _Read[reader.T]) -> list[reader.T]:
    if key not in entries:
        return []
    node = reader.mapping(entries[key][1], key, report)
    found = [report.kept(name, read(name, value, site, report)) for name, value in node.entries] if node else []
    return [one for one in found if one is not None]


def _segment(name: TextNode, node: Node, site: SiteFacts, report: Report) -> SegmentSpec | None:
    mapping = reader.mapping(node, name.text, report, form="segment")
    if mapping is None:
        return None
    entries = reader.keys(own_keys(mapping, SEGMENT_KEYS, report), SEGMENT_KEYS, "segment", report)
    if "when" not in entries:
        reader.missing(mapping, entries, name, "when", report)
        return None
    return SegmentSpec(name.text, _label(entries, report), read_when(entries["when"][1], site, report), name.position)


def _content(name: TextNode, node: Node, site: SiteFacts, report: Report) -> ContentSpec | None:
    del site
    if _reserved(name, report):
        return None
    if isinstance(node, TextNode) and not SHOW_WORDS.find(node.text):
        reader.mapping(node, name.text, report, form="content")
        return None
    show = _show(node, name.text, report)
    return ContentSpec(name.text, show, name.position) if show else None


def _block(name: TextNode, node: Node, site: SiteFacts, report: Report) -> BlockSpec | None:
    mapping = reader.mapping(node, name.text, report, form="block")
    if mapping is None:
        return None
    entries = reader.keys(mapping, BLOCK_KEYS, "block", report)
    rules = _rules(name, entries["rules"][1], site, report) if "rules" in entries else []
    if "rules" not in entries and any(isinstance(value, ListNode) for _, value in mapping.entries):
        report.unreadable = True  # rules under a misspelt key may be meant elsewhere
    consent, selector = read_block.needs_consent(entries, report), read_block.selector(entries, report)
    deadline = read_block.wait(entries, "deadline", report)
    if "otherwise" not in entries and not ("rules" in entries and holds_otherwise(entries["rules"][1])):
        reader.missing(mapping, entries, name, "otherwise", report)
    otherwise = _show(entries["otherwise"][1], "otherwise", report) if "otherwise" in entries else None
    if otherwise is None:
        report.broken.update(fold(called) for rule in rules for called in (rule.name, rule.id))
        return None
    return BlockSpec(
        name.text,
        _label(entries, report),
        tuple(rules),
        otherwise,
        name.position,
        needs_consent=consent,
        selector=selector,
        deadline=deadline,
    )


def _rules(block: TextNode, node: Node, site: SiteFacts, report: Report) -> list[RuleSpec]:
    if each_named(node, "rules", report):
        report.broken.add(fold(block.text))
        return []
    items = node.items if isinstance(node, ListNode) else ()
    if items and all(isinstance(item, TextNode) for item in items):
        reader.mapping(items[0], "rules", report, form="rule")
        return []
    found = [_rule(block.text, item, site, report) for item in reader.listing(node, "rules", report)]
    return [rule for rule in found if rule is not None]


def _rule(block: str, node: Node, site: SiteFacts, report: Report) -> RuleSpec | None:
    mapping = reader.mapping(node, "rules", report, form="rule")
    if mapping is None:
        return None
    entries = reader.keys(own_keys(mapping, RULE_KEYS, report), RULE_KEYS, "rule", report)
    name = reader.text(entries["name"][1], "name", report) if "name" in entries else None
    identifier = reader.text(entries["id"][1], "id", report) if "id" in entries else None
    heading = name or identifier
    if heading is None:
        report.unreadable = True  # whatever it is called may be meant elsewhere
        if "name" not in entries and "id" not in entries:
            reader.missing_inside(mapping, entries, "rules", "name", report)
        return None
    if _reserved(heading, report):
        report.unreadable = True
        return None
    rule = _complete_rule(block, heading, identifier, entries, site, report, mapping)
    if identifier:
        report.kept(identifier, rule)
    return report.kept(heading, rule)


def _complete_rule(
    block: str,
    heading: TextNode,
    identifier: TextNode | None,
    entries: Entries,
    site: SiteFacts,
    report: Report,
    mapping: MapNode,
) -> RuleSpec | None:
    when: Condition = read_when(entries["when"][1], site, report) if "when" in entries else ALWAYS
    timing = read_timing(entries, site, ZoneInfo(site.timezone), report)
    limit = _limit(entries["limit"][1], report) if "limit" in entries else None
    goal = read_event(entries["goal"][1], "goal", report) if "goal" in entries else None
    show, experiment = _shown(entries, goal or "", heading, report, mapping)
    cooldown = _cooldown(entries, goal, experiment, mapping, report)
    if show is None and experiment is None:
        return None
    rule_id = identifier.text if identifier else f"{block}/{heading.text}"
    conditional = any(key in entries for key in _CONDITIONAL)
    conditional = conditional or len(entries) < len(mapping.entries)  # a refused key may have been one
    return RuleSpec(
        heading.text, rule_id, conditional, when, timing, limit, cooldown, show, heading.position, experiment
    )


def _shown(
    entries: Entries, goal: str, heading: TextNode, report: Report, mapping: MapNode
) -> tuple[ShowSpec | None, ExperimentSpec | None]:
    """Return what the rule shows, or the experiment that splits it; neither after an error."""
    if "show" in entries and "experiment" in entries:
        first, second = (key for name, (key, _) in entries.items() if name in ("show", "experiment"))
        report.add("E433", second, (first.position, "first"))
        return None, None
    if "experiment" in entries:
        return None, read_experiment(entries["experiment"][1], goal, _show, report)
    if "show" in entries:
        return _show(entries["show"][1], "show", report), None
    reader.missing(mapping, entries, heading, "show", report)
    return None, None


def _limit(node: Node, report: Report) -> LimitSpec | None:
    mapping = reader.mapping(node, "limit", report, EXAMPLES["limit"])
    if mapping is None:
        return None
    entries = reader.keys(mapping, LIMIT_KEYS, "limit", report)
    if not reader.required(mapping, entries, ("times", "per"), "limit", report):
        return None
    times = reader.count_of(entries["times"][1], "times", report, MOST_COUNTED)
    per = reader.span_of(entries["per"][1], "per", report)
    if times == 0:
        report.add("E309", entries["times"][1], what="times", write="1")
    return LimitSpec(times, per) if times and per else None


def _cooldown(
    entries: Entries, goal: str | None, experiment: ExperimentSpec | None, mapping: MapNode, report: Report
) -> CooldownSpec | None:
    """The goal is the rule's, else its experiment's."""
    if "cooldown" not in entries:
        if goal and "experiment" not in entries:
            report.add("N603", entries["goal"][0])
        return None
    key, node = entries["cooldown"]
    span = reader.span_of(node, "cooldown", report)
    goal = goal or (experiment.goal if experiment else None)
    may_have_goal = "goal" in entries or ("experiment" in entries and experiment is None)
    if not goal and not may_have_goal and len(entries) == len(mapping.entries):
        report.add("E221", key)
    return CooldownSpec(goal, span, f"{getattr(node, 'text', '')} ({goal})") if goal and span else None


def _show(node: Node, what: str, report: Report) -> ShowSpec | None:
    if not isinstance(node, MapNode):
        found = reader.text(node, what, report)
        if found is None:
            return None
        word = SHOW_WORDS.find(found.text)
        return ShowSpec(word.name if word else "content", found.text, found.position)
    entries = reader.keys(node, CONTENT_KEYS, what, report)
    waiting = entries.pop("timeout", None)
    if len(entries) > 1:
        second = list(entries.values())[1][0]
        report.add("E311", second, names=list(entries))
        return None
    if waiting and "url" not in entries:
        if len(entries) + 1 == len(node.entries):  # else the key that was refused may have been meant for it
            report.add("E470", waiting[0])
        return None
    if not entries:
        if not node.entries:
            report.add("E204", node, what=what)
        return None
    kind, (_, value) = next(iter(entries.items()))
    if kind == "url":
        timeout = read_block.wait({"timeout": waiting} if waiting else {}, "timeout", report)
        link = read_block.link(value, report)
        return ShowSpec(kind, link, value.position, timeout) if link else None
    found = reader.text(value, kind, report)
    return ShowSpec(kind, found.text, found.position) if found else None


def _label(entries: Entries, report: Report) -> str:
    found = reader.text(entries["label"][1], "label", report) if "label" in entries else None
    return found.text if found else ""


def _reserved(name: TextNode, report: Report) -> bool:
    if fold(name.text) in _RESERVED:
        report.add("E208", name, value=name.text, write=f"{name.text}_2")
        return True
    return False


def _tests(entries: Entries, site: SiteFacts, report: Report) -> tuple[CaseSpec, ...]:
    if "tests" not in entries:
        return ()
    node = entries["tests"][1]
    if each_named(node, "tests", report):
        return ()
    found = [read_test(item, site, report) for item in reader.listing(node, "tests", report)]
    return tuple(test for test in found if test)
