"""`event`: what a visitor did. Accepted means durable."""

from __future__ import annotations

from msgspec.structs import replace

from omotenashi.model.event import StatedEvent
from omotenashi.service import Service
from omotenashi.signals.arrival_cookie import ARRIVAL_COOKIE
from omotenashi.signals.consent_forms import PERSONALIZATION
from omotenashi.web.answers import PRIVATE_LINES, expired, or_refused
from omotenashi.web.facts import cookie_domain, facts_of_body, own_hosts
from omotenashi.web.guard import Access, Caller, body_of, require_post
from omotenashi.web.request import Answer, Request
from omotenashi.web.wire import EventBody, PagePart, event_body


async def event(service: Service, access: Access, request: Request) -> Answer:
    """POST /v1/event: one event or a list."""
    recorded = _recorded(service, access, request)
    return await or_refused(recorded, service.counters, "event_unavailable", "the event was not kept")


async def _recorded(service: Service, access: Access, request: Request) -> Answer:
    require_post(request)
    caller = Caller(request, access)
    caller.check_origin(own_hosts(service))
    facts = facts_of_body(_body(body_of(request), caller), (), caller, service)
    allowed = await service.record(replace(facts, may_issue_id=False))  # the answer has no place for an id
    keeps = PERSONALIZATION in allowed or caller.authenticated
    over = b"" if keeps else expired(facts.cookies, cookie_domain(service), ARRIVAL_COOKIE)
    return Answer(204, PRIVATE_LINES + over)


def _body(data: bytes, caller: Caller) -> EventBody:
    """An empty body with X-Omo-Page-Uri from a trusted peer is a page view (nginx mirror)."""
    page = caller.stated(b"x-omo-page-uri")
    if not data and page:
        return EventBody((StatedEvent("page_view"),), page=PagePart(url=page))
    return event_body(data)
