"""What to write instead of a date or hours that are not of their form. Empty text where one cannot tell."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from omotenashi.language.report import LONGEST_SLIP
from omotenashi.language.values import EARLIEST_YEAR, LATEST_YEAR, hours, moment, plain

_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_ERA = re.compile(r"(令和|平成|昭和|[rhs]) ?(\d{1,2}|元)[年./-] ?(\d{1,2})[月./-] ?(\d{1,2})日?")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_MONTH_FIRST = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_IN_WORDS = re.compile(r"(?:([a-z]{3,9})\.? (\d{1,2})|(\d{1,2})(?:\. ?| )([a-z]{3,9})\.?)(?:st|nd|rd|th)?,? (\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4}) ?[-/.年,] ?(\d{1,2}) ?[-/.月,] ?(\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT_YEAR = re.compile(r"(\d{2})[/-](\d{1,2})[/-](\d{1,2})")
_NO_YEAR = re.compile(r"(\d{1,2})(?:月|/|-)(\d{1,2})日?")
_END_WITHOUT_YEAR = re.compile(r"(.+?) ?(?:-|~|\.\.|から) ?(\d{1,2})[-/月](\d{1,2})日?(?:まで)?")
_MONTH_ONLY = re.compile(r"(\d{4})(?:-|/|年)(\d{1,2})月?")
_TIME = re.compile(
    r"(午前|午後|am|pm)? ?(\d{1,2})(?:[:時.] ?(\d{2})?)?(?:分)?(?::\d{2}(?:\.\d+)?)? ?(am|pm|a\.m\.|p\.m\.)?(?:z|[+-]\d{2}:?\d{2})?"
)
_WEEKDAY = re.compile(
    r" ?[((][月火水木金土日祝・a-z]+[))]|^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? |[月火水木金土日]曜日?"
)


def date_meant(text: str, *, last: bool = False, year: int = 0) -> str:
    """Return 2026-12-25, with the time after it where there is one, for a date in another form.

    `last`: the end of what is named is meant, as under `until`. `year`: for dates without one; 0 where none is known.
    """
    said = _WEEKDAY.sub("", plain(text[:LONGEST_SLIP])).replace("時半", "時30分").strip()
    said = re.sub(r" ?(?:jst|utc|gmt|日本時間)$", "", said)
    said = re.sub(r"(?<=[日\d分時]) ?(?:まで|から|より|以降)$", "", said)
    both = re.fullmatch(r"(\S+(?: \d\S*)?) ?(?:~| - |から| to ) ?(\S+(?: \d\S*)?)", said)
    said = both[2 if last else 1] if both else said
    for pattern, parts in _FORMS:
        found = pattern.match(said)
        if found:
            numbers = parts(found)
            return _dated(numbers, said[found.end() :], last=last) if numbers else ""
    found = _NO_YEAR.match(said)
    if found and year:
        return _dated((year, int(found[1]), int(found[2])), said[found.end() :], last=last)
    month = _MONTH_ONLY.fullmatch(said)
    return _dated((int(month[1]), int(month[2]), 31 if last else 1), "", last=last) if month else ""


def days_meant(text: str) -> str:
    """Return 2026-12-29〜2027-01-03 for 2026-12-29〜1/3, whose end has no year: the next such day is meant."""
    found = _END_WITHOUT_YEAR.fullmatch(plain(text[:LONGEST_SLIP]))
    first = moment(found[1]) if found else None
    if not found or not first:
        return ""
    ends = (moment(f"{first.day.year + later}-{found[2]}-{found[3]}") for later in (0, 1))
    return next((f"{first.day}〜{end.day}" for end in ends if end and end.day >= first.day), "")


def hours_meant(text: str) -> str:
    """Return 09:00-17:00 for hours in another form; 22:00-25:00 are 22:00-01:00."""
    said = (
        plain(text[:LONGEST_SLIP])
        .replace("時半", ":30")
        .replace("正午", "12:00")
        .replace("深夜0時", "24:00")
        .replace("noon", "12:00")
    )
    said = re.sub(r"midnight", "24:00", said)
    ends = [end for end in re.split(r"\s*(?:-|~|から|to|until|till|と|,|まで)\s*", said) if end]
    if len(ends) != 2:
        return ""
    clocks = [_clock(end) for end in ends]
    if clocks[0] is None or clocks[1] is None:
        return ""
    start, end = clocks[0] % 1440, clocks[1] if clocks[1] <= 1440 else clocks[1] - 1440
    written = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    return written if hours(written) else "00:00-24:00" if start == end else ""


def birthday_meant(text: str) -> str:
    """Return {month: 4} for 4月, and 今月 or 今日 for other ways to say so."""
    said = plain(text)
    month = re.fullmatch(r"(\d{1,2})月(?:生まれ|誕生日)?", said)
    if month:
        return f"{{month: {month[1]}}}"
    if said[:3] in _MONTHS and said.isalpha():
        return f"{{month: {_MONTHS.index(said[:3]) + 1}}}"
    if re.search(r"今月|当月|誕生月|this month", said):
        return "this month" if said.isascii() else "今月"
    return ("today" if said.isascii() else "今日") if re.search(r"今日|本日|当日|today", said) else ""


def _clock(text: str) -> int | None:
    """Minutes after midnight; 25 o'clock is 1 o'clock of the next day."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[2]), int(found[3] or 0)
    half = found[1] or (found[4] or "").replace(".", "")
    if half in ("午後", "pm") and hour < 12:
        hour += 12
    if half in ("午前", "am") and hour == 12:
        hour = 0
    return hour * 60 + minute if hour < 48 and minute < 60 else None


