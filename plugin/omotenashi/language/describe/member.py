"""A member's attributes in words."""

from __future__ import annotations

from datetime import date

from omotenashi.language.condition import DateTest, Fact, OneOf, Operand, Range, Truth
from omotenashi.language.describe.voice import Voice, as_written
from omotenashi.language.read_member import attribute_of
from omotenashi.model.site_facts import Attribute
from omotenashi.model.text import fold


def member(fact: Fact, operand: Operand, voice: Voice) -> str:
    """Say what a member's attribute has to be."""
    attribute = attribute_of(fact, voice.site)
    subject = member_subject(fact, voice)
    if isinstance(operand, OneOf):
        return _texts(subject, attribute, operand, fact, voice)
    if isinstance(operand, Range):
        bounds = voice.within_bounds(operand)
        return voice.say(f"{subject}が、{bounds}", f"{subject} is {bounds}")
    if isinstance(operand, Truth):
        answer = voice.say("「はい」" if operand.value else "「いいえ」", "“yes”" if operand.value else "“no”")
        return voice.say(f"{subject}が、{answer}", f"{subject} is {answer}")
    if isinstance(operand, DateTest):
        return _date(subject, operand, voice)
    raise TypeError(operand)


def member_subject(fact: Fact, voice: Voice) -> str:
    """Return 会員の会員ランク(rank), or the member's rank."""
    attribute = attribute_of(fact, voice.site)
    name = attribute.name if attribute else fact.field.partition(".")[2]
    label = attribute.label if attribute else ""
    called = voice.say(f"「{label}」({name})", f"“{label}” ({name})") if label and label != name else voice.quote(name)
    return voice.say(f"会員の{called}", f"the member's {called}")


def _texts(subject: str, attribute: Attribute | None, operand: OneOf, fact: Fact, voice: Voice) -> str:
    declared = {fold(value): value for value in attribute.values} if attribute else {}
    written = as_written(operand.values, fact.written)
    values = voice.any_of(voice.quote(declared.get(fold(value), value)) for value in written)
    if attribute and attribute.type == "list":
        return voice.say(f"{subject}に、{values}がある", f"{subject} includes {values}")
    return voice.say(f"{subject}が、{values}", f"{subject} is {values}")


def _date(subject: str, operand: DateTest, voice: Voice) -> str:
    if operand.kind in _ON_DAY:
        day = voice.day(date.fromisoformat(operand.date))
        return subject + voice.say(*_ON_DAY[operand.kind]).format(day=day)
    if operand.kind in _SPANS:
        return subject + voice.say(*_SPANS[operand.kind]).format(span=voice.span(operand.span))
    if operand.kind == "month":
        month = voice.month(operand.month)
        return subject + voice.say(f"が、{month}(年は問わない)", f" is in {month} (of any year)")
    return subject + voice.say(*_CALENDAR[operand.kind])


_ON_DAY = {
    "before": ("が、{day}より前", " is before {day}"),
    "after": ("が、{day}より後", " is after {day}"),
    "on": ("が、{day}", " is {day}"),
}
_SPANS = {
    "within": ("が、{span}前からきょうまでの日", " is a day from {span} ago until today"),
    "in": (
        "が、きょうから{span}後までに来る(過ぎた日は、毎年の同じ月日で数える)",
        " comes between today and {span} from now (a day that is past comes again every year)",
    ),
}
_CALENDAR = {
    "this_month": (
        "の月が、今月と同じ(年は問わない。来年以降の日は含まない)",
        " is in the present month (of this or any earlier year)",
    ),
    "today": (
        "の月日が、きょうと同じ(年は問わない。まだ来ていない日は含まない。2月29日は、うるう年でなければ28日に数える)",
        " is today's day and month (of this or any earlier year; 29 February counts on the 28th in other years)",
    ),
}
