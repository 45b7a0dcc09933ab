"""From the facts of a request to a visitor: everything that a condition may ask about."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.model.paths import bare_host
from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold
from omotenashi.model.visitor import Arrival, ChosenPlace, History, Member, Visitor
from omotenashi.signals import device, referrer, region
from omotenashi.signals.decode import LONGEST_TEXT
from omotenashi.signals.member import BadToken, Refusal, from_statement, from_token
from omotenashi.signals.page import Page, Tags, Told, page_of
from omotenashi.signals.referrer import Referral
from omotenashi.signals.sources import sources

if TYPE_CHECKING:
    from omotenashi.signals.member_keys import MemberKeys
    from omotenashi.signals.place_reader import PlaceReader

MEMBER_COOKIE = "omo_member"

_MOST_TAGS = 100
_NO_TAGS: frozenset[str] = frozenset()
_FROM_ELSEWHERE = frozenset({"search", "ai", "social", "email", "referral"})
_BY_LINK = ("referral", "campaign")


@dataclass(frozen=True)
class SignalTools:
    """What an operator provides, and what is counted while reading."""

    places: PlaceReader | None = None
    member_keys: MemberKeys | None = None
    counts: Counter[str] = field(default_factory=Counter)
    """`member_token_refused:REASON` and `member_attribute_dropped`."""


class Known(Struct, frozen=True):
    """What is known of the one who asks, apart from how the request came."""

    member: Member | None = None
    """Who is logged in, as `member_of` says."""
    consent: frozenset[str] = frozenset()
    visitor_id: str | None = None
    history: History | None = None
    kept: Arrival | None = None
    """The arrival of the visit that goes on, if one does."""
    chosen: ChosenPlace | None = None
    """The place that the visitor chose."""


NOTHING = Known()


def visitor(facts: RequestFacts, site: SiteFacts, tools: SignalTools, known: Known = NOTHING) -> Visitor:
    """Return the visitor whom a request brings."""
    page = page_of(facts.url, site)
    host = page.host or (bare_host(facts.host) if facts.host else "")
    came = _arrival(page, host, facts.referrer, site)
    place = region.located(facts, site, tools.places, known.member, known.chosen)
    return Visitor(  # by position, in the order of its fields: names cost as much as half of what they name
        came if known.kept is None else kept_arrival(came, known.kept),
        page.path,
        host,
        _folded(facts.tags) if facts.tags else _NO_TAGS,
        page.site_search,
        page.query,
        region.seen_by_conditions(place, site) if place.confidence == "weak" else place,
        device.device_class(facts.user_agent, facts.mobile_hint),
        device.languages(facts.accept_language),
        known.member,
        known.consent,
        known.history,
        known.visitor_id,
    )


def arrival(facts: RequestFacts, site: SiteFacts) -> Arrival:
    """Return how this one request came: by its campaign where the URL is tagged, else by its referrer."""
    page = page_of(facts.url, site)
    return _arrival(page, page.host or bare_host(facts.host), facts.referrer, site)


def campaign_name(facts: RequestFacts, site: SiteFacts) -> str:
    """Return the name of the campaign as it stands in the URL; empty text where there is none."""
    tags = page_of(facts.url, site).tags
    return tags.name if tags else ""


def kept_arrival(now: Arrival, kept: Arrival | None) -> Arrival:
    """Return the arrival of the visit: the one that is kept, unless this request comes from elsewhere anew.

    A link of the site that names a campaign, as a banner does, adds that to how the visit began.
    """
    if kept is None or now.medium not in {"internal", "direct"}:
        return now
    if not now.campaign:
        return kept
    return replace(kept, campaign=now.campaign, campaign_content=now.campaign_content)


def member_of(facts: RequestFacts, site: SiteFacts, tools: SignalTools) -> Member | None:
    """Return who is logged in, or None for a guest: by the caller's statement, a token in the body, or the cookie.

    An empty statement is a guest's, whatever the cookie says. A member token that is not to be believed makes a guest,
    whatever the cookie beside it says, and is counted in `tools.counts`.
    """
    if facts.stated_member is not None:
        return from_statement(facts.stated_member, site, tools.counts) if facts.stated_member else None
    token = facts.member_token or facts.cookies.get(MEMBER_COOKIE)
    if not token:
        return None
    if tools.member_keys is None:
        _count_refused("no_key", tools)
        return None
    in_cookie = not facts.member_token
    try:
        return from_token(token, tools.member_keys, site, facts.now, in_cookie=in_cookie, counts=tools.counts)
    except BadToken as bad:
        _count_refused(bad.reason, tools)
        return None


def warm() -> None:
    """Load and compile what the first request would otherwise wait for."""
    sources()
    device.is_bot("Mozilla/5.0")


def _count_refused(reason: Refusal, tools: SignalTools) -> None:
    tools.counts[f"member_token_refused:{reason}"] += 1


@lru_cache(maxsize=512)
def _folded(tags: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(tag[:LONGEST_TEXT]) for tag in tags[:_MOST_TAGS])


def _arrival(page: Page, host: str, referring_url: str, site: SiteFacts) -> Arrival:
    """Return how a request came to a page on a host."""
    referral = referrer.classify(referring_url, site.hosts, host)
    if page.tags is not None:
        return _tagged_arrival(page, page.tags, referral)
    keyword = referral.keyword
    origin = "referrer" if keyword else "none"
    return Arrival(keyword, origin, referral.medium, referral.source, referral.referrer, "", "", "", "", page.landing)


def _tagged_arrival(page: Page, tags: Tags, referral: Referral) -> Arrival:
    (medium, medium_origin), (source, source_origin) = _medium_and_source(tags, referral)
    keyword = tags.keyword or referral.keyword
    return Arrival(
        keyword,
        "campaign" if tags.keyword else "referrer" if keyword else "none",
        medium,
        source,
        referral.referrer,
        tags.campaign,
        tags.source,
        tags.medium,
        tags.content,
        page.landing,
        medium_origin,
        source_origin,
    )


def _medium_and_source(tags: Tags, referral: Referral) -> tuple[Told, Told]:
    """Return who sent the visitor; what the tags leave open is the referrer's to say."""
    if tags.names_sender or (tags.speak and referral.medium != "internal"):
        from_elsewhere = referral.medium in _FROM_ELSEWHERE
        medium = tags.told_medium or ((referral.medium, "referrer") if from_elsewhere else _BY_LINK)
        source = tags.told_source
        if source is None:
            source = (referral.source, "referrer") if from_elsewhere and referral.source else tags.seller
        return medium, source
    if tags.left_by and referral.medium == "direct":
        left_medium, left_source = tags.left_by
        return (left_medium, "mark"), (left_source, "mark")
    return (referral.medium, "referrer"), (referral.source, "referrer")
