"""What every store can do, and what a change does to a profile in each of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Protocol, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.model.event import Basis, Event
from omotenashi.model.visitor import Arrival
from omotenashi.profiles.fold import claim_into, count_request, counted_request, fold_into, show_into
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.profile import Profile

_NOTHING: frozenset[str] = frozenset()


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
    shown: tuple[str, ...] = ()
    """Ids of rules without a limit that are shown, and that conditions ask for."""
    request_id: str = ""
    """Joins the calls of one page: they are one page view, and none with other requests for the same page."""


class MemberRecord(Struct, frozen=True):
    """What was imported or stated about a member apart from what the member did."""

    consent: frozenset[str] | None = None
    """The categories that the member allows; None where nothing was said."""
    attributes: Mapping[str, str] = {}
    """As imported: texts by folded name, read by the types that site.yaml declares when they are used."""


RecordEdit: TypeAlias = Callable[[MemberRecord | None], MemberRecord | None]
"""What becomes of a member's record; None where there is none, where none of it can be read, or where it is to go."""


class Reader(Protocol):
    """What is stored, at hand: every method may raise StoreUnavailable."""

    def read(self, key: str, now: int) -> Profile | None:
        """Return what of a profile may still be kept at `now`, waiting for nothing but the disk; nobody may change it."""

    def read_record(self, key: str) -> MemberRecord | None:
        """Return a member's record; None if there is none."""


class Store(Protocol):
    """Profiles and members' records by key: a visitor id, or what `keys.member_key` makes of a member's id.

    After `start` until `close`; every method but `close` may raise StoreUnavailable. What was written is committed when
    the method returns; records and erasures survive a power cut, too.
    """

    keep: Keep
    """For how long what is stored is kept."""

    @property
    def reader(self) -> Reader | None:
        """What reads any key at once; None where what is read has to be fetched."""

    def start(self) -> None:
        """Open the store; raises SettingsError for one that this version must not touch."""

    async def look(self, secret: bytes) -> None:
        """Look whether it answers; raises SettingsError where nodes that share it have another key of member ids."""

    async def fetch(self, keys: Collection[str], patience: float | None = None) -> Reader:
        """Return what reads the profiles and records of these keys, as they are now.

        Raises TimeoutError where that takes longer than `patience` seconds.
        """

    async def write(self, change: Change, patience: float | None = None) -> frozenset[str]:
        """Apply a change; return, after it was committed, the rules whose claim was granted.

        Raises TimeoutError where it was not committed after `patience` seconds; it may still be then.
        """

    async def change_record(self, key: str, edit: RecordEdit, now: int) -> bool:
        """Put what `edit` makes of a member's record in its place, whoever else writes; tell whether it changed.

        Within a minute no byte is left of what was there. `edit` may be called again.
        """

    async def move(self, visitor_key: str, member_key: str, now: int, patience: float | None = None) -> None:
        """Move what an anonymous visitor did to the member who logged in, once; what is left is empty.

        What was done on a device that another member was logged in on before is not moved, but erased.
        """

    async def erase(self, key: str, *, record: bool = True) -> bool:
        """Erase the profile and, unless told otherwise, the record; within a minute no byte is left of them.

        Tell whether there was anything.
        """

    def check(self) -> str | None:
        """Return None if the store can be read and has taken what was written last, else why not, in one line."""

    def check_reading(self) -> str | None:
        """Return None if the store can be read, else why not, in one line."""

    @property
    def refused(self) -> Mapping[str, int]:
        """How often the store has refused something since the start, by its own code for why."""

    async def close(self) -> None:
        """Write what was accepted and close the store."""


class AtHand(Reader, Protocol):
    """A store that reads without waiting, and so has nothing to fetch."""

    @property
    def reader(self) -> Reader:
        """Return itself."""
        return self

    async def look(self, secret: bytes) -> None:
        """Do nothing: `start` has opened it, and its folder has the key of member ids."""
        del secret

    async def fetch(self, keys: Collection[str], patience: float | None = None) -> Reader:
        """Return itself."""
        del keys, patience
        return self


def apply(profile: Profile, change: Change) -> frozenset[str]:
    """Apply a change to a profile that nobody else holds; return the rules whose claim was granted.

    Claims that are refused leave no trace; the events are folded all the same.
    """
    counted = change.request_id and counted_request(profile, change.request_id)
    for event in change.events:
        if not (counted and event.name == "page_view"):
            requested = change.request_id and event.basis is Basis.IMPLIED
            fold_into(profile, replace(event, basis=Basis.REQUESTED) if requested else event)
    if change.request_id and not counted:
        _count(profile, change)
    if change.arrival is not None and change.now >= profile.arrival_at:
        profile.arrival = change.arrival
        profile.arrival_at = change.now
    for rule in change.shown:
        show_into(profile, rule, change.now)
    if not change.claims:
        return _NOTHING
    return frozenset(
        [claim.rule for claim in change.claims if claim_into(profile, claim.rule, claim.times, claim.per, change.now)]
    )


def _count(profile: Profile, change: Change) -> None:
    view = next((event for event in change.events if event.name == "page_view"), None)
    if view is not None:
        count_request(profile, change.request_id, view)
