"""Points on the Earth, and distances between them."""

from __future__ import annotations

import re
import unicodedata
from math import asin, cos, radians, sin, sqrt

_POLE, _DATE_LINE = 90, 180
_LONGEST = 100
_MINUS_SIGNS = str.maketrans("−–—‐", "----")
_POINT = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*[,、]\s*([+-]?\d+(?:\.\d+)?)\s*")
EARTH_KILOMETRES = 6371.0088
"""Mean radius of the Earth (IUGG)."""


def great_circle(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the kilometres between two points (latitude and longitude in degrees), by the haversine formula."""
    latitude, longitude = map(radians, one)
    other_latitude, other_longitude = map(radians, other)
    half_chord = (
        sin((other_latitude - latitude) / 2) ** 2
        + cos(latitude) * cos(other_latitude) * sin((other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_KILOMETRES * asin(sqrt(min(1.0, half_chord)))  # antipodes may be rounded beyond 1


def coordinates(latitude: object, longitude: object) -> tuple[float, float] | None:
    """Return latitude and longitude in degrees, or None where they are not on the globe."""
    if not isinstance(latitude, float | int | str) or not isinstance(longitude, float | int | str):
        return None
    try:
        point = float(latitude), float(longitude)
    except (OverflowError, ValueError):
        return None
    return point if abs(point[0]) <= _POLE and abs(point[1]) <= _DATE_LINE else None


def point(text: str) -> tuple[float, float] | None:
    """Return what is written as latitude, comma, longitude in degrees, or None where it is not that.

    It is the same to editors, CMSs and visitors.
    """
    match = _POINT.fullmatch(unicodedata.normalize("NFKC", text[:_LONGEST].translate(_MINUS_SIGNS)))
    return coordinates(match[1], match[2]) if match else None
