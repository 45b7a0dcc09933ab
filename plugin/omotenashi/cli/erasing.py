"""What `omo visitor erase` does in each store: without reading profiles first, since what cannot be read has to go, too."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

from omotenashi.cli.stores import opened_store
from omotenashi.profiles.database import Database, Transaction
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote.address import Address
from omotenashi.profiles.scrub import scrub_all
from omotenashi.profiles.store import Store
from omotenashi.rights import Whom, refusal_of
from omotenashi.settings import Settings, hash_key

_VISITOR = ("訪問者の記録", "visitor's profile")
_MEMBER = ("会員の行動の記録", "member's profile")
_RECORD = ("会員の同意と属性", "member's record")
_GONE = ("保存先には1バイトも残っていません", "no byte of it is left in the store")
_IN_LOG = (
    "動いているサービスが保存先のログをまだ読んでいます。1分以内に1バイトも残らなくなります",
    "a running service still reads the store's log; within a minute no byte of it is left",
)
_IN_DUMPS = (
    (
        "メモリーからは消えました。複製からも、知らせが届きしだい消えます。サーバーがディスクに書く場合、追記ファイルからは"
        "次の BGREWRITEAOF で、スナップショットからは次の BGSAVE で消えます"
    ),
    (
        "it is gone from memory, and from replicas as soon as they hear of it; where the servers write to disk, it leaves "
        "append-only files with the next BGREWRITEAOF, and snapshots with the next BGSAVE"
    ),
)
Words = tuple[str, str]
"""The same in Japanese and in English."""


class Erased(NamedTuple):
    """What was erased."""

    parts: list[Words]
    """What each is called that was there."""
    refused: bool
    """The member has said no, which is kept."""


def erased_in_file(database: Database, whom: Whom) -> tuple[Erased, Words]:
    """Erase what is stored of somebody; return it, and where it may still be found."""
    with database.transaction() as transaction:
        parts = [name for name, was_there in _parts(transaction, whom) if was_there]
    refused = whom.member_key is not None and database.read_record(whom.member_key) is not None
    return Erased(parts, refused), _GONE if scrub_all(database) else _IN_LOG


def _parts(transaction: Transaction, whom: Whom) -> Iterator[tuple[Words, bool]]:
    """Erase what is stored of somebody, part by part; return what each is called and whether it was there."""
    if whom.visitor_id is not None:
        yield _VISITOR, transaction.erase(whom.visitor_id)
    if whom.member_key is not None:
        yield _MEMBER, transaction.erase(whom.member_key, record=False)
        yield _RECORD, transaction.change_record(whom.member_key, refusal_of, int(time.time()))


async def erased_remotely(address: Address, keep: Keep, settings: Settings, whom: Whom) -> tuple[Erased, Words]:
    """Erase what is stored of somebody; return it, and where it may still be found."""
    async with opened_store(address, keep, settings, secret_of(settings, whom)) as store:
        parts = [name async for name, was_there in _remote_parts(store, whom) if was_there]
        return Erased(parts, await _is_refused(store, whom)), _IN_DUMPS


async def _remote_parts(store: Store, whom: Whom) -> AsyncIterator[tuple[Words, bool]]:
    if whom.visitor_id is not None:
        yield _VISITOR, await store.erase(whom.visitor_id)
    if whom.member_key is not None:
        yield _MEMBER, await store.erase(whom.member_key, record=False)
        yield _RECORD, await store.change_record(whom.member_key, refusal_of, int(time.time()))


async def _is_refused(store: Store, whom: Whom) -> bool:
    """Tell whether a record is left: that the member has said no."""
    key = whom.member_key
    return key is not None and (await store.fetch([key])).read_record(key) is not None


def secret_of(settings: Settings, whom: Whom) -> bytes | None:
    """Return the key of member ids where somebody may be a member."""
    return None if whom.member_key is None else hash_key(settings, make=False)
