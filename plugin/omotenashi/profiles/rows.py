"""The rows of the SQLite file that one connection knows, and what their bytes mean."""

from __future__ import annotations

from msgspec import Struct

from omotenashi.profiles.packing import Columns, unpack_columns
from omotenashi.profiles.profile import Profile


class Row(Struct, gc=False):
    """A profile as it lies in the file. What the bytes mean is worked out when it is asked for, and nobody may change it."""

    data: bytes | None
    """None where there is no row."""
    updated: int
    """When it was written."""
    seen: int
    """The state of the file, as `Database.version` counts, of which this is known."""
    profile: Profile | None = None
    columns: Columns | None = None

    def decoded(self) -> tuple[Profile, Columns]:
        """Return what the bytes mean; raises StoreUnavailable where they mean nothing."""
        if self.profile is None or self.columns is None:
            self.profile, self.columns = unpack_columns(self.data or b"")
        return self.profile, self.columns


class Rows:
    """Rows by key, at most so many; the oldest goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows: dict[str, Row] = {}
        self.get = self._rows.get

    def know(self, key: str, row: Row) -> None:
        """Note what a row is now."""
        if key not in self._rows and len(self._rows) >= self._most:
            if not self._rows:  # none is to be kept
                return
            del self._rows[next(iter(self._rows))]
        self._rows[key] = row

    def forget(self, key: str) -> None:
        """Know nothing of a row any more."""
        self._rows.pop(key, None)

    def forget_all(self) -> None:
        """Know nothing any more."""
        self._rows.clear()
