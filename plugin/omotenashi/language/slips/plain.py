"""Slips inside one key or one value that stands without quotes."""

from __future__ import annotations

import re

from omotenashi.language.meant import range_meant
from omotenashi.language.slips.known import compares, is_field, is_key, takes_prose, takes_words
from omotenashi.language.slips.signs import (
    CLOSERS,
    COLON,
    CORNERS,
    DASHES,
    FULL_WIDTH,
    HIDDEN,
    INVISIBLE,
    LIST_COMMAS,
    ODD_SPACE,
    QUOTE_PAIRS,
    called,
    space_code,
)
from omotenashi.language.slips.slip import Slip, quoted
from omotenashi.language.vocabulary import RANGE_KEYS, WORD_KEYS, Words

_OPERATORS = Words(*WORD_KEYS.all, *RANGE_KEYS.all)
"""`keyword contains: …` is no colon that stands too late: the reader says how it is written."""
_SUSPICIOUS = re.compile(
    f"^[@%*&!`,?\\]}}]|[{''.join(QUOTE_PAIRS)}{''.join(CORNERS)}{''.join(FULL_WIDTH)}{LIST_COMMAS},{INVISIBLE}]"
    "|[\u3000\xa0]#[ \u3000]"
)
_SIGN = re.compile(r"[@%`,\]}]|\?(?=\s|$)|\*(?![0-9A-Za-z_-]+$)|&(?![0-9A-Za-z_-]+(?:\s|$))|!(?![!<A-Za-z])")
_NAME = re.compile(r"[\w.]+")
_LIST_COMMA = re.compile(f"[{LIST_COMMAS}]")
_BETWEEN = re.compile(f"(?<!\\s)\\s*+[{LIST_COMMAS},]\\s*+")
_NUMBER = re.compile(r"[\d,]+(?:\.\d+)?\s?\w{0,3}")
_NO_SPACE = re.compile(r"""(?<![:/]):(?=[^ \t\n:/]|/(?!/))""")
_EQUALS = re.compile(r"(?<!\s)\s*+(=>|->|[=＝;；→])\s*+")
_NUMBER_OF_ITEM = re.compile(r"[(（]?\d{1,3}[.)．）、]\s*|[①-⑳]\s*")
_QUOTE_ENDS = {one: re.compile(f"[{ends}\n]") for one, ends in {**QUOTE_PAIRS, **CORNERS}.items()}
_LONGEST_QUOTED = 1000
_COMPARISON = re.compile(r"[<>]=?\s*\d[\d,.]*")
_ASKS_QUOTES = re.compile(r": |,| #|:$|^<.*>$")


def value_slip(text: str, start: int, key: str, *, listed: bool = False) -> Slip | None:
    """Return the slip in a value under a key, which begins at `start`; `listed` inside brackets."""
    if not _SUSPICIOUS.search(text):
        return None
    return (
        _sign(text, start)
        or odd_quotes(text, start, key)
        or _full_width(text, start, key)
        or _separator(text, start, key, listed=listed)
        or _hidden(text, start, key)
        or _cut_by_odd_space(text, start)
    )


def key_slip(text: str, start: int) -> Slip | None:
    """Return the slip in what stands before a colon and a space, at `start`."""
    hidden = HIDDEN.search(text)
    if hidden:
        return Slip("E141", start + hidden.start(), start + hidden.end(), {"character": called(hidden[0])})
    if text[0] in QUOTE_PAIRS and text[-1] in QUOTE_PAIRS[text[0]]:
        return Slip("E124", start, start + 1, {"sign": text[0], "right": text[1:-1]})
    if text.endswith(":") and is_key(text.rstrip(": ")):
        return Slip("E139", start + len(text), start + len(text) + 1, {"key": text.rstrip(": ")})
    colon = unspaced_colon(text, start) or wide_colon(text, start)
    return colon or _braces_after_key(text, start) or _two_keys(text, start)


def wide_colon(text: str, start: int, *, always: bool = False) -> Slip | None:
    """Return the slip of a full-width colon after a key: one of the vocabulary, unless any word may be meant."""
    colon = COLON.search(text)
    if colon is None or not text[: colon.start()].strip():
        return None
    key, rest = text[: colon.start()].strip(), text[colon.end() :].strip()
    if not (always or is_key(key) or (_NAME.fullmatch(key) and rest[:1] in ("{", "[", '"'))):
        return None
    return Slip("E113", start + colon.start(), start + colon.end(), {"key": key, "sign": colon[0]})


