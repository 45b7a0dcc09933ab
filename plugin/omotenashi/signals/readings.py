"""From bytes to text where several charsets are possible: the first reading that looks like what people write."""

from __future__ import annotations

import re
import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Sequence

from omotenashi.signals.japanese import read_in

_JIS = re.compile(rb"\x1b(?:\$|\(I)")
"""How Japanese begins in ISO-2022-JP, all of whose bytes are ASCII."""
_OF_TWO_BYTES = frozenset({"euc_jp", "cp949", "big5", "big5hkscs", "gb18030"})
"""Codecs, some short words of which are UTF-8, too."""
_NOBODY_WRITES = re.compile(r"[\x80-\x9f\ue000-\uf8ff]")
"""Control characters, and characters without a meaning."""
_MEANS_NOTHING = frozenset({"Cn", "Co"})
"""Categories of code points that are not assigned, and of those for private use."""
_HALF_WIDTH = re.compile(r"[\uff61-\uff9f]")
"""Kana; one alone in EUC-JP is a kanji in cp932, such as 車."""
_HALF_WIDTH_SIGNS = re.compile(r"[\uff61-\uff65]")
"""As which kana in EUC-JP are read in cp932."""
_BESIDE_HALF_WIDTH = re.compile(r"[^\x00-\x7f\u3000\uff61-\uff9f]")
_BROKEN_UTF_8 = re.compile("[縺繧繝]")
"""As which rare kanji the first two bytes of kana in UTF-8 are read in cp932."""
_ONLY_LATIN = re.compile(r"[\x00-\u036f]*[\u0100-\u036f][\x00-\u036f]*")
_IN_A_WORD = re.compile(r"[A-Za-z\x80-\xff][\u0100-\u036f]|[\u0100-\u036f][A-Za-z\x80-\xff]")


def reading(data: bytes, codecs: Sequence[str]) -> str:
    """Return `data` as text. Of the codecs, those before utf-8 are what the writer says, those after it are guesses.

    A reading that looks wrong counts only where no other is possible. Where none is, it is UTF-8 with replacement
    characters. What can be nothing but UTF-8, or nothing but ISO-2022-JP, is read so whatever the codecs are.
    """
    if _surely_utf8(data, codecs):
        return data.decode("utf-8", "replace")
    doubtful = None
    for place, codec in enumerate(("iso2022_jp_ext", *codecs) if _JIS.search(data) else codecs):
        try:
            text = read_in(data, codec)
        except UnicodeDecodeError:
            continue
        guessed = "utf-8" in codecs[:place]
        if guessed and codec == "cp932" and _BROKEN_UTF_8.search(text):
            continue
        if not _looks_wrong(text, codec, codecs, guessed=guessed):
            return text
        doubtful = doubtful or text
    return doubtful or data.decode("utf-8", "replace")


def _looks_wrong(text: str, codec: str, codecs: Sequence[str], *, guessed: bool) -> bool:
    if text.isascii():
        return False
    if codec == "utf-8":
        return _is_loose_latin(text) and not _OF_TWO_BYTES.isdisjoint(codecs)
    if _NOBODY_WRITES.search(text):
        return True
    if codec == "euc_jp":
        return guessed and bool(_HALF_WIDTH.fullmatch(text))
    if codec != "cp932" or not _HALF_WIDTH.search(text):
        return False
    return bool(_HALF_WIDTH_SIGNS.search(text) or _BESIDE_HALF_WIDTH.search(text))


def _is_loose_latin(text: str) -> bool:
    """Whether all is Latin, and rare letters such as ǭ stand alone: 猫 in EUC-JP looks like that in UTF-8."""
    return bool(_ONLY_LATIN.fullmatch(text)) and not _IN_A_WORD.search(text)


def _surely_utf8(data: bytes, codecs: Sequence[str]) -> bool:
    """Whether all is UTF-8 up to a character that is cut off at the end, one of three bytes or more among it.

    Japanese and Chinese in other charsets hardly ever look like this. Characters of two bytes are no proof: some short
    words in EUC-JP are UTF-8 as well. Nor is, where somebody says that it is EUC-JP, what is cut off or hardly ever
    written: so are, in UTF-8, two kanji in a hundred and sixty.
    """
    if data.isascii():
        return False
    decoder = getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError:
        return False
    if codecs and codecs[0] == "euc_jp" and (decoder.getstate()[0] or any(map(_is_rare, text))):
        return False
    return max(text, default="") >= "\u0800"


def _is_rare(char: str) -> bool:
    """Whether a character means nothing, or is an ideograph of the supplementary planes."""
    category = unicodedata.category(char)
    return category in _MEANS_NOTHING or (category == "Lo" and char > "\uffff")
