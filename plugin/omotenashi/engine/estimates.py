"""Which landing pages are found with which words: worked out when rules are loaded, looked up in a decision."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate

from msgspec import Struct

from omotenashi.engine.borders import Segment
from omotenashi.engine.spellings import Synonyms, spellings
from omotenashi.engine.words import Query
from omotenashi.language.condition import Estimated
from omotenashi.model.landings import Landing, Landings
from omotenashi.model.text import fold

_END = "\n"


class Estimate(Struct, frozen=True, eq=False):
    """What is known of the landing pages for one condition."""

    landings: Landings = {}
    matching: Mapping[str, int] = {}
    """For each landing page the clicks of the searches that match the words, where there are any."""
    true: frozenset[str] = frozenset()
    """The landing pages on which these clicks make the share."""
    rests: Mapping[str, int] = {}
    """For each landing page the clicks of searches that the file does not tell, where there are any."""
    share: float = 0
    """In per cent."""

    def holds(self, landing: str) -> bool | None:
        """Tell whether the words lead to a page; None where nothing is known of it, or where the rest could do it."""
        if landing in self.true or landing not in self.landings:
            return landing in self.true or None
        most = self.matching.get(landing, 0) + self.rests.get(landing, 0)
        return None if most * 100 >= self.share * self.landings[landing].clicks else False

    def best(self) -> tuple[str, float] | None:
        """Return the landing page with the greatest share, and that in per cent; None where no search matches."""
        shares = {path: per_cent(clicks, self.landings[path]) for path, clicks in self.matching.items()}
        return max(shares.items(), key=lambda one: one[1], default=None)


NO_ESTIMATE = Estimate()
NO_ESTIMATES: Mapping[Estimated, Estimate] = {}


def estimates(
    operands: Iterable[Estimated], landings: Landings, synonyms: Synonyms, segment: Segment | None
) -> dict[Estimated, Estimate]:
    """Return the estimate of each distinct condition; `segment` cuts texts into morphemes, as in `Query`."""
    distinct = dict.fromkeys(operands)
    searches = _Searches(landings, segment) if distinct else None
    return {one: _estimate(one, searches, landings, synonyms) for one in distinct} if searches else {}


def _estimate(operand: Estimated, searches: _Searches, landings: Landings, synonyms: Synonyms) -> Estimate:
    matching = searches.clicks(_matched(operand, searches, synonyms))
    true = (path for path, clicks in matching.items() if clicks * 100 >= operand.share * landings[path].clicks)
    return Estimate(landings, matching, frozenset(true), searches.rests, operand.share)


def _matched(operand: Estimated, searches: _Searches, synonyms: Synonyms) -> set[int]:
    """The searches that hold one of the words in one of its spellings."""
    found: set[int] = set()
    for word in operand.words:
        for spelling in spellings(word, synonyms):
            parts = [set[int]().union(*map(searches.holding, forms)) for forms in spelling.parts]
            found |= set.intersection(*parts)
    return found


class _Searches:
    """All searches by number, each text once, to look words up in. Lives while rules are loaded."""

    def __init__(self, landings: Landings, segment: Segment | None) -> None:
        self._segment = segment
        self._uses: dict[str, list[tuple[str, int]]] = {}
        for path, landing in landings.items():
            for text, clicks in landing.queries:
                self._uses.setdefault(text, []).append((path, clicks))
        self.rests = {path: rest for path, landing in landings.items() if (rest := _rest(landing))}
        """The clicks of the searches that are not told, by landing page."""
        self._texts = list(self._uses)
        self._clicks = list(self._uses.values())
        self._spaced = [f" {fold(text)} " for text in self._texts]
        self._queries: dict[int, Query] = {}
        joined = [text.replace(" ", "") + _END for text in self._spaced]
        self._text = "".join(joined)
        self._starts = [0, *accumulate(map(len, joined))]
        self._holding: dict[str, frozenset[int]] = {}

    def holding(self, form: str) -> frozenset[int]:
        """Return the searches that hold a folded word without spaces between borders."""
        if form not in self._holding:
            self._holding[form] = frozenset(self._found(form))
        return self._holding[form]

    def _found(self, form: str) -> Iterable[int]:
        """All searches are one text, which is looked through at once."""
        at = self._text.find(form)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            if self._is_there(form, number, at):
                yield number
                at = self._starts[number + 1] - 1  # on to the next search
            at = self._text.find(form, at + 1)

    def _is_there(self, form: str, number: int, at: int) -> bool:
        """Tell whether borders allow an occurrence. What lies between spaces needs no morphemes."""
        if f" {form} " in self._spaced[number]:
            return True
        if number not in self._queries:
            self._queries[number] = Query(self._texts[number], self._segment)
        return self._queries[number].holds_at(form, at - self._starts[number])

    def clicks(self, numbers: Iterable[int]) -> Mapping[str, int]:
        """Return the clicks of some searches, by landing page."""
        total: Counter[str] = Counter()
        for number in numbers:
            for path, clicks in self._clicks[number]:
                total[path] += clicks
        return dict(total)


def _rest(landing: Landing) -> int:
    return landing.clicks - sum(clicks for _, clicks in landing.queries)


def per_cent(part: int, landing: Landing) -> float:
    """Return which part of a landing page's clicks some clicks are, in per cent."""
    return part * 100 / landing.clicks
