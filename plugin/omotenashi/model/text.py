"""Folding: the one way in which texts of rules and of visitors are made comparable."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)} | {0x30FD: 0x309D, 0x30FE: 0x309E}
_WAVE_DASHES = dict.fromkeys(map(ord, "〜～∼⁓〰"), "~")


_LONGEST_REMEMBERED = 256
"""Characters; what is in ASCII takes less time to fold than to look up."""


def fold(text: str) -> str:
    """Return `text` after NFKC, case folding, katakana to hiragana, one wave dash and single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _folded(text)


@lru_cache(maxsize=8192)
def _remembered(text: str) -> str:
    return _folded(text)


def _folded(text: str) -> str:
    return widths(text).translate(_KATAKANA_TO_HIRAGANA)


def widths(text: str) -> str:
    """Return `text` folded in all respects but kana, so that changes of script can still be seen."""
    unified = unicodedata.normalize("NFKC", text.translate(_WAVE_DASHES)).casefold()
    return " ".join(unicodedata.normalize("NFKC", unified).translate(_WAVE_DASHES).split())


def fold_kana(text: str) -> str:
    """Return `text` with katakana as hiragana, character by character."""
    return text.translate(_KATAKANA_TO_HIRAGANA)
