"""What the URL of a page says: the page itself, the words of the site's own search, the campaign that led there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from omotenashi.model.paths import host_and_path
from omotenashi.model.site_facts import CampaignParameters, SiteFacts
from omotenashi.model.text import fold
from omotenashi.signals import campaign
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
from omotenashi.signals.sources import Named, sources

_CACHED = 1024
_PAGES, _LONG_PAGES = 4096, 64
"""Pages that are remembered. Long URLs, as of clicks on advertisements, hardly come again."""
_LONG = 512
"""Characters of a URL. Whoever fills both caches with the worst takes 95 MB, paths in Arabic ligatures; most pages take 1 KB each."""
_MOST_PARAMETERS = 50

Told: TypeAlias = tuple[str, str]
"""A medium or a source, and what told it: as in an arrival."""


class Tags(Struct, frozen=True):
    """What the tags of a URL say of an arrival, as far as that does not depend on the referrer."""

    keyword: str | None
    campaign: str
    """Folded, like the next three."""
    source: str
    medium: str
    content: str
    name: str
    """Of the campaign, as it stands there."""
    names_sender: bool
    speak: bool
    """They say anything about how the visitor came."""
    told_medium: Told | None
    """None where they leave it open."""
    told_source: Told | None
    seller: Told
    """The source where neither the tags nor the referrer name one."""
    left_by: tuple[str, str] | None
    """Medium and source of a service that marks all of its links."""


class Page(Struct, frozen=True):
    """What a page's URL says."""

    path: str
    """As paths are compared."""
    host: str
    landing: str
    """The path, cut to what is kept with a visit."""
    site_search: str = ""
    query: Mapping[str, str] = {}
    tags: Tags | None = None


def page_of(url: str, site: SiteFacts) -> Page:
    """Return what a page's URL says on a site."""
    read = _remembered if len(url) <= _LONG else _remembered_long
    return read(url[:LONGEST_URL], site.campaign_parameters, site.search_parameters)


def _read(url: str, parameters: CampaignParameters, search_parameters: tuple[str, ...]) -> Page:
    host, path = host_and_path(url)
    landing = path[:LONGEST_PATH]
    if "?" not in url and "#" not in url:
        return Page(path, host, landing)
    pairs = query_pairs(url, JAPANESE)
    query: dict[str, str] = {}
    for name, value in pairs[:_MOST_PARAMETERS]:
        query.setdefault(name, fold(value[:LONGEST_TEXT]))
    searched = [wanted for wanted in search_parameters if wanted in query]
    words = _site_search(pairs[:_MOST_PARAMETERS], searched) if searched else ""
    tags = campaign.read([*pairs, *fragment_pairs(url, JAPANESE)] if "#" in url else pairs, parameters)
    return Page(path, host, landing, words, query, None if tags is campaign.NOTHING else _tags(tags))


_remembered = lru_cache(maxsize=_PAGES)(_read)
_remembered_long = lru_cache(maxsize=_LONG_PAGES)(_read)


def _site_search(pairs: Sequence[tuple[str, str]], parameters: Sequence[str]) -> str:
    """Return the words of the first search parameter that has some."""
    words = (as_typed(value, UTF_8_OR_JAPANESE) for wanted in parameters for name, value in pairs if name == wanted)
    return next((text for text in words if text), "")


def _tags(said: Campaign) -> Tags:
    stated = _stated(said.source) if said.source else None
    return Tags(
        said.keyword,
        fold(said.campaign),
        fold(said.source),
        fold(said.medium),
        fold(said.content),
        said.campaign,
        said.names_sender,
        said.tagged,
        _told_medium(said, stated),
        _told_source(said, stated),
        (said.seller, "click") if said.seller else ("", "campaign"),
        said.left_by,
    )


def _told_medium(said: Campaign, stated: Named | None) -> Told | None:
    """Return what the tags say; an assistant's name says more than any medium but a paid one."""
    if said.paid:
        return "paid", "click"
    medium = campaign.medium_of(said.medium)
    if stated and stated.medium == "ai" and medium != "paid":
        return "ai", "campaign"
    medium = medium or (stated.medium if stated else campaign.medium_of(said.source))
    return (medium, "campaign") if medium else None


def _told_source(said: Campaign, stated: Named | None) -> Told | None:
    if stated and stated.medium == "ai":
        return stated.name, "campaign"
    return (said.source, "campaign") if said.source else None


@lru_cache(maxsize=_CACHED)
def _stated(source: str) -> Named | None:
    return sources().stated(source)
