"""Matching a rule's words against what a visitor searched for, by changes of script.

A border is the start, the end, a space, punctuation or a change of script. A word lies between borders; kana words of
three or more characters may also just begin or end a run, kanji words of two or more may begin one, or end one that is
at least two characters longer. So パン is not in パンツ and 京都 not in 東京都, but 温泉 is in 箱根温泉.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from omotenashi.model.text import fold, fold_kana, widths

_SHORTEST_OPEN_KANA = 3
_SHORTEST_OPEN_KANJI = 2
_LONGER_RUN = 2


class Query:
    """What a visitor searched for, prepared: without spaces, kana folded, with its borders."""

    __slots__ = ("borders", "folded", "joined", "run_starts", "spaces")

    def __init__(self, text: str) -> None:
        unfolded = widths(text)
        self.folded = fold(text)
        scripts = _scripts(unfolded)
        places = [place for place, script in enumerate(scripts) if script != " "]
        self.joined = fold_kana("".join(unfolded[place] for place in places))
        self.borders = _borders(scripts, places)
        self.spaces = frozenset(n for n in range(1, len(places)) if places[n] - places[n - 1] > 1)
        self.run_starts = _run_starts(self.borders)

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
        end = start + len(word)
        begins, ends = self.borders[start], self.borders[end]
        if begins and ends:
            return True
        if any(start < space < end for space in self.spaces):
            return False
        kind = _kind(word)
        if kind == "kana":
            return len(word) >= _SHORTEST_OPEN_KANA and (begins or ends)
        if kind == "kanji" and len(word) >= _SHORTEST_OPEN_KANJI:
            return begins or (ends and end - self.run_starts[start] >= len(word) + _LONGER_RUN)
        return False


@lru_cache(maxsize=4096)
def prepared(text: str) -> Query:
    """Return the query for a text; the same words come again and again."""
    return Query(text)


class WordTable:
    """All words of all rules, by their first two characters: which of them a query holds takes one pass over it."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_start: dict[str, list[str]] = {}
        for word in sorted(set(words)):
            self._by_start.setdefault(word[:2], []).append(word)

    def found_in(self, query: Query) -> frozenset[str]:
        """Return the folded words without spaces that lie in the query."""
        joined, table = query.joined, self._by_start
        return frozenset(
            word
            for start in range(len(joined))
            for key in (joined[start : start + 2], joined[start])
            for word in table.get(key, ())
            if joined.startswith(word, start) and query.holds_at(word, start)
        )


def _scripts(text: str) -> list[str]:
    scripts: list[str] = []
    for character in text:
        script = _script(character)
        if script == "ー":
            script = scripts[-1] if scripts and scripts[-1] in "ひカ" else "カ"
        scripts.append(script)
    return scripts


def _script(character: str) -> str:
    if character == " ":
        return " "
    if "ぁ" <= character <= "ゟ":
        return "ひ"
    if character == "ー":
        return "ー"
    if "ァ" <= character <= "ヿ" and character != "・":
        return "カ"
    if "一" <= character <= "鿿" or "㐀" <= character <= "䶿" or character in "々〆〇" or "豈" <= character <= "﫿":
        return "漢"
    if character.isdigit():
        return "1"
    return "a" if character.isalpha() else "."


def _borders(scripts: list[str], places: list[int]) -> list[bool]:
    """For each boundary of the joined text, whether it is a border; punctuation is a border on both sides."""
    borders = [True]
    for before, after in pairwise(places):
        spaced = after - before > 1
        borders.append(spaced or scripts[before] != scripts[after] or scripts[after] == ".")
    borders.append(True)
    return borders


def _run_starts(borders: list[bool]) -> list[int]:
    starts: list[int] = []
    for place, border in enumerate(borders):
        starts.append(place if border else starts[-1])
    return starts


@lru_cache(maxsize=8192)
def _kind(word: str) -> str:
    scripts = set(_scripts(word))
    if scripts == {"漢"}:
        return "kanji"
    return "kana" if scripts <= {"ひ", "カ"} else "mixed"
