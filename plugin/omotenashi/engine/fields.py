"""What is read of a visitor for each field that is looked up: keys, or a number; None where it is not known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from omotenashi.engine.facts import member_value, unknown_test
from omotenashi.engine.lexicon import Lexicon
from omotenashi.engine.occasion import Occasion
from omotenashi.model.text import fold
from omotenashi.model.visitor import MemberValue

Keys: TypeAlias = "Collection[Hashable] | None"
KeysOf: TypeAlias = "Callable[[Hashable, Lexicon], Keys]"
"""From what stands in a visitor to the keys, of the words that the lexicon knows."""
ReadKeys: TypeAlias = "Callable[[Occasion], Keys]"
ReadNumber: TypeAlias = "Callable[[Occasion], float | None]"
ATTRIBUTES = {
    "medium": "arrival.medium",
    "source": "arrival.source",
    "campaign": "arrival.campaign",
    "campaign_source": "arrival.campaign_source",
    "campaign_medium": "arrival.campaign_medium",
    "campaign_content": "arrival.campaign_content",
    "keyword": "arrival.keyword",
    "landing": "arrival.landing",
    "landing page": "arrival.landing",
    "referrer": "arrival.referrer",
    "country": "place.country",
    "prefecture": "place.area",
    "city": "place.city",
    "device": "device",
    "language": "languages",
    "page": "page",
    "page_tag": "page_tags",
    "site_search": "site_search",
    "consent": "consent",
    "needs_consent": "consent",
}
"""Where a field stands within a visitor."""
THERE = {"id": "id", "history": "history", "location": "place.location"}
"""Likewise, of what counts only whether it is there."""
TOGETHER = (
    ("medium", "source", "campaign_source", "campaign_medium", "campaign"),
    ("country", "prefecture", "device", "language", "consent", "needs_consent"),
    ("landing", "landing page"),
)
"""Fields that are looked up in one step: how people came, and what their browser tells, of which most combinations come
again and again; and the first page, which two fields read. What has many values, such as cities and pages, and what people
type stand alone: few visitors share a whole combination with these, and to remember them all would only push others out.
"""


def keys_of(field: str) -> KeysOf:
    """Return what makes the keys of a field, as `asks` names it, from the value that stands in a visitor."""
    return _KEYS.get(field) or _OF_MEMBER.get(field.partition(".")[0], _itself)


def keys_reader(field: str) -> ReadKeys:
    """Return what reads the keys of a field that does not stand in one place."""
    head, _, name = field.partition(".")
    if head == "viewed":
        return _VIEWED[name]
    unknown = unknown_test(name)
    return lambda occasion: (True,) if unknown(occasion) else ()


def number_reader(field: str) -> ReadNumber:
    """Return what reads the number of a field, as `asks` names it."""
    if field in _NUMBERS:
        return _NUMBERS[field]
    return (_date if field.startswith("date.") else _number)(attribute_of(field))


def attribute_of(field: str) -> str:
    """Return the name of a member's attribute from that of a field such as number.member.points."""
    return fold(field.partition("member.")[2])


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


# What stands in a visitor, as keys


def _itself(value: Hashable, _: Lexicon) -> Keys:
    return None if value is None else (value,)


def _each(values: Collection[Hashable], _: Lexicon) -> Keys:
    return values


def _folded(text: str | None, _: Lexicon) -> Keys:
    return None if text is None else (fold(text),)


def _city(city: str | None, _: Lexicon) -> Keys:
    return (fold(city),) if city else None


def _paths(path: str, _: Lexicon) -> Keys:
    """A path as the keys of patterns: itself, each beginning up to a slash, each segment."""
    segments = path.split("/")[1:]
    found, beginning = ["=" + path, "/", *segments], "/"
    for segment in segments:
        beginning = f"{beginning}{segment}/"
        found.append(beginning)
    return found


def _hosts(referrer: str, _: Lexicon) -> Keys:
    """The referring host and each domain above it, with its dot; none where nothing referred."""
    host = referrer.partition("/")[0]
    return (host, *(host[place:] for place, sign in enumerate(host) if sign == ".")) if host else ()


def _languages(languages: Sequence[str] | None, _: Lexicon) -> Keys:
    """The preferred language and what it is a variant of."""
    if not languages:
        return None
    tag = languages[0]
    return (tag, *(tag[:place] for place, sign in enumerate(tag) if sign == "-"))


def _member(value: MemberValue | None, _: Lexicon) -> Keys:
    if value is None:
        return None
    return tuple(map(fold, value)) if isinstance(value, tuple) else (fold(str(value)),)


def _truth(value: MemberValue | None, _: Lexicon) -> Keys:
    return None if value is None else (value,) if isinstance(value, bool) else ()


def _viewed_pages(occasion: Occasion) -> Keys:
    past = occasion.visitor.history
    if past is None:
        return None
    return {key for path in set(past.views.paths) if path for key in _paths(path, occasion.lexicon) or ()}


def _viewed_details(place: int) -> ReadKeys:
    def read(occasion: Occasion) -> Keys:
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
_KEYS: Mapping[str, Callable[..., Keys]] = {
    "keyword": lambda text, lexicon: lexicon.held(text) if text else None,
    "site_search": lambda text, lexicon: lexicon.held(text) if text else (),
    "source": _folded,
    "city": _city,
    "prefecture": lambda area, _: area,
    "page": _paths,
    "landing": _paths,
    "referrer": _hosts,
    "language": _languages,
    "page_tag": _each,
    "consent": _each,
    "needs_consent": _each,
}
_OF_MEMBER: Mapping[str, Callable[..., Keys]] = {"member": _member, "truth": _truth}
_NUMBERS: dict[str, ReadNumber] = {
    "now": lambda occasion: occasion.now,
    "latitude": lambda occasion: occasion.visitor.place.location and occasion.visitor.place.location[0],
}
