"""What is read of an occasion for each field that is looked up: keys, or a number; None where it is not known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from omotenashi.engine.facts import member_value, texts_of, unknown_test
from omotenashi.engine.occasion import Occasion
from omotenashi.model.text import fold

ReadKey: TypeAlias = Callable[[Occasion], Hashable]
ReadKeys: TypeAlias = Callable[[Occasion], "Collection[Hashable] | None"]
ATTRIBUTES = {
    "medium": "arrival.medium",
    "campaign": "arrival.campaign",
    "campaign_source": "arrival.campaign_source",
    "campaign_medium": "arrival.campaign_medium",
    "campaign_content": "arrival.campaign_content",
    "country": "place.country",
    "device": "device",
}
"""Where the one key of a field stands, as it is, within a visitor."""
ReadNumber: TypeAlias = Callable[[Occasion], "float | None"]
_THERE = (True,)


def key_reader(field: str) -> ReadKey | None:
    """Return what reads the one key of a field (None: not known); None where a field can have several keys."""
    head, _, name = field.partition(".")
    if head == "query":
        return lambda occasion: occasion.visitor.query.get(name, "")
    return _KEY.get(field)


def keys_reader(field: str) -> ReadKeys:
    """Return what reads the keys of a field, as `asks` names it."""
    head, _, name = field.partition(".")
    if field in _KEYS:
        return _KEYS[field]
    if head == "given":
        attribute = fold(name.partition(".")[2])
        return lambda occasion: None if member_value(occasion.visitor, attribute) is None else _THERE
    if head == "unknown":
        unknown = unknown_test(name)
        return lambda occasion: _THERE if unknown(occasion) else ()
    if head == "viewed":
        return _VIEWED[name]
    if head == "truth":
        return _truth(fold(name.partition(".")[2]))
    texts = texts_of(field)
    return lambda occasion: texts(occasion.visitor)


def number_reader(field: str) -> ReadNumber:
    """Return what reads the number of a field, as `asks` names it."""
    if field in _NUMBERS:
        return _NUMBERS[field]
    head, _, rest = field.partition(".")
    attribute = fold(rest.partition(".")[2])
    return _date(attribute) if head == "date" else _number(attribute)


def _truth(attribute: str) -> ReadKeys:
    def read(occasion: Occasion) -> Collection[Hashable] | None:
        value = member_value(occasion.visitor, attribute)
        return None if value is None else (value,) if isinstance(value, bool) else ()

    return read


def _number(attribute: str) -> ReadNumber:
    def read(occasion: Occasion) -> float | None:
        value = member_value(occasion.visitor, attribute)
        return value if isinstance(value, (int, float)) else None

    return read


def _date(attribute: str) -> ReadNumber:
    def read(occasion: Occasion) -> float | None:
        value = member_value(occasion.visitor, attribute)
        return value.toordinal() if isinstance(value, date) else None

    return read


@lru_cache(maxsize=2048)
def _beginnings(path: str) -> tuple[str, ...]:
    """A path as the keys of patterns: itself, each beginning up to a slash, each segment."""
    segments = path.split("/")[1:]
    found, beginning = ["=" + path, "/", *segments], "/"
    for segment in segments:
        beginning = f"{beginning}{segment}/"
        found.append(beginning)
    return tuple(found)


def _hosts(occasion: Occasion) -> tuple[str, ...]:
    """The referring host and each domain above it, with its dot; none where nothing referred."""
    host = occasion.visitor.arrival.referrer.partition("/")[0]
    return (host, *(host[place:] for place, sign in enumerate(host) if sign == ".")) if host else ()


def _languages(occasion: Occasion) -> tuple[str, ...] | None:
    """The preferred language and what it is a variant of."""
    if not occasion.visitor.languages:
        return None
    tag = occasion.visitor.languages[0]
    if "-" not in tag:
        return (tag,)
    return (tag, *(tag[:place] for place, sign in enumerate(tag) if sign == "-"))


def _viewed_pages(occasion: Occasion) -> Collection[Hashable] | None:
    past = occasion.visitor.history
    if past is None:
        return None
    return {key for path in set(past.views.paths) if path for key in _beginnings(path)}


def _viewed_details(place: int) -> ReadKeys:
    def read(occasion: Occasion) -> Collection[Hashable] | None:
        past = occasion.visitor.history
        if past is None:
            return None
        return {fold(text) for details in past.views.details for text in details[place]}

    return read


_VIEWED: dict[str, ReadKeys] = {
    "page": _viewed_pages,
    "tag": _viewed_details(0),
    "item": _viewed_details(1),
    "category": _viewed_details(2),
}
_KEYS: dict[str, ReadKeys] = {
    "keyword": lambda occasion: occasion.held("keyword"),
    "site_search": lambda occasion: occasion.held("site_search"),
    "prefecture": lambda occasion: occasion.visitor.place.area,
    "page": lambda occasion: _beginnings(occasion.visitor.page),
    "landing": lambda occasion: _beginnings(occasion.visitor.arrival.landing),
    "referrer": _hosts,
    "language": _languages,
}
_KEY: dict[str, ReadKey] = {
    "source": lambda occasion: fold(occasion.visitor.arrival.source),
    "city": lambda occasion: fold(occasion.visitor.place.city) if occasion.visitor.place.city else None,
    "landing page": lambda occasion: occasion.visitor.arrival.landing,
    "logged_in": lambda occasion: occasion.visitor.member is not None,
    "id": lambda occasion: None if occasion.visitor.id is None else True,
    "history": lambda occasion: None if occasion.visitor.history is None else True,
    "location": lambda occasion: None if occasion.visitor.place.location is None else True,
}
_NUMBERS: dict[str, ReadNumber] = {
    "now": lambda occasion: occasion.now,
    "latitude": lambda occasion: occasion.visitor.place.location and occasion.visitor.place.location[0],
}
