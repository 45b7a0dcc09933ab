"""Where in a text a word may begin and end: at changes of script, or where a dictionary cuts the text into morphemes.

By scripts a border is the start, the end, a space, punctuation or a change of script; kana words of three or more
characters may also just begin or end a run of kana, kanji words of two or more may begin a run, or end one that is at
least two characters longer. So パン is not in パンツ and 京都 not in 東京都, but 温泉 is in 箱根温泉.
By morphemes a border is also where the dictionary cuts; within what it does not know, and for words of rules that it
does not know as one, runs may be cut as by scripts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from msgspec import Struct

_SHORTEST_OPEN_KANA = 3
_SHORTEST_OPEN_KANJI = 2
_LONGER_RUN = 2
_JAPANESE = "ひカ漢"
_NOWHERE: frozenset[int] = frozenset()


class Piece(Struct, frozen=True):
    """A morpheme of a text, or a stretch of it that the dictionary does not know."""

    end: int
    """Where it ends in the text; it begins where the one before ends."""
    known: bool = True
    bound: bool = False
    """A suffix: no word of its own, so that 水 is not in 化粧水."""


Segment: TypeAlias = Callable[[str], Sequence[Piece]]
"""Cuts a text (folded, but for kana) into pieces; none where it cannot be cut."""


class Borders(Struct, frozen=True):
    """The boundaries of a text without its spaces, by number: 0 is its start, its length the end."""

    begins: Sequence[bool]
    """Whether a word may begin there."""
    ends: Sequence[bool]
    spaces: frozenset[int]
    inner: frozenset[int]
    """Changes of script within a morpheme: 鳥 is not in 焼き鳥, but いちご in いちご狩り."""
    run_starts: Sequence[int]
    """Where the run of one script that holds the boundary begins."""
    unknown: frozenset[int] | None
    """What lies within pieces that the dictionary does not know; None: there is no dictionary."""

    def allow(self, word: str, start: int, is_known: Callable[[str], bool]) -> bool:
        """Tell whether a folded word that stands at `start` is a word there, and not a piece of one.

        `is_known` tells whether the dictionary knows a word as one; it is not asked where there is none.
        """
        end = start + len(word)
        begins, ends = self.begins[start], self.ends[end]
        if begins and ends:
            return len(word) > 1 or self.inner.isdisjoint((start, end))
        if any(start < space < end for space in self.spaces):
            return False
        return self._runs_allow(word, start, begins=begins, ends=ends) and (
            self.unknown is None
            or ((begins or start in self.unknown) and (ends or end in self.unknown))
            or not is_known(word)
        )

    def _runs_allow(self, word: str, start: int, *, begins: bool, ends: bool) -> bool:
        kind = _kind(word)
        if kind == "kana":
            return len(word) >= _SHORTEST_OPEN_KANA and (begins or ends)
        if kind == "kanji" and len(word) >= _SHORTEST_OPEN_KANJI:
            length = start + len(word) - self.run_starts[start]
            return begins or (ends and length >= len(word) + _LONGER_RUN)
        return False


def borders(text: str, segment: Segment | None) -> Borders:
    """Return the borders of a text (folded, but for kana); without a segmenter by scripts alone."""
    scripts = _scripts(text)
    places = [place for place, script in enumerate(scripts) if script != " "]
    changes = _changes(scripts, places)
    spaces = frozenset(n for n in range(1, len(places)) if places[n] - places[n - 1] > 1)
    pieces = segment(text) if segment else ()
    if not pieces:
        return Borders(changes, changes, spaces, _NOWHERE, _run_starts(changes), None)
    return _by_morphemes(scripts, places, changes, spaces, pieces)


def _by_morphemes(
    scripts: list[str], places: list[int], changes: list[bool], spaces: frozenset[int], pieces: Sequence[Piece]
) -> Borders:
    """Cut as the dictionary does, but never within Latin letters or digits."""
    starts = dict(zip([0, *(piece.end for piece in pieces)], pieces, strict=False))
    begins, ends, inner, unknown = changes.copy(), changes.copy(), set[int](), set[int]()
    piece = pieces[0]
    for number, place in enumerate(places):
        cut = place in starts
        piece = starts.get(place, piece)
        if changes[number]:
            if not cut:
                inner.add(number)
        elif not cut and not piece.known:
            unknown.add(number)
        elif cut and scripts[place] in _JAPANESE:
            ends[number] = True
            begins[number] = not piece.bound
    return Borders(begins, ends, spaces, frozenset(inner), _run_starts(changes), frozenset(unknown))


def _changes(scripts: list[str], places: list[int]) -> list[bool]:
    """For each boundary whether the script changes there; spaces and punctuation are borders on both sides."""
    found = [True]
    for before, after in pairwise(places):
        spaced = after - before > 1
        found.append(spaced or scripts[before] != scripts[after] or scripts[after] == ".")
    found.append(True)
    return found


def _run_starts(changes: Sequence[bool]) -> list[int]:
    starts: list[int] = []
    for place, change in enumerate(changes):
        starts.append(place if change else starts[-1])
    return starts


@lru_cache(maxsize=8192)
def _kind(word: str) -> str:
    scripts = set(_scripts(word))
    if scripts == {"漢"}:
        return "kanji"
    return "kana" if scripts <= {"ひ", "カ"} else "mixed"


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