def unspaced_colon(text: str, start: int, *, always: bool = False) -> Slip | None:
    """Return the slip of a colon that nothing stands off from: behind a key, unless any word may be meant."""
    colon = _NO_SPACE.search(text)
    if colon is None or not colon.start():
        return None
    key, rest = text[: colon.start()].strip(" \"'"), text[colon.end() :]
    if not (always or is_key(key) or (_NAME.fullmatch(key) and rest[0] in "{[\"'")) or " " in key:
        return None
    at = start + colon.start()
    if ODD_SPACE.match(rest):
        return Slip(space_code(rest[0]), at + 1, at + 2, {"character": called(rest[0])})
    return Slip("E115", at, at + 1, {"key": key, "right": f"{key}: {rest}"})


def other_sign(text: str, start: int) -> Slip | None:
    """Return the slip of = or another sign in place of the colon behind a key of the vocabulary."""
    sign = _EQUALS.search(text)
    if sign is None or not is_key(text[: sign.start()]):
        return None
    right = f"{text[: sign.start()]}: {text[sign.end() :]}"
    return Slip("E135", start + sign.start(1), start + sign.end(1), {"sign": sign[1], "right": right})


def no_colon(text: str, start: int) -> Slip:
    """Return the slip of a key that nothing follows: `when {device: mobile}`, or one word on its line."""
    key, *rest = text.split(None, 1) or [""]
    if text[0] in "\"'" and ": " in text:
        return Slip("E132", start, start + len(text), {"key": text, "right": text.strip("\"'")})
    if rest and is_key(key):
        return Slip("E132", start, start + len(key), {"key": key, "right": f"{key}: {rest[0]}"})
    right = "html: |" if text.startswith("<") else f"{text}:"
    return Slip("E132", start, start + len(text), {"key": text, "right": right})


def no_key(text: str, start: int) -> Slip:
    """Return the slip of a colon with nothing before it."""
    return Slip("E117", start, start + 1, {"sign": ":", "right": quoted(text.strip())})


def odd_dash(text: str) -> str:
    """Return the sign at the beginning of a line that was meant for the dash of a list, or empty text."""
    if text[0] in DASHES or text.startswith("--"):
        only_a_rule = set(text.strip()) <= set(DASHES + "-")
        return "" if only_a_rule else text[: 1 if text[0] in DASHES else len(text) - len(text.lstrip("-"))]
    if text[:2] in ("* ", "+ "):
        return text[0]
    number = _NUMBER_OF_ITEM.match(text)
    return number[0].rstrip() if number and is_key(re.split("[:：]", text[number.end() :])[0]) else ""


def sign_slip(text: str, start: int) -> Slip | None:
    """Return the slip of a sign that cannot begin a value."""
    return _sign(text, start)


def comparison(text: str, start: int, key: str) -> Slip | None:
    """Return the mistake of `visits: >5`, as it would be told of a value in quotes."""
    if not (_COMPARISON.fullmatch(text) and compares(key)):
        return None
    values = {"value": text, "what": key, "write": range_meant(text)}
    return Slip("E301", start, start + len(text), values)


def without_braces(text: str, start: int, key: str) -> Slip | None:
    """Return the slip of `when: device: mobile`, whose inner key lacks the braces around it."""
    if takes_prose(key) or not is_key(key) or not is_key(text.partition(":")[0].strip()):
        return None
    inside = text.removesuffix("}").rstrip() if text.count("}") > text.count("{") else text
    return Slip("E150", start, start + len(text), {"right": f"{key}: {{{inside}}}"})


def end_of_odd_quotes(text: str, start: int) -> int:
    """Return where the odd quotes end that begin at `start`, 0 where there are none or they end nowhere near."""
    ends = _QUOTE_ENDS.get(text[start])
    found = ends.search(text, start + 1, start + _LONGEST_QUOTED) if ends else None
    return found.end() if found and found[0] != "\n" else 0


def odd_quotes(text: str, start: int, key: str) -> Slip | None:
    """Return the slip of odd quotes around a whole text; 「」 are quotes only where something asks for them."""
    ends = QUOTE_PAIRS.get(text[0], "")
    inside = text[1:-1]
    wraps = len(text) > 1 and text[-1] in ends and not any(one in inside for one in ends + text[0])
    corners = CORNERS.get(text[0]) == text[-1] and text[-1] not in inside
    if wraps or (corners and (takes_words(key) or _ASKS_QUOTES.search(inside))):
        right = inside if takes_words(key) and not _ASKS_QUOTES.search(inside) else quoted(inside)
        return Slip("E124", start, start + 1, {"sign": text[0], "right": right})
    return None


