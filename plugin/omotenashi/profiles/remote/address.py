"""Where Redis or Valkey is: one server, Sentinels that know which server it is, or a Cluster, as a URL.

redis://USER:PASSWORD@HOST:PORT/DB
redis+sentinel://HOST:PORT,HOST:PORT/SERVICE/DB
redis+cluster://HOST:PORT,HOST:PORT

`rediss` for TLS, `valkey` and `valkeys` likewise. After a `?` may stand `prefix=…`, which keys begin with (omo), and for TLS
`ca=FILE`, `cert=FILE` and `key=FILE`; for Sentinels that ask for a password of their own `sentinel_password=…`.
"""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct

from omotenashi.model.errors import SettingsError

FORMS = "redis://HOST:PORT/DB, redis+sentinel://HOST:PORT,…/SERVICE or redis+cluster://HOST:PORT,… (rediss for TLS)"
_PORTS = {"": 6379, "cluster": 6379, "sentinel": 26379}
_OPTIONS = ("prefix", "ca", "cert", "key", "sentinel_password")
_ESCAPED = "in a password write @ / # ? : as %40 %2F %23 %3F %3A"
_URL = re.compile(r"([^:/?#]+)://([^/?#]*)(/[^?#]*)?(?:\?(.*))?")
"""Scheme, who is let in and hosts, path, options. urllib reads several hosts with IPv6 in some versions of Python alone."""
_SCHEME = re.compile(r"(redis|valkey)(s?)(?:\+(cluster|sentinel))?", re.IGNORECASE)
"""Schemes are the same in capital letters (RFC 3986, 3.1)."""
_HOST = re.compile(r"[\w.:%-]+")
_PREFIX = re.compile(r"[A-Za-z0-9_.:-]{1,40}")


class Kind(StrEnum):
    """What answers at an address."""

    SINGLE = ""
    SENTINEL = "sentinel"
    CLUSTER = "cluster"


class Address(Struct, frozen=True):
    """Where a store is, and how one is let in."""

    kind: Kind
    hosts: tuple[tuple[str, int], ...]
    """Names or addresses with ports; the first of one server, the Sentinels, or some nodes of a Cluster."""
    tls: bool = False
    user: str | None = None
    password: str | None = None
    service: str = ""
    """As Sentinels know it."""
    database: int = 0
    prefix: str = "omo"
    """What every key begins with."""
    ca: str | None = None
    """Files of TLS: who signed the server's certificate, our own certificate and its key."""
    cert: str | None = None
    key: str | None = None
    sentinel_password: str | None = None

    def __str__(self) -> str:
        """Return it without what must not be told."""
        plus = f"+{self.kind}" if self.kind else ""
        hosts = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts)
        return f"redis{'s' if self.tls else ''}{plus}://{hosts}"


def is_remote(url: str) -> bool:
    """Tell whether a store's URL means Redis or Valkey."""
    return _SCHEME.fullmatch(url.strip().partition(":")[0]) is not None


def parse_address(url: str) -> Address:
    """Return the address that a URL names; raises SettingsError, which never says the password."""
    parts = _URL.fullmatch(url.strip())
    scheme = parts and _SCHEME.fullmatch(parts[1])
    if parts is None or scheme is None:
        raise SettingsError(f"store: write {FORMS}")
    kind, tls = Kind((scheme[3] or "").lower()), scheme[2] != ""
    service, database = _path((parts[3] or "").strip("/"), kind)
    stated, at, hosts = parts[2].rpartition("@")
    user, password = _credentials(stated) if at else (None, None)
    options = _options(parts[4] or "", kind, tls=tls)
    return Address(kind, _hosts(hosts, kind), tls, user, password, service, database, **options)


def _path(path: str, kind: Kind) -> tuple[str, int]:
    service, _, database = path.partition("/") if kind is Kind.SENTINEL else ("", "", path)
    if kind is Kind.SENTINEL and not service:
        raise SettingsError("store: name the service after the Sentinels: redis+sentinel://HOST:PORT,HOST:PORT/SERVICE")
    if database and not database.isdecimal():
        raise SettingsError(f"store: what follows the hosts is not the number of a database; {_ESCAPED}")
    if kind is Kind.CLUSTER and database.strip("0"):
        raise SettingsError("store: a Cluster has database 0 alone; sites are told apart by ?prefix=…")
    return unquote(service), int(database or 0)


def _credentials(text: str) -> tuple[str | None, str | None]:
    user, _, password = text.partition(":")
    return unquote(user) or None, unquote(password) or None


def _hosts(text: str, kind: Kind) -> tuple[tuple[str, int], ...]:
    stated = text.split(",")
    if kind is Kind.SINGLE and len(stated) > 1:
        raise SettingsError(
            "store: one server has one address; for several write redis+cluster:// or redis+sentinel://"
        )
    return tuple(_host(one.strip(), _PORTS[kind]) for one in stated)


def _host(text: str, usual: int) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:  # which may quote a password that was not escaped
        raise SettingsError(f"store: a host is not of the form HOST:PORT; {_ESCAPED}") from None
    if not host:
        raise SettingsError(f"store: a host is missing; write {FORMS}")
    if not _HOST.fullmatch(host):
        raise SettingsError(f"store: a host has letters, digits and . _ - alone, or is an address; {_ESCAPED}")
    if port == 0:
        raise SettingsError("store: nothing listens at port 0; name a port between 1 and 65535")
    return host, usual if port is None else port


def _options(query: str, kind: Kind, *, tls: bool) -> dict[str, str]:
    stated = parse_qsl(query, keep_blank_values=True)
    options = dict(stated)
    for name in options:
        if name not in _OPTIONS:
            raise SettingsError(f"store: an option after ? is not known; there are {', '.join(_OPTIONS)}; {_ESCAPED}")
    if len(options) < len(stated):
        raise SettingsError("store: an option after ? is stated twice")
    if not tls and not options.keys().isdisjoint(("ca", "cert", "key")):
        raise SettingsError("store: ?ca=, cert= and key= are for TLS, which redis:// is without; write rediss")
    if "key" in options and "cert" not in options:
        raise SettingsError("store: ?key= belongs to a certificate; name it with cert=")
    if kind is not Kind.SENTINEL and "sentinel_password" in options:
        raise SettingsError("store: ?sentinel_password= is for Sentinels; write redis+sentinel://HOST:PORT,…/SERVICE")
    if not _PREFIX.fullmatch(options.get("prefix", "omo")):
        raise SettingsError("store: a prefix has up to 40 letters, digits and . _ - :")
    return options
