"""`decide` and `block`: bytes to facts, an outcome to bytes. What of a request is trusted is decided here, once."""

from __future__ import annotations

import codecs
import secrets
import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import count, islice
from typing import Any
from urllib.parse import parse_qsl, quote

import msgspec
from starlette.types import Receive, Scope, Send

from omotenashi.model.decision import Reason
from omotenashi.model.errors import RefusedRequest
from omotenashi.model.paths import bare_host
from omotenashi.model.request import RequestFacts, StatedPlace
from omotenashi.model.visitor_id import is_visitor_id
from omotenashi.profiles.ingest import LONGEST_TEXT, MOST_TAGS
from omotenashi.service import Outcome, Service
from omotenashi.signals import visitor_id
from omotenashi.signals.arrival_cookie import ARRIVAL_COOKIE
from omotenashi.signals.decode import LONGEST_URL
from omotenashi.signals.set_cookie import SetCookie
from omotenashi.signals.visitor_id import VISITOR_COOKIE
from omotenashi.site import Shown
from omotenashi.web.guard import PRIVATE, Access, Caller, answer, read_body, refuse, require_post
from omotenashi.web.wire import (
    BlockAnswer,
    BrowserAnswer,
    BrowserBlockAnswer,
    ClientPart,
    DecideAnswer,
    DecideBody,
    EventBody,
    PagePart,
    VisitorAnswer,
    VisitorPart,
    decide_body,
    encode,
)

_JSON = [(b"content-type", b"application/json"), *PRIVATE]
_PROCESS = secrets.token_hex(6)
_NUMBERS = count()
"""Decisions are numbered in each process: a random number for each costs a system call."""
_CHARSETS = {
    **dict.fromkeys(("", "utf8"), "utf-8"),
    **dict.fromkeys(("shiftjis", "sjis", "xsjis", "cp932", "ms932", "windows31j"), "cp932"),
    **dict.fromkeys(("eucjp", "xeucjp"), "euc_jp"),
}
"""By name in lower case, without - and _."""
_CHARSET_NAMES = {"utf-8": b"utf-8", "cp932": b"Shift_JIS", "euc_jp": b"EUC-JP"}


async def decide(service: Service, access: Access, scope: Scope, receive: Receive, send: Send) -> None:
    """POST /v1/decide: one call for all blocks of a page."""
    begun = time.perf_counter()
    try:
        require_post(scope)
        caller = Caller(scope, access)
        caller.check_origin(own_hosts(service))
        body = decide_body(await read_body(receive))
        facts = facts_of_body(body, body.blocks, caller, service)
        outcome = await service.decide(facts)
    except RefusedRequest as refused:
        service.counters[f"refused:{refused.status}"] += 1
        await refuse(send, refused)
        return
    headers = [*_JSON, _timing(begun)]
    if not caller.authenticated:
        headers += _cookies_of(outcome, facts, caller, service)
    await answer(send, 200, _decide_answer(outcome, told=caller.authenticated), headers)


async def block(service: Service, access: Access, scope: Scope, receive: Receive, send: Send) -> None:
    """GET|HEAD /v1/block/{block}: one fragment for an include. 200 with HTML, or 204; never a body with an error."""
    del receive
    begun = time.perf_counter()
    if scope["method"] not in ("GET", "HEAD"):
        await answer(send, 405, b"", [(b"allow", b"GET, HEAD"), *PRIVATE])
        return
    name = scope["path"].removeprefix("/v1/block/")
    try:
        caller = Caller(scope, access)
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=50))
        charset = _CHARSETS[query.get("charset", "").lower().replace("-", "").replace("_", "")]
        outcome = await service.decide(_facts_of_include(name, query, caller, scope, service))
    except (RefusedRequest, LookupError, ValueError):
        service.counters["block_refused"] += 1
        await answer(send, 204, b"", [*PRIVATE, (b"x-omo-reason", Reason.ERROR.encode())])
        return
    shown = outcome.blocks.get(name)
    headers = [*PRIVATE, _timing(begun), *_why(shown, told=caller.trusted)]
    if shown is None or shown.html is None:
        await answer(send, 204, b"", headers)
        return
    headers.append((b"content-type", b"text/html; charset=" + _CHARSET_NAMES[charset]))
    content = codecs.encode(shown.html, charset, "xmlcharrefreplace")
    await answer(send, 200, content, headers, with_body=scope["method"] == "GET")


