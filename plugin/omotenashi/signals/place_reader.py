"""Looking addresses up in an mmdb file, nested as MaxMind's or flat as ip-location-db's."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from pathlib import Path
from typing import TypeAlias

import maxminddb

from omotenashi.model.errors import SettingsError
from omotenashi.model.visitor import UNKNOWN_PLACE, Place
from omotenashi.signals.client_address import Address, parse_address
from omotenashi.signals.guessed_place import country_code, guessed_place
from omotenashi.signals.place_trial import try_out

logger = logging.getLogger("omotenashi.places")
_NAT64 = IPv6Network("64:ff9b::/96")
_SPECIAL = frozenset({0, 10, 100, 127, 169, 172, 192, 198, 203, *range(224, 256)})
"""First bytes of the networks in IANA's registry of special-purpose IPv4 addresses (RFC 6890)."""
_LARGEST_ADDRESS_TEXT = 64
_READER_ERRORS = (maxminddb.InvalidDatabaseError, ValueError, TypeError)
_CACHED = 8192

_Fingerprint: TypeAlias = tuple[int, int, int]
_LookUp: TypeAlias = Callable[[str], Place]


class PlaceReader:
    """An open mmdb file, of which a changed version can take the place while requests are answered.

    What was looked up is kept in memory, for at most 8,192 addresses, and nowhere else.
    """

    def __init__(self, path: Path, kept: Path | None = None) -> None:
        """Open the file, or where it is missing or broken what `kept` holds, else nothing: then all is unknown.

        `kept` is where a copy of the last good file is written. Where none is named, no copy is kept.
        """
        self._path = path
        self._kept = kept
        self._in_use: _Fingerprint | None = None
        self._refused: _Fingerprint | None = None
        self._look_up: _LookUp = _nowhere
        self.problem: str | None = None
        """Why the file on disk is not the one in use."""
        if self.refresh() and kept:
            with contextlib.suppress(OSError, *_READER_ERRORS):
                self._look_up = _opened(kept)

    @classmethod
    def checked(cls, path: Path) -> PlaceReader:
        """Open the file; SettingsError says what is wrong with one that is missing or broken."""
        reader = cls(path)
        if reader.problem:
            raise SettingsError(reader.problem)
        return reader

    def place(self, ip: str) -> Place:
        """Return where an address is; an unknown place for one that is not global, not in the file or not readable."""
        return self._look_up(ip) if len(ip) <= _LARGEST_ADDRESS_TEXT else UNKNOWN_PLACE

    def refresh(self) -> str | None:
        """Take a changed file up and return None; refuse a broken or missing one and return the message that says so.

        The message is returned for as long as the file on disk is not the one in use. A changed file is read as a
        whole: call this off the event loop.
        """
        try:
            now = _fingerprint(self._path)
            if now not in (self._in_use, self._refused):
                self._refused = now
                self._look_up = _opened_copy(self._path, self._kept)
                self._in_use = now
            if now == self._in_use:
                self.problem = None
        except OSError as error:
            self._refused = None
            self.problem = _complaint(self._path, error)
        except (SettingsError, *_READER_ERRORS) as error:
            self.problem = _complaint(self._path, error)
        return self.problem


def global_address(text: str) -> Address | None:
    """Return the address to look up: out of its IPv6 wrapping (mapped, 6to4, NAT64), None if it is not global."""
    address = parse_address(text.strip())
    if isinstance(address, IPv6Address):
        address = _unwrapped(address)
    return address if address is not None and _is_global(address) else None


def _is_global(address: Address) -> bool:
    """Ask the long list of networks only where one of them may hold the address: that is slow."""
    if isinstance(address, IPv4Address) and address.packed[0] not in _SPECIAL:
        return True
    return address.is_global


def _unwrapped(address: IPv6Address) -> Address:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour or address


def _fingerprint(path: Path) -> _Fingerprint:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _nowhere(_: str) -> Place:
    return UNKNOWN_PLACE


def _opened_copy(path: Path, kept: Path | None) -> _LookUp:
    """Return a look-up in a private copy of the file, so that nobody can change it under the map in memory.

    A sound copy takes the place of `kept`.
    """
    copy = _copied(path, kept.parent if kept else None)
    try:
        look_up = _opened(copy)
        if kept and copy.parent == kept.parent:
            copy.replace(kept)
    finally:
        copy.unlink(missing_ok=True)
    return look_up


def _copied(path: Path, folder: Path | None) -> Path:
    """Return a copy of the file in the folder, or where there is no room in the directory of temporary files."""
    data = path.read_bytes()
    try:
        return _written(data, folder)
    except OSError as error:
        if folder is None:
            raise SettingsError(
                f"mmdb: {path} cannot be copied to the directory of temporary files ({error.strerror}); "
                "name one that is writable in TMPDIR"
            ) from error
    try:
        return _written(data, None)
    except OSError as error:
        raise SettingsError(
            f"mmdb: {path} can be copied neither to {folder} nor to the directory of temporary files "
            f"({error.strerror}); make room, then exchange the file"
        ) from error


def _written(data: bytes, folder: Path | None) -> Path:
    if folder:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(".mmdb", "omotenashi-", folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError:
        Path(name).unlink()
        raise
    return Path(name)


def _opened(path: Path) -> _LookUp:
    """Return a cached look-up in a file that nobody changes."""
    if not try_out(str(path)):
        logger.warning("places: the database names no country; a City or Country database is needed (GeoLite2 City, …)")
    reader = maxminddb.open_database(path)

    @lru_cache(maxsize=_CACHED)
    def look_up(ip: str) -> Place:
        address = global_address(ip)
        if address is None:
            return UNKNOWN_PLACE
        try:
            return _place(reader.get(address))
        except _READER_ERRORS:
            return UNKNOWN_PLACE

    return look_up


def _complaint(path: Path, error: Exception) -> str:
    if isinstance(error, SettingsError):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return f"mmdb: there is no file {path}"
    if isinstance(error, OSError):
        return f"mmdb: {path} cannot be read: {error.strerror}"
    return f"mmdb: {path} is not a sound MaxMind database; download it again ({type(error).__name__})"


def _place(record: object) -> Place:
    if not isinstance(record, Mapping):
        return UNKNOWN_PLACE
    return _flat_place(record) if "country_code" in record else _nested_place(record)


def _nested_place(record: Mapping[str, object]) -> Place:
    """DB-IP's own files name subdivisions without a code."""
    country = country_code(_mapping(record, "country").get("iso_code"))
    subdivisions = record.get("subdivisions")
    first = subdivisions[0] if isinstance(subdivisions, list) and subdivisions else None
    subdivision = first if isinstance(first, Mapping) else {}
    names = _mapping(_mapping(record, "city"), "names")
    city = (names.get("ja") if country == "JP" else None) or names.get("en")
    location = _mapping(record, "location")
    return guessed_place(
        "mmdb",
        country,
        (subdivision.get("iso_code"), _mapping(subdivision, "names").get("en")),
        city,
        (location.get("latitude"), location.get("longitude")),
        location.get("accuracy_radius"),
    )


def _flat_place(record: Mapping[str, object]) -> Place:
    point = record.get("latitude"), record.get("longitude")
    return guessed_place(
        "mmdb", country_code(record["country_code"]), (record.get("state1"),), record.get("city"), point
    )


def _mapping(record: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = record.get(key)
    return found if isinstance(found, Mapping) else {}
