"""Slips inside brackets and braces: `[a, b]` and `{key: value}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import ClassVar

from msgspec import Struct

from omotenashi.language.slips import plain
from omotenashi.language.slips.known import is_field, is_key, names_blocks, takes_content, takes_prose
from omotenashi.language.slips.quotes import read_quoted
from omotenashi.language.slips.signs import CLOSERS, FULL_WIDTH, LIST_COMMAS
from omotenashi.language.slips.slip import HABITS, Slip, quoted

_TOKEN = re.compile(
    r"""(?P<gap>[ \t\n]+) | (?P<opening>[\[{]) | (?P<closing>[\]}]) | (?P<comma>,)
      | (?P<colon>:(?=[ \t\n,\[\]{}]|\Z)) | (?P<comment>\#) | (?P<quote>["'])
      | (?P<plain>(?:[^,\[\]{}:\#\n]|:(?![ \t\n,\[\]{}]|\Z)|(?<![ \t\n])\#)+)""",
    re.VERBOSE,
)
_OUTSIDE = re.compile(r"( *)(?:- |-$|[\w.]+ *:(?=\s|$))", re.MULTILINE)
_ENDS = re.compile(r"\s*(?:[,\]}:#]|\Z)")
_PART = re.compile(r"\s*[^\s,\]}]+")
_BRACKET = re.compile(r"[\[\]{}]")
_FURTHEST_CLOSER = 5000
_FOLLOWS_FROM_UNCLOSED = ("E118", "E137", "E138", "E147")
_HEADER = re.compile(r"[|>][-+1-9]{0,2}")
_LINE_END = re.compile(r"[ \t]*(?:#[^\n]*)?\n")
_ITEM_END = re.compile(r"\s*(?:,|\](?=\s*(?:[,\]}]|\s#|$)))")
_PAIR_END = re.compile(r"\s*(?:,\s*(?P<key>[^\s,:]+)\s*:(?=\s|$)|\}(?=\s*(?:[,\]}]|\s#|$)))")
_REST_OF_LINE = re.compile(r"[^\n]*")


class Flow(Struct):
    """What came of reading one pair of brackets: where it ends, or None where that is not sure."""

    end: int | None
    slips: list[Slip]


class Level(Struct):
    """An open bracket and the part in it that is being read."""

    opening: str
    start: int
    key: str
    """What the bracket stands under."""
    colon: bool = False
    part: str = ""
    """What the part consists of so far: nothing, plain, quoted or brackets."""
    begin: int = 0
    end: int = 0
    pair_key: str = ""
    line_break: int = 0
    """Where the part goes on in another line."""
    last_key: str = ""
    last_value: int = -1
    """The pair before this one, if its value was plain: where that began."""


def read_flow(text: str, start: int, key: str, column: int, *, parsed: bool) -> Flow:
    """Read the brackets at `start` under a key at `column`; `parsed` where a parser has found their end too."""
    return _Reader(text, start, key, column, parsed=parsed).read()


class _Reader:
    def __init__(self, text: str, start: int, key: str, column: int, *, parsed: bool) -> None:
        self._text = text
        self._column = column
        self._parsed = parsed
        self._at = start
        self._levels = [Level(text[start], start, key)]
        self._slips: list[Slip] = []
        self._hidden_closer: int | None = None

    def read(self) -> Flow:
        """Take tokens to the end of the brackets, or to the first slip after which nothing is sure."""
        self._at += 1
        while self._levels:
            token = _TOKEN.match(self._text, self._at)
            if token is None or token.lastgroup is None:
                return Flow(None, self._slips or [self._unclosed()])
            if not self._TAKE[token.lastgroup](self, token[0]):
                return Flow(None, self._slips)
        return Flow(self._at, self._slips)

    def _stop(self, slip: Slip) -> bool:
        """Record a slip after which nothing is sure. Far behind a bracket that never ends, that is the slip."""
        level = self._levels[-1]
        far = slip.code in _FOLLOWS_FROM_UNCLOSED and "\n" in self._text[level.start : slip.start]
        self._slips.append(self._unclosed() if far and not self._closes(level) else slip)
        return False

    def _closes(self, level: Level) -> bool:
        depth = 0
        for sign in _BRACKET.finditer(self._text, level.start, level.start + _FURTHEST_CLOSER):
            depth += 1 if sign[0] in CLOSERS else -1
            if not depth:
                return True
        return False

    def _gap(self, token: str) -> bool:
        self._at += len(token)
        if "\n" not in token or self._parsed:
            return True
        outside = _OUTSIDE.match(self._text, self._text.rfind("\n", 0, self._at) + 1)
        if outside and len(outside[1]) <= self._column:
            return self._stop(self._unclosed())
        return True

    def _comment(self, token: str) -> bool:
        rest = _REST_OF_LINE.match(self._text, self._at)
        end = rest.end() if rest else self._at + len(token)
        if self._hidden_closer is None and any(one in self._text[self._at : end] for one in "]}"):
            self._hidden_closer = self._at
        self._at = end
        return True

    def _opening(self, token: str) -> bool:
        level = self._levels[-1]
        if level.part == "plain" and not level.line_break and level.end:
            return self._stop(self._bracket_in_text(level))
        if level.part:
            return self._stop(self._no_comma(level, self._at))
        if level.opening == "{" and not level.colon:
            values = {"sign": "{", "right": quoted(self._meant(level.start))}
            return self._stop(Slip("E120", level.start, level.start + 1, values))
        level.part, level.begin = "brackets", self._at
        self._levels.append(Level(token, self._at, level.pair_key or level.key))
        self._at += 1
        return True

    def _closing(self, token: str) -> bool:
        level = self._levels[-1]
        if CLOSERS[level.opening] != token:
            inner = any(CLOSERS[one.opening] == token for one in self._levels)
            if inner:
                return self._stop(self._unclosed())
            values = {"sign": token, "opening": level.opening, "right": CLOSERS[level.opening]}
            return self._stop(Slip("E126", self._at, self._at + 1, values))
        if not self._finish(level):
            return False
        self._levels.pop()
        self._at += 1
        if self._levels:
            self._levels[-1].end = self._at
        return True

    def _comma(self, token: str) -> bool:
        level = self._levels[-1]
        if not level.part and not level.colon:
            return self._stop(Slip("E148", self._at, self._at + 1, {"sign": token}))
        if not self._finish(level):
            return False
        self._at += 1
        return True

    def _colon(self, token: str) -> bool:
        level = self._levels[-1]
        if level.part == "plain" and level.line_break:
            return self._stop(self._missing_comma(level))
        if level.colon:
            return self._stop(self._colon_in_text(level))
        if not level.part and not self._parsed:
            return self._stop(plain.no_key(self._meant(self._at), self._at))
        if level.part == "plain" and not self._key(level):
            return False
        level.pair_key = self._text[level.begin : level.end].strip("\"'") if level.part else ""
        level.colon, level.part, level.begin = True, "", 0
        self._at += len(token)
        return True

    def _key(self, level: Level) -> bool:
        key, follows = self._text[level.begin : level.end], self._text[self._at + 1 : self._at + 2]
        slip = plain.key_slip(key, level.begin)
        if slip is None and follows and follows in "[]{},":
            slip = Slip("E115", self._at, self._at + 1, {"key": key, "right": f"{key}: {follows.strip(',]}')}"})
        if slip:
            self._slips.append(slip)
        return not (follows and follows in "[]{},")

    def _quote(self, token: str) -> bool:
        del token
        level = self._levels[-1]
        if level.part:
            return self._stop(self._no_comma(level, self._at))
        found = read_quoted(self._text, self._at, parsed=self._parsed, flow=True)
        if found.slip:
            self._slips.append(found.slip)
        if found.end is None:
            return False
        level.part, level.begin, level.end = "quoted", self._at, found.end
        self._at = found.end
        if not level.colon and self._text.startswith(":", self._at):
            self._colon(":")
        return True

    def _plain(self, token: str) -> bool:
        level = self._levels[-1]
        start, self._at = self._at, self._at + len(token)
        text = token.rstrip(" \t")
        if not self._parsed and level.part == "" and _HEADER.fullmatch(text) and _LINE_END.match(self._text, self._at):
            return self._stop(self._block_in_braces(level, start, text))
        if not level.part and (self._took_wide_colon(level, start) or self._took_odd_quotes(level, start)):
            return True
        if level.part == "plain":
            level.line_break, level.end = start, start + len(text)
            return True
        if level.part == "brackets":
            opening = self._text[level.begin]
            whole = self._text[level.begin : self._at].rstrip()
            return self._stop(Slip("E120", level.begin, level.begin + 1, {"sign": opening, "right": quoted(whole)}))
        level.part, level.begin, level.end, level.line_break = "plain", start, start + len(text), 0
        if text.startswith(("- ", "-\t")) or text == "-":
            return self._parsed or self._stop(Slip("E137", start, start + 1, {"right": text[1:].strip()}))
        if (level.opening == "{" and not level.colon) or not _ENDS.match(self._text, self._at):
            slip = plain.sign_slip(text, start)
        else:
            listed = level.opening == "["
            slip = plain.value_slip(text, start, level.pair_key or level.key, listed=listed)
        if slip is None and text[0] in "|>:" and not self._parsed:
            slip = plain.comparison(text, start, level.pair_key) or Slip(
                "E117", start, start + 1, {"sign": text[0], "right": quoted(text)}
            )
        if slip is None:
            return True
        if slip.code == "E133" and self._text.startswith(":", self._at):
            meant = re.sub(" *、 *", ", ", text + ":")
            return self._stop(Slip(slip.code, slip.start, slip.end, {**slip.values, "right": meant}))
        self._slips.append(slip)
        return slip.code in HABITS

    def _took_wide_colon(self, level: Level, start: int) -> bool:
        """Record a full-width colon behind a key, and go on with its value."""
        if level.opening != "{" or level.colon:
            return False
        slip = plain.wide_colon(self._text[start : self._at + 1], start)
        if slip is None or slip.start >= self._at:
            return False
        self._slips.append(slip)
        level.colon, level.pair_key, self._at = True, slip.values["key"], slip.end
        return True

    def _took_odd_quotes(self, level: Level, start: int) -> bool:
        """Record odd quotes around a text that has a sign of ours in it, and go on behind them."""
        end = plain.end_of_odd_quotes(self._text, start) if level.opening == "[" or level.colon else 0
        if end <= self._at or not _ENDS.match(self._text, end):
            return False
        slip = plain.odd_quotes(self._text[start:end], start, level.pair_key or level.key)
        if slip is None:
            return False
        self._slips.append(slip)
        self._at = end
        level.part, level.begin, level.end = "quoted", start, self._at
        return True

    def _finish(self, level: Level) -> bool:
        """End a part at a comma or the closing bracket."""
        if level.opening == "{" and level.part and not level.colon and not self._no_colon(level):
            return False
        plain_pair = level.colon and level.part == "plain"
        level.last_key, level.last_value = (level.pair_key, level.begin) if plain_pair else ("", -1)
        level.colon, level.part, level.pair_key, level.begin, level.line_break = False, "", "", 0, 0
        return True

    def _no_colon(self, level: Level) -> bool:
        text, start = self._text[level.begin : level.end], level.begin
        follows_text = level.last_value >= 0
        slip = (
            plain.wide_colon(text, start, always=not follows_text)
            or plain.unspaced_colon(text, start, always=not follows_text)
            or plain.other_sign(text, start)
        )
        if slip:
            self._slips.append(slip)
            return True
        if follows_text:
            whole = self._text[level.last_value : level.end]
            comma = self._text.rindex(",", level.last_value, start)
            return self._stop(plain.comma_slip(comma, level.last_key, level.last_value, whole))
        return self._stop(self._lone_word(level, text))

    def _lone_word(self, level: Level, text: str) -> Slip:
        if self._text.startswith(CLOSERS[level.opening], self._at) and (slip := self._text_in_braces(level)):
            return slip
        if level.part == "brackets" or "|" in text:
            at = level.start
            whole = self._text[at : level.end] + CLOSERS[level.opening]
            return Slip("E120", at, at + 1, {"sign": level.opening, "right": quoted(whole)})
        if is_field(level.key) and not is_key((text.split(None, 1) or [""])[0]):
            rest = self._text[level.begin :].partition("\n")[0].partition("}")[0].rstrip()
            return Slip("E134", level.start, self._at, {"key": level.key, "right": f"{level.key}: [{rest}]"})
        return plain.no_colon(text, level.begin)

    def _text_in_braces(self, level: Level) -> Slip | None:
        """`{Winter} campaign` is a text, and `show: {banner}` the name of a content."""
        behind = _REST_OF_LINE.match(self._text, self._at + 1)
        if behind and not _ENDS.match(behind[0]):
            values = {"sign": level.opening, "right": quoted(self._meant(level.start))}
            return Slip("E120", level.start, level.start + 1, values)
        alone = level.part == "plain" and not self._text[level.start + 1 : level.begin].strip()
        if alone and takes_content(level.key):
            return Slip("E148", level.start, self._at + 1, {"sign": "{ }"})
        return None

    def _bracket_in_text(self, level: Level) -> Slip:
        key = self._text[level.begin : level.end]
        if level.opening == "{" and not level.colon and is_key(key.rstrip(":")):
            if key.endswith(":"):
                at = level.end - 1
                return Slip("E115", at, at + 1, {"key": key[:-1], "right": key + " " + self._text[self._at]})
            return Slip("E132", level.begin, level.end, {"key": key, "right": f"{key}: {self._text[self._at]}"})
        values = {"key": level.pair_key, "sign": self._text[self._at], "right": quoted(self._meant(level.begin))}
        return Slip("E138", self._at, self._at + 1, values)

    def _colon_in_text(self, level: Level) -> Slip:
        if level.part != "plain":
            return self._no_comma(level, level.end)
        text = self._text[level.begin : self._at]
        comma = next((place for place, sign in enumerate(text) if sign in LIST_COMMAS), None)
        if comma is not None and is_key(text[comma + 1 :]):
            at = level.begin + comma
            right = f"{text[:comma].strip()}, {text[comma + 1 :].strip()}:"
            return Slip("E133", at, at + 1, {"sign": text[comma], "right": right})
        word = text.rsplit(None, 1)[-1]
        if len(word) < len(text) and (names_blocks(level.key) or (is_key(word) and not takes_prose(level.pair_key))):
            start = level.begin + len(text) - len(word)
            return Slip("E147", start, self._at, {"right": f"{text[: -len(word)].rstrip()}, {word}: …"})
        values = {"key": level.pair_key, "right": quoted(self._value_meant(level, level.begin))}
        return Slip("E118", self._at, self._at + 1, values)

    def _block_in_braces(self, level: Level, at: int, sign: str) -> Slip:
        outer, inner = (f"{level.key}:" if level.key else "-"), (f"{level.pair_key}: " if level.colon else "- ")
        return Slip("E151", at, at + 1, {"sign": self._text[at], "outer": outer, "right": inner + sign})

    def _missing_comma(self, level: Level) -> Slip:
        return self._no_comma(level, level.line_break)

    def _no_comma(self, level: Level, at: int) -> Slip:
        before = self._text[level.begin : at].rstrip().rpartition("\n")[2].strip()
        after = _PART.match(self._text, at)
        word = after[0] if after else ""
        return Slip("E147", at, at + max(1, len(word.rstrip(":"))), {"right": f"{before[-30:]}, {word[:30]} …"})

    def _meant(self, start: int) -> str:
        """The text that was meant from `start` on: the line without the brackets that close it."""
        rest = _REST_OF_LINE.match(self._text, start)
        line = rest[0].rstrip() if rest else ""
        for level in (one for one in self._levels if one.start < start):  # the text ends with what closes the first one
            line = line.removesuffix(CLOSERS[level.opening]).rstrip()
        return line

    def _value_meant(self, level: Level, start: int) -> str:
        """The one value that was meant from `start` on: up to the next item or key, or to what closes the level."""
        line = self._meant(start)
        if level.opening == "[":
            return _ITEM_END.split(line, maxsplit=1)[0]
        for end in _PAIR_END.finditer(line):
            if not end["key"] or is_key(end["key"]) or not takes_prose(level.pair_key):
                return line[: end.start()]
        return line

    def _unclosed(self) -> Slip:
        level = self._levels[-1]
        closer = CLOSERS[level.opening]
        wide = next((one for one, half in FULL_WIDTH.items() if half == closer), "")
        at = self._text.find(wide, level.start, self._at)
        if at >= 0:
            return Slip("E127", at, at + 1, {"sign": wide, "half": closer, "right": closer})
        if self._hidden_closer is not None:
            at = self._hidden_closer
            return Slip("E119", at, at + 1, {"right": quoted(self._value_meant(level, level.begin or at))})
        return Slip("E125", level.start, level.start + 1, {"sign": level.opening, "closer": closer})

    _TAKE: ClassVar[Mapping[str, Callable[[_Reader, str], bool]]] = {
        "gap": _gap,
        "opening": _opening,
        "closing": _closing,
        "comma": _comma,
        "colon": _colon,
        "comment": _comment,
        "quote": _quote,
        "plain": _plain,
    }
    """What takes each kind of token; no reader holds itself, so that none waits for the collector."""
