"""Clients of redis-py for an address, and what their errors mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeAlias

from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError, Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from omotenashi.profiles.remote.address import Address, Kind

Command: TypeAlias = "tuple[bytes | str | int, ...]"
"""Its name, and what it is given."""
Reply: TypeAlias = "bytes | int | list[bytes | None] | None"
Outcome: TypeAlias = "Reply | Exception"
LONGEST_CONNECTING = 3.0
"""Seconds until a connection has to stand, TLS included: whoever listens there but speaks no TLS may say nothing at all."""
_NO_TLS = ("Timeout connecting", "WRONG_VERSION_NUMBER")
"""What is met with TLS where none is spoken."""
_TLS = ("Connection reset", "Connection closed", r"\x15")
"""What is met without TLS where it is spoken; the last is how an alert of TLS begins (RFC 8446, 5.1)."""
REPEATABLE = frozenset({"GET", "MGET", "PING"})
"""The commands of ours that may be done twice: they change nothing, nor does what they say depend on the last time."""
READING = REPEATABLE | {"INFO", "SCAN", "TIME"}
"""Those that change nothing."""
_CODE = re.compile(r"[A-Z]{2,}\b")
_SCRIPT = re.compile(r" script: [0-9a-f]{40}, on @user_script:\d+\.$")
"""Where in a script something was refused, which servers add."""


def client_of(address: Address, connections: int, timeout: float) -> Redis:
    """Return a client for one server, which Sentinels may name.

    `connections`: the most that are open at a time; `timeout`: seconds to wait for an answer, and for a connection where
    that is less than LONGEST_CONNECTING.
    """
    options = _options(address, timeout) | {"max_connections": connections, "db": address.database}
    if address.kind is Kind.SENTINEL:
        about = {name: value for name, value in options.items() if name not in ("db", "username", "max_connections")}
        asked = about | {"password": address.sentinel_password}
        sentinel = Sentinel(list(address.hosts), sentinel_kwargs=asked, **options)  # type: ignore[no-untyped-call]
        found: Redis = sentinel.master_for(address.service)
        return found
    host, port = address.hosts[0]
    return Redis(host=host, port=port, **options)


def sentinels_of(client: Redis) -> Sequence[Redis]:
    """Return the clients for the Sentinels who name a client's server."""
    pool = client.connection_pool
    return pool.sentinel_manager.sentinels if isinstance(pool, SentinelConnectionPool) else ()


def cluster_of(address: Address, connections: int, timeout: float) -> RedisCluster:
    """Return a client for a Cluster; `connections`: to each node."""
    options = _options(address, timeout)
    return RedisCluster(
        startup_nodes=[ClusterNode(host, port) for host, port in address.hosts],
        require_full_coverage=False,  # where one part is gone the others go on
        max_connections=connections,
        **options,
    )


def _options(address: Address, timeout: float) -> dict[str, Any]:
    options: dict[str, Any] = {
        "username": address.user,
        "password": address.password,
        "socket_timeout": timeout,
        "socket_connect_timeout": min(timeout, LONGEST_CONNECTING),
        "socket_keepalive": True,
        "retry": Retry(NoBackoff(), 0),  # who asks has a deadline; a later request tries again
        "client_name": "omotenashi",
    }
    if address.tls:
        options |= {
            "ssl": True, "ssl_ca_certs": address.ca, "ssl_certfile": address.cert, "ssl_keyfile": address.key,
        }  # fmt: skip
    return options


def code_of(error: BaseException) -> str | None:
    """Return the code with which a server begins its error, such as OOM or READONLY; None for what no server has said."""
    if not isinstance(error, RedisError):
        return None
    stated: str | None = error.status_code
    if stated is None and isinstance(error, ResponseError) and (found := _CODE.match(str(error))):
        return found[0]
    return stated


def line_of(error: BaseException) -> str:
    """Return what went wrong, in one line, with the server's code."""
    if isinstance(error, MasterNotFoundError):  # it says a thousand characters about the clients
        return "no Sentinel names a master"
    text, code = " ".join(_SCRIPT.sub("", str(error)).split()), code_of(error)
    if not text:
        return code or type(error).__name__
    return text if code is None or text.startswith(code) else f"{code} {text}"


def hint_of(error: BaseException, *, tls: bool) -> str:
    """Return what may be the cause where no server was found, to stand after the error; nothing where none is likely."""
    said = str(error)
    if tls and any(sign in said for sign in _NO_TLS):
        return " (does it speak TLS there? Without TLS write redis, not rediss)"
    if not tls and any(sign in said for sign in _TLS):
        return " (does it want TLS there? Then write rediss, not redis)"
    return ""
