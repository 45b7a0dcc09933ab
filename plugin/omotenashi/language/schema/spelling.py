"""Regular expressions for all spellings of a word: in any case, width and kana, as `fold` makes them one.

They are written in what ECMAScript (with the flag u) and Python have in common.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from omotenashi.model.text import fold

_TYPED = (range(0x21, 0x7F), range(0x100, 0x180), range(0x3041, 0x30FF), range(0xFF01, 0xFFDD))
"""What is typed in several ways: ASCII, Latin letters with macrons, kana, and other widths."""
_HALF_KANA, _MARKS = range(0xFF66, 0xFF9E), "ﾞﾟ"
_SYNTAX = re.compile(r"[\\^$.*+?()\[\]{}|/]")


def spelled(words: Iterable[str]) -> str:
    """Return an expression for a whole text that is one of the words, in any spelling."""
    return rf"^\s*(?:{alternatives(words)})\s*$"


def spelled_otherwise(words: Iterable[str]) -> str:
    """Return an expression for the spellings of the words, apart from the words as they are given."""
    given = "|".join(map(_literal, words))
    return rf"^(?!(?:{given})$)\s*(?:{alternatives(words)})\s*$"


def spelled_before_a_dot(words: Iterable[str]) -> str:
    """Return an expression for one of the words, a dot and a name: member.rank."""
    return rf"^\s*(?:{alternatives(words)})\s*\..+$"


def alternatives(words: Iterable[str]) -> str:
    """Return the spellings of the words as they stand between the parentheses of a group."""
    return "|".join(dict.fromkeys(map(_spellings, words)))


def _spellings(word: str) -> str:
    return "".join(r"\s+" if character == " " else _typings(character) for character in fold(word))


@lru_cache
def _typings(folded: str) -> str:
    single, pairs = _typed_as()
    typed = [*map(_literal, single.get(folded, folded)), *pairs.get(folded, "")]
    return f"(?:{'|'.join(typed)})" if len(typed) > 1 else typed[0]


def _literal(text: str) -> str:
    return _SYNTAX.sub(r"\\\g<0>", text)


@lru_cache(maxsize=1)
def _typed_as() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """For each folded character what is typed for it: single characters, and pairs of half-width kana."""
    single: defaultdict[str, list[str]] = defaultdict(list)
    pairs: defaultdict[str, list[str]] = defaultdict(list)
    for character in (chr(code) for codes in _TYPED for code in codes):
        single[fold(character)].append(character)
    for pair in (chr(code) + mark for code in _HALF_KANA for mark in _MARKS):
        pairs[fold(pair)].append(pair)
    return dict(single), dict(pairs)
