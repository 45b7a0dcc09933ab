"""What was changed between two versions of a rules folder: rules added, gone, renamed, moved, written otherwise."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.language.condition import Condition, Conjunction, Fact, InSegment, Negation, Shown
from omotenashi.language.syntax import BlockSpec, ContentSpec, Folder, RuleSpec, SegmentSpec, ShowSpec
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

Bare: TypeAlias = "tuple[object, ...]"
"""A condition without the places where it is written, for comparisons."""


class Version(Struct, frozen=True):
    """One version of a folder."""

    folder: Folder
    facts: SiteFacts
    texts: Mapping[str, str]
    """Each file's text by its name; contents begin with contents/."""


class Change(Struct, frozen=True):
    """One thing that was changed. What is added has no before, what is gone no after."""

    kind: str
    """added, gone, renamed, id, moved, condition, show, limit, settings, otherwise, changed."""
    what: str
    """rule, block, segment, content, file or site."""
    name: str
    """As it is called now, or was before it went."""
    block: str = ""
    before: RuleSpec | ShowSpec | BlockSpec | None = None
    after: RuleSpec | ShowSpec | BlockSpec | None = None
    places: tuple[int, int] = (0, 0)
    """Of what was moved: its place among the rules before and now, from 1."""
    keys: tuple[str, ...] = ()
    """Of site.yaml: the keys whose values are others now."""


Pairs: TypeAlias = "Mapping[str, str]"
"""The ids of rules: before, and now."""


def changes(old: Version, new: Version) -> tuple[Change, ...]:
    """Return all changes: block by block, then segments, contents and files, then site.yaml."""
    return (
        *_block_changes(old.folder, new.folder),
        *_named("segment", old.folder.segments, new.folder.segments, lambda one: bare(one.when)),
        *_named("content", old.folder.contents, new.folder.contents, lambda one: _shown(one.show)),
        *_file_changes(old.texts, new.texts),
        *([Change("changed", "site", "site.yaml", keys=keys)] if (keys := _site_keys(old.facts, new.facts)) else ()),
    )


def _site_keys(old: SiteFacts, new: SiteFacts) -> tuple[str, ...]:
    differing = (name for name in SiteFacts.__struct_fields__ if getattr(old, name) != getattr(new, name))
    return tuple(dict.fromkeys(_WITHIN.get(name, name) for name in differing))


_WITHIN = {
    "stated_language": "language",
    "place_names": "places",
    "holiday_countries": "holidays",
    "listed_holidays": "holidays",
    "search_parameters": "site_search",
    "accept_weak_region": "weak_region",
    "cookie_domain": "cookie",
    "landings": "search_console",
    "landings_file": "search_console",
}
"""Facts that follow from a key of another name."""


def same_rules(old: Folder, new: Folder) -> dict[str, str]:
    """Return which rule of the old folder is which of the new one, by their ids."""
    return {
        before.id: after.id
        for one, other in _both(old.blocks, new.blocks)
        for before, after in pairs(one.rules, other.rules)
    }


def pairs(old: Sequence[RuleSpec], new: Sequence[RuleSpec]) -> list[tuple[RuleSpec, RuleSpec]]:
    """Return the rules of a block that are the same: of one id, else of one name, else alike in all but the name."""
    found: list[tuple[RuleSpec, RuleSpec]] = []
    for key in (_id, _name, _meaning):
        kept, stayed = {id(one) for one, _ in found}, {id(one) for _, one in found}
        free: dict[object, deque[RuleSpec]] = {}
        for rule in new:
            if id(rule) not in stayed:
                free.setdefault(key(rule), deque()).append(rule)
        left = [(rule, free.get(key(rule))) for rule in old if id(rule) not in kept]
        found += [(rule, same.popleft()) for rule, same in left if same]
    return found


def bare(condition: Condition) -> Bare:
    """Return a condition without places; the order of its parts does not matter."""
    if isinstance(condition, Fact):
        operand = condition.operand
        return (condition.field, replace(operand, positions=()) if isinstance(operand, Shown) else operand)
    if isinstance(condition, InSegment):
        return ("segment", fold(condition.name))
    if isinstance(condition, Negation):
        return ("not", bare(condition.part))
    kind = "all" if isinstance(condition, Conjunction) else "any"
    return (kind, frozenset(map(bare, condition.parts)))


# Blocks and rules


def _block_changes(old: Folder, new: Folder) -> Iterator[Change]:
    there, before = ({fold(block.name) for block in folder.blocks} for folder in (new, old))
    for block in old.blocks:
        if fold(block.name) not in there:
            yield Change("gone", "block", block.name)
    for block in new.blocks:
        if fold(block.name) not in before:
            yield Change("added", "block", block.name)
    for one, other in _both(old.blocks, new.blocks):
        yield from _changes_within(one, other)


