"""Rules that can never show, because others above them in their block match whenever they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from omotenashi.language.analyse.copies import Likeness, likeness
from omotenashi.language.analyse.formula import Every, Formula, denied
from omotenashi.language.analyse.ground import Ground
from omotenashi.language.analyse.search import Calendar, State, model
from omotenashi.language.analyse.shelf import Shelf, holds_in, keys_of
from omotenashi.language.report import Report
from omotenashi.language.syntax import BlockSpec, RuleSpec

_MOST_ROUNDS = 60
"""So many rules above are tried as those that hide a rule together."""
_MOST_IN_A_BLOCK = 1500
"""So many are tried for all the rules of a block; then only few for each, so that no block takes long."""
_FEW_ROUNDS = 3


class _Candidate(Struct, frozen=True):
    rule: RuleSpec
    true: Formula
    """When it matches."""
    false: Formula
    """When it does not, or that is unknown."""
    likeness: Likeness


def hidden_rules(ground: Ground, report: Report) -> None:
    """Report rules that never show, with those that hide them, and copies. The folder is free of errors."""
    for block in ground.folder.blocks:
        candidates = [_candidate(rule, block, ground) for rule in block.rules]
        originals, copies = _copies(candidates)
        for rule, original in copies:
            report.add("W513", rule.position, (original.position, "original"), value=original.name)
        for rule, hiders in _Block(originals, ground.calendar).hidden():
            related = [(hider.position, "hider") for hider in hiders]
            names = "、".join(hider.name for hider in hiders)
            report.add("W511", rule.position, *related, value=rule.name, names=names)


def _candidate(rule: RuleSpec, block: BlockSpec, ground: Ground) -> _Candidate:
    parts = ground.placed.rule(rule, block)
    true = Every(tuple(ground.claims.true(part.condition) for part in parts))
    return _Candidate(rule, true, denied(true), likeness(rule, parts))


def _copies(candidates: Sequence[_Candidate]) -> tuple[list[_Candidate], list[tuple[RuleSpec, RuleSpec]]]:
    """The rules that are no copies, and those that ask for the same and show the same as one above them, with it."""
    first: dict[Likeness, RuleSpec] = {}
    originals = [one for one in candidates if first.setdefault(one.likeness, one.rule) is one.rule]
    copies = [(one.rule, first[one.likeness]) for one in candidates if first[one.likeness] is not one.rule]
    return originals, copies


class _Block:
    """The search for the hidden rules of a block, from top to bottom."""

    def __init__(self, candidates: Sequence[_Candidate], calendar: Calendar) -> None:
        self._candidates = candidates
        self._calendar = calendar
        self._rounds = 0

    def hidden(self) -> Iterator[tuple[RuleSpec, list[RuleSpec]]]:
        """Each rule that never shows, with the fewest rules above it that hide it."""
        filed = [keys_of(one.true) for one in self._candidates]
        shelf = Shelf[_Candidate](Counter(key for choices in filed for keys in choices for key in keys))
        for one, keys in zip(self._candidates, filed, strict=True):
            hiders = self._hiders(one, shelf)
            if hiders:
                yield one.rule, [hider.rule for hider in self._fewest(one, hiders)]
            elif one.rule.experiment is None and one.rule.limit is None:
                shelf.put(one, keys)

    def _hiders(self, one: _Candidate, shelf: Shelf[_Candidate]) -> list[_Candidate]:
        """Rules above of which always one matches when this does; none where there is a visitor who sees this one.

        Looks for such a visitor: whoever sees one of the rules above is ruled out, and the search goes on.
        """
        above: list[_Candidate] = []
        for _ in range(_MOST_ROUNDS if self._rounds < _MOST_IN_A_BLOCK else _FEW_ROUNDS):
            visitor = self._visitor(one, above)
            if visitor is None:
                return above
            hider = next((other for other in shelf.fitting(visitor) if _is_new(other, above, visitor)), None)
            if hider is None:
                return []
            above.append(hider)
            self._rounds += 1
        return []

    def _fewest(self, one: _Candidate, hiders: Sequence[_Candidate]) -> Sequence[_Candidate]:
        single = next((hider for hider in hiders if self._visitor(one, [hider]) is None), None)
        if single:
            return [single]
        needed = list(hiders)
        for hider in hiders:
            without = [other for other in needed if other is not hider]
            if self._visitor(one, without) is None:
                needed = without
        return needed

    def _visitor(self, one: _Candidate, above: Sequence[_Candidate]) -> State | None:
        return model([one.true, *(other.false for other in above)], self._calendar)


def _is_new(other: _Candidate, above: Sequence[_Candidate], visitor: State) -> bool:
    return all(other is not one for one in above) and holds_in(other.true, visitor)
