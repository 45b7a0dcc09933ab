"""What the visitor allows, in the shop's own cookie, which the page /omo/why writes, too."""

from __future__ import annotations

from urllib.parse import quote, unquote

COOKIE = "omo_consent"
LIFE_SECONDS = 395 * 24 * 3600

_CATEGORIES = {"personalization", "measurement"}
_GIVEN = "personalization,measurement"
_DENIED = "denied"


def from_cookie(text: str | None) -> list[str] | None:
    """Return the categories that are allowed: none after a denial; None where nothing was said that can be read.

    The difference matters: a denial makes the service erase what it remembers of this browser, silence does not.
    """
    words = [word.strip().lower() for word in unquote(text or "").strip(' "').split(",")]
    if words in (["denied"], ["none"]):
        return []
    return words if set(words) <= _CATEGORIES else None


def to_cookie(*, given: bool) -> str:
    return quote(_GIVEN if given else _DENIED)
