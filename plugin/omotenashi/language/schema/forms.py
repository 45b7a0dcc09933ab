"""The forms of values: text, numbers, spans, dates, words of the vocabulary, lists and mappings of them.

What is a text to us may be a number or a boolean to a YAML parser, so these are allowed where a text is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from omotenashi.language.meanings.meaning import Meaning, Section
from omotenashi.language.schema.spelling import alternatives, spelled, spelled_otherwise
from omotenashi.language.vocabulary import DISTANCES, UNITS, Word

Schema: TypeAlias = "dict[str, object]"

_DIGIT = "[0-9０-９]"
_DASH = "[-/年月.／－−–—‐]"
_DATE = rf"^\s*{_DIGIT}{{4}}{_DASH}{_DIGIT}{{1,2}}{_DASH}{_DIGIT}{{1,2}}"
_SPAN = rf"^\s*{_DIGIT}+\s*(?:{alternatives(UNITS.names())})間?\s*$"
_DAY_OF_MONTH = rf"^\s*(?:毎月\s*)?{_DIGIT}{{1,2}}\s*(?:日|st|nd|rd|th|ＳＴ|ＮＤ|ＲＤ|ＴＨ)\s*$"
_DISTANCE = rf"{_DIGIT}\s*(?:{alternatives(DISTANCES.names())})\s*$"


def _form(pattern: str, examples: str, *types: str) -> Schema:
    """The messages are the YAML extension's own keywords; others pass over them."""
    said = f"例 / such as: {examples}"
    return {"type": [*types, "string"], "pattern": pattern, "errorMessage": said, "patternErrorMessage": said}


TEXT: Schema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
NAME: Schema = {"not": {"type": ["object", "array", "null"]}, "pattern": r"\S"}
"""A text; editors propose no true and false for it."""
NUMBER = _form(_DIGIT, "20", "number")
COUNT = {**_form(_DIGIT, "3", "integer"), "minimum": 0}
SHARE = {**_form(_DIGIT, "45%", "number"), "minimum": 1, "maximum": 100}
MOMENT = _form(_DATE, "2026-12-25、2026-12-25 10:00")
HOURS = _form(rf"{_DIGIT}\s*[:：時].*{_DIGIT}", "08:00-22:00")
DAY_OF_MONTH = _form(_DAY_OF_MONTH, "25日、25th")
SPAN: Schema = {"$ref": "#/definitions/span"}
SOME_TIME = _form(rf"^\s*{_DIGIT}+\s*\D+$", "2時間、2 hours、30 ms")
DISTANCE = _form(_DISTANCE, "5 km、800 m")
LOCATION = _form(rf"{_DIGIT}\s*[,，、]\s*\S*{_DIGIT}", '"35.6580, 139.7016"')
PATH = _form(r"^\s*/(?!/)", "/running/**")
HOST = _form(r"^(?!.*://)\s*[^\s/]", "www.example.com")
DEFINITIONS = {"span": _form(_SPAN, "30日、2時間、30 days")}


def either(*schemas: Schema) -> Schema:
    """Return what allows any of the schemas."""
    parts: list[object] = []
    for schema in schemas:
        inner = schema.get("anyOf")
        parts += inner if isinstance(inner, list) and len(schema) == 1 else [schema]
    return {"anyOf": parts}


def words(place: Section, language: str) -> Schema:
    """Return what allows the words of a place, in either language and any spelling."""
    ready = [word for word in place.words if word.ready]
    proposed = {name: place.meaning(word) for word in ready for name in (word.name, word.ja)}
    proposals: Schema = {
        "enum": list(proposed),
        "markdownEnumDescriptions": [_said(meaning, language) for meaning in proposed.values()],
    }
    return either(proposals, _in_any_spelling(name for word in ready for name in word.names))


def choice(proposed: Sequence[str], spellings: Iterable[str] = ()) -> Schema:
    """Return what allows one of a few texts in any spelling; `spellings` may be more than is proposed."""
    return either({"enum": list(proposed)}, _in_any_spelling(spellings or proposed))


def named(proposed: Iterable[str], otherwise: Schema = NAME) -> Schema:
    """Return what proposes names and allows others, too: they may be younger than the schema."""
    names = list(dict.fromkeys(proposed))
    return either({"enum": names}, otherwise) if names else otherwise


def one_or_more(value: Schema) -> Schema:
    """Return what allows a value or a list of them."""
    return either(value, {"type": "array", "items": value, "minItems": 1})


def mapping_of(value: Schema, proposed: Mapping[str, Schema] | None = None) -> Schema:
    """Return a mapping with names of the editor's own."""
    known = {"properties": dict(proposed)} if proposed else {}
    return {"type": "object", **known, "additionalProperties": value, "minProperties": 1}


def mapping(place: Section, values: Mapping[str, Schema], language: str, *needed: tuple[str, ...]) -> Schema:
    """Return a mapping with the keys of a place; of each group of needed keys one must be there."""
    properties: dict[str, object] = {}
    patterns: dict[str, object] = {}
    for word in (word for word in place.words if word.ready and word.name in values):
        described = {**description(word.names, place.meaning(word), language), **values[word.name]}
        properties |= dict.fromkeys(word.names, described)
        patterns[spelled_otherwise(word.names)] = described
    required = [has([word for word in place.words if word.name in group]) for group in needed]
    return {
        "type": "object",
        "properties": properties,
        "patternProperties": patterns,
        "additionalProperties": False,
        "minProperties": 1,
        **({"allOf": required} if required else {}),
    }


def has(wanted: Sequence[Word]) -> Schema:
    """Return what asks for one of the keys, by any of their names."""
    names = [name for word in wanted for name in word.names]
    return {"anyOf": [*({"required": [name]} for name in names), some_key(names)]}


def some_key(names: Iterable[str]) -> Schema:
    """Return what asks for a key that is one of the names, in any spelling."""
    return {"type": "object", "not": {"propertyNames": {"not": {"pattern": spelled(names)}}}}


def description(names: Iterable[str], meaning: Meaning, language: str) -> Schema:
    """Return what an editor shows beside a key."""
    text = _said(meaning, language)
    heading, example = " / ".join(dict.fromkeys(names)), f"\n\n`{meaning.example}`" if meaning.example else ""
    return {"description": text, "markdownDescription": f"**{heading}**\n\n{text}{example}"} if text else {}


def _said(meaning: Meaning, language: str) -> str:
    return meaning.ja if language == "ja" else meaning.en


def _in_any_spelling(texts: Iterable[str]) -> Schema:
    return {"type": "string", "pattern": spelled(texts)}
