"""A remote store, where what it needs is installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from omotenashi.model.errors import SettingsError
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote.address import Address

if TYPE_CHECKING:
    from omotenashi.profiles.remote.store import RemoteStore


def remote_store(
    address: Address, keep: Keep, *, replicas: int = 0, timeout: float | None = None, sweeps: bool = False
) -> RemoteStore:
    """Return a store that is not yet open; raises SettingsError where the extra `redis` or a file for TLS is missing.

    `timeout`: seconds after which a server is taken to be gone, where nobody is kept waiting; `sweeps`: it does its part in
    ending what was kept long enough.
    """
    if find_spec("redis") is None or find_spec("hiredis") is None:
        raise SettingsError("store: Redis and Valkey need more: pip install '/path/to/omotenashi[redis]'")
    for option, file in (("ca", address.ca), ("cert", address.cert), ("key", address.key)):
        if file is not None and not Path(file).is_file():
            raise SettingsError(f"store: ?{option}={file}: there is no such file")
    from omotenashi.profiles.remote.store import TIMEOUT, RemoteStore  # noqa: PLC0415 an extra, and 10 MB

    return RemoteStore(address, keep, replicas=replicas, timeout=timeout or TIMEOUT, sweeps=sweeps)
