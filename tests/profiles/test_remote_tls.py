"""A server that wants to see our certificate, too."""

from __future__ import annotations

import datetime as dt
import ipaddress
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests import redis_servers
from tests.conftest import SITE
from tests.redis_servers import Tls, free_port

from omotenashi.cli import main
from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.sqlite_file import opened
from omotenashi.profiles.store import Change

pytestmark = pytest.mark.anyio

NOW = int(time.time())
HASH_KEY = "a-key-of-thirty-two-characters-or-more"
EXPORT = ["visitor", "export", "visitor-0123456789", "--rules", str(SITE), "--store"]


@pytest.fixture(autouse=True)
def with_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMO_HASH_KEY", HASH_KEY)


async def visited(address: str) -> list[str]:
    """Write a page view, and return the pages that are known then."""
    store = RemoteStore(parse_address(address), timeout=2)
    store.start()
    try:
        await store.look(b"the-key-of-member-ids")
        await store.write(Change("v1", NOW, (Event("page_view", NOW, path="/a"),)))
        profile = (await store.fetch(["v1"])).read("v1", NOW)
        return [] if profile is None else [view.path for view in profile.views]
    finally:
        await store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Keys, and certificates of 127.0.0.1 that sign themselves: `server` and `stranger`."""
    for name in ("server", "stranger"):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        begins = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + dt.timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
            .sign(key, hashes.SHA256())
        )
        (tmp_path / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (tmp_path / f"{name}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return tmp_path


def issued(folder: Path) -> Tls:
    """The files of a server whose certificate has signed itself."""
    return Tls(folder / "server.pem", folder / "server.pem", folder / "server.key")


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    """The port of a server that speaks TLS with those who show a certificate that it knows."""
    port = free_port()
    files = {"--tls-cert-file": "server.pem", "--tls-key-file": "server.key", "--tls-ca-cert-file": "server.pem"}
    options = [word for flag, name in files.items() for word in (flag, str(folder / name))]
    with redis_servers.single(folder, ("--tls-port", str(port), *options)):
        yield port


async def test_a_server_is_reached_by_tls_with_our_own_certificate(port: int, folder: Path) -> None:
    shown = f"?ca={folder}/server.pem&cert={folder}/server.pem&key={folder}/server.key"
    assert await visited(f"rediss://127.0.0.1:{port}{shown}") == ["/a"]


@pytest.mark.parametrize(
    "shown",
    [
        "?cert={folder}/server.pem&key={folder}/server.key",
        "?ca={folder}/stranger.pem&cert={folder}/server.pem&key={folder}/server.key",
        "?ca={folder}/server.pem",
    ],
)
async def test_without_a_certificate_that_is_known_nothing_is_said(shown: str, port: int, folder: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"rediss://127\.0\.0\.1"):
        await visited(f"rediss://127.0.0.1:{port}{shown.format(folder=folder)}")


KINDS = {"": "", "+cluster": "", "+sentinel": "/main"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_that_wants_tls_of_a_server_without_ends_soon_and_says_why(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("omotenashi.profiles.remote.client.LONGEST_CONNECTING", 0.2)
    with redis_servers.single(tmp_path) as server:
        address = f"rediss{kind}://127.0.0.1:{server.port}"
        assert main([*EXPORT, f"{address}{KINDS[kind]}"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"omo: {address}: ")
    assert said.endswith(" (does it speak TLS there? Without TLS write redis, not rediss)\n")


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_that_wants_no_tls_of_a_server_with_it_says_why(
    kind: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with redis_servers.single(folder, tls=issued(folder)) as server:
        address = f"redis{kind}://127.0.0.1:{server.port}"
        assert main([*EXPORT, f"{address}{KINDS[kind]}"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"omo: {address}: ")
    assert said.endswith(" (does it want TLS there? Then write rediss, not redis)\n")


def test_a_migration_to_a_server_without_tls_ends_soon_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("omotenashi.profiles.remote.client.LONGEST_CONNECTING", 0.2)
    opened(tmp_path / "from.sqlite").close()
    with redis_servers.single(tmp_path) as server:
        assert main(["migrate", f"sqlite:///{tmp_path}/from.sqlite", f"rediss://127.0.0.1:{server.port}"]) == 1
    assert "does it speak TLS there?" in capsys.readouterr().err
