"""What is said to be meant can be read, whatever was written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from omotenashi.language import values
from omotenashi.language.meant import limit_meant, range_meant, remedy
from omotenashi.language.meant_dates import birthday_meant, date_meant, hours_meant
from omotenashi.language.patterns import host_pattern, path_pattern

READERS: dict[str, Callable[[str], object]] = {
    "E301": values.number,
    "E302": values.span,
    "E304": values.hours,
    "E306": path_pattern,
    "E308": values.yes_no,
    "E310": values.kilometres,
    "E332": values.event_name,
}
PIECES = (
    *"0123456789五千万億十〇年月日時分回円個人半前後以上下未満約過去週間令和平成R.,:/-~〜 　'+<>=%&^$*?#@!()[]{}|\\",
    *(
        "days",
        "hours",
        "am",
        "pm",
        "Dec",
        "to",
        "at least",
        "times",
        "per",
        "km",
        "miles",
        "https://",
        "www.",
        ".example",
    ),
    *(
        "2026",
        "12",
        "25",
        "60",
        "99999999999999999999",
        "午前",
        "午後",
        "から",
        "まで",
        "kilo",
        "メートル",
        "٣",
        "²",
        "፩",
        "Ⅻ",
    ),
)
TEXTS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.text(max_size=20))


@pytest.mark.parametrize("code", READERS)
@given(text=TEXTS)
@example(text="9" * 400)
@example(text="1.2.3")
def test_a_remedy_can_be_read(code: str, text: str) -> None:
    meant = remedy(code, text)
    assert meant == "" or READERS[code](meant) is not None


@given(text=TEXTS, last=st.booleans(), year=st.sampled_from((0, 2026)))
@example(text="2026-02-30", last=False, year=0)
@example(text="9999-12-31 47:00", last=False, year=0)
def test_a_date_that_was_meant_can_be_read(text: str, *, last: bool, year: int) -> None:
    meant = date_meant(text, last=last, year=year)
    assert meant == "" or values.moment(meant) is not None


@given(text=TEXTS)
def test_hours_that_were_meant_can_be_read(text: str) -> None:
    meant = hours_meant(text)
    assert meant == "" or values.hours(meant) is not None


@given(text=TEXTS)
@example(text="9" * 400)
def test_nothing_that_is_written_upsets_the_others(text: str) -> None:
    range_meant(text)
    limit_meant(text)
    birthday_meant(text)


@given(text=TEXTS)
def test_a_host_that_was_meant_can_be_read(text: str) -> None:
    meant = remedy("E307", text).strip('"')
    assert meant == "" or meant.startswith("source: ") or host_pattern(meant) is not None
