"""A value in Redis or Valkey that means nothing to us: said with its key, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from omotenashi.model.errors import StoreUnavailable
from omotenashi.profiles.remote.address import Address

_ANOTHER_TYPE = "WRONGTYPE"
"""How a server begins to say that a key holds a list, or something else that it cannot do this with."""


@contextmanager
def naming(where: Address | str, key: bytes, then: str = "") -> Iterator[None]:
    """Say which key it is that cannot be read, where StoreUnavailable says that something cannot.

    `then`: what to do once it is deleted.
    """
    try:
        yield
    except StoreUnavailable as error:
        raise StoreUnavailable(_named(where, key, "", then)) from error


def of_another_type(where: Address | str, key: bytes) -> StoreUnavailable:
    """Return what to say of a key that holds no plain value."""
    return StoreUnavailable(_named(where, key, f", for it is of another type ({_ANOTHER_TYPE})", ""))


def is_of_another_type(error: Exception) -> bool:
    """Tell whether a server has refused a command for that, or `of_another_type` says so."""
    return _ANOTHER_TYPE in str(error)


def _named(where: Address | str, key: bytes, why: str, then: str) -> str:
    name = key.decode(errors="replace")
    return f"{where}: {name} cannot be read{why}; delete it{then and f', and {then}'}, or name another ?prefix=…"
