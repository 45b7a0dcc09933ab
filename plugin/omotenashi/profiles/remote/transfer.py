"""Redis or Valkey as a side of a migration: the keys of each server as it lists them.

While a migration runs slots must not move, nor a replica take over: what that hides is found in the comparison.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import msgspec

from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote import rows, scripts
from omotenashi.profiles.remote.address import Address
from omotenashi.profiles.remote.bulk import Bulk
from omotenashi.profiles.remote.client import Command, Reply
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.remote.unreadable import naming
from omotenashi.profiles.transfer import END, START, Item, Kind, Progress

_KINDS = {b"p": Kind.PROFILE, b"r": Kind.RECORD}
_PARCEL = b"m"


class RemoteSide:
    """What lies at an address under its prefix."""

    def __init__(self, address: Address, store: RemoteStore) -> None:
        """`store`: at this address, started and looked for."""
        path = "/".join(str(part) for part in (address.service, address.database) if part)
        self.name = f"{address}/{path}?prefix={address.prefix}"
        self._prefix = address.prefix
        self._keep: Keep = store.keep
        self._store = store
        self._bulk = Bulk(store.wire, address)
        self._progress = f"{address.prefix}:migration".encode()
        self._key = rows.key_pattern(address.prefix)

    async def prepare(self) -> int:
        count = 0
        async for keys in self._listed():
            for place, letter in keys:
                if letter == _PARCEL:
                    await self._settle(place)
                else:
                    count += 1
        return count

    async def is_empty(self) -> bool:
        async for keys in self._listed():
            if keys:
                return False
        return True

    async def parts(self) -> Sequence[str]:
        return self._bulk.servers()

    async def read(self, part: str, position: str) -> tuple[list[Item], str]:
        keys, following = await self._scanned(part, position)
        wanted = [(place, letter) for place, letter in keys if letter != _PARCEL]
        values = await self._bulk.run(part, [("GET", self._key_of(*one)) for one in wanted])
        items = [self._item(*one, value) for one, value in zip(wanted, values, strict=True)]
        return [item for item in items if item is not None], following

    async def find(self, items: Sequence[Item]) -> list[Item | None]:
        wanted = [_name_of(item) for item in items]
        keys = [self._key_of(*one) for one in wanted]
        values = await self._bulk.ask([(key, ("GET", key)) for key in keys])
        return [self._item(*one, value) for one, value in zip(wanted, values, strict=True)]

    async def progress(self) -> Progress | None:
        (value,) = await self._bulk.ask([(self._progress, ("GET", self._progress))])
        try:
            return msgspec.json.decode(value, type=Progress) if isinstance(value, bytes) else None
        except msgspec.DecodeError as error:
            raise StoreUnavailable(f"{self._progress.decode()} holds no progress of a migration: delete it") from error

    async def write(self, changes: Sequence[tuple[Item, Item | None]], progress: Progress) -> None:
        await self._bulk.ask([self._writing(item, there) for item, there in changes], writes=True)
        await self._bulk.ask([(self._progress, ("SET", self._progress, msgspec.json.encode(progress)))], writes=True)

    async def _settle(self, place: str) -> None:
        try:
            await self._store.settle(place)
        except StoreUnavailable as error:
            key = self._key_of(place, _PARCEL).decode()
            raise StoreUnavailable(
                f"{self.name}: {key}, a login that a node left half done, cannot be finished ({error}); run the command "
                "again, and delete that key where it stays so"
            ) from error

    async def _listed(self) -> AsyncIterator[list[tuple[str, bytes]]]:
        for server in await self.parts():
            position = START
            while position != END:
                keys, position = await self._scanned(server, position)
                yield keys

    async def _scanned(self, server: str, position: str) -> tuple[list[tuple[str, bytes]], str]:
        """Return the places and the letters of some keys, and the position after them."""
        found, following = await self._bulk.listed(server, position, f"{self._prefix}:{{*}}:[prm]".encode())
        matches = [match for key in found if (match := self._key.fullmatch(key))]
        return [(match[1].decode(), match[2]) for match in matches], following

    def _key_of(self, place: str, letter: bytes) -> bytes:
        return b"%s:{%s}:%s" % (self._prefix.encode(), place.encode(), letter)

    def _item(self, place: str, letter: bytes, value: Reply) -> Item | None:
        """Return what a value means; None where it is gone by now."""
        if not isinstance(value, bytes):
            return None
        kind = _KINDS[letter]
        start = rows.VERSION if kind is Kind.PROFILE else 0
        with naming(self.name, self._key_of(place, letter)):
            updated, data = rows.stored_of(value[start:])
        return Item(kind, rows.digest_of_place(place), updated, data, value[:start] or value)

    def _writing(self, item: Item, there: Item | None) -> tuple[bytes, Command]:
        """Return the command that writes an item where nothing is, or still what was found; else the other's stays."""
        key = self._key_of(*_name_of(item))
        value = rows.stored_value(item.updated, item.data)
        if item.kind is Kind.RECORD:
            if there is None:
                return key, ("SET", key, value, "NX")
            return key, ("EVAL", scripts.SWAP, 1, key, there.version, value)
        value, expires = rows.new_version() + value, item.updated + self._keep.profiles + 1
        if there is None:
            return key, ("SET", key, value, "NX", "EXAT", expires)
        return key, ("EVAL", scripts.WRITE_AT, 1, key, there.version, value, expires)


def _name_of(item: Item) -> tuple[str, bytes]:
    return rows.place_of_digest(item.digest), b"p" if item.kind is Kind.PROFILE else b"r"
