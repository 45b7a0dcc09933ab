"""Who is asking, and what may be known of them: consent, the key of the profile, and the profile itself."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.model.errors import StoreTimeout, StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.model.paths import page_path
from omotenashi.model.request import RequestFacts
from omotenashi.model.visitor import Arrival, Member, Visitor
from omotenashi.profiles import fold
from omotenashi.profiles.background import watched
from omotenashi.profiles.keys import member_key
from omotenashi.profiles.merge import is_emptied_for, is_to_move, merge_into
from omotenashi.profiles.outage import Outage
from omotenashi.profiles.profile import Profile, short_id
from omotenashi.profiles.store import Reader, Store
from omotenashi.signals import arrival_cookie, gather
from omotenashi.signals.arrival_cookie import UNBOUND, ArrivalCookies, Kept
from omotenashi.signals.consent import consent_of
from omotenashi.signals.consent_forms import PERSONALIZATION
from omotenashi.signals.device import is_bot
from omotenashi.signals.gather import Known, SignalTools, member_of
from omotenashi.signals.member import completed
from omotenashi.site import Site

logger = logging.getLogger("omotenashi.person")
_MOST_ERASED = 2000
"""Visitors whose erasure may wait for the store; beyond that a denial is only counted, and erases when it comes again."""
_ERASURE_TRIES = 300
"""Seconds for which an erasure is tried again while the store is busy."""
_LAST_MOMENT = 2.0
"""Seconds for what is still to be erased when the service ends."""


Unsettled: TypeAlias = Literal["", "erasure", "login"]
"""What is stored of the device is to be erased; or moved to the member who logged in."""


class Person(Struct, frozen=True):
    """The one who asks, as far as consent allows to know."""

    consent: frozenset[str] = frozenset()
    member: Member | None = None
    visitor_id: str | None = None
    """The id of the device's cookie; None without consent."""
    new: bool = False
    """The id was made for this request."""
    key: str | None = None
    """Of the profile: the member's, else the visitor's; None where nothing may be read or written."""
    profile: Profile | None = None
    """None where nothing is stored yet."""
    known: bool = False
    """The profile was read, so what is not in it did not happen."""
    kept: Kept | None = None
    """What the arrival cookie says of the visit."""
    robot: bool = False
    """Nothing is kept of one."""
    unsettled: Unsettled = ""
    """What has to be written before the request goes on."""


NOBODY = Person()
"""A guest who allows nothing."""
_GUEST = (None, None)
"""Neither a member nor the key of one."""


