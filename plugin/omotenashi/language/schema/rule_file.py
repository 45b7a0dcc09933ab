"""Rule files: segments, contents, blocks and tests."""

from __future__ import annotations

from omotenashi.language.meanings import rules as m
from omotenashi.language.meanings.meaning import Section
from omotenashi.language.schema import forms
from omotenashi.language.schema.conditions import CONDITION, EVENT
from omotenashi.language.schema.forms import COUNT, DAY_OF_MONTH, HOURS, MOMENT, SHARE, SOME_TIME, SPAN, TEXT, Schema
from omotenashi.language.schema.names import Names
from omotenashi.language.vocabulary import SHOW_WORDS, TABLE_KEYS

SHOW: Schema = {"$ref": "#/definitions/show"}
_TABLE = Section("表", "A table", TABLE_KEYS.all, m.RULE.meanings)


def rule_file(language: str) -> Schema:
    """Return the outermost mapping of a rule file."""
    values: dict[str, Schema] = {
        "segments": forms.mapping_of(_segment(language)),
        "contents": forms.mapping_of({"$ref": "#/definitions/content"}),
        "blocks": forms.mapping_of({"$ref": "#/definitions/block"}),
        "tests": {"type": "array", "items": {"$ref": "#/definitions/test"}, "minItems": 1},
    }
    return forms.mapping(m.FILE, values, language)


def parts(names: Names, language: str) -> dict[str, Schema]:
    """Return the definitions that a rule file refers to, but for conditions and tests."""
    return {
        "block": _block(language),
        "rule": _rule(language),
        "experiment": _experiment(language),
        "show": forms.either(_show_words(language), forms.named(names.contents), _content(language)),
        "content": forms.either(_show_words(language), _content(language)),
    }


def _segment(language: str) -> Schema:
    return forms.mapping(m.SEGMENT, {"label": TEXT, "when": CONDITION}, language, ("when",))


def _block(language: str) -> Schema:
    table = forms.mapping(_TABLE, {"table": TEXT}, language, ("table",))
    rules: Schema = {"type": "array", "items": {"$ref": "#/definitions/rule"}, "minItems": 1}
    values: dict[str, Schema] = {
        "label": TEXT,
        "rules": forms.either(rules, table),
        "otherwise": SHOW,
        "needs_consent": forms.words(m.CONSENTS, language),
        "selector": TEXT,
        "deadline": SOME_TIME,
    }
    return forms.mapping(m.BLOCK, values, language, ("otherwise",))


def _rule(language: str) -> Schema:
    limit = forms.mapping(m.LIMIT, {"times": {**COUNT, "minimum": 1}, "per": SPAN}, language, ("times",), ("per",))
    values: dict[str, Schema] = {
        **dict.fromkeys(("name", "id", "table"), TEXT),
        **dict.fromkeys(("from", "until"), MOMENT),
        "when": CONDITION,
        "show": SHOW,
        "days": forms.one_or_more(forms.either(forms.words(m.DAYS, language), DAY_OF_MONTH)),
        "hours": forms.one_or_more(HOURS),
        "limit": limit,
        "cooldown": SPAN,
        "goal": EVENT,
        "experiment": {"$ref": "#/definitions/experiment"},
    }
    return forms.mapping(m.RULE, values, language, ("name", "id", "table"), ("show", "experiment", "table"))


def _experiment(language: str) -> Schema:
    parts = {"name": TEXT, "share": SHARE, "show": SHOW}
    variant = forms.mapping(m.VARIANT, parts, language, *((key,) for key in parts))
    split: Schema = {"type": "array", "items": variant, "minItems": 1}
    return forms.mapping(m.EXPERIMENT, {"id": TEXT, "goal": EVENT, "split": split}, language, ("id",), ("split",))


def _show_words(language: str) -> Schema:
    return forms.words(Section(m.SHOW.ja, m.SHOW.en, SHOW_WORDS.all, m.SHOW.meanings), language)


def _content(language: str) -> Schema:
    values = {**dict.fromkeys(("file", "html", "url"), TEXT), "timeout": SOME_TIME}
    return forms.mapping(m.SHOW, values, language, ("file", "html", "url"))
