"""`decide` and `block`: an outcome to bytes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import count
from urllib.parse import quote

from omotenashi.engine.choose import Choice
from omotenashi.model.decision import Reason
from omotenashi.model.errors import RefusedRequest
from omotenashi.model.request import RequestFacts
from omotenashi.service import Outcome, Service
from omotenashi.signals.arrival_cookie import ARRIVAL_COOKIE
from omotenashi.signals.visitor_id import VISITOR_COOKIE
from omotenashi.site import Shown
from omotenashi.web.answers import JSON_LINES, PRIVATE_LINES, expired, refusal, set_cookie
from omotenashi.web.facts import cookie_domain, facts_of_body, facts_of_include, fields_of, own_hosts
from omotenashi.web.guard import Access, Caller, body_of, require_post
from omotenashi.web.request import Answer, Request, line
from omotenashi.web.wire import BlockAnswer, BrowserAnswer, BrowserBlockAnswer, VisitorAnswer, decide_body, encode

BLOCK = "/v1/block/"
"""A block's path begins with it."""
_PROCESS = secrets.token_hex(6).encode()
_NUMBERS = count()
"""Decisions are numbered in each process: a random number for each costs a system call."""
_NO_HTML = b'"html":""'
_NOBODY = encode(VisitorAnswer(None, new=False, segments=()))
_CHARSETS = {
    **dict.fromkeys(("", "utf8"), "utf-8"),
    **dict.fromkeys(("shiftjis", "sjis", "xsjis", "cp932", "ms932", "windows31j"), "cp932"),
    **dict.fromkeys(("eucjp", "xeucjp"), "euc_jp"),
}
"""By name in lower case, without - and _."""
_HTML_LINES = {
    charset: line(b"content-type", b"text/html; charset=" + name)
    for charset, name in (("utf-8", b"utf-8"), ("cp932", b"Shift_JIS"), ("euc_jp", b"EUC-JP"))
}
_FAILED = PRIVATE_LINES + line(b"x-omo-reason", Reason.ERROR.encode())


async def decide(service: Service, access: Access, request: Request) -> Answer:
    """POST /v1/decide: one call for all blocks of a page."""
    begun = time.perf_counter()
    try:
        require_post(request)
        caller = Caller(request, access)
        if not caller.authenticated:
            caller.check_origin(own_hosts(service))
        body = decide_body(body_of(request))
        facts = facts_of_body(body, body.blocks, caller, service)
        outcome = await service.decide(facts)
    except RefusedRequest as refused:
        service.counters[f"refused:{refused.status}"] += 1
        return refusal(refused)
    if caller.authenticated:
        return Answer(200, JSON_LINES + _timing(begun), _told(outcome))
    headers = JSON_LINES + _timing(begun) + _cookies_of(outcome, facts, caller, service)
    return Answer(200, headers, _html_alone(outcome))


async def block(service: Service, access: Access, request: Request) -> Answer:
    """GET|HEAD /v1/block/{block}: one fragment for an include. 200 with HTML, or 204; never a body with an error."""
    begun = time.perf_counter()
    if request.method not in ("GET", "HEAD"):
        return Answer(405, line(b"allow", b"GET, HEAD") + PRIVATE_LINES)
    name = request.path.removeprefix(BLOCK)
    try:
        caller = Caller(request, access)
        query = fields_of(request.query)
        charset = _charset(query)
        outcome = await service.decide(facts_of_include(name, query, caller, request, service))
    except (RefusedRequest, LookupError, ValueError):
        service.counters["block_refused"] += 1
        return failed_block()
    shown = outcome.blocks.get(name)
    headers = PRIVATE_LINES + _timing(begun) + _why(shown, told=caller.trusted)
    if caller.trusted and outcome.rules:
        headers += line(b"x-omo-rules", outcome.rules.encode())
    html = None if shown is None else shown.html
    if html is None:
        return Answer(204, headers)
    return Answer(200, headers + _HTML_LINES[charset], html.encode(charset, "xmlcharrefreplace"))


def failed_block() -> Answer:
    """Return what an include gets where something went wrong: nothing, so that the page keeps its own."""
    return Answer(204, _FAILED)