class Persons:
    """Finds out who is asking."""

    def __init__(self, store: Store, tools: SignalTools, secret: bytes, *, patience: float) -> None:
        """`secret` makes keys of members, and signs; `patience`: seconds to wait for the store before a decision."""
        self.store = store
        self.tools = tools
        self.secret = secret
        self._arrivals = ArrivalCookies(secret, tools.counts)
        self._patience = patience
        self._outage = Outage(store)
        self._erasing: dict[str, asyncio.Task[None]] = {}
        """What is being erased, by visitor id."""
        self.counters: Counter[str] = tools.counts

    async def identify(self, facts: RequestFacts, site: Site) -> Person:
        """Return the person of a request. A denial erases what is stored of the device; a login moves it to the member.

        Raises StoreUnavailable.
        """
        begun = time.monotonic()
        try:
            reader = self.store.reader or await self.fetched(facts, site)
        except StoreUnavailable as error:
            self.failed(error)
            raise
        person = self.seen(facts, site, reader)
        return await self.settled(person, facts, reader, begun) if person.unsettled else person

    async def fetched(self, facts: RequestFacts, site: Site) -> Reader:
        """Return what reads all that may be asked about the person of a request. Raises StoreUnavailable.

        A denial is not forgotten then: what cannot be read can be erased, as soon as the store answers.
        """
        keys, denies = [key for key in (self._named(facts, site)[1],) if key is not None], False
        if facts.visitor_id is not None:
            consent = consent_of(facts, site.facts)
            denies = consent.denies
            if keys or denies or PERSONALIZATION in consent.granted:
                keys.append(facts.visitor_id)
        try:
            return await self.store.fetch(keys, self._patience)
        except (TimeoutError, StoreUnavailable) as error:
            if denies and facts.visitor_id is not None and facts.counts and not is_bot(facts.user_agent):
                self._start_erasing(facts.visitor_id)
            if isinstance(error, TimeoutError):
                raise StoreTimeout("the store did not answer in time") from error
            raise

    def seen(self, facts: RequestFacts, site: Site, reader: Reader) -> Person:
        """Return the person of a request as far as that waits for nothing; one who is unsettled needs `settled`, too.

        Raises StoreUnavailable.
        """
        member, key = self._named(facts, site)
        record = None if key is None else reader.read_record(key)
        consent = consent_of(facts, site.facts, None if record is None else record.consent)
        granted = consent.granted
        if is_bot(facts.user_agent):
            return Person(granted, member, robot=True)
        if PERSONALIZATION not in granted:
            if consent.denies and _is_to_erase(facts, reader):
                return Person(granted, member, unsettled="erasure")
            return Person(granted, member) if granted or member else NOBODY
        if record is not None and member is not None:
            member = completed(member, record.attributes, site.facts)
        return self._with_cookie(self._remembered(facts, granted, member, key, reader), facts, site)

    async def settled(self, person: Person, facts: RequestFacts, reader: Reader, begun: float) -> Person:
        """Erase what is stored of the device, or move it to the member who logged in, and return the person.

        `begun`: when the request came, by the monotonic clock, in seconds. Raises StoreUnavailable.
        """
        if facts.visitor_id is None or person.unsettled == "":
            return person
        if person.unsettled == "erasure":
            erasing = self._start_erasing(facts.visitor_id)
            if erasing is not None:
                await asyncio.wait((erasing,), timeout=self._left(begun))
            return person
        return replace(person, profile=await self._moved(facts, facts.visitor_id, person.key or "", reader, begun))

    def _remembered(
        self,
        facts: RequestFacts,
        granted: frozenset[str],
        member: Member | None,
        member_key: str | None,
        reader: Reader,
    ) -> Person:
        """Return somebody who allows personalization, with what is remembered of them."""
        visitor_id, new = facts.visitor_id, False
        if visitor_id is None and facts.may_issue_id and facts.counts:
            visitor_id, new = secrets.token_urlsafe(16), True
        key = member_key or visitor_id
        if key is None:
            return Person(granted, member, visitor_id, new)
        if member_key is not None and facts.visitor_id is not None:
            person = Person(granted, member, visitor_id, new, key, known=True)
            return _logged_in(person, facts, facts.visitor_id, key, reader)
        profile = None if new and member_key is None else reader.read(key, int(facts.now))
        return Person(granted, member, visitor_id, new, key, profile, known=True)

    def _named(self, facts: RequestFacts, site: Site) -> tuple[Member | None, str | None]:
        says_who = facts.stated_member or facts.member_token or facts.cookies
        return self.member(facts, site) if says_who else _GUEST

    def member(self, facts: RequestFacts, site: Site) -> tuple[Member | None, str | None]:
        """Return who is logged in, and the key of what is stored of the member; None for a guest."""
        member = member_of(facts, site.facts, self.tools)
        return member, member_key(member.id, self.secret) if member is not None and member.id else None

    def unknown(self, facts: RequestFacts, site: Site) -> Person:
        """Return the person of a request for which the store does not answer: nothing is read, nothing is written."""
        member = member_of(facts, site.facts, self.tools)
        granted = consent_of(facts, site.facts).granted
        visitor_id = facts.visitor_id if PERSONALIZATION in granted else None
        person = Person(granted, member, visitor_id, robot=is_bot(facts.user_agent))
        return self._with_cookie(person, facts, site)

    def arrival_cookie(
        self, facts: RequestFacts, person: Person, arrival: Arrival, *, stored: bool, sensitive: bool
    ) -> str | None:
        """Return what becomes of the arrival cookie: a new text, empty text to take it away, None to leave it as it is.

        `stored`: the profile keeps the arrival, and the cookie need not. `sensitive`: the page is about such a topic.
        """
        allowed = PERSONALIZATION in person.consent
        if not facts.counts or (allowed and sensitive):
            return None
        if not allowed or stored or not arrival_cookie.is_worth_keeping(arrival):
            return "" if arrival_cookie.is_sent(facts.cookies) else None
        return self._renewed(facts, person, arrival) if _may_keep(person) else None

    def kept_in_cookie(self, facts: RequestFacts, site: Site) -> Kept | None:
        """Return what the arrival cookie of a browser says, whatever the visitor allows by now."""
        return self._kept(facts, site, self.member(facts, site)[1])

    def _with_cookie(self, person: Person, facts: RequestFacts, site: Site) -> Person:
        allowed = PERSONALIZATION in person.consent and arrival_cookie.is_sent(facts.cookies)
        if not allowed or not _may_keep(person):
            return person
        return replace(person, kept=self._kept(facts, site, person.key))

    def _kept(self, facts: RequestFacts, site: Site, key: str | None) -> Kept | None:
        owners = {owner: None for owner in (key, facts.visitor_id) if owner is not None}
        return self._arrivals.read(facts.cookies, tuple(owners), int(facts.now), site.facts.cookie_domain)

    def _renewed(self, facts: RequestFacts, person: Person, arrival: Arrival) -> str | None:
        """Return the text that keeps an arrival; None where the cookie that is there will do for a while."""
        kept, owner, now = person.kept, _owner(facts, person), int(facts.now)
        if kept is None or kept.arrival != arrival:
            return self._arrivals.written(arrival, owner, _began(person, arrival, now), now)
        if kept.owner == owner and now < kept.set_at + arrival_cookie.RENEWED_AFTER:
            return None
        return self._arrivals.written(arrival, owner, kept.began, now)

    def failed(self, error: Exception) -> None:
        """Count and, once for each outage, log that the store does not do what it should."""
        if isinstance(error, TimeoutError):
            self.counters["deadline"] += 1
            return
        self._outage.note(error)
        self.counters["store_unavailable"] += 1

    async def close(self) -> None:
        """Give erasures that wait for the store a last moment, and close it."""
        if self._erasing:
            _, left = await asyncio.wait(self._erasing.values(), timeout=_LAST_MOMENT)
            for task in left:
                task.cancel()
            if left:
                logger.error("%d erasures of visitors who said no are not done: the store did not answer", len(left))
        await self.store.close()

    def _left(self, begun: float) -> float:
        """Return for how many seconds a request may still wait for the store."""
        return max(self._patience - (time.monotonic() - begun), 0.001)

    def _start_erasing(self, visitor_id: str) -> asyncio.Task[None] | None:
        """Erase an anonymous profile, which may go on while the request does; None where too many wait for that."""
        if visitor_id in self._erasing:
            return self._erasing[visitor_id]
        if len(self._erasing) >= _MOST_ERASED:
            self.counters["erasure_refused"] += 1
            return None
        erasing = self._erasing[visitor_id] = watched(self._erase(visitor_id))
        erasing.add_done_callback(lambda _: self._erasing.pop(visitor_id))
        return erasing

    async def _erase(self, visitor_id: str) -> None:
        """Erase, again and again where the store is busy: the visitor may say no only once."""
        for number in range(_ERASURE_TRIES):
            try:
                self.counters["erased:denial"] += await self.store.erase(visitor_id)
            except StoreUnavailable as error:
                if number == 0:
                    self.failed(error)
            else:
                return
            await asyncio.sleep(random.uniform(0.5, 1.5))  # noqa: S311 so that not all come at once when it is back
        self.counters["erasure_given_up"] += 1
        logger.error("what was stored of a visitor who said no could not be erased: the store did not answer in time")

    async def _moved(
        self, facts: RequestFacts, visitor_id: str, key: str, reader: Reader, begun: float
    ) -> Profile | None:
        """Move to the member what was done on the device, mark the device as the member's, and return the profile."""
        now = int(facts.now)
        try:
            await self.store.move(visitor_id, key, now, self._left(begun))
            reader = await self.store.fetch((key,), self._left(begun))
        except TimeoutError as error:  # it is moved at a later request, if it was not after all
            self.failed(error)
            return _together(reader.read(key, now), reader.read(visitor_id, now), short_id(key))
        return reader.read(key, now)


