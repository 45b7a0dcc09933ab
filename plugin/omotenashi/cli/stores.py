"""What the commands share that work with what is stored."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from omotenashi.model.errors import SettingsError, StoreUnavailable
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote.address import Address
from omotenashi.profiles.remote.opening import remote_store
from omotenashi.settings import Settings, keep_of, read_settings, store_place

if TYPE_CHECKING:  # only those load it whose store it is
    from omotenashi.profiles.remote.store import RemoteStore

PATIENCE = 10.0
"""Seconds after which Redis or Valkey is taken to be gone: whoever calls a command waits longer than a visitor."""


def store_arguments(command: argparse.ArgumentParser) -> None:
    """Add the flags of commands that work with the rules and with what is stored."""
    command.add_argument("--rules", type=Path, metavar="DIR", help="the rules folder (rules)")
    command.add_argument("--data", type=Path, metavar="DIR", help="the data directory (omo-data)")
    command.add_argument("--store", metavar="URL", help="where visitors are stored (in the data directory)")
    command.add_argument("--lang", choices=("ja", "en"))


def settings_of(options: argparse.Namespace) -> Settings:
    """Return the settings, with what the command line says; print warnings about names that are not known."""
    flags = {name: value for name, value in vars(options).items() if name in Settings.__struct_fields__}
    settings, warnings = read_settings(flags, os.environ, Path.cwd())
    for warning in warnings:
        warn(warning)
    return settings


def store_of(settings: Settings) -> tuple[Path | Address, Keep]:
    """Return the file of the store or its address, and for how long things are kept."""
    place = store_place(settings)
    if place is None:
        raise SettingsError("store: memory: is known to the process that serves alone; name a file: sqlite:///path")
    return place, keep_of(settings)


async def looked_for(
    address: Address, keep: Keep, settings: Settings, secret: bytes | None, *, first: bool = False
) -> RemoteStore:
    """Return a store of many nodes, open; `secret` is the key of member ids, None where it is not needed.

    `first`: there need not be anything yet. Raises StoreUnavailable where nobody answers, SettingsError where there is
    nothing, or the nodes have another key.
    """
    store = remote_store(address, keep, replicas=settings.store_replicas, timeout=PATIENCE)
    store.start()
    try:
        await store.look(secret, first=first)
    except (StoreUnavailable, SettingsError):
        await store.close()
        raise
    return store


@asynccontextmanager
async def opened_store(
    address: Address, keep: Keep, settings: Settings, secret: bytes | None, *, first: bool = False
) -> AsyncIterator[RemoteStore]:
    """Open a store of many nodes, and close it in the end; all as `looked_for` says."""
    store = await looked_for(address, keep, settings, secret, first=first)
    try:
        yield store
    finally:
        await store.close()


def warn(text: str) -> None:
    """Print a warning."""
    print(f"omo: warning: {text}", file=sys.stderr)
