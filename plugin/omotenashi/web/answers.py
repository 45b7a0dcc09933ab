"""Answers that several endpoints give: what all of them say of caches, and the one shape of errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Iterable, Mapping
from http import HTTPStatus

from omotenashi.model.errors import RefusedRequest, StoreUnavailable
from omotenashi.signals.set_cookie import SetCookie
from omotenashi.web.request import Answer, Header, line
from omotenashi.web.wire import Problem, encode

PRIVATE: tuple[Header, ...] = ((b"cache-control", b"private, no-store"), (b"surrogate-control", b"no-store"))


def lines(headers: Iterable[Header]) -> bytes:
    """Return headers as they are sent."""
    return b"".join([line(name, value) for name, value in headers])


PRIVATE_LINES = lines(PRIVATE)
JSON_LINES = line(b"content-type", b"application/json") + PRIVATE_LINES
_PROBLEM_LINES = line(b"content-type", b"application/problem+json") + PRIVATE_LINES


def refusal(refused: RefusedRequest) -> Answer:
    """Return a problem document."""
    problem = Problem(HTTPStatus(refused.status).phrase, refused.status, refused.detail)
    again = line(b"retry-after", b"1") if refused.status == HTTPStatus.SERVICE_UNAVAILABLE else b""
    return Answer(refused.status, _PROBLEM_LINES + again, encode(problem))


async def or_refused(work: Awaitable[Answer], counters: Counter[str], unavailable: str, says: str) -> Answer:
    """Return an answer, or a problem document where it is refused, 503 where the store is not there; count both."""
    try:
        return await work
    except RefusedRequest as refused:
        counters[f"refused:{refused.status}"] += 1
        return refusal(refused)
    except StoreUnavailable:  # why is told by /readyz: it names servers, which are nobody's business
        counters[unavailable] += 1
        return refusal(RefusedRequest(HTTPStatus.SERVICE_UNAVAILABLE, f"{says}; try again in a moment"))


def expired(cookies: Mapping[str, str], domain: str, *which: SetCookie) -> bytes:
    """Return the headers that take cookies away from a browser that has sent them; `domain` as in site.yaml."""
    return set_cookie([text for cookie in which for text in cookie.expired(cookies, domain)])


def set_cookie(texts: Iterable[str]) -> bytes:
    """Return a Set-Cookie header for each value."""
    return lines((b"set-cookie", text.encode()) for text in texts)
