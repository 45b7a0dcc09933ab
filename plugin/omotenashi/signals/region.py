"""Where the visitor is: as somebody stated it, else as it is guessed from the address."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from omotenashi.language.countries import country_code
from omotenashi.language.prefectures import prefecture_code
from omotenashi.model.geo import point
from omotenashi.model.request import RequestFacts, StatedPlace
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold
from omotenashi.model.visitor import UNKNOWN_PLACE, ChosenPlace, Member, Place
from omotenashi.signals.decode import cleaned

if TYPE_CHECKING:
    from omotenashi.signals.place_reader import PlaceReader

_CACHED = 1024
_ATTRIBUTES = (fold("prefecture"), fold("都道府県"))


def located(
    facts: RequestFacts,
    site: SiteFacts,
    places: PlaceReader | None,
    member: Member | None = None,
    chosen: ChosenPlace | None = None,
) -> Place:
    """Return where the visitor is, where that is known from, and whether the answer is weak.

    What the caller states counts first, then what the visitor chose, the member's prefecture, the headers of the edge,
    the database. The first of these that knows anything is the answer; they are not mixed.
    """
    if facts.place is not None and (stated := stated_place(facts.place)) is not UNKNOWN_PLACE:
        return stated
    if chosen is not None and chosen.is_anywhere:
        return _stated("chosen", chosen.country, chosen.prefecture, chosen.city, chosen.location)
    if member is not None and (code := _prefecture_of(member, site)):
        return _stated("member", "JP", code)
    if facts.edge_place != UNKNOWN_PLACE:
        return facts.edge_place
    if places is None or facts.client_ip is None:
        return UNKNOWN_PLACE
    return places.place(facts.client_ip)


def seen_by_conditions(place: Place, site: SiteFacts) -> Place:
    """Return what conditions may see of a place: of a weak one the country, unless site.yaml accepts it.

    Weak is a guessed Tokyo, which is where databases put most of what they do not know.
    """
    if place.confidence != "weak" or site.accept_weak_region:
        return place
    return replace(place, prefecture=None, area=None, city=None, location=None)


def stated_place(stated: StatedPlace) -> Place:
    """Return the place that an authenticated caller states. Nonsense is unknown; a prefecture is in Japan."""
    return _read(stated) if stated.location else _remembered(stated)  # coordinates may be those of somebody's home


@lru_cache(maxsize=_CACHED)
def _remembered(stated: StatedPlace) -> Place:
    return _read(stated)


def _read(stated: StatedPlace) -> Place:
    code = prefecture_code(stated.prefecture) if stated.prefecture else None
    country = "JP" if code else country_code(stated.country)
    city = cleaned(stated.city) or None
    location = point(stated.location) if stated.location else None
    if country is None and city is None and location is None:
        return UNKNOWN_PLACE
    return _stated("caller", country, code, city, location)


def _stated(
    origin: str,
    country: str | None,
    code: str | None,
    city: str | None = None,
    location: tuple[float, float] | None = None,
) -> Place:
    return Place(country, code, frozenset({code}) if code else None, city, location, origin, "strong")


def _prefecture_of(member: Member, site: SiteFacts) -> str | None:
    for name in _ATTRIBUTES:
        attribute, value = site.attributes.get(name), member.attributes.get(name)
        if attribute is not None and not attribute.sensitive and isinstance(value, str):
            return prefecture_code(value)
    return None
