"""`visitor/export`, `visitor/erase`, `visitor/explain`: what visitors may ask about themselves, and CMSs for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from omotenashi import rights
from omotenashi.engine.occasion import Occasion
from omotenashi.model.errors import RefusedRequest
from omotenashi.model.request import RequestFacts
from omotenashi.model.visitor_id import is_visitor_id
from omotenashi.person import visitor_of
from omotenashi.profiles.privacy import arrival_data
from omotenashi.rights import Whom
from omotenashi.service import Service
from omotenashi.signals import device, origins, visitor_id
from omotenashi.signals.arrival_cookie import ARRIVAL_COOKIE, Kept
from omotenashi.signals.origins import Origins
from omotenashi.signals.visitor_id import VISITOR_COOKIE
from omotenashi.site import Site
from omotenashi.web.answers import JSON_LINES, expired, or_refused
from omotenashi.web.facts import facts_of_body, own_hosts
from omotenashi.web.guard import Access, Caller, body_of, require_post
from omotenashi.web.request import Answer, Request
from omotenashi.web.wire import DecideBody, RightsBody, encode, rights_body


class Asked(Struct, frozen=True):
    """One request about somebody's data, after it was decided who may ask about whom."""

    service: Service
    site: Site
    caller: Caller
    facts: RequestFacts
    whom: Whom

    @property
    def language(self) -> str:
        """Return ja or en: what the browser prefers, else the site's."""
        accepted = device.languages(self.facts.accept_language) or ()
        preferred = (tag[:2] for tag in (*accepted, self.site.facts.language))
        return next((tag for tag in preferred if tag in ("ja", "en")), "en")

    async def stored(self) -> rights.Stored:
        """Return what is stored of whom it is about; raises StoreUnavailable."""
        return await rights.fetched(self.whom, self.service.persons.store, int(self.facts.now))

    def arrival(self) -> Kept | None:
        """Return what the browser's own cookie says of how the visit began."""
        return self.service.persons.kept_in_cookie(self.facts, self.site)

    async def occasion(self) -> Occasion:
        """Return what a decision would be made on now; raises StoreUnavailable."""
        persons, site, facts = self.service.persons, self.site, self.facts
        visitor = visitor_of(facts, await persons.identify(facts, site), site, persons.tools)
        return site.engine.occasion(visitor, facts.now)

    def origins(self, occasion: Occasion) -> Origins:
        """Return where the signals of an occasion were read from."""
        return origins.of_request(self.facts, occasion.visitor, self.site.facts)


async def export(service: Service, access: Access, request: Request) -> Answer:
    """POST /v1/visitor/export: all that is stored of somebody."""
    return await _answer(_exported, service, access, request)


async def erase(service: Service, access: Access, request: Request) -> Answer:
    """POST /v1/visitor/erase: erase all that is stored of somebody."""
    return await _answer(_erased, service, access, request)


async def explain(service: Service, access: Access, request: Request) -> Answer:
    """POST /v1/visitor/explain: what is decided for somebody on a page, and on what kinds of facts."""
    return await _answer(_explained, service, access, request)


async def exported(asked: Asked) -> dict[str, Any]:
    """Return what is stored as plain data: to a browser without the ids of rules, and with what its cookie says.

    Raises StoreUnavailable.
    """
    blocks = None if asked.caller.authenticated else rights.blocks_of_rules(asked.site.engine.program)
    found, kept = rights.exported(await asked.stored(), asked.service.persons.store.keep, blocks), asked.arrival()
    return found if kept is None else {**found, "arrival_cookie": arrival_data(kept.arrival, kept.began)}


def own_request(body: DecideBody, caller: Caller, service: Service) -> Asked:
    """Return what a browser asks about itself: its own cookie, and the member whom a signed token names.

    Raises RefusedRequest 503 where no rules are loaded, since consent and members cannot be read without them.
    """
    site = service.holder.current
    if site is None:
        raise RefusedRequest(503, "no rules are loaded; /readyz says why")
    facts = replace(facts_of_body(body, body.blocks, caller, service), counts=False)
    if not caller.authenticated:  # what a proxy states about visitors is no word of the visitor's
        facts = replace(facts, visitor_id=visitor_id.from_cookies(caller.cookies(), site.facts.cookie_domain))
    return Asked(service, site, caller, facts, Whom(facts.visitor_id, service.persons.member(facts, site)[1]))


def expired_cookies(asked: Asked) -> bytes:
    """Return the headers that take the visitor cookie and the arrival cookie away from a browser."""
    return expired(asked.caller.cookies(), asked.site.facts.cookie_domain, VISITOR_COOKIE, ARRIVAL_COOKIE)


_Work: TypeAlias = Callable[[Asked], Awaitable[tuple[dict[str, Any], bytes]]]


async def _answer(work: _Work, service: Service, access: Access, request: Request) -> Answer:
    done = _done(work, service, access, request)
    return await or_refused(done, service.counters, "rights_unavailable", "the store did not do it")


async def _done(work: _Work, service: Service, access: Access, request: Request) -> Answer:
    data, more = await work(_asked(service, access, request))
    return Answer(200, JSON_LINES + more, encode(data))


def _asked(service: Service, access: Access, request: Request) -> Asked:
    require_post(request)
    caller = Caller(request, access)
    caller.check_origin(own_hosts(service))
    _refuse_forms(caller)
    body = rights_body(body_of(request))
    asked = own_request(body, caller, service)
    return _about_named(asked, body) if caller.authenticated else asked


def _refuse_forms(caller: Caller) -> None:
    """Refuse what a form on another site could send with a browser that says nothing of where it comes from."""
    says = {b"origin", b"sec-fetch-site", b"authorization"} & caller.headers.keys()
    kind = caller.text(b"content-type").partition(";")[0].strip().lower()
    if b"cookie" in caller.headers and not says and kind != "application/json":
        raise RefusedRequest(415, "a request with cookies and without Origin needs Content-Type: application/json")


def _about_named(asked: Asked, body: RightsBody) -> Asked:
    """With the key, the body names whom it is about; cookies that a CMS hands on name nobody."""
    named = body.visitor.id if body.visitor else None
    if named and not is_visitor_id(named):
        raise RefusedRequest(400, "visitor.id is not of the form of an id: 16 to 64 letters, digits, _ and -")
    facts = replace(asked.facts, visitor_id=named or None, cookies={})
    key = asked.service.persons.member(facts, asked.site)[1]
    if not named and key is None:
        raise RefusedRequest(400, "name whom it is about: visitor.id, member.id or both")
    return replace(asked, facts=facts, whom=Whom(named or None, key))


async def _exported(asked: Asked) -> tuple[dict[str, Any], bytes]:
    return await exported(asked), b""


async def _erased(asked: Asked) -> tuple[dict[str, Any], bytes]:
    found = await rights.erase(asked.whom, asked.service.persons.store, int(asked.facts.now))
    return {"erased": found}, b"" if asked.caller.authenticated else expired_cookies(asked)


async def _explained(asked: Asked) -> tuple[dict[str, Any], bytes]:
    site, occasion = asked.site, await asked.occasion()
    blocks = list(dict.fromkeys(asked.facts.blocks)) or list(site.engine.program.blocks)
    read_from = asked.origins(occasion)
    found = rights.reasons(site, occasion, blocks, asked.language, read_from)
    if asked.caller.authenticated:
        told = {one.block: rights.told_to_operator(one, site, occasion, asked.language, read_from) for one in found}
        return {"blocks": told}, b""
    return {"blocks": {one.block: rights.told_to_visitor(one) for one in found}}, b""
