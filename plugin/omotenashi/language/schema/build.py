"""The one schema for rule files and site.yaml."""

from __future__ import annotations

from omotenashi.language.schema import forms
from omotenashi.language.schema.conditions import condition
from omotenashi.language.schema.forms import Schema
from omotenashi.language.schema.names import Names
from omotenashi.language.schema.rule_file import parts, rule_file
from omotenashi.language.schema.shared import shared
from omotenashi.language.schema.site_file import site_file
from omotenashi.language.schema.test_case import test
from omotenashi.language.vocabulary import FILE_KEYS, SITE_KEYS


def schema(names: Names, language: str) -> Schema:
    """Return the schema; `names` are proposed where they belong, descriptions are in `language` (ja or en).

    A file with a key of site.yaml is one, a file with a key of rule files is one of those; of an empty file
    both are possible.
    """
    site, rules = {"$ref": "#/definitions/site"}, {"$ref": "#/definitions/rules"}
    whole: Schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Omotenashi",
        "if": forms.some_key(SITE_KEYS.names()),
        "then": site,
        "else": {
            "if": forms.some_key(FILE_KEYS.names()),
            "then": rules,
            "else": {"anyOf": [rules, site]},
        },
        "definitions": {
            **forms.DEFINITIONS,
            "site": _or_nothing(site_file(names, language)),
            "rules": _or_nothing(rule_file(language)),
            "condition": condition(names, language),
            "test": test(names, language),
            **parts(names, language),
        },
    }
    return shared(whole)


def _or_nothing(mapping: Schema) -> Schema:
    """An empty file is fine."""
    return {**mapping, "type": ["object", "null"], "minProperties": 0}
