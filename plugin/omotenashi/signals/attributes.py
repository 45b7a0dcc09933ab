"""Attributes of a member: what is declared in site.yaml, read as the type that is declared there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Mapping
from datetime import date
from functools import lru_cache

from omotenashi.model.site_facts import Attribute
from omotenashi.model.text import fold
from omotenashi.model.visitor import MemberValue

_CACHED = 256
_LARGEST = 1e15
"""Above it a float no longer holds every whole number."""
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3}){1,6}|\d{1,20})(?:\.\d{1,20})?")
_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS = {"yes": True, "true": True, "はい": True, "no": False, "false": False, "いいえ": False}


def typed(
    stated: Mapping[str, object], declared: Mapping[str, Attribute], beside: Container[str] = ()
) -> tuple[dict[str, MemberValue], int]:
    """Return the stated attributes in their declared types, and how many were dropped: undeclared or of another type.

    Both are keyed by folded names. Null is an attribute that was not given; `beside` names what is none.
    """
    attributes: dict[str, MemberValue] = {}
    dropped = 0
    for name, value in stated.items():
        if value is None or name in beside:
            continue
        folded = name if name in declared else fold(name)  # most are written as they are declared
        attribute = declared.get(folded)
        read = _READERS[attribute.type](value, attribute) if attribute else None
        if read is None:
            dropped += 1
        else:
            attributes[folded] = read
    return attributes, dropped


def _text(value: object, _: Attribute) -> str | None:
    return value if isinstance(value, str) and is_unicode(value) else None


def is_unicode(text: str) -> bool:
    """Tell whether a text can be answered with: half of a surrogate pair can stand in JSON, but in no answer."""
    return text.isprintable() or not _SURROGATE.search(text)


def _choice(value: object, attribute: Attribute) -> str | None:
    if not isinstance(value, str):
        return None
    choices = _choices(attribute.values)
    return choices[value] if value in choices else choices.get(fold(value))


@lru_cache(maxsize=_CACHED)
def _choices(values: tuple[str, ...]) -> Mapping[str, str]:
    """Return what a choice may be written as, as declared and folded: of two that are alike the first."""
    by_folded: dict[str, str] = {}
    for value in values:
        by_folded.setdefault(fold(value), value)
    return by_folded | {value: by_folded[fold(value)] for value in values}


def _number(value: object, _: Attribute) -> float | None:
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        if not _NUMBER.fullmatch(text):
            return None
        text = text.replace(",", "")
        value = float(text) if "." in text else int(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= _LARGEST else None


def _date(value: object, _: Attribute) -> date | None:
    match = _ISO_DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def _yes_no(value: object, _: Attribute) -> bool | None:
    if isinstance(value, str):
        return _WORDS.get(fold(value))
    return value if isinstance(value, bool) else None


def _list(value: object, _: Attribute) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) and is_unicode(item) for item in value):
        return None
    return tuple(value)


_READERS: Mapping[str, Callable[[object, Attribute], MemberValue | None]] = {
    "text": _text,
    "choice": _choice,
    "number": _number,
    "date": _date,
    "yes_no": _yes_no,
    "list": _list,
}
