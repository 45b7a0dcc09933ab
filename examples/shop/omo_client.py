"""How a CMS asks Omotenashi: one call for each page, and a page that stands without the answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any

import httpx
import msgspec

_PATIENCE_SECONDS = 0.2
_log = logging.getLogger(__name__)


class Block(msgspec.Struct, frozen=True):
    """What stands in a block instead of the CMS's own content, and why."""

    html: str
    rule: str | None = None
    id: str | None = None
    variant: str | None = None
    content: str | None = None
    reason: str = ""


class AnsweredVisitor(msgspec.Struct, frozen=True):
    id: str | None = None
    new: bool = False


class Answer(msgspec.Struct, frozen=True):
    """The answer for one page. A block that is absent keeps the CMS's own content; so does every block after a problem."""

    blocks: dict[str, Block] = {}
    visitor: AnsweredVisitor | None = None
    milliseconds: float = 0.0
    problem: str = ""


class OmoClient:
    """Asks the service at `url` with the server key. Never raises for what goes wrong on the way."""

    def __init__(self, url: str, key: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.AsyncClient(base_url=url, headers=headers, transport=transport, trust_env=False)

    async def decide(self, question: Mapping[str, Any]) -> Answer:
        """Return what the service says to the body of `POST /v1/decide`, or an empty answer that names the problem."""
        began = time.perf_counter()
        try:
            content = await self._post("/v1/decide", question)
            answer = msgspec.json.decode(content, type=Answer)
        except (httpx.HTTPError, TimeoutError, msgspec.DecodeError) as error:
            answer = Answer(problem=_in_words(error))
        return msgspec.structs.replace(answer, milliseconds=(time.perf_counter() - began) * 1000)

    async def record(self, statement: Mapping[str, Any]) -> None:
        """Send the body of `POST /v1/event`. What cannot be told now is logged and lost: the page matters more."""
        try:
            await self._post("/v1/event", statement)
        except (httpx.HTTPError, TimeoutError) as error:
            _log.warning("event not recorded: %s", _in_words(error))

    async def close(self) -> None:
        await self._http.aclose()

    async def _post(self, path: str, body: Mapping[str, Any]) -> bytes:
        async with asyncio.timeout(_PATIENCE_SECONDS):  # the whole exchange: httpx's own limits are for each step
            response = await self._http.post(path, content=msgspec.json.encode(body))
            response.raise_for_status()
            return response.content


def _in_words(error: Exception) -> str:
    match error:
        case httpx.HTTPStatusError():
            return f"HTTP {error.response.status_code}"
        case httpx.ConnectError():
            return "つながりません / no connection"
        case TimeoutError() | httpx.TimeoutException():
            return f"{_PATIENCE_SECONDS * 1000:.0f} ms 待っても返事がありません / no answer in time"
        case _:
            return type(error).__name__
