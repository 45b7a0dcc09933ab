"""A store in memory, for tests and for trying things out: it forgets everything at the end."""

from __future__ import annotations

from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.packing import EMPTY, pack, unpack
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.store import Change, apply


class MemoryStore:
    """Profiles in a dict, packed as they are elsewhere."""

    def __init__(self) -> None:
        self._rows: dict[str, bytes] = {}
        self._open = False

    def start(self) -> None:
        self._open = True

    def read(self, key: str) -> Profile | None:
        self._require_open()
        data = self._rows.get(key)
        return None if data is None else unpack(data)

    async def write(self, change: Change) -> frozenset[str]:
        self._require_open()
        stored = self._rows.get(change.key, EMPTY)
        profile = unpack(stored)
        granted = apply(profile, change)
        data = pack(profile)
        if data != stored:
            self._rows[change.key] = data
        return granted

    def check(self) -> str | None:
        return None if self._open else "the store is closed"

    async def close(self) -> None:
        self._open = False

    def _require_open(self) -> None:
        if not self._open:
            raise StoreUnavailable("the store is closed")
