"""What a word means, and the words that stand at one place."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from omotenashi.language.vocabulary import Word


class Meaning(Struct, frozen=True):
    """What a word means."""

    ja: str = ""
    en: str = ""
    example: str = ""


class Section(Struct, frozen=True):
    """Words that stand at one place, with their meanings."""

    ja: str
    en: str
    words: tuple[Word, ...]
    meanings: Mapping[str, Meaning]

    def meaning(self, word: Word) -> Meaning:
        """Return what a word means at this place; nothing of one that has no line."""
        return self.meanings.get(word.name, Meaning())


def section(ja: str, en: str, words: tuple[Word, ...], table: str) -> Section:
    """Return a place with its words; a line of the table is `name | Japanese | English | example`."""
    return Section(ja, en, words, _meanings(table))


def _meanings(table: str) -> dict[str, Meaning]:
    rows = [[cell.strip() for cell in line.split(" | ")] for line in table.splitlines() if line]
    return {name: Meaning(*cells) for name, *cells in rows}