def facts_of_body(
    body: DecideBody | EventBody, blocks: tuple[str, ...], caller: Caller, service: Service
) -> RequestFacts:
    """Return the facts of a JSON call. Without the key, a browser speaks only for itself."""
    visitor, page, client = body.visitor or VisitorPart(), body.page or PagePart(), body.client or ClientPart()
    said = _cookies_say(caller, service)
    if caller.authenticated:
        said |= _key_says(body, client)
        if visitor.id:
            said["visitor_id"] = visitor.id if is_visitor_id(visitor.id) else None  # another form is replaced
    else:
        said |= connection_says(caller)
    return RequestFacts(
        now=time.time(),
        blocks=blocks,
        authenticated=caller.authenticated,
        counts=not caller.prefetch(),
        may_issue_id=True,
        request_id=caller.stated(b"x-omo-request")[:128],
        stated_consent=visitor.consent,
        global_privacy_control=caller.headers.get(b"sec-gpc") == b"1",
        member_token=body.member_token,
        url=(page.url or "")[:LONGEST_URL],
        referrer=(page.referrer or "")[:LONGEST_URL],
        tags=_tags(page.tags or ()),
        events=body.events or (),
        **said,
    )


def _facts_of_include(name: str, query: dict[str, str], caller: Caller, scope: Scope, service: Service) -> RequestFacts:
    """An include carries the headers of the page request; what X-Omo-… says counts only from trusted peers."""
    return RequestFacts(
        now=time.time(),
        blocks=(name,),
        authenticated=caller.authenticated,
        counts=scope["method"] == "GET" and not caller.prefetch(),
        one_of_several=True,
        request_id=caller.stated(b"x-omo-request")[:128],
        global_privacy_control=caller.headers.get(b"sec-gpc") == b"1",
        url=(query.get("page") or caller.stated(b"x-omo-page-uri"))[:LONGEST_URL],
        referrer=(query.get("ref") or caller.text(b"referer"))[:LONGEST_URL],
        tags=_tags(query.get("tags", "").split(",")),
        **_cookies_say(caller, service),
        **connection_says(caller),
    )


def _cookies_say(caller: Caller, service: Service) -> dict[str, Any]:
    """Who the visitor is, and what is consented to: in a browser's own request, an include, or handed on by a CMS."""
    cookies = caller.cookies()
    return {
        "visitor_id": _visitor_id(caller, cookies, cookie_domain(service)),
        "cookies": cookies,
        "consent_header": _consent_header(caller, service),
    }


def _key_says(body: DecideBody | EventBody, client: ClientPart) -> dict[str, Any]:
    """What only a caller with the key may state."""
    return {
        "stated_member": body.member,
        "client_ip": client.ip,
        "user_agent": client.user_agent or "",
        "accept_language": client.accept_language or "",
        "place": _stated_place(client),
    }


def connection_says(caller: Caller) -> dict[str, Any]:
    """Return what the headers say of a browser, in its own request or in an include."""
    return {
        "host": bare_host(caller.text(b"host")),
        "client_ip": caller.client_ip(),
        "edge_place": caller.edge_place(),
        "user_agent": caller.text(b"user-agent"),
        "mobile_hint": caller.text(b"sec-ch-ua-mobile"),
        "accept_language": caller.text(b"accept-language"),
    }


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(tag[:LONGEST_TEXT] for tag in islice(filter(None, tags), MOST_TAGS))


def _visitor_id(caller: Caller, cookies: dict[str, str], domain: str) -> str | None:
    """A trusted peer may name the visitor; a browser has only its cookie."""
    stated = caller.stated(b"x-omo-visitor")
    return stated if is_visitor_id(stated) else visitor_id.from_cookies(cookies, domain)


