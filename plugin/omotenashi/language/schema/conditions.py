"""Conditions: every field with the values that it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from omotenashi.language.countries import country_names
from omotenashi.language.meanings import rules as m
from omotenashi.language.meanings.fields import field_meaning
from omotenashi.language.meanings.meaning import Section
from omotenashi.language.prefectures import (
    PREFECTURES,
    area_names,
    area_spellings,
    english_area_names,
    prefecture_spellings,
)
from omotenashi.language.read_event import USUAL_EVENTS
from omotenashi.language.schema import forms
from omotenashi.language.schema.forms import COUNT, DISTANCE, HOST, MOMENT, NUMBER, PATH, SHARE, SPAN, TEXT, Schema
from omotenashi.language.schema.names import Names
from omotenashi.language.schema.spelling import spelled_before_a_dot, spelled_otherwise
from omotenashi.language.vocabulary import FIELDS, LANGUAGES, LOGIC, UNKNOWN, Field, Kind
from omotenashi.model.site_facts import Attribute

CONDITION: Schema = {"$ref": "#/definitions/condition"}
EVENT = forms.named(USUAL_EVENTS)
_FALSE: Schema = {"type": "boolean"}
"""What YAML parsers make of the country NO and the language no."""
COUNTRY = forms.either(forms.choice(sorted(country_names())), _FALSE)
AREA = forms.choice((*area_names(), *english_area_names()), area_spellings())
PREFECTURE = forms.either(
    forms.choice([name for row in PREFECTURES for name in (row[1], row[3])], prefecture_spellings()),
    {"type": "integer", "minimum": 1, "maximum": len(PREFECTURES)},
)
_SIMPLE: dict[Kind, Schema] = {
    Kind.TEXT: TEXT,
    Kind.TAGS: TEXT,
    Kind.PATHS: PATH,
    Kind.HOST_PATHS: HOST,
    Kind.COUNTRY: COUNTRY,
    Kind.AREA: AREA,
    Kind.PREFECTURE: PREFECTURE,
    Kind.LANGUAGE: forms.either(forms.named(LANGUAGES.names()), _FALSE),
}
_CHOICES = {"medium": m.MEDIA, "device": m.DEVICES, "lifecycle": m.STAGES, "consent": m.CONSENTS}


def condition(names: Names, language: str) -> Schema:
    """Return a mapping of fields, of any, all and not, each with its values."""
    properties: dict[str, object] = {}
    patterns: dict[str, object] = {}
    for field in FIELDS:
        value = listed(value_of(field, names, language), of_segments=field.kind is Kind.SEGMENT)
        described = {**forms.description(field.names, field_meaning(field), language), **value}
        patterns[spelled_field(field)] = described
        if field.kind is Kind.MEMBER:
            properties |= _attributes(names, language)
        elif field.name != "query":
            properties |= dict.fromkeys(field.names, described)
    combining = forms.mapping(m.LOGIC, _COMBINING, language)
    return {
        "type": "object",
        "properties": {**properties, **_of(combining, "properties")},
        "patternProperties": {**patterns, **_of(combining, "patternProperties")},
        "additionalProperties": False,
        "minProperties": 1,
    }


def spelled_field(field: Field) -> str:
    """Return an expression for the keys of a field that are not among the properties."""
    return spelled_before_a_dot(field.names) if field.name in ("member", "query") else spelled_otherwise(field.names)


def listed(value: Schema, *, of_segments: bool = False) -> Schema:
    """Return what allows a value, a list (any), {all: […]}, and unknown, which no segment is."""
    one = value if of_segments else forms.either(value, unknown())
    everything = forms.mapping(_ALL, {"all": forms.one_or_more(one)}, "en")
    return forms.either(one, {"type": "array", "minItems": 1, "items": forms.either(one, everything)}, everything)


def unknown() -> Schema:
    """Return what allows the word unknown."""
    return forms.choice(UNKNOWN.names())


def value_of(field: Field, names: Names, language: str) -> Schema:
    """Return what allows one value of a field; of member.NAME it is any that a type may have."""
    if field.name in _CHOICES:
        return forms.words(_CHOICES[field.name], language)
    return _SIMPLE[field.kind] if field.kind in _SIMPLE else _MADE[field.kind](names, language)


def attribute(one: Attribute, language: str) -> Schema:
    """Return what a condition may ask of a member's attribute, by its type."""
    if one.type == "number":
        return number_range(language)
    if one.type == "date":
        return _date(language)
    if one.type == "yes_no":
        return yes_no(language)
    return forms.choice(one.values) if one.type == "choice" and one.values else TEXT


def yes_no(language: str) -> Schema:
    """Return what allows yes and no, also as a YAML parser's booleans."""
    return forms.either(forms.words(m.YES_NO, language), {"type": "boolean"})


