"""One request from start to end, without HTTP: the one place that joins signals, profiles, engine and content."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from omotenashi.engine.choose import Choice
from omotenashi.engine.occasion import Occasion
from omotenashi.meeting import Meeting
from omotenashi.model.errors import RefusedRequest, StoreUnavailable
from omotenashi.model.event import Basis, Event
from omotenashi.model.paths import page_path
from omotenashi.model.request import RequestFacts
from omotenashi.model.text import fold as folded
from omotenashi.model.visitor import Visitor
from omotenashi.person import Person, Persons, visitor_of
from omotenashi.profiles import fold, ingest
from omotenashi.profiles.store import Change, Claim, Store
from omotenashi.reload import Holder, Watcher
from omotenashi.settings import Settings
from omotenashi.signals import gather
from omotenashi.signals.gather import SignalTools
from omotenashi.site import Shown, Site, all_shown

if TYPE_CHECKING:
    from pathlib import Path

    from omotenashi.content.fragments import Fragments
    from omotenashi.signals.member_keys import MemberKeys
    from omotenashi.signals.place_reader import PlaceReader

logger = logging.getLogger("omotenashi.service")
_COLLECTED_AFTER = (20_000, 20, 20)
"""Objects until the collector looks; with the usual 700, requests with a profile cost 5 to 13 % more CPU."""


class Outcome(Struct, frozen=True):
    """The answer to one request."""

    blocks: dict[str, Shown]
    visitor_id: str | None = None
    new: bool = False
    """The id was made for this request."""
    segments: tuple[str, ...] = ()
    arrival: str | None = None
    """What becomes of the browser's arrival cookie: a new text, empty text to take it away, None to leave it."""
    rules: str = ""
    """The version of the rules that decided: a digest of their files, the same on every node that has them."""


class _Asked(Struct, frozen=True):
    """A request that is to be recorded."""

    facts: RequestFacts
    events: tuple[Event, ...]
    person: Person
    site: Site
    occasion: Occasion
    begun: float
    """By the monotonic clock, in seconds."""


