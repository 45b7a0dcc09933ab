"""What every store can do, and what a change does to a profile in each of them."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.model.event import Event
from omotenashi.model.visitor import Arrival
from omotenashi.profiles.fold import claim_into, count_request, counted_request, fold_into
from omotenashi.profiles.profile import Profile


class Claim(Struct, frozen=True):
    """A rule with a limit is about to be shown: at most `times` in the last `per` seconds."""

    rule: str
    times: int
    per: int


class Change(Struct, frozen=True):
    """What one request adds to the profile of one visitor."""

    key: str
    now: int
    """Seconds since 1970-01-01 UTC."""
    events: tuple[Event, ...] = ()
    claims: tuple[Claim, ...] = ()
    arrival: Arrival | None = None
    """How the visit began, where it begins with this request."""
    request_id: str = ""
    """Joins the calls of one page: they are one page view, and none with other requests for the same page."""


class Store(Protocol):
    """Profiles by key. After `start` until `close`; every method but `close` may raise StoreUnavailable."""

    def start(self) -> None:
        """Open the store; raises SettingsError for one that this version must not touch."""

    def read(self, key: str) -> Profile | None:
        """Return a profile, without waiting for anything but the disk; None if nothing is stored."""

    async def write(self, change: Change) -> frozenset[str]:
        """Apply a change; return, after it was committed, the rules whose claim was granted."""

    def check(self) -> str | None:
        """Return None if the store is healthy, else why not, in one line."""

    async def close(self) -> None:
        """Write what was accepted and close the store."""


def apply(profile: Profile, change: Change) -> frozenset[str]:
    """Apply a change to a profile that nobody else holds; return the rules whose claim was granted.

    Claims that are refused leave no trace; the events are folded all the same.
    """
    counted = change.request_id and counted_request(profile, change.request_id)
    for event in change.events:
        if not (counted and event.name == "page_view"):
            fold_into(profile, replace(event, implied=False) if change.request_id and event.implied else event)
    if change.request_id and not counted:
        _count(profile, change)
    if change.arrival is not None and change.now >= profile.arrival_at:
        profile.arrival = change.arrival
        profile.arrival_at = change.now
    return frozenset(
        claim.rule for claim in change.claims if claim_into(profile, claim.rule, claim.times, claim.per, change.now)
    )


def _count(profile: Profile, change: Change) -> None:
    view = next((event for event in change.events if event.name == "page_view"), None)
    if view is not None:
        count_request(profile, change.request_id, view)
