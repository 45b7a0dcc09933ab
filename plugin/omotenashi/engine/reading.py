"""What was read for a condition, as text for explanations."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from omotenashi.engine.facts import texts_of
from omotenashi.engine.occasion import Occasion
from omotenashi.language.vocabulary import FIELDS
from omotenashi.model.text import fold
from omotenashi.model.visitor import History

_TIME = ("from", "until", "days", "hours")
_HISTORY = (*(field.name for field in FIELDS if field.stored), "limit", "cooldown")


def reading(field: str, occasion: Occasion) -> str | None:
    """Return the value of a field for this visitor at this moment; None where it is not known."""
    visitor = occasion.visitor
    head, _, name = field.partition(".")
    if head in _TIME:
        return occasion.local.strftime("%Y-%m-%d %H:%M (%a)")
    if head in _HISTORY:
        return None if visitor.history is None else _history(head, visitor.history, occasion)
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
        "experiment": ", ".join(visitor.buckets.values()) or visitor.id,
    }
    if head in plain:
        return plain[head]
    texts = texts_of(field)(visitor)
    return None if texts is None else ", ".join(sorted(texts))


def _history(kind: str, history: History, occasion: Occasion) -> str | None:
    if kind == "cart":
        return _cart(history, occasion)
    if kind == "lifecycle":
        return history.stage or f"{_moment(history.first_seen, occasion)} … {_moment(history.last_visit, occasion)}"
    if kind == "cooldown":
        return f"bought {len(history.orders)}, did {len(history.deeds)}"
    counts = {
        "viewed": len(history.views),
        "bought": len(history.orders),
        "did": len(history.deeds),
        "visits": len(history.visits),
    }
    if kind in ("limit", "shown"):
        return ", ".join(f"{rule} × {times}" for rule, times in Counter(one.rule for one in history.showings).items())
    if kind in counts:
        return str(counts[kind])
    return _moment(history.last_visit, occasion)


def _cart(history: History, occasion: Occasion) -> str | None:
    if not history.cart_known:
        return None
    return f"{history.cart.amount:g} ({_moment(history.cart.changed, occasion)})" if history.cart else "-"


def _moment(at: int | None, occasion: Occasion) -> str:
    return "-" if at is None else datetime.fromtimestamp(at, occasion.local.tzinfo).strftime("%Y-%m-%d %H:%M:%S")
