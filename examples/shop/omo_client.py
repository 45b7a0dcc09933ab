"""How a CMS asks Omotenashi: one call for each page, and a page that stands without the answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
import msgspec

_PATIENCE_OF_A_PERSON_SECONDS = 5.0
"""For what was asked for by pressing a button."""
_NO_HEADERS: Mapping[str, str] = {}
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
    arrival: str | None = None
    """What the cookie `omo_arrival` has to hold from now on; empty: it has to go; None: it stays as it is."""


class Answer(msgspec.Struct, frozen=True):
    """The answer for one page. A block that is absent keeps the CMS's own content; so does every block after a problem."""

    blocks: dict[str, Block] = {}
    visitor: AnsweredVisitor | None = None
    milliseconds: float = 0.0
    problem: str = ""


class Remembered(msgspec.Struct, frozen=True):
    """What somebody did, as the service remembers it; the shop only shows how much that is."""

    views: list[msgspec.Raw] = []
    visits: list[msgspec.Raw] = []


class _Export(msgspec.Struct, frozen=True):
    visitor: Remembered | None = None
    member: Remembered | None = None


class OmoClient:
    """Asks the service at `url` with the server key. Only `hand_on` raises for what goes wrong on the way."""

    def __init__(
        self, url: str, key: str, transport: httpx.AsyncBaseTransport | None = None, *, patience: float
    ) -> None:
        """`patience`: seconds after which a page goes out without the answer. `transport` stands for the service."""
        self._patience = patience
        self._with_key = {"Authorization": f"Bearer {key}"}
        forgetful = CookieJar(
            DefaultCookiePolicy(allowed_domains=[])
        )  # one visitor's cookie never goes with another's call
        self._http = httpx.AsyncClient(base_url=url, transport=transport, trust_env=False, cookies=forgetful)

    async def decide(self, question: Mapping[str, Any], headers: Mapping[str, str] = _NO_HEADERS) -> Answer:
        """Return what the service says to the body of `POST /v1/decide`, or an empty answer that names the problem."""
        began = time.perf_counter()
        try:
            content = await self._post("/v1/decide", question, headers)
            answer = msgspec.json.decode(content, type=Answer)
        except (httpx.HTTPError, TimeoutError, msgspec.DecodeError) as error:
            answer = Answer(problem=self._in_words(error))
        return msgspec.structs.replace(answer, milliseconds=(time.perf_counter() - began) * 1000)

    async def record(self, statement: Mapping[str, Any], headers: Mapping[str, str] = _NO_HEADERS) -> None:
        """Send the body of `POST /v1/event`. What cannot be told now is logged and lost: the page matters more."""
        try:
            await self._post("/v1/event", statement, headers)
        except (httpx.HTTPError, TimeoutError) as error:
            _log.warning("event not recorded: %s", self._in_words(error))

    async def remembered(self, whom: Mapping[str, Any]) -> Remembered | None:
        """Return what is remembered of a visitor or of a member, None where the service does not say."""
        try:
            found = msgspec.json.decode(await self._post("/v1/visitor/export", whom), type=_Export)
        except (httpx.HTTPError, TimeoutError, msgspec.DecodeError) as error:
            _log.warning("not told what is remembered: %s", self._in_words(error))
            return None
        return found.member or found.visitor or Remembered()

    async def erase(self, whom: Mapping[str, Any]) -> None:
        """Have everything erased that is remembered of a visitor or a member."""
        try:
            await self._post("/v1/visitor/erase", whom, patience=_PATIENCE_OF_A_PERSON_SECONDS)
        except (httpx.HTTPError, TimeoutError) as error:
            _log.warning("not erased: %s", self._in_words(error))

    async def hand_on(
        self, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> httpx.Response:
        """Return the service's answer to a browser's own request, which has no key; raises httpx.HTTPError."""
        request = self._http.build_request(
            method, target, headers=headers, content=body, timeout=_PATIENCE_OF_A_PERSON_SECONDS
        )
        return await self._http.send(request)

    async def close(self) -> None:
        await self._http.aclose()

    async def _post(
        self,
        path: str,
        body: Mapping[str, Any],
        headers: Mapping[str, str] = _NO_HEADERS,
        patience: float | None = None,
    ) -> bytes:
        async with asyncio.timeout(patience or self._patience):  # the whole exchange; httpx limits each step
            content = msgspec.json.encode(body)
            response = await self._http.post(path, content=content, headers={**headers, **self._with_key})
            response.raise_for_status()
            return response.content

    def _in_words(self, error: Exception) -> str:
        match error:
            case httpx.HTTPStatusError():
                return f"HTTP {error.response.status_code}"
            case httpx.ConnectError():
                return "つながりません / no connection"
            case TimeoutError() | httpx.TimeoutException():
                return f"{self._patience * 1000:.0f} ms 待っても返事がありません / no answer in time"
            case _:
                return type(error).__name__
