"""A visitor for whom a rule is likely to match, as a test states one. Whether it does is for the engine to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import combinations
from typing import Any, TypeAlias

from msgspec.structs import replace

from omotenashi.language import condition as c
from omotenashi.language.begin.words import as_yaml
from omotenashi.language.condition import Condition, Conjunction, Disjunction, Fact, InSegment, Negation
from omotenashi.language.prefectures import prefecture_name
from omotenashi.language.read_member import attribute_of
from omotenashi.language.syntax import BlockSpec, Folder, RuleSpec, SegmentSpec
from omotenashi.language.vocabulary import FIELDS
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

_Facts: TypeAlias = "dict[str, list[str]]"
_STORED = frozenset(field.name for field in FIELDS if field.stored)
_BOTH = ("personalization", "measurement")
_MOST_CHOICES = 4
_MOST_EXTRAS = 24
_LISTS = frozenset(("page_tag", "consent", "viewed", "bought", "did", "shown"))


def witnesses(rule: RuleSpec, block: BlockSpec, folder: Folder, site: SiteFacts, today: date) -> Iterator[str]:
    """Return visitors as they stand after `visitor:`, such as {keyword: マラソン}, the likeliest first.

    After what the rule itself asks for come one and two facts more, which may keep the rules above from matching.
    """
    bases = _bases(rule, block, folder, site, today)
    extras = _extras(rule, block, _Maker(folder, site, today))
    for count in (0, 1, 2):
        for base in bases:
            for more in combinations(extras, count):
                if (merged := _merged(base, more)) is not None:
                    yield "{" + ", ".join(f"{name}: {_value(name, values)}" for name, values in merged.items()) + "}"


def _bases(rule: RuleSpec, block: BlockSpec, folder: Folder, site: SiteFacts, today: date) -> list[_Facts]:
    """What the rule asks for, once for each part of its any; the same with full consent; and nothing at all."""
    found: list[_Facts] = []
    for choice in range(_most_parts(rule.when, folder)):
        maker = _Maker(folder, site, today, choice)
        maker.meet(rule.when)
        if rule.limit or rule.cooldown or rule.experiment or _STORED & maker.facts.keys():
            maker.consent()
        if block.needs_consent:
            maker.consent(block.needs_consent)
        found.append(maker.facts)
    asked = [fact for one in block.rules for fact in c.facts(one.when)]
    if block.needs_consent or any(fact.field == "consent" or fact.field in _STORED for fact in asked):
        found += [{**facts, "consent": list(_BOTH)} for facts in found]
    return [*found, {}]


def _most_parts(condition: Condition, folder: Folder) -> int:
    """How many parts the largest any has, segments' included."""
    conditions = [condition, *(one.when for one in folder.segments)]
    most = 1
    while conditions:
        one = conditions.pop()
        if isinstance(one, Negation):
            conditions.append(one.part)
        elif isinstance(one, (Conjunction, Disjunction)):
            most = max(most, len(one.parts))
            conditions += one.parts
    return min(most, _MOST_CHOICES)


def _extras(rule: RuleSpec, block: BlockSpec, maker: _Maker) -> list[tuple[str, str]]:
    """What the rules above ask for, one by one: known, it may be known not to be what they want."""
    above = block.rules[: next(number for number, one in enumerate(block.rules) if one.id == rule.id)]
    for one in above:
        for fact in maker.asked(one.when):
            maker.settle(fact)
        if one.limit:
            maker.facts.setdefault("shown", []).append(f"{{rule: {as_yaml(one.id)}, times: {one.limit.times}}}")
    extras = {(name, value): None for name, values in maker.facts.items() for value in values}
    return list(extras)[:_MOST_EXTRAS]


def _merged(base: _Facts, more: tuple[tuple[str, str], ...]) -> _Facts | None:
    """Both together; None where they speak of one fact that has one value."""
    merged = {name: list(values) for name, values in base.items()}
    for name, value in more:
        if name in merged and name not in _LISTS:
            return None
        merged.setdefault(name, []).append(value)
    if more and _STORED & {name for name, _ in more}:
        merged.setdefault("consent", ["personalization"])
    return merged


def _value(name: str, values: list[str]) -> str:
    listed = name in _LISTS or (name.startswith("member.") and len(values) > 1)
    return f"[{', '.join(dict.fromkeys(values))}]" if listed else values[-1]


