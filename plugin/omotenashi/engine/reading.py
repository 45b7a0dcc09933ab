"""What was read for a condition, as text for explanations."""

from __future__ import annotations

from omotenashi.engine.facts import texts_of
from omotenashi.engine.occasion import Occasion
from omotenashi.model.text import fold
from omotenashi.model.visitor import History

_TIME = ("from", "until", "days", "hours")


def reading(field: str, occasion: Occasion) -> str | None:
    """Return the value of a field for this visitor at this moment; None where it is not known."""
    visitor = occasion.visitor
    head, _, name = field.partition(".")
    if head in _TIME:
        return occasion.local.strftime("%Y-%m-%d %H:%M (%a)")
    if head in ("viewed", "bought", "did", "visits", "last_visit", "limit"):
        return None if visitor.history is None else _history(head, visitor.history)
    if head == "member":
        value = visitor.member.attributes.get(fold(name)) if visitor.member else None
        return None if value is None else "、".join(value) if isinstance(value, tuple) else str(value)
    plain = {
        "keyword": visitor.arrival.keyword,
        "site_search": visitor.site_search,
        "referrer": visitor.arrival.referrer,
        "page": visitor.page,
        "landing": visitor.arrival.landing,
        "prefecture": visitor.place.prefecture,
        "area": ", ".join(sorted(visitor.place.area)) if visitor.place.area else None,
        "near": None if visitor.place.location is None else "{}, {}".format(*visitor.place.location),
        "language": ", ".join(visitor.languages) if visitor.languages else None,
        "logged_in": "yes" if visitor.member else "no",
    }
    if head in plain:
        return plain[head]
    texts = texts_of(field)(visitor)
    return None if texts is None else ", ".join(sorted(texts))


def _history(kind: str, history: History) -> str:
    counts = {
        "viewed": len(history.views),
        "bought": len(history.orders),
        "did": len(history.deeds),
        "visits": len(history.visits),
        "limit": len(history.showings),
    }
    if kind in counts:
        return str(counts[kind])
    return "-" if history.last_visit is None else str(history.last_visit)
