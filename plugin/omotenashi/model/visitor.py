"""A visitor: all the facts for one request, frozen. None stands for a fact that is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeAlias

from msgspec import Struct

from omotenashi.model.views import Views

Number: TypeAlias = int | float
"""Whole numbers stay whole: they take less room where they are stored."""
MemberValue: TypeAlias = "str | float | bool | date | tuple[str, ...]"

SILENCE = 30 * 60
"""Seconds without a sign of the visitor that end a visit."""


class Arrival(Struct, frozen=True, array_like=True):
    """How the visit began. Kept in the profile for the visit, hence compact; empty text means known to be empty."""

    keyword: str | None = None
    keyword_origin: str = "none"
    """campaign (the word that an advertiser bid on), referrer, none; stated, where a test says the keyword."""
    medium: str = "direct"
    source: str = ""
    referrer: str = ""
    """Host and path of the referring page, without scheme, query and fragment."""
    campaign: str = ""
    campaign_source: str = ""
    campaign_medium: str = ""
    campaign_content: str = ""
    landing: str = "/"
    medium_origin: str = "referrer"
    """What told it: campaign, click (an advertisement's id), mark (a service's) or referrer, also by its lack."""
    source_origin: str = "referrer"
    """Likewise for the source."""


class Place(Struct, frozen=True):
    """Where the visitor is; `confidence` is strong or weak."""

    country: str | None = None
    """ISO 3166-1 alpha-2, in capitals."""
    prefecture: str | None = None
    """ISO 3166-2 code such as JP-13."""
    area: frozenset[str] | None = None
    """The prefectures (ISO codes) that remain possible; one when the prefecture is known."""
    city: str | None = None
    location: tuple[float, float] | None = None
    """Latitude and longitude in degrees."""
    origin: str = "none"
    """caller, chosen, member, cdn or mmdb: who says so."""
    confidence: str = "none"


UNKNOWN_PLACE = Place()


class ChosenPlace(Struct, frozen=True, array_like=True, gc=False):
    """Where the visitor said to be, once; with nothing but the moment, the choice was taken back."""

    at: int
    """Seconds since 1970-01-01 UTC."""
    country: str | None = None
    prefecture: str | None = None
    """As in a place."""
    city: str | None = None
    location: tuple[float, float] | None = None

    @property
    def is_anywhere(self) -> bool:
        """Tell whether a place is chosen."""
        return self != ChosenPlace(self.at)


class Member(Struct, frozen=True):
    """What an authenticated caller or a signed token states about the person who is logged in."""

    id: str
    attributes: Mapping[str, MemberValue] = {}
    """By folded name, in their declared types."""


class OrderLine(Struct, frozen=True, array_like=True, gc=False):
    item: str = ""
    category: str = ""
    amount: Number = 0
    """Price times quantity, in the site's currency."""
    quantity: Number = 1


class Order(Struct, frozen=True, array_like=True, gc=False):
    """One purchase."""

    at: int
    amount: Number = 0
    lines: tuple[OrderLine, ...] = ()
    transaction_id: str = ""


class Deed(Struct, frozen=True, array_like=True, gc=False):
    """One event of any name, for `did:`."""

    at: int
    event: str


class Showing(Struct, frozen=True, array_like=True, gc=False):
    """A rule was shown: one that has a limit, or for which some condition `shown` asks."""

    at: int
    rule: str
    """Its id."""


class Cart(Struct, frozen=True):
    """What lies in the cart."""

    changed: int
    """When something was put in or taken out last."""
    amount: float = 0.0
    """Prices times quantities, in the site's currency."""


_NO_VIEWS = Views()


class History(Struct, frozen=True):
    """What was before this request, with consent, each kind in the order of time.

    `…_since` tell from when on each kind is complete.
    """

    views: Views = _NO_VIEWS
    orders: Sequence[Order] = ()
    deeds: Sequence[Deed] = ()
    showings: Sequence[Showing] = ()
    visits: Sequence[int] = ()
    """When each visit began, the present one included."""
    last_visit: int | None = None
    """When the visit before this one ended; None where there was none."""
    first_seen: int | None = None
    """The first moment of the first visit; None where this is the first request."""
    cart: Cart | None = None
    """None: it is empty."""
    cart_known: bool = True
    """False where so much was put in and taken out that what lies in it now cannot be told."""
    stage: str | None = None
    """The stage of the lifecycle, where a test states it; else it follows from first_seen and last_visit."""
    views_since: int | None = None
    """Views before this moment may be missing; None where none were dropped."""
    visits_since: int | None = None
    deeds_since: int | None = None
    orders_since: int | None = None
    showings_since: int | None = None
    limits_since: int | None = None
    """Likewise for the showings of rules with a limit alone."""
    unknown: frozenset[str] = frozenset()
    """Fields that a test states to be unknown, though the rest is known."""


class Visitor(Struct, frozen=True):
    """All the facts for one request."""

    arrival: Arrival = Arrival()
    page: str = "/"
    """The path as paths are compared: decoded, NFKC, without query, trailing slash and index file."""
    host: str = ""
    page_tags: frozenset[str] = frozenset()
    """Folded."""
    site_search: str = ""
    query: Mapping[str, str] = {}
    place: Place = UNKNOWN_PLACE
    device: str | None = None
    languages: tuple[str, ...] | None = None
    """Accepted languages, lower case, the preferred one first."""
    member: Member | None = None
    consent: frozenset[str] = frozenset()
    history: History | None = None
    id: str | None = None
    """What experiments split by; None without consent, and for whoever is not known at the next request."""
    buckets: Mapping[str, str] = {}
    """The variants that a test states, by the folded ids of the experiments."""