class Service:
    """Answers requests from the current site. One for each process.

    `counters` says by name what was refused, dropped or went wrong since the start; metrics will export it.
    """

    def __init__(
        self,
        holder: Holder,
        store: Store,
        tools: SignalTools,
        secret: bytes,
        *,
        deadline: float = 0.05,
        fragments: Fragments | None = None,
    ) -> None:
        """`secret` makes members' keys, and signs; `deadline`: seconds to wait for the store and for `fragments`.

        Without `fragments`, blocks keep their originals where a content would be fetched.
        """
        self.holder = holder
        self.counters: Counter[str] = tools.counts
        self.persons = Persons(store, tools, secret, patience=deadline)
        self._tools = tools
        self._watcher: Watcher | None = None
        self._meeting = Meeting(store, secret, self.persons.failed)
        self._deadline = deadline
        self._fragments = fragments
        self.places_problem = tools.places.problem if tools.places else None

    def start(self) -> None:
        """Open the store, fetch contents ahead and watch the rules; called within the event loop.

        Raises SettingsError where the store must not be touched.
        """
        if self.places_problem:
            logger.error("places: %s", self.places_problem)
        gather.warm()
        gc.freeze()  # what was loaded stays: the collector need not look at it again and again
        gc.set_threshold(*_COLLECTED_AFTER)
        self.persons.store.start()
        if self._fragments and self.holder.current:
            self._fragments.want(self.holder.current.links)
        self._watcher = Watcher(self.look_around)
        self._watcher.start()

    async def meet_store(self) -> None:
        """Find the servers of the store before the first request asks for them, and look again now and then.

        Raises SettingsError where other nodes use another key of member ids.
        """
        await self._meeting.begin()

    async def close(self) -> None:
        """Finish what was accepted."""
        if self._watcher:
            self._watcher.stop()
        if self._fragments:
            await self._fragments.close()
        self._meeting.end()
        await self.persons.close()

    def load_rules(self) -> None:
        """Load the rules for the first time; whatever is wrong with them, the service starts."""
        try:
            self.holder.load_first()
        except Exception as error:  # the fault boundary of the start: what was good last serves
            self.counters["fault:load"] += 1
            logger.exception("the rules could not be loaded")
            self.holder.fault(error)
            self.holder.load_last_good()

    def look_around(self) -> None:
        """Take up changed rules and a changed database of places; what is broken leaves the old ones at work."""
        try:
            self.holder.reload_if_changed()
            problem = self._tools.places.refresh() if self._tools.places else None
        except Exception as error:  # the fault boundary of the watch: it goes on, the fault is counted and logged
            self.counters["fault:reload"] += 1
            self.holder.fault(error)
            logger.exception("a reload failed; what was loaded before goes on")
            return
        if problem != self.places_problem:
            self.places_problem = problem
            logger.log(logging.ERROR if problem else logging.INFO, "places: %s", problem or "read again")

    def store_problem(self) -> str | None:
        """Return what is wrong with the store, in one line."""
        return self.persons.store.check()

    async def decide(self, facts: RequestFacts) -> Outcome:
        """Decide the blocks of a page, and record the view. Never fails; raises RefusedRequest for malformed events."""
        site = self.holder.current
        if site is None:
            self.counters["no_site"] += 1
            return Outcome({})
        begun = time.monotonic()
        try:  # in one coroutine, as most requests wait for nothing
            events = _stated_events(facts, site) if facts.events else ()
            try:
                reader = self.persons.store.reader or await self.persons.fetched(facts, site)
                person = self.persons.seen(facts, site, reader)
                if person.unsettled:
                    person = await self.persons.settled(person, facts, reader, begun)
            except StoreUnavailable as error:  # the history is unknown
                self.persons.failed(error)
                person = self.persons.unknown(facts, site)
            visitor = visitor_of(facts, person, site, self._tools, events)
            occasion = site.engine.occasion(visitor, facts.now)
            if person.known and facts.counts:
                choices, stored = await self._recorded(_Asked(facts, events, person, site, occasion, begun))
            else:
                choices, stored = _unlimited(site.engine.decide(occasion, facts.blocks), site, occasion), False
            blocks = all_shown(choices, site, occasion)
            if site.links and self._fragments:
                await self._put_fetched(blocks, site, self._fragments, begun)
            told = facts.authenticated and site.engine.program.segments
            segments = tuple(site.engine.segments(occasion)) if told else ()
            may_change = person.consent or facts.cookies
            arrival = self._arrival_cookie(facts, person, visitor, site, stored=stored) if may_change else None
            return Outcome(blocks, person.visitor_id, person.new, segments, arrival, site.digest)
        except RefusedRequest:
            raise
        except Exception:  # the fault boundary: the page keeps its originals, the fault is counted and logged
            self.counters["fault:decide"] += 1
            logger.exception("a decision failed; the page keeps its originals")
            return Outcome({})

    async def record(self, facts: RequestFacts) -> frozenset[str]:
        """Record stated events; durable when it returns. Without consent or id nothing is kept.

        Return the categories that the visitor allows.

        Raises RefusedRequest for malformed events, StoreUnavailable when they could not be written.
        """
        site = self.holder.current
        if site is None:
            raise StoreUnavailable("no rules are loaded, so consent cannot be read")
        events = _stated_events(facts, site)
        person = await self.persons.identify(facts, site)
        if person.key is None or not facts.counts:
            self.counters["event_not_kept"] += 1
        else:
            try:
                await self.persons.store.write(Change(person.key, int(facts.now), events, request_id=facts.request_id))
            except StoreUnavailable as error:
                self.persons.failed(error)
                raise
        return person.consent

    async def _put_fetched(self, blocks: Mapping[str, Shown], site: Site, fragments: Fragments, begun: float) -> None:
        """Put contents that are fetched in their places; what is not there in time leaves the original."""
        fragments.want(site.links)

        async def put(one: Shown) -> None:
            show, deadline = one.choice.show, site.engine.program.blocks[one.choice.block].deadline
            waits = (wait / 1000 for wait in (show.timeout, deadline) if wait is not None)
            left = self._deadline - (time.monotonic() - begun)
            html = await fragments.get(show.url, min(left, *waits))
            one.parts = None if html is None else (html,)

        await asyncio.gather(*(put(one) for one in blocks.values() if one.choice.show.kind == "url"))

    def _arrival_cookie(
        self, facts: RequestFacts, person: Person, visitor: Visitor, site: Site, *, stored: bool
    ) -> str | None:
        sensitive = _is_sensitive(facts, site)
        return self.persons.arrival_cookie(facts, person, visitor.arrival, stored=stored, sensitive=sensitive)

    async def _recorded(self, asked: _Asked) -> tuple[dict[str, Choice], bool]:
        """Decide; commit the view and claim the limits before the answer. A lost claim tries the next rule.

        Return, with the choices, whether the profile keeps how the visit began.
        """
        site, occasion, blocks = asked.site, asked.occasion, asked.facts.blocks
        choices = site.engine.decide(occasion, blocks)
        (claims, showings), stored = _shown_now(choices, site, occasion), False
        change = _change(asked, claims, showings)
        held: set[str] = set()  # not set[str](), which costs several times as much
        lost: set[str] = set()
        told: set[str] = set()
        while change.events or claims or showings:
            granted = await self._write(change, asked.begun)
            if granted is None:
                return _unlimited(choices, site, occasion), stored
            stored = True
            if len(granted) == len(claims):
                break
            held |= granted
            lost.update(claim.rule for claim in claims if claim.rule not in granted)
            told.update(showings)
            choices = site.engine.decide(occasion, blocks, lost)
            claims, showings = _shown_now(choices, site, occasion)
            claims = tuple(claim for claim in claims if claim.rule not in held)
            showings = tuple(rule for rule in showings if rule not in told)
            change = Change(change.key, change.now, (), claims, None, showings)
        return choices, stored

    async def _write(self, change: Change, begun: float) -> frozenset[str] | None:
        """Write within the time that is left; return the granted claims, or None where nothing was confirmed."""
        left = self._deadline - (time.monotonic() - begun)
        try:
            return await self.persons.store.write(change, max(left, 0.001))
        except (TimeoutError, StoreUnavailable) as error:
            self.persons.failed(error)
            return None


