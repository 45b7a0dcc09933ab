"""The ASGI application: endpoints are called straight away, what is left goes through the router."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request as RoutedRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from omotenashi.service import Service
from omotenashi.web import collect, health, include, rights, why
from omotenashi.web.answers import PRIVATE, PRIVATE_LINES
from omotenashi.web.guard import LARGEST_BODY, Access, refused_by_head
from omotenashi.web.request import Answer, Request
from omotenashi.web.wire import Problem, encode

logger = logging.getLogger("omotenashi.web")
Endpoint: TypeAlias = Callable[[Service, Access, Request], Awaitable[Answer]]
_LINGER = 2
"""Seconds in which the body of a request that was refused by its head may still come: who is sending when a connection
ends may lose the answer (RFC 9112, section 9.6)."""
_ENDPOINTS: dict[str, Endpoint] = {
    "/v1/decide": include.decide,
    "/v1/event": collect.event,
    "/v1/visitor/export": rights.export,
    "/v1/visitor/erase": rights.erase,
    "/v1/visitor/explain": rights.explain,
    "/omo/why": why.why,
}


def create_app(service: Service, access: Access) -> App:
    """Return the application. Its lifespan opens the store and watches the rules."""
    return App(service, access)


class App:
    """Answers requests, as data by `answer`, and by ASGI."""

    def __init__(self, service: Service, access: Access) -> None:
        self.access = access
        self._service = service
        self._router = _router(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by ASGI."""
        endpoint = endpoint_of(scope["path"]) if scope["type"] == "http" else None
        if endpoint is None:
            await self._router(scope, receive, send)
            return
        reads = scope["method"] == "POST" and endpoint is not include.block
        request = _request(scope, self.access)
        unread = not reads or refused_by_head(request, self.access)
        if not unread:
            body = await _read(receive)
            if body is None:
                return
            request.body = body
        answer = await self.answer(endpoint, request)
        if unread and answer.status >= HTTPStatus.BAD_REQUEST and _announces_body(request):
            await _send_and_end(receive, send, answer, request)
        else:
            await _send(send, answer, with_body=scope["method"] != "HEAD")

    async def answer(self, endpoint: Endpoint, request: Request) -> Answer:
        """Return an endpoint's answer; never fails."""
        try:
            return await endpoint(self._service, self.access, request)
        except Exception:  # the fault boundary: no trace of it may land in a page; it is counted and logged
            self._service.counters["fault:answer"] += 1
            logger.exception("%s could not be answered", request.path)
            return include.failed_block() if endpoint is include.block else Answer(500, PRIVATE_LINES)

    def count(self, what: str) -> None:
        """Count what no endpoint gets to see."""
        self._service.counters[what] += 1


def endpoint_of(path: str) -> Endpoint | None:
    """Return what answers requests for a path, or None where the router does."""
    if path.startswith(include.BLOCK):
        return include.block
    return _ENDPOINTS.get(path)


def _request(scope: Scope, access: Access) -> Request:
    client = scope.get("client")
    connection = access.connection(client[0] if client else "", scope["scheme"])
    pairs = list(scope["headers"])
    return Request(scope["method"], scope["path"], scope["query_string"], pairs, dict(pairs), connection)


def _announces_body(request: Request) -> bool:
    return request.headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in request.headers


async def _read(receive: Receive) -> bytes | None:
    """Return the body; of one that is too large only so much that this can be told; None where not all of it comes."""
    body = b""
    while len(body) <= LARGEST_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body


async def _send(send: Send, answer: Answer, *, with_body: bool) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer)})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})


async def _send_and_end(receive: Receive, send: Send, answer: Answer, request: Request) -> None:
    """Send an answer before the body is there, and end the connection when it is, or does not come."""
    headers = [*_headers(answer), (b"connection", b"close")]
    body = answer.body if request.method != "HEAD" else b""
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    if b"expect" not in request.headers:  # who expects to be told to go on sends nothing
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER):
                while (await receive()).get("more_body"):
                    pass
    await send({"type": "http.response.body", "body": b""})


def _headers(answer: Answer) -> list[tuple[bytes, ...]]:
    headers = [tuple(one.split(b": ", 1)) for one in answer.lines.split(b"\r\n")[:-1]]
    if answer.status != HTTPStatus.NO_CONTENT:
        headers.append((b"content-length", b"%d" % len(answer.body)))
    return headers


def _router(service: Service) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        service.start()
        await service.meet_store()
        yield
        await service.close()

    routes = [
        Route("/healthz", health.healthz, methods=["GET", "HEAD"]),
        Route("/readyz", health.readyz(service), methods=["GET", "HEAD"]),
        Route("/metrics", _metrics(service), methods=["GET", "HEAD"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _problem})


def _metrics(service: Service) -> Callable[[RoutedRequest], Awaitable[Response]]:
    async def endpoint(_: RoutedRequest) -> Response:
        from omotenashi.web.metrics import told  # noqa: PLC0415 what collects metrics is loaded where somebody asks for them

        return told(service)

    return endpoint


async def _problem(_: RoutedRequest, error: Exception) -> Response:
    """404, 405 and such in the one shape of errors."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    headers = {name.decode(): value.decode() for name, value in PRIVATE}
    body = encode(Problem(detail, status, "see the documentation of the HTTP interface"))
    return Response(body, status, headers, "application/problem+json")
