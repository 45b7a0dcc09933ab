"""Other ways to a server: by TLS, with certificates on both sides, and by Sentinels, who name another one when it is gone."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from redis import Redis
from redis.exceptions import RedisError
from tests import redis_servers
from tests.redis_servers import Server, free_port, wait_until

from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.store import Change

pytestmark = pytest.mark.anyio

NOW = int(time.time())


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


# TLS


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


# Sentinels


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[tuple[Server, str]]:
    """A server with a replica and three Sentinels, who let one in with a password; and their address."""
    redis_servers.require()
    with ExitStack() as stack:
        master = Server(tmp_path / "master", free_port())
        replica = Server(tmp_path / "replica", free_port(), ("--repl-diskless-sync-delay", "0"))
        for server in (master, replica):
            server.start()
            stack.callback(server.stop)
        with replica.client() as client:
            client.replicaof("127.0.0.1", master.port)
            wait_until(lambda: client.info("replication")["master_link_status"] == "up")
        ports = [stack.enter_context(sentinel(tmp_path, master.port)) for _ in range(3)]
        for port in ports:
            wait_until(partial(knows_all, port))
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        yield master, f"redis+sentinel://{hosts}/shop/0?sentinel_password=of-the-sentinels"


@contextmanager
def sentinel(folder: Path, master: int) -> Iterator[int]:
    port = free_port()
    file = folder / f"sentinel-{port}.conf"
    file.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {folder}\nrequirepass of-the-sentinels\nsentinel sentinel-pass of-the-sentinels\n"
        f"sentinel monitor shop 127.0.0.1 {master} 2\nsentinel down-after-milliseconds shop 500\n"
        "sentinel failover-timeout shop 3000\n"
    )
    command = [redis_servers.SERVER, str(file), "--sentinel"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: answers(port))
            yield port
        finally:
            process.kill()


def answers(port: int) -> bool:
    try:
        with Redis(port=port, password="of-the-sentinels", protocol=2) as client:
            return bool(client.ping())
    except RedisError:
        return False


def knows_all(port: int) -> bool:
    with Redis(port=port, password="of-the-sentinels", protocol=2) as client:
        told: list[bytes] = client.execute_command("SENTINEL", "MASTER", "shop")
    about = dict(zip(told[::2], told[1::2], strict=True))
    return (about[b"num-other-sentinels"], about[b"num-slaves"]) == (b"2", b"1")


async def test_when_a_server_is_gone_the_store_goes_on_with_the_one_that_sentinels_name(
    guarded: tuple[Server, str],
) -> None:
    master, address = guarded
    assert await visited(address) == ["/a"]
    store = RemoteStore(parse_address(address), replicas=0)
    store.start()
    try:
        assert await views(store) == 1
        await asyncio.sleep(0.1)  # replication is asynchronous
        master.kill()
        with pytest.raises(StoreUnavailable):
            await views(store)
        for _ in range(1000):
            if store.check() is None:
                break
            await asyncio.sleep(0.02)
        assert await views(store) == 1
        await store.write(Change("v1", NOW, (Event("page_view", NOW + 60, path="/b"),)))
        assert await views(store) == 2
    finally:
        await store.close()


async def views(store: RemoteStore) -> int:
    profile = (await store.fetch(["v1"])).read("v1", NOW + 60)
    return 0 if profile is None else len(profile.views)
