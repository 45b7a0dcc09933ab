"""The editors' tests, run on the engine and the signals that serve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from operator import attrgetter
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from omotenashi.engine.account import Account
from omotenashi.engine.choose import Choice
from omotenashi.engine.occasion import Occasion, months_before
from omotenashi.language.condition import Span
from omotenashi.language.rule_names import RuleNames, is_called
from omotenashi.language.syntax import CaseSpec, Expectation, StatedHistory, StatedShowing, StatedVisitor
from omotenashi.language.vocabulary import FIELDS
from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.text import fold
from omotenashi.model.views import Views
from omotenashi.model.visitor import UNKNOWN_PLACE, Arrival, Cart, History, Member, Place, Showing, Visitor
from omotenashi.signals import gather, origins
from omotenashi.signals.consent_forms import PERSONALIZATION
from omotenashi.signals.gather import SignalTools
from omotenashi.signals.origins import Origin, Origins
from omotenashi.signals.region import stated_place
from omotenashi.site import Site, shown

_HISTORY_FIELDS = frozenset(field.name for field in FIELDS if field.stored)
TEST_VISITOR = "a-visitor-of-a-test"


class Failure(Struct, frozen=True):
    """An expectation that was not met."""

    expected: Expectation
    choice: Choice
    html: str | None
    accounts: tuple[Account, ...]
    """Of all rules of the block, from top to bottom."""


class Result(Struct, frozen=True):
    """What came of one test."""

    test: CaseSpec
    occasion: Occasion
    blocks: tuple[str, ...]
    """Those for which the test expects something."""
    failures: tuple[Failure, ...]


def run_tests(site: Site, tools: SignalTools, now: float, select: str = "") -> Iterator[Result]:
    """Run the tests whose name holds `select`; those that name no time run at `now` (epoch seconds)."""
    for test in site.tests:
        if fold(select) in fold(test.name):
            yield _run(test, site, tools, now)


def occasion_for(
    stated: StatedVisitor, site: Site, tools: SignalTools, now: float, visitor_id: str = TEST_VISITOR
) -> Occasion:
    """Return what a decision for a stated visitor is made on; history has whole seconds, and so has the moment.

    Where no variant is stated, experiments go by `visitor_id`.
    """
    now = int(now)
    zone = ZoneInfo(site.facts.timezone)
    consent = site.facts.consent.default if stated.consent is None else stated.consent
    history = _history(stated.history, now, zone, site.engine.program.names) if PERSONALIZATION in consent else None
    known = gather.Known(
        consent=consent, history=history, visitor_id=visitor_id if PERSONALIZATION in consent else None
    )
    return site.engine.occasion(visitor_of(stated, site.facts, tools, known, now), now)


def visitor_of(stated: StatedVisitor, site: SiteFacts, tools: SignalTools, known: gather.Known, now: float) -> Visitor:
    """Return the visitor that a test states: raw facts through the real signals, then what is stated outright."""
    visitor = gather.visitor(_raw(stated, now), site, tools, known)
    visitor = msgspec.structs.replace(
        visitor,
        arrival=_arrival(stated, site, now),
        page=visitor.page if stated.page is None else stated.page,
        page_tags=frozenset(stated.page_tags),
        site_search=visitor.site_search if stated.site_search is None else stated.site_search,
        query={**visitor.query, **{name: fold(text) for name, text in stated.query.items()}},
        place=_place(stated, visitor.place),
        device=stated.device or visitor.device,
        languages=(stated.language,) if stated.language else visitor.languages,
        member=_member(stated),
        buckets={fold(one.experiment): one.variant for one in stated.buckets or ()},
    )
    return _without_unknown(visitor, stated.unknown, stated.area) if stated.unknown else visitor


def origins_of(stated: StatedVisitor, visitor: Visitor, now: float) -> Origins:
    """Return where the signals of a stated visitor come from: what is stated outright, else what was read of it."""
    found = origins.origins(_raw(stated, now), visitor)
    place = stated.place
    named = {
        "medium": stated.arrival.get("source"),
        **stated.arrival,
        "page": stated.page,
        "page_tag": stated.page_tags,
        "site_search": stated.site_search,
        "query": stated.query,
        "country": (place and (place.country or place.prefecture)) or stated.area,
        "prefecture": place and place.prefecture,
        "area": stated.area or (place and place.prefecture),
        "city": place and place.city,
        "near": place and place.location,
        "device": stated.device,
        "language": stated.language,
        "logged_in": stated.logged_in,
        "member": stated.member,
    }
    return found | {field: Origin(origins.STATED) for field, value in named.items() if value not in _NOT_STATED}


_AT = attrgetter("at")
_NOT_STATED: tuple[object, ...] = (None, "", (), {})


def _raw(stated: StatedVisitor, now: float) -> RequestFacts:
    return RequestFacts(
        now=now,
        authenticated=True,
        url=stated.url or "/",
        referrer=stated.raw_referrer or _as_url(stated.arrival.get("referrer", "")),
        client_ip=stated.ip or None,
        user_agent=stated.user_agent,
        accept_language=stated.accept_language,
    )


def _as_url(referrer: str) -> str:
    return f"https://{referrer}" if referrer else ""


def _run(test: CaseSpec, site: Site, tools: SignalTools, now: float) -> Result:
    occasion = occasion_for(test.visitor, site, tools, now if test.at is None else test.at)
    blocks = {fold(name): name for name in site.engine.program.blocks}
    expected = [(one, blocks[fold(one.block)]) for one in test.expectations]
    choices = site.engine.decide(occasion, [block for _, block in expected])
    failures = []
    for one, block in expected:
        choice = choices[block]
        html = shown(choice, site, occasion).html
        if not _met(one, choice, html):
            failures.append(Failure(one, choice, html, tuple(site.engine.explain(occasion, block))))
    return Result(test, occasion, tuple(block for _, block in expected), tuple(failures))


def _met(expected: Expectation, choice: Choice, html: str | None) -> bool:
    if expected.variant and fold(expected.variant) != fold(choice.variant or ""):
        return False
    if expected.contains and expected.contains not in (html or ""):
        return False
    if expected.won in ("original", "nothing"):
        return choice.show.kind == expected.won
    if expected.won == "otherwise":
        return choice.rule is None
    if not expected.won:
        return True
    rule = choice.rule
    return rule is not None and is_called(expected.won, rule.block, rule.name, rule.id)


def _arrival(stated: StatedVisitor, site: SiteFacts, now: float) -> Arrival:
    """What is stated of a campaign is read as the tags of a URL are, and so tells medium and source where they lack.

    A source that is stated tells the medium as the same word in utm_source does.
    """
    facts, tags = _raw(stated, now), stated.arrival
    arrival = gather.arrival(_tagged(facts, site, tags), site)
    if tags.get("source"):
        by_source = gather.arrival(_tagged(facts, site, {"campaign_source": tags["source"], **tags}), site)
        arrival = msgspec.structs.replace(arrival, medium=by_source.medium)
    folded = {name: fold(text) if name.startswith("campaign") else text for name, text in tags.items()}
    arrival = msgspec.structs.replace(arrival, **folded)
    return msgspec.structs.replace(arrival, keyword_origin=origins.STATED) if "keyword" in folded else arrival


def _tagged(facts: RequestFacts, site: SiteFacts, tags: Mapping[str, str]) -> RequestFacts:
    """Return the facts with what is stated of a campaign in the URL, before what stands there."""
    own = site.campaign_parameters
    names = {
        "campaign": (*own.campaign, "utm_campaign")[0],
        "campaign_source": (*own.source, "utm_source")[0],
        "campaign_medium": (*own.medium, "utm_medium")[0],
        "campaign_content": (*own.content, "utm_content")[0],
    }
    added = urlencode({parameter: tags[name] for name, parameter in names.items() if tags.get(name)})
    if not added:
        return facts
    path, _, query = facts.url.partition("#")[0].partition("?")
    return msgspec.structs.replace(facts, url=f"{path}?{added}&{query}")


def _place(stated: StatedVisitor, raw: Place) -> Place:
    """Country, prefecture and area follow one from the other; a location alone implies nothing."""
    own = stated_place(stated.place) if stated.place else UNKNOWN_PLACE
    if own.country not in (None, raw.country):
        raw = msgspec.structs.replace(raw, prefecture=None, area=None)
    area = own.area or stated.area or raw.area
    return Place(
        country=own.country or raw.country or ("JP" if area else None),
        prefecture=own.prefecture or (None if stated.area else raw.prefecture),
        area=area,
        city=own.city or raw.city,
        location=own.location or raw.location,
        origin=own.origin if own != UNKNOWN_PLACE else raw.origin,
        confidence=own.confidence if own != UNKNOWN_PLACE else raw.confidence,
    )


def _without_unknown(visitor: Visitor, unknown: frozenset[str], area: frozenset[str] | None) -> Visitor:
    """What is stated to be unknown is unknown, whatever raw facts say; `area` is what is stated of it."""
    place, past = visitor.place, visitor.history
    if unknown & {"prefecture", "area"}:
        place = msgspec.structs.replace(place, prefecture=None, area=None if "area" in unknown else area)
    for field in unknown & {"country", "city"}:
        place = msgspec.structs.replace(place, **{field: None})
    arrival = visitor.arrival
    if "keyword" in unknown:
        arrival = msgspec.structs.replace(arrival, keyword=None, keyword_origin="none")
    return msgspec.structs.replace(
        visitor,
        place=place,
        arrival=arrival,
        device=None if "device" in unknown else visitor.device,
        languages=None if "language" in unknown else visitor.languages,
        history=past and msgspec.structs.replace(past, unknown=unknown & _HISTORY_FIELDS),
    )


def _member(stated: StatedVisitor) -> Member | None:
    if not stated.logged_in:
        return None
    return Member("a-member-of-a-test", stated.member)


def _history(past: StatedHistory, now: float, zone: tzinfo, names: RuleNames) -> History:
    """Nothing is derived between kinds; what is not stated did not happen, and this is the first visit."""
    local = datetime.fromtimestamp(now, zone)

    def before(ago: Span) -> int:
        return int(months_before(local, ago.months).timestamp()) - ago.seconds

    showings = [Showing(before(ago), one) for ago, showing in past.showings for one in shown_id(showing, names)]
    return History(
        views=Views(msgspec.structs.replace(view, at=before(ago)) for ago, view in past.views),
        orders=sorted((msgspec.structs.replace(order, at=before(ago)) for ago, order in past.orders), key=_AT),
        deeds=sorted((msgspec.structs.replace(deed, at=before(ago)) for ago, deed in past.deeds), key=_AT),
        showings=sorted(showings, key=_AT),
        visits=[int(now)] * (1 if past.visits is None else past.visits),
        last_visit=before(past.last_visit) if past.last_visit else None,
        cart=Cart(before(past.cart.ago), past.cart.amount) if past.cart else None,
        stage=past.stage,
    )


def shown_id(showing: StatedShowing, names: RuleNames) -> tuple[str, ...]:
    """Return the id of a rule; of a block its mark, which counts for the block and for none of its rules.

    Nothing for a name that these rules do not have; an id is an id whether or not they have it.
    """
    return (showing.name,) if showing.kind == "id" else names.ids(showing.kind, showing.name)[-1:]
