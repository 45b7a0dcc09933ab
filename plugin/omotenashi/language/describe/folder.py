"""A folder in sentences: its blocks with their rules, its segments, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from omotenashi.language.condition import ALWAYS, Condition, CooledDown, LimitLeft
from omotenashi.language.describe.conditions import condition_entry, segment_title
from omotenashi.language.describe.entries import Entry, Section
from omotenashi.language.describe.history import cooled_down, limit_left
from omotenashi.language.describe.notes import needs_history, notes, segments_used
from omotenashi.language.describe.show import show_phrase
from omotenashi.language.describe.timing import timing
from omotenashi.language.describe.voice import Voice
from omotenashi.language.syntax import BlockSpec, ExperimentSpec, Folder, RuleSpec, SegmentSpec
from omotenashi.language.vocabulary import CONSENTS, Words
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold


def describe(
    folder: Folder, site: SiteFacts, texts: Mapping[str, str], language: str, blocks: Collection[str] = ()
) -> tuple[str, list[Section]]:
    """Return a title and the sections for the named blocks (folded names; none: all), in ja or en.

    The folder was checked without errors; `texts` are those of the files under contents/ by their paths there.
    """
    voice = Voice(language, site, folder)
    chosen = [block for block in folder.blocks if not blocks or fold(block.name) in blocks]
    name = f"{site.name}: " if site.name else ""
    title = name + voice.say("だれに何を表示するか", "who is shown what")
    sections = [_block(block, texts, voice) for block in chosen]
    segments = segments_used(chosen, voice)
    if segments:
        entries = tuple(_segment(segment, voice) for segment in segments)
        sections.append(
            Section(voice.say("セグメント(名前を付けた条件)", "Segments (conditions with a name)"), (), entries)
        )
    said = tuple(map(Entry, notes(chosen, segments, voice)))
    return title, [*sections, Section(voice.say("どのルールにも共通の決まり", "What holds for all rules"), (), said)]


def _block(block: BlockSpec, texts: Mapping[str, str], voice: Voice) -> Section:
    title = f"{block.label} ({block.name})" if block.label else block.name
    otherwise = show_phrase(block.otherwise, texts, voice)
    if not block.rules:
        return Section(title, (voice.say(f"いつでも: {otherwise}", f"Always: {otherwise}"),))
    lead = voice.say(
        "上から順に調べ、最初に当てはまったルールのものを表示します。",
        "The rules are tried from top to bottom; the first that applies decides.",
    )
    close = voice.say(f"どれにも当てはまらないとき: {otherwise}", f"If none applies: {otherwise}")
    rules = tuple(_rule(rule, texts, voice) for rule in block.rules)
    return Section(title, (lead, *_asked(block, voice)), rules, numbered=True, close=(close,))


def _asked(block: BlockSpec, voice: Voice) -> Iterator[str]:
    """What a block asks for before any of its rules."""
    category = Words(*CONSENTS).find(block.needs_consent)
    if category:
        named = voice.word(category)
        yield voice.say(
            f"ルールを使うのは、{named}に同意した人だけです。ほかの人には、どれにも当てはまらないときのものを表示します。",
            f"The rules are only for visitors who consented to {named}; others get what is shown if none applies.",
        )
    if block.selector:
        place = voice.quote(block.selector)
        yield voice.say(
            f"目印のないページでは、CSSセレクタ {place} の場所に入ります。",
            f"On pages without a marker its place is the CSS selector {place}.",
        )

    if block.deadline is not None:
        wait = voice.number(block.deadline)
        yield voice.say(
            f"取り寄せる内容は、{wait}ミリ秒まで待ちます。届かなければ、CMSのもとの内容のままです。",
            f"What is fetched is waited for {wait} ms at most; if it does not come, the CMS's own content stays.",
        )


def _rule(rule: RuleSpec, texts: Mapping[str, str], voice: Voice) -> Entry:
    inner = [_condition(rule.when, voice)]
    inner += map(Entry, timing(rule.timing, voice))
    if rule.limit:
        left = limit_left(LimitLeft(rule.id, rule.limit.times, rule.limit.per), voice)
        inner.append(Entry(voice.say("回数の上限: ", "Limit: ") + left))
    if rule.cooldown:
        rested = cooled_down(CooledDown(rule.cooldown.goal, rule.cooldown.span), voice)
        inner.append(Entry(voice.say("休止: ", "Rests: ") + rested))
    if rule.experiment:
        inner.append(_experiment(rule.experiment, texts, voice))
    elif rule.show:
        inner.append(Entry(voice.say("表示するもの: ", "Shows: ") + show_phrase(rule.show, texts, voice)))
    mark = voice.say(" 【同意した人だけ】", " [only with consent]") if needs_history(rule, voice) else ""
    return Entry(" ".join(rule.name.split()) + mark, tuple(inner))


def _condition(condition: Condition, voice: Voice) -> Entry:
    if condition == ALWAYS:
        return Entry(voice.say("条件: なし(だれにでも)", "When: no condition (everybody)"))
    return _prefixed(voice.say("条件: ", "When: "), condition_entry(condition, voice))


def _prefixed(prefix: str, entry: Entry) -> Entry:
    return Entry(prefix + entry.text, entry.inner)


def _experiment(experiment: ExperimentSpec, texts: Mapping[str, str], voice: Voice) -> Entry:
    goal = voice.quote(experiment.goal) if experiment.goal else ""
    ja_goal, en_goal = (f"。目標は{goal}", f"; its goal is {goal}") if goal else ("", "")
    name = voice.quote(experiment.id)
    said = voice.say(
        f"表示するもの: 実験{name}として、次の割合で分ける(同じ人にはいつも同じもの{ja_goal})",
        f"Shows: one of these, in these shares, as the experiment {name} (the same visitor always gets the same{en_goal})",
    )
    sides = (
        Entry(f"{voice.quote(one.name)} {voice.number(one.share)}%: {show_phrase(one.show, texts, voice)}")
        for one in experiment.variants
    )
    return Entry(said, tuple(sides))


def _segment(segment: SegmentSpec, voice: Voice) -> Entry:
    return _prefixed(f"{segment_title(segment.name, voice)}: ", condition_entry(segment.when, voice))
