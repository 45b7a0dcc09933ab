"""Tests for rules that no test expects: visitors that are likely to do, tried on the engine that serves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import msgspec

from omotenashi.engine.facts import is_day
from omotenashi.language.begin.witness import witnesses
from omotenashi.language.begin.words import as_yaml
from omotenashi.language.condition import Before, DateTest, Days, Hours, NotBefore, facts
from omotenashi.language.month_days import names_month_days
from omotenashi.language.parse import parse
from omotenashi.language.read_file import read_file
from omotenashi.language.report import Report
from omotenashi.language.syntax import BlockSpec, Folder, RuleSpec
from omotenashi.model.text import fold
from omotenashi.signals.gather import SignalTools
from omotenashi.site import Site
from omotenashi.verify import run_tests

_NOON = 12 * 60
_DAYS_TRIED = 8
"""Every day of the week, and one more."""
_DAYS_AHEAD = 62
"""The 31st is at most so far away."""
_MOST_HOLIDAYS = 20
"""Of those to come: those of a year."""
_MOST_TRIED = 1000
"""For a rule; a try takes less than a millisecond."""


def missing_tests(site: Site, folder: Folder, block: BlockSpec, now: datetime) -> tuple[list[str], list[RuleSpec]]:
    """Return entries of `tests:` that pass for the rules of a block that no test expects, and the rules without any.

    `now` is the moment in the site's time zone, without it.
    """
    found: list[str] = []
    without: list[RuleSpec] = []
    for rule in _untested(folder, block):
        likely = islice(_entries(rule, site, folder, block, now), _MOST_TRIED)
        entry = next((one for one in likely if _passes(one, site)), None)
        if entry is None:
            without.append(rule)
        else:
            found.append(entry)
    return found, without


def _untested(folder: Folder, block: BlockSpec) -> list[RuleSpec]:
    won = {fold(one.won) for test in folder.tests for one in test.expectations if fold(one.block) == fold(block.name)}
    return [
        rule for rule in block.rules if won.isdisjoint(map(fold, (rule.name, rule.id, f"{block.name}/{rule.name}")))
    ]


def _entries(rule: RuleSpec, site: Site, folder: Folder, block: BlockSpec, now: datetime) -> Iterator[str]:
    asked = [fact for one in (rule.when, *(segment.when for segment in folder.segments)) for fact in facts(one)]
    timed = any(one.timing for one in block.rules) or any(isinstance(fact.operand, DateTest) for fact in asked)
    moments = list(_moments(rule, site, now)) if timed else [None]
    by_moment = zip(*(witnesses(rule, block, folder, site.facts, (at or now).date()) for at in moments), strict=False)
    for visitors in by_moment:
        for at, visitor in zip(moments, visitors, strict=True):
            lines = [f"  - name: {as_yaml(rule.name)}", f"    visitor: {visitor}"]
            lines += [f"    at: {at:%Y-%m-%d %H:%M}"] if at else []
            yield "\n".join([*lines, f"    expect: {{{as_yaml(block.name)}: {as_yaml(rule.name)}}}", ""])


def _moments(rule: RuleSpec, site: Site, now: datetime) -> Iterator[datetime]:
    """Moments at which a rule may hold: its first, then days of a week, of the month and holidays at its hours."""
    operands = [fact.operand for one in rule.timing for fact in facts(one)]
    zone = ZoneInfo(site.facts.timezone)
    starts = [one.epoch for one in operands if isinstance(one, NotBefore)]
    ends = [one.epoch for one in operands if isinstance(one, Before)]
    first = datetime.fromtimestamp(starts[0], zone).replace(tzinfo=None) if starts else now
    if ends and not starts:
        first = datetime.fromtimestamp(ends[0], zone).replace(tzinfo=None) - timedelta(days=1)
    minutes = [start for one in operands if isinstance(one, Hours) for start, _ in one.spans] or [_NOON]
    if starts:
        yield first
    named = [one for one in operands if isinstance(one, Days) and names_month_days(one)]
    for day in _days(first.date(), named, site.facts.holidays):
        yield from (_at(day, minute) for minute in minutes)


def _days(first: date, named: list[Days], holidays: Iterable[date]) -> Iterator[date]:
    """Days of a week, then those of the two months to come that a rule names, then holidays."""
    for number in range(_DAYS_AHEAD):
        day = first + timedelta(days=number)
        if number < _DAYS_TRIED or any(is_day(day, one) for one in named):
            yield day
    yield from sorted(one for one in holidays if one >= first)[:_MOST_HOLIDAYS]


def _at(day: date, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 written without a zone


def _passes(entry: str, site: Site) -> bool:
    report = Report()
    tree = parse("new.yaml", f"tests:\n{entry}", report)
    read = read_file(tree, site.facts, report) if tree is not None else Folder()
    if report.failed or not read.tests:
        return False
    tried = msgspec.structs.replace(site, tests=read.tests)
    return all(not result.failures for result in run_tests(tried, SignalTools(), 0.0))
