"""from, until, days and hours in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from omotenashi.language.condition import Before, Condition, Days, Fact, Hours, NotBefore
from omotenashi.language.describe.voice import Voice
from omotenashi.language.month_days import names_month_days


def timing(conditions: Iterable[Condition], voice: Voice) -> Iterator[str]:
    """Say when a rule holds: its period in one line, then its days and its hours."""
    operands = [one.operand for one in conditions if isinstance(one, Fact)]
    period = [moment(one, voice) for one in operands if isinstance(one, (NotBefore, Before))]
    if period:
        yield voice.say("期間: ", "Period: ") + " ".join(period)
    for one in operands:
        if isinstance(one, Days):
            yield voice.say("日にち: " if names_month_days(one) else "曜日: ", "Days: ") + days(one, voice)
        elif isinstance(one, Hours):
            yield voice.say("時間帯: ", "Hours: ") + hours(one, voice)


def moment(operand: NotBefore | Before, voice: Voice) -> str:
    """Say from when or until when."""
    return voice.start(operand.epoch) if isinstance(operand, NotBefore) else voice.end(operand.epoch)


def days(operand: Days, voice: Voice) -> str:
    """Say on which days; where hours run over midnight, to which day a night belongs."""
    named = [voice.weekday(number) for number in sorted(operand.weekdays)]
    if operand.workdays:
        named.append(voice.say("平日(月曜日から金曜日。祝日を除く)", "weekdays (Monday to Friday, without holidays)"))
    if operand.holidays_too:
        named.append(voice.say("祝日", "holidays"))
    named += [voice.day_of_month(number) for number in sorted(operand.dates)]
    if operand.gotobi:
        named.append(
            voice.say(
                "五十日(毎月5・10・15・20・25・30日。2月は末日も)",
                "gotobi (the 5th, 10th, 15th, 20th, 25th and 30th of a month; in February the last day, too)",
            )
        )
    if operand.month_end:
        named.append(voice.say("月の最後の日", "the last day of the month"))
    said = voice.any_of(named)
    if any(end <= start for start, end in operand.hours):
        said += voice.say(
            "(夜中の0時を過ぎても、始まった日で数える)",
            " (after midnight a night still belongs to the day on which it began)",
        )
    return said


def hours(operand: Hours, voice: Voice) -> str:
    """Say at which hours; the end is not included."""
    return voice.say("、または ", " or ").join(_span(start, end, voice) for start, end in operand.spans)


def _span(start: int, end: int, voice: Voice) -> str:
    if end == 24 * 60:
        return voice.say(f"{_clock(start)} から夜中の24時まで", f"from {_clock(start)} until midnight")
    if start < end:
        return voice.say(
            f"{_clock(start)} から {_clock(end)} の直前まで", f"from {_clock(start)} until just before {_clock(end)}"
        )
    return voice.say(
        f"{_clock(start)} から翌日の {_clock(end)} の直前まで",
        f"from {_clock(start)} until just before {_clock(end)} on the next day",
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
