"""All words of all rules: which of them a search holds, in whichever spelling, is found once for a search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from msgspec import Struct, field

from omotenashi.engine.borders import Segment
from omotenashi.engine.spellings import Spelling, Synonyms, spellings, word_key
from omotenashi.engine.words import WordTable
from omotenashi.language.condition import Word

Ways = Mapping[str, tuple[Spelling, ...]]
_KEPT = 4096
"""Searches whose words are remembered: the same words come again and again."""


class _Node(Struct):
    """Words of several parts, by these parts in one order: what holds, and what more parts would make hold."""

    keys: list[str] = field(default_factory=list)
    below: dict[int, _Node] = field(default_factory=dict)


class Lexicon:
    """Words by their keys. Immutable and pure: the same search holds the same words."""

    def __init__(
        self, words: Iterable[Word], synonyms: Synonyms, segment: Segment | None = None, known: Ways | None = None
    ) -> None:
        """`known`: the spellings of words by their keys, from a lexicon with the same synonyms."""
        self.ways: Ways = {
            key: known[key] if known and key in known else spellings(word, synonyms)
            for word in words
            for key in (word_key(word),)
        }
        """The spellings of each word, for the lexicon that comes after."""
        self._filed = _Filed(self.ways, segment)
        self.held: Callable[[str], frozenset[str]] = lru_cache(_KEPT)(self._filed.held)
        """Returns the keys of the words that a search holds."""

    def warm(self) -> None:
        """Have the segmenter load its dictionary, if there is any word to look for."""
        self._filed.table.warm()


class _Filed:
    """Words by what of a search leads to them. It does not know the memory of its answers, so that nothing is a cycle."""

    def __init__(self, words: Ways, segment: Segment | None) -> None:
        self._exact: dict[str, str] = {}
        self._alone: dict[str, list[str]] = {}
        self._parts: dict[str, list[int]] = {}
        self._together = _Node()
        contained: dict[str, list[str]] = {}
        several: list[tuple[str, Spelling]] = []
        for key, ways in words.items():
            for way in ways:
                if way.exact:
                    self._exact[way.exact] = key
                elif way.contains:
                    contained.setdefault(way.contains.replace(" ", ""), []).append(key)
                elif len(way.parts) == 1:
                    for form in way.parts[0]:
                        self._alone.setdefault(form, []).append(key)
                else:
                    several.append((key, way))
        self._file(several)
        self._contained = contained
        self._pieces = WordTable(contained)
        self.table = WordTable((*self._alone, *self._parts), segment)

    def _file(self, several: Iterable[tuple[str, Spelling]]) -> None:
        """File the words of several parts, those that few words have first."""
        shared = Counter(part for _, way in several for part in way.parts)
        numbers = {part: number for number, part in enumerate(shared)}
        for part, number in numbers.items():
            for form in part:
                self._parts.setdefault(form, []).append(number)
        for key, way in several:
            node = self._together
            for part in sorted(set(way.parts), key=lambda part: (shared[part], numbers[part])):
                node = node.below.setdefault(numbers[part], _Node())
            node.keys.append(key)

    def held(self, text: str) -> frozenset[str]:
        """Return the keys of the words that a search holds."""
        query = self.table.query(text)
        found = {key for piece, _ in self._pieces.occurrences(query) for key in self._contained[piece]}
        if query.folded in self._exact:
            found.add(self._exact[query.folded])
        parts: set[int] = set()
        for form in self.table.found_in(query):
            found.update(self._alone.get(form, ()))
            parts.update(self._parts.get(form, ()))
        if parts:
            _gather(self._together, parts, found)
        return frozenset(found)


def _gather(node: _Node, parts: set[int], found: set[str]) -> None:
    found.update(node.keys)
    for part in node.below.keys() & parts:
        _gather(node.below[part], parts, found)
