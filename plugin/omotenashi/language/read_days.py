"""days: days of the week and of the month, holidays."""

from __future__ import annotations

import re

from omotenashi.language import reader
from omotenashi.language.condition import Days
from omotenashi.language.month_days import ordinal
from omotenashi.language.nodes import ListNode, Node, TextNode
from omotenashi.language.report import Report
from omotenashi.language.values import day_of_month, plain
from omotenashi.language.vocabulary import DAY_WORDS, DAYS, HOLIDAY, WEEKDAYS
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold

_ALL = (*DAYS.all, *DAY_WORDS.all)
_NAMES = (*(word.ja for word in _ALL), *(word.name for word in _ALL))
_DIGITS = re.compile(r"\d{1,2}")
_BEYOND = re.compile(r"(?:毎月 ?)?\d{1,4}(?:日|st|nd|rd|th)?")
"""A number that is no day of a month."""


def read_days(node: Node, spans: tuple[tuple[int, int], ...], site: SiteFacts, report: Report) -> Days | None:
    """Return the days that are listed, or None where none could be read; `spans` are the rule's hours."""
    expected = "text" if isinstance(node, ListNode) else "texts"
    items = reader.one_or_more(node, "days", report)
    texts = [one for item in items if (one := reader.text(item, "days", report, expected))]
    words = {word.name for one in texts if (word := DAY_WORDS.find(one.text))}
    weekdays = frozenset(WEEKDAYS[fold(one.text)] for one in texts if fold(one.text) in WEEKDAYS)
    dates = frozenset(date for one in texts if (date := day_of_month(one.text)))
    _report_wrong(texts, site, report)
    if not weekdays and not dates and not words:
        return None
    return Days(
        weekdays,
        site.holidays,
        holidays_too="holiday" in words,
        workdays="weekday" in words,
        hours=spans,
        dates=dates,
        gotobi="gotobi" in words,
        month_end="month_end" in words,
    )


def _report_wrong(texts: list[TextNode], site: SiteFacts, report: Report) -> None:
    """Report what is no day. That numbers stand without their unit is one mistake, however many there are."""
    numbers = [one for one in texts if _unitless(one)]
    for one in texts:
        if HOLIDAY.find(one.text) and not site.holidays and not report.may_exist("holidays"):
            report.add("E314", one)
        elif not _is_day(one.text) and one not in numbers:
            _refused(one, report)
    if numbers:
        number = _unitless(numbers[0])
        report.add("E340", numbers[0], value=numbers[0].text, day=number, ordinal=ordinal(number))


def _unitless(found: TextNode) -> int:
    """The number from 1 to 31 that stands there without saying what it counts, else 0."""
    said = plain(found.text)
    return int(said) if _DIGITS.fullmatch(said) and int(said) <= 31 else 0


def _refused(found: TextNode, report: Report) -> None:
    if _BEYOND.fullmatch(plain(found.text)):
        report.add("E349", found, value=found.text)
    else:
        reader.outside(found, "days", _NAMES, report, _is_day, DAY_WORDS.names())


def _is_day(text: str) -> bool:
    return fold(text) in WEEKDAYS or bool(DAY_WORDS.find(text) or day_of_month(text))
