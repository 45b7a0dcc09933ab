"""Days of the month: 25日, 五十日 and 月末, alone and beside days of the week."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omotenashi.engine.facts import is_day
from omotenashi.language.analyse.moments import ALL_DATES, FULL, dates_bits, days_bits, nights_bits, occurs
from omotenashi.language.condition import Days, Fact
from omotenashi.language.printer import Voice
from omotenashi.language.values import day_of_month
from omotenashi.site import Loaded, load

days_of_a_year = st.dates(date(2023, 1, 1), date(2029, 12, 31))
named = st.builds(
    Days,
    st.frozensets(st.integers(0, 6), max_size=2),
    st.just(frozenset({date(2026, 11, 23), date(2027, 1, 1), date(2026, 12, 31)})),
    holidays_too=st.booleans(),
    workdays=st.booleans(),
    hours=st.sampled_from([(), ((540, 1020),), ((1320, 120),), ((720, 780), (1200, 180)), ((60, 30),)]),
    dates=st.frozensets(st.sampled_from([1, 2, 15, 28, 29, 30, 31]), max_size=2),
    gotobi=st.booleans(),
    month_end=st.booleans(),
)


@given(days_of_a_year)
def test_gotobi_are_every_fifth_day_of_a_month_and_the_last_of_february(day: date) -> None:
    last_of_february = day.month == 2 and (day + timedelta(days=1)).month == 3
    assert is_day(day, Days(frozenset(), gotobi=True)) is (day.day in (5, 10, 15, 20, 25, 30) or last_of_february)


@given(days_of_a_year)
def test_the_month_ends_before_another_begins(day: date) -> None:
    assert is_day(day, Days(frozenset(), month_end=True)) is ((day + timedelta(days=1)).day == 1)


@given(days_of_a_year, named)
def test_a_list_of_days_is_any_of_them(day: date, days: Days) -> None:
    alone = [
        Days(days.weekdays),
        Days(frozenset(), days.holidays, holidays_too=days.holidays_too),
        Days(frozenset(), days.holidays, workdays=days.workdays),
        Days(frozenset(), dates=days.dates),
        Days(frozenset(), gotobi=days.gotobi),
        Days(frozenset(), month_end=days.month_end),
    ]
    assert is_day(day, days) is any(is_day(day, one) for one in alone)


@given(days_of_a_year, st.integers(0, 1439), named)
def test_the_analyses_know_of_each_minute_what_the_engine_says(day: date, minute: int, days: Days) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    period = (start.timestamp(), start.timestamp() + 60)
    ways = [(days_bits(days), ALL_DATES), *zip(nights_bits(days), dates_bits(days), strict=True)]
    found = any(occurs(minutes, dates, period, UTC, days.holidays) for minutes, dates in ways)
    assert found is any(is_day(one, days) for one in _judged(day, minute, days.hours))
    assert occurs(FULL, ALL_DATES, period, UTC, days.holidays)


def _judged(day: date, minute: int, hours: tuple[tuple[int, int], ...]) -> set[date]:
    """The days as which a minute counts: those of the nights that it lies in, else its own."""
    own = {day for start, end in hours if start <= minute < end or (end < start <= minute)}
    before = {day - timedelta(days=1) for start, end in hours if minute < end < start}
    return own | before or {day}


@pytest.mark.parametrize("text", ["25日", "２５日", "毎月25日", "25th", "25TH", "25 日"])
def test_a_day_of_the_month_is_written_with_its_unit(text: str) -> None:
    assert day_of_month(text) == (None if " " in text else 25)


@pytest.mark.parametrize(
    ("written", "code", "hint"),
    [
        ("25", "E340", "write 25th for a day of the month, mon for a day of the week"),
        ("1", "E340", "write 1st for a day of the month, mon for a day of the week"),
        ("22", "E340", "write 22nd for a day of the month, mon for a day of the week"),
        ("0", "E349", "write 1st to 31st; the last day of a month is month_end"),
        ("32日", "E349", "write 1st to 31st; the last day of a month is month_end"),
        ("100", "E349", "write 1st to 31st; the last day of a month is month_end"),
        ("1日〜3日", "E305", "write [1日, 2日, 3日]"),
        ("5日・10日", "E305", "write [5日, 10日]"),
        ("5・10日", "E305", "write [5日, 10日]"),
        ('"5, 15, 25"', "E305", "write [5日, 15日, 25日]"),
        ("5, 15, 25", "E340", "write 5th for a day of the month, mon for a day of the week"),
        ("月初", "E305", "write 1日"),
        ("末日", "E305", "write 月末"),
        ("last day", "E305", "write month_end"),
        ("gotobii", "E305", "did you mean gotobi?"),
        ("五十", "E305", "did you mean 五十日?"),
    ],
)
def test_what_is_no_day_is_told_what_to_write(written: str, code: str, hint: str, tmp_path: Path) -> None:
    [error] = _loaded(tmp_path, written).diagnostics
    assert (error.code, Voice({}, "en").hint(error)) == (code, hint)


@pytest.mark.parametrize("written", ["あああ", "aaaa"])
def test_each_day_is_told_once(written: str, tmp_path: Path) -> None:
    [error] = _loaded(tmp_path, written).diagnostics
    told = Voice({}, "ja").hint(error)
    assert ("祝日" in told, "holidays" in told, "month end" in told) == (False, False, False)


def test_where_days_are_no_text_a_list_is_told_too(tmp_path: Path) -> None:
    (tmp_path / "page.yaml").write_text(
        "blocks:\n  hero:\n    rules: [{name: a, days: {all: [金, 月末]}, show: nothing}]\n    otherwise: original\n"
    )
    [error] = load(tmp_path).diagnostics
    assert error.code == "E203"
    assert "one text, or a list such as [a, b]" in Voice({}, "en").message(error)


@pytest.mark.parametrize(
    "cell", ["五十日、月末", "月末;五十日", "month_end,gotobi", "ごとおび 月末".replace(" ", "、")]
)
def test_a_table_takes_days_of_the_month_too(cell: str, tmp_path: Path) -> None:
    (tmp_path / "page.yaml").write_text("blocks: {hero: {rules: {table: days.csv}, otherwise: original}}\n")
    (tmp_path / "days.csv").write_text(f'名前,曜日,表示\n締め,"{cell}",nothing\n')
    loaded = load(tmp_path)
    assert [one.code for one in loaded.diagnostics if one.level == "error"] == []
    [condition] = loaded.folder.blocks[0].rules[0].timing
    assert isinstance(condition, Fact)
    assert condition.operand == Days(frozenset(), gotobi=True, month_end=True)


def _loaded(folder: Path, days: str) -> Loaded:
    (folder / "page.yaml").write_text(
        f"blocks:\n  hero:\n    rules: [{{name: a, days: [{days}], show: nothing}}]\n    otherwise: original\n"
    )
    return load(folder)
