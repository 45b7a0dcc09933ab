"""A login: what was done on a device goes to the member, once, though the two lie in different places.

It takes steps, and a node may stop after each of them; whoever comes next finishes what it began.

1. The member's place notes which parcel to await, and from where.
2. The device's profile is emptied and marked as the member's; what it held lies beside it, as that parcel.
3. It is merged into the member's profile, where it is still awaited; in the same moment it is noted that it was.
4. The parcel is thrown away, and awaited no more.

So a parcel is found by whoever comes from the device, and by whoever asks for the member or erases what is theirs; it is
merged once, and never where the member has erased in between.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from omotenashi.model.errors import StoreRefused, StoreUnavailable
from omotenashi.profiles.merge import is_emptied_for, is_to_move, merge_into
from omotenashi.profiles.packing import pack, unpack
from omotenashi.profiles.profile import Profile, short_id
from omotenashi.profiles.remote import rows, scripts
from omotenashi.profiles.remote.access import TRIES, Access, Found, too_many
from omotenashi.profiles.remote.edited import editable
from omotenashi.profiles.remote.rows import Awaited, Parcel, Row

_UNDER_WAY = 60
"""Seconds for which an awaited parcel may not be there yet."""
_ALWAYS = 2**31


async def move(access: Access, visitor_key: str, member_key: str, now: int) -> None:
    """Move an anonymous visitor's profile to the member who logged in. Raises StoreUnavailable."""
    place, member, owner = rows.place_of(visitor_key), rows.place_of(member_key), short_id(member_key)
    for _ in range(TRIES):
        found = await access.fetched(place)
        if found.parcel is not None:
            await _deliver(access, place, found.parcel)
            continue
        anonymous = editable(found.row, now, access.keep)
        if is_emptied_for(anonymous, owner):
            return
        parcel = None
        if is_to_move(anonymous, owner):
            parcel = Parcel(rows.new_version(), member, pack(anonymous), now)
            await _await(access, parcel, place)
        if await _is_put_aside(access, place, found.row, Profile(owner=owner), now, parcel):
            if parcel is not None:
                await _deliver(access, place, parcel)
            return
    raise too_many()


async def settle(access: Access, place: str, found: Found) -> None:
    """Finish logins that a node has left half done; `found`: at that place. Raises StoreUnavailable."""
    if found.parcel is not None:
        await _deliver(access, place, found.parcel)
    await asyncio.gather(*(_collect(access, place, one) for one in found.awaited))


async def discard(access: Access, place: str) -> bool:
    """Throw away what is on its way to a member; tell whether there was anything. Raises StoreUnavailable."""
    key, thrown = access.keys(place).awaited, False
    for _ in range(TRIES):
        value = await access.wire().read(key, "GET", key)
        if not isinstance(value, bytes):
            return thrown
        away = await asyncio.gather(*(_throw_away(access, one.place, one.id) for one in rows.awaited_of(value)))
        thrown = thrown or any(away)
        await access.wire().write(key, "EVAL", scripts.SWAP, 1, key, value, b"")
    raise too_many()


async def _await(access: Access, parcel: Parcel, place: str) -> None:
    key, entry = access.keys(parcel.place).awaited, rows.awaited_value(Awaited(parcel.id, place))
    if await access.wire().write(key, "EVAL", scripts.AWAIT, 1, key, entry, access.keep.profiles) != 1:
        raise StoreUnavailable("too many logins of one member are half done")


async def _is_put_aside(
    access: Access, place: str, row: Row, emptied: Profile, now: int, parcel: Parcel | None
) -> bool:
    """Leave the device's profile empty, what it held beside it; tell whether it still was what had been read."""
    keys = access.keys(place)
    after = Row(rows.new_version(), max(now, row.updated), pack(emptied), row.marks, emptied)
    sent = b"" if parcel is None else rows.parcel_value(parcel)
    given = (row.version, rows.value_of(after), access.keep.profiles, sent)
    try:
        reply = await access.wire().write(keys.profile, "EVAL", scripts.DETACH, 2, keys.profile, keys.parcel, *given)
    except StoreRefused:
        await _await_no_more(access, place, parcel)
        raise
    if access.there(place, reply, after) is after:
        return True
    await _await_no_more(access, place, parcel)
    return False


async def _await_no_more(access: Access, place: str, parcel: Parcel | None) -> None:
    """Take back that a parcel is awaited which certainly was not put aside."""
    if parcel is not None:
        await _forget(access, parcel.place, Awaited(parcel.id, place), _ALWAYS)


async def _deliver(access: Access, place: str, parcel: Parcel) -> None:
    """Merge a parcel into the member's profile, if it is awaited there, and throw it away; `place`: of the device."""
    source, awaited = unpack(parcel.data), Awaited(parcel.id, place)
    entry = rows.awaited_value(awaited)
    await access.edit(parcel.place, parcel.at, lambda profile: merge_into(profile, source), entry)
    await _throw_away(access, place, parcel.id)
    await _forget(access, parcel.place, awaited, _ALWAYS)


async def _collect(access: Access, member: str, awaited: Awaited) -> None:
    """Deliver a parcel that a member awaits; await it no more if it was merged, or has not come in all that time."""
    if awaited.is_merged:
        with suppress(StoreUnavailable):  # what can be read is complete
            await _throw_away(access, awaited.place, awaited.id)
            await _forget(access, member, awaited, _ALWAYS)
        return
    parcel = (await access.fetched(awaited.place)).parcel
    if parcel is not None and parcel.id == awaited.id:
        await _deliver(access, awaited.place, parcel)
        return
    with suppress(StoreUnavailable):  # likewise
        await _forget(access, member, awaited, access.keep.profiles - _UNDER_WAY)


async def _throw_away(access: Access, place: str, parcel_id: bytes) -> bool:
    key = access.keys(place).parcel
    return await access.wire().write(key, "EVAL", scripts.REMOVE, 1, key, parcel_id) == 1


async def _forget(access: Access, member: str, awaited: Awaited, left: int) -> None:
    """Await a parcel no more, where what is awaited there is kept for at most so many seconds more."""
    key = access.keys(member).awaited
    await access.wire().write(key, "EVAL", scripts.ARRIVED, 1, key, rows.awaited_value(awaited), left)
