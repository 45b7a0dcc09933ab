"""Numbers, spans, dates and hours as people write them, in half and full width.

Each function returns None for a text that is not of its form.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from msgspec import Struct

from omotenashi.language.condition import Span
from omotenashi.language.vocabulary import DISTANCES, UNITS, YES, YES_NO
from omotenashi.model.event import EVENT_NAME
from omotenashi.model.text import fold

EARLIEST_YEAR, LATEST_YEAR = 1900, 2999
_COUNTERS = "回|円|点|個|件|人|歳|度|ポイント|%|times|time|points|yen|km"
_ONE_NUMBER = rf"(-?(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,15}})(?:\.\d{{1,9}})?) ?(?:{_COUNTERS})?"
_NUMBER = re.compile(_ONE_NUMBER)
_NUMBERS = re.compile(rf"{_ONE_NUMBER} ?[~-] ?{_ONE_NUMBER}")
_PERCENT = re.compile(r"(\d{1,4}(?:\.\d{1,6})?) ?(?:%|パーセント|percent)?")
_FRACTION = re.compile(r"0?\.(\d{1,6})")
_TENTHS = re.compile(r"([1-9])割(?:([1-9])分)?")
_SPAN = re.compile(r"(\d{1,12}) ?([a-z]+|\D{1,3}?)(?:間)?")
_LONGEST_YEARS = 400
_UNIT_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}
_UNIT_MONTHS = {"months": 1, "years": 12}
_UNITS: dict[str, Span] = {
    name: Span(_UNIT_SECONDS.get(word.name, 0), _UNIT_MONTHS.get(word.name, 0))
    for word in UNITS.all
    for name in word.names
}
_WAIT = re.compile(r"(\d{1,9}) ?(ms|msec|millisecond|milliseconds|ミリ秒|s|sec|second|seconds|秒)")
_DATE = r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日)"
_CLOCK = r"(\d{1,2})(?::(\d{2})|時(?:(\d{1,2})分)?)"
_SECONDS = r"(?::(\d{2})|(\d{1,2})秒)?"
_DATE_TIME = re.compile(rf"{_DATE}(?:[ t]?{_CLOCK}{_SECONDS})?")
_DATES = re.compile(rf"({_DATE}) ?(?:-|~|\.\.|から) ?({_DATE})(?:まで)?")
_HOURS = re.compile(rf"{_CLOCK} ?(?:-|~|から) ?{_CLOCK}(?:まで)?")
_DISTANCE = re.compile(rf"(\d{{1,5}}(?:\.\d{{1,3}})?|\d{{1,3}}(?:,\d{{3}})+) ?({'|'.join(DISTANCES.names())})")
_DAY_OF_MONTH = re.compile(r"(?:毎月 ?)?(\d{1,2})(?:日|st|nd|rd|th)")
_DASHES = str.maketrans("〜～−–—‐", "~~----")


class Moment(Struct, frozen=True):
    """A day, or a minute or a second of a day, as written.

    A time that the clock skips in spring is so much later; of one that comes twice in autumn the first is the start
    and the second the end.
    """

    day: date
    minute: int | None = None
    """Minutes after midnight; None where a whole day is meant."""
    second: int | None = None
    """Of the minute; None where the whole minute is meant."""

    def start(self, zone: tzinfo) -> float:
        """Return the first moment that is meant, in epoch seconds."""
        return self._on_the_clock().replace(tzinfo=zone).timestamp()

    def end(self, zone: tzinfo) -> float:
        """Return the first moment after what is meant, in epoch seconds."""
        local = self._on_the_clock()
        if self.minute is None:
            return (local + timedelta(days=1)).replace(tzinfo=zone).timestamp()
        last = max(local.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
        return last + (60 if self.second is None else 1)

    def _on_the_clock(self) -> datetime:
        midnight = datetime(self.day.year, self.day.month, self.day.day)  # noqa: DTZ001 the zone follows
        return midnight + timedelta(minutes=self.minute or 0, seconds=self.second or 0)


def plain(text: str) -> str:
    """Return a text in half width and lower case, with one kind of dash."""
    return " ".join(unicodedata.normalize("NFKC", text.translate(_DASHES)).lower().split())


def number(text: str) -> float | None:
    """Read 20, 5,000円, 3回, 45％ and such."""
    found = _NUMBER.fullmatch(plain(text))
    return float(found[1].replace(",", "")) if found else None


def percent(text: str) -> float | None:
    """Read 45%, 12.5 ％ and 45; a fraction such as 0.45 is none, since half a per cent may be meant by 0.5."""
    found = _PERCENT.fullmatch(plain(text))
    return None if found is None or _FRACTION.fullmatch(plain(text)) else float(found[1])


def percent_meant(text: str) -> str:
    """Return the per cent that a fraction or tenths (4割5分) stand for, as it should be written; else empty text."""
    fraction, tenths = _FRACTION.fullmatch(plain(text)), _TENTHS.fullmatch(plain(text))
    if fraction:
        return f"{float(f'0.{fraction[1]}') * 100:.6g}%"
    return f"{tenths[1]}{tenths[2] or 0}%" if tenths else ""


def number_range(text: str) -> tuple[float, float] | None:
    """Read 20-29, 20〜29 or -5〜10."""
    found = _NUMBERS.fullmatch(plain(text))
    return (float(found[1].replace(",", "")), float(found[2].replace(",", ""))) if found else None


def span(text: str) -> Span | None:
    """Read 30 days, 2 hours, 1 year, 30日, 2時間, 3か月 and such; nothing shorter than a second."""
    result = _span_of_any_length(text)
    return result if result is not None and result != Span() and not _is_too_long(result) else None


def span_beyond(text: str) -> bool:
    """Tell whether a text is of the form of a span, but nothing at all or longer than any that is taken."""
    result = _span_of_any_length(text)
    return result is not None and (result == Span() or _is_too_long(result))


def _span_of_any_length(text: str) -> Span | None:
    found = _SPAN.fullmatch(plain(text))
    unit = _UNITS.get(found[2]) if found else None
    return Span(unit.seconds * int(found[1]), unit.months * int(found[1])) if found and unit else None


def _is_too_long(span: Span) -> bool:
    return span.seconds > _LONGEST_YEARS * 366 * 86400 or span.months > _LONGEST_YEARS * 12


def milliseconds(text: str) -> int | None:
    """Read 30 ms, 30ミリ秒, 2秒: how long to wait for something."""
    found = _WAIT.fullmatch(plain(text))
    return int(found[1]) * (1 if found[2].startswith(("m", "ミ")) else 1000) if found else None


@lru_cache(maxsize=1024)
def moment(text: str) -> Moment | None:
    """Read 2026-12-25, 2026/12/25, 2026年12月25日, each with 10:00, 10:00:30 or 10時 after it or without."""
    found = _DATE_TIME.fullmatch(plain(text))
    if not found:
        return None
    year, *rest = found.groups()
    month, day = (part for part in rest[:6] if part is not None)
    clock, seconds = rest[6:9], rest[9] or rest[10]
    minute = _minute(*clock) if clock[0] is not None else None
    if clock[0] is not None and (minute is None or minute >= 24 * 60):
        return None
    if seconds is not None and (int(seconds) > 59 or (clock[1] is None and clock[2] is None)):
        return None
    try:
        found_day = date(int(year), int(month), int(day))
    except ValueError:
        return None
    second = int(seconds) if seconds is not None else None
    return Moment(found_day, minute, second) if EARLIEST_YEAR <= found_day.year <= LATEST_YEAR else None


def first_and_last_day(text: str) -> tuple[date, date] | None:
    """Read 2026-12-29〜2027-01-03, 2026年12月29日から2027年1月3日まで: in this order, whichever is the earlier."""
    found = _DATES.fullmatch(plain(text))
    first, last = (moment(found[1]), moment(found[9])) if found else (None, None)
    return (first.day, last.day) if first and last else None


def hours(text: str) -> tuple[int, int] | None:
    """Read 22:00-02:00, 8時〜22時: minutes after midnight. The end may be 24:00, equal ends are refused."""
    found = _HOURS.fullmatch(plain(text))
    if not found:
        return None
    parts = found.groups()
    start, end = _minute(*parts[:3]), _minute(*parts[3:])
    if start is None or end is None or start in (end, 24 * 60):
        return None
    return start, end


def day_of_month(text: str) -> int | None:
    """Read 25日, 毎月25日, 25th: a day of the month from 1 to 31. A number alone is none: 1 may be meant for Monday."""
    found = _DAY_OF_MONTH.fullmatch(plain(text))
    return int(found[1]) if found and 1 <= int(found[1]) <= 31 else None


def kilometres(text: str) -> float | None:
    """Read 5 km, 800 m, 5キロ."""
    found = _DISTANCE.fullmatch(plain(text))
    if not found:
        return None
    unit = DISTANCES.find(found[2])
    return float(found[1].replace(",", "")) / (1000 if unit and unit.name == "m" else 1)


def yes_no(text: str) -> bool | None:
    """Read yes, no, true, false, はい, いいえ."""
    word = YES_NO.find(text) or YES_NO.find(plain(text))
    return None if word is None else word is YES


def event_name(text: str) -> str | None:
    """Return the folded name of an event, such as purchase or demo_request."""
    return fold(text) if EVENT_NAME.fullmatch(text.strip()) else None


def _minute(hour: str, after_colon: str | None, after_hour: str | None) -> int | None:
    minute = int(after_colon or after_hour or 0)
    total = int(hour) * 60 + minute
    return total if minute < 60 and total <= 24 * 60 else None