def _is_to_erase(facts: RequestFacts, reader: Reader) -> bool:
    """Tell whether there is an anonymous profile of the device."""
    if facts.visitor_id is None or not facts.counts:
        return False
    try:
        return reader.read(facts.visitor_id, int(facts.now)) is not None
    except StoreUnavailable:  # what cannot be read can be erased
        return True


def _logged_in(person: Person, facts: RequestFacts, visitor_id: str, key: str, reader: Reader) -> Person:
    """Return the member with the profile; unsettled where the device is not yet marked as the member's."""
    now = int(facts.now)
    anonymous, owner = reader.read(visitor_id, now), short_id(key)
    if facts.counts and (anonymous is None or not is_emptied_for(anonymous, owner)):
        return replace(person, unsettled="login")
    return replace(person, profile=_together(reader.read(key, now), anonymous, owner))


def _together(member: Profile | None, anonymous: Profile | None, owner: bytes) -> Profile | None:
    """Return what will be the member's profile once the device's is moved to it."""
    if anonymous is None or not is_to_move(anonymous, owner):
        return member
    merged = Profile() if member is None else replace(member)
    merge_into(merged, anonymous)
    return merged


def visitor_of(
    facts: RequestFacts, person: Person, site: Site, tools: SignalTools, events: Sequence[Event] = ()
) -> Visitor:
    """Return all the facts for one request of a person. A place that is chosen in its `events` counts at once."""
    known = gather.NOTHING if person is NOBODY and not events else _known(facts, person, events)
    return gather.visitor(facts, site.facts, tools, known)


