"""site.yaml."""

from __future__ import annotations

from collections.abc import Iterable

from omotenashi.language.meanings import rules
from omotenashi.language.meanings import site as m
from omotenashi.language.schema import forms
from omotenashi.language.schema.conditions import yes_no
from omotenashi.language.schema.forms import HOST, MOMENT, NUMBER, SPAN, TEXT, Schema
from omotenashi.language.schema.names import Names
from omotenashi.language.vocabulary import BROWSER_EVENTS

_TEXTS = forms.one_or_more(TEXT)


def site_file(names: Names, language: str) -> Schema:
    """Return the outermost mapping of site.yaml."""
    values: dict[str, Schema] = {
        "version": {"enum": [1, "1"]},
        "name": TEXT,
        "timezone": forms.named(("Asia/Tokyo", "UTC")),
        "language": forms.named(word.name for word in rules.LANGUAGES.words),
        "hosts": forms.one_or_more(HOST),
        "attributes": forms.mapping_of(_attribute(names, language)),
        "places": forms.mapping_of(_place(language)),
        "synonyms": {"type": "array", "minItems": 1, "items": {"type": "array", "items": TEXT, "minItems": 1}},
        "holidays": _holidays(language),
        "site_search": forms.mapping(m.SEARCH, {"parameters": _TEXTS}, language),
        "campaign_parameters": forms.mapping(
            m.CAMPAIGN_PARAMETERS, dict.fromkeys(m.CAMPAIGN_PARAMETERS.meanings, _TEXTS), language
        ),
        "consent": _consent(language),
        "keyword_matching": forms.words(m.MATCHING, language),
        "weak_region": forms.words(m.WEAK_REGION, language),
        "lifecycle": forms.mapping(m.LIFECYCLE, dict.fromkeys(("new", "active", "lapsing"), SPAN), language),
        "cookie": forms.mapping(m.COOKIE, {"domain": TEXT}, language),
        "browser_events": forms.one_or_more(forms.choice(BROWSER_EVENTS.names())),
        "sensitive_topics": _TEXTS,
        "search_console": forms.mapping(m.SEARCH_CONSOLE, {"file": TEXT}, language),
    }
    return forms.mapping(m.SITE, values, language)


def _attribute(names: Names, language: str) -> Schema:
    values = {
        "label": TEXT,
        "type": forms.words(m.ATTRIBUTE_TYPES, language),
        "values": _TEXTS,
        "sensitive": yes_no(language),
        "allowed_in": forms.one_or_more(forms.named(names.blocks)),
    }
    return forms.mapping(m.ATTRIBUTE, values, language, ("type",))


def _place(language: str) -> Schema:
    values = {"lat": _degrees(90), "lng": _degrees(180)}
    return forms.mapping(m.PLACE, values, language, ("lat",), ("lng",))


def _holidays(language: str) -> Schema:
    file = forms.mapping(m.HOLIDAYS, {"file": TEXT}, language)
    return forms.one_or_more(forms.either(forms.words(m.COUNTRIES, language), MOMENT, file))


def _degrees(limit: int) -> Schema:
    return {**NUMBER, "minimum": -limit, "maximum": limit}


def _consent(language: str) -> Schema:
    values: dict[str, Schema] = {
        "default": forms.words(m.CONSENT_DEFAULTS, language),
        "cookie": TEXT,
        "header": TEXT,
        "grants": forms.mapping(rules.CONSENTS, _named(rules.CONSENTS.meanings), language, ("personalization",)),
        "answered": TEXT,
        "gpc": forms.words(m.GPC, language),
    }
    return forms.mapping(m.CONSENT, values, language)


def _named(categories: Iterable[str]) -> dict[str, Schema]:
    return dict.fromkeys(categories, _TEXTS)
