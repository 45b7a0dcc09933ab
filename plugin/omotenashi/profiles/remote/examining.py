"""Whether what is stored of somebody can be read: for an operator, who is told the key of what cannot."""

from __future__ import annotations

from collections.abc import Collection

from omotenashi.profiles.remote import rows
from omotenashi.profiles.remote.address import Address
from omotenashi.profiles.remote.bulk import Bulk
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.remote.unreadable import naming


async def require_readable(store: RemoteStore, address: Address, keys: Collection[str]) -> None:
    """Raise StoreUnavailable that names what cannot be read of visitors and members; `keys` are theirs."""
    bulk = Bulk(store.wire, address)
    for stored in (rows.keys_of(address.prefix, rows.place_of(key)) for key in keys):
        wanted = (stored.profile, stored.record)
        profile, record = await bulk.ask([(name, ("GET", name)) for name in wanted])
        with naming(address, stored.profile):
            _ = rows.row_of(profile if isinstance(profile, bytes) else None).profile
        with naming(address, stored.record):
            rows.record_of(record if isinstance(record, bytes) else None)
