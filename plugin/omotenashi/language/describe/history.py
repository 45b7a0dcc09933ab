"""Conditions on what the visitor did before, in words."""

from __future__ import annotations

from omotenashi.language.condition import (
    Bought,
    CooledDown,
    Did,
    Fact,
    InCart,
    InStage,
    LastVisit,
    LimitLeft,
    Shown,
    Span,
    TakesPart,
    Viewed,
    Visits,
    Window,
)
from omotenashi.language.describe.places import page_phrase
from omotenashi.language.describe.voice import Voice, as_written
from omotenashi.language.vocabulary import STAGES


def viewed(fact: Fact, operand: Viewed, voice: Voice) -> str:
    """Say what was looked at, how often and when."""
    if operand.kind == "page":
        found = [page_phrase(pattern, voice) for pattern in operand.values]
    else:
        found = list(map(voice.quote, as_written(operand.values, fact.written)))
    what = voice.say(*_LOOKED_AT[operand.kind]).replace("{values}", voice.any_of(found))
    return _happened(what, len(found) > 1, _LOOKED, operand.window, voice)


_LOOKED_AT = {
    "page": ("{values}", "{values}"),
    "tag": ("{values}のタグが付いたページ", "pages with the tag {values}"),
    "item": ("商品{values}", "the item {values}"),
    "category": ("カテゴリ{values}のもの", "things of the category {values}"),
}
_LOOKED = ("見た", "見ていない", "looked at")
_ORDERED = ("した", "していない", "placed")
_DONE = ("した", "していない", "done")


def bought(fact: Fact, operand: Bought, voice: Voice) -> str:
    """Say what was bought: the number of orders, and the total of what is meant in them."""
    values = voice.any_of(map(voice.quote, as_written(operand.values, fact.written)))
    what = voice.say(*_BOUGHT[operand.kind]).replace("{values}", values)
    said = _happened(what, len(operand.values) > 1, _ORDERED, operand.window, voice)
    if operand.amount is None:
        return said
    total = voice.within_bounds(operand.amount)
    if operand.kind:
        return said + voice.say(f"。しかもその分の合計金額が{total}", f", and what it cost is {total} in total")
    return said + voice.say(f"。しかもその合計金額が{total}", f", and they are {total} in total")


_BOUGHT = {
    "": ("注文", "orders"),
    "item": ("商品{values}の入った注文", "orders with the item {values}"),
    "category": ("カテゴリ{values}のものが入った注文", "orders with something of the category {values}"),
}


def did(fact: Fact, operand: Did, voice: Voice) -> str:
    """Say which events there were, how often and when."""
    events = voice.any_of(map(voice.quote, as_written(operand.events, fact.written)))
    what = voice.say(f"行動{events}", f"the action {events}")
    return _happened(what, len(operand.events) > 1, _DONE, operand.window, voice)


def _happened(what: str, several: bool, verbs: tuple[str, str, str], window: Window, voice: Voice) -> str:  # noqa: FBT001 one of a few facts
    """Put a thing, a verb, a count and a span together."""
    count, (done, not_done, en_verb) = window.count, verbs
    ja, en = _when(window, voice)
    times = voice.times(count)
    if several:
        what += voice.say("(合わせて数える)", " (counted together)")
    elif (count.at_least, count.at_most) == (None, 0):
        return voice.say(f"{ja}、{what}を一度も{not_done}", f"the visitor has never {en_verb} {what} {en}")
    if count.at_most is None:
        return voice.say(f"{ja}、{what}を{times}{done}", f"the visitor has {en_verb} {what} {times} {en}")
    zero = voice.say("(0回も含む)", " (or never)") if count.at_most and not count.at_least else ""
    return voice.say(
        f"{ja}、{what}を{done}回数が、{times}{zero}", f"the visitor has {en_verb} {what} {times}{zero} {en}"
    )


def _when(window: Window, voice: Voice) -> tuple[str, str]:
    if window.within is None:
        return "これまでに", "so far"
    past = voice.past(window.within)
    return f"{past}以内に", f"in {past}"


def visits(operand: Visits, voice: Voice) -> str:
    """Say how many visits there were, the present one included."""
    window = operand.window
    ja, en = "これまでの訪問の回数", "so far"
    if window.within:
        past = voice.past(window.within)
        ja, en = f"{past}以内に始まった訪問の回数", f"that began in {past}"
    count = voice.say(voice.times(window.count), voice.within_bounds(window.count))
    return voice.say(f"{ja}(今回も数える)が、{count}", f"the number of visits {en} (this one included) is {count}")


def last_visit(operand: LastVisit, voice: Voice) -> str:
    """Say how long ago the visit before this one ended."""
    if operand.before is not None:
        span = voice.span(operand.before)
        return voice.say(
            f"前回の訪問が、{span}より前(はじめての人は含まない)",
            f"the visit before this one was more than {span} ago (nobody who is here for the first time)",
        )
    past = voice.past(operand.within or Span())
    return voice.say(
        f"前回の訪問が、{past}以内(はじめての人は含まない)",
        f"the visit before this one was within {past} (nobody who is here for the first time)",
    )


