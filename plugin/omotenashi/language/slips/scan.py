"""The scan of a file's lines for slips: it reads as an editor means it, and so goes on where a parser gives up."""

from __future__ import annotations

import re

from omotenashi.language.slips import lone, plain
from omotenashi.language.slips.block import read_block
from omotenashi.language.slips.entry import Entry
from omotenashi.language.slips.flow import read_flow
from omotenashi.language.slips.known import is_key, takes_prose
from omotenashi.language.slips.levels import level_slip
from omotenashi.language.slips.quotes import read_quoted
from omotenashi.language.slips.signs import DASHES, ODD_SPACE, ODD_SPACES, called, space_code
from omotenashi.language.slips.slip import BREAKING, Slip, quoted

_WORD = r"[\w.*/%@-]*\w"
_REST = r"[^\n:#,、，､\[\]{}\"'`“”„‘’＂＇＃\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\xad\u3000\xa0\t]*+"
_TEXT = rf"(?:[\w/(【]{_REST})"
_SHOWN = rf"(?:(?:[\w/(【]|</?[a-zA-Z]){_REST})"
_LIST = rf"\[(?>(?:{_TEXT}(?:, (?!\])|(?=\])))+)\]"
_KEY = r"\w[\w.]*+:"
_INNER = rf"\{{(?>(?:{_KEY} {_TEXT}(?:, (?!\}})|(?=\}})))+)\}}"
_FLOW = rf"(?:\{{(?>(?:{_KEY} (?:{_SHOWN}|{_LIST}|{_INNER})(?:, (?!\}})|(?=\}})))+)\}}|{_LIST})"
_START = rf"[^\W{DASHES}][\w.]*+:"
_CLEAN_LINES = re.compile(
    rf"(?>(?:[ ]*+(?>(?:#[^\n]*+|(?>(?:- )?)(?:(?>(?:{_START} )?){_FLOW}|{_START}(?>(?: {_TEXT})?)))?)\n)+)"
)
"""Each part stands in it as seldom as can be: it is compiled whenever the program starts."""
_BARE_LINE = re.compile(r"[ ]*(?:#[^\n]*)?\n?")
_WHITE = re.compile(f"[ \t{ODD_SPACES}]*")
_DASH = re.compile(r"-(?:[ \t]+|$)")
_TIGHT_DASH = re.compile(r"-(?=[^\s\-0-9]|\d{4}[-/])")
_COLON = re.compile(r":(?=[ \t]|$)")
_COMMENT = re.compile(r"(?<=[ \t])#")
_SPACE = re.compile(r"[ \t]*")
_CUT = re.compile(r"#(?:[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?\b|\d)")
_HEADER = re.compile(r"[|>][-+1-9]{0,2}(?:[ \t]+#.*|[ \t]*)$")


def find_slips(text: str, *, parsed: bool) -> list[Slip]:
    """Return the slips in a text with plain line ends; `parsed` where a parser could read it, though not as meant."""
    found = _Scan(text, parsed=parsed).run()
    return _first_of_each_line(text, [slip for slip in found if not parsed or slip.code not in BREAKING])


def _first_of_each_line(text: str, slips: list[Slip]) -> list[Slip]:
    """What else is said of the line may come from its first slip."""
    kept: list[Slip] = []
    for slip in sorted(slips, key=lambda one: one.start):
        if not kept or "\n" in text[kept[-1].start : slip.start] or slip.code == kept[-1].code:
            kept.append(slip)
    return kept


