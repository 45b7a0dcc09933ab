"""A Redis Cluster of three masters, each with a replica."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from examples.cluster.network import Network
from examples.cluster.processes import ClusterError, Program, free_ports, installed, wait_for
from redis import Redis
from redis.exceptions import RedisError

SERVERS = 6
NODE_TIMEOUT = 2000
"""Milliseconds without an answer after which a master is taken to be gone, and its replica steps in (Redis: 15,000)."""
_BUS = 10_000
"""A server of a Cluster listens at this many ports above its own, too."""


class Server:
    """One Redis server."""

    def __init__(self, number: int, folder: Path, port: int, network: Network) -> None:
        self.port = port
        self.address = network.address
        place = folder / f"redis-{number}"
        place.mkdir()
        self.program = Program(
            f"redis-{number}", [*network.enter, *self._command(place)], folder / f"redis-{number}.log"
        )

    def info(self) -> dict[str, Any]:
        """Return what it tells of itself and the Cluster; empty where it does not answer."""
        try:
            with Redis(self.address, self.port, socket_timeout=1, protocol=2) as client:
                cluster: dict[str, Any] = client.execute_command("CLUSTER INFO")
                replication: dict[str, Any] = client.execute_command("INFO", "replication")
        except (RedisError, OSError):
            return {}
        return cluster | replication

    def answers(self) -> bool:
        """Tell whether it answers."""
        return bool(self.info())

    def is_master(self) -> bool:
        """Tell whether it answers as a master."""
        return self.info().get("role") == "master"

    def promote(self) -> None:
        """Let it be a master, with its master as its replica, if it is none."""
        if not self.is_master():
            with Redis(self.address, self.port, socket_timeout=5) as client:
                client.execute_command("CLUSTER FAILOVER")
            wait_for(self.is_master, self.program.name, self.program)

    def is_well(self) -> bool:
        """Tell whether it is a master with a replica, or a replica with its master, in a Cluster that is whole."""
        info = self.info()
        linked = info.get("connected_slaves") == 1 or info.get("master_link_status") == "up"
        return linked and info["cluster_state"] == "ok" and int(info["cluster_known_nodes"]) == SERVERS

    def _command(self, folder: Path) -> Sequence[str | Path]:
        return [
            installed("redis-server", "redis-server"), "--port", str(self.port), "--bind", self.address, "--dir", folder,
            "--protected-mode", "no",  # nobody else is in its network
            "--save", "", "--appendonly", "yes",
            "--cluster-enabled", "yes", "--cluster-node-timeout", str(NODE_TIMEOUT),
            "--cluster-require-full-coverage", "no",  # where one part is gone the others go on
            "--repl-diskless-sync-delay", "0",
        ]  # fmt: skip


class Store:
    """All servers."""

    def __init__(self, folder: Path, networks: Sequence[Network]) -> None:
        """`networks`: the one of each server."""
        places = zip(free_ports(len(networks), _BUS), networks, strict=True)
        self.servers = [Server(number, folder, *place) for number, place in enumerate(places, 1)]

    @property
    def url(self) -> str:
        """Where nodes find it: all servers are named, for any of them may be gone when a node starts."""
        return f"redis+cluster://{','.join(f'{one.address}:{one.port}' for one in self.servers)}"

    def start(self) -> None:
        """Start all servers, or start them again with what they had stored."""
        for server in self.servers:
            server.program.start()
        for server in self.servers:
            wait_for(server.answers, server.program.name, server.program)

    def form(self) -> None:
        """Make a Cluster of them."""
        hosts = [f"{one.address}:{one.port}" for one in self.servers]
        command = [installed("redis-cli", "redis-tools"), "--cluster", "create", *hosts, "--cluster-replicas", "1"]
        done = subprocess.run([*command, "--cluster-yes"], capture_output=True, text=True, check=False)  # noqa: S603 ours
        if done.returncode:
            raise ClusterError(f"redis-cli --cluster create: {done.stdout[-300:]}{done.stderr}")
        wait_for(self.is_well, "Redis Cluster")

    def is_well(self) -> bool:
        """Tell whether there are three masters, each with a replica that has all that it has."""
        return all(one.is_well() for one in self.servers)

    def masters(self) -> list[Server]:
        """Return the servers that are masters by now."""
        return [one for one in self.servers if one.is_master()]

    def kill(self) -> None:
        """Kill all servers: one that is asked to stop waits ten seconds for replicas that are cut off."""
        for server in self.servers:
            server.program.kill()

    def freeze(self) -> None:
        """Let all servers be silent."""
        for server in self.servers:
            server.program.freeze()

    def thaw(self) -> None:
        """Let all servers go on."""
        for server in self.servers:
            server.program.thaw()
