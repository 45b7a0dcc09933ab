"""Real servers for tests: Redis, or Valkey where OMO_TEST_REDIS names its server; alone, with Sentinels, or a Cluster.

Nothing is written outside of the folder that is given; ports are free ones.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from redis import Redis
from redis.exceptions import RedisError

SERVER = os.environ.get("OMO_TEST_REDIS", "redis-server")
MISSING = f"{SERVER} is not installed: apt-get install redis-server"
SERVICE = "shop"
"""As Sentinels know it."""
_SLOTS = 16_384
_CLUSTER_BUS = 10_000
"""A node of a Cluster listens at this many ports above its own, too."""
_PATIENCE = 20.0


class Tls(NamedTuple):
    """Files of a server that speaks TLS: who signed its certificate, that, and its key."""

    ca: Path
    cert: Path
    key: Path


class Server:
    """One server process."""

    def __init__(self, folder: Path, port: int, options: Sequence[str] = (), tls: Tls | None = None) -> None:
        self.folder = folder
        self.port = port
        self._options = options
        self._tls = tls
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis{'s' if self._tls else ''}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, or start again with what is in the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command(), stdout=log, stderr=log)
        wait_until(self.answers)

    def client(self) -> Redis:
        ca = str(self._tls.ca) if self._tls else None
        return Redis("127.0.0.1", self.port, socket_timeout=2, protocol=2, ssl=ca is not None, ssl_ca_certs=ca)

    def answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def freeze(self) -> None:
        """Let it answer nobody, though its connections stay open, as when the network is cut."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.thaw()
            self.kill()

    def _command(self) -> list[str]:
        command = [SERVER, "--dir", str(self.folder), "--save", "", "--bind", "127.0.0.1", *self._options]
        if self._tls is None:
            return [*command, "--port", str(self.port)]
        files = ("--tls-ca-cert-file", self._tls.ca, "--tls-cert-file", self._tls.cert, "--tls-key-file", self._tls.key)
        return [*command, "--port", "0", "--tls-port", str(self.port), "--tls-auth-clients", "no", *map(str, files)]

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)


class Cluster:
    """Three masters, each with a replica."""

    def __init__(self, nodes: Sequence[Server]) -> None:
        self.nodes = nodes

    @property
    def url(self) -> str:
        return f"redis+cluster://{','.join(f'127.0.0.1:{node.port}' for node in self.nodes)}"

    def keys(self, pattern: str) -> set[bytes]:
        """Return the keys that any node still has, replicas too."""
        found: set[bytes] = set()
        for node in self.nodes:
            with node.client() as client:
                found |= set(client.keys(pattern))
        return found

    def masters(self) -> list[Server]:
        """Return the nodes that are masters by now."""
        return [node for node in self.nodes if node.answers() and _role(node) == b"master"]

    def is_whole(self) -> bool:
        """Tell whether every node finds that all parts are there."""
        return all(_state(node) == "ok" for node in self.nodes)

    def master_of(self, key: bytes) -> Server:
        """Return the master that keeps a key."""
        for node in self.masters():
            with node.client() as client:
                slot = client.execute_command("CLUSTER KEYSLOT", key)
                for first, last, master, *_ in client.execute_command("CLUSTER SLOTS"):
                    if first <= slot <= last:
                        return next(one for one in self.nodes if one.port == master[1])
        raise AssertionError("nobody keeps it")

    def move(self, slot: int, source: Server, target: Server) -> None:
        """Move a slot with its keys to another master, as redis-cli does (Redis Cluster specification, "Live reconfiguration")."""
        giver, taker = (_run(one, "CLUSTER MYID") for one in (source, target))
        _run(target, "CLUSTER SETSLOT", slot, "IMPORTING", giver)
        _run(source, "CLUSTER SETSLOT", slot, "MIGRATING", taker)
        for key in _run(source, "CLUSTER GETKEYSINSLOT", slot, 1000):
            _run(source, "MIGRATE", "127.0.0.1", target.port, key, 0, 5000)
        for one in (target, source):
            _run(one, "CLUSTER SETSLOT", slot, "NODE", taker)


class Watcher(Server):
    """One Sentinel."""

    def __init__(self, folder: Path, port: int, watched: Server) -> None:
        super().__init__(folder, port)
        self._watched = watched

    def _command(self) -> list[str]:
        """Write down whom to watch, unless the Sentinel itself has written what it knows by now."""
        known = self.folder / "sentinel.conf"
        if not known.exists():
            known.write_text(
                f"port {self.port}\nbind 127.0.0.1\ndir {self.folder}\n"
                f"sentinel monitor {SERVICE} 127.0.0.1 {self._watched.port} 2\n"
                f"sentinel down-after-milliseconds {SERVICE} 500\n"
                f"sentinel failover-timeout {SERVICE} 3000\n"
            )
        return [SERVER, str(known), "--sentinel"]


