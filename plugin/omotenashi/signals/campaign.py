"""What a landing URL says about the campaign that it belongs to.

A keyword from here is the word that an advertiser bid on, not what the visitor typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import TypeAlias
from urllib.parse import unquote

from msgspec import Struct

from omotenashi.model.site_facts import CampaignParameters
from omotenashi.model.text import fold
from omotenashi.signals.decode import UTF_8_OR_JAPANESE, as_typed
from omotenashi.signals.sources import MEDIUMS_BY_SITE, sources

_KEYWORD = ("utm_term", "mtm_kwd", "mtm_keyword", "matomo_kwd", "pk_kwd", "pk_keyword", "piwik_kwd")
_CAMPAIGN = ("utm_campaign", "mtm_campaign", "mtm_cpn", "matomo_campaign", "pk_campaign", "pk_cpn", "piwik_campaign")
_SOURCE = ("utm_source", "mtm_source", "matomo_source", "pk_source", "piwik_source")
_MEDIUM = ("utm_medium", "mtm_medium", "matomo_medium", "pk_medium", "piwik_medium")
_CONTENT = ("utm_content", "mtm_content", "matomo_content", "pk_content", "piwik_content")
_CLICK_IDS = {
    "gclid": "Google", "gbraid": "Google", "wbraid": "Google", "gad_source": "Google", "dclid": "Google",
    "yclid": "Yahoo! Japan", "msclkid": "Bing", "ldtag_cl": "LINE", "ttclid": "TikTok", "twclid": "Twitter",
    "li_fat_id": "LinkedIn", "rdt_cid": "reddit", "sccid": "Snapchat", "a8": "A8.net",
}  # fmt: skip
"""What an advertising system adds to the URL of a click, and whose it is."""
_MARKS = {
    "fbclid": ("social", "Facebook"), "igshid": ("social", "Instagram"), "igsh": ("social", "Instagram"),
    "mc_eid": ("email", "Mailchimp"), "mkt_tok": ("email", "Marketo"),
}  # fmt: skip
"""What a service adds to each link to the outside, paid for or not: the medium and whose it is."""
_NO_PARAMETERS = CampaignParameters()

_Places: TypeAlias = Mapping[str, Sequence[tuple[int, int]]]

_NO_WORDS = frozenset({"(not provided)", "(not set)"})
_UNEXPANDED = re.compile(r"[{｛][^{}｛｝]*[}｝]|\A(?:__\w+__|%%\w+%%)\Z")
"""Where an advertising system was to put its own text."""
_UNEXPANDED_NAME = re.compile(r"[{｛]+[^{}｛｝]*[}｝]+|__\w+__|%%\w+%%")
"""The same as the whole of a name; some have braces in them."""
_GROUP = re.compile(r"(?<![^\s+\[\"“])(?:\[([^\[\]]*)\]|\"([^\"]*)\"|“([^“”]*)”)(?![^\s\]\"”])")
_LEADS = re.compile(r"(?<![^\s\[\"“])\++(?=\S)")
_SIGNS_ONLY = re.compile(r"[\s+\[\]\"“”]*")
_SIGNS = re.compile(r"[%{｛+\[\]\"“”(_]")
"""Without one of these, a keyword is as its advertiser wrote it."""
_SIGN_ESCAPED_AGAIN = re.compile(r"%(?:2[02B]|5[BD]|7[BD])", re.IGNORECASE)
_PAID = re.compile(
    r"(?:.*-)?paid.*|.*ppc.*|cp[aceimvp]|.*cpc.*|display.*|banner.*|retargeting|remarketing|affiliate.*|ads?|sem|listing"
)
_MEDIUMS = {
    "email": "email", "e-mail": "email", "mail": "email", "newsletter": "email", "メルマガ": "email",
    "social": "social", "sns": "social", "social-network": "social", "social-media": "social",
    "organic": "search", "search": "search", "organic-search": "search",
    "ai": "ai", "referral": "referral", "link": "referral",
    "広告": "paid", "リスティング": "paid", "バナー": "paid", "アフィリエイト": "paid",
}  # fmt: skip
_MEDIUMS_FOLDED = {fold(word): medium for word, medium in _MEDIUMS.items()}


class Campaign(Struct, frozen=True):
    """What is tagged on a landing URL, as it stands there; empty where nothing is."""

    keyword: str | None = None
    campaign: str = ""
    source: str = ""
    medium: str = ""
    content: str = ""
    paid: bool = False
    """The click carries the id of an advertising system."""
    seller: str = ""
    """Whose id that is, named as in the table of sources."""
    left_by: tuple[str, str] | None = None
    """Medium and source of a service that marks all of its links, where nothing above is said."""
    unfilled: bool = False
    """There are tags, but what they were to say was never put in."""

    @property
    def tagged(self) -> bool:
        """Whether the URL says anything about how the visitor came."""
        return self.names_sender or bool(self.campaign or self.content or self.keyword or self.unfilled)

    @property
    def names_sender(self) -> bool:
        """Whether the URL says who sent the visitor, or by what; a link of the site itself hardly does."""
        return self.paid or bool(self.source or self.medium)


NOTHING = Campaign()
"""No tag at all."""


def read(query: Sequence[tuple[str, str]], own: CampaignParameters = _NO_PARAMETERS) -> Campaign:
    """Return the campaign that the decoded pairs of a landing URL's query name.

    The site's own parameters count before those that are generally known.
    """
    places = _places(own)
    values: dict[str, str] = {}
    for written, value in query:
        if (name := written.lower()) in places and (text := as_typed(value, UTF_8_OR_JAPANESE)):
            values.setdefault(name, text)
    if not values:
        return NOTHING
    tags = _in_groups(values, places)
    keywords, *named = tags
    keyword = next(filter(None, map(_keyword, keywords)), None) if keywords else None
    names = [_filled_in(texts) if texts else "" for texts in named]
    name, source, medium, content = names
    click = _first(_CLICK_IDS, values)
    return Campaign(
        keyword,
        name,
        source,
        medium,
        content,
        paid=bool(click),
        seller=_CLICK_IDS.get(click, ""),
        left_by=_MARKS.get(_first(_MARKS, values)),
        unfilled=any(tags) and not any((keyword, *names)),
    )


@lru_cache(maxsize=16)
def _places(own: CampaignParameters) -> _Places:
    """Return where each parameter that is read belongs: its groups, and in each the rank that it has."""
    groups = (
        (*own.keyword, *_KEYWORD),
        (*own.campaign, *_CAMPAIGN),
        (*own.source, *_SOURCE),
        (*own.medium, *_MEDIUM),
        (*own.content, *_CONTENT),
    )
    places: dict[str, list[tuple[int, int]]] = {name: [] for name in chain(*groups, _CLICK_IDS, _MARKS)}
    for group, names in enumerate(groups):
        for rank, name in enumerate(names):
            places[name].append((group, rank))
    return places


def _in_groups(values: Mapping[str, str], places: _Places) -> list[list[str]]:
    """Return what is said of keyword, campaign, source, medium and content, the first in rank first."""
    groups: list[list[tuple[int, str]]] = [[], [], [], [], []]
    for name, text in values.items():
        for group, rank in places[name]:
            groups[group].append((rank, text))
    return [[text for _, text in sorted(group)] for group in groups]


def _filled_in(texts: Sequence[str]) -> str:
    """Return the first name that an advertising system did put in its place."""
    return next((text for text in texts if text[0] not in "{｛_%" or not _UNEXPANDED_NAME.fullmatch(text)), "")


def _first(table: Mapping[str, object], values: Mapping[str, str]) -> str:
    """Return the first name of a table that is among the values; empty text where none is."""
    return "" if table.keys().isdisjoint(values) else next(name for name in table if name in values)


@lru_cache(maxsize=1024)
def medium_of(stated: str) -> str | None:
    """Return the vocabulary's medium for a utm_medium such as `cpc`, `e-mail`, `SNS` or `line`, or None for others."""
    word = fold(stated).replace("_", "-").replace(" ", "-")
    if _PAID.fullmatch(word):
        return "paid"
    return _MEDIUMS_FOLDED.get(word) or _medium_of_site(stated)


def _medium_of_site(name: str) -> str | None:
    """Return the medium of an assistant, a mail reader or a network whose name stands where a medium should."""
    site = sources().stated(name)
    return site.medium if site and site.medium in MEDIUMS_BY_SITE else None


def _keyword(text: str) -> str | None:
    """Return the words of a bid: without the signs of its match type, None where the system did not fill it in."""
    if not _SIGNS.search(text):
        return text
    text = _SIGN_ESCAPED_AGAIN.sub(lambda sign: unquote(sign[0]), text)
    if _UNEXPANDED.search(text) or text.lower() in _NO_WORDS or _SIGNS_ONLY.fullmatch(text):
        return None
    before = ""
    while text != before:
        before = text
        text = _GROUP.sub(_inner, _LEADS.sub("", text)).strip()
    return text or None


def _inner(group: re.Match[str]) -> str:
    return next(inner for inner in group.groups() if inner is not None).strip()
