"""The ASGI application: hot endpoints are called straight away, the others go through the router."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from omotenashi.service import Service
from omotenashi.web import collect, health, include, rights, why
from omotenashi.web.guard import PRIVATE, Access
from omotenashi.web.wire import Problem, encode

Endpoint: TypeAlias = Callable[[Service, Access, Scope, Receive, Send], Awaitable[None]]
_HOT: dict[str, Endpoint] = {"/v1/decide": include.decide, "/v1/event": collect.event}
_RIGHTS: dict[str, Endpoint] = {
    "/v1/visitor/export": rights.export,
    "/v1/visitor/erase": rights.erase,
    "/v1/visitor/explain": rights.explain,
    "/omo/why": why.why,
}


def create_app(service: Service, access: Access) -> ASGIApp:
    """Return the application. Its lifespan opens the store and watches the rules."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        service.start()
        yield
        await service.close()

    routes = [
        Route("/healthz", health.healthz, methods=["GET", "HEAD"]),
        Route("/readyz", health.readyz(service), methods=["GET", "HEAD"]),
    ]
    router = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _problem})

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            endpoint = _HOT.get(path) or _RIGHTS.get(path)
            if endpoint is not None:
                await endpoint(service, access, scope, receive, send)
                return
            if path.startswith("/v1/block/"):
                await include.block(service, access, scope, receive, send)
                return
        await router(scope, receive, send)

    return app


async def _problem(_: Request, error: Exception) -> Response:
    """404, 405 and such in the one shape of errors."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    headers = {name.decode(): value.decode() for name, value in PRIVATE}
    body = encode(Problem(detail, status, "see the documentation of the HTTP interface"))
    return Response(body, status, headers, "application/problem+json")
