"""The network between the nodes and the store: a namespace of its own where the machine may make one."""

from __future__ import annotations

import os
import subprocess
from typing import Protocol

from examples.cluster.processes import ClusterError, installed

_BLOCK = "198.18"
"""Addresses for tests of networks (RFC 2544): nobody else has them."""


class Network(Protocol):
    """Where the store's servers run."""

    address: str
    """At which the nodes reach them."""
    enter: tuple[str, ...]
    """What stands before a command that runs there."""

    def close(self) -> None:
        """Take it away."""


class Loopback:
    """This machine's own; it cannot be cut."""

    address = "127.0.0.1"
    enter: tuple[str, ...] = ()

    def close(self) -> None:
        """Nothing was made."""


class Namespace:
    """A network namespace, as on another machine, at the end of a cable (a pair of virtual Ethernet devices)."""

    def __init__(self) -> None:
        """Make it; raises ClusterError where the machine does not allow that."""
        number = os.getpid() % 250
        self._ip = installed("ip", "iproute2")
        self._name, self._here, self._there = f"omo-{os.getpid()}", f"omo{os.getpid()}a", f"omo{os.getpid()}b"
        near, far = f"{_BLOCK}.{number}.1", f"{_BLOCK}.{number}.2"
        self.address = (
            f"{_BLOCK}.{number}.9"  # not the cable's own, so that the servers reach each other when it is cut
        )
        self.enter: tuple[str, ...] = (self._ip, "netns", "exec", self._name)
        self._run("netns", "add", self._name)
        try:
            self._lay_cable(near, far)
        except ClusterError:
            self.close()
            raise

    def cut(self) -> None:
        """Let no packet through: nobody is told, as where a switch has failed."""
        self._inside("link", "set", self._there, "down")

    def mend(self) -> None:
        """Let packets through again."""
        self._inside("link", "set", self._there, "up")
        self._inside("route", "replace", "default", "dev", self._there)

    def close(self) -> None:
        """Take the namespace away, and the cable with it."""
        self._run("netns", "del", self._name)

    def _lay_cable(self, near: str, far: str) -> None:
        self._run("link", "add", self._here, "type", "veth", "peer", "name", self._there, "netns", self._name)
        self._run("addr", "add", f"{near}/29", "dev", self._here)
        self._run("link", "set", self._here, "up")
        self._inside("link", "set", "lo", "up")
        self._inside("addr", "add", f"{self.address}/32", "dev", "lo")
        self._inside("addr", "add", f"{far}/29", "dev", self._there)
        self.mend()
        self._run("route", "add", f"{self.address}/32", "via", far, "dev", self._here)

    def _inside(self, *words: str) -> None:
        self._run("-n", self._name, *words)

    def _run(self, *words: str) -> None:
        done = subprocess.run([self._ip, *words], capture_output=True, text=True, check=False)  # noqa: S603 our own
        if done.returncode:
            raise ClusterError(f"ip {' '.join(words)}: {done.stderr.strip()}")


def namespace_or_none() -> Namespace | None:
    """Return a namespace, or None where the machine may not make one (that takes root and iproute2)."""
    try:
        return Namespace()
    except ClusterError:
        return None
