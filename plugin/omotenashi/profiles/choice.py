"""The place that a visitor chose, as an event states it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UNSET

from omotenashi.language.countries import country_code
from omotenashi.language.prefectures import prefecture_code
from omotenashi.model.errors import bad_request
from omotenashi.model.event import StatedEvent
from omotenashi.model.geo import point
from omotenashi.model.text import fold
from omotenashi.model.visitor import ChosenPlace

_LONGEST = 200
"""Characters of a name."""
_TAKES = "choose_place takes place alone, or any of prefecture, city, location and country"


def stated_choice(stated: StatedEvent, at: int, places: Mapping[str, tuple[float, float]]) -> ChosenPlace:
    """Return the place that a `choose_place` of the moment `at` names; an empty one takes the choice back.

    `places` are those of site.yaml, by folded name. Raises RefusedRequest 400 for what is no place.
    """
    if all(said is UNSET for said in (stated.place, stated.prefecture, stated.city, stated.location, stated.country)):
        bad_request(f"{_TAKES}; place: null takes the choice back")
    prefecture, city = _text("prefecture", stated.prefecture), _text("city", stated.city)
    location, country = _text("location", stated.location), _text("country", stated.country)
    if named := _text("place", stated.place):
        if prefecture or city or location or country:
            bad_request(_TAKES)
        return _named(named, at, places)
    code = _prefecture(prefecture) if prefecture else None
    in_country = _country(country) if country else None
    if code and in_country not in {None, "JP"}:
        bad_request("the prefecture is in Japan, and the country is another: leave one of them out")
    return ChosenPlace(at, "JP" if code else in_country, code, city or None, _point(location) if location else None)


def _named(name: str, at: int, places: Mapping[str, tuple[float, float]]) -> ChosenPlace:
    if (location := places.get(fold(name))) is not None:
        return ChosenPlace(at, location=location)
    code = prefecture_code(name)
    if code is None:
        bad_request("the place is neither a prefecture such as 東京都 nor a name under places: in site.yaml")
    return ChosenPlace(at, "JP", code)


def _prefecture(text: str) -> str:
    return prefecture_code(text) or bad_request("the prefecture is none of Japan: write it as 東京都, Tokyo or JP-13")


def _country(text: str) -> str:
    return country_code(text) or bad_request("the country is no code of ISO 3166-1: write it as JP")


def _point(text: str) -> tuple[float, float]:
    return point(text) or bad_request("the location is not of the form 35.6595,139.7005: latitude, comma, longitude")


def _text(name: str, stated: object) -> str:
    """Return what is stated as text: empty for nothing, and the digits of a number, such as 13."""
    if stated is None or stated is UNSET:
        return ""
    if isinstance(stated, bool) or not isinstance(stated, str | int):
        bad_request(f"the {name} is not a text")
    text = " ".join(str(stated).split()) if isinstance(stated, str) or abs(stated) < _LARGEST else "?"
    if len(text) > _LONGEST:
        bad_request(f"the {name} has {len(text)} characters, at most {_LONGEST} are taken")
    if not text.isprintable():
        bad_request(f"the {name} has characters that cannot be shown")
    return text


_LARGEST = 10**15
"""Python does not write numbers of thousands of digits."""
