"""Numbers, spans, dates and hours as people write them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from omotenashi.language import values
from omotenashi.language.condition import Span

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("text", "number"),
    [("20", 20), ("-3", -3), ("5,000円", 5000), ("３回", 3), ("45％", 45), ("1.5", 1.5), ("1200 ポイント", 1200)],
)
def test_numbers(text: str, number: float) -> None:
    assert values.number(text) == number


@pytest.mark.parametrize("text", ["五", "5千", "20-", "1,00", "9" * 5000, "", "1e3", "٣,000,00"])
def test_what_is_no_number(text: str) -> None:
    assert values.number(text) is None


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("20-29", (20, 29)),
        ("20〜29", (20, 29)),
        ("２０～２９", (20, 29)),
        ("1,000円 〜 5,000円", (1000, 5000)),
        ("-5〜10", (-5, 10)),
        ("-5-10", (-5, 10)),
        ("-10--5", (-10, -5)),
        ("−10〜−5", (-10, -5)),
        ("-100-200", (-100, 200)),
    ],
)
def test_ranges(text: str, bounds: tuple[float, float]) -> None:
    assert values.number_range(text) == bounds


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30 days", Span(30 * 86400)),
        ("30日", Span(30 * 86400)),
        ("７日間", Span(7 * 86400)),
        ("2 hours", Span(7200)),
        ("2時間", Span(7200)),
        ("90分", Span(5400)),
        ("1 week", Span(604800)),
        ("1 year", Span(months=12)),
        ("3か月", Span(months=3)),
        ("3ヶ月", Span(months=3)),
    ],
)
def test_spans(text: str, span: Span) -> None:
    assert values.span(text) == span


@pytest.mark.parametrize("text", ["30", "0 days", "days", "30 dayz", "1.5 days", "-1 day", "999999 years"])
def test_what_is_no_span(text: str) -> None:
    assert values.span(text) is None


@pytest.mark.parametrize("text", ["2026-12-25", "2026/12/25", "2026年12月25日", "２０２６－１２－２５"])
def test_a_day_begins_at_midnight_and_ends_with_its_last_moment(text: str) -> None:
    moment = values.moment(text)
    assert moment is not None
    assert moment.day == date(2026, 12, 25)
    assert moment.end(TOKYO) - moment.start(TOKYO) == 86400


@pytest.mark.parametrize("text", ["2026-12-01 10:00", "2026/12/1 10時", "2026年12月1日 10:00", "2026-12-01T10:00"])
def test_a_minute_lasts_a_minute(text: str) -> None:
    moment = values.moment(text)
    assert moment is not None
    assert (moment.day, moment.minute) == (date(2026, 12, 1), 600)
    assert moment.end(TOKYO) - moment.start(TOKYO) == 60


@pytest.mark.parametrize("text", ["2026-02-30", "25.12.2026", "令和8年12月1日", "2026-12-01 25:00", "12-25", "2026"])
def test_what_is_no_date(text: str) -> None:
    assert values.moment(text) is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [("22:00-02:00", (1320, 120)), ("08:00〜22:00", (480, 1320)), ("8時〜22時半", None), ("8:00-24:00", (480, 1440))],
)
def test_hours(text: str, hours: tuple[int, int] | None) -> None:
    assert values.hours(text) == hours


@pytest.mark.parametrize("text", ["10:00-10:00", "22:00-25:00", "8-22", "24:00-08:00", "10:60-11:00"])
def test_what_are_no_hours(text: str) -> None:
    assert values.hours(text) is None
