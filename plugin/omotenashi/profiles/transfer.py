"""From one store to another: profiles and members' records as they are, in batches, so that it may stop at any moment.

How far it is lies in the target, so that it goes on there. What is there already and the same is not written again;
what is newer there stays. At the end both sides are read, and compared byte by byte.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.model.errors import SettingsError
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.retention import is_over

BATCH = 1000
"""Items, about."""
START, END = "", "end"
"""The position before the first item of a part, and after its last one."""


class Kind(StrEnum):
    """What may be stored under a key."""

    PROFILE = "profile"
    RECORD = "record"


class Item(NamedTuple):
    """Something that is stored."""

    kind: Kind
    digest: bytes
    """The hash of its key, 128 bits."""
    updated: int
    """Seconds since 1970-01-01 UTC."""
    data: bytes
    version: bytes = b""
    """Where the store tells versions apart: by some bytes, or by all of them."""

    def is_same(self, other: Item) -> bool:
        """Tell whether two stores hold the same."""
        return self.data == other.data and self.updated == other.updated

    def is_over(self, now: int, keep: Keep) -> bool:
        """Tell whether it may no longer be kept; a record is kept until it is erased."""
        return self.kind is Kind.PROFILE and is_over(self.updated, now, keep)


class Progress(Struct, frozen=True):
    """How far a migration is, as it is kept in the target."""

    source: str
    positions: dict[str, str] = {}
    """By part of the source."""
    items: int = 0
    """Gone through."""
    over: int = 0
    """Left out, since they may no longer be kept."""
    finished: bool = False
    """Both sides were equal."""


class Side(Protocol):
    """A store that is migrated from or to. Methods may raise StoreUnavailable."""

    name: str

    async def prepare(self) -> int:
        """Finish what was left half done, before it is read; return how many items there are."""

    async def is_empty(self) -> bool:
        """Tell whether there is no item."""

    async def parts(self) -> Sequence[str]:
        """Return the names of the parts that are read one after the other."""

    async def read(self, part: str, position: str) -> tuple[list[Item], str]:
        """Return the next items of a part, and the position after them."""

    async def find(self, items: Sequence[Item]) -> list[Item | None]:
        """Return for each item what lies here under its key."""

    async def progress(self) -> Progress | None:
        """Return what `write` was told last."""

    async def write(self, changes: Sequence[tuple[Item, Item | None]], progress: Progress) -> None:
        """Write items, each with what `find` has found, and after them how far the migration is then."""


class Comparison(Struct):
    """What two stores have in common."""

    same: Counter[Kind]
    missing: int = 0
    different: int = 0
    newer: int = 0
    """Of those that are different, in the target."""
    extra: int = 0
    """In the target alone."""

    @property
    def differences(self) -> int:
        return self.missing + self.different + self.extra


async def begun(source: Side, target: Side, *, again: bool = False) -> Progress:
    """Return how far a migration is; raises SettingsError where the target holds anything else.

    `again`: one that was finished goes through all of it again.
    """
    if source.name == target.name:
        raise SettingsError(f"{source.name} is named twice: name two stores")
    progress = await target.progress()
    if progress is not None and progress.source != source.name:
        raise SettingsError(
            f"{target.name}: a migration from {progress.source} has gone there; finish that, or name an empty store"
        )
    if progress is None and not await target.is_empty():
        raise SettingsError(
            f"{target.name} holds profiles already; a migration goes into an empty store: name another file, or another "
            "?prefix=…"
        )
    return Progress(source.name) if progress is None or (again and progress.finished) else progress


async def copied(
    source: Side, target: Side, progress: Progress, keep: Keep, clock: Callable[[], float]
) -> AsyncIterator[Progress]:
    """Copy what is left, and yield how far it is after each batch."""
    await target.write([], progress)  # so that one that is killed in its first batch is known again
    for part in await source.parts():
        position = progress.positions.get(part, START)
        while position != END:
            items, position = await source.read(part, position)
            kept = [item for item in items if not item.is_over(int(clock()), keep)]
            found = await target.find(kept)
            changes = [(item, there) for item, there in zip(kept, found, strict=True) if _is_to_write(item, there)]
            progress = replace(
                progress,
                positions=progress.positions | {part: position},
                items=progress.items + len(items),
                over=progress.over + len(items) - len(kept),
            )
            await target.write(changes, progress)
            yield progress


def _is_to_write(item: Item, there: Item | None) -> bool:
    return there is None or (item.updated >= there.updated and not item.is_same(there))


async def compare(
    source: Side, target: Side, keep: Keep, clock: Callable[[], float], tell: Callable[[int], None]
) -> Comparison:
    """Read both sides and compare them; `tell` is told how many items were read."""
    result, read = Comparison(Counter()), 0
    async for items in _items(source):
        for item, there in zip(items, await target.find(items), strict=True):
            if there is None:
                result.missing += not item.is_over(int(clock()), keep)
            elif item.is_same(there):
                result.same[item.kind] += 1
            else:
                result.different += 1
                result.newer += there.updated > item.updated
        read += len(items)
        tell(read)
    async for items in _items(target):
        for item, there in zip(items, await source.find(items), strict=True):
            result.extra += there is None and not item.is_over(int(clock()), keep)
        read += len(items)
        tell(read)
    return result


async def _items(side: Side) -> AsyncIterator[list[Item]]:
    for part in await side.parts():
        position = START
        while position != END:
            items, position = await side.read(part, position)
            yield items


async def concluded(target: Side, progress: Progress, comparison: Comparison) -> None:
    """Note in the target what came of it: where the sides differ, the next run goes through all of it again.

    A migration that was finished stays so: what is missing since then was erased perhaps.
    """
    if not progress.finished:
        equal = not comparison.differences
        await target.write([], replace(progress, finished=True) if equal else Progress(progress.source))
