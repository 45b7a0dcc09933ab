"""Distances on the Earth."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

_EARTH_KILOMETRES = 6371.0088
"""Mean radius of the Earth (IUGG)."""


def great_circle(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the kilometres between two points (latitude and longitude in degrees), by the haversine formula."""
    latitude, longitude = map(radians, one)
    other_latitude, other_longitude = map(radians, other)
    half_chord = (
        sin((other_latitude - latitude) / 2) ** 2
        + cos(latitude) * cos(other_latitude) * sin((other_longitude - longitude) / 2) ** 2
    )
    return 2 * _EARTH_KILOMETRES * asin(sqrt(min(1.0, half_chord)))  # antipodes may be rounded beyond 1
