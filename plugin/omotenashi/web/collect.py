"""`event`: what a visitor did. Accepted means durable."""

from __future__ import annotations

from msgspec.structs import replace
from starlette.types import Receive, Scope, Send

from omotenashi.model.errors import RefusedRequest, StoreUnavailable
from omotenashi.model.event import StatedEvent
from omotenashi.service import Service
from omotenashi.web.guard import PRIVATE, Access, Caller, answer, read_body, refuse, require_post
from omotenashi.web.include import facts_of_body
from omotenashi.web.wire import EventBody, PagePart, event_body


async def event(service: Service, access: Access, scope: Scope, receive: Receive, send: Send) -> None:
    """POST /v1/event: one event or a list."""
    try:
        require_post(scope)
        caller = Caller(scope, access)
        site = service.holder.current
        caller.check_origin(site.facts.hosts if site else frozenset())
        body = _body(await read_body(receive), caller)
        facts = facts_of_body(body, (), caller, service)
        await service.record(replace(facts, may_issue_id=False))  # the answer has no place for an id
    except RefusedRequest as refused:
        service.counters[f"refused:{refused.status}"] += 1
        await refuse(send, refused)
    except StoreUnavailable as error:
        service.counters["event_unavailable"] += 1
        await refuse(send, RefusedRequest(503, f"the event was not kept: {error}"))
    else:
        await answer(send, 204, b"", PRIVATE)


def _body(data: bytes, caller: Caller) -> EventBody:
    """An empty body with X-Omo-Page-Uri from a trusted peer is a page view (nginx mirror)."""
    page = caller.stated(b"x-omo-page-uri")
    if not data and page:
        return EventBody((StatedEvent("page_view"),), page=PagePart(url=page))
    return event_body(data)
