"""The ways in which a rule's word may stand in a query: itself, its synonyms, its parts in any order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from omotenashi.engine.words import Query
from omotenashi.language.condition import Word
from omotenashi.model.text import fold

Synonyms: TypeAlias = "Mapping[str, tuple[str, ...]]"
_MARKS = {"word": "", "contains": "~", "exact": "="}


class Spelling(Struct, frozen=True):
    """One way: all of the parts, each in one of its forms; or a text that is contained or is all of the query."""

    parts: tuple[tuple[str, ...], ...] = ()
    contains: str = ""
    exact: str = ""

    def holds(self, query: Query, found: frozenset[str]) -> bool:
        """Tell whether the query is spelled so; `found` are the words of all rules that it holds."""
        if self.contains:
            return self.contains in query.folded or self.contains.replace(" ", "") in query.joined
        if self.exact:
            return self.exact == query.folded
        return all(any(form in found for form in part) for part in self.parts)


def word_key(word: Word) -> str:
    """Return a text that is the same for words that mean the same."""
    return _MARKS[word.mode] + fold(word.text)


def spellings(word: Word, synonyms: Synonyms) -> tuple[Spelling, ...]:
    """Return the ways to spell a rule's word."""
    folded = fold(word.text)
    if word.mode == "contains":
        return (Spelling(contains=folded),)
    if word.mode == "exact":
        return (Spelling(exact=folded),)
    ways: list[Spelling] = []
    for form in (folded, *map(fold, synonyms.get(folded, ()))):
        ways.append(Spelling(((form.replace(" ", ""),),)))
        if " " in form:
            ways.append(Spelling(tuple(_forms(piece, synonyms) for piece in form.split(" "))))
    return tuple(dict.fromkeys(ways))


def _forms(word: str, synonyms: Synonyms) -> tuple[str, ...]:
    group = (word, *map(fold, synonyms.get(word, ())))
    return tuple(dict.fromkeys(form.replace(" ", "") for form in group))
