"""The forms in which consent is written: lists of our categories, and the cookies of consent managers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote

from msgspec import Struct

from omotenashi.model.site_facts import Grant

PERSONALIZATION = "personalization"
CATEGORIES = frozenset({"measurement", PERSONALIZATION})

_LONGEST = 8192
"""Characters; a browser sends no longer cookie (RFC 6265, section 6.1 asks for 4096 bytes)."""
_CACHED = 512
_DENY_ALL = (frozenset({"denied"}), frozenset({"none"}))
_DENIALS = frozenset({"denied", "none"})
_OPPOSITES = (
    ("1", "0"), ("true", "false"), ("yes", "no"), ("y", "n"), ("on", "off"), ("granted", "denied"), ("grant", "deny"),
    ("allowed", "denied"), ("allow", "deny"), ("accepted", "rejected"), ("accepted", "declined"), ("accept", "reject"),
    ("accept", "decline"), ("opt-in", "opt-out"), ("optin", "optout"), ("opted-in", "opted-out"),
    ("enabled", "disabled"), ("enable", "disable"), ("-1", "0"),
)  # fmt: skip
"""-1 and 0: the whole of Cookiebot's cookie outside the regions that ask for consent, and after a refusal."""
_COUNTERPARTS = {
    word: frozenset({b for a, b in _OPPOSITES if a == word} | {a for a, b in _OPPOSITES if b == word})
    for pair in _OPPOSITES
    for word in pair
}
_ADDRESS = re.compile(r"=[Hh][Tt][Tt][Pp][Ss]?%3[Aa]%2[Ff]%2[Ff][^&]*")
"""OneTrust keeps the landing page's URL in its cookie: whoever makes a link writes what stands in there."""
_UNANSWERED = ("AwaitingReconsent=true", "landingPath=http")
"""In OneTrust's cookie before the visitor has answered the banner: what it says is a default, and nobody's denial."""


class Statement(Struct, frozen=True):
    """What one source says. A category that is in neither set is one about which nothing is said."""

    granted: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()


NOTHING_SAID = Statement()


def of_words(words: tuple[str, ...]) -> Statement:
    """Return what a list of categories says, as a call states it: those that it leaves out are denied.

    A word that is no category makes it unclear what was meant: then nothing is denied. Yes and no at once say nothing.
    """
    usual = _USUAL.get(words)
    return _said(words) if usual is None else usual


def _said(words: tuple[str, ...]) -> Statement:
    found = _plain(words)
    if found in _DENY_ALL:
        return Statement(denied=CATEGORIES)
    if not found.isdisjoint(_DENIALS):
        return NOTHING_SAID
    clear = found <= CATEGORIES
    return Statement(found & CATEGORIES, CATEGORIES - found if clear else frozenset())


def own_form(text: str) -> Statement:
    """Return what a comma-separated list of categories says, or `denied` or `none` alone; else it says nothing."""
    return _own_form(text) if len(text) <= _LONGEST else NOTHING_SAID


def of_manager(text: str, cookie: str, grants: tuple[tuple[str, tuple[Grant, ...]], ...]) -> Statement:
    """Return what a consent manager's cookie of this name says, by what grants each category."""
    return _of_manager(text, cookie, grants) if len(text) <= _LONGEST else NOTHING_SAID


@lru_cache(maxsize=_CACHED)
def is_in(text: str, part: Grant) -> bool:
    """Tell whether a consent manager's cookie says this of itself, and nothing else beside it."""
    return _compared(_values(_decoded(text), part.key), part.value) is True


@lru_cache(maxsize=_CACHED)
def _own_form(text: str) -> Statement:
    words = tuple(unquote(text).strip().strip('"').split(","))
    found = _plain(words)
    return of_words(words) if found in _DENY_ALL or found <= CATEGORIES else NOTHING_SAID


def _plain(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in words)


_USUAL: Mapping[tuple[str, ...], Statement] = {
    words: _said(words) for words in ((), ("measurement",), (PERSONALIZATION,), ("measurement", PERSONALIZATION))
}
"""What callers state, but for few."""


@lru_cache(maxsize=_CACHED)
def _of_manager(text: str, cookie: str, grants: tuple[tuple[str, tuple[Grant, ...]], ...]) -> Statement:
    plain = _decoded(text)
    if plain.startswith("{") and not plain.rstrip().endswith("}"):
        return NOTHING_SAID  # it was cut off
    answers = {category: _answer(plain, cookie, wanted) for category, wanted in grants}
    granted = frozenset(category for category, answer in answers.items() if answer is True)
    if any(sign in plain for sign in _UNANSWERED):
        return Statement(granted)
    return Statement(granted, frozenset(category for category, answer in answers.items() if answer is False))


def _decoded(text: str) -> str:
    """Return a cookie without percent-encoding: some set-ups encode it a second time."""
    for _ in range(2):
        text = unquote(_ADDRESS.sub("=http:", text))
    return text


def _answer(text: str, cookie: str, wanted: Sequence[Grant]) -> bool | None:
    """Tell whether one of the grants stands in the cookie; False only where the contrary of all of them does."""
    whole = [_compared({_unquoted(text)}, grant.value) for grant in wanted if grant.key == cookie]
    if any(answer is not None for answer in whole):
        return any(whole)
    inner = [_compared(_values(text, grant.key), grant.value) for grant in wanted if grant.key != cookie]
    if any(inner):
        return True
    return False if inner and all(answer is False for answer in inner) else None


def _compared(values: set[str], granting: str) -> bool | None:
    """Compare all values that a cookie gives for one key; those that contradict each other say nothing."""
    if len(values) != 1:
        return None
    value, granting = values.pop(), granting.lower()
    if value == granting:
        return True
    return False if value in _COUNTERPARTS.get(granting, ()) else None


def _values(text: str, key: str) -> set[str]:
    return {value.lower() for value in _pattern(key).findall(text)}


@lru_cache(maxsize=_CACHED)
def _pattern(key: str) -> re.Pattern[str]:
    """KEY:VALUE or KEY=VALUE with or without quotes, as in lists, query strings, JSON and JavaScript."""
    name = re.escape(key)
    return re.compile(rf"""{name}(?<![\w.-]{name})["']?\s*[:=]\s*["']?([^\s,&;|!"'(){{}}\[\]]*)""")


def _unquoted(text: str) -> str:
    return text.strip().strip("\"'").lower()
