"""Cutting Japanese into morphemes: Sudachi with its small dictionary, which the extra `ja` brings.

Mode A, the shortest words: 東京|都, ランニング|シューズ. Three things are set right that matter for what people search:
- hiragana that is a katakana word (らんにんぐ): it is cut as katakana where that makes fewer words, all of them known;
- hiragana that was cut to bits because the dictionary does not know it (べ|びー|かー): it counts as unknown;
- a katakana compound that the dictionary lists whole (スキーウェア): it is cut where both sides are common nouns of
  three characters or more, and the second is no mere ending. Names are never cut: アイスランド is no アイス.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from omotenashi.engine.borders import Piece

if TYPE_CHECKING:
    from sudachipy import Dictionary, Tokenizer

DICTIONARY = "/sudachidict_small/resources/system.dic"
"""The end of its path. Of its 115 MB loading it looks at 27, and cutting what a shop's visitors search for at 10."""
_LONGEST = 2000
"""Characters of a text that are cut; what visitors search for has 200. Sudachi itself refuses over 49,149 bytes."""
_SHORTEST_PART = 3
_ENDINGS = frozenset(
    "イング ケット サリー ジャー タジー チック ティア ティー ティクス ティック トリー ネット マット モンド "
    "リスト リズム リング リート レット レート レーション ロジー ロール".split()
)
"""Endings of borrowed words that are nouns besides: マネージャー is no マネー and フローリング no リング."""
_HIRAGANA = re.compile("[ぁ-ゖー]+")
_KATAKANA = re.compile("[ァ-ヺー]+")
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_ALONE = "おかがごただてでとなにのはへもやを"
"""Hiragana that are a particle, an ending or a prefix by themselves."""
_lock = threading.Lock()
"""Dictionary and tokenizer work for one thread at a time."""


class _Morpheme(Struct, frozen=True):
    surface: str
    kind: str
    subkind: str
    domain: str
    known: bool


def is_installed() -> bool:
    """Tell whether the extra `ja` is there."""
    return find_spec("sudachipy") is not None and find_spec("sudachidict_small") is not None


def segment(text: str) -> tuple[Piece, ...]:
    """Return the morphemes of a text; none for one that is too long. The first call loads the dictionary."""
    if len(text) > _LONGEST:
        return ()
    mended = [
        morpheme
        for written, group in groupby(_morphemes(text), key=lambda one: bool(_HIRAGANA.fullmatch(one.surface)))
        for morpheme in (_mended(list(group)) if written else group)
    ]
    return tuple(_pieces(mended))


def _mended(hiragana: list[_Morpheme]) -> list[_Morpheme]:
    """Morphemes of hiragana in a row, cut as katakana or put together where they make no sense."""
    if len(hiragana) == 1:
        return hiragana
    text = "".join(one.surface for one in hiragana)
    katakana = _morphemes(text.translate(_TO_KATAKANA))
    if len(katakana) < len(hiragana) and all(one.known and one.domain != "人名" for one in katakana):
        return katakana
    if any(map(_makes_no_sense, hiragana)):
        return [_Morpheme(text, "", "", "", known=False)]
    return hiragana


def _makes_no_sense(hiragana: _Morpheme) -> bool:
    if not hiragana.known or hiragana.kind in ("感動詞", "補助記号"):
        return True
    if "ー" in hiragana.surface:
        return hiragana.kind != "名詞"
    return len(hiragana.surface) == 1 and hiragana.surface not in _ALONE


def _pieces(morphemes: list[_Morpheme]) -> Iterator[Piece]:
    end = 0
    for one in morphemes:
        cut = _cut(one.surface) if one.subkind == "普通名詞" and one.known and _KATAKANA.fullmatch(one.surface) else 0
        if cut:
            yield Piece(end + cut)
        end += len(one.surface)
        yield Piece(end, one.known, one.kind == "接尾辞")


@lru_cache(maxsize=4096)
def _cut(compound: str) -> int:
    """Where a katakana compound falls into two common nouns; 0 where it does not."""
    for cut in range(_SHORTEST_PART, len(compound) - _SHORTEST_PART + 1):
        left, right = compound[:cut], compound[cut:]
        if right not in _ENDINGS and _is_common_noun(left) and _is_common_noun(right):
            return cut
    return 0


def _is_common_noun(text: str) -> bool:
    """Clippings and other spellings, such as サイク (細工) in サイクリング, do not count."""
    with _lock:
        entries = _dictionary().lookup(text)
        return any(one.part_of_speech()[1] == "普通名詞" and one.normalized_form() == text for one in entries)


def _morphemes(text: str) -> list[_Morpheme]:
    with _lock:
        found = _tokenizer().tokenize(text)
        whole = (one for one in found if one.surface())  # Sudachi cuts ⑴ into three, of which two are empty
        return [_morpheme(one.surface(), one.part_of_speech(), known=not one.is_oov()) for one in whole]


def _morpheme(surface: str, part_of_speech: Sequence[str], *, known: bool) -> _Morpheme:
    kind, subkind, domain, *_ = part_of_speech
    return _Morpheme(surface, kind, subkind, domain, known)


@cache
def _tokenizer() -> Tokenizer:
    from sudachipy import SplitMode  # noqa: PLC0415 an extra, and loaded only where words are matched

    return _dictionary().tokenizer(mode=SplitMode.A)


@cache
def _dictionary() -> Dictionary:
    from sudachipy import Dictionary  # noqa: PLC0415 likewise

    return Dictionary(dict="small")
