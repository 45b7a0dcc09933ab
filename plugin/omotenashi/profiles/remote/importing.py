"""Redis or Valkey as the target of an import: exact, though what a batch writes lies on many servers.

A batch is read in one round trip and written in one. Every profile that it changes notes the last line that it was
told; then it is written how far the import is. A batch that was half written when the import was killed is done again,
but for the profiles that have it already. Where a node has written in between, a profile's lines are folded again.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TypeVar

from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.importing import BATCH, Batch, Outcome, Said
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.remote import rows, scripts
from omotenashi.profiles.remote.access import TRIES, too_many
from omotenashi.profiles.remote.address import Address
from omotenashi.profiles.remote.bulk import Bulk
from omotenashi.profiles.remote.client import Command, Reply
from omotenashi.profiles.remote.edited import editable, readable, row_after
from omotenashi.profiles.remote.rows import Keys, Mark
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.remote.unreadable import naming
from omotenashi.profiles.store import Change, MemberRecord, apply

_LINE_AGAIN = "import this line again"

T = TypeVar("T", bound=Said)


class RemoteTarget:
    """What an import writes to, in a loop that does nothing else meanwhile."""

    size = BATCH

    def __init__(self, store: RemoteStore, address: Address, runner: asyncio.Runner) -> None:
        """`store`: at this address, started and looked for in the runner's loop."""
        self._keep = store.keep
        self._address = address
        self._store = store
        self._bulk = Bulk(store.wire, address)
        self._runner = runner

    def progress(self, source: str) -> str | None:
        known = self._runner.run(self._progress(source))
        return None if known is None else known.decode()

    def write(self, batch: Batch[T]) -> Outcome | None:
        return self._runner.run(self._written(batch))

    def tidy(self, *, finished: bool) -> None:
        """Nothing is left behind."""

    async def _progress(self, source: str) -> bytes | None:
        key = self._progress_key(source)
        (known,) = await self._bulk.ask([(key, ("GET", key))])
        return known if isinstance(known, bytes) else None

    async def _written(self, batch: Batch[T]) -> Outcome | None:
        known = None if batch.known is None else batch.known.encode()
        if await self._progress(batch.source) != known:
            return None
        outcome = await self._lines_written(batch)
        key = self._progress_key(batch.source)
        swap = _swap(key, known, batch.told(outcome).encode())
        (reply,) = await self._bulk.ask([(key, swap)], writes=True)
        return outcome if reply == 1 else None

    async def _lines_written(self, batch: Batch[T]) -> Outcome:
        run = blake2b(f"{batch.source} {batch.begun_anew}".encode(), digest_size=8).digest()
        waiting: dict[str, list[tuple[int, T]]] = defaultdict(list)
        for number, said in batch.lines:
            waiting[said.key].append((number, said))
        outcomes: list[Outcome] = []
        for _ in range(TRIES):
            sheets = await self._fetched(waiting, run)
            told = {key: sheet.told(batch, waiting[key]) for key, sheet in sheets.items()}
            beaten = await self._sent(sheets)
            outcomes += [outcome for key, outcome in told.items() if key not in beaten]
            waiting = {key: lines for key, lines in waiting.items() if key in beaten}
            if not waiting:
                refused = sorted(refusal for outcome in outcomes for refusal in outcome.refused)
                return Outcome(refused, sum(outcome.old for outcome in outcomes))
        raise too_many()

    async def _fetched(self, waiting: Mapping[str, Sequence[tuple[int, T]]], run: bytes) -> dict[str, _Sheet]:
        keys = {key: rows.keys_of(self._address.prefix, rows.place_of(key)) for key in waiting}
        stored = await self._stored(keys)
        half_done = [key for key, (_, _, awaited) in stored.items() if awaited is not None]
        for key in half_done:  # a login is finished first, as where the member comes
            await self._store.settle(rows.place_of(key))
        stored |= await self._stored({key: keys[key] for key in half_done})
        return {
            key: _Sheet(self._address, keys[key], value, record, Mark(run, waiting[key][-1][0], 0), self._keep)
            for key, (value, record, _) in stored.items()
        }

    async def _stored(self, keys: Mapping[str, Keys]) -> dict[str, list[bytes | None]]:
        """Return the values of each profile, its record, and what is awaited there."""
        commands: list[tuple[bytes, Command]] = [
            (one.profile, ("MGET", one.profile, one.record, one.awaited)) for one in keys.values()
        ]
        replies = await self._bulk.ask(commands)
        return {key: _three(reply) for key, reply in zip(keys, replies, strict=True)}

    async def _sent(self, sheets: Mapping[str, _Sheet]) -> set[str]:
        """Write what was changed; return the keys where others have written in between."""
        asked = [(key, command) for key, sheet in sheets.items() for command in sheet.commands()]
        replies = await self._bulk.ask([(sheets[key].keys.profile, command) for key, command in asked], writes=True)
        return {key for (key, _), reply in zip(asked, replies, strict=True) if reply != 1}

    def _progress_key(self, source: str) -> bytes:
        return f"{self._address.prefix}:import:{source}".encode()