def comma_slip(start: int, key: str, value_start: int, whole: str) -> Slip:
    """Return the slip of a comma that ends a text inside braces; `whole` is the text that was meant."""
    if _NUMBER.fullmatch(whole):
        return Slip("E131", start, start + 1, {"key": key, "right": whole.replace(",", "")})
    if is_field(key) and not takes_prose(key):
        return Slip(
            "E134",
            value_start,
            value_start + len(whole),
            {"key": key, "right": f"{key}: [{_without_parentheses(whole)}]"},
        )
    return Slip("E130", start, start + 1, {"key": key, "sign": ",", "right": quoted(whole)})


def _without_parentheses(text: str) -> str:
    return text[1:-1].strip() if text[0] in "(（" and text[-1] in ")）" else text


def _sign(text: str, start: int) -> Slip | None:
    if not _SIGN.match(text):
        return None
    return Slip("E117", start, start + 1, {"sign": text[0], "right": quoted(text)})


def _full_width(text: str, start: int, key: str) -> Slip | None:
    if text[0] in "［｛" and (takes_words(key) or text[0] == "｛"):
        right = FULL_WIDTH[text[0]] + _BETWEEN.sub(", ", text[1:].rstrip("］｝]}")) + CLOSERS[FULL_WIDTH[text[0]]]
        return Slip("E127", start, start + 1, {"sign": text[0], "half": FULL_WIDTH[text[0]], "right": right})
    if text in ("｜", "＞"):
        return Slip("E127", start, start + 1, {"sign": text, "half": FULL_WIDTH[text], "right": FULL_WIDTH[text]})
    return None


def _separator(text: str, start: int, key: str, *, listed: bool) -> Slip | None:
    if not (is_field(key) or (listed and not takes_prose(key))):
        return _last_comma(text, start, key)
    wide = _LIST_COMMA.search(text)
    right = _BETWEEN.sub(", ", _without_parentheses(text))
    right = right if listed else f"[{right}]"
    if wide:
        return Slip("E133", start + wide.start(), start + wide.end(), {"sign": wide[0], "right": right})
    if text.endswith(",") and "," not in text[:-1]:
        return _last_comma(text, start, key)
    if "," in text and not listed and not _NUMBER.fullmatch(text):
        return Slip("E134", start, start + len(text), {"key": key, "right": f"{key}: {right.replace(', ]', ']')}"})
    return None


def _last_comma(text: str, start: int, key: str) -> Slip | None:
    if not text.endswith(",") or not takes_words(key):
        return None
    return Slip("E148", start + len(text) - 1, start + len(text), {"sign": ","})


def _hidden(text: str, start: int, key: str) -> Slip | None:
    hidden = HIDDEN.search(text)
    if hidden is None or (not takes_words(key) and hidden.start() > 0 and hidden.end() < len(text)):
        return None
    return Slip("E141", start + hidden.start(), start + hidden.end(), {"character": called(hidden[0])})


def _cut_by_odd_space(text: str, start: int) -> Slip | None:
    space = re.search(r"(?<![\u3000\xa0])[\u3000\xa0]++#[ \u3000]", text)
    if space is None:
        return None
    at = start + space.start()
    return Slip(space_code(space[0][0]), at, at + 1, {"character": called(space[0][0])})


def _braces_after_key(text: str, start: int) -> Slip | None:
    braces = re.search(r"(?<!\s)\s*+[\[{]", text)
    if braces is None or not is_key(text[: braces.start()]):
        return None
    key = text[: braces.start()]
    return Slip("E132", start, start + len(key), {"key": key, "right": f"{key}: {text[braces.start() :].strip()} …"})


def _two_keys(text: str, start: int) -> Slip | None:
    """The colon stands too late: `when device: mobile`."""
    first, *rest = text.split(None, 1) or [""]
    if not rest or not is_key(first) or not is_key(rest[0]) or _OPERATORS.find(rest[0]):
        return None
    return Slip("E132", start, start + len(first), {"key": first, "right": f"{first}: {rest[0]}: …"})