def in_cart(operand: InCart, voice: Voice) -> str:
    """Say what lies in the cart, and for how long it was left."""
    if not operand.filled:
        return voice.say("カートに何も入っていない", "nothing lies in the cart")
    ja, en = "カートに品物が入っている", "something lies in the cart"
    if operand.abandoned_for is not None:
        span = voice.span(operand.abandoned_for)
        ja, en = f"{ja}。最後に出し入れしてから{span}以上たった", f"{en}, and it was last changed {span} ago or longer"
    if operand.until is not None:
        span = voice.span(operand.until)
        ja, en = (
            f"{ja}。最後に出し入れしてから{span}を過ぎていない",
            f"{en}, and it was last changed not longer than {span} ago",
        )
    if operand.amount is not None:
        total = voice.within_bounds(operand.amount)
        ja, en = f"{ja}。合計金額が{total}", f"{en}, and it is worth {total}"
    return voice.say(ja, en)


def in_stage(operand: InStage, voice: Voice) -> str:
    """Say at which stage the relation is, with the spans of the site."""
    spans = operand.spans
    new, active, lapsing = (voice.span(Span(seconds)) for seconds in (spans.new, spans.active, spans.lapsing))
    meant = {
        "new": (f"はじめて来てから{new}未満", f"first here less than {new} ago"),
        "active": (f"新規ではなく、前回の訪問から{active}未満", f"not new, and last here less than {active} ago"),
        "lapsing": (
            f"新規ではなく、前回の訪問から{active}以上{lapsing}以下",
            f"not new, and last here {active} ago or longer, but not more than {lapsing} ago",
        ),
        "lapsed": (f"新規ではなく、前回の訪問から{lapsing}を過ぎた", f"not new, and last here more than {lapsing} ago"),
    }
    stages = [(word, voice.say(*meant[word.name])) for word in STAGES if word.name in operand.stages]
    named = voice.any_of(
        voice.say(f"{voice.word(word)}({says})", f"{voice.word(word)} ({says})") for word, says in stages
    )
    return voice.say(f"顧客の段階が、{named}", f"the stage of the relation is {named}")


def shown(operand: Shown, voice: Voice) -> str:
    """Say which rules were shown, how often and when."""
    what = voice.any_of(_showings(operand, voice))
    if len(operand.names) > 1 or operand.kind == "block":
        what += voice.say("(合わせて数える)", " (counted together)")
    ja, en = _when(operand.window, voice)
    times = voice.times(operand.window.count)
    return voice.say(f"{ja}、{what}が表示された回数が、{times}", f"{what} was shown {times} {en}")


def _showings(operand: Shown, voice: Voice) -> list[str]:
    if operand.kind == "block":
        return [
            voice.say(f"ブロック{voice.quote(name)}のルールのどれか", f"any rule of the block {voice.quote(name)}")
            for name in operand.names
        ]
    ids = [(voice.rule_names.ids("rule", name) or (name,)) for name in operand.names]
    return [_rule(identifier, voice) for found in ids for identifier in found]


def _rule(identifier: str, voice: Voice) -> str:
    block, name = voice.rule_titles.get(identifier, ("", identifier))
    if not block:
        return voice.say(f"ルール{voice.quote(name)}", f"the rule {voice.quote(name)}")
    return voice.say(
        f"ブロック{voice.quote(block)}のルール{voice.quote(name)}",
        f"the rule {voice.quote(name)} of the block {voice.quote(block)}",
    )


def limit_left(operand: LimitLeft, voice: Voice) -> str:
    """Say how often a rule may be shown to one visitor."""
    past, times = voice.past(operand.per), voice.often(operand.times)
    return voice.say(
        f"同じ人には、{past}の間に{times}まで(それを超える分は、このルールをとばす)",
        f"at most {times} in {past} for one visitor (after that this rule is passed over)",
    )


def cooled_down(operand: CooledDown, voice: Voice) -> str:
    """Say for how long a rule rests after its goal."""
    span = voice.span(operand.span)
    if operand.goal == "purchase":
        ja, en = "購入した人", "a purchase"
    else:
        goal = voice.quote(operand.goal)
        ja, en = f"行動{goal}をした人", f"the action {goal}"
    return voice.say(f"{ja}には、その後{span}の間は出さない", f"not shown for {span} after {en}")


def takes_part(operand: TakesPart, voice: Voice) -> str:
    """Say that somebody can be given a variant of an experiment."""
    name = voice.quote(operand.experiment)
    return voice.say(
        f"実験{name}の割り当てができる(同意した人)",
        f"the visitor can take part in the experiment {name} (with consent)",
    )