class _Maker:
    """Collects facts, condition by condition."""

    def __init__(self, folder: Folder, site: SiteFacts, today: date, choice: int = 0) -> None:
        self.facts: _Facts = {}
        self._segments: Mapping[str, SegmentSpec] = {fold(one.name): one for one in folder.segments}
        self._site = site
        self._today = today
        self._choice = choice

    def meet(self, condition: Condition) -> None:
        """Add what makes a condition true: all parts, or one of any. What is not to be is left out."""
        if isinstance(condition, Fact):
            self._fact(condition)
        elif isinstance(condition, InSegment):
            segment = self._segments.get(fold(condition.name))
            self.meet(segment.when if segment else c.ALWAYS)
        elif isinstance(condition, Negation):
            self._avoid(condition.part)
        elif isinstance(condition, Conjunction):
            for part in condition.parts:
                self.meet(part)
        elif isinstance(condition, Disjunction):
            self.meet(condition.parts[self._choice % len(condition.parts)])

    def asked(self, condition: Condition) -> Iterator[Fact]:
        """Return all conditions on one field within a condition, those of its segments too."""
        if isinstance(condition, InSegment):
            segment = self._segments.get(fold(condition.name))
            yield from self.asked(segment.when if segment else c.ALWAYS)
        elif isinstance(condition, Negation):
            yield from self.asked(condition.part)
        elif isinstance(condition, (Conjunction, Disjunction)):
            for part in condition.parts:
                yield from self.asked(part)
        else:
            yield condition

    def settle(self, fact: Fact) -> None:
        """Add what makes a fact known: what is asked for, and something else; what must not have been, once."""
        window = getattr(fact.operand, "window", None)
        if isinstance(window, c.Window) and not window.count.at_least:
            fact = replace(fact, operand=replace(fact.operand, window=replace(window, count=c.Range(1))))
        if not isinstance(fact.operand, c.Unknown):
            self._fact(fact)
        self._else(fact)

    def _fact(self, fact: Fact) -> None:
        if isinstance(fact.operand, c.DateTest):
            self._add(fact.field, _day(fact.operand, self._today).isoformat())
        elif isinstance(fact.operand, c.OneOf):
            self._add(fact.field, as_yaml(self._spelled(fact, min(fact.operand.values))))
        elif type(fact.operand) in _STATED:
            for name, value in _STATED[type(fact.operand)](fact, fact.operand):
                self._add(name, value)

    def _avoid(self, condition: Condition) -> None:
        """Make a condition false: one part of all, or all parts of any."""
        if isinstance(condition, Fact):
            self._else(condition)
            if condition.field in _STORED:
                self.consent()
        elif isinstance(condition, InSegment):
            segment = self._segments.get(fold(condition.name))
            self._avoid(segment.when if segment else c.ALWAYS)
        elif isinstance(condition, Negation):
            self.meet(condition.part)
        elif isinstance(condition, Disjunction):
            for part in condition.parts:
                self._avoid(part)
        elif condition.parts:
            self._avoid(condition.parts[self._choice % len(condition.parts)])

    def _else(self, fact: Fact) -> None:
        """State something else where not knowing would not do."""
        name = "prefecture" if fact.field == "area" else fact.field
        attribute = attribute_of(fact, self._site)
        if isinstance(fact.operand, c.Truth):
            self._add(name, "no" if fact.operand.value else "yes")
        elif name in _OTHERS:
            self._add(name, next((one for one in _OTHERS[name] if not _meets(one, fact.operand)), ""))
        elif attribute and isinstance(fact.operand, c.OneOf):
            others = (one for one in attribute.values if fold(one) not in fact.operand.values)
            self._add(name, as_yaml(next(others, "")))

    def consent(self, category: str = "personalization") -> None:
        """Let history be known, or what else needs consent."""
        self._add("consent", category)

    def _spelled(self, fact: Fact, folded: str) -> str:
        attribute = attribute_of(fact, self._site)
        values = attribute.values if attribute else ()
        return next((value for value in (*values, fact.written) if fold(value) == folded), folded)

    def _add(self, name: str, value: str) -> None:
        if value:
            self.facts.setdefault(name, []).append(value)


_OTHERS = {"device": ("desktop", "mobile", "tablet"), "prefecture": ("沖縄県", "北海道"), "country": ("JP", "US", "FR")}


def _meets(name: str, operand: c.Operand) -> bool:
    if isinstance(operand, c.Prefectures):
        return name in map(prefecture_name, operand.codes)
    return isinstance(operand, c.OneOf) and name in operand.values


_Stated: TypeAlias = "Iterator[tuple[str, str]]"


def _words(fact: Fact, operand: c.Words | c.Estimated) -> _Stated:
    yield fact.field, as_yaml(operand.words[0].text)


def _paths(fact: Fact, operand: c.Paths) -> _Stated:
    yield fact.field, as_yaml(_path(operand.patterns[0]))


def _path(pattern: str) -> str:
    return pattern.removesuffix("/**").replace("**", "a").replace("*", "a") or "/"


def _host(fact: Fact, operand: c.HostPaths) -> _Stated:
    host, slash, path = operand.patterns[0].partition("/")
    yield fact.field, as_yaml(host.replace("*.", "www.") + (_path(slash + path) if slash else ""))


