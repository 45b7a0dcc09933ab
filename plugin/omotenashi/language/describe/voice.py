"""The words that all sentences share, in Japanese or English: quotes, lists, numbers, spans, moments."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from omotenashi.language.condition import Range, Span
from omotenashi.language.month_days import ordinal
from omotenashi.language.rule_names import RuleNames, rule_names
from omotenashi.language.syntax import Folder
from omotenashi.language.vocabulary import Word
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

_JA_DAYS = "月火水木金土日"
_EN_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_EN_MONTHS = "January February March April May June July August September October November December".split()
_UNITS = (
    (86400, "日", "day"),
    (3600, "時間", "hour"),
    (60, "分", "minute"),
    (1, "秒", "second"),
)
_PIECES = re.compile(r"[\[\]{},]|: ")


class Voice:
    """Speaks ja or en about one folder."""

    def __init__(self, language: str, site: SiteFacts, folder: Folder) -> None:
        self.ja = language == "ja"
        self.site = site
        self.zone = ZoneInfo(site.timezone)
        self.segments = {fold(one.name): one for one in folder.segments}
        self.contents = {fold(one.name): one for one in folder.contents}
        self.rule_titles = {rule.id: (block.name, rule.name) for block in folder.blocks for rule in block.rules}
        self.rule_names: RuleNames = rule_names(
            {block.name: [(rule.name, rule.id) for rule in block.rules] for block in folder.blocks}
        )

    def say(self, ja: str, en: str) -> str:
        """Return the one of the two that is spoken."""
        return ja if self.ja else en

    def word(self, word: Word) -> str:
        """Return a word of the vocabulary as it is said."""
        return self.quote((word.ja or word.name) if self.ja else word.name)

    def quote(self, text: str) -> str:
        """Return a text of the editor's between marks that do not occur in it, on one line."""
        line = " ".join(text.split())
        for opening, closing in ("「」", "『』") if self.ja else ("“”", "‘’"):
            if opening not in line and closing not in line:
                return f"{opening}{line}{closing}"
        return json.dumps(line, ensure_ascii=False)

    def any_of(self, parts: Iterable[str]) -> str:
        """Return aかb, or a、b、cのどれか; a, b or c."""
        found = list(parts)
        if self.ja:
            return "か".join(found) if len(found) < 3 else "、".join(found) + "のどれか"
        return " or ".join(filter(None, (", ".join(found[:-1]), *found[-1:])))

    def all_of(self, parts: Iterable[str]) -> str:
        """Return a、b、c, or a, b, c."""
        return self.say("、", ", ").join(parts)

    def number(self, value: float) -> str:
        """Return 5,000 or 2.5."""
        return f"{int(value):,}" if value == int(value) else repr(value)

    def within_bounds(self, bounds: Range) -> str:
        """Return 5,000以上, 20以上29以下, ちょうど3."""
        return self._bounds(bounds, self.number)

    def times(self, bounds: Range) -> str:
        """Return 3回以上, or at least 3 times; 0回 for what must not have been at all."""
        if (bounds.at_least, bounds.at_most) == (None, 0):
            return self.often(0)
        return self._bounds(bounds, self.often)

    def _bounds(self, bounds: Range, say_number: Callable[[float], str]) -> str:
        low, high = (None if one is None else say_number(one) for one in (bounds.at_least, bounds.at_most))
        if low is not None and low == high:
            return self.say(f"ちょうど{low}", f"exactly {low}")
        ja = [f"{one}{end}" for one, end in ((low, "以上"), (high, "以下")) if one is not None]
        en = [f"{least} {one}" for one, least in ((low, "at least"), (high, "at most")) if one is not None]
        return self.say("".join(ja), " and ".join(en))

    def often(self, count: float) -> str:
        """Return 3回, or 3 times, once."""
        number = self.number(count)
        return self.say(f"{number}回", "once" if count == 1 else f"{number} times")

    def span(self, span: Span) -> str:
        """Return 30日, 2時間, 3か月; months are calendar months."""
        parts = []
        if span.months and span.months % 12 == 0:
            parts.append(self._count(span.months // 12, "年", "year"))
        elif span.months:
            parts.append(self._count(span.months, "か月", "month"))
        if span.seconds:
            size, ja, en = next(unit for unit in _UNITS if span.seconds % unit[0] == 0)
            parts.append(self._count(span.seconds // size, ja, en))
        return self.say("と", " and ").join(parts)

    def past(self, span: Span) -> str:
        """Return 過去30日, or the past 30 days."""
        return self.say(f"過去{self.span(span)}", f"the past {self.span(span).removeprefix('1 ')}")

    def _count(self, count: int, ja: str, en: str) -> str:
        return self.say(f"{count:,}{ja}", f"{count:,} {en}{'' if count == 1 else 's'}")

    def day(self, day: date) -> str:
        """Return 2026年12月1日(火), or Tuesday 1 December 2026."""
        weekday = day.weekday()
        return self.say(
            f"{day.year}年{day.month}月{day.day}日({_JA_DAYS[weekday]})",
            f"{_EN_DAYS[weekday]} {day.day} {_EN_MONTHS[day.month - 1]} {day.year}",
        )

    def month(self, number: int) -> str:
        """Return 4月, or April."""
        return self.say(f"{number}月", _EN_MONTHS[number - 1])

    def weekday(self, number: int) -> str:
        """Return 月曜日, or Monday."""
        return self.say(f"{_JA_DAYS[number]}曜日", _EN_DAYS[number])

    def day_of_month(self, number: int) -> str:
        """Return a day that comes every month: 毎月25日, the 25th of the month."""
        return self.say(f"毎月{number}日", f"the {ordinal(number)} of the month")

    def start(self, epoch: float) -> str:
        """Return from when on a rule holds."""
        at = datetime.fromtimestamp(epoch, self.zone)
        return self.say(f"{self.day(at.date())} {_clock(at)} から", f"from {self.day(at.date())}, {_clock(at)}")

    def end(self, epoch: float) -> str:
        """Return until when a rule holds, the last minute or day included; `epoch` is the first moment after it."""
        after = datetime.fromtimestamp(epoch, self.zone)
        if after.second:
            day = self.day(after.date())
            return self.say(f"{day} {_clock(after)} の直前まで", f"until just before {day}, {_clock(after)}")
        last = datetime.fromtimestamp(epoch - 60, self.zone)
        day = self.day(last.date())
        if (last + timedelta(minutes=1)).date() != last.date():
            return self.say(f"{day} の終わりまで", f"until the end of {day}")
        return self.say(
            f"{day} {_clock(last)} まで(その1分間を含む)", f"until {day}, {_clock(last)} (that minute included)"
        )


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def as_written(values: Collection[str], written: str) -> list[str]:
    """Return folded values in the editor's order and spelling, where `written` shows them."""
    spelled = _spellings(written)
    order = list(spelled)
    return [spelled.get(one, one) for one in sorted(values, key=lambda one: (_place(one, order), one))]


def _spellings(written: str) -> Mapping[str, str]:
    pieces = (piece.strip() for piece in _PIECES.split(written))
    return {fold(piece): piece for piece in (*pieces, written.strip()) if piece}


def _place(value: str, order: list[str]) -> int:
    return order.index(value) if value in order else len(order)
