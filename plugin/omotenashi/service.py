"""One request from start to end, without HTTP: the one place that joins signals, profiles, engine and content."""

from __future__ import annotations

import asyncio
import gc
import logging
import secrets
import time
from collections import Counter

from msgspec import Struct

from omotenashi.engine.choose import Choice
from omotenashi.engine.occasion import Occasion
from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.model.paths import page_path
from omotenashi.model.request import RequestFacts
from omotenashi.model.text import fold as folded
from omotenashi.model.visitor import Arrival, History
from omotenashi.profiles import fold, ingest
from omotenashi.profiles.store import Change, Claim, Store
from omotenashi.reload import Holder, Watcher
from omotenashi.settings import Settings
from omotenashi.signals import gather
from omotenashi.signals.consent import consent_of
from omotenashi.signals.device import is_bot
from omotenashi.signals.gather import SignalTools
from omotenashi.signals.member import MemberKeys
from omotenashi.signals.place_reader import PlaceReader
from omotenashi.site import Shown, Site, shown

logger = logging.getLogger("omotenashi.service")
_STORING = "personalization"


class Outcome(Struct, frozen=True):
    """The answer to one request."""

    blocks: dict[str, Shown]
    visitor_id: str | None = None
    new: bool = False
    """The id was made for this request."""
    segments: tuple[str, ...] = ()


class _Person(Struct, frozen=True):
    """The visitor of a request, as far as the profile is concerned."""

    consent: frozenset[str] = frozenset()
    id: str | None = None
    new: bool = False
    history: History | None = None
    kept: Arrival | None = None
    recorded: bool = False
    """What happens now goes into the profile."""


class Service:
    """Answers requests from the current site. One for each process.

    `counters` says by name what was refused, dropped or went wrong since the start; metrics will export it.
    """

    def __init__(self, holder: Holder, store: Store, tools: SignalTools, *, deadline: float = 0.05) -> None:
        self.holder = holder
        self.counters: Counter[str] = tools.counts
        self._store = store
        self._tools = tools
        self._watcher: Watcher | None = None
        self._deadline = deadline
        self._store_answers = True
        self.places_problem: str | None = None

    def start(self) -> None:
        """Open the store and watch the rules; raises SettingsError where the store must not be touched."""
        gather.warm()
        gc.freeze()  # what was loaded stays: the collector need not look at it again and again
        self._store.start()
        self._watcher = Watcher(self.look_around)
        self._watcher.start()

    async def close(self) -> None:
        """Finish what was accepted."""
        if self._watcher:
            self._watcher.stop()
        await self._store.close()

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
        return self._store.check()

    async def decide(self, facts: RequestFacts) -> Outcome:
        """Decide the blocks of a page, and record the view. Never fails; raises RefusedRequest for malformed events."""
        events = _stated_events(facts)
        site = self.holder.current
        if site is None:
            self.counters["no_site"] += 1
            return Outcome({})
        try:
            return await self._decide(facts, events, site)
        except Exception:  # the fault boundary: the page keeps its originals, the fault is counted and logged
            self.counters["fault:decide"] += 1
            logger.exception("a decision failed; the page keeps its originals")
            return Outcome({})

    async def record(self, facts: RequestFacts) -> None:
        """Record stated events; durable when it returns. Without consent or id nothing is kept.

        Raises RefusedRequest for malformed events, StoreUnavailable when they could not be written.
        """
        events = _stated_events(facts)
        site = self.holder.current
        if site is None:
            raise StoreUnavailable("no rules are loaded, so consent cannot be read")
        allowed = _STORING in consent_of(facts, site.facts)
        if not (allowed and facts.visitor_id and facts.counts) or self._is_bot(facts):
            self.counters["event_not_kept"] += 1
            return
        await self._store.write(Change(facts.visitor_id, int(facts.now), events, request_id=facts.request_id))

    async def _decide(self, facts: RequestFacts, events: tuple[Event, ...], site: Site) -> Outcome:
        begun = time.monotonic()
        person = self._person(facts, site)
        visitor = gather.visitor(
            facts,
            site.facts,
            self._tools,
            consent=person.consent,
            history=person.history,
            kept=person.kept,
            visitor_id=person.id,
        )
        occasion = site.engine.occasion(visitor, facts.now)
        choices = site.engine.decide(occasion, facts.blocks)
        if person.recorded:
            events = _with_page_view(events, facts)
            choices = await self._recorded(facts, events, person, site, occasion, choices, begun)
        else:
            choices = _unlimited(choices, site, occasion)
        segments = tuple(site.engine.segments(occasion)) if facts.authenticated else ()
        blocks = {name: shown(choice, site, occasion) for name, choice in choices.items()}
        return Outcome(blocks, person.id, person.new, segments)

    def _person(self, facts: RequestFacts, site: Site) -> _Person:
        """Read the profile, if consent allows and the visitor has an id; a store that is down makes history unknown."""
        consent = consent_of(facts, site.facts)
        if _STORING not in consent or self._is_bot(facts):
            return _Person(consent)
        new = facts.visitor_id is None
        if new and not (facts.may_issue_id and facts.counts):
            return _Person(consent)
        identifier = facts.visitor_id or secrets.token_urlsafe(16)
        now = int(facts.now)
        try:
            profile = None if new else self._store.read(identifier)
        except StoreUnavailable as error:
            self._store_failed(error)
            return _Person(consent, identifier, new)
        path = page_path(facts.url) if facts.one_of_several and not facts.request_id else ""
        history = fold.history(profile, now, facts.request_id, path)
        return _Person(consent, identifier, new, history, fold.kept_arrival(profile, now), facts.counts)

    async def _recorded(
        self,
        facts: RequestFacts,
        events: tuple[Event, ...],
        person: _Person,
        site: Site,
        occasion: Occasion,
        choices: dict[str, Choice],
        begun: float,
    ) -> dict[str, Choice]:
        """Commit the view and claim the limits before the answer; a lost claim tries the next rule."""
        arrival = None if occasion.visitor.arrival == person.kept else occasion.visitor.arrival
        claims = _claims(choices, occasion)
        lost: set[str] = set()
        while claims or events:
            change = Change(person.id or "", int(facts.now), events, claims, arrival, facts.request_id)
            granted = await self._write(change, begun)
            if granted is None:
                return _unlimited(choices, site, occasion)
            refused = {claim.rule for claim in claims} - granted
            if not refused:
                break
            lost |= refused
            held = set(_limited(choices)) - lost
            choices = site.engine.decide(occasion, facts.blocks, without=lost)
            events, arrival = (), None
            claims = tuple(claim for claim in _claims(choices, occasion) if claim.rule not in held)
        return choices

    async def _write(self, change: Change, begun: float) -> frozenset[str] | None:
        """Write within the time that is left; return the granted claims, or None where nothing was confirmed."""
        left = self._deadline - (time.monotonic() - begun)
        try:
            granted = await asyncio.wait_for(self._store.write(change), max(left, 0.001))
        except TimeoutError:
            self.counters["deadline"] += 1
            return None
        except StoreUnavailable as error:
            self._store_failed(error)
            return None
        self._store_answers = True
        return granted

    def _store_failed(self, error: StoreUnavailable) -> None:
        if self._store_answers:
            logger.error("the store does not answer, history is unknown: %s", error)
        self._store_answers = False
        self.counters["store_unavailable"] += 1

    def _is_bot(self, facts: RequestFacts) -> bool:
        return bool(facts.user_agent) and is_bot(facts.user_agent)


