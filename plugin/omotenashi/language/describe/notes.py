"""What holds for all rules and is said once: only what the rules at hand make use of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from omotenashi.language import condition as c
from omotenashi.language.condition import (
    Condition,
    Conjunction,
    Fact,
    InSegment,
    Negation,
    facts,
    segments_in,
)
from omotenashi.language.describe.conditions import ALWAYS_KNOWN
from omotenashi.language.describe.voice import Voice
from omotenashi.language.syntax import BlockSpec, RuleSpec, SegmentSpec
from omotenashi.language.vocabulary import FIELDS, Kind
from omotenashi.model.text import fold

_HISTORY = (c.Viewed, c.Bought, c.Did, c.Visits, c.LastVisit, c.InCart, c.InStage, c.Shown)


def needs_history(rule: RuleSpec, voice: Voice) -> bool:
    """Tell whether a rule can match nobody of whom nothing is remembered."""
    if rule.limit or rule.cooldown or rule.experiment:
        return True
    return not _possible(rule.when, voice, positive=True)


def _possible(condition: Condition, voice: Voice, *, positive: bool) -> bool:
    """Whether a condition may be true (or false, if not `positive`) while history is unknown."""
    if isinstance(condition, Fact):
        return _fact_possible(condition, positive=positive)
    if isinstance(condition, Negation):
        return _possible(condition.part, voice, positive=not positive)
    if isinstance(condition, InSegment):
        segment = voice.segments.get(fold(condition.name))
        return segment is None or _possible(segment.when, voice, positive=positive)
    found = [_possible(part, voice, positive=positive) for part in condition.parts]
    return all(found) if isinstance(condition, Conjunction) is positive else any(found)


def _fact_possible(fact: Fact, *, positive: bool) -> bool:
    head = fact.field.partition(".")[0]
    if isinstance(fact.operand, c.Unknown) and head in ALWAYS_KNOWN:
        return not positive
    if isinstance(fact.operand, c.Unknown) and head in _STORED:
        return positive
    return not isinstance(fact.operand, _HISTORY)


def _speaks_of_past(rule: RuleSpec, voice: Voice) -> bool:
    used: set[str] = set()
    _collect(rule.when, used, voice)
    conditions = (rule.when, *(voice.segments[name].when for name in used))
    return any(isinstance(fact.operand, _HISTORY) for one in conditions for fact in facts(one))


def segments_used(blocks: Iterable[BlockSpec], voice: Voice) -> list[SegmentSpec]:
    """Return the segments that the rules of blocks use, directly or within others, as the folder defines them."""
    used: set[str] = set()
    for block in blocks:
        for rule in block.rules:
            _collect(rule.when, used, voice)
    return [segment for name, segment in voice.segments.items() if name in used]


def _collect(condition: Condition, used: set[str], voice: Voice) -> None:
    for one in segments_in(condition):
        name = fold(one.name)
        if name not in used and name in voice.segments:
            used.add(name)
            _collect(voice.segments[name].when, used, voice)


def notes(blocks: Sequence[BlockSpec], segments: Sequence[SegmentSpec], voice: Voice) -> Iterator[str]:
    """Return the sentences, those about what is not used left out."""
    rules = [rule for block in blocks for rule in block.rules]
    conditions = [*(one for rule in rules for one in (rule.when, *rule.timing)), *(one.when for one in segments)]
    asked = [fact for condition in conditions for fact in facts(condition)]
    operands = [fact.operand for fact in asked]
    yield voice.say(*_UNKNOWN)
    if any(needs_history(rule, voice) for rule in rules):
        yield voice.say(*_CONSENT)
    if any(_speaks_of_past(rule, voice) and not needs_history(rule, voice) for rule in rules):
        yield voice.say(*_PAST)
    yield from _about_time(operands, voice)
    if any(isinstance(one, (c.Viewed, c.Bought, c.Did, c.Visits, c.Shown)) for one in operands):
        yield voice.say(*_WINDOWS)
    if any(word.mode == "word" for one in operands for word in c.words_of(one)):
        yield voice.say(*_WORDS)
    if any(c.words_of(one.operand) or one.field.partition(".")[0] in _TEXT_FIELDS for one in asked):
        yield voice.say(*_TEXTS)
    if any(isinstance(one, c.Estimated) for one in operands):
        yield voice.say(*_ESTIMATES)
    patterns = [pattern for one in operands for pattern in _patterns(one)]
    if patterns:
        yield voice.say(*_PATHS)
    if any("*" in pattern.removeprefix("*.").removesuffix("/**") for pattern in patterns):
        yield voice.say(*_STARS)


def _about_time(operands: Sequence[c.Operand], voice: Voice) -> Iterator[str]:
    if any(isinstance(one, (c.NotBefore, c.Before, c.Hours, c.Days)) for one in operands):
        yield voice.say(f"日時は {voice.site.timezone} の時刻です。", f"Times are those of {voice.site.timezone}.")
    if any(isinstance(one, c.DateTest) and one.kind in _OF_TODAY for one in operands):
        zone = voice.site.timezone
        yield voice.say(
            f"「きょう」「今月」は、{zone} の日付で数えます。", f"“Today” and “the present month” are those of {zone}."
        )
    if any(isinstance(one, c.Days) and (one.holidays_too or one.workdays) for one in operands):
        yield _holidays(voice)


def _holidays(voice: Voice) -> str:
    listed = voice.all_of([voice.day(day) for day in sorted(voice.site.listed_holidays)])
    if "japan" in voice.site.holiday_countries:
        also = voice.say(f"。サイトの設定に書かれた日も: {listed}", f", and what the site's settings name: {listed}")
        return voice.say(
            f"祝日は、日本の国民の祝日です(振替休日と国民の休日も){also if listed else '。'}",
            f"Holidays are those of Japan, with substitute holidays{also if listed else '.'}",
        )
    listed = listed or voice.say("なし", "none")
    return voice.say(
        f"祝日は、サイトの設定に書かれた日です: {listed}",
        f"Holidays are the days that the site's settings name: {listed}",
    )


def _patterns(operand: c.Operand) -> tuple[str, ...]:
    if isinstance(operand, (c.Paths, c.HostPaths)):
        return operand.patterns
    return operand.values if isinstance(operand, c.Viewed) and operand.kind == "page" else ()


_TEXT_FIELDS = frozenset(one.name for one in FIELDS if one.kind is Kind.TEXT or one.name in ("page_tag", "member"))

_STORED = frozenset(one.name for one in FIELDS if one.stored)
_OF_TODAY = frozenset(("within", "in", "this_month", "today"))

_UNKNOWN = (
    "わからないことは、「当てはまる」にも「当てはまらない」にも数えません。たとえば都道府県がわからない人は、「東京都」にも「東京都ではない」にも当てはまりません。",
    "What is not known counts neither as applying nor as not applying: somebody whose prefecture is not known is neither “in Tokyo” nor “not in Tokyo”.",
)
_CONSENT = (
    "【同意した人だけ】のルールは、パーソナライズに同意した人の記録(見たもの、買ったもの、表示したものなど)を使います。同意していない人には、決して当てはまりません。",
    "Rules marked [only with consent] use what is remembered of visitors who consented to personalization (what they looked at, bought, were shown). They never apply to anybody else.",
)
_PAST = (
    "【同意した人だけ】の印のないルールの中の、これまでのこと(見たもの、買ったもの、訪問の回数など)についての条件は、同意していない人については、わからないことになります。",
    "In rules not marked [only with consent], what speaks of the past (what visitors looked at, bought, how often they came) is not known of those who did not consent.",
)
_WINDOWS = (
    "「過去30日以内」は、その瞬間からちょうど30日前までを数えます。「か月」「年」は、こよみの同じ日までです。いま見ているページや、いまの表示は、まだ数えません。",
    "“In the past 30 days” counts back exactly 30 days from that moment; months and years go back to the same day of the calendar. What is viewed or shown right now is not counted yet.",
)
_WORDS = (
    "検索の言葉は、語として数えます。「パン」は「パンツ」に、「京都」は「東京都」には当てはまりません。「ランニング」は「ランニングシューズ」に当てはまります。",
    "Words of a search count as words: “art” is not in “startup”; “running” is in “running shoes”.",
)
_ESTIMATES = (
    "推定は、ページについてのものです。そのページに検索から来た人の多くがその語で検索していても、目の前の1人がそうとはかぎりません。",
    "An estimate is about the page. Most of those who come to it from a search may have used these words; one visitor may not.",
)
_TEXTS = (
    "全角と半角、大文字と小文字、ひらがなとカタカナの違いは区別しません。",
    "Capital and small letters, full and half width, hiragana and katakana make no difference.",
)
_PATHS = (
    "ページのアドレスでは、大文字と小文字を区別します。? や # の後、最後の / と index.html は、あってもなくても同じです。",
    "In addresses of pages capital letters matter; what follows ? or #, a final / and index.html do not.",
)
_STARS = (
    "アドレスの * は「/」で区切られた一つの中の好きな文字、** は好きな数の区切りを表します。",
    "In addresses, * stands for any characters between two slashes, ** for any number of such parts.",
)