def _prefecture(fact: Fact, operand: c.Prefectures) -> _Stated:
    del fact
    yield "prefecture", prefecture_name(min(operand.codes))


def _language(fact: Fact, operand: c.Languages) -> _Stated:
    yield fact.field, min(operand.tags)


def _near(fact: Fact, operand: c.Near) -> _Stated:
    del fact
    yield "location", f'"{operand.latitude!r}, {operand.longitude!r}"'


def _truth(fact: Fact, operand: c.Truth) -> _Stated:
    yield fact.field, "yes" if operand.value else "no"


def _range(fact: Fact, operand: c.Range) -> _Stated:
    yield fact.field, _number(operand)


def _number(bounds: c.Range) -> str:
    number = bounds.at_least if bounds.at_least is not None else bounds.at_most or 0
    return f"{number:.15g}"


def _unknown(fact: Fact, operand: c.Unknown) -> _Stated:
    del operand
    yield fact.field, "unknown"


def _times(window: c.Window) -> str:
    return f"{window.count.at_least or 0:.15g}"


def _viewed(fact: Fact, operand: c.Viewed) -> _Stated:
    value = _path(operand.values[0]) if operand.kind == "page" else operand.values[0]
    entry = f"{{{operand.kind}: {as_yaml(value)}, times: {_times(operand.window)}}}"
    yield from _if_any(fact.field, operand.window, entry)


def _bought(fact: Fact, operand: c.Bought) -> _Stated:
    what = f"{operand.kind}: {as_yaml(operand.values[0])}, " if operand.kind else ""
    amount = _number(operand.amount) if operand.amount else "0"
    yield from _if_any(fact.field, operand.window, f"{{{what}amount: {amount}, times: {_times(operand.window)}}}")


def _did(fact: Fact, operand: c.Did) -> _Stated:
    entry = f"{{event: {as_yaml(operand.events[0])}, times: {_times(operand.window)}}}"
    yield from _if_any(fact.field, operand.window, entry)


def _shown(fact: Fact, operand: c.Shown) -> _Stated:
    entry = f"{{{operand.kind}: {as_yaml(operand.names[0])}, times: {_times(operand.window)}}}"
    yield from _if_any(fact.field, operand.window, entry)


def _if_any(field: str, window: c.Window, entry: str) -> _Stated:
    """What must not have been is not stated; consent makes it known."""
    if window.count.at_least:
        yield field, entry
    else:
        yield "consent", "personalization"


def _visits(fact: Fact, operand: c.Visits) -> _Stated:
    yield fact.field, f"{operand.window.count.at_least or 1:.15g}"


def _last_visit(fact: Fact, operand: c.LastVisit) -> _Stated:
    longer = operand.before
    span = _span(c.Span(longer.seconds + longer.months * 31 * _DAY + _DAY)) if longer else "1 minute"
    yield fact.field, f"{span} ago"


def _span(span: c.Span) -> str:
    if span.months:
        return f"{span.months} months"
    size, unit = next(one for one in _UNITS if span.seconds % one[0] == 0)
    return f"{span.seconds // size} {unit}"


_DAY = 86_400
_UNITS = ((_DAY, "days"), (3600, "hours"), (60, "minutes"), (1, "seconds"))


def _cart(fact: Fact, operand: c.InCart) -> _Stated:
    if not operand.filled:
        yield fact.field, "no"
        return
    parts = [f"abandoned_for: {_span(operand.abandoned_for)}"] if operand.abandoned_for else []
    parts += [f"amount: {_number(operand.amount)}"] if operand.amount else []
    yield fact.field, f"{{{', '.join(parts)}}}" if parts else "yes"


def _stage(fact: Fact, operand: c.InStage) -> _Stated:
    yield fact.field, min(operand.stages)


_STATED: Mapping[type, Callable[[Fact, Any], _Stated]] = {
    c.Words: _words,
    c.Estimated: _words,
    c.Paths: _paths,
    c.HostPaths: _host,
    c.Prefectures: _prefecture,
    c.Languages: _language,
    c.Near: _near,
    c.Truth: _truth,
    c.Range: _range,
    c.Unknown: _unknown,
    c.Viewed: _viewed,
    c.Bought: _bought,
    c.Did: _did,
    c.Shown: _shown,
    c.Visits: _visits,
    c.LastVisit: _last_visit,
    c.InCart: _cart,
    c.InStage: _stage,
}


def _day(operand: c.DateTest, today: date) -> date:
    if operand.kind == "month":
        return date(2000, operand.month, 15)
    if operand.kind in ("before", "after", "on"):
        moved = {"before": -1, "after": 1, "on": 0}[operand.kind]
        return date.fromisoformat(operand.date) + timedelta(days=moved)
    return today
