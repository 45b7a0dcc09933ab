"""The holidays of a country by law: 国民の祝日, with substitute holidays (振替休日) and days between two (国民の休日).

They come from the package `holidays` (vacanza), which is loaded where a site asks for them and nowhere else. All the
years that it reckons are taken, 1949 to 2099, so that no period of a rule and no moment of a test lies in a year that
silently has none. The equinoxes of years to come are reckoned; the Cabinet Office announces them each February for the
next year. A law that changes comes with a newer version of the package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache


def holidays_of(country: str) -> frozenset[date]:
    """Return the holidays of a country by its name in the vocabulary, such as japan."""
    return _CALENDARS[country]()


@cache
def _japan() -> frozenset[date]:
    from holidays.countries.japan import Japan  # noqa: PLC0415 takes a tenth of a second, and most folders do without

    return frozenset(Japan(years=range(Japan.start_year, Japan.end_year + 1)))


_CALENDARS: Mapping[str, Callable[[], frozenset[date]]] = {"japan": _japan}