def _charset(query: dict[str, str]) -> str:
    """Return the codec that the caller asks for; raises KeyError."""
    stated = query.get("charset")
    return _CHARSETS[stated.lower().replace("-", "").replace("_", "")] if stated else "utf-8"


def _cookies_of(outcome: Outcome, facts: RequestFacts, caller: Caller, service: Service) -> bytes:
    """Return the Set-Cookie headers of an answer to a browser."""
    if not outcome.new and outcome.arrival is None:
        return b""
    domain, secure = cookie_domain(service), caller.secure()
    given = ((VISITOR_COOKIE, outcome.visitor_id if outcome.new else None), (ARRIVAL_COOKIE, outcome.arrival))
    texts = [cookie.header(value, secure=secure, domain=domain) for cookie, value in given if value]
    return set_cookie(texts) + (expired(facts.cookies, domain, ARRIVAL_COOKIE) if outcome.arrival == "" else b"")


def _told(outcome: Outcome) -> bytes:
    """Return the JSON for a caller with the key.

    {"decision": …, "rules": their version, "visitor": a VisitorAnswer, "blocks": BlockAnswers by name}
    """
    blocks = [one.wire or _wire(one, one.parts) for one in outcome.blocks.values() if one.parts is not None]
    about = (_PROCESS, next(_NUMBERS), outcome.rules.encode(), _visitor(outcome))
    return b"".join((b'{"decision":"%b%08x","rules":"%b","visitor":%b,"blocks":{' % about, b",".join(blocks), b"}}"))


def _visitor(outcome: Outcome) -> bytes:
    if outcome.visitor_id is None and outcome.arrival is None and not outcome.segments and not outcome.new:
        return _NOBODY
    return encode(VisitorAnswer(outcome.visitor_id, outcome.new, outcome.segments, outcome.arrival))


def _wire(shown: Shown, parts: Sequence[str]) -> bytes:
    """Return the name of a block and its answer as they stand in the JSON.

    What is the same for all is made once: contents without gaps, and of the others what is around the gaps.
    """
    form = shown.form
    if form is None:
        shown.wire = b"".join(_around(shown.choice, parts))
        return shown.wire
    if not form.wire:
        form.wire = _around(shown.choice, form.parts)
    pieces = list(form.wire)
    for gap in form.gaps:
        pieces[gap.place + 1] = _inner(parts[gap.place])
    return b"".join(pieces)


def _around(choice: Choice, parts: Iterable[str]) -> tuple[bytes, ...]:
    """Return the JSON of a choice in pieces: what is before the parts of its HTML, each of them, and what is behind."""
    rule = choice.rule
    answer = BlockAnswer(
        html="",
        rule=rule.name if rule else "otherwise",
        id=rule.id if rule else f"{choice.block}/otherwise",
        variant=choice.variant,
        content=choice.show.content,
        reason=choice.reason,
    )
    before, html, behind = encode(answer).partition(_NO_HTML)
    return encode(choice.block) + b":" + before + html[:-1], *map(_inner, parts), html[-1:] + behind


def _inner(text: str) -> bytes:
    """Return what stands in the JSON between the quotation marks of a text."""
    return encode(text)[1:-1]


def _html_alone(outcome: Outcome) -> bytes:
    """Return the JSON for a browser without the key."""
    html = {name: BrowserBlockAnswer(html) for name, one in outcome.blocks.items() if (html := one.html) is not None}
    return encode(BrowserAnswer(html))


def _why(shown: Shown | None, *, told: bool) -> bytes:
    if shown is None:
        return line(b"x-omo-reason", Reason.ERROR.encode())
    choice = shown.choice
    return _reason(choice.reason, choice.rule.name if choice.rule else "otherwise", choice.variant, told)


@lru_cache(maxsize=4096)
def _reason(reason: Reason, rule: str, variant: str | None, told: bool) -> bytes:  # noqa: FBT001 lru_cache takes keywords slowly
    why = line(b"x-omo-reason", reason.encode())
    if told:
        why += line(b"x-omo-rule", quote(rule).encode())
    if told and variant is not None:
        why += line(b"x-omo-variant", quote(variant).encode())
    return why


def _timing(begun: float) -> bytes:
    """Server-Timing (W3C), in milliseconds."""
    return b"server-timing: omo;dur=%.2f\r\n" % ((time.perf_counter() - begun) * 1000)