class Watched:
    """A master and its replica, and three Sentinels that watch them."""

    def __init__(self, nodes: Sequence[Server], watchers: Sequence[Watcher]) -> None:
        self.nodes = nodes
        self.watchers = watchers

    @property
    def url(self) -> str:
        return f"redis+sentinel://{','.join(f'127.0.0.1:{one.port}' for one in self.watchers)}/{SERVICE}"

    def master(self) -> Server:
        """Return the server that the Sentinels name by now."""
        named = _run(self.watchers[0], "SENTINEL GET-MASTER-ADDR-BY-NAME", SERVICE)
        return next(one for one in self.nodes if one.port == int(named[1]))

    def fail_over(self) -> None:
        """Let the replica take the master's place, as operators do before they stop a server."""
        _run(self.watchers[0], "SENTINEL FAILOVER", SERVICE)


@contextmanager
def single(folder: Path, options: Sequence[str] = (), tls: Tls | None = None) -> Iterator[Server]:
    """Run one server."""
    require()
    server = Server(folder / "redis", free_port(), options, tls)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def cluster(folder: Path, *, node_timeout: int = 1000) -> Iterator[Cluster]:
    """Run a Cluster; `node_timeout`: milliseconds after which a node is taken to be gone."""
    require()
    options = ("--cluster-enabled", "yes", "--cluster-node-timeout", str(node_timeout), "--appendonly", "yes",
               "--cluster-require-full-coverage", "no", "--repl-diskless-sync-delay", "0")  # fmt: skip
    with ExitStack() as stack:
        nodes = []
        for number in range(6):
            node = Server(folder / f"node-{number}", free_port(), options)
            stack.callback(node.stop)
            node.start()
            nodes.append(node)
        _join(nodes)
        yield Cluster(nodes)


@contextmanager
def sentinel(folder: Path) -> Iterator[Watched]:
    """Run a master, its replica, and three Sentinels."""
    require()
    with ExitStack() as stack:

        def run(server: Server) -> None:
            stack.callback(server.stop)
            server.start()

        options = ("--appendonly", "yes", "--repl-diskless-sync-delay", "0")
        master = Server(folder / "first", free_port(), options)
        replica = Server(folder / "second", free_port(), (*options, "--replicaof", f"127.0.0.1 {master.port}"))
        watchers = [Watcher(folder / f"sentinel-{number}", free_port(), master) for number in range(3)]
        for server in (master, replica, *watchers):
            run(server)
        wait_until(lambda: is_synchronized(replica))
        wait_until(lambda: all(_has_met_all(one) for one in watchers))
        yield Watched((master, replica), watchers)


def _has_met_all(watcher: Watcher) -> bool:
    """Tell whether a Sentinel knows the other two, and the replica."""
    known = _run(watcher, "SENTINEL MASTER", SERVICE)
    return (known["num-other-sentinels"], known["num-slaves"]) == (2, 1)


def _join(nodes: Sequence[Server]) -> None:
    """Give three nodes the slots, let all meet, and make the other three replicas."""
    for number, node in enumerate(nodes[:3]):
        first, last = number * _SLOTS // 3, (number + 1) * _SLOTS // 3 - 1
        _run(node, "CLUSTER ADDSLOTSRANGE", first, last)
        _run(node, "CLUSTER SET-CONFIG-EPOCH", number + 1)
    for node in nodes[1:]:
        _run(nodes[0], "CLUSTER MEET", "127.0.0.1", node.port)
    wait_until(lambda: all(_known(node) == len(nodes) and _state(node) == "ok" for node in nodes))
    for master, replica in zip(nodes[:3], nodes[3:], strict=True):
        wait_until(partial(_is_done, replica, "CLUSTER REPLICATE", _run(master, "CLUSTER MYID")))
    wait_until(lambda: all(is_synchronized(node) for node in nodes[3:]))
    wait_until(lambda: all(_run(node, "INFO", "replication")["connected_slaves"] == 1 for node in nodes[:3]))


def _run(node: Server, command: str, *given: object) -> Any:
    with node.client() as client:
        return client.execute_command(command, *given)


def _is_done(node: Server, command: str, *given: object) -> bool:
    try:
        _run(node, command, *given)
    except RedisError:
        return False
    return True


def _known(node: Server) -> int:
    return len([line for line in _run(node, "CLUSTER NODES") if line])


def _state(node: Server) -> str:
    return str(_run(node, "CLUSTER INFO")["cluster_state"])


def _role(node: Server) -> bytes:
    role: bytes = _run(node, "ROLE")[0]
    return role


def is_synchronized(node: Server) -> bool:
    """Tell whether a server is a replica, and has what its master has."""
    return bool(_run(node, "INFO", "replication").get("master_link_status") == "up")


def require() -> None:
    """Skip a test where there is no server; where CI is set it fails instead."""
    if shutil.which(SERVER) is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)


def free_port() -> int:
    """Return a port that is free now, and so is its cluster bus; none that a connection may take before it is used."""
    for port in random.sample(range(10_000, 20_000), 1000):
        with socket.socket() as probe, socket.socket() as bus, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            bus.bind(("127.0.0.1", port + _CLUSTER_BUS))
            return port
    raise AssertionError("no port is free")


def wait_until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < ends, "it takes too long"
        time.sleep(0.02)
