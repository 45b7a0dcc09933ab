"""From the facts of a request to a visitor: everything that a condition may ask about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.model.paths import bare_host, host_of, page_path
from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import CampaignParameters, SiteFacts
from omotenashi.model.text import fold
from omotenashi.model.visitor import Arrival, ChosenPlace, History, Member, Visitor
from omotenashi.signals import campaign, device, referrer, region
from omotenashi.signals.campaign import Campaign
from omotenashi.signals.decode import (
    JAPANESE,
    LONGEST_PATH,
    LONGEST_TEXT,
    LONGEST_URL,
    UTF_8_OR_JAPANESE,
    as_typed,
    fragment_pairs,
    query_pairs,
)
from omotenashi.signals.member import BadToken, MemberKeys, Refusal, from_statement, from_token
from omotenashi.signals.place_reader import PlaceReader
from omotenashi.signals.referrer import Referral
from omotenashi.signals.sources import Named, sources

MEMBER_COOKIE = "omo_member"

_MOST_PARAMETERS = 50
_MOST_TAGS = 100
_UNTAGGED = Campaign()
_FROM_ELSEWHERE = frozenset({"search", "ai", "social", "email", "referral"})


@dataclass(frozen=True)
class SignalTools:
    """What an operator provides, and what is counted while reading."""

    places: PlaceReader | None = None
    member_keys: MemberKeys | None = None
    counts: Counter[str] = field(default_factory=Counter)
    """`member_token_refused:REASON` and `member_attribute_dropped`."""


class _Page(Struct, frozen=True):
    """What a page's URL says."""

    path: str
    host: str
    pairs: Sequence[tuple[str, str]] = ()
    query: Mapping[str, str] = {}
    campaign: Campaign = _UNTAGGED


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


_NOTHING = Known()


def visitor(facts: RequestFacts, site: SiteFacts, tools: SignalTools, known: Known = _NOTHING) -> Visitor:
    """Return the visitor whom a request brings."""
    page = _page(facts.url, site)
    place = region.located(facts, site, tools.places, known.member, known.chosen)
    return Visitor(
        arrival=kept_arrival(arrival(facts, site), known.kept),
        page=page.path,
        host=page.host or bare_host(facts.host),
        page_tags=_folded(facts.tags),
        site_search=_site_search(page.pairs, site.search_parameters) if page.pairs else "",
        query=page.query,
        place=region.seen_by_conditions(place, site),
        device=device.device_class(facts.user_agent, facts.mobile_hint),
        languages=device.languages(facts.accept_language),
        member=known.member,
        consent=known.consent,
        history=known.history,
        id=known.visitor_id,
    )


def arrival(facts: RequestFacts, site: SiteFacts) -> Arrival:
    """Return how this one request came: by its campaign where the URL is tagged, else by its referrer."""
    page = _page(facts.url, site)
    host = page.host or bare_host(facts.host)
    own = site.hosts if not host or host in site.hosts else site.hosts | {host}
    referral = referrer.classify(facts.referrer, own)
    tags = page.campaign
    (medium, medium_origin), (source, source_origin) = _medium_and_source(tags, referral)
    keyword = tags.keyword or referral.keyword
    return Arrival(
        keyword,
        "campaign" if tags.keyword else "referrer" if keyword else "none",
        medium,
        source,
        referral.referrer,
        fold(tags.campaign),
        fold(tags.source),
        fold(tags.medium),
        fold(tags.content),
        page.path[:LONGEST_PATH],
        medium_origin,
        source_origin,
    )


def campaign_name(facts: RequestFacts, site: SiteFacts) -> str:
    """Return the name of the campaign as it stands in the URL; empty text where there is none."""
    return _page(facts.url, site).campaign.campaign


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


def _page(url: str, site: SiteFacts) -> _Page:
    return _read_page(url[:LONGEST_URL], site.campaign_parameters)


@lru_cache(maxsize=1024)
def _read_page(url: str, parameters: CampaignParameters) -> _Page:
    path, host = page_path(url), host_of(url)
    if "?" not in url and "#" not in url:
        return _Page(path, host)
    pairs = query_pairs(url, JAPANESE)
    query: dict[str, str] = {}
    for name, value in pairs[:_MOST_PARAMETERS]:
        query.setdefault(name, fold(value[:LONGEST_TEXT]))
    return _Page(
        path, host, pairs[:_MOST_PARAMETERS], query, campaign.read([*pairs, *fragment_pairs(url, JAPANESE)], parameters)
    )


@lru_cache(maxsize=512)
def _folded(tags: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(tag[:LONGEST_TEXT]) for tag in tags[:_MOST_TAGS])


def _site_search(pairs: Sequence[tuple[str, str]], parameters: Sequence[str]) -> str:
    """Return the words of the first search parameter that has some."""
    words = (as_typed(value, UTF_8_OR_JAPANESE) for wanted in parameters for name, value in pairs if name == wanted)
    return next((text for text in words if text), "")


_Told: TypeAlias = tuple[str, str]
"""A value, and what told it: as in an arrival."""


def _medium_and_source(tags: Campaign, referral: Referral) -> tuple[_Told, _Told]:
    if tags.names_sender or (tags.tagged and referral.medium != "internal"):
        return _by_campaign(tags, referral)
    if tags.left_by and referral.medium == "direct":
        medium, source = tags.left_by
        return (medium, "mark"), (source, "mark")
    return (referral.medium, "referrer"), (referral.source, "referrer")


def _by_campaign(tags: Campaign, referral: Referral) -> tuple[_Told, _Told]:
    """Return medium and source of a tagged URL; what its tags leave open is the referrer's to say."""
    sent = referral if referral.medium in _FROM_ELSEWHERE else None
    stated = _stated(tags.source) if tags.source else None
    medium = _tagged_medium(tags, stated) or ((sent.medium, "referrer") if sent else ("referral", "campaign"))
    if stated and stated.medium == "ai":
        return medium, (stated.name, "campaign")
    return medium, _tagged_source(tags, sent)


def _tagged_medium(tags: Campaign, stated: Named | None) -> _Told | None:
    """Return what the tags say; an assistant's name says more than any medium but a paid one."""
    if tags.paid:
        return "paid", "click"
    medium = campaign.medium_of(tags.medium)
    if stated and stated.medium == "ai" and medium != "paid":
        return "ai", "campaign"
    medium = medium or (stated.medium if stated else campaign.medium_of(tags.source))
    return (medium, "campaign") if medium else None


def _tagged_source(tags: Campaign, sent: Referral | None) -> _Told:
    if tags.source or (not (sent and sent.source) and not tags.seller):
        return tags.source, "campaign"
    return (sent.source, "referrer") if sent and sent.source else (tags.seller, "click")


@lru_cache(maxsize=1024)
def _stated(source: str) -> Named | None:
    return sources().stated(source)
