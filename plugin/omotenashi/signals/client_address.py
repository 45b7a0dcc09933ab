"""The visitor's address behind proxies: the right-most hop that is not a trusted proxy, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from omotenashi.model.errors import SettingsError

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_CACHED = 4096
_MAPPED = IPv6Network("::ffff:0:0/96")
_PORT = re.compile(r":\d{1,5}\Z")
_BRACKETED = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?\Z")
_NAME = r"[A-Za-z0-9-]+"
_PAIR = re.compile(rf'[ \t]*({_NAME})=(?:([^\s;,"=]+)|"((?:[^"\\]|\\.)*)")[ \t]*([;,]|\Z)')


class HeaderKind(StrEnum):
    """Which header the trusted proxies fill; never both, or a client could choose."""

    X_FORWARDED_FOR = "x-forwarded-for"
    FORWARDED = "forwarded"


class TrustedNetworks:
    """The networks whose proxies are believed."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = tuple(networks)
        self._contains = lru_cache(maxsize=_CACHED)(self._look_up)

    @classmethod
    def parse(cls, texts: Sequence[str]) -> TrustedNetworks:
        """Read networks and addresses such as `10.0.0.0/8`, `::1`; SettingsError names the one that is wrong."""
        return cls([_network(text.strip()) for text in texts])

    def contains(self, address: str) -> bool:
        """Tell whether an address lies in one of the networks; what is no address does not."""
        return bool(self._networks) and self._contains(address)

    def _look_up(self, text: str) -> bool:
        address = parse_address(text)
        return address is not None and any(address in network for network in self._networks)


def resolve(peer: str, forwarded: str | None, header_kind: HeaderKind, trusted: TrustedNetworks) -> str | None:
    """Return the visitor's address, or None where it is unknown.

    `peer` is the other end of the connection, `forwarded` the header's lines joined by commas. Hops count from the
    right: each trusted proxy vouches for the one before it. A hop that cannot be read ends the search, since whatever
    stands further left may be forged.
    """
    if not trusted.contains(peer):
        address = parse_address(peer)
        return str(address) if address else None
    for hop in reversed(_hops(forwarded or "", header_kind)):
        address = parse_address(_without_port(hop))
        if address is None:
            return None
        text = str(address)
        if not trusted.contains(text):
            return text
    return None


def parse_address(text: str) -> Address | None:
    """Return an address, IPv4 where it is mapped into IPv6, or None; a scope (`%eth0`) makes it unreadable."""
    if "%" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _network(text: str) -> Network:
    try:
        network = ip_network(text)
    except ValueError as error:
        raise SettingsError(f"trusted_proxies: {text!r} is not a network such as 10.0.0.0/8 ({error})") from error
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        return IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
    return network


def _hops(header: str, kind: HeaderKind) -> list[str]:
    if kind == HeaderKind.X_FORWARDED_FOR:
        return [hop.strip() for hop in header.split(",")] if header else []
    return list(_forwarded_for(header))


def _forwarded_for(header: str) -> Iterator[str]:
    """Yield the `for` of each element (RFC 7239); an empty one last where the header breaks the grammar."""
    at, hops = 0, []
    while at < len(header):
        pair = _PAIR.match(header, at)
        if pair is None:
            yield ""
            return
        if pair[1].lower() == "for":
            hops.append(pair[2] or re.sub(r"\\(.)", r"\1", pair[3] or ""))
        if pair[4] != ";":
            yield hops[0] if len(hops) == 1 else ""
            hops = []
        at = pair.end()
    if hops:
        yield ""


def _without_port(hop: str) -> str:
    if bracketed := _BRACKETED.match(hop):
        return bracketed[1]
    return _PORT.sub("", hop) if hop.count(":") == 1 else hop
