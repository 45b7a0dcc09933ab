"""Where rules are filed under what a visitor must have, so that those which one visitor may meet are found at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Generic, TypeAlias, TypeVar

from omotenashi.language.analyse.domains import PLACED, UNPLACED, Among, Clock, Domain, Marks, Region
from omotenashi.language.analyse.formula import Claim, Every, Formula, Property
from omotenashi.language.analyse.search import State

T = TypeVar("T")
Key: TypeAlias = "tuple[Property, Hashable]"
_PLAIN = None
"""Stands beside the keys of what holds for visitors of whom nothing is settled."""
_MOST_UNFILED = 200
"""So many of the rules without a key are looked at; of more, some that hide others may be missed."""


class Shelf(Generic[T]):
    """Things in the order in which they were put, each filed under the keys that the fewest share."""

    def __init__(self, shared: Counter[Key]) -> None:
        self._shared = shared
        self._filed: dict[Property, dict[Hashable, list[tuple[int, T]]]] = {}
        self._plain: list[Property] = []
        self._unfiled: list[tuple[int, T]] = []
        self._count = 0

    def put(self, thing: T, choices: Sequence[frozenset[Key]]) -> None:
        """Put a thing under the keys of its formula."""
        self._count += 1
        if not choices:
            self._unfiled.append((self._count, thing))
            return
        for about, key in min(choices, key=lambda keys: sum(self._shared[key] for key in keys)):
            table = self._filed.setdefault(about, {})
            if key is _PLAIN and key not in table:
                self._plain.append(about)
            table.setdefault(key, []).append((self._count, thing))

    def fitting(self, visitor: State) -> Iterator[T]:
        """Return the things that may hold for a visitor, in their order."""
        found = dict(self._unfiled[:_MOST_UNFILED])
        keys: list[Key] = [(about, _PLAIN) for about in self._plain if about not in visitor]
        keys += [
            (about, key) for about, domain in visitor.items() if about in self._filed for key in _looked_up(domain)
        ]
        for about, key in keys:
            found.update(self._filed[about].get(key, ()))
        return (found[number] for number in sorted(found))


def keys_of(formula: Formula) -> list[frozenset[Key]]:
    """Return for each necessary claim that can be looked up its keys, one of which the visitor must have."""
    if isinstance(formula, Claim):
        told_by_few = formula.about[0] not in ("known", "status")
        keys = frozenset((formula.about, key) for key in _filed(formula.domain) if told_by_few)
        return [keys] if keys else []
    if isinstance(formula, Every):
        return [keys for part in formula.parts for keys in keys_of(part)]
    parts = [keys_of(part) for part in formula.parts]
    return [frozenset().union(*(min(sets, key=len) for sets in parts))] if parts and all(parts) else []


def holds_in(formula: Formula, visitor: State) -> bool:
    """Tell whether a formula is true for a visitor of whom only some properties are settled; the others are plain."""
    if isinstance(formula, Claim):
        return _is_so(formula.domain, visitor.get(formula.about))
    if isinstance(formula, Every):
        return all(holds_in(part, visitor) for part in formula.parts)
    return any(holds_in(part, visitor) for part in formula.parts)


def _is_so(asked: Domain, settled: Domain | None) -> bool:
    if isinstance(asked, Among):
        value = _value(
            settled if isinstance(settled, Among) else Among(frozenset(), outside=True, universe=asked.universe)
        )
        return (value in asked.values) is not asked.outside
    if isinstance(asked, Marks):
        true = settled.true if isinstance(settled, Marks) else ()
        return all(any(one.entails(mark) for one in true) for mark in asked.true) and not any(
            one.entails(mark) for mark in asked.false for one in true
        )
    if isinstance(asked, Region):
        return _is_in(asked, settled if isinstance(settled, Region) else Region())
    minute = settled.bits & -settled.bits if isinstance(settled, Clock) else 1
    return bool(asked.bits & minute)


def _value(domain: Among) -> Hashable:
    """The plainest value of a domain; None stands for one that no rule names."""
    if domain.outside:
        return _plainest(domain.universe) if domain.universe else None
    return _plainest(domain.values)


def _plainest(values: frozenset[Hashable]) -> Hashable:
    """False and 0, for what is not there, come before True and others."""
    return min(values, key=str)


def _is_in(asked: Region, settled: Region) -> bool:
    status, codes = _place(settled)
    if status not in asked.statuses:
        return False
    return status == UNPLACED or (codes & ~asked.within == 0 and all(codes & ~one for one in asked.beyond))


def _place(region: Region) -> tuple[int, int]:
    """The plainest place of a region: its status and the prefectures that remain possible."""
    status = min(region.statuses, key=lambda status: (status != UNPLACED, -status))
    codes = region.candidates() if status == PLACED else region.within
    return status, codes & -codes if status == PLACED else codes


def _filed(domain: Domain) -> Iterator[Hashable]:
    if isinstance(domain, Among) and not domain.outside:
        yield from domain.values
        if domain.universe is not None and _plainest(domain.universe) in domain.values:
            yield _PLAIN
    elif isinstance(domain, Marks) and domain.true:
        yield from domain.true[0].filed()
    elif isinstance(domain, Region) and UNPLACED not in domain.statuses:
        yield from (1 << place for place in range(47) if domain.within >> place & 1)


def _looked_up(domain: Domain) -> Iterator[Hashable]:
    if isinstance(domain, Marks):
        yield from {key for mark in domain.true for key in mark.looked_up()}
    elif isinstance(domain, Region):
        _, codes = _place(domain)
        yield codes & -codes
    elif isinstance(domain, Among):
        yield _value(domain)