def _stated_events(facts: RequestFacts, site: Site) -> tuple[Event, ...]:
    if not facts.events:
        return ()
    settled = (
        ingest.settle(
            event,
            facts.now,
            facts.url,
            facts.tags,
            from_browser=not facts.authenticated,
            allowed=site.facts.browser_events,
            places=site.facts.places,
        )
        for event in facts.events
    )
    return tuple(ingest.without_sensitive(event, site.facts.sensitive_topics) for event in settled)


def _change(asked: _Asked, claims: tuple[Claim, ...], showings: tuple[str, ...]) -> Change:
    """Return what a decision adds to the profile."""
    facts, person, now = asked.facts, asked.person, int(asked.facts.now)
    arrival = asked.occasion.visitor.arrival
    known = arrival == fold.kept_arrival(person.profile, now)
    begun = None if known or _is_sensitive(facts, asked.site) else arrival
    events = _with_page_view(asked.events, facts, asked.site)
    return Change(person.key or "", now, events, claims, begun, showings, facts.request_id)


def _with_page_view(events: tuple[Event, ...], facts: RequestFacts, site: Site) -> tuple[Event, ...]:
    """Add the page view that every decision implies, unless one is stated."""
    if events and any(event.name == "page_view" for event in events):
        return events
    tags = tuple(map(folded, facts.tags))
    path = page_path(facts.url) if facts.url else ""  # where the page is not named, the visit counts, but no page
    view = Event("page_view", int(facts.now), path=path, tags=tags, basis=_basis(facts))
    topics = site.facts.sensitive_topics
    return (ingest.without_sensitive(view, topics) if topics else view, *events)


def _is_sensitive(facts: RequestFacts, site: Site) -> bool:
    """What brought somebody to a page on a sensitive topic is not remembered either."""
    topics = site.facts.sensitive_topics
    if not topics:
        return False
    tags = [*facts.tags, *(tag for event in facts.events for tag in event.tags or ())]
    categories = (item.item_category or "" for event in facts.events for item in event.items or ())
    return not topics.isdisjoint(map(folded, (*tags, *categories)))


def _basis(facts: RequestFacts) -> Basis:
    """A call for all blocks is a view of its own; includes of one page are one view together."""
    if not facts.one_of_several:
        return Basis.STATED
    return Basis.REQUESTED if facts.request_id else Basis.IMPLIED


def _shown_now(choices: dict[str, Choice], site: Site, occasion: Occasion) -> tuple[tuple[Claim, ...], tuple[str, ...]]:
    """Return what winning rules with a limit have to claim, and the ids of those without that some condition asks for."""
    limited, remembered = site.limited, site.engine.program.remembered
    if not limited and not remembered:
        return (), ()
    claims, showings = [], []
    for choice in choices.values():
        rule = choice.rule
        if rule is None:
            continue
        if rule.limit is not None:
            per = int(occasion.now - occasion.since(rule.limit.per))
            claims.append(Claim(rule.id, rule.limit.times, per))
        elif rule.id in remembered:
            showings.append(rule.id)
    return tuple(claims), tuple(showings)


def _unlimited(choices: dict[str, Choice], site: Site, occasion: Occasion) -> dict[str, Choice]:
    """Decide blocks again whose rule has a limit: for HEAD, prefetch, and where nothing can be recorded."""
    passed: set[str] = set()
    while not site.limited.isdisjoint(choices.values()):
        limited = {name: choice.rule.id for name, choice in choices.items() if choice in site.limited and choice.rule}
        passed.update(limited.values())
        choices = choices | site.engine.decide(occasion, limited.keys(), passed)
    return choices


def signal_tools(settings: Settings) -> SignalTools:
    """Return what signals are read with: the database of places, the keys of members; raises SettingsError."""
    return _tools(settings, _place_reader().checked(settings.mmdb) if settings.mmdb else None)


def serving_tools(settings: Settings, kept: Path | None) -> SignalTools:
    """Return them with whatever database there is: `PlaceReader.problem` says what is wrong, `kept` is the last good."""
    return _tools(settings, _place_reader()(settings.mmdb, kept) if settings.mmdb else None)


def _tools(settings: Settings, places: PlaceReader | None) -> SignalTools:
    keys = _member_keys().parse(settings.member_key) if settings.member_key else None
    return SignalTools(places, keys, Counter())


# What these need takes 1 MB and 10, and most sites have neither.
def _place_reader() -> type[PlaceReader]:
    from omotenashi.signals.place_reader import PlaceReader  # noqa: PLC0415

    return PlaceReader


def _member_keys() -> type[MemberKeys]:
    from omotenashi.signals.member_keys import MemberKeys  # noqa: PLC0415

    return MemberKeys