class _Scan:
    def __init__(self, text: str, *, parsed: bool) -> None:
        self._text = text
        self._parsed = parsed
        self._at = 0
        self._stopped = False
        self._slips: list[Slip] = []
        self._entries: list[Entry] = []

    def run(self) -> list[Slip]:
        """Go through the lines until nothing is sure any more; then see whether they stand where they should."""
        while self._at < len(self._text) and not self._stopped:
            if self._parsed:
                self._skip_clean_lines()
            self._line()
        wrong = None if self._parsed or self._slips else level_slip(self._entries, self._text)
        return [wrong] if wrong else self._slips

    def _skip_clean_lines(self) -> None:
        """Leave out lines in which nothing can be wrong, but the last: it may go on in a line that is not so clean."""
        clean = _CLEAN_LINES.match(self._text, self._at)
        if clean is None:
            return
        end = clean.end()
        while end > self._at:
            start = self._text.rfind("\n", self._at, end - 1) + 1 or self._at
            if not _BARE_LINE.fullmatch(self._text, start, end):
                self._at = start
                self._entries.clear()  # it goes on with nothing that was read before
                return
            end = start
        self._at = clean.end()

    def _line(self) -> None:
        start, end = self._at, self._text.find("\n", self._at)
        end = len(self._text) if end < 0 else end
        self._at = end + 1
        white = _WHITE.match(self._text, start, end)
        begin = white.end() if white else start
        if begin == end or self._text[begin] == "#":
            self._odd_indentation(start, begin, empty=begin == end)
        elif self._text[start:end].strip() not in ("---", "...") and not self._text.startswith("%YAML", start):
            self._entry(start, begin, end)

    def _odd_indentation(self, start: int, begin: int, *, empty: bool = False) -> None:
        if self._parsed and empty:
            return
        tab = self._text.find("\t", start, begin)
        odd = ODD_SPACE.search(self._text, start, begin)
        if tab >= 0 and not self._parsed:
            self._slips.append(Slip("E111", tab, tab + 1))
        elif odd:
            self._slips.append(Slip(space_code(odd[0]), odd.start(), odd.end(), {"character": called(odd[0])}))

    def _entry(self, start: int, begin: int, end: int) -> None:
        previous = self._entries[-1] if self._entries else None
        column = begin - start
        colon = self._colon(begin, end)
        continues = previous is not None and previous.continues(column)
        if continues and (self._parsed or not (colon is not None or _DASH.match(self._text, begin, end))):
            return
        self._odd_indentation(start, begin)
        if self._text.startswith("<", begin) and not self._text.startswith("<<", begin):
            where = lone.Where(self._text, begin, end, column, previous, self._parsed)
            if bare := lone.text_without_bar(where):
                self._slips.append(bare)
                self._stopped = True
                return
        entry = Entry(begin, start)
        at = self._dashes(entry, begin, end, previous)
        if at < end:
            self._content(entry, at, end, previous)
        self._entries.append(entry)

    def _dashes(self, entry: Entry, at: int, end: int, previous: Entry | None) -> int:
        """Take the dashes at the beginning of a line, whatever was typed for them. Returns where its content begins."""
        while dash := _DASH.match(self._text, at, end):
            entry.dashes.append(at - entry.line)
            tab = self._text.find("\t", at, dash.end())
            if tab >= 0:
                self._slips.append(Slip("E111", tab, tab + 1))
            at = dash.end()
        if entry.dashes or at >= end:
            return at
        wrong = self._odd_dash(at, end, previous)
        if wrong is None:
            return at
        self._slips.append(wrong)
        entry.dashes.append(at - entry.line)
        rest = _WHITE.match(self._text, wrong.end)
        return min(end, rest.end() if rest else end)

    def _odd_dash(self, at: int, end: int, previous: Entry | None) -> Slip | None:
        body = self._text[at:end]
        if sign := plain.odd_dash(body):
            return Slip("E114", at, at + len(sign), {"sign": sign, "right": "- " + body[len(sign) :].strip()})
        if _TIGHT_DASH.match(body):
            begins = previous is None or previous.kind == "none" or bool(previous.dashes)
            if begins or is_key(body[1:].partition(":")[0]):
                return Slip("E116", at, at + 1, {"right": "- " + body[1:].strip()})
        if body[:1] == "-" and ODD_SPACE.match(body, 1):
            return Slip(space_code(body[1]), at + 1, at + 2, {"character": called(body[1])})
        return None

    def _colon(self, at: int, end: int) -> int | None:
        """Return where the colon after a plain key stands."""
        colon = _COLON.search(self._text, at, end)
        if colon is None:
            return None
        comment = _COMMENT.search(self._text, at, colon.start())
        return None if comment else colon.start()

    def _content(self, entry: Entry, at: int, end: int, previous: Entry | None) -> None:
        entry.column = at - entry.line
        first = self._text[at]
        if first in "\"'":
            self._quoted(entry, at, end, key=True)
            self._quoted_alone(entry, at, end, previous)
            return None
        colon = None if first in "[{|>" else self._colon(at, end)
        if colon is None:
            return self._without_colon(entry, at, end, previous)
        entry.key = self._text[at:colon].rstrip()
        if not entry.key:
            self._slips.append(plain.no_key(self._text[at:end], at))
            return None
        wrong = plain.key_slip(entry.key, at) or plain.sign_slip(entry.key, at) or self._other_sign(entry.key, at)
        if wrong is None:
            return self._value(entry, colon + 1, end)
        self._slips.append(self._with_the_rest(wrong, end))
        entry.key, entry.kind = (
            str(wrong.values.get("key", "")),
            "plain" if self._text[colon + 1 : end].strip() else "none",
        )
        self._stop_if_open(at, end)
        return None

    def _with_the_rest(self, slip: Slip, end: int) -> Slip:
        """The key ended too late: what is right goes on to the end of the line."""
        if slip.code not in ("E115", "E132"):
            return slip
        rest = self._text[slip.end : end].strip()
        return Slip(slip.code, slip.start, slip.end, {**slip.values, "right": f"{slip.values['key']}: {rest}"})

    def _other_sign(self, key: str, at: int) -> Slip | None:
        return plain.other_sign(key, at)

    def _stop_if_open(self, at: int, end: int) -> None:
        """Where brackets go on in the next lines after a slip, what stands there can no more be told."""
        line = self._text[at:end]
        self._stopped |= line.count("[") + line.count("{") > line.count("]") + line.count("}")

    def _without_colon(self, entry: Entry, at: int, end: int, previous: Entry | None) -> None:
        if entry.dashes or self._text[at] in "[{|>":
            slip = None if self._text[at] in "[{|>" else lone.item_slip(self._until_comment(at, end), at)
            if slip:
                self._slips.append(slip)
                entry.kind = "plain"
                return
            self._value(entry, at, end)
            return
        entry.kind = "plain"
        entry.lone = True
        where = lone.Where(self._text, at, end, entry.column, previous, self._parsed)
        slip = lone.line_slip(self._until_comment(at, end), where)
        if slip:
            self._slips.append(slip)
            entry.kind = "none" if where.has_children() else "plain"
            self._stop_if_open(at, end)

    def _until_comment(self, at: int, end: int) -> str:
        comment = _COMMENT.search(self._text, at, end)
        return self._text[at : comment.start() if comment else end].rstrip()

    def _value(self, entry: Entry, at: int, end: int) -> None:
        space = _SPACE.match(self._text, at, end)
        at = space.end() if space else at
        if at == end:
            return
        first = self._text[at]
        if first == "#":
            self._empty_before_comment(entry, at, end)
        elif first in "\"'":
            self._quoted(entry, at, end)
        elif first in "[{":
            self._brackets(entry, at)
        elif first in "|>":
            self._block(entry, at, end)
        elif entry.key and _DASH.match(self._text, at, end):
            right = f"{entry.key}:\n  {self._text[at:end].strip()}"
            self._slips.append(Slip("E137", at, at + 1, {"key": entry.key, "right": right}))
        else:
            self._plain(entry, at, end)

    def _empty_before_comment(self, entry: Entry, at: int, end: int) -> None:
        after = self._text[at + 1 : at + 2]
        if not after.strip() or after == "#" or lone.next_indent(self._text, end) > entry.parent:
            return
        if lone.next_is_item(self._text, end, entry.parent):
            return
        self._slips.append(Slip("E119", at, at + 1, {"right": quoted(self._text[at:end].strip())}))
        entry.kind = "plain"

    def _plain(self, entry: Entry, at: int, end: int) -> None:
        entry.kind = "plain"
        text = self._until_comment(at, end)
        colon = None if self._parsed else self._colon(at, end)
        wrong = plain.value_slip(text, at, entry.key or lone.owner_key(self._text, entry))
        if wrong and wrong.code == "E124" and lone.next_indent(self._text, end) > entry.parent:
            wrong = None  # the text goes on
        whole = self._text[at:end].strip()
        if wrong is None and colon is not None:
            prose = Slip("E118", colon, colon + 1, {"key": entry.key, "right": quoted(whole)})
            wrong = plain.without_braces(text, at, entry.key) or prose
        if wrong is None and len(text) < len(whole):
            wrong = self._cut(entry, at + len(text), end, whole)
        if wrong:
            self._slips.append(wrong)

    def _cut(self, entry: Entry, at: int, end: int, whole: str) -> Slip | None:
        """Return the slip of a # that was meant as a letter: in a sentence or a colour, with no space behind it."""
        sign = self._text.index("#", at, end)
        if self._text[sign + 1 : sign + 2].strip() in ("", "#"):
            return None
        if not (takes_prose(entry.key) or _CUT.match(self._text, sign)):
            return None
        return Slip("E119", sign, sign + 1, {"right": quoted(whole)})

    def _quoted(self, entry: Entry, at: int, end: int, *, key: bool = False) -> None:
        found = read_quoted(self._text, at, parsed=self._parsed)
        entry.kind = "quoted"
        if found.slip:
            self._slips.append(found.slip)
        if found.end is None:
            # a quote inside quotes spoils its own line only
            self._stopped |= not found.slip or found.slip.code == "E121"
            return
        if key and found.end < end and self._text[found.end :].lstrip(" \t").startswith(":"):
            entry.key, entry.kind = self._text[at + 1 : found.end - 1], "none"
            self._value(entry, self._text.index(":", found.end) + 1, end)
        elif found.end > end:
            self._at = self._line_after(found.end)

    def _quoted_alone(self, entry: Entry, at: int, end: int, previous: Entry | None) -> None:
        """A quoted key without its colon."""
        if entry.key or entry.dashes or self._stopped or self._parsed:
            return
        where = lone.Where(self._text, at, end, entry.column, previous, self._parsed)
        if where.has_children() or not where.under_a_key():
            self._slips.append(plain.no_colon(self._until_comment(at, end), at))

    def _brackets(self, entry: Entry, at: int) -> None:
        entry.kind = "brackets"
        flow = read_flow(self._text, at, entry.key or "", entry.column, parsed=self._parsed)
        if flow.end is None:
            self._slips += flow.slips
            self._stopped |= any(slip.code in ("E121", "E125", "E127", "E147", "E151") for slip in flow.slips)
            return
        behind = lone.behind_brackets(self._text, at, flow.end, entry.key)
        self._slips += [behind] if behind else flow.slips
        self._at = self._line_after(flow.end)

    def _block(self, entry: Entry, at: int, end: int) -> None:
        entry.kind = "block"
        if not _HEADER.match(self._text, at, end):
            whole = self._until_comment(at, end)
            text = whole.lstrip("|>").strip()
            wrong = plain.comparison(whole, at, entry.key)
            self._slips.append(wrong or Slip("E144", at, at + 1, {"sign": self._text[at], "right": quoted(text)}))
            self._stopped |= not self._parsed and not wrong
            return
        block = read_block(self._text, at, end, entry, parsed=self._parsed)
        if block.slip:
            self._slips.append(block.slip)
            self._stopped = True
        self._at = block.end

    def _line_after(self, at: int) -> int:
        end = self._text.find("\n", at)
        return len(self._text) if end < 0 else end + 1
