"""What is stored of somebody, as plain data that can be handed out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from omotenashi.model.visitor import Arrival
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.profile import Profile, short_id
from omotenashi.profiles.store import MemberRecord

_DAY = 86_400
_SINCE = "_since"
_AT = attrgetter("at")


def profile_data(profile: Profile, blocks: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return all of a profile, with times as in RFC 3339 (UTC). Hashes, which say nothing to anybody, are counted.

    `blocks` is for those who may not learn the ids of rules: what to call each of them instead. Without it ids are told.
    """
    return {
        "first_seen": _time(profile.first_seen),
        "visits": [{"from": _time(start), "to": _time(end)} for start, end in profile.visits],
        "views": _entries(profile.views),
        "orders": _entries(profile.orders),
        "refunds": _entries(profile.refunds),
        "cart": _entries(profile.cart),
        "cart_emptied": _time(profile.emptied),
        "events": _entries(profile.deeds),
        "shown": [_shown(one, blocks) for one in _entries(sorted([*profile.showings, *profile.shown], key=_AT))],
        "arrival": arrival_data(profile.arrival, profile.arrival_at) if profile.arrival else None,
        "chosen_place": _entry(profile.chosen) if profile.chosen else None,
        "complete_since": _complete_since(profile),
        "hashes": {
            "events": len(profile.event_ids) // len(short_id("")),
            "requests": len(profile.requests),
            "members": 1 if profile.owner else 0,
        },
    }


def arrival_data(arrival: Arrival, at: int) -> dict[str, Any]:
    """Return how a visit began, at the moment `at` (seconds)."""
    return {"at": _time(at), **_entry(arrival)}


def record_data(record: MemberRecord) -> dict[str, Any]:
    """Return a member's record."""
    consent = None if record.consent is None else sorted(record.consent)
    return {"consent": consent, "attributes": dict(record.attributes)}


def keep_data(keep: Keep) -> dict[str, int]:
    """Return for how many days each kind is kept."""
    return {name: seconds // _DAY for name, seconds in asdict(keep).items()}


def _entries(entries: Iterable[Struct]) -> list[dict[str, Any]]:
    return [_entry(entry) for entry in entries]


def _entry(entry: Struct) -> dict[str, Any]:
    """Return what is said in an entry; what is empty is left out."""
    values = {name: _value(name, value) for name, value in asdict(entry).items()}
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 entries have fields of several types
    if name == "at":
        return _time(value)
    if isinstance(value, tuple):
        return [_entry(one) if isinstance(one, Struct) else one for one in value]
    return None if isinstance(value, bytes) else value


def _shown(entry: dict[str, Any], blocks: Mapping[str, str] | None) -> dict[str, Any]:
    if blocks is None:
        return entry
    return {"at": entry["at"], "block": blocks.get(entry["rule"])}


def _complete_since(profile: Profile) -> dict[str, str | None]:
    """Return, for each kind of which something older was dropped, from when on it is complete."""
    since = {name: at for name, at in asdict(profile).items() if name.endswith(_SINCE) and at is not None}
    return {name.removesuffix(_SINCE): _time(at) for name, at in since.items()}


def _time(at: int | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