def _stated_events(facts: RequestFacts) -> tuple[Event, ...]:
    if not facts.events:
        return ()
    return tuple(
        ingest.settle(event, facts.now, facts.url, facts.tags, from_browser=not facts.authenticated)
        for event in facts.events
    )


def _with_page_view(events: tuple[Event, ...], facts: RequestFacts) -> tuple[Event, ...]:
    """Add the page view that every decision implies, unless one is stated."""
    if any(event.name == "page_view" for event in events):
        return events
    tags = tuple(map(folded, facts.tags))
    path = page_path(facts.url) if facts.url else ""  # where the page is not named, the visit counts, but no page
    view = Event("page_view", int(facts.now), path=path, tags=tags, implied=facts.one_of_several)
    return (view, *events)


def _limited(choices: dict[str, Choice]) -> list[str]:
    return [choice.rule.id for choice in choices.values() if choice.rule is not None and choice.rule.limit is not None]


def _claims(choices: dict[str, Choice], occasion: Occasion) -> tuple[Claim, ...]:
    """What winning rules with a limit have to claim."""
    found = []
    for choice in choices.values():
        if choice.rule is not None and choice.rule.limit is not None:
            limit = choice.rule.limit
            per = int(occasion.now - occasion.since(limit.per))
            found.append(Claim(choice.rule.id, limit.times, per))
    return tuple(found)


def _unlimited(choices: dict[str, Choice], site: Site, occasion: Occasion) -> dict[str, Choice]:
    """Decide again without the rules that have a limit: for HEAD, prefetch and a store that does not confirm."""
    passed: set[str] = set()
    while limited := _limited(choices):
        passed.update(limited)
        choices = site.engine.decide(occasion, choices.keys(), without=passed)
    return choices


def signal_tools(settings: Settings) -> SignalTools:
    """Return what signals are read with: the database of places, the keys of members."""
    return SignalTools(
        places=PlaceReader(settings.mmdb) if settings.mmdb else None,
        member_keys=MemberKeys.parse(settings.member_key) if settings.member_key else None,
        counts=Counter(),
    )
