"""From the bytes of a query string to text: percent-decoding in whatever charset a term was written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from omotenashi.signals.readings import reading

LONGEST_URL = 4096
"""Characters of a URL that are read; the rest is ignored."""
LONGEST_TEXT = 200
"""Characters of a keyword or of a campaign's name that are kept."""
LONGEST_PATH = 512
"""Characters of a path that are kept with a visit."""
JAPANESE = ("euc_jp", "cp932")
"""Codecs of Japanese sites that are not in UTF-8."""
UTF_8_OR_JAPANESE = ("utf-8", *JAPANESE)
"""Codecs of what is in UTF-8 unless it comes from one of these: links and forms."""

_URL = re.compile(r"\A(?:[A-Za-z][A-Za-z0-9+.-]*:)?/")
_CHARSET_PARAMETERS = frozenset({"ei", "ie", "_charset_"})
"""What engines call it, and what HTML does in forms."""
_CODECS = {
    "utf-8": "utf-8", "utf8": "utf-8",
    "euc-jp": "euc_jp", "eucjp": "euc_jp", "x-euc-jp": "euc_jp", "euc": "euc_jp",
    "shift-jis": "cp932", "shiftjis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "ms932": "cp932", "cp932": "cp932",
    "windows-31j": "cp932", "iso-2022-jp": "iso2022_jp_ext", "jis": "iso2022_jp_ext",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5", "big5-hkscs": "big5hkscs",
    "euc-kr": "cp949", "ks-c-5601-1987": "cp949", "cp949": "cp949",
    "koi8-r": "koi8_r", "koi8-u": "koi8_u",
    "windows-1250": "cp1250", "windows-1251": "cp1251", "windows-1252": "cp1252", "windows-1254": "cp1254",
    "iso-8859-1": "latin_1", "latin1": "latin_1", "iso-8859-2": "iso8859_2", "iso-8859-9": "cp1254",
    "iso-8859-15": "iso8859_15",
}  # fmt: skip
"""Python's codec for a charset's name. The wider of two that share a name: cp932 for Shift_JIS, gb18030 for gb2312."""


_SINGLE_BYTES = ("koi8", "cp125", "latin", "iso8859")
_ESCAPED_AGAIN = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")
_C1 = re.compile(r"[\x80-\x9f]")
_BREAKS = frozenset("\t\n\v\f\r\x85\u2028\u2029")
_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Marks that turn the direction of writing, and the mark of byte order."""


def query_pairs(url_or_query: str, charsets: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return the names and values of a query string, or of a URL's query, in their order, decoded.

    A value is read in the charset that the query itself declares (`ei=`, `ie=`), else as strict UTF-8, else in the
    first of `charsets` that fits, EUC-JP before all others, else as UTF-8 with replacement characters: see `reading`.
    """
    text = url_or_query[:LONGEST_URL]
    query = text.partition("#")[0].partition("?")[2] if _URL.match(text) else text.removeprefix("?")
    return read_pairs(query, codecs_of(tuple(charsets)))


def fragment_pairs(url: str, charsets: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return what stands behind the # of a URL if it is written like a query; scripts of the CMS may send it."""
    fragment = url[:LONGEST_URL].partition("#")[2]
    return read_pairs(fragment.partition("?")[2] or fragment, codecs_of(tuple(charsets))) if "=" in fragment else []


def read_pairs(query: str, codecs: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return the decoded names and values of a bare query string; `codecs` are names from `codecs_of`.

    `&amp;` separates like `&`: links in mails are often escaped once too often.
    """
    parts = [part.removeprefix("amp;").partition("=") for part in query.split("&") if part]
    if "%" not in query and "+" not in query and query.isascii():
        return [(name, value) for name, _, value in parts]
    declared = _declared(parts)
    family = () if set(declared).isdisjoint(JAPANESE) else JAPANESE
    order = (*declared, "utf-8", *codecs, *family)
    return [(decoded(name, order), decoded(value, order)) for name, _, value in parts]


def decoded(text: str, codecs: Sequence[str] = ("utf-8",)) -> str:
    """Return one percent-encoded name or value as text, in the codec that fits, as `reading` says."""
    text = text.replace("+", " ")
    if "%" not in text and text.isascii():
        return text
    return reading(unquote_to_bytes(_bytes(text)), codecs)


def as_typed(text: str, codecs: Sequence[str] = ("utf-8",)) -> str:
    """Return a decoded value as people wrote it: decoded once more where it was escaped twice, and cleaned."""
    if "%" in text and _ESCAPED_AGAIN.search(text):
        again = decoded(text.replace("+", "%2B"), codecs)
        text = text if "\ufffd" in again else again
    return cleaned(text)


@lru_cache(maxsize=64)
def codecs_of(charsets: tuple[str, ...]) -> tuple[str, ...]:
    """Return Python's codecs for charset names, EUC-JP first.

    cp932 reads most of what is EUC-JP too, as half-width kana, and EUC-JP hardly anything that is cp932.
    """
    codecs = [_CODECS[name] for charset in charsets if (name := _folded(charset)) in _CODECS]
    return tuple(sorted(codecs, key=lambda codec: codec != "euc_jp"))


def cleaned(text: str) -> str:
    """Return `text` without control characters and surrounding space, cut to what is kept."""
    if not text.isprintable():
        text = "".join(" " if char in _BREAKS else char for char in text if char in _BREAKS or _shows(char))
    return text.strip()[:LONGEST_TEXT].rstrip()


def _declared(parts: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return the codecs that a query declares; before one of single bytes, in which everything can be read, UTF-8."""
    names = (_folded(value) for name, _, value in parts if name.lower() in _CHARSET_PARAMETERS)
    codecs = [_CODECS[name] for name in names if name in _CODECS]
    return ["utf-8", *codecs] if codecs and codecs[0].startswith(_SINGLE_BYTES) else codecs


def _folded(charset: str) -> str:
    return charset.strip().lower().replace("_", "-")


def _bytes(text: str) -> bytes:
    """Return the bytes behind `text`; raw bytes in a header reach us as Latin-1, of which nobody writes C1 controls."""
    try:
        raw = text.encode("latin-1")
        if not _C1.search(text):
            raw.decode("utf-8")
    except ValueError:
        return text.encode("utf-8", "replace")
    return raw


def _shows(char: str) -> bool:
    return char not in _DIRECTIONS and unicodedata.category(char) not in {"Cc", "Cs"}
