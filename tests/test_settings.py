"""Flags over variables over the file over defaults; what is wrong is named."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from omotenashi.model.errors import SettingsError
from omotenashi.profiles.remote.address import Address, Kind
from omotenashi.settings import Settings, hash_key, read_settings, server_key, store_place, trust_warnings


def test_flags_win_over_variables_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "omotenashi.toml").write_text('port = 1\nhost = "10.0.0.1"\ntrusted_proxies = ["10.0.0.0/8"]\n')
    settings, warnings = read_settings({"port": 3, "mmdb": None}, {"OMO_PORT": "2", "OMO_HOST": "10.0.0.2"}, tmp_path)
    assert (settings.port, settings.host, settings.trusted_proxies) == (3, "10.0.0.2", ("10.0.0.0/8",))
    assert warnings == []


def test_keys_of_the_file_may_be_written_like_the_flags(tmp_path: Path) -> None:
    (tmp_path / "omotenashi.toml").write_text('trusted-proxies = "10.0.0.0/8, 127.0.0.1"\n')
    settings, _ = read_settings({}, {}, tmp_path)
    assert settings.trusted_proxies == ("10.0.0.0/8", "127.0.0.1")


def test_unknown_names_are_warned_of_with_a_suggestion(tmp_path: Path) -> None:
    (tmp_path / "omotenashi.toml").write_text("prot = 1\n")
    settings, warnings = read_settings({}, {"OMO_WORKER": "2", "OTHER": "x"}, tmp_path)
    assert settings == Settings()
    assert warnings == [
        "omotenashi.toml: unknown key prot; did you mean port?",
        "unknown variable OMO_WORKER; did you mean OMO_WORKERS?",
    ]


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0"])
def test_trusting_everybody_is_warned_of(network: str, tmp_path: Path) -> None:
    settings, warnings = read_settings({}, {"OMO_TRUSTED_PROXIES": f"10.0.0.0/8,{network}"}, tmp_path)
    assert warnings == []  # it concerns whoever serves
    assert trust_warnings(settings) == [
        "trusted_proxies: 0.0.0.0/0 and ::/0 let anybody state who they are; name the networks of your proxies alone"
    ]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"OMO_PORT": "many"}, "OMO_PORT: 'many' is not a whole number"),
        ({"OMO_WORKERS": "0"}, "workers: 0 is not between"),
        ({"OMO_FORWARDED": "via"}, "forwarded: 'via' is neither"),
        ({"OMO_TRUSTED_PROXIES": "10.0.0.0/33"}, "trusted_proxies: '10.0.0.0/33' is not a network"),
        ({"OMO_GEO_HEADERS": "cloudfare"}, "geo_headers: 'cloudfare' is none of"),
        ({"OMO_DEADLINE": "0"}, "deadline: 0 is not between"),
        ({"OMO_HASH_KEY": "short"}, "hash_key: it has fewer than 16 characters"),
        ({"OMO_RETENTION_EVENTS": "0"}, "retention_events: 0 is not between 1 and 4000 days"),
        ({"OMO_RETENTION_EXPOSURES": "4001"}, "retention_exposures: 4001 is not between"),
        ({"OMO_RETENTION_PROFILES": "a year"}, "OMO_RETENTION_PROFILES: 'a year' is not a whole number"),
        ({"OMO_STORE": "memory:", "OMO_WORKERS": "2"}, "store: memory: is for one worker, not for 2"),
        ({"OMO_STORE": "redis://localhost/first"}, "store: what follows the hosts is not the number of a database"),
        ({"OMO_STORE_REPLICAS": "1"}, "store_replicas: only Redis and Valkey have replicas"),
        ({"OMO_STORE": "redis://localhost", "OMO_STORE_REPLICAS": "11"}, "store_replicas: 11 is not between 0 and 10"),
    ],
)
def test_a_wrong_value_is_named(environment: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=words):
        read_settings({}, environment, tmp_path)


def test_place_headers_while_nobody_is_trusted_are_warned_of(tmp_path: Path) -> None:
    settings, warnings = read_settings({}, {"OMO_GEO_HEADERS": "cloudflare"}, tmp_path)
    assert (settings.geo_headers, warnings) == ("cloudflare", [])
    assert trust_warnings(settings) == [
        "geo_headers: no header counts while nobody is trusted; set trusted_proxies to the edge's networks"
    ]
    with_trust = {"OMO_GEO_HEADERS": "cloudflare", "OMO_TRUSTED_PROXIES": "10.0.0.0/8"}
    assert trust_warnings(read_settings({}, with_trust, tmp_path)[0]) == []


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "omotenashi.toml").write_text("port =\n")
    with pytest.raises(SettingsError, match=r"omotenashi\.toml: "):
        read_settings({}, {}, tmp_path)


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    key, path = server_key(settings)
    assert path == tmp_path / "data" / "key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert server_key(settings) == (key, path)


@pytest.mark.parametrize("content", [b"", b"\n", b"short\n"])
def test_a_key_file_without_a_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(SettingsError, match="holds no key; delete it"):
        server_key(Settings(data=tmp_path))


def test_a_key_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff" * 40)
    with pytest.raises(SettingsError, match="cannot be kept"):
        server_key(Settings(data=tmp_path))


def test_a_key_that_is_set_is_not_kept(tmp_path: Path) -> None:
    assert server_key(Settings(data=tmp_path / "data", key="given")) == ("given", None)
    assert not (tmp_path / "data").exists()


def test_the_key_of_member_ids_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    key = hash_key(settings)
    assert len(key) >= 32
    assert hash_key(settings) == key
    assert stat.S_IMODE((tmp_path / "data" / "hash-key").stat().st_mode) == 0o600
    assert server_key(settings)[0].encode() != key


def test_a_key_of_member_ids_that_is_set_is_not_kept(tmp_path: Path) -> None:
    assert hash_key(Settings(data=tmp_path / "data", hash_key="sixteen-letters-")) == b"sixteen-letters-"
    assert not (tmp_path / "data").exists()


def test_a_lost_key_of_member_ids_is_not_quietly_replaced(tmp_path: Path) -> None:
    (tmp_path / "hash-key").write_bytes(b"\n")
    with pytest.raises(SettingsError, match="holds no key; put it back from a backup"):
        hash_key(Settings(data=tmp_path))


def test_the_key_of_member_ids_is_not_made_for_a_store_that_is_there(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    with pytest.raises(SettingsError, match=r"is not in .*data/hash-key; name .* --data, or set OMO_HASH_KEY"):
        hash_key(settings, make=False)
    assert not (tmp_path / "data").exists()
    assert hash_key(settings) == hash_key(settings, make=False)


@pytest.mark.parametrize(
    ("store", "place"),
    [
        ("", Path("data/visitors.sqlite")),
        ("sqlite:///visitors.sqlite", Path("visitors.sqlite")),
        ("sqlite:///var/visitors.db", Path("var/visitors.db")),
        ("sqlite:////var/lib/omo/visitors.sqlite", Path("/var/lib/omo/visitors.sqlite")),
        ("memory:", None),
        ("redis://cache", Address(Kind.SINGLE, (("cache", 6379),))),
    ],
)
def test_the_store_is_named_as_sqlalchemy_writes_it(store: str, place: Path | Address | None) -> None:
    assert store_place(Settings(data=Path("data"), store=store)) == place


@pytest.mark.parametrize(
    "store",
    [
        *("visitors.sqlite", "sqlite:", "sqlite://", "sqlite:///", "sqlite:////", "sqlite:///folder/", "memory"),
        *("sqlite:///:memory:", "sqlite:///visitors.sqlite?mode=ro", "sqlite://host/x", "postgresql://canary@db/omo"),
        *("reddis://canary@cache", "redis//canary", "redis+cluser://canary", "redis+unix:///canary"),
    ],
)
def test_another_store_is_refused_with_the_forms_that_there_are(store: str, tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"store: this is none of sqlite:///relative/path, .* memory:, redis://HOST"
    ) as error:
        read_settings({"store": store}, {}, tmp_path)
    assert "canary" not in str(error.value)
