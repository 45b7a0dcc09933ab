"""Whether the service lives, and whether it can serve what it should."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from omotenashi.service import Service
from omotenashi.web.wire import encode


async def healthz(_: Request) -> Response:
    """GET /healthz: the process lives."""
    return _json({"alive": True}, 200)


def readyz(service: Service) -> Callable[[Request], Awaitable[Response]]:
    """GET /readyz: rules are loaded, and what is wrong. 503 only where nothing was ever loaded."""

    async def endpoint(_: Request) -> Response:
        state = service.holder.state
        problems: list[dict[str, Any]] = list(state.problems)
        for code, message in (("store", service.store_problem()), ("places", service.places_problem)):
            if message:
                problems.append({"file": None, "line": None, "column": None, "code": code, "message": message})
        ready = state.site is not None
        answer = {"ready": ready, "rules": state.site.digest if state.site else None, "problems": problems}
        return _json(answer, 200 if ready else 503)

    return endpoint


def _json(data: dict[str, Any], status: int) -> Response:
    return Response(encode(data), status, {"cache-control": "no-store"}, "application/json")
