"""What site.yaml says about the site, apart from its rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct


class Attribute(Struct, frozen=True):
    """An attribute that the CMS may state about a member."""

    name: str
    type: str
    """text, choice, number, date, yes_no or list."""
    values: tuple[str, ...] = ()
    """Of a choice, as written."""
    sensitive: bool = False
    label: str = ""


class ConsentMapping(Struct, frozen=True):
    """Where consent is read from when the call does not state it."""

    default: frozenset[str] = frozenset()
    """What holds when nothing is said: nothing, unless site.yaml says granted."""
    cookie: str = "omo_consent"
    header: str = "X-Omo-Consent"


class SiteFacts(Struct, frozen=True):
    """Facts about the site."""

    name: str = ""
    timezone: str = "Asia/Tokyo"
    language: str = "ja"
    hosts: frozenset[str] = frozenset()
    """Own hosts, lower case."""
    attributes: Mapping[str, Attribute] = {}
    """By folded name."""
    places: Mapping[str, tuple[float, float]] = {}
    synonyms: tuple[tuple[str, ...], ...] = ()
    holidays: frozenset[date] = frozenset()
    search_parameters: tuple[str, ...] = ("q", "s")
    consent: ConsentMapping = ConsentMapping()
    accept_weak_region: bool = False
