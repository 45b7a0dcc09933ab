"""How numbers, spans of time, dates and the like are written."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from omotenashi.language import values


class Written(Struct, frozen=True):
    """A form of values, with examples that are read as such and examples that are not."""

    ja: str
    en: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    read: Callable[[str], object]


WRITTEN = (
    Written("数", "a number", ("20", "5,000円", "3回", "45%"), ("五", "5千"), values.number),
    Written("数の範囲", "a range of numbers", ("20-29", "20〜29"), ("20-",), values.number_range),
    Written("割合", "a share", ("45%", "45％"), ("0.45",), values.percent),
    Written("期間", "a span of time", ("30 days", "30日", "2時間", "3か月", "1年"), ("30",), values.span),
    Written("待ち時間", "a wait", ("200 ms", "200ミリ秒", "2秒"), ("200",), values.milliseconds),
    Written(
        "日付、日時", "a date, or a date and time",
        ("2026-12-25", "2026/12/25", "2026年12月25日", "2026-12-25 10:00", "2026年12月25日 10時"),
        ("令和8年12月25日", "25.12.2026", "12/25"), values.moment,
    ),
    Written("時間帯", "hours", ("08:00-22:00", "22:00〜02:00", "8時から22時まで"), ("25時",), values.hours),
    Written("毎月の日", "a day of the month", ("25日", "25th"), ("25", "32日"), values.day_of_month),
    Written("距離", "a distance", ("5 km", "5キロ", "800 m"), ("5",), values.kilometres),
    Written("はい・いいえ", "yes and no", ("yes", "no", "はい", "いいえ", "true", "false"), ("maybe",), values.yes_no),
)  # fmt: skip
