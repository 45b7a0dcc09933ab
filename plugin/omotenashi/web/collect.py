"""`event`: what a visitor did. Accepted means durable."""

from __future__ import annotations

from msgspec.structs import replace
from starlette.types import Receive, Scope, Send

from omotenashi.model.event import StatedEvent
from omotenashi.service import Service
from omotenashi.signals.arrival_cookie import ARRIVAL_COOKIE
from omotenashi.signals.consent_forms import PERSONALIZATION
from omotenashi.web.guard import PRIVATE, Access, Caller, answer, read_body, refusals, require_post
from omotenashi.web.include import cookie_domain, expired, facts_of_body, own_hosts
from omotenashi.web.wire import EventBody, PagePart, event_body


async def event(service: Service, access: Access, scope: Scope, receive: Receive, send: Send) -> None:
    """POST /v1/event: one event or a list."""
    async with refusals(send, service.counters, "event_unavailable", "the event was not kept"):
        require_post(scope)
        caller = Caller(scope, access)
        caller.check_origin(own_hosts(service))
        body = _body(await read_body(receive), caller)
        facts = facts_of_body(body, (), caller, service)
        allowed = await service.record(replace(facts, may_issue_id=False))  # the answer has no place for an id
        keeps = PERSONALIZATION in allowed or caller.authenticated
        over = [] if keeps else expired(facts.cookies, cookie_domain(service), ARRIVAL_COOKIE)
        await answer(send, 204, b"", [*PRIVATE, *over])


def _body(data: bytes, caller: Caller) -> EventBody:
    """An empty body with X-Omo-Page-Uri from a trusted peer is a page view (nginx mirror)."""
    page = caller.stated(b"x-omo-page-uri")
    if not data and page:
        return EventBody((StatedEvent("page_view"),), page=PagePart(url=page))
    return event_body(data)
