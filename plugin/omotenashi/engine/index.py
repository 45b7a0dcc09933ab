"""Which rules can match: a hash of what the visitor is, to the rules that ask for it.

Each rule is filed under the keys of one necessary condition, the one that the fewest rules share. A rule that has none
is always tried. So the cost of a decision follows the rules that fit the visitor, not the number of rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias

from omotenashi.engine.estimates import NO_ESTIMATE, Estimate
from omotenashi.engine.facts import HISTORY_OPERANDS, texts_of
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.spellings import Synonyms, spellings
from omotenashi.language import condition as c
from omotenashi.language.condition import Condition, Conjunction, Disjunction, Fact
from omotenashi.language.patterns import above, literal_start

Key: TypeAlias = "tuple[str, Hashable]"
"""A field and a value that the visitor must have."""
Read: TypeAlias = Callable[[Occasion], "Iterable[Hashable] | None"]


class Index:
    """Rules by number, in the order of their blocks."""

    def __init__(self, choices: Sequence[Sequence[frozenset[Key]]]) -> None:
        """`choices` are what `keys_of` returns of each rule."""
        shared = Counter(key for sets in choices for keys in sets for key in keys)
        self._always: list[int] = []
        self._tables: dict[str, dict[Hashable, list[int]]] = {}
        for number, sets in enumerate(choices):
            if not sets:
                self._always.append(number)
                continue
            for field, value in min(sets, key=lambda keys: sum(shared[key] for key in keys)):
                self._tables.setdefault(field, {}).setdefault(value, []).append(number)
        self._reads = [(_reader(field), table) for field, table in self._tables.items()]

    def candidates(self, occasion: Occasion) -> list[int]:
        """Return the numbers of all rules that can match, ascending."""
        found = set(self._always)
        for read, table in self._reads:
            for value in read(occasion) or ():
                numbers = table.get(value)
                if numbers:
                    found.update(numbers)
        return sorted(found)


def keys_of(
    condition: Condition, synonyms: Synonyms, estimates: Mapping[c.Estimated, Estimate]
) -> list[frozenset[Key]]:
    """For each necessary condition that can be looked up: its keys, one of which the visitor must have."""
    if isinstance(condition, Conjunction):
        return [keys for part in condition.parts for keys in keys_of(part, synonyms, estimates)]
    if isinstance(condition, Disjunction):
        parts = [keys_of(part, synonyms, estimates) for part in condition.parts]
        return [frozenset().union(*(min(sets, key=len) for sets in parts))] if parts and all(parts) else []
    if isinstance(condition, Fact):
        keys = _keys(condition, synonyms, estimates)
        return [keys] if keys else []
    return []


def _keys(fact: Fact, synonyms: Synonyms, estimates: Mapping[c.Estimated, Estimate]) -> frozenset[Key]:
    operand, field = fact.operand, fact.field
    if isinstance(operand, c.OneOf):
        return frozenset((field, value) for value in operand.values)
    if isinstance(operand, c.Prefectures):
        return frozenset(("prefecture", code) for code in operand.codes)
    if isinstance(operand, c.Paths):
        return frozenset((f"{field} under", literal_start(pattern)) for pattern in operand.patterns)
    if isinstance(operand, c.Words):
        return _word_keys(field, operand.words, synonyms)
    if isinstance(operand, c.Estimated):
        pages = frozenset(("landing page", path) for path in estimates.get(operand, NO_ESTIMATE).true)
        return pages | _word_keys(field, operand.words, synonyms)
    if isinstance(operand, c.Truth) and field == "logged_in":
        return frozenset((("logged_in", operand.value),))
    if isinstance(operand, c.TakesPart):
        return frozenset((("experiment", True),))
    if isinstance(operand, HISTORY_OPERANDS):
        return frozenset((("history", True),))
    return frozenset()


def _word_keys(field: str, words: Iterable[c.Word], synonyms: Synonyms) -> frozenset[Key]:
    all_spellings = [spelling for word in words for spelling in spellings(word, synonyms)]
    if any(not spelling.parts for spelling in all_spellings):
        return frozenset()
    return frozenset((field, form) for spelling in all_spellings for form in spelling.parts[0])


def _reader(field: str) -> Read:
    if field in ("keyword", "site_search"):
        return lambda occasion: occasion.found(field)
    if field in _READERS:
        return _READERS[field]
    texts = texts_of(field)
    return lambda occasion: texts(occasion.visitor)


_READERS: dict[str, Read] = {
    "prefecture": lambda occasion: occasion.visitor.place.area,
    "page under": lambda occasion: above(occasion.visitor.page),
    "landing under": lambda occasion: above(occasion.visitor.arrival.landing),
    "landing page": lambda occasion: (occasion.visitor.arrival.landing,),
    "logged_in": lambda occasion: (occasion.visitor.member is not None,),
    "experiment": lambda occasion: (occasion.visitor.id is not None,),
    "history": lambda occasion: (occasion.visitor.history is not None,),
}
