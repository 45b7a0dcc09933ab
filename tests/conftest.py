"""A service on the small site of tests/sites/shop, asked through ASGI."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests import redis_servers
from tests.mmdb import mmdb
from tests.places import ClusterPlace, FilePlace, Place
from tests.redis_servers import Cluster

from omotenashi.reload import Holder
from omotenashi.service import Service
from omotenashi.settings import DATABASE
from omotenashi.signals.client_address import TrustedNetworks
from omotenashi.signals.gather import SignalTools
from omotenashi.signals.member_keys import MemberKeys
from omotenashi.site import Site, load
from omotenashi.web.app import create_app
from omotenashi.web.guard import Access

KEY = "the-key-of-the-tests"
HASH_KEY = b"the-hash-key-of-the-tests"
MEMBER_SECRET = "a-secret-of-thirty-two-bytes-or-more"
SITE = Path(__file__).parent / "sites" / "shop"
READERS_OWN = ("first.yaml", "second.yaml", "third.yaml", "fourth.yaml")
"""What the README and the guide let their readers add to the sample site."""
_prefixes = itertools.count()


def good_site(folder: Path) -> Site:
    """Load a folder that has no errors."""
    loaded = load(folder)
    assert loaded.site is not None, loaded.diagnostics
    return loaded.site


def sample_rules(folder: Path) -> Path:
    """Copy the rules of the sample site, as they were shipped, into this folder; return the copy."""
    rules = Path(__file__).parents[1] / "rules"
    return shutil.copytree(rules, folder / "rules", ignore=shutil.ignore_patterns(*READERS_OWN))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one server."""
    with redis_servers.single(tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@pytest.fixture(scope="session")
def sentinel_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a replica, as three Sentinels name it."""
    with redis_servers.sentinel(tmp_path_factory.mktemp("sentinel")) as watched:
        yield watched.url


@pytest.fixture(scope="session")
def shared_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three masters with a replica each, that all tests share."""
    with redis_servers.cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
def cluster_url(shared_cluster: Cluster) -> str:
    return shared_cluster.url


@pytest.fixture
def prefix() -> str:
    """What the keys of this test begin with, and no other's."""
    return f"own{next(_prefixes)}"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the site that a test may change."""
    return Path(shutil.copytree(SITE, tmp_path / "rules"))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The file of the store, where that is one."""
    return tmp_path / DATABASE


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path, prefix: str) -> Place:
    """Where profiles lie: in a file, unless a parameter says that it is a Cluster."""
    if getattr(request, "param", "file") == "file":
        return FilePlace(tmp_path / DATABASE)
    return ClusterPlace(request.getfixturevalue("shared_cluster"), prefix)


@pytest.fixture
def deadline() -> float:
    """Seconds that the service waits for its store."""
    return 5


@pytest.fixture
def service(rules: Path, place: Place, deadline: float) -> Service:
    holder = Holder(rules)
    holder.load_first()
    keys = MemberKeys.parse(f"k1:{MEMBER_SECRET}")
    return Service(holder, place.store(), SignalTools(member_keys=keys), HASH_KEY, deadline=deadline)


@pytest.fixture
def write_mmdb(tmp_path: Path) -> Callable[..., Path]:
    """Writes a small IPv4 database: networks to records."""

    def write(records: Mapping[str, Any], name: str = "places.mmdb") -> Path:
        path = tmp_path / name
        path.write_bytes(mmdb(records))
        return path

    return write


Connect = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def connect(service: Service) -> Connect:
    """Open a client; `peer` is its address, `trusted` the proxies that are believed."""

    @asynccontextmanager
    async def open_client(peer: str = "192.0.2.1", trusted: tuple[str, ...] = ()) -> AsyncIterator[httpx.AsyncClient]:
        access = Access(KEY.encode(), TrustedNetworks.parse(trusted))
        transport = httpx.ASGITransport(create_app(service, access), client=(peer, 40000))
        service.start()
        await service.meet_store()
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            yield client
        await service.close()

    return open_client
