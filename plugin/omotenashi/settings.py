"""The operator's settings: flags over OMO_… variables over omotenashi.toml over defaults."""

from __future__ import annotations

import contextlib
import difflib
import os
import tomllib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from omotenashi.model.errors import SettingsError
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote.address import FORMS, Address, is_remote, parse_address
from omotenashi.signals.client_address import HeaderKind, TrustedNetworks
from omotenashi.signals.geo_headers import GeoHeaders

SETTINGS_FILE = "omotenashi.toml"
KEY_FILE = "key"
HASH_KEY_FILE = "hash-key"
DATABASE = "visitors.sqlite"
LAST_GOOD_PLACES = "last-good.mmdb"
SHORTEST_KEY = 16
LONGEST_RETENTION = 4000
"""Days."""
MOST_REPLICAS = 10
_DAY = 86_400
_STORES = f"sqlite:///relative/path, sqlite:////absolute/path, memory:, {FORMS}"


class Settings(Struct, frozen=True):
    """What an operator may set. The name of a field is the key in omotenashi.toml, and the flag with dashes."""

    rules: Path = Path("rules")
    """The rules folder."""
    host: str = "127.0.0.1"
    """The address to listen on."""
    port: int = 8700
    """The port to listen on."""
    data: Path = Path("omo-data")
    """The data directory: the visitors' database, the server key, the last good rules and places."""
    mmdb: Path | None = None
    """A MaxMind database for places (GeoLite2 City, DB-IP Lite, …)."""
    workers: int = 1
    """Processes that serve."""
    key: str = ""
    """The server key. Without one it is made at the first start and kept in the data directory."""
    member_key: str = ""
    """Keys of member tokens: kid:secret[,kid2:secret2], kid:@file.pem for Ed25519."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose X-Omo-… and forwarding headers count, such as 127.0.0.1/32. None by default."""
    geo_headers: str = ""
    """Whose headers say where a visitor is, from trusted proxies: cloudflare, cloudfront, vercel, appengine, akamai, or
    names such as country=X-Geo-Country,prefecture=X-Geo-Region. None by default."""
    forwarded: str = HeaderKind.X_FORWARDED_FOR
    """The header with the client's address: x-forwarded-for or forwarded (RFC 7239)."""
    deadline: int = 50
    """Milliseconds after which limits and history no longer wait for the store."""
    store: str = ""
    """Where visitors are stored: sqlite:///path, redis://host:port, or memory: to try things out. By default in the data
    directory."""
    store_replicas: int = 0
    """Of Redis or Valkey: replicas that must have confirmed what is written before it counts as written."""
    hash_key: str = ""
    """The key of the hashes of member ids. Without one it is made at the first start, like the server key."""
    retention_events: int = 400
    """Days for which views, orders and all else that visitors did are kept."""
    retention_exposures: int = 400
    """Days for which it is kept what was shown."""
    retention_profiles: int = 400
    """Days for which a profile is kept to which nothing is added."""
    upstreams: tuple[str, ...] = ()
    """Hosts that contents may be fetched from: HOST, HOST:PORT, HOST=NETWORK where it is not public. None by default."""


def read_settings(
    flags: Mapping[str, Any], environment: Mapping[str, str], directory: Path
) -> tuple[Settings, list[str]]:
    """Return the settings and warnings about names that are not known.

    `flags` holds what the command line gave (None where nothing). Raises SettingsError that names the wrong setting.
    """
    warnings: list[str] = []
    values = _from_file(directory / SETTINGS_FILE, warnings)
    values |= _from_environment(environment, warnings)
    values |= {name: _typed(name, value, f"--{name}") for name, value in flags.items() if value is not None}
    settings = Settings(**values)
    _check(settings)
    return settings, warnings


def trust_warnings(settings: Settings) -> list[str]:
    """Return what whoever serves should know of whom these settings trust."""
    warnings = []
    if TrustedNetworks.parse(settings.trusted_proxies).everybody():
        warnings.append(
            "trusted_proxies: 0.0.0.0/0 and ::/0 let anybody state who they are; name the networks of your proxies alone"
        )
    if settings.geo_headers and not settings.trusted_proxies:
        warnings.append(
            "geo_headers: no header counts while nobody is trusted; set trusted_proxies to the edge's networks"
        )
    return warnings


def server_key(settings: Settings) -> tuple[str, Path | None]:
    """Return the server key and, when it is kept in a file, where. Makes it at the first start (mode 0600)."""
    if settings.key:
        if not settings.key.strip():
            raise SettingsError("key: the server key is empty")
        return settings.key.strip(), None
    path = settings.data / KEY_FILE
    try:
        key = _kept_key(path)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"data: the server key cannot be kept in {path} ({error}); set OMO_KEY") from error
    if len(key) < SHORTEST_KEY:
        raise SettingsError(f"data: {path} holds no key; delete it, and a new one is made")
    return key, path


def hash_key(settings: Settings, *, make: bool = True) -> bytes:
    """Return the key with which member ids are hashed. Makes it at the first start (mode 0600).

    With another key members are not known again: what was stored about them stays, but nobody is asked for it. So with
    `make=False`, for a store that is there already, a missing key is a SettingsError.
    """
    if settings.hash_key:
        return settings.hash_key.strip().encode()
    path = settings.data / HASH_KEY_FILE
    if not make and not path.exists():
        raise SettingsError(
            f"data: the key of member ids is not in {path}; name the data directory with --data, or set OMO_HASH_KEY"
        )
    try:
        key = _kept_key(path)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"data: the key of member ids cannot be kept in {path} ({error}); set OMO_HASH_KEY"
        ) from error
    if len(key) < SHORTEST_KEY:
        raise SettingsError(f"data: {path} holds no key; put it back from a backup, or members' history is lost")
    return key.encode()


