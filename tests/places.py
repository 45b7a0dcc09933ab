"""Where the profiles of a test lie, a file or a Cluster, and what is seen there from outside."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Protocol

from tests.redis_servers import Cluster, Server
from zstandard import ZstdDecompressor, ZstdError

from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.sqlite import SqliteStore
from omotenashi.profiles.store import MemberRecord, Store

Row = tuple[bytes, bytes]
"""What a profile or a record is found by, and what lies there."""
PATIENT = 5
"""Seconds until a server of a busy machine is taken to be gone."""
_COMPRESSED = re.escape(b"\x28\xb5\x2f\xfd")
"""How compressed data begin (Zstandard, RFC 8878)."""
_TABLES = ("profile", "record")


class Place(Protocol):
    """Where profiles lie."""

    def store(self) -> Store:
        """Return a store that is not yet open."""

    def rows(self) -> list[Row]:
        """Return all profiles and records in order, as they lie there."""

    def texts(self) -> Iterator[bytes]:
        """Yield everything that lies there, compressed data as what they mean, too."""


class FilePlace:
    """A database of SQLite."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def store(self) -> Store:
        return SqliteStore(self._path)

    def rows(self) -> list[Row]:
        found = []
        with closing(sqlite3.connect(self._path)) as connection:
            for table in _TABLES:
                for place, rest, *values in connection.execute(f"SELECT * FROM {table}"):
                    found.append((f"{table} {place} {rest.hex()}".encode(), b" ".join(map(_bytes, values))))
        return sorted(found)

    def texts(self) -> Iterator[bytes]:
        for path in self._path.parent.glob(f"{self._path.name}*"):
            yield path.read_bytes()
        for _, value in self.rows():  # a file may hold a long one in pieces
            yield from texts_of(value)


class ClusterPlace:
    """The keys of a Redis Cluster that begin with a prefix."""

    def __init__(self, cluster: Cluster, prefix: str) -> None:
        self._cluster = cluster
        self._prefix = prefix
        self._masters: list[Server] = []

    def store(self) -> Store:
        return RemoteStore(parse_address(f"{self._cluster.url}?prefix={self._prefix}"), timeout=PATIENT)

    def rows(self) -> list[Row]:
        found: list[Row] = []
        self._masters = self._masters or self._cluster.masters()
        for node in self._masters:
            with node.client() as client:
                keys = list(client.scan_iter(f"{self._prefix}:{{*", count=1000))
                found += [(key, client.get(key) or b"") for key in keys]
        return sorted(found)

    def texts(self) -> Iterator[bytes]:
        for key, value in self.rows():
            yield key
            yield from texts_of(value)


async def put_record(store: Store, key: str, record: MemberRecord, now: int) -> bool:
    """Put a member's record in the place of whatever is there; tell whether it is another."""
    return await store.change_record(key, lambda _: record, now)


def texts_of(data: bytes) -> Iterator[bytes]:
    """Yield data, and what of them is compressed as it was before."""
    yield data
    for start in re.finditer(_COMPRESSED, data):
        with suppress(ZstdError):
            yield ZstdDecompressor().decompressobj().decompress(data[start.start() :])


def _bytes(value: bytes | float) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