def number_range(language: str) -> Schema:
    """Return what allows 20, 20-29 and {at_least, at_most}."""
    return forms.either(NUMBER, forms.mapping(m.RANGE, {"at_least": NUMBER, "at_most": NUMBER}, language))


def member_values(language: str) -> Schema:
    """Return what allows a value of an attribute whose type is not known."""
    return forms.either(TEXT, number_range(language), _date(language))


def _attributes(names: Names, language: str) -> dict[str, object]:
    found: dict[str, object] = {}
    member = next(field for field in FIELDS if field.kind is Kind.MEMBER)
    for one in names.attributes:
        keys = [f"{name}.{one.name}" for name in member.names]
        label = {"description": one.label} if one.label else {}
        found |= {key: {**label, **listed(attribute(one, language))} for key in keys}
    return found


def _words(_: Names, language: str) -> Schema:
    texts = forms.one_or_more(TEXT)
    values = {**dict.fromkeys(("contains", "exact", "estimated"), texts), "share": SHARE}
    return forms.either(TEXT, forms.mapping(m.WORDS, values, language, ("contains", "exact", "estimated")))


def _near(names: Names, language: str) -> Schema:
    values = {"place": forms.named(names.places), "within": DISTANCE}
    return forms.mapping(m.NEAR, values, language, ("place",), ("within",))


def _date(language: str) -> Schema:
    spans, days = dict.fromkeys(("within", "in"), SPAN), dict.fromkeys(("before", "after"), MOMENT)
    values = {**spans, **days, "month": forms.one_or_more(COUNT)}
    calendar = [word for word in m.DATES.words if word.name in ("today", "this month")]
    words = forms.words(Section(m.DATES.ja, m.DATES.en, tuple(calendar), m.DATES.meanings), language)
    return forms.either(words, MOMENT, forms.mapping(m.DATES, values, language))


_WINDOW = {"at_least": NUMBER, "at_most": NUMBER, "within": SPAN, "none_within": SPAN}
KINDS: dict[str, Schema] = {
    "page": forms.one_or_more(PATH),
    **dict.fromkeys(("tag", "item", "category"), forms.one_or_more(TEXT)),
}


def _viewed(_: Names, language: str) -> Schema:
    return forms.mapping(m.VIEWED, {**KINDS, **_WINDOW}, language, tuple(KINDS))


def _bought(_: Names, language: str) -> Schema:
    return forms.mapping(m.BOUGHT, {**KINDS, **_WINDOW, "amount": number_range(language)}, language)


def _did(_: Names, language: str) -> Schema:
    return forms.mapping(m.DID, {**_WINDOW, "event": forms.one_or_more(EVENT)}, language, ("event",))


def _visits(_: Names, language: str) -> Schema:
    return forms.either(NUMBER, forms.mapping(m.VISITS, _WINDOW, language))


def _last_visit(_: Names, language: str) -> Schema:
    return forms.mapping(m.LAST_VISIT, {"before": SPAN, "within": SPAN}, language)


def _cart(_: Names, language: str) -> Schema:
    values = {"abandoned_for": SPAN, "until": SPAN, "amount": number_range(language)}
    return forms.either(yes_no(language), forms.mapping(m.CART, values, language))


def _shown(names: Names, language: str) -> Schema:
    values = {
        "rule": forms.one_or_more(forms.named(names.rules)),
        "block": forms.one_or_more(forms.named(names.blocks)),
        "times": number_range(language),
        "within": SPAN,
    }
    return forms.mapping(m.SHOWN, values, language, ("rule", "block"))


_MADE: Mapping[Kind, Callable[[Names, str], Schema]] = {
    Kind.WORDS: _words,
    Kind.NEAR: _near,
    Kind.YES_NO: lambda _, language: yes_no(language),
    Kind.MEMBER: lambda _, language: member_values(language),
    Kind.VIEWED: _viewed,
    Kind.BOUGHT: _bought,
    Kind.DID: _did,
    Kind.VISITS: _visits,
    Kind.LAST_VISIT: _last_visit,
    Kind.CART: _cart,
    Kind.SHOWN: _shown,
    Kind.SEGMENT: lambda names, _: forms.named(names.segments),
}
_COMBINING: dict[str, Schema] = {
    **{key: {"type": "array", "items": CONDITION, "minItems": 1} for key in ("any", "all")},
    "not": CONDITION,
}
_ALL = Section(m.LOGIC.ja, m.LOGIC.en, tuple(word for word in LOGIC.all if word.name == "all"), m.LOGIC.meanings)


def _of(schema: Schema, key: str) -> dict[str, object]:
    found = schema[key]
    return found if isinstance(found, dict) else {}