def store_place(settings: Settings) -> Path | Address | None:
    """Return the file of the visitors' database, or the address of Redis or Valkey; None: visitors are kept in memory."""
    if not settings.store:
        return settings.data / DATABASE
    if is_remote(settings.store):
        return parse_address(settings.store)
    return None if settings.store == "memory:" else _sqlite_path(settings.store)


def kept_places(settings: Settings) -> Path | None:
    """Return where the last good database of places is kept, or None where that file is the database itself."""
    path = settings.data / LAST_GOOD_PLACES
    return None if settings.mmdb and settings.mmdb.resolve() == path.resolve() else path


def keep_of(settings: Settings) -> Keep:
    """Return for how long what is stored is kept."""
    events, exposures, profiles = settings.retention_events, settings.retention_exposures, settings.retention_profiles
    return Keep(events * _DAY, exposures * _DAY, profiles * _DAY)


def _sqlite_path(store: str) -> Path:
    path = store.removeprefix("sqlite:///")
    if path == store or not path.strip("/") or path.endswith("/") or "?" in path or path == ":memory:":
        raise SettingsError(f"store: this is none of {_STORES}")
    return Path(path)


def _kept_key(path: Path) -> str:
    """Read the key, or make one: written aside and linked, so that nobody ever reads half of it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(urlsafe_b64encode(os.urandom(32)).decode().rstrip("=") + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def _from_file(path: Path, warnings: list[str]) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}") from error
    found = {}
    for name, value in table.items():
        if name.replace("-", "_") in _NAMES:
            found[name.replace("-", "_")] = _typed(name.replace("-", "_"), value, f"{path.name}: {name}")
        else:
            warnings.append(f"{path.name}: unknown key {name}{_suggestion(name, _NAMES)}")
    return found


def _from_environment(environment: Mapping[str, str], warnings: list[str]) -> dict[str, Any]:
    variables = {f"OMO_{name.upper()}": name for name in _NAMES}
    found = {}
    for variable, value in environment.items():
        if variable in variables:
            if value:
                found[variables[variable]] = _typed(variables[variable], value, variable)
        elif variable.startswith("OMO_"):
            warnings.append(f"unknown variable {variable}{_suggestion(variable, variables)}")
    return found


def _typed(name: str, value: Any, where: str) -> Any:  # noqa: ANN401 settings have several types
    read = _READERS.get(name, str)
    try:
        return read(value)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{where}: {value!r} is not {_EXPECTED.get(read, 'a text')}") from error


def _networks(value: Any) -> tuple[str, ...]:  # noqa: ANN401 a TOML list or a text
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(str(part).strip() for part in parts if str(part).strip())


def _hosts(value: Any) -> tuple[str, ...]:  # noqa: ANN401 a TOML list or a text
    return _networks(value)


def _check(settings: Settings) -> None:
    if not 0 <= settings.port <= 65535:
        raise SettingsError(f"port: {settings.port} is not between 0 and 65535")
    if not 1 <= settings.workers <= 256:
        raise SettingsError(f"workers: {settings.workers} is not between 1 and 256")
    if not 1 <= settings.deadline <= 10_000:
        raise SettingsError(f"deadline: {settings.deadline} is not between 1 and 10000 milliseconds")
    if settings.forwarded not in [*HeaderKind]:
        raise SettingsError(f"forwarded: {settings.forwarded!r} is neither {' nor '.join(HeaderKind)}")
    if settings.hash_key and len(settings.hash_key.strip()) < SHORTEST_KEY:
        raise SettingsError(f"hash_key: it has fewer than {SHORTEST_KEY} characters")
    TrustedNetworks.parse(settings.trusted_proxies)
    if settings.geo_headers:
        GeoHeaders.parse(settings.geo_headers)
    _check_storing(settings)


def _check_storing(settings: Settings) -> None:
    place = store_place(settings)
    if place is None and settings.workers > 1:
        raise SettingsError(f"store: memory: is for one worker, not for {settings.workers}; write sqlite:///path")
    if settings.store_replicas and not isinstance(place, Address):
        raise SettingsError("store_replicas: only Redis and Valkey have replicas; name one with store")
    if not 0 <= settings.store_replicas <= MOST_REPLICAS:
        raise SettingsError(f"store_replicas: {settings.store_replicas} is not between 0 and {MOST_REPLICAS}")
    for name in ("retention_events", "retention_exposures", "retention_profiles"):
        if not 1 <= getattr(settings, name) <= LONGEST_RETENTION:
            raise SettingsError(f"{name}: {getattr(settings, name)} is not between 1 and {LONGEST_RETENTION} days")


def _suggestion(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


_NAMES = {field.name: field for field in fields(Settings)}
_READERS: dict[str, Callable[[Any], Any]] = {
    "rules": Path,
    "data": Path,
    "mmdb": Path,
    "port": int,
    "workers": int,
    "deadline": int,
    "store_replicas": int,
    "retention_events": int,
    "retention_exposures": int,
    "retention_profiles": int,
    "trusted_proxies": _networks,
    "upstreams": _hosts,
}
_EXPECTED = {int: "a whole number", Path: "a path", _networks: "a list of networks", _hosts: "a list of hosts"}
