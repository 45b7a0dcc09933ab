"""Settings to an application, in each process that serves."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from omotenashi.content.fetch import Fetcher
from omotenashi.content.fragments import Fragments
from omotenashi.content.upstreams import Upstreams
from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.memory import MemoryStore
from omotenashi.profiles.remote.address import Address
from omotenashi.profiles.remote.opening import remote_store
from omotenashi.profiles.sqlite import SqliteStore
from omotenashi.profiles.store import Store
from omotenashi.reload import Holder
from omotenashi.service import Service, serving_tools
from omotenashi.settings import Settings, hash_key, keep_of, kept_places, store_place
from omotenashi.signals.client_address import HeaderKind, TrustedNetworks
from omotenashi.signals.geo_headers import GeoHeaders
from omotenashi.web.app import App, create_app
from omotenashi.web.guard import Access


def build_app(settings: Settings, key: str) -> App:
    """Return the application for these settings and this server key; raises SettingsError."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    holder = Holder(settings.rules, settings.data)
    tools = serving_tools(settings, kept_places(settings))
    service = Service(
        holder,
        make_store(settings),
        tools,
        hash_key(settings),
        deadline=settings.deadline / 1000,
        fragments=Fragments(Fetcher(Upstreams.parse(settings.upstreams)), tools.counts),
    )
    service.load_rules()
    return create_app(service, access_of(settings, key))


def access_of(settings: Settings, key: str) -> Access:
    """Return what decides whom to trust."""
    return Access(
        key.encode(),
        TrustedNetworks.parse(list(settings.trusted_proxies)),
        HeaderKind(settings.forwarded),
        GeoHeaders.parse(settings.geo_headers) if settings.geo_headers else None,
    )


def check_store(settings: Settings) -> None:
    """Open and close the store once; raises SettingsError where it cannot be used.

    Redis or Valkey may not answer, or refuse: until it does, history is unknown, as whoever serves will say.
    """
    asyncio.run(_tried(make_store(settings), hash_key(settings)))


async def _tried(store: Store, secret: bytes) -> None:
    store.start()
    try:
        with suppress(StoreUnavailable):
            await store.look(secret)
    finally:
        await store.close()


def make_store(settings: Settings) -> Store:
    """Return the store that the settings name; raises SettingsError where something is missing for it."""
    place, keep = store_place(settings), keep_of(settings)
    if isinstance(place, Address):
        return remote_store(place, keep, replicas=settings.store_replicas, sweeps=True)
    return MemoryStore(keep) if place is None else SqliteStore(place, keep)
