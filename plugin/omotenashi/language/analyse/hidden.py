"""Rules that can never show, because others above them in their block match whenever they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from omotenashi.language.analyse.claims import Claims
from omotenashi.language.analyse.copies import Likeness, likeness
from omotenashi.language.analyse.formula import Every, Formula, denied
from omotenashi.language.analyse.placed import Placed
from omotenashi.language.analyse.search import Calendar, State, model
from omotenashi.language.analyse.shelf import Shelf, holds_in, keys_of
from omotenashi.language.report import Report
from omotenashi.language.syntax import BlockSpec, Folder, RuleSpec
from omotenashi.model.site_facts import SiteFacts

_MOST_ROUNDS = 60


class _Candidate(Struct, frozen=True):
    rule: RuleSpec
    true: Formula
    likeness: Likeness


def hidden_rules(folder: Folder, site: SiteFacts, report: Report) -> None:
    """Report rules that never show, with those that hide them, and copies. The folder is free of errors."""
    placed, claims = Placed(folder), Claims(site)
    calendar = Calendar(ZoneInfo(site.timezone), site.holidays)
    for block in folder.blocks:
        candidates = [_candidate(rule, block, placed, claims) for rule in block.rules]
        copies = _copies(candidates)
        for rule, original in copies:
            report.add("W513", rule.position, (original.position, "original"), value=original.name)
        copied = {rule.id for rule, _ in copies}
        for rule, hiders in _hidden(candidates, calendar):
            if rule.id not in copied:
                related = [(hider.position, "hider") for hider in hiders]
                names = "、".join(hider.name for hider in hiders)
                report.add("W511", rule.position, *related, value=rule.name, names=names)


def _candidate(rule: RuleSpec, block: BlockSpec, placed: Placed, claims: Claims) -> _Candidate:
    parts = placed.rule(rule, block)
    return _Candidate(rule, Every(tuple(claims.true(part.condition) for part in parts)), likeness(rule, parts))


def _copies(candidates: Sequence[_Candidate]) -> list[tuple[RuleSpec, RuleSpec]]:
    """Rules that ask for the same and show the same as one above them."""
    first: dict[Likeness, RuleSpec] = {}
    return [
        (one.rule, first[one.likeness])
        for one in candidates
        if first.setdefault(one.likeness, one.rule) is not one.rule
    ]


def _hidden(candidates: Sequence[_Candidate], calendar: Calendar) -> Iterator[tuple[RuleSpec, list[RuleSpec]]]:
    """Each rule that never shows, with the fewest rules above it that hide it."""
    shared = Counter(key for one in candidates for keys in keys_of(one.true) for key in keys)
    shelf = Shelf[_Candidate](shared)
    for one in candidates:
        hiders = _hiders(one, shelf, calendar)
        if hiders:
            yield one.rule, [hider.rule for hider in _fewest(one, hiders, calendar)]
        elif one.rule.experiment is None and one.rule.limit is None:
            shelf.put(one, one.true)


def _hiders(one: _Candidate, shelf: Shelf[_Candidate], calendar: Calendar) -> list[_Candidate]:
    """Rules above of which always one matches when this does; none where there is a visitor who sees this one.

    Looks for such a visitor: whoever sees one of the rules above is ruled out, and the search goes on.
    """
    above: list[_Candidate] = []
    for _ in range(_MOST_ROUNDS):
        visitor = model([one.true, *(denied(hider.true) for hider in above)], calendar)
        if visitor is None:
            return above
        hider = next((other for other in shelf.fitting(visitor) if _is_new(other, above, visitor)), None)
        if hider is None:
            return []
        above.append(hider)
    return []


def _is_new(other: _Candidate, above: Sequence[_Candidate], visitor: State) -> bool:
    return holds_in(other.true, visitor) and all(other is not one for one in above)


def _fewest(one: _Candidate, hiders: Sequence[_Candidate], calendar: Calendar) -> Sequence[_Candidate]:
    for hider in hiders:
        if model([one.true, denied(hider.true)], calendar) is None:
            return [hider]
    needed = list(hiders)
    for hider in hiders:
        without = [other for other in needed if other is not hider]
        if model([one.true, *(denied(other.true) for other in without)], calendar) is None:
            needed = without
    return needed
