"""A small database of places in the form of MaxMind."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any


def mmdb(records: Mapping[str, Any]) -> bytes:
    """Return a database of IPv4 networks and what is said of each; bytes stand for themselves."""
    nodes: list[list[int | tuple[int]]] = [[-1, -1]]
    data = b""
    for text, record in records.items():
        network = IPv4Network(text)
        bits = f"{int(network.network_address):032b}"[: network.prefixlen]
        at = 0
        for bit in bits[:-1]:
            following = nodes[at][int(bit)]
            if following == -1:
                nodes.append([-1, -1])
                following = nodes[at][int(bit)] = len(nodes) - 1
            assert isinstance(following, int)
            at = following
        nodes[at][int(bits[-1])] = (len(data),)
        data += _encoded(record)
    tree = b"".join(_pointer(side, len(nodes)).to_bytes(3, "big") for node in nodes for side in node)
    metadata = {
        "node_count": len(nodes), "record_size": _uint(5, 24), "ip_version": _uint(5, 4), "database_type": "Test",
        "binary_format_major_version": _uint(5, 2), "binary_format_minor_version": _uint(5, 0),
        "build_epoch": _uint(9, 1), "languages": [], "description": {},
    }  # fmt: skip
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + _encoded(metadata)


def _pointer(side: int | tuple[int], count: int) -> int:
    if isinstance(side, tuple):
        return count + 16 + side[0]
    return count if side == -1 else side


def _encoded(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        text = value.encode()
        return _control(2, len(text)) + text
    if isinstance(value, float):
        return _control(3, 8) + struct.pack(">d", value)
    if isinstance(value, int):
        return _uint(6, value)
    if isinstance(value, Mapping):
        return _control(7, len(value)) + b"".join(_encoded(key) + _encoded(item) for key, item in value.items())
    return _control(11, len(value)) + b"".join(map(_encoded, value))


def _uint(kind: int, value: int) -> bytes:
    size = {5: 2, 6: 4, 9: 8}[kind]
    return _control(kind, size) + value.to_bytes(size, "big")


def _control(kind: int, size: int) -> bytes:
    extended = bytes([kind - 7]) if kind > 7 else b""
    top = 0 if extended else kind << 5
    return bytes([top | 29]) + extended + bytes([size - 29]) if size >= 29 else bytes([top | size]) + extended
