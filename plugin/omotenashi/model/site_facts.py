"""What site.yaml says about the site, apart from its rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from omotenashi.model.landings import Landings


class Attribute(Struct, frozen=True):
    """An attribute that the CMS may state about a member."""

    name: str
    type: str
    """text, choice, number, date, yes_no or list."""
    values: tuple[str, ...] = ()
    """Of a choice, as written."""
    sensitive: bool = False
    """Never stored, shown or told; conditions may ask for it only in the blocks that are named in `allowed_in`."""
    label: str = ""
    allowed_in: frozenset[str] = frozenset()
    """Folded names of blocks."""


class Lifecycle(Struct, frozen=True):
    """The spans of the stages of the lifecycle, in seconds."""

    new: int = 7 * 86_400
    """First seen under this ago: new. Else by the visit before this one:"""
    active: int = 30 * 86_400
    """under this ago: active;"""
    lapsing: int = 90 * 86_400
    """up to this ago: lapsing; longer ago: lapsed."""


class Grant(Struct, frozen=True):
    """What in a consent manager's cookie grants a category, such as C0003:1 or preferences:true."""

    key: str
    value: str


class ConsentMapping(Struct, frozen=True):
    """Where consent is read from when the call does not state it."""

    default: frozenset[str] = frozenset()
    """What holds when nothing is said: nothing, unless site.yaml says granted."""
    cookie: str = "omo_consent"
    header: str = "X-Omo-Consent"
    grants: Mapping[str, tuple[Grant, ...]] = {}
    """For each category what grants it; empty: the cookie and the header have our own form, a list of categories."""
    answered: Grant | None = None
    """What tells that the visitor has answered the consent manager's banner: a cookie of this key where the value is
    empty, else something in the consent manager's own cookie. Before that, what its cookie denies is nobody's denial.
    """
    gpc_denies: bool = True
    """Global Privacy Control (Sec-GPC: 1) forbids what consent would allow."""


class CampaignParameters(Struct, frozen=True, cache_hash=True):
    """Parameters of landing URLs that name a campaign on this site, in lower case, beside those generally known."""

    keyword: tuple[str, ...] = ()
    campaign: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    medium: tuple[str, ...] = ()
    content: tuple[str, ...] = ()


class SiteFacts(Struct, frozen=True):
    """Facts about the site."""

    name: str = ""
    timezone: str = "Asia/Tokyo"
    language: str = "ja"
    stated_language: str = ""
    """As site.yaml has it; empty where it says nothing, so that `language` is the default."""
    hosts: frozenset[str] = frozenset()
    """Own hosts, lower case."""
    attributes: Mapping[str, Attribute] = {}
    """By folded name."""
    places: Mapping[str, tuple[float, float]] = {}
    """Latitude and longitude by folded name."""
    place_names: tuple[str, ...] = ()
    """As written, for suggestions."""
    synonyms: tuple[tuple[str, ...], ...] = ()
    keyword_matching: str = "scripts"
    """Where words of keywords begin and end: at changes of script (scripts), or where a dictionary cuts (morphemes)."""
    holidays: frozenset[date] = frozenset()
    """All of them: those of `holiday_countries` and others that site.yaml or a file lists."""
    holiday_countries: frozenset[str] = frozenset()
    """Whose holidays are among them, such as japan."""
    listed_holidays: frozenset[date] = frozenset()
    search_parameters: tuple[str, ...] = ("q", "s")
    campaign_parameters: CampaignParameters = CampaignParameters()
    consent: ConsentMapping = ConsentMapping()
    accept_weak_region: bool = False
    lifecycle: Lifecycle = Lifecycle()
    cookie_domain: str = ""
    """The domain whose hosts share the visitor cookie; empty: each host has its own."""
    browser_events: frozenset[str] = frozenset()
    """Events that browsers may state though they need the server key by default."""
    sensitive_topics: frozenset[str] = frozenset()
    """Folded tags and categories; what has one of them is a visit, but it is not remembered what was looked at."""
    landings: Landings | None = None
    """The searches that lead to each page; None where site.yaml names no file of them, or one that cannot be read."""
    landings_file: str = ""
    """Its path within the rules folder, as site.yaml names it."""
