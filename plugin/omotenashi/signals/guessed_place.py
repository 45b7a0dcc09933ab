"""What databases and content delivery networks guess from an address, made into one form."""

from __future__ import annotations

from collections.abc import Iterable

from omotenashi.language.countries import CODES
from omotenashi.language.prefectures import prefecture_code
from omotenashi.model.geo import coordinates
from omotenashi.model.visitor import UNKNOWN_PLACE, Place
from omotenashi.signals.decode import cleaned

WEAK_PREFECTURE = "JP-13"
"""Tokyo: in DB-IP City Lite (2026-06) 82 % of all Japanese IPv4 addresses."""

_NO_CITY = frozenset({"?", "-", "unknown", "reserved", "null", "(null)", "n/a"})
_NO_POINT = (0.0, 0.0)
"""Stands for unknown; there is only sea."""
_USABLE_RADIUS_KM = 50


def guessed_place(
    origin: str,
    country: str | None,
    subdivisions: Iterable[object],
    city: object,
    point: tuple[object, object],
    radius: object = None,
) -> Place:
    """Return a place that was found by an address: unknown without a country, weak where it may be Tokyo.

    `subdivisions` are the code and the names of one; the first that names a prefecture counts, in Japan alone. `radius`
    is in kilometres; None: nothing is said of it. A point that may be off by more than 50 km, or that is only the middle
    of a country, is no location.
    """
    if country is None:
        return UNKNOWN_PLACE
    codes = (prefecture_code(one) for one in subdivisions if isinstance(one, str)) if country == "JP" else ()
    code = next(filter(None, codes), None)
    name = _city(city)
    return Place(
        country=country,
        prefecture=code,
        area=frozenset({code}) if code else None,
        city=name,
        location=_location(point) if (name or code) and _is_usable(radius) else None,
        origin=origin,
        confidence="weak" if _may_be_tokyo(country, code, name) else "strong",
    )


def _may_be_tokyo(country: str, code: str | None, city: str | None) -> bool:
    """Tell whether a place is Tokyo, or a town of Japan without its prefecture, save one named like another."""
    if country != "JP" or (code is None and city is None):
        return False
    return (code or prefecture_code(city or "")) in {WEAK_PREFECTURE, None}


def country_code(text: object) -> str | None:
    """Return the code of a country in capitals; None for what is none, such as XX, T1, EU and AP."""
    if not isinstance(text, str):
        return None
    code = text.strip().upper()
    return code if code in CODES else None


def _city(text: object) -> str | None:
    name = cleaned(text) if isinstance(text, str) else ""
    return name if name and name.lower() not in _NO_CITY else None


def _location(point: tuple[object, object]) -> tuple[float, float] | None:
    found = coordinates(*point)
    return None if found == _NO_POINT else found


def _is_usable(radius: object) -> bool:
    return radius is None or (isinstance(radius, int | float) and 0 <= radius <= _USABLE_RADIUS_KM)
