"""Slips of quotes: not closed, closed too early, with more text behind, with a backslash that says nothing."""

from __future__ import annotations

import re

from msgspec import Struct

from omotenashi.language.slips.known import is_key
from omotenashi.language.slips.signs import COLONS, QUOTE_PAIRS
from omotenashi.language.slips.slip import Slip, quoted

_QUOTED = {
    '"': re.compile(r'"(?>(?:[^"\\]++|\\.)*)"', re.DOTALL),
    "'": re.compile(r"'(?>(?:[^']++|'')*)'"),
}
_ESCAPE = re.compile(r"\\(?:([0abtnvfre \"/\\N_LP\t\n]|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U00[01][\da-fA-F]{5})|(.))")
_ENTRY = re.compile(r"^[ \t]*(?:- +)*([^\s:\"'#{\[]+):(?=\s|$)", re.MULTILINE)
_REST_OF_LINE = re.compile(r"[^\n]*")
_REST_OF_PART = re.compile(r"[^\n,\]}]*")
_APOSTROPHE = re.compile(r"(?:s|t|d|m|re|ve|ll)\b", re.ASCII)
_FINE_BEHIND = re.compile(r"[ \t]*(?:#|:|$)", re.MULTILINE)
_FINE_BEHIND_IN_FLOW = re.compile(r"\s*(?:[,\]}:#]|\Z)")


class Quoted(Struct):
    """Where a quoted text ends, or None where it does not or a slip is in it."""

    end: int | None
    slip: Slip | None = None


def read_quoted(text: str, start: int, *, parsed: bool, flow: bool = False) -> Quoted:
    """Read the quoted text at `start`; `parsed` where a parser has found its end too."""
    match = _QUOTED[text[start]].match(text, start)
    if match is None:
        return Quoted(None, _unclosed(text, start, flow=flow))
    if parsed:
        return Quoted(match.end())
    if any(is_key(entry[1]) for entry in _ENTRY.finditer(text, start, match.end())):
        return Quoted(None, _unclosed(text, start, flow=flow))
    behind = _text_behind(text, start, match.end(), flow=flow)
    if behind and "\n" in match[0]:
        return Quoted(None, _unclosed(text, start, flow=flow))
    wrong = behind or _bad_escape(text, start, match.end())
    return Quoted(None if behind else match.end(), wrong)


def _unclosed(text: str, start: int, *, flow: bool) -> Slip:
    rest = (_REST_OF_PART if flow else _REST_OF_LINE).match(text, start + 1)
    inside = rest[0].rstrip() if rest else ""
    sign = text[start]
    odd = next((place for place, one in enumerate(inside) if one in QUOTE_PAIRS and sign in QUOTE_PAIRS[one]), None)
    if odd is not None:
        at = start + 1 + odd
        return Slip("E124", at, at + 1, {"sign": inside[odd], "right": quoted(inside[:odd])})
    return Slip("E121", start, start + 1, {"sign": sign, "right": f"{sign}{inside}{sign}"})


def _text_behind(text: str, start: int, end: int, *, flow: bool) -> Slip | None:
    """What follows the closing quote: more text makes it a quote that was meant as a letter, or needs it to go."""
    if (_FINE_BEHIND_IN_FLOW if flow else _FINE_BEHIND).match(text, end):
        return None
    rest = (_REST_OF_PART if flow else _REST_OF_LINE).match(text, end)
    behind = rest[0].rstrip() if rest else ""
    if behind and behind[0] in COLONS:
        return Slip("E113", end, end + 1, {"key": text[start:end], "sign": behind[0]})
    whole = text[start:end] + behind
    if behind[:1].strip() and len(whole) > 2 and behind != ",":
        return Slip("E122", end - 1, end, {"sign": text[start], "right": quoted(_inside(whole, end - start))})
    at = end + len(behind) - len(behind.lstrip())
    right = text[start:end] if behind == "," else quoted(whole)
    return Slip("E123", at, at + len(behind.lstrip()), {"right": right})


def _inside(whole: str, end: int) -> str:
    """The text that was meant by one whose quotes end too early, at `end`: `"a"b` is no text in quotes at all."""
    sign = whole[0]
    if whole[-1] == sign:
        return whole[1:-1]
    apostrophe = sign == "'" and _APOSTROPHE.match(whole, end)
    return whole[1:] if apostrophe or whole.count(sign) % 2 else whole


def _bad_escape(text: str, start: int, end: int) -> Slip | None:
    if text[start] != '"' or "\\" not in text[start:end]:
        return None
    for escape in _ESCAPE.finditer(text, start, end):
        if escape[2]:
            right = "'" + text[start + 1 : end - 1].replace("'", "''") + "'"
            return Slip("E142", escape.start(), escape.end(), {"sign": escape[0], "right": right})
    return None