def _dated(parts: tuple[int, int, int], rest: str, *, last: bool) -> str:
    """A day that its month does not have becomes the month's last; 2026-25-12 is 2026-12-25."""
    year, month, day = parts
    if month > 13 and day <= 12:
        month, day = day, month
    if not (1 <= month <= 13 and 1 <= day <= 39 and EARLIEST_YEAR <= year <= LATEST_YEAR):
        return ""
    month = min(month, 12)
    found = date(year, month, min(day, monthrange(year, month)[1]))
    written = _timed(found, rest.strip(" t,、の"), last=last)
    return written if moment(written) else ""


def _timed(day: date, rest: str, *, last: bool) -> str:
    if not rest:
        return day.isoformat()
    minutes = _clock(rest)
    if minutes is None:
        return ""
    if last and minutes == 1440:
        return day.isoformat()
    later = day + timedelta(days=minutes // 1440)
    return f"{later.isoformat()} {minutes % 1440 // 60:02}:{minutes % 60:02}"


def _of_era(found: re.Match[str]) -> tuple[int, int, int]:
    count = 1 if found[2] == "元" else int(found[2])
    return _ERAS[found[1]] + count, int(found[3]), int(found[4])


def _american(found: re.Match[str]) -> tuple[int, int, int]:
    """12/25/2026; 25/12/2026 can only be the other way round."""
    first, second = int(found[1]), int(found[2])
    return (int(found[3]), second, first) if first > 12 else (int(found[3]), first, second)


def _in_words(found: re.Match[str]) -> tuple[int, int, int] | None:
    name = (found[1] or found[4])[:3]
    return (int(found[5]), _MONTHS.index(name) + 1, int(found[2] or found[3])) if name in _MONTHS else None


def _short(found: re.Match[str]) -> tuple[int, int, int]:
    """26/12/25; 12/25/26 can only begin with the month."""
    first, second, third = int(found[1]), int(found[2]), int(found[3])
    return (2000 + third, first, second) if first <= 12 and third > 12 else (2000 + first, second, third)


_FORMS = (
    (_YEAR_FIRST, lambda found: (int(found[1]), int(found[2]), int(found[3]))),
    (_COMPACT, lambda found: (int(found[1]), int(found[2]), int(found[3]))),
    (_ERA, _of_era),
    (_DAY_FIRST, lambda found: (int(found[3]), int(found[2]), int(found[1]))),
    (_MONTH_FIRST, _american),
    (_IN_WORDS, _in_words),
    (_SHORT_YEAR, _short),
)
