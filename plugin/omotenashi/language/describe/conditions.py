"""Conditions in words: a line for each condition on one field, and lists below any, all and not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from omotenashi.language import condition as c
from omotenashi.language.condition import Condition, Conjunction, Fact, InSegment, Negation
from omotenashi.language.describe import arrival, history, places
from omotenashi.language.describe.entries import Entry
from omotenashi.language.describe.member import member, member_subject
from omotenashi.language.describe.timing import days, hours, moment
from omotenashi.language.describe.voice import Voice
from omotenashi.language.vocabulary import find_field
from omotenashi.model.text import fold


def condition_entry(condition: Condition, voice: Voice) -> Entry:
    """Return a condition as a line with what belongs to it."""
    if isinstance(condition, Fact):
        return Entry(fact_phrase(condition, voice))
    if isinstance(condition, InSegment):
        return Entry(segment_phrase(condition.name, voice))
    if isinstance(condition, Negation):
        said = voice.say("次に当てはまらない(わからない人は除く)", "the following is known not to apply")
        return Entry(said, (condition_entry(condition.part, voice),))
    if not condition.parts:
        return Entry(voice.say("どんなときも", "always"))
    if len(condition.parts) == 1:
        return condition_entry(condition.parts[0], voice)
    said = voice.say(*(_ALL if isinstance(condition, Conjunction) else _ANY))
    return Entry(said, tuple(condition_entry(part, voice) for part in condition.parts))


_ALL = ("次のすべてに当てはまる", "all of the following apply")
_ANY = ("次のどれか一つにでも当てはまる", "at least one of the following applies")


def segment_phrase(name: str, voice: Voice) -> str:
    """Say that the visitor is in a segment."""
    called = segment_title(name, voice)
    return voice.say(f"セグメント{called}に入っている", f"the visitor is in the segment {called}")


def segment_title(name: str, voice: Voice) -> str:
    """Return a segment's label and its name."""
    segment = voice.segments.get(fold(name))
    if segment is None or not segment.label:
        return voice.quote(segment.name if segment else name)
    return voice.say(f"{voice.quote(segment.label)}({segment.name})", f"{voice.quote(segment.label)} ({segment.name})")


def fact_phrase(fact: Fact, voice: Voice) -> str:
    """Say one condition on one field."""
    operand = fact.operand
    if isinstance(operand, c.Unknown):
        return _unknown(fact, voice)
    if fact.field.partition(".")[0] == "member":
        return member(fact, operand, voice)
    return _SENTENCES[type(operand)](fact, operand, voice)


def _one_of(fact: Fact, operand: c.OneOf, voice: Voice) -> str:
    return places.country(operand, voice) if fact.field == "country" else arrival.one_of(fact, operand, voice)


def _truth(fact: Fact, operand: c.Truth, voice: Voice) -> str:
    del fact
    if operand.value:
        return voice.say("ログインしている", "the visitor is logged in")
    return voice.say("ログインしていない", "the visitor is not logged in")


def _plainly(sentence: Callable[[Any, Voice], str]) -> Callable[[Fact, Any, Voice], str]:
    """A sentence that needs no more than the operand."""
    return lambda _, operand, voice: sentence(operand, voice)


_SENTENCES: Mapping[type, Callable[[Fact, Any, Voice], str]] = {
    c.OneOf: _one_of,
    c.Truth: _truth,
    c.Words: arrival.words,
    c.Estimated: arrival.estimated,
    c.Paths: places.paths,
    c.HostPaths: _plainly(places.host_paths),
    c.Prefectures: places.prefectures,
    c.Languages: _plainly(places.languages),
    c.Near: places.near,
    c.Viewed: history.viewed,
    c.Bought: history.bought,
    c.Did: history.did,
    c.Visits: _plainly(history.visits),
    c.LastVisit: _plainly(history.last_visit),
    c.InCart: _plainly(history.in_cart),
    c.InStage: _plainly(history.in_stage),
    c.Shown: _plainly(history.shown),
    c.CooledDown: _plainly(history.cooled_down),
    c.LimitLeft: _plainly(history.limit_left),
    c.TakesPart: _plainly(history.takes_part),
    c.NotBefore: _plainly(moment),
    c.Before: _plainly(moment),
    c.Hours: _plainly(hours),
    c.Days: _plainly(days),
}
"""For each type of operand, but those of members, what says it."""


ALWAYS_KNOWN = frozenset(
    "medium source referrer campaign campaign_source campaign_medium campaign_content landing page page_tag site_search "
    "query logged_in consent".split()
)
"""What is never unknown: where nothing is there, it is known to be empty."""


def _unknown(fact: Fact, voice: Voice) -> str:
    head, _, name = fact.field.partition(".")
    if head == "member":
        subject = member_subject(fact, voice)
        return voice.say(
            f"{subject}がわからない(ログインしていない人も)", f"{subject} is not known (or nobody is logged in)"
        )
    found = find_field(fact.field)
    field = found[0] if found else None
    called = voice.quote(field.ja if field and voice.ja else head) + (f" {name}" if name else "")
    if head in ALWAYS_KNOWN:
        return voice.say(
            f"{called}がわからない(いつもわかるので、当てはまることはない)",
            f"{called} is not known (it always is, so this never applies)",
        )
    if field and field.stored:
        return voice.say(
            f"{called}の記録がわからない(同意のない人など)", f"{called} is not known (without consent, for one)"
        )
    return voice.say(f"{called}がわからない", f"{called} is not known")
