"""Who is asking, and what may be asked."""

from __future__ import annotations

import hmac

from msgspec import Struct
from starlette.requests import cookie_parser

from omotenashi.model.errors import RefusedRequest
from omotenashi.model.paths import bare_host, host_of
from omotenashi.model.visitor import UNKNOWN_PLACE, Place
from omotenashi.signals import client_address
from omotenashi.signals.client_address import HeaderKind, TrustedNetworks
from omotenashi.signals.geo_headers import GeoHeaders
from omotenashi.web.request import Connection, Header, Request

_KEY = b"authorization"
LARGEST_BODY = 65_536
"""Bytes."""
_DIGITS = 5
"""Of LARGEST_BODY."""
PURPOSES = frozenset({b"sec-purpose", b"purpose", b"x-purpose", b"x-moz"})
"""Headers in which browsers say that they only fetch ahead."""


class Access(Struct, frozen=True):
    """What decides whom to trust."""

    key: bytes
    proxies: TrustedNetworks
    forwarded: HeaderKind = HeaderKind.X_FORWARDED_FOR
    geo: GeoHeaders | None = None
    """The headers in which trusted proxies say where a visitor is."""

    def connection(self, address: str, scheme: str = "http") -> Connection:
        """Return what is known of the one at the other end, whose address is empty where there is none."""
        own = client_address.resolve(address, None, self.forwarded, self.proxies)
        return Connection(address, self.proxies.contains(address), scheme == "https", own)


class Caller:
    """One request's headers, and how far they are believed."""

    __slots__ = ("_access", "_connection", "_pairs", "authenticated", "headers", "trusted")

    def __init__(self, request: Request, access: Access) -> None:
        """Raises RefusedRequest 401 for a wrong key."""
        self._access = access
        self._connection = request.connection
        self._pairs = request.pairs
        self.headers = request.headers
        known = request.authenticated
        self.authenticated = (_KEY in self.headers and _has_key(request, access.key)) if known is None else known
        self.trusted = self.authenticated or self._connection.is_proxy

    def text(self, name: bytes) -> str:
        """Return a header's value, or empty text."""
        value = self.headers.get(name)
        return value.decode("latin-1") if value else ""

    def stated(self, name: bytes) -> str:
        """Return the value of a header that only counts from trusted peers, or empty text."""
        return self.text(name) if self.trusted else ""

    def client_ip(self) -> str | None:
        """Return the visitor's address: the peer's, or what trusted proxies say of it. None where it is not known."""
        connection, access = self._connection, self._access
        if not connection.is_proxy:
            return connection.own_address
        wanted = access.forwarded.encode()
        values = [value for header, value in self._pairs if header == wanted]
        forwarded = b", ".join(values).decode("latin-1") if values else None
        return client_address.resolve(connection.address, forwarded, access.forwarded, access.proxies)

    def edge_place(self) -> Place:
        """Return where trusted proxies say that the visitor is; unknown from all others.

        The key is not enough: whoever has it states the place in the body.
        """
        geo = self._access.geo
        if geo is None or not self._connection.is_proxy:
            return UNKNOWN_PLACE
        return geo.place(self._pairs)

    def cookies(self) -> dict[str, str]:
        """Return the cookies by name."""
        header = self.headers.get(b"cookie")
        return cookie_parser(header.decode("latin-1")) if header else {}

    def secure(self) -> bool:
        """Tell whether the browser came over HTTPS."""
        return self.stated(b"x-forwarded-proto") == "https" or self._connection.secure

    def prefetch(self) -> bool:
        """Tell whether a browser only fetches ahead (Sec-Purpose: prefetch, W3C Resource Hints)."""
        said = b" ".join([self.headers.get(name, b"") for name in PURPOSES]).lower()
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


def names_host(pairs: list[Header], version: str) -> bool:
    """Tell whether a request of this version of HTTP names its host as it has to, once (RFC 9112, section 3.2)."""
    count = [name for name, _ in pairs].count(b"host")
    return count == 1 or (count == 0 and version == "1.0")


def refused_by_head(request: Request, access: Access) -> bool:
    """Tell whether a POST is refused whatever its body is: by a wrong key, or by the length that is announced.

    What is found out is kept in the request; its endpoint then says why.
    """
    headers = request.headers
    length = headers.get(b"content-length", b"")
    request.too_large = len(length) >= _DIGITS and length.isdigit() and int(length) > LARGEST_BODY
    try:
        request.authenticated = _KEY in headers and _has_key(request, access.key)
    except RefusedRequest:
        return True
    return request.too_large


def _has_key(request: Request, key: bytes) -> bool:
    """Tell whether the server key was shown; a wrong one is refused, or one of two, another scheme is ignored."""
    if len(request.headers) == len(request.pairs) and hmac.compare_digest(request.headers[_KEY], b"Bearer " + key):
        return True
    stated = [value for name, value in request.pairs if name == _KEY]
    shown = [value[7:].strip() for value in stated if value[:7].lower() == b"bearer "]
    if not shown:
        return False
    if len(stated) == 1 and hmac.compare_digest(shown[0], key):
        return True
    raise RefusedRequest(
        401, "the key in Authorization: Bearer is not the server key, or the header stands there twice"
    )


def require_post(request: Request) -> None:
    """Raise RefusedRequest 405 for another method."""
    if request.method != "POST":
        raise RefusedRequest(405, f"{request.path} takes POST")


def body_of(request: Request) -> bytes:
    """Return the body; raises RefusedRequest 413 where it is too large."""
    if request.too_large or len(request.body) > LARGEST_BODY:
        raise RefusedRequest(413, f"the body is larger than {LARGEST_BODY // 1024} KB")
    return request.body
