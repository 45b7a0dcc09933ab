"""What `omo visitor erase` does in each store: without reading profiles first, since what cannot be read has to go, too."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, NamedTuple

from omotenashi.cli.stores import opened_store
from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.database import Database, Transaction
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote.address import Address
from omotenashi.profiles.remote.rows import record_of
from omotenashi.profiles.scrub import scrub_all
from omotenashi.profiles.store import MemberRecord
from omotenashi.rights import Whom, refusal_of
from omotenashi.settings import Settings, hash_key

if TYPE_CHECKING:
    from omotenashi.profiles.remote.store import RemoteStore

_GONE = "no byte of it is left in the store"
_IN_LOG = "a running service still reads the store's log; within a minute no byte of it is left"
_IN_DUMPS = (
    "it is gone from memory, and from replicas as soon as they hear of it; where the servers write to disk, it leaves "
    "append-only files with the next BGREWRITEAOF, and snapshots with the next BGSAVE"
)


class Erased(NamedTuple):
    """What was erased."""

    parts: list[str]
    """What each is called that was there."""
    refused: bool
    """The member has said no, which is kept."""


def erased_in_file(database: Database, whom: Whom) -> tuple[Erased, str]:
    """Erase what is stored of somebody; return it, and where it may still be found."""
    with database.transaction() as transaction:
        record = _record(database, whom)
        refusal = refusal_of(record)
        parts = [name for name, was_there in _parts(transaction, whom, record, refusal) if was_there]
    return Erased(parts, refusal is not None), _GONE if scrub_all(database) else _IN_LOG


def _record(database: Database, whom: Whom) -> MemberRecord | None:
    try:
        return None if whom.member_key is None else database.read_record(whom.member_key)
    except StoreUnavailable:  # what it says cannot be known, and it goes as a whole
        return None


def _parts(
    transaction: Transaction, whom: Whom, record: MemberRecord | None, refusal: MemberRecord | None
) -> Iterator[tuple[str, bool]]:
    """Erase what is stored of somebody, part by part; return what each is called and whether it was there."""
    if whom.visitor_id is not None:
        yield "visitor's profile", transaction.erase(whom.visitor_id)
    if whom.member_key is not None:
        yield "member's profile", transaction.erase(whom.member_key, record=False)
        yield "member's record", transaction.erase(whom.member_key) and (refusal is None or record != refusal)
        if refusal is not None:
            transaction.write_record(whom.member_key, refusal, int(time.time()))


async def erased_remotely(address: Address, keep: Keep, settings: Settings, whom: Whom) -> tuple[Erased, str]:
    """Erase what is stored of somebody; return it, and where it may still be found."""
    async with opened_store(address, keep, settings, secret_of(settings, whom)) as store:
        record = await _remote_record(store, whom)
        refusal = refusal_of(record)
        parts = [name async for name, was_there in _remote_parts(store, whom, record, refusal) if was_there]
        return Erased(parts, refusal is not None), _IN_DUMPS


async def _remote_record(store: RemoteStore, whom: Whom) -> MemberRecord | None:
    value = None if whom.member_key is None else await store.record_value(whom.member_key)
    try:
        return record_of(value)
    except StoreUnavailable:  # likewise
        return None


async def _remote_parts(
    store: RemoteStore, whom: Whom, record: MemberRecord | None, refusal: MemberRecord | None
) -> AsyncIterator[tuple[str, bool]]:
    if whom.visitor_id is not None:
        yield "visitor's profile", await store.erase(whom.visitor_id)
    if whom.member_key is None:
        return
    yield "member's profile", await store.erase(whom.member_key, record=False)
    if refusal is None:
        yield "member's record", await store.erase(whom.member_key)
    else:
        await store.write_record(whom.member_key, refusal, int(time.time()))
        yield "member's record", record != refusal


def secret_of(settings: Settings, whom: Whom) -> bytes | None:
    """Return the key of member ids where somebody may be a member."""
    return None if whom.member_key is None else hash_key(settings, make=False)
