"""Words of a search, and what arrives as plain text, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from omotenashi.language.condition import Estimated, Fact, OneOf, Word, Words
from omotenashi.language.describe.voice import Voice, as_written
from omotenashi.language.vocabulary import CONSENTS, DEVICES, MEDIA
from omotenashi.model.text import fold

_MODES = {
    "word": ("{search}に{words}の語がある", "{search} has the word {words}"),
    "contains": ("{search}のどこかに{words}の文字がある", "{search} has the characters {words} anywhere"),
    "exact": ("{search}が{words}とまったく同じ", "{search} is exactly {words}"),
}


def words(fact: Fact, operand: Words, voice: Voice) -> str:
    """Say which words the search has."""
    return _words(fact, operand.words, voice)


def estimated(fact: Fact, operand: Estimated, voice: Voice) -> str:
    """Say which words the search has, or which part of the searches that lead to the landing page."""
    said = _words(fact, operand.words, voice)
    return voice.say(
        f"{said}。検索語がわからないときは、検索から着いたページのクリックの{operand.share:g}%以上が、この語の検索によるもの(推定)",
        f"{said}; or, where the search is not known, {operand.share:g}% or more of the clicks that lead from searches"
        " to the landing page come from searches with these words (an estimate)",
    )


def _words(fact: Fact, asked: Sequence[Word], voice: Voice) -> str:
    search = voice.say(*_SEARCHES[fact.field])
    found = [
        voice.say(*_MODES[mode]).replace("{search}", search).replace("{words}", voice.any_of(phrases))
        for mode in _MODES
        if (phrases := list(_phrases(mode, asked, voice)))
    ]
    return voice.say("、または", ", or ").join(found)


_SEARCHES = {
    "keyword": ("来訪のきっかけの検索語", "the search that brought the visitor"),
    "site_search": ("サイト内検索の言葉", "the search within the site"),
}


def _phrases(mode: str, asked: Sequence[Word], voice: Voice) -> Iterator[str]:
    said = {fold(word.text) for word in asked if word.mode == mode}
    for word in asked:
        if word.mode == mode:
            yield voice.quote(word.text) + (_widened(word, said, voice) if mode == "word" else "")


def _widened(word: Word, said: set[str], voice: Voice) -> str:
    """What else counts as the word: its parts in any order, and synonyms that are not listed anyway."""
    folded = fold(word.text)
    parts = [] if " " not in folded else [voice.say("各語がそろえば順番は問わない", "all its parts, in any order")]
    meant = {folded, *folded.split()}
    others = [other for group in voice.site.synonyms if meant & set(map(fold, group)) for other in group]
    synonyms = [voice.quote(other) for other in others if fold(other) not in said | meant]
    if synonyms:
        names = voice.any_of(synonyms)
        parts.append(voice.say(f"同義語の{names}でもよい", f"or its synonym {names}"))
    if not parts:
        return ""
    return voice.say(f"({'。'.join(parts)})", f" ({'; '.join(parts)})")


_TEXTS = {
    "source": ("流入元が、{values}", "the visitor was sent by {values}"),
    "campaign": ("キャンペーン(URLの utm_campaign)が、{values}", "the campaign (utm_campaign in the URL) is {values}"),
    "campaign_source": ("URLの utm_source が、{values}", "utm_source in the URL is {values}"),
    "campaign_medium": ("URLの utm_medium が、{values}", "utm_medium in the URL is {values}"),
    "campaign_content": ("URLの utm_content が、{values}", "utm_content in the URL is {values}"),
    "page_tag": ("ページに{values}のタグが付いている", "the page has the tag {values}"),
    "city": ("いる市区町村が、{values}", "the visitor's city is {values}"),
}
_CHOICES = {
    "medium": (MEDIA, "来訪の種別が、{values}", "the kind of arrival is {values}"),
    "device": (DEVICES, "端末が、{values}", "the device is {values}"),
    "consent": (CONSENTS, "{values}に同意している", "the visitor has consented to {values}"),
}


def one_of(fact: Fact, operand: OneOf, voice: Voice) -> str:
    """Say which texts a field may have."""
    head, _, name = fact.field.partition(".")
    if head in _CHOICES:
        choices, *templates = _CHOICES[head]
        values = voice.any_of(voice.word(word) for word in choices if word.name in operand.values)
        return voice.say(*templates).replace("{values}", values)
    values = voice.any_of(map(voice.quote, as_written(operand.values, fact.written)))
    if head == "query":
        parameter = voice.quote(name)
        return voice.say(f"URLのパラメータ{parameter}が、{values}", f"the URL's parameter {parameter} is {values}")
    return voice.say(*_TEXTS[head]).replace("{values}", values)