def _changes_within(old: BlockSpec, new: BlockSpec) -> Iterator[Change]:
    same = pairs(old.rules, new.rules)
    kept, stayed = {id(one) for one, _ in same}, {id(one) for _, one in same}
    yield from (Change("gone", "rule", one.name, new.name, before=one) for one in old.rules if id(one) not in kept)
    yield from (Change("added", "rule", one.name, new.name, after=one) for one in new.rules if id(one) not in stayed)
    for before, after in same:
        yield from _rule_changes(before, after, new.name)
    yield from _moves(old, new, same)
    if _shown(old.otherwise) != _shown(new.otherwise):
        yield Change("otherwise", "block", new.name, new.name, old.otherwise, new.otherwise)
    if _settings(old) != _settings(new):
        yield Change("settings", "block", new.name, new.name, old, new)


def _rule_changes(before: RuleSpec, after: RuleSpec, block: str) -> Iterator[Change]:
    for kind, changed in (
        ("renamed", before.name != after.name),
        ("id", before.name == after.name and _id(before) != _id(after)),
        ("condition", _asked(before) != _asked(after)),
        ("show", _shows(before) != _shows(after)),
        ("limit", _restraint(before) != _restraint(after)),
    ):
        if changed:
            yield Change(kind, "rule", after.name, block, before, after)


def _moves(old: BlockSpec, new: BlockSpec, same: list[tuple[RuleSpec, RuleSpec]]) -> Iterator[Change]:
    """The fewest rules whose moving explains the new order."""
    places = {id(rule): place for rules in (old.rules, new.rules) for place, rule in enumerate(rules)}
    ordered = sorted(same, key=lambda pair: places[id(pair[0])])
    stayed = _longest_rising([places[id(after)] for _, after in ordered])
    for before, after in ordered:
        if places[id(after)] not in stayed:
            place = (places[id(before)] + 1, places[id(after)] + 1)
            yield Change("moved", "rule", after.name, new.name, before, after, place)


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """Return a longest subsequence that rises (by patience sorting, with links back)."""
    tops: list[int] = []
    below: dict[int, int | None] = {}
    for number in numbers:
        pile = bisect_left(tops, number)
        below[number] = tops[pile - 1] if pile else None
        tops[pile : pile + 1] = [number]
    found: set[int] = set()
    last = tops[-1] if tops else None
    while last is not None:
        found.add(last)
        last = below[last]
    return found


def _id(rule: RuleSpec) -> object:
    return fold(rule.id)


def _name(rule: RuleSpec) -> object:
    return fold(rule.name)


def _meaning(rule: RuleSpec) -> object:
    return (_asked(rule), _shows(rule), _restraint(rule))


def _asked(rule: RuleSpec) -> object:
    return (bare(Conjunction((rule.when,))), frozenset(map(bare, rule.timing)))


def _shows(rule: RuleSpec) -> object:
    shows = tuple(map(_shown, rule.shows))
    if rule.experiment is None:
        return shows
    return (rule.experiment.id, tuple((one.name, one.share) for one in rule.experiment.variants), shows)


def _shown(show: ShowSpec) -> Bare:
    return (show.kind, "" if show.kind in ("original", "nothing") else show.text, show.timeout)


def _restraint(rule: RuleSpec) -> object:
    rest = rule.cooldown and (rule.cooldown.goal, rule.cooldown.span)
    return (rule.limit, rest, rule.experiment and rule.experiment.goal)


def _settings(block: BlockSpec) -> object:
    return (block.label, block.needs_consent, block.selector, block.deadline)


# What has a name


_Named = TypeVar("_Named", BlockSpec, SegmentSpec, ContentSpec)


def _both(old: Iterable[_Named], new: Iterable[_Named]) -> Iterator[tuple[_Named, _Named]]:
    there = {fold(one.name): one for one in new}
    return ((one, there[fold(one.name)]) for one in old if fold(one.name) in there)


def _named(
    what: str, old: Sequence[_Named], new: Sequence[_Named], meaning: Callable[[_Named], object]
) -> Iterator[Change]:
    there, before = ({fold(one.name) for one in those} for those in (new, old))
    yield from (Change("gone", what, one.name) for one in old if fold(one.name) not in there)
    yield from (Change("added", what, one.name) for one in new if fold(one.name) not in before)
    for one, other in _both(old, new):
        if meaning(one) != meaning(other):
            yield Change("changed", what, other.name)


def _file_changes(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    files = sorted(name for name in {*old, *new} if name.startswith("contents/"))
    for name in files:
        if old.get(name) != new.get(name):
            yield Change("added" if name not in old else "gone" if name not in new else "changed", "file", name)
