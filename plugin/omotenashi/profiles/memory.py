"""A store in memory, for tests and for trying things out: it forgets everything at the end."""

from __future__ import annotations

from collections import Counter

from msgspec.structs import replace

from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.merge import is_emptied_for, is_to_move, merge_into
from omotenashi.profiles.packing import EMPTY, pack, unpack
from omotenashi.profiles.profile import Profile, short_id
from omotenashi.profiles.retention import current, is_over
from omotenashi.profiles.store import AtHand, Change, MemberRecord, RecordEdit, apply


class MemoryStore(AtHand):
    """Profiles in a dict, packed as they are elsewhere."""

    def __init__(self, keep: Keep | None = None) -> None:
        self.keep = keep or Keep()
        self.refused: Counter[str] = Counter()
        self._rows: dict[str, tuple[bytes, int]] = {}
        """By key: the packed profile, and when something was added last."""
        self._records: dict[str, MemberRecord] = {}
        self._open = False

    def start(self) -> None:
        self._open = True

    def read(self, key: str, now: int) -> Profile | None:
        self._require_open()
        row = self._rows.get(key)
        return None if row is None or is_over(row[1], now, self.keep) else current(unpack(row[0]), now, self.keep)

    def read_record(self, key: str) -> MemberRecord | None:
        self._require_open()
        return self._records.get(key)

    async def write(self, change: Change, patience: float | None = None) -> frozenset[str]:
        del patience  # nothing to wait for
        profile = replace(self.read(change.key, change.now) or Profile())
        granted = apply(profile, change)
        self._put(change.key, profile, change.now)
        return granted

    async def move(self, visitor_key: str, member_key: str, now: int, patience: float | None = None) -> None:
        del patience
        anonymous, owner = self.read(visitor_key, now) or Profile(), short_id(member_key)
        if is_to_move(anonymous, owner):
            member = replace(self.read(member_key, now) or Profile())
            merge_into(member, anonymous)
            self._put(member_key, member, now)
        if not is_emptied_for(anonymous, owner):
            self._put(visitor_key, Profile(owner=owner), now)

    async def change_record(self, key: str, edit: RecordEdit, now: int) -> bool:
        del now
        before = self.read_record(key)
        after = edit(before)
        if after is None:
            self._records.pop(key, None)
        else:
            self._records[key] = after
        return after != before

    async def erase(self, key: str, *, record: bool = True) -> bool:
        self._require_open()
        found = [self._rows.pop(key, None), self._records.pop(key, None) if record else None]
        return found != [None, None]

    def check(self) -> str | None:
        return self.check_reading()

    def check_reading(self) -> str | None:
        return None if self._open else "the store is closed"

    async def close(self) -> None:
        self._open = False

    def _put(self, key: str, profile: Profile, now: int) -> None:
        data = pack(current(profile, now, self.keep))
        if data != EMPTY:
            self._rows[key] = data, max(now, self._rows.get(key, (EMPTY, 0))[1])

    def _require_open(self) -> None:
        if not self._open:
            raise StoreUnavailable("the store is closed")
