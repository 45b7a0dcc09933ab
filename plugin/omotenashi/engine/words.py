"""Matching a rule's words against what a visitor searched for: a word matches a word, not a piece of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from omotenashi.engine.borders import Borders, Segment, borders
from omotenashi.model.text import fold, fold_kana, widths


class Query:
    """What a visitor searched for, prepared: folded, without spaces, with its borders once they are asked for."""

    __slots__ = ("_borders", "_segment", "_text", "folded", "joined")

    def __init__(self, text: str, segment: Segment | None = None) -> None:
        """`segment` cuts texts into morphemes; without it borders lie at changes of script."""
        self.folded = fold(text)
        self._text = widths(text)
        self.joined = fold_kana(self._text.replace(" ", ""))
        self._segment = segment
        self._borders: Borders | None = None

    def holds(self, word: str) -> bool:
        """Tell whether a folded word without spaces lies in the query, between borders as its script asks for."""
        start = self.joined.find(word)
        while start >= 0:
            if self.holds_at(word, start):
                return True
            start = self.joined.find(word, start + 1)
        return False

    def holds_at(self, word: str, start: int) -> bool:
        """Tell whether the borders around an occurrence of the word allow it."""
        if self._borders is None:
            self._borders = borders(self._text, self._segment)
        return self._borders.allow(word, start, self._knows)

    def _knows(self, word: str) -> bool:
        return self._segment is not None and _is_one(word, self._segment)


@lru_cache(maxsize=4096)
def prepared(text: str, segment: Segment | None = None) -> Query:
    """Return the query for a text; the same words come again and again."""
    return Query(text, segment)


class WordTable:
    """Words of rules, to find those that a query holds in one pass over it, however many words there are."""

    def __init__(self, words: Iterable[str], segment: Segment | None = None) -> None:
        """`segment` cuts what is searched for into morphemes; without it borders lie at changes of script."""
        self.segment = segment
        self._words = frozenset(words)
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[:2], set()).add(len(word))
        self._lengths = {start: tuple(found) for start, found in lengths.items()}
        """For the first two characters, how long words are that begin so."""

    def warm(self) -> None:
        """Have the segmenter load its dictionary, if there is any word to look for."""
        if self.segment and self._words:
            self.segment("")

    def query(self, text: str) -> Query:
        """Return what was searched for, prepared for this table."""
        return prepared(text, self.segment)

    def found_in(self, query: Query) -> frozenset[str]:
        """Return the folded words without spaces that lie in the query."""
        return frozenset(word for word, start in self.occurrences(query) if query.holds_at(word, start))

    def occurrences(self, query: Query) -> Iterator[tuple[str, int]]:
        """Return where words stand in the query, whatever its borders."""
        joined, lengths, words = query.joined, self._lengths, self._words
        for start in range(len(joined)):
            for key in (joined[start : start + 2], joined[start]):
                for length in lengths.get(key, ()):
                    word = joined[start : start + length]
                    if word in words:
                        yield word, start


@lru_cache(maxsize=8192)
def _is_one(word: str, segment: Segment) -> bool:
    """Tell whether the dictionary knows a word as one morpheme."""
    pieces = segment(word)
    return len(pieces) == 1 and pieces[0].known