def _cookies_of(outcome: Outcome, facts: RequestFacts, caller: Caller, service: Service) -> list[tuple[bytes, bytes]]:
    """Return the Set-Cookie headers of an answer to a browser."""
    domain, secure = cookie_domain(service), caller.secure()
    given = ((VISITOR_COOKIE, outcome.visitor_id if outcome.new else None), (ARRIVAL_COOKIE, outcome.arrival))
    texts = [cookie.header(value, secure=secure, domain=domain) for cookie, value in given if value]
    return _set_cookie(texts) + (expired(facts.cookies, domain, ARRIVAL_COOKIE) if outcome.arrival == "" else [])


def expired(cookies: Mapping[str, str], domain: str, *which: SetCookie) -> list[tuple[bytes, bytes]]:
    """Return the headers that take cookies away from a browser that has sent them; `domain` as in site.yaml."""
    return _set_cookie([text for cookie in which for text in cookie.expired(cookies, domain)])


def _set_cookie(texts: list[str]) -> list[tuple[bytes, bytes]]:
    return [(b"set-cookie", text.encode()) for text in texts]


def cookie_domain(service: Service) -> str:
    """Return the domain of cookies that site.yaml names, or empty text."""
    site = service.holder.current
    return site.facts.cookie_domain if site else ""


def _stated_place(client: ClientPart) -> StatedPlace | None:
    place = StatedPlace(client.country or "", client.prefecture or "", client.city or "", client.location or "")
    return place if place != StatedPlace() else None


def _consent_header(caller: Caller, service: Service) -> str | None:
    site = service.holder.current
    if site is None or not caller.trusted:
        return None
    value = caller.headers.get(site.facts.consent.header.lower().encode("latin-1"))
    return value.decode("latin-1") if value is not None else None


def own_hosts(service: Service) -> frozenset[str]:
    """Return the hosts whose pages may ask."""
    site = service.holder.current
    return site.facts.hosts if site else frozenset()


def _decide_answer(outcome: Outcome, *, told: bool) -> bytes:
    if not told:
        html = {name: BrowserBlockAnswer(one.html) for name, one in outcome.blocks.items() if one.html is not None}
        return encode(BrowserAnswer(html))
    blocks = {name: _block_answer(one, one.html) for name, one in outcome.blocks.items() if one.html is not None}
    visitor = VisitorAnswer(outcome.visitor_id, outcome.new, outcome.segments, outcome.arrival)
    return encode(DecideAnswer(f"{_PROCESS}{next(_NUMBERS):08x}", visitor, blocks))


def _block_answer(shown: Shown, html: str) -> msgspec.Raw:
    if shown.wire is None:
        rule = shown.choice.rule
        answer = BlockAnswer(
            html=html,
            rule=rule.name if rule else "otherwise",
            id=rule.id if rule else f"{shown.choice.block}/otherwise",
            variant=shown.choice.variant,
            content=shown.choice.show.content,
            reason=shown.choice.reason,
        )
        shown.wire = encode(answer)
    return msgspec.Raw(shown.wire)


def _why(shown: Shown | None, *, told: bool) -> list[tuple[bytes, bytes]]:
    if shown is None:
        return [(b"x-omo-reason", Reason.ERROR.encode())]
    why = [(b"x-omo-reason", shown.choice.reason.encode())]
    if told:
        why.append((b"x-omo-rule", _percent(shown.choice.rule.name if shown.choice.rule else "otherwise")))
    if told and shown.choice.variant is not None:
        why.append((b"x-omo-variant", _percent(shown.choice.variant)))
    return why


@lru_cache(maxsize=4096)
def _percent(text: str) -> bytes:
    return quote(text).encode()


def _timing(begun: float) -> tuple[bytes, bytes]:
    """Server-Timing (W3C), in milliseconds."""
    return b"server-timing", b"omo;dur=%.2f" % ((time.perf_counter() - begun) * 1000)
