"""Who is asking, how much may be sent, and the one shape of errors."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus

from msgspec import Struct
from starlette.requests import cookie_parser
from starlette.types import Receive, Scope, Send

from omotenashi.model.errors import RefusedRequest, StoreUnavailable
from omotenashi.model.paths import bare_host, host_of
from omotenashi.model.visitor import UNKNOWN_PLACE, Place
from omotenashi.signals import client_address
from omotenashi.signals.client_address import HeaderKind, TrustedNetworks
from omotenashi.signals.geo_headers import GeoHeaders
from omotenashi.web.wire import Problem, encode

LARGEST_BODY = 65_536
"""Bytes."""
_PURPOSES = (b"sec-purpose", b"purpose", b"x-purpose", b"x-moz")
PRIVATE = [(b"cache-control", b"private, no-store"), (b"surrogate-control", b"no-store")]


class Access(Struct, frozen=True):
    """What decides whom to trust."""

    key: bytes
    proxies: TrustedNetworks
    forwarded: HeaderKind = HeaderKind.X_FORWARDED_FOR
    geo: GeoHeaders | None = None
    """The headers in which trusted proxies say where a visitor is."""


class Caller:
    """One request's headers, and how far they are believed."""

    __slots__ = ("_access", "_scope", "authenticated", "headers", "trusted")

    def __init__(self, scope: Scope, access: Access) -> None:
        self._scope = scope
        self._access = access
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.authenticated = b"authorization" in self.headers and _has_key(scope["headers"], access.key)
        self.trusted = self.authenticated or access.proxies.contains(self.peer)

    @property
    def peer(self) -> str:
        """The address of the TCP peer."""
        client = self._scope.get("client")
        return client[0] if client else ""

    def text(self, name: bytes) -> str:
        """Return a header's value, or empty text."""
        return self.headers.get(name, b"").decode("latin-1")

    def stated(self, name: bytes) -> str:
        """Return the value of a header that only counts from trusted peers, or empty text."""
        return self.text(name) if self.trusted else ""

    def client_ip(self) -> str | None:
        """Return the visitor's address: the peer's, or what trusted proxies say of it. None where it is not known."""
        name = self._access.forwarded
        wanted = name.encode()
        values = [value for header, value in self._scope["headers"] if header == wanted]
        forwarded = b", ".join(values).decode("latin-1") if values else None
        return client_address.resolve(self.peer, forwarded, name, self._access.proxies)

    def edge_place(self) -> Place:
        """Return where trusted proxies say that the visitor is; unknown from all others.

        The key is not enough: whoever has it states the place in the body.
        """
        geo = self._access.geo
        if geo is None or not self._access.proxies.contains(self.peer):
            return UNKNOWN_PLACE
        return geo.place(self._scope["headers"])

    def cookies(self) -> dict[str, str]:
        """Return the cookies by name."""
        header = self.headers.get(b"cookie")
        return cookie_parser(header.decode("latin-1")) if header else {}

    def secure(self) -> bool:
        """Tell whether the browser came over HTTPS."""
        return self.stated(b"x-forwarded-proto") == "https" or self._scope.get("scheme") == "https"

    def prefetch(self) -> bool:
        """Tell whether a browser only fetches ahead (Sec-Purpose: prefetch, W3C Resource Hints)."""
        said = b" ".join(self.headers.get(name, b"") for name in _PURPOSES).lower()
        return b"prefetch" in said or b"preview" in said

    def check_origin(self, own_hosts: frozenset[str]) -> None:
        """Refuse a browser's request that another site caused; raises RefusedRequest 403."""
        origin = self.headers.get(b"origin")
        if self.authenticated or (origin is None and self.headers.get(b"sec-fetch-site") != b"cross-site"):
            return
        host = host_of(origin.decode("latin-1")) if origin else ""
        if not host or (host not in own_hosts and host != bare_host(self.text(b"host"))):
            raise RefusedRequest(
                403, "requests of browsers are answered to the site's own pages only; see hosts in site.yaml"
            )


def _has_key(headers: Iterable[tuple[bytes, bytes]], key: bytes) -> bool:
    """Tell whether the server key was shown; a wrong one is refused, or one of two, another scheme is ignored."""
    stated = [value for name, value in headers if name == b"authorization"]
    shown = [value[7:].strip() for value in stated if value[:7].lower() == b"bearer "]
    if not shown:
        return False
    if len(stated) == 1 and hmac.compare_digest(shown[0], key):
        return True
    raise RefusedRequest(
        401, "the key in Authorization: Bearer is not the server key, or the header stands there twice"
    )


def require_post(scope: Scope) -> None:
    """Raise RefusedRequest 405 for another method."""
    if scope["method"] != "POST":
        raise RefusedRequest(405, f"{scope['path']} takes POST")


async def read_body(receive: Receive) -> bytes:
    """Return the body; raises RefusedRequest 413 where it is too large."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            break
    if len(body) > LARGEST_BODY:
        raise RefusedRequest(413, f"the body is larger than {LARGEST_BODY // 1024} KB")
    return body


async def answer(
    send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]], *, with_body: bool = True
) -> None:
    """Send a whole answer; 204 has neither body nor length."""
    if status != HTTPStatus.NO_CONTENT:
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body if with_body else b""})


async def refuse(send: Send, refused: RefusedRequest) -> None:
    """Send a problem document."""
    problem = Problem(HTTPStatus(refused.status).phrase, refused.status, refused.detail)
    headers = [(b"content-type", b"application/problem+json"), *PRIVATE]
    if refused.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", b"1"))
    await answer(send, refused.status, encode(problem), headers)


@asynccontextmanager
async def refusals(send: Send, counters: Counter[str], unavailable: str, says: str) -> AsyncIterator[None]:
    """Answer what is refused within with a problem document, and a store that is not there with 503; count both."""
    try:
        yield
    except RefusedRequest as refused:
        counters[f"refused:{refused.status}"] += 1
        await refuse(send, refused)
    except StoreUnavailable as error:
        counters[unavailable] += 1
        await refuse(send, RefusedRequest(HTTPStatus.SERVICE_UNAVAILABLE, f"{says}: {error}"))
