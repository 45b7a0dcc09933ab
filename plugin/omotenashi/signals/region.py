"""Where the visitor is: as somebody stated it, else by the address in the operator's mmdb."""

from __future__ import annotations

import re
import unicodedata

from msgspec.structs import replace

from omotenashi.language.prefectures import prefecture_code
from omotenashi.model.request import RequestFacts, StatedPlace
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold
from omotenashi.model.visitor import Member, Place
from omotenashi.signals.decode import cleaned
from omotenashi.signals.place_reader import WEAK_PREFECTURE, PlaceReader, coordinates, country_code

__all__ = ["PlaceReader", "resolve", "stated_place"]

_UNKNOWN = Place()
_ATTRIBUTES = ("prefecture", "都道府県")
_LOCATION = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*,\s*([+-]?\d+(?:\.\d+)?)\s*")


def resolve(facts: RequestFacts, site: SiteFacts, places: PlaceReader | None, member: Member | None = None) -> Place:
    """Return the place that conditions see: what the caller states, else the member's prefecture, else the database's.

    The first of these that knows anything is the answer; they are not mixed.
    """
    if facts.place is not None and (stated := stated_place(facts.place)) != _UNKNOWN:
        return stated
    if member is not None and (code := _prefecture_of(member, site)):
        return _in_prefecture(code, "member")
    if places is None or facts.client_ip is None:
        return _UNKNOWN
    return _without_weak_tokyo(places.place(facts.client_ip), site)


def stated_place(stated: StatedPlace) -> Place:
    """Return the place that an authenticated caller states. Nonsense is unknown; a prefecture is in Japan."""
    code = prefecture_code(stated.prefecture) if stated.prefecture else None
    country = "JP" if code else country_code(stated.country)
    city = cleaned(stated.city) or None
    location = _location(stated.location)
    if country is None and city is None and location is None:
        return _UNKNOWN
    area = frozenset({code}) if code else None
    return Place(country, code, area, city, location, origin="caller", confidence="strong")


def _location(text: str) -> tuple[float, float] | None:
    match = _LOCATION.fullmatch(unicodedata.normalize("NFKC", text)) if text else None
    return coordinates(float(match[1]), float(match[2])) if match else None


def _prefecture_of(member: Member, site: SiteFacts) -> str | None:
    for name in map(fold, _ATTRIBUTES):
        attribute, value = site.attributes.get(name), member.attributes.get(name)
        if attribute is not None and not attribute.sensitive and isinstance(value, str):
            return prefecture_code(value)
    return None


def _in_prefecture(code: str, origin: str) -> Place:
    return Place("JP", code, frozenset({code}), origin=origin, confidence="strong")


def _without_weak_tokyo(place: Place, site: SiteFacts) -> Place:
    """Return what is left of a database's Tokyo, which is where it puts most of what it does not know."""
    if place.prefecture != WEAK_PREFECTURE or site.accept_weak_region:
        return place
    return replace(place, prefecture=None, area=None, city=None, location=None)
