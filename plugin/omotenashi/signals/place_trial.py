"""A database of places tried out in a process of its own.

Broken files can end the process that reads them: with maxminddb 3.2 a map whose key is no text is one of the ways, to
iterate over a tree that leads back to itself another. Better that this happens here than while pages are made.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

import maxminddb

_SPREAD = 1000
_SECONDS = 1.0
"""A file of average size is read as a whole in it, of GeoLite2 City some 200,000 networks."""
_PATIENCE = 60
_CLOCK_EVERY = 1000
_IPV6 = 6
_NO_TEXT = "error:PyUnicode_FromStringAndSize"
"""Python warns so where the extension makes a text out of nothing."""


def try_out(path: str) -> bool:
    """Read a sample of a file, or all of it, and tell whether it names countries; raises InvalidDatabaseError."""
    command = [sys.executable, "-S", "-P", "-W", _NO_TEXT, __file__, path]
    try:
        told = subprocess.run(command, env=_environment(), capture_output=True, timeout=_PATIENCE, check=True)  # noqa: S603 our own file
    except subprocess.SubprocessError as error:
        raise maxminddb.InvalidDatabaseError("reading it fails") from error
    return told.stdout.strip() == b"True"


def _environment() -> dict[str, str]:
    """Return the environment without our settings: what may break has no use for our keys."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("OMO_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(sys.path)}


def _read(path: str) -> bool:
    end, found = time.monotonic() + _SECONDS, False
    with maxminddb.open_database(path) as reader:
        for address in _spread(has_ipv6=reader.metadata().ip_version == _IPV6):
            found = _names_country(reader.get(address)) or found
        for number, (_, record) in enumerate(reader):
            found = found or _names_country(record)
            if number % _CLOCK_EVERY == 0 and time.monotonic() > end:
                break
    return found


def _names_country(record: object) -> bool:
    return isinstance(record, dict) and ("country" in record or "country_code" in record)


def _spread(*, has_ipv6: bool) -> Iterator[IPv4Address | IPv6Address]:
    """Yield addresses spread over all that is assigned: 0.0.0.0/0 and 2000::/3."""
    for number in range(_SPREAD):
        yield IPv4Address((number << 32) // _SPREAD)
        if has_ipv6:
            yield IPv6Address((0b001 << 125) + (number << 125) // _SPREAD)


if __name__ == "__main__":
    sys.stdout.write(str(_read(sys.argv[1])))
