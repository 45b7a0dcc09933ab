"""For how long what is stored about a visitor is kept: the figures."""

from __future__ import annotations

from msgspec import Struct

_DAY = 86_400


class Keep(Struct, frozen=True):
    """For how many seconds each kind is kept."""

    events: int = 400 * _DAY
    """Views, orders, visits and all else that a visitor did."""
    exposures: int = 400 * _DAY
    """What was shown."""
    profiles: int = 400 * _DAY
    """A profile to which nothing was added."""
