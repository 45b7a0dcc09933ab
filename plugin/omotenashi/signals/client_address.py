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
_LONGEST = 45
"""Characters of an address: six groups of IPv6 with an IPv4 address behind them."""
_MAPPED = IPv6Network("::ffff:0:0/96")
_BLANK = " \t"
_PORT = r":(?:[0-5]?[0-9]{1,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]|_[A-Za-z0-9._-]+)"
"""A number up to 65535, or a made-up name (RFC 7239, section 6.2)."""
_WITH_PORT = re.compile(rf"([^:]*){_PORT}")
_BRACKETED = re.compile(rf"\[([0-9A-Fa-f:.]+)\](?:{_PORT})?")
_PAIR = re.compile(r'[ \t]*(?:([!#$%&*+.^`|~\w-]+)=(?:([^\s;"]+)|"((?:[^"\\]|\\.)*)")[ \t]*)?(?:;|\Z)', re.ASCII)
"""One `name=value` of an element of Forwarded, or nothing between two semicolons."""


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

    def everybody(self) -> bool:
        """Tell whether all addresses of a kind are believed, so that anybody may state anything."""
        return any(network.prefixlen == 0 for network in self._networks)

    def _look_up(self, text: str) -> bool:
        address = _peer_address(text)
        return address is not None and any(address in network for network in self._networks)


def resolve(peer: str, forwarded: str | None, header_kind: HeaderKind, trusted: TrustedNetworks) -> str | None:
    """Return the visitor's address (written as in RFC 5952), or None where it is unknown.

    `peer` is the other end of the connection, `forwarded` the header's lines joined by commas. Hops count from the
    right: each trusted proxy vouches for the one before it. A hop that cannot be read ends the search, since whatever
    stands further left may be forged.
    """
    if not trusted.contains(peer):
        address = _peer_address(peer)
        return str(address) if address else None
    for hop in _hops(forwarded or "", header_kind):
        address = parse_address(_without_port(hop))
        if address is None or address.is_unspecified:
            return None
        text = str(address)
        if not trusted.contains(text):
            return text
    return None


def parse_address(text: str) -> Address | None:
    """Return an address, IPv4 where it is mapped into IPv6, or None; a scope (`%eth0`) makes it unreadable."""
    return None if len(text) > _LONGEST else _parsed(text)


@lru_cache(maxsize=_CACHED)
def _parsed(text: str) -> Address | None:
    if "%" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _peer_address(peer: str) -> Address | None:
    """Return the address of the other end; its scope (`fe80::1%eth0`) means something to this machine alone."""
    return parse_address(peer.partition("%")[0])


def _network(text: str) -> Network:
    try:
        network = ip_network(text)
    except ValueError as error:
        raise SettingsError(f"trusted_proxies: {text!r} is not a network; {_remedy(text)}") from error
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        return IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
    return network


def _remedy(text: str) -> str:
    """Return what to write instead: where a network has bits of a host, the network, or the one address."""
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return "write networks such as 10.0.0.0/8 or addresses such as 127.0.0.1, with commas between them"
    return f"write {network}, or {text.partition('/')[0]} for the one address"


def _hops(header: str, kind: HeaderKind) -> Iterator[str]:
    """Yield who sent it to whom, the last hop first."""
    if kind == HeaderKind.X_FORWARDED_FOR:
        return (hop.strip(_BLANK) for hop in reversed(header.split(","))) if header else iter(())
    return map(_forwarded_for, _elements(header)) if header else iter(())


def _elements(header: str) -> Iterator[str]:
    """Yield the elements of Forwarded, the last first.

    It is read from the right, since only what trusted proxies added there is sure to keep to the grammar: a client
    could open a quotation that swallows it.
    """
    end, quoted = len(header), False
    for at in range(end - 1, -1, -1):
        if header[at] == '"' and not _is_escaped(header, at):
            quoted = not quoted
        elif header[at] == "," and not quoted:
            yield header[at + 1 : end]
            end = at
    yield header[:end]


def _is_escaped(text: str, at: int) -> bool:
    """Tell whether an odd number of backslashes stands before a character."""
    first = at
    while first and text[first - 1] == "\\":
        first -= 1
    return (at - first) % 2 == 1


def _forwarded_for(element: str) -> str:
    """Return the `for` of an element (RFC 7239), or empty text where there is not just one, or it cannot be read."""
    at, found = 0, []
    while at < len(element):
        pair = _PAIR.match(element, at)
        if pair is None:
            return ""
        if pair[1] and pair[1].lower() == "for":
            found.append(pair[2] or re.sub(r"\\(.)", r"\1", pair[3] or ""))
        at = pair.end()
    return found[0] if len(found) == 1 else ""


def _without_port(hop: str) -> str:
    if bracketed := _BRACKETED.fullmatch(hop):
        return bracketed[1]
    with_port = _WITH_PORT.fullmatch(hop)
    return with_port[1] if with_port else hop
