"""For what a visitor is in one respect: which rows remain possible. A row is a bit, so thousands are ruled out at once."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from functools import reduce
from itertools import chain
from math import inf
from operator import and_
from typing import TypeAlias

from omotenashi.engine.asks import Keyed, Ranged
from omotenashi.engine.bits import bits

_MOST_STEPS = 512
"""Masks of a range. Where rows name more numbers, those of neighbours are let through together, and then tried."""
_LEAST_MASKS = 1024
_MOST_BYTES = 8 << 20
"""Of all masks; with very many rows there are at least so many masks."""
_SHORT = 8
_PIECE = 4096
Asked: TypeAlias = "Sequence[tuple[int, Keyed]]"
"""Rows by number, with what they ask of the field; no row asks twice for what must be there."""


def least_for_a_mask(keyed: Iterable[Asked], size: int) -> int:
    """Return how many bits a key must turn for a mask of its own, which bounds memory; `keyed`: what tables are asked."""
    counts = [count for asked in keyed for count in Counter(key for _, ask in asked for key in ask.keys).values()]
    most = max(_LEAST_MASKS, _MOST_BYTES * 8 // (size + 1))
    found = 1
    while sum(1 for count in counts if count >= found) > most:
        found *= 2
    return found


class KeyTable:
    """The rows that ask for keys of one field."""

    def __init__(self, asked: Asked, size: int, common: int) -> None:
        """Numbers of rows are below `size`. Keys that `common` rows name have a mask, others a list."""
        self._size = size
        self._every = asked[0][1].every
        self._wanting = bits((row for row, ask in asked if not ask.absent), size)
        self.without = ((1 << size) - 1) ^ self._wanting
        """What remains where none of the keys is there."""
        absent = bits((row for row, ask in asked if ask.absent), size)
        self.unknown = self.without ^ absent
        """What remains where nothing is known."""
        self._others = self.without if absent else 0
        turned: dict[Hashable, list[int]] = defaultdict(list)
        for row, ask in asked:
            for key in ask.keys:
                turned[key].append(row)
        self._lists = {key: rows for key, rows in turned.items() if len(rows) < common}
        masks = ((key, rows) for key, rows in turned.items() if len(rows) >= common)
        self.masks = {key: self.without ^ bits(rows, size) for key, rows in masks}

    def __contains__(self, key: Hashable) -> bool:
        """Tell whether some row asks for a key."""
        return key in self.masks or key in self._lists

    def mask(self, keys: Collection[Hashable] | None) -> int:
        """Return the rows that remain possible where these keys are there; None: it is not known."""
        if keys is None:
            return self.unknown
        if len(keys) == 1:
            (key,) = keys
            return self.of_one(key)
        return self._of_several(keys) if keys else self.without

    def of_one(self, key: Hashable) -> int:
        """Return the rows that remain possible where this key is there."""
        mask = self.masks.get(key)
        if mask is not None:
            return mask
        rows = self._lists.get(key)
        if rows is None:
            return self.without
        if len(rows) > _SHORT:
            return self.without ^ bits(rows, self._size)
        return reduce(lambda found, row: found ^ 1 << row, rows, self.without)

    def _of_several(self, keys: Collection[Hashable]) -> int:
        """One of the keys is enough for a row that wants it there; a row that does not must be without all of them."""
        if self._every:
            return reduce(and_, map(self.of_one, keys))
        some = every = self.without
        for key in keys:
            if key in self:
                mask = self.of_one(key)
                some |= mask
                every &= mask
        return (some & self._wanting) | (every & self._others) if self._others else some


class RangeTable:
    """The rows that ask for numbers of one field, each for one range."""

    def __init__(self, asked: Sequence[tuple[int, Ranged]], size: int) -> None:
        """Numbers of rows are below `size`."""
        self._points = _ascending(list({end for _, ask in asked for end in (ask.low, ask.high) if abs(end) < inf}))
        self._cells = 2 * len(self._points) + 1
        self.exact = self._cells <= _MOST_STEPS
        """Every number that a row names has a mask of its own."""
        others = ((1 << size) - 1) ^ bits((row for row, _ in asked), size)
        self.unknown = others
        turns: list[list[int]] = [[] for _ in range(min(self._cells, _MOST_STEPS) + 1)]
        for row, ask in asked:
            first, last = self._ends(ask)
            if first <= last:
                turns[self._step(first)].append(row)
                turns[self._step(last) + 1].append(row)
        self._masks: list[int] = []
        for rows in turns[:-1]:
            others ^= bits(rows, size)
            self._masks.append(others)

    def mask(self, number: float | None) -> int:
        """Return the rows that remain possible where the number is this; None: it is not known."""
        if number is None:
            return self.unknown
        cell = self._cell(number)
        return self._masks[cell if self.exact else self._step(cell)]

    def _cell(self, number: float) -> int:
        """Each point is a cell, and so is what lies between two of them."""
        place = bisect_left(self._points, number)
        return 2 * place + (place < len(self._points) and self._points[place] == number)

    def _ends(self, ask: Ranged) -> tuple[int, int]:
        first = 0 if ask.low == -inf else self._cell(ask.low) + ask.low_open
        last = self._cells - 1 if ask.high == inf else self._cell(ask.high) - ask.high_open
        return first, last

    def _step(self, cell: int) -> int:
        return cell if self.exact else cell * _MOST_STEPS // self._cells


def _ascending(numbers: list[float]) -> list[float]:
    """Sort piece by piece, and then the pieces, which is quick: no one step keeps requests waiting for long."""
    pieces = [sorted(numbers[start : start + _PIECE]) for start in range(0, len(numbers), _PIECE)]
    return sorted(chain.from_iterable(pieces))