def _known(facts: RequestFacts, person: Person, events: Sequence[Event]) -> Known:
    chosen = fold.chosen_place(person.profile, events) if person.known or events else None
    split_by = _split_by(facts, person) if person.consent else None
    if not person.known and person.kept is None:
        return Known(person.member, person.consent, split_by, None, None, chosen)
    now = int(facts.now)
    path = page_path(facts.url) if facts.one_of_several and not facts.request_id else ""
    history = fold.history(person.profile, now, facts.request_id, path) if person.known else None
    kept = _going_on(person, now)
    return Known(person.member, person.consent, split_by, history, kept, chosen)


def _going_on(person: Person, now: int) -> Arrival | None:
    """Return how the visit that goes on began: what the profile says or the cookie, whichever was later."""
    stored, kept = fold.kept_arrival(person.profile, now), person.kept
    if kept is None:
        return stored
    newer = stored is None or person.profile is None or kept.began > person.profile.arrival_at
    return kept.arrival if newer else stored


def _began(person: Person, arrival: Arrival, now: int) -> int:
    """Return when the visitor arrived whose profile may keep that, though it cannot be written now."""
    stored = person.profile is not None and fold.kept_arrival(person.profile, now) == arrival
    return person.profile.arrival_at if stored and person.profile is not None else now


def _owner(facts: RequestFacts, person: Person) -> str:
    """Return whose the cookie is: nobody's where a CMS may not keep the id that was made for this request."""
    made_for_guest = person.new and person.key == person.visitor_id
    owner = None if made_for_guest and facts.authenticated else person.key or person.visitor_id
    return UNBOUND if owner is None else owner


def _may_keep(person: Person) -> bool:
    """Tell whether a cookie may say how the visit began: not for robots, nor where a member's no cannot be read."""
    is_member = person.member is not None and person.member.id != ""
    return (person.known or not is_member) and not person.robot


def _split_by(facts: RequestFacts, person: Person) -> str | None:
    """Return what experiments split by: the id of the device, which a login does not change; None without consent.

    So a member may get another variant on a second device. Where the CMS names the member alone, and so an id that was
    made for this request may never come back, or where no id can be made, it is the member's key.
    """
    if PERSONALIZATION not in person.consent:
        return None
    lasts = person.visitor_id is not None and not (person.new and facts.authenticated)
    return person.visitor_id if lasts else person.key
