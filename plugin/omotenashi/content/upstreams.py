"""Which hosts contents may be fetched from, and at which addresses: what the operator's setting `upstreams` says."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct

from omotenashi.model.errors import SettingsError

Network: TypeAlias = "IPv4Network | IPv6Network"
_EXAMPLE = "write cms.example, cms.example:8443, or cms.internal=10.0.0.0/8 for a host within"
_TRANSLATED = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")))
"""IPv6 addresses that stand for IPv4 ones (NAT64, 6to4, Teredo, compatible)."""


class Upstream(Struct, frozen=True):
    """One host."""

    host: str
    port: int | None
    """None: the usual port of http or https."""
    networks: tuple[Network, ...] = ()
    """Networks within which the host may lie although they are not public."""

    def admits(self, address: str) -> bool:
        """Tell whether an address of the host, as it was resolved, may be connected to."""
        found = ip_address(address.partition("%")[0])
        if isinstance(found, IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        if any(found in network for network in self.networks):
            return True
        return found.is_global and not found.is_multicast and not any(found in one for one in _TRANSLATED)


class Upstreams:
    """The hosts that are allowed; none by default."""

    def __init__(self, allowed: Sequence[Upstream] = ()) -> None:
        self._allowed = {(one.host, one.port): one for one in allowed}

    def __bool__(self) -> bool:
        return bool(self._allowed)

    @classmethod
    def parse(cls, entries: Sequence[str]) -> Upstreams:
        """Read the setting: HOST, HOST:PORT, each with =NETWORK or without. Raises SettingsError."""
        return cls([_upstream(entry) for entry in entries])

    def admit(self, url: str) -> bool:
        """Tell whether the host of a URL is allowed."""
        return self.of(url) is not None

    def of(self, url: str) -> Upstream | None:
        """Return the upstream that a URL lies at, or None where its host is not allowed."""
        place = _place(url)
        return self._allowed.get(place) if place else None


def _upstream(entry: str) -> Upstream:
    name, _, network = entry.partition("=")
    place = None if set("/?#@ ") & set(name.strip()) else _place(f"http://{name.strip()}")
    if place is None:
        raise SettingsError(f"upstreams: {entry!r} is not a host; {_EXAMPLE}")
    try:
        networks = [ip_network(network.strip())] if network.strip() else []
    except ValueError as error:
        raise SettingsError(f"upstreams: {network!r} is not a network; {_EXAMPLE}") from error
    return Upstream(*place, (*networks, *_itself(place[0])))


def _itself(host: str) -> list[Network]:
    """Who names an address, and no name, means that very address."""
    try:
        address: IPv4Address | IPv6Address = ip_address(host)
    except ValueError:
        return []
    return [ip_network(address)]


def _place(url: str) -> tuple[str, int | None] | None:
    """Return host (in ASCII, as it is asked for) and port of a URL; None for a malformed one."""
    try:
        parsed = urlsplit(url)
        host, port = (parsed.hostname or "").encode("idna").decode("ascii").lower(), parsed.port
    except ValueError:
        return None
    usual = {"http": 80, "https": 443}.get(parsed.scheme)
    return (host, None if port == usual else port) if host and usual else None
