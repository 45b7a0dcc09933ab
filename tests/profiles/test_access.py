"""Who is let in to Redis: with TLS the right server, with ACL whoever may do what a node does and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests import redis_servers
from tests.places import PATIENT
from tests.redis_servers import Cluster, Server, Tls

from omotenashi.model.errors import SettingsError, StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote.address import Address, parse_address
from omotenashi.profiles.remote.opening import remote_store
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.store import Change, Claim, MemberRecord

pytestmark = pytest.mark.anyio
NOON = 1_764_990_000
SECRET = b"the-key-of-member-ids"
RIGHTS = "+get +set +mget +del +eval +getrange +ttl +time +ping +wait +client|setname"
"""What a node does to one server."""
CLUSTER_RIGHTS = f"{RIGHTS} +cluster|slots"


# TLS


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    return certified(tmp_path / "ours")


@pytest.fixture
def secured(tmp_path: Path, tls: Tls) -> Iterator[Server]:
    with redis_servers.single(tmp_path, tls=tls) as server:
        yield server


async def test_a_server_that_the_named_authority_has_certified_is_used(secured: Server, tls: Tls) -> None:
    assert secured.url.startswith("rediss://")
    await does_everything(parse_address(f"{secured.url}?ca={tls.ca}"))


async def test_a_server_that_another_authority_has_certified_is_not_trusted_and_that_is_said(
    secured: Server, tmp_path: Path
) -> None:
    other = certified(tmp_path / "other")
    said = await refusal(f"{secured.url}?ca={other.ca}")
    assert said.startswith(f"{secured.url}: ")
    assert "certificate verify failed" in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    address = parse_address(f"rediss://127.0.0.1?ca={tmp_path}/nowhere.pem")
    with pytest.raises(SettingsError, match=r"^store: \?ca=.*/nowhere.pem: there is no such file$"):
        remote_store(address, Keep())


async def test_a_server_that_speaks_tls_is_not_reached_without_it_and_that_is_said(secured: Server) -> None:
    assert "\n" not in await refusal(secured.url.replace("rediss", "redis"))


def certified(folder: Path) -> Tls:
    """Make an authority, and a certificate of it for 127.0.0.1."""
    folder.mkdir()
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = certificate("An authority", "An authority", authority_key, authority_key)
    server = certificate("A server", "An authority", key, authority_key)
    tls = Tls(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    tls.ca.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    tls.cert.write_bytes(server.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    tls.key.write_bytes(key.private_bytes(*form))
    return tls


def certificate(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, signing: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    now, is_authority = datetime.now(UTC), subject == issuer
    found = x509.CertificateBuilder(
        subject_name=name(subject),
        issuer_name=name(issuer),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(hours=1),
        not_valid_after=now + timedelta(hours=1),
    ).add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    if not is_authority:
        host = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
        found = found.add_extension(host, critical=False)
    return found.sign(signing, hashes.SHA256())


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


# ACL


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with redis_servers.single(tmp_path) as server:
        yield server


async def test_a_user_with_the_rights_of_a_node_and_no_others_is_enough(server: Server) -> None:
    let_in(server, f"~shop:* {RIGHTS}")
    await does_everything(parse_address(address_of(server)))


async def test_the_same_holds_for_a_cluster(shared_cluster: Cluster, prefix: str) -> None:
    for node in shared_cluster.nodes:
        let_in(node, f"~{prefix}:* {CLUSTER_RIGHTS}")
    url = shared_cluster.url.replace("://", "://omo:a%3Apassword@")
    await does_everything(parse_address(f"{url}?prefix={prefix}"))


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("+mget", "no permissions to run the 'mget' command"),
        ("+eval", "no permissions to run the 'eval' command"),
        ("+getrange", "The user executing the script can't run this command"),
    ],
)
async def test_a_right_that_is_missing_is_said_in_one_line(server: Server, missing: str, said: str) -> None:
    let_in(server, f"~shop:* {RIGHTS.replace(missing, '')}")
    assert said in await refusal(address_of(server))


async def test_a_right_to_ask_who_is_in_a_cluster_that_is_missing_is_said_too(
    shared_cluster: Cluster, prefix: str
) -> None:
    for node in shared_cluster.nodes:
        let_in(node, f"~{prefix}:* {RIGHTS}")
    said = await refusal(shared_cluster.url.replace("://", "://omo:a%3Apassword@"))
    assert said.endswith("no permissions to run the 'cluster|slots' command")


async def test_the_keys_of_another_prefix_are_out_of_reach_and_that_is_said(server: Server) -> None:
    let_in(server, f"~shop:* {RIGHTS}")
    assert "permission" in await refusal(address_of(server).replace("prefix=shop", "prefix=other"))


async def test_a_wrong_password_is_said_and_not_told(server: Server) -> None:
    let_in(server, f"~shop:* {RIGHTS}")
    said = await refusal(address_of(server).replace("a%3Apassword", "another-password"))
    assert "invalid username-password pair" in said
    assert "another-password" not in said


def let_in(server: Server, rights: str) -> None:
    with server.client() as client:
        client.execute_command("ACL SETUSER", "omo", "reset", "on", ">a:password", *rights.split())


def address_of(server: Server) -> str:
    return f"{server.url.replace('://', '://omo:a%3Apassword@')}?prefix=shop"


# What a node does


async def does_everything(address: Address) -> None:
    """Do what nodes do: look, read, write, claim, move, keep a record, erase."""
    store = RemoteStore(address, timeout=PATIENT)
    store.start()
    await store.look(SECRET)
    view = Event("page_view", NOON, path="/a")
    assert await store.write(Change("v1", NOON, (view,), (Claim("hero", 3, 86_400),))) == {"hero"}
    await store.move("v1", "m.1", NOON)
    await store.change_record("m.1", lambda _: MemberRecord(frozenset()), NOON)
    reader = await store.fetch(["m.1"])
    profile = reader.read("m.1", NOON)
    assert profile is not None
    assert ([one.path for one in profile.views], reader.read_record("m.1")) == (["/a"], MemberRecord(frozenset()))
    assert await store.erase("m.1") is True
    assert store.check() is None
    await store.close()


async def refusal(url: str) -> str:
    """Return what is said at the start where something cannot be done."""
    store = RemoteStore(parse_address(url))
    store.start()
    try:
        with pytest.raises(StoreUnavailable) as raised:
            await store.look(SECRET)
    finally:
        await store.close()
    said = str(raised.value)
    assert "\n" not in said
    return said
