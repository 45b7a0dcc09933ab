"""Makes a schema small: what is repeated in it is written once, among its definitions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

from omotenashi.language.schema.forms import Schema

_LONG = 200
"""Characters of JSON from which on a repeated part becomes a definition."""
_NAMED = ("definitions", "properties", "patternProperties")
_LISTED = ("anyOf", "allOf")
_SINGLE = ("items", "additionalProperties", "then", "else")


def shared(schema: Schema) -> Schema:
    """Return the same schema, its repeated parts as definitions that are named after the key where they first stand."""
    sharing = _Sharing()
    sharing.count(schema)
    whole = sharing.rewritten(schema, "value")
    own = whole["definitions"]
    return {**whole, "definitions": {**(own if isinstance(own, dict) else {}), **sharing.definitions}}


class _Sharing:
    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}
        self._counts: Counter[str] = Counter()
        self._names: dict[str, str] = {}
        self._texts: dict[int, str] = {}

    def count(self, schema: Schema) -> None:
        """Count each part; what is within a part is counted with its first occurrence only."""

        def counted(part: Schema, _: str) -> Schema:
            self._counts[self._text(part)] += 1
            if self._counts[self._text(part)] == 1:
                self.count(part)
            return part

        _with_parts(schema, counted, "")

    def rewritten(self, schema: Schema, hint: str) -> Schema:
        """Return a schema with references in the place of its repeated parts."""
        return _with_parts(schema, self._reference, hint)

    def _reference(self, part: Schema, hint: str) -> Schema:
        text = self._text(part)
        if self._counts[text] == 1 or len(text) < _LONG:
            return self.rewritten(part, hint)
        if text not in self._names:
            number = sum(name.partition("-")[0] == hint for name in self._names.values()) + 1
            self._names[text] = f"{hint}-{number}"
            self.definitions[f"{hint}-{number}"] = self.rewritten(part, hint)
        return {"$ref": f"#/definitions/{self._names[text]}"}

    def _text(self, part: Schema) -> str:
        """Parts are kept alive by the whole, so that their identities last."""
        if id(part) not in self._texts:
            self._texts[id(part)] = json.dumps(part, sort_keys=True)
        return self._texts[id(part)]


def _with_parts(schema: Schema, change: Callable[[Schema, str], Schema], hint: str) -> Schema:
    """Return a schema with each of its parts changed; a part below a key of the editor's is told that key."""
    made: Schema = dict(schema)
    for key, value in schema.items():
        if key in _NAMED and isinstance(value, dict):
            made[key] = {name: change(part, _hint(key, name, hint)) for name, part in value.items()}
        elif key in _LISTED and isinstance(value, list):
            made[key] = [change(part, hint) for part in value]
        elif key in _SINGLE and isinstance(value, dict):
            made[key] = change(value, hint)
    return made


def _hint(key: str, name: str, hint: str) -> str:
    return hint if key == "patternProperties" or not name.isascii() else name