class _Sheet:
    """One profile and record, before and after the lines of a batch."""

    def __init__(
        self, address: Address, keys: Keys, value: bytes | None, record: bytes | None, mark: Mark, keep: Keep
    ) -> None:
        """`value`: of the profile; `mark`: what it notes once it has the lines."""
        self.keys = keys
        self.keep = keep
        self._address = address
        self._record = record
        self._row = rows.row_of(value)
        self._mark = mark
        self._after: tuple[Profile, int] | None = None
        """The profile as it is changed, and the moment."""
        self._new_record: bytes | None = None

    def told(self, batch: Batch[T], lines: Sequence[tuple[int, T]]) -> Outcome:
        """Apply the lines that the profile does not have yet; return what came of all."""
        had = max((mark.value for mark in self._row.marks if mark.id == self._mark.id), default=0)
        old = [line for line in lines if line[0] <= had]
        new = [line for line in lines if line[0] > had]
        again = batch.work.write(self, _Nowhere(), old) if old else Outcome()
        first = batch.work.write(self, self, new) if new else Outcome()
        return Outcome([*again.refused, *first.refused], again.old + first.old)

    def read(self, key: str, now: int) -> Profile | None:
        """As `importing.Before` says."""
        del key
        with naming(self._address, self.keys.profile, _LINE_AGAIN):
            return readable(self._row, now, self.keep)

    def read_record(self, key: str) -> MemberRecord | None:
        """As `importing.Before` says."""
        del key
        with naming(self._address, self.keys.record, _LINE_AGAIN):
            return rows.record_of(self._record if self._new_record is None else self._new_record)

    def apply(self, change: Change) -> object:
        """As `importing.Writing` says."""
        with naming(self._address, self.keys.profile, _LINE_AGAIN):
            profile = editable(self._row, change.now, self.keep) if self._after is None else self._after[0]
        self._after = profile, change.now
        return apply(profile, change)

    def write_record(self, key: str, record: MemberRecord, now: int) -> None:
        """As `importing.Writing` says."""
        del key
        self._new_record = rows.record_value(record, now)

    def commands(self) -> list[Command]:
        """Return what writes the changes where nobody has written since; each answers 1 where that is so."""
        found: list[Command] = []
        if self._new_record is not None:
            found.append(_swap(self.keys.record, self._record, self._new_record))
        if self._after is not None:
            profile, now = self._after
            mark = Mark(self._mark.id, self._mark.value, now)
            after = row_after(self._row, profile, now, self.keep, mark)
            if after is not self._row:
                given = (self._row.version, rows.value_of(after), self.keep.profiles)
                found.append(("EVAL", scripts.WRITE, 1, self.keys.profile, *given))
        return found


class _Nowhere:
    """Takes what was written before."""

    def apply(self, change: Change) -> object:
        """As `importing.Writing` says."""

    def write_record(self, key: str, record: MemberRecord, now: int) -> None:
        """As `importing.Writing` says."""


def _three(reply: Reply) -> list[bytes | None]:
    if not isinstance(reply, list) or len(reply) != 3:
        raise StoreUnavailable("a reply that is none")
    return reply


def _swap(key: bytes, before: bytes | None, after: bytes) -> Command:
    return "EVAL", scripts.SWAP, 1, key, before or b"", after
