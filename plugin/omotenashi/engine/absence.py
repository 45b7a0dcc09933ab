"""Why a fact is not known, in a few words: what stands beside a condition that is neither true nor false."""

from __future__ import annotations

from omotenashi.engine import history
from omotenashi.engine.estimates import NO_ESTIMATE
from omotenashi.engine.facts import HISTORY_OPERANDS, member_value
from omotenashi.engine.occasion import Occasion
from omotenashi.language.condition import Estimated, Fact
from omotenashi.model.text import fold

_REASONS = {
    "no consent": ("同意がないため", "no consent"),
    "no record": ("記録を読めないため", "the record cannot be read"),
    "stated": ("不明とされているため", "it is said to be unknown"),
    "not kept": ("そこまで古い記録は残っていないため", "the record does not reach that far back"),
    "logged out": ("ログインしていないため", "nobody is logged in"),
    "not given": ("この項目が届いていないため", "the attribute was not given"),
    "keyword": ("検索語がわからないため", "no search words are known"),
    "not searched": (
        "検索語がわからず、検索からの来訪でもないため",
        "no search words are known, and the visit did not begin with a search",
    ),
    "no searches": (
        "検索語がわからず、着地ページがサーチコンソールのファイルにもないため",
        "no search words are known, and the file of Search Console does not have the landing page",
    ),
    "rest": (
        "検索語がわからず、着地ページのクリックも、検索語のわからないもの次第であるため",
        "no search words are known, and the clicks whose searches the file does not tell could make the share or not",
    ),
    "place": ("地域がわからないため", "the place is not known"),
    "partly": ("地域が1つに決まらないため", "the place is not known well enough"),
    "weak": (
        "東京都らしいが不確かなため。これを使うには site.yaml に weak_region: accept と書きます",
        "it may be Tokyo, which is not sure; to have it count write weak_region: accept in site.yaml",
    ),
    "location": ("位置がわからないため", "the location is not known"),
    "device": ("端末がわからないため", "the device is not known"),
    "language": ("言語がわからないため", "the language is not known"),
    "no id": ("訪問者を見分けるIDがないため", "the visitor has no id"),
}
_FIELDS = {
    "keyword": "keyword",
    "country": "place",
    "city": "place",
    "near": "location",
    "device": "device",
    "language": "language",
    "experiment": "no id",
}

_GUESSED = ("prefecture", "area", "city", "near")
"""Of a weak place they are not known, unless site.yaml says that it counts."""


def absence(fact: Fact, occasion: Occasion, language: str) -> str:
    """Return in ja or en why a condition that came out as unknown could not be told."""
    return _REASONS[_reason(fact, occasion)][0 if language == "ja" else 1]


def _reason(fact: Fact, occasion: Occasion) -> str:
    visitor, head = occasion.visitor, fact.field.partition(".")[0]
    if head == "member":
        if visitor.member is None:
            return "logged out"
        return "not given" if member_value(visitor, fold(fact.field.partition(".")[2])) is None else "not kept"
    if isinstance(fact.operand, Estimated):
        return _of_estimate(fact.operand, occasion)
    if head in _GUESSED and visitor.place.confidence == "weak" and visitor.place.prefecture is None:
        return "weak"
    if head in ("prefecture", "area"):
        return "place" if visitor.place.area is None else "partly"
    if isinstance(fact.operand, HISTORY_OPERANDS) or head == "experiment":
        return _of_history(fact, occasion)
    return _FIELDS[head]


def _of_estimate(operand: Estimated, occasion: Occasion) -> str:
    arrival = occasion.visitor.arrival
    if arrival.medium != "search":
        return "not searched"
    return "rest" if arrival.landing in occasion.estimates.get(operand, NO_ESTIMATE).landings else "no searches"


def _of_history(fact: Fact, occasion: Occasion) -> str:
    past = occasion.visitor.history
    if "personalization" not in occasion.visitor.consent:
        return "no consent"
    if fact.field == "experiment":
        return "no id"
    if past is None:
        return "no record"
    return "stated" if history.kind_of(fact) in past.unknown else "not kept"
