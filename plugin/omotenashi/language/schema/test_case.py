"""Tests: a visitor, a moment, and what is expected."""

from __future__ import annotations

from collections.abc import Sequence

from omotenashi.language import vocabulary as v
from omotenashi.language.meanings import rules as m
from omotenashi.language.meanings.fields import field_meaning
from omotenashi.language.meanings.meaning import Section
from omotenashi.language.schema import forms
from omotenashi.language.schema.conditions import (
    EVENT,
    KINDS,
    spelled_field,
    unknown,
    value_of,
    yes_no,
)
from omotenashi.language.schema.forms import COUNT, LOCATION, MOMENT, NUMBER, PATH, SOME_TIME, TEXT, Schema
from omotenashi.language.schema.names import Names
from omotenashi.language.schema.spelling import spelled_otherwise
from omotenashi.model.site_facts import Attribute


def test(names: Names, language: str) -> Schema:
    """Return one test."""
    values: dict[str, Schema] = {
        "name": TEXT,
        "visitor": _visitor(names, language),
        "at": MOMENT,
        "expect": _expect(names, language),
    }
    return forms.mapping(m.TEST, values, language, ("expect",))


def _visitor(names: Names, language: str) -> Schema:
    """A visitor may be empty: nothing is known of it."""
    properties: dict[str, object] = {}
    patterns: dict[str, object] = {}
    for field in v.FIELDS:
        if field.kind in (v.Kind.SEGMENT, v.Kind.NEAR):
            continue
        value = forms.either(_fact(field, names, language), unknown())
        described = {**forms.description(field.names, field_meaning(field), language), **value}
        patterns[spelled_field(field)] = described
        if field.kind is v.Kind.MEMBER:
            properties |= _members(field, names, language)
            patterns[spelled_otherwise(field.names)] = {"type": "object"}
        elif field.name != "query":
            properties |= dict.fromkeys(field.names, described)
    extras = forms.mapping(m.VISITOR, _EXTRAS, language)
    known = {"properties": properties, "patternProperties": patterns}
    return {
        "type": ["object", "null"],
        **{key: {**found, **more} for key, found in known.items() if isinstance(more := extras[key], dict)},
        "additionalProperties": False,
    }


_EXTRAS: dict[str, Schema] = {
    **dict.fromkeys(("url", "ip", "user_agent", "accept_language"), TEXT),
    "location": LOCATION,
    "bucket": forms.mapping_of(TEXT),
}
_STATED = {"ago": SOME_TIME, "times": COUNT}


def _fact(field: v.Field, names: Names, language: str) -> Schema:
    """What a visitor may state of a field: one value, where a condition may ask for several."""
    history = {
        "viewed": (m.VIEWED, ("page", "tag", "item", "category"), {**KINDS, "page": PATH}),
        "bought": (m.BOUGHT, ("item", "category", "amount"), {**KINDS, "amount": NUMBER}),
        "did": (m.DID, ("event",), {"event": EVENT}),
        "shown": (m.SHOWN, ("rule", "block"), {"rule": forms.named(names.rules), "block": forms.named(names.blocks)}),
    }
    if field.name in history:
        place, keys, values = history[field.name]
        entry = forms.mapping(_stated(place, keys), {**values, **_STATED}, language)
        return _any_number(forms.either(TEXT, entry))
    return _facts(language).get(field.name) or value_of(field, names, language)


def _any_number(value: Schema) -> Schema:
    """A list may be empty: it is known that there is none."""
    return forms.either(value, {"type": "array", "items": value})


def _facts(language: str) -> dict[str, Schema]:
    consents = forms.words(m.CONSENTS, language)
    cart = forms.mapping(
        _stated(m.CART, ("abandoned_for", "amount")), {"abandoned_for": SOME_TIME, "amount": NUMBER}, language
    )
    return {
        **dict.fromkeys(("keyword", "site_search", "referrer"), TEXT),
        **dict.fromkeys(("page_tag", "member"), _any_number(TEXT)),
        "consent": forms.either(_any_number(consents), {"type": "object", "maxProperties": 0}),
        "visits": COUNT,
        "last_visit": SOME_TIME,
        "cart": forms.either(yes_no(language), cart),
    }


def _stated(place: Section, keys: Sequence[str]) -> Section:
    """Some keys of a condition, beside when and how often it was."""
    own = tuple(word for word in place.words if word.name in keys)
    return Section(place.ja, place.en, (*own, *v.AGO_KEYS.all), {**place.meanings, **m.VISITOR.meanings})


def _members(field: v.Field, names: Names, language: str) -> dict[str, object]:
    """member: {rank: …} and member.rank."""
    typed = {one.name: forms.either(_attribute(one, language), unknown()) for one in names.attributes}
    whole = {
        **forms.description(field.names, field_meaning(field), language),
        "type": "object",
        "properties": typed,
    }
    dotted = {f"{head}.{name}": schema for head in field.names for name, schema in typed.items()}
    return {**dict.fromkeys(field.names, whole), **dotted}


def _attribute(one: Attribute, language: str) -> Schema:
    forms_of: dict[str, Schema] = {
        "number": NUMBER,
        "yes_no": yes_no(language),
        "date": MOMENT,
        "list": _any_number(TEXT),
    }
    if one.type == "choice" and one.values:
        return forms.choice(one.values)
    return forms_of.get(one.type, TEXT)


def _expect(names: Names, language: str) -> Schema:
    expected = {block: _expected(rules, language) for block, rules in names.blocks.items()}
    return forms.mapping_of(_expected(names.rules, language), expected)


def _expected(rules: Sequence[str], language: str) -> Schema:
    results = Section(
        m.EXPECT.ja, m.EXPECT.en, (*v.OTHERWISE.all, *v.SHOW_WORDS.all), {**m.SHOW.meanings, **m.EXPECT.meanings}
    )
    won = forms.either(forms.words(results, language), forms.named(rules))
    return forms.either(won, forms.mapping(m.EXPECT, {"rule": won, "contains": TEXT, "variant": TEXT}, language))
