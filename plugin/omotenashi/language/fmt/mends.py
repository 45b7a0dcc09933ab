"""Slips of the keyboard that a parser takes for something else: what was meant is written in their place.

They are tried only on files that are wrong, and kept only where fewer mistakes are left.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from omotenashi.language import vocabulary
from omotenashi.language.fmt.lines import Line, cut, joined

_ODD_SPACES = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
_INVISIBLE = re.compile("[\u200b\u200c\u2060\ufeff\u00ad]")
_INDENT = re.compile(rf"[ \t{_ODD_SPACES}]+")
_DASHES = "－ー―–—−・•*‐"
_LIST_DASH = re.compile(rf"( *(?:- +)*)[{re.escape(_DASHES)}-][ {_ODD_SPACES}]*(?=\S)")
_THOUSANDS = re.compile(r"(?<=: )[1-9]\d{0,2}(?:,\d{3})+(?=\s*[,}])")
_BRACKETS = str.maketrans("［］｛｝", "[]{}")


def _known_keys() -> str:
    """All keys and fields of the vocabulary as an expression, the longest first."""
    tables = [value for value in vars(vocabulary).values() if isinstance(value, vocabulary.Words)]
    names = {name for table in tables for name in table.names()} | set(vocabulary.field_names())
    dotted = r"(?:(?:member|query|会員|クエリ)\.[^\s:：,{}\[\]]+)"
    return "|".join([dotted, *(re.escape(name) for name in sorted(names, key=lambda one: (-len(one), one)))])


_KEY = rf"(?:{_known_keys()})"
_SEPARATOR = rf"[ {_ODD_SPACES}]*[:：][ {_ODD_SPACES}]*"
_LINE_KEY = re.compile(rf"( *(?:- +)*)({_KEY}){_SEPARATOR}(?=\S|$)")
_FLOW_KEY = re.compile(rf"([{{,]\s*)({_KEY}){_SEPARATOR}")
_BEGINS_WITH_KEY = re.compile(rf"{_KEY}[ {_ODD_SPACES}]*[:：]")
_NAME_LINE = re.compile(rf"( *)([^\s:：#\"'\[{{-][^:：#]*?)[ {_ODD_SPACES}]*：[ {_ODD_SPACES}]*$")


def indentation(text: str, tab: int, wide: int) -> str:
    """Write spaces for tabs and odd spaces at the beginnings of lines: `tab` and `wide` of them."""
    return "\n".join(
        _INDENT.sub(lambda found: _as_spaces(found[0], tab, wide), line, count=1) if line[:1].isspace() else line
        for line in text.split("\n")
    )


def _as_spaces(blank: str, tab: int, wide: int) -> str:
    widths = {"\t": tab, "\u3000": wide}
    return "".join(" " * widths.get(character, 1) for character in blank)


def invisible(text: str) -> str:
    """Take away characters that nobody sees."""
    return joined(cut(text), lambda line: line.text if line.kind == "block" else _INVISIBLE.sub("", line.text))


def list_dashes(text: str) -> str:
    """Write `- ` for other dashes and dots, and where the space after the dash is missing."""
    return joined(cut(text), _list_dash)


def _list_dash(line: Line) -> str:
    text = line.text
    found = _LIST_DASH.match(text) if line.kind == "code" else None
    if found is None or text.startswith("---"):
        return text
    spaced = text[: found.end()][-1:] in (" ", *"\u3000\u00a0")
    return f"{found[1]}- {text[found.end() :]}" if spaced or _BEGINS_WITH_KEY.match(text, found.end()) else text


def colons(text: str) -> str:
    """Write `: ` after a known key for a full-width colon, and where the space is missing; a name alone, too."""
    once = joined(cut(text), _colon)
    return joined(cut(once), _colon)  # braces are braces only once they follow a colon


def _colon(line: Line) -> str:
    if line.kind not in ("code", "inside"):
        return line.text
    pieces = [_FLOW_KEY.sub(r"\1\2: ", one.text) if one.kind == "flow" else one.text for one in line.pieces]
    text = "".join(pieces)
    if line.kind == "code":
        text = _LINE_KEY.sub(lambda found: f"{found[1]}{found[2]}: ", text, count=1).rstrip(" ")
        text = _NAME_LINE.sub(r"\1\2:", text)
    return text


def brackets(text: str) -> str:
    """Write [ ] { } for their full-width forms."""
    return joined(
        cut(text),
        lambda line: "".join(
            one.text.translate(_BRACKETS) if one.kind in ("code", "flow") else one.text for one in line.pieces
        ),
    )


def separators(text: str) -> str:
    """Write a comma for 、 and ， between brackets."""
    return joined(
        cut(text),
        lambda line: "".join(
            re.sub("[、，] ?", ", ", one.text) if one.kind == "flow" else one.text for one in line.pieces
        ),
    )


def thousands(text: str) -> str:
    """Take away the commas within a number between brackets, where each of them would end it."""
    return joined(
        cut(text),
        lambda line: "".join(
            _THOUSANDS.sub(lambda found: found[0].replace(",", ""), one.text) if one.kind == "flow" else one.text
            for one in line.pieces
        ),
    )


MENDS: tuple[Callable[[str], str], ...] = (
    partial(indentation, tab=2, wide=2),
    invisible,
    list_dashes,
    brackets,
    colons,
    separators,
    thousands,
)
OTHER_WIDTHS: tuple[Callable[[str], str], ...] = (
    partial(indentation, tab=4, wide=1),
    partial(indentation, tab=4, wide=2),
    partial(indentation, tab=8, wide=4),
)
"""Indentation that is tried where the usual one does not help."""
