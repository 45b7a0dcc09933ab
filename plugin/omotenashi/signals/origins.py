"""Where each signal of a visitor was read from: what explanations say beside a value."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.language.condition import Estimated, Fact
from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.visitor import Arrival, Visitor
from omotenashi.signals import device, gather

STATED = "stated"
_CAMPAIGN = ("campaign", "campaign_source", "campaign_medium", "campaign_content")

_WITHIN = ("area", "prefecture", "city", "near")
_WORDS = {
    "campaign": ("URL の広告パラメータ", "the URL's campaign parameters"),
    "click": ("URL にある広告のクリックID", "an advertisement's click id in the URL"),
    "mark": ("URL にあるサービスの目印(fbclid など)", "a service's mark in the URL, such as fbclid"),
    "referrer": ("参照元のページ", "the page that led here"),
    "no_referrer": ("参照元のページがない", "no page led here"),
    "landing_estimate": ("入口のページからの推定", "an estimate by the landing page"),
    "url": ("URL", "the URL"),
    "caller": ("CMS からの値", "the CMS says so"),
    "chosen": ("本人の選択", "the visitor's choice"),
    "member": ("会員の属性", "the member's attribute"),
    "cdn": ("CDN のヘッダー", "the CDN's headers"),
    "mmdb": ("IPアドレスのデータベース", "the database of IP addresses"),
    "user_agent": ("ブラウザの User-Agent", "the browser's User-Agent"),
    "client_hint": ("ブラウザの Sec-CH-UA-Mobile", "the browser's Sec-CH-UA-Mobile"),
    "accept_language": ("ブラウザの言語の設定", "the browser's languages"),
    "token": ("会員トークン", "the member token"),
    "cookie": ("クッキーの会員トークン", "the member token in a cookie"),
    "record": ("取り込んだ会員の情報", "the member's imported record"),
    STATED: ("指定した値", "stated"),
}
_WEAK = ("不確か", "not sure")
_KEPT = ("訪問の始めのページで", "when the visit began")


class Origin(Struct, frozen=True):
    """Where one signal was read from."""

    code: str
    weak: bool = False
    """A guess that counts only where site.yaml says so."""
    kept: bool = False
    """Read on an earlier page of the visit."""

    def said(self, language: str) -> str:
        """Return it in a few words, in ja or en."""
        side = 0 if language == "ja" else 1
        words = [_WORDS[self.code][side], *([_WEAK[side]] if self.weak else []), *([_KEPT[side]] if self.kept else [])]
        return ("、" if language == "ja" else ", ").join(words)


Origins = Mapping[str, Origin]
"""By the names of the fields of conditions, `member` for all attributes. What is known to nobody has none."""

NO_ORIGINS: Origins = {}


def origin_of(fact: Fact, arrival: Arrival, origins: Origins) -> Origin | None:
    """Return where the signal that a condition asks about was read from, or by what it was estimated."""
    if isinstance(fact.operand, Estimated) and not arrival.keyword:
        landing = origins.get("landing")
        return replace(landing, code="landing_estimate") if landing and arrival.medium == "search" else None
    return origins.get(fact.field) or origins.get(fact.field.partition(".")[0])


def of_request(facts: RequestFacts, visitor: Visitor, site: SiteFacts) -> dict[str, Origin]:
    """Return where the signals of the visitor whom a request brings were read from, in it or earlier in the visit."""
    return origins(facts, visitor, kept=visitor.arrival != gather.arrival(facts, site))


def origins(facts: RequestFacts, visitor: Visitor, *, kept: bool = False) -> dict[str, Origin]:
    """Return where the signals of a visitor were read from; `kept` tells that the arrival was read earlier."""
    found = {field: Origin(code, kept=kept) for field, code in _of_arrival(visitor.arrival).items()}
    place = visitor.place
    if place.origin in _WORDS:
        found["country"] = Origin(place.origin)
        found |= {field: Origin(place.origin, weak=place.confidence == "weak") for field in _WITHIN}
    if visitor.device is not None:
        by_agent = device.device_class(facts.user_agent, "") == visitor.device
        found["device"] = Origin("user_agent" if by_agent else "client_hint")
    if visitor.languages:
        found["language"] = Origin("accept_language")
    if visitor.member is not None:
        code = "caller" if facts.stated_member else "token" if facts.member_token else "cookie"
        found |= {"logged_in": Origin(code), "member": Origin(code)}
    return found | {field: Origin("url") for field in ("page", "site_search", "query")}


def _of_arrival(arrival: Arrival) -> dict[str, str]:
    found = {"landing": "url", "referrer": "referrer" if arrival.referrer else "no_referrer"}
    told = {"medium": arrival.medium_origin, "source": arrival.source_origin}
    found |= dict.fromkeys(told, "no_referrer") if arrival.medium == "direct" else told
    found |= {field: "campaign" for field in _CAMPAIGN if getattr(arrival, field)}
    if arrival.keyword_origin in _WORDS:
        found["keyword"] = arrival.keyword_origin
    return found
