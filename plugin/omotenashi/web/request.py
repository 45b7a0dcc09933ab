"""One request and its answer, as data: what the ways of serving HTTP hand to endpoints, and get back."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

Header: TypeAlias = tuple[bytes, bytes]
"""Name in lower case, and value."""


class Connection(Struct, frozen=True):
    """The other end, as far as it is the same for all requests of a connection."""

    address: str
    """Of the TCP peer; empty where there is none."""
    is_proxy: bool = False
    """It is a proxy that is trusted."""
    secure: bool = False
    """TLS ends here."""
    own_address: str | None = None
    """The visitor's where the peer is no proxy; None where it cannot be read."""


class Request(Struct):
    """What came."""

    method: str
    path: str
    """Without percent-encoding."""
    query: bytes
    pairs: list[Header]
    headers: dict[bytes, bytes]
    """The same by name; of several the last."""
    connection: Connection
    body: bytes = b""
    """Nothing where the endpoint reads none."""
    authenticated: bool | None = None
    """It shows the server key; None where that was not found out yet."""
    too_large: bool = False
    """Its head announces a body that is too large, which was not read."""


class Answer(Struct, frozen=True):
    """What is sent. 204 has neither body nor length; HEAD has the length alone."""

    status: int
    lines: bytes
    """The headers, but for Content-Length, as they are sent: each line with its end."""
    body: bytes = b""


def line(name: bytes, value: bytes) -> bytes:
    """Return one header as it is sent; raises ValueError where its value has characters that would end it."""
    if b"\r" in value or b"\n" in value or b"\0" in value:
        raise ValueError(f"a value of {name.decode()} has a line break")
    return b"%b: %b\r\n" % (name, value)
