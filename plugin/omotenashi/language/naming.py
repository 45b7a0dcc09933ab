"""How a file names the vocabulary: in Japanese or in English, and texts to write in the same way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from omotenashi.language import vocabulary
from omotenashi.language.vocabulary import FIELDS, Word, Words

_ENOUGH = 100_000
_NEAR = 200
"""Characters that are looked at: more would tell nothing else."""


def speaks_japanese(text: str) -> bool:
    """Tell whether any key of a file's text is Japanese, also where the file cannot be parsed."""
    return _JAPANESE_KEY.search(text, 0, _ENOUGH) is not None


def key_language(text: str) -> str:
    """Return the language of most keys of a file's text: ja or en."""
    japanese, english = (
        sum(1 for _ in pattern.finditer(text, 0, _ENOUGH)) for pattern in (_JAPANESE_KEY, _ENGLISH_KEY)
    )
    return "ja" if japanese > english else "en"


def is_table(file: str) -> bool:
    """Tell whether a file is one of a spreadsheet, by its name."""
    return file.lower().endswith((".csv", ".tsv", ".txt"))


def heading_language(table: str) -> str:
    """Return the language of most headings in the first row of a table: ja or en; empty text where none is known."""
    cells = re.split("[,\t;]", table[:_ENOUGH].lstrip().partition("\n")[0])
    headings = [cell.strip(' \r"').partition(".")[0] for cell in cells]
    japanese, english = sum(one in _JAPANESE_NAMES for one in headings), sum(one in _JAPANESE for one in headings)
    return "ja" if japanese > english else "en" if english else ""


def key_language_at(line: str, column: int) -> str:
    """Return the language of the key next before a column (from 1) of a line; empty text where there is none."""
    start = max(0, column - _NEAR)
    window = (start, min(len(line), column + _NEAR))
    found = [(one.start(2), "ja") for one in _JAPANESE_KEY.finditer(line, *window)]
    found += [(one.start(2), "en") for one in _ENGLISH_KEY.finditer(line, *window)]
    before = [one for one in found if one[0] < column]
    return max(before)[1] if before else ""


def named(name: str, language: str) -> str:
    """Return the name of a key or a word value in ja or en; a text that is neither is returned as it is."""
    return " / ".join(_JAPANESE.get(part, part) for part in name.split(" / ")) if language == "ja" else name


def in_language(snippet: str, language: str) -> str:
    """Return a piece of a file, written with English names, in the language of a file's keys."""
    if language != "ja":
        return snippet
    spans = _SPAN.sub(lambda found: found[1] + _UNITS[found[2]], snippet)
    return _NAME.sub(lambda found: _translated(found[0], found), spans)


def _translated(name: str, found: re.Match[str]) -> str:
    """A key is followed by a colon; a word value stands alone between a colon, a bracket or the ends."""
    after = found.string[found.end() : found.end() + 1]
    head, dot, rest = name.partition(".")
    if after == ":" or (head in ("member", "query") and dot):
        return _JAPANESE.get(head, head) + dot + rest
    return _VALUES.get(name, name) if _ALONE.match(found.string, found.end()) else name


def _all_words() -> Iterator[Word]:
    """Every word of the vocabulary's tables."""
    for table in vars(vocabulary).values():
        if isinstance(table, Words):
            yield from table.all
    for field in FIELDS:
        yield Word(field.name, field.ja)
        yield from field.choices


def _key(names: list[str]) -> re.Pattern[str]:
    """A key at the beginning of a line, after a dash, or within braces; full-width colons count."""
    either = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    attribute = r"\.[^\s:：{}\[\],|\"']{1,80}"
    return re.compile(
        rf"((?:^[ \t　]*|[{{｛,，、-][ \t　]*))[\"']?({either})(?:{attribute})?[\"']?[ \t　]*[:：]", re.MULTILINE
    )


_WORDS = [word for word in _all_words() if word.ja]
_JAPANESE = {word.name: word.ja for word in reversed(_WORDS)}
_VALUES = {
    **{word.name: word.ja for table in vars(vocabulary).values() if isinstance(table, tuple) for word in table if isinstance(word, Word)},
    **{word.name: word.ja for word in (*vocabulary.SHOW_WORDS.all, *vocabulary.UNKNOWN.all)},
    "yes": "はい", "no": "いいえ", "weekday": "平日", "holiday": "祝",
}  # fmt: skip
_JAPANESE_NAMES = frozenset(word.ja for word in _WORDS if not word.ja.isascii())
_JAPANESE_KEY = _key([word.ja for word in _WORDS if not word.ja.isascii()])
_ENGLISH_KEY = _key([word.name for word in _WORDS])
_UNITS = {
    "seconds": "秒", "minutes": "分", "hours": "時間", "days": "日", "weeks": "週間", "months": "か月", "years": "年",
    "second": "秒", "minute": "分", "hour": "時間", "day": "日", "week": "週間", "month": "か月", "year": "年",
}  # fmt: skip
_SPAN = re.compile(rf"\b(\d+) ({'|'.join(_UNITS)})\b")
_NAME = re.compile(r"(?<![\w./%-])[A-Za-z_]+(?:\.\w+)?")
_ALONE = re.compile(r"\s*(?:[,}\]]|$)")
