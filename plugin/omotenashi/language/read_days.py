"""days: days of the week and of the month, holidays."""

from __future__ import annotations

import re

from omotenashi.language import reader
from omotenashi.language.condition import Days
from omotenashi.language.month_days import ordinal
from omotenashi.language.nodes import Node, TextNode
from omotenashi.language.report import Report
from omotenashi.language.values import day_of_month, plain
from omotenashi.language.vocabulary import DAY_WORDS, DAYS, HOLIDAY, WEEKDAYS
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

_NAMES = list(
    dict.fromkeys(
        [
            *(word.ja for word in (*DAYS.all, *DAY_WORDS.all)),
            *(word.name for word in (*DAYS.all, *DAY_WORDS.all)),
            *DAY_WORDS.names(),
        ]
    )
)
"""For suggestions, those that are told first in front."""
_NUMBER = re.compile(r"(?:毎月 ?)?(\d{1,4})(日|st|nd|rd|th)?")


def read_days(node: Node, spans: tuple[tuple[int, int], ...], site: SiteFacts, report: Report) -> Days | None:
    """Return the days that are listed, or None where none could be read; `spans` are the rule's hours."""
    weekdays: set[int] = set()
    dates: set[int] = set()
    words: set[str] = set()
    for item in reader.one_or_more(node, "days", report):
        found = reader.text(item, "days", report)
        if found is None:
            continue
        word, date = DAY_WORDS.find(found.text), day_of_month(found.text)
        if word:
            words.add(word.name)
            _needs_holidays(found, site, report)
        elif fold(found.text) in WEEKDAYS:
            weekdays.add(WEEKDAYS[fold(found.text)])
        elif date:
            dates.add(date)
        else:
            _refused(found, report)
    if not weekdays and not dates and not words:
        return None
    return Days(
        frozenset(weekdays),
        site.holidays,
        holidays_too="holiday" in words,
        workdays="weekday" in words,
        hours=spans,
        dates=frozenset(dates),
        gotobi="gotobi" in words,
        month_end="month_end" in words,
    )


def _needs_holidays(found: TextNode, site: SiteFacts, report: Report) -> None:
    if HOLIDAY.find(found.text) and not site.holidays and not report.may_exist("holidays"):
        report.add("E314", found)


def _refused(found: TextNode, report: Report) -> None:
    number = _NUMBER.fullmatch(plain(found.text))
    if number is None:
        reader.outside(found, "days", _NAMES, report, _is_day)
    elif number[2] or not 1 <= int(number[1]) <= 31:
        report.add("E349", found, value=found.text)
    else:
        report.add("E340", found, value=found.text, day=int(number[1]), ordinal=ordinal(int(number[1])))


def _is_day(text: str) -> bool:
    return fold(text) in WEEKDAYS or bool(DAY_WORDS.find(text) or day_of_month(text))
