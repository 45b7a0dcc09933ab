"""The network between the nodes and the store: namespaces, as other machines, where the machine may make some."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Protocol

from examples.cluster.interrupts import INTERRUPTS
from examples.cluster.processes import ClusterError, installed

_BLOCK = "198.18"
"""Addresses for tests of networks (RFC 2544): nobody else has them."""
_NO_ROOMS = """\
ネットワークは切れません。sudo を付けて動かしてください(iproute2 が要ります)。ここでは、代わりにサーバーを黙らせます / the network \
cannot be cut here: run it with sudo (it takes iproute2); the servers are silenced instead ({error})
"""


class Network(Protocol):
    """Where servers of the store run."""

    address: str
    """At which the nodes reach them."""
    enter: tuple[str, ...]
    """What stands before a command that runs there."""


class Loopback:
    """This machine's own; it cannot be cut."""

    address = "127.0.0.1"
    enter: tuple[str, ...] = ()


class Namespace:
    """A network namespace, as another machine, with a cable (a pair of virtual Ethernet devices) to this one."""

    def __init__(self, number: int) -> None:
        """Make it; raises ClusterError where the machine does not allow that. `number`: 0 or 1."""
        self._ip = installed("ip", "iproute2")
        self.name, self._near, self._far = (f"omo{os.getpid()}-{number}{end}" for end in ("", "n", "f"))
        self._net = f"{_BLOCK}.{os.getpid() % 120 * 2 + number}"
        self.address = f"{self._net}.9"  # not the cable's own, so that the servers reach each other when it is cut
        self.enter: tuple[str, ...] = (self._ip, "netns", "exec", self.name)
        self.run("netns", "add", self.name)
        try:
            self._lay_cable()
        except ClusterError:
            self.close()
            raise

    def cut(self) -> None:
        """Let no packet to or from this machine through: nobody is told, as where a switch has failed."""
        self.inside("link", "set", self._far, "down")

    def mend(self) -> None:
        """Let packets through again."""
        self.inside("link", "set", self._far, "up")
        self.inside("route", "replace", "default", "dev", self._far)

    def close(self) -> None:
        """Take the namespace and its cables away."""
        with suppress(ClusterError):  # where it was not laid; else it would stay as long as a connection over it ends
            self.run("link", "del", self._near)
        self.run("netns", "del", self.name)

    def inside(self, *words: str) -> None:
        """Run `ip` in it; raises ClusterError."""
        self.run("-n", self.name, *words)

    def run(self, *words: str) -> None:
        """Run `ip`; raises ClusterError."""
        done = subprocess.run(  # noqa: S603 our own
            [self._ip, *words], capture_output=True, text=True, check=False, start_new_session=True
        )
        if done.returncode:
            raise ClusterError(f"ip {' '.join(words)}: {done.stderr.strip()}")

    def _lay_cable(self) -> None:
        self.run("link", "add", self._near, "type", "veth", "peer", "name", self._far, "netns", self.name)
        self.run("addr", "add", f"{self._net}.1/29", "dev", self._near)
        self.run("link", "set", self._near, "up")
        self.inside("link", "set", "lo", "up")
        self.inside("addr", "add", f"{self.address}/32", "dev", "lo")
        self.inside("addr", "add", f"{self._net}.2/29", "dev", self._far)
        self.mend()
        self.run("route", "add", f"{self.address}/32", "via", f"{self._net}.2", "dev", self._near)


class Rooms:
    """Two namespaces with a cable between them: one for a single server of the store, one for all others."""

    def __init__(self, one: Namespace, others: Namespace) -> None:
        """Lay the cable; raises ClusterError."""
        self.one, self.others = one, others
        self._ends = {one: f"omo{os.getpid()}-a", others: f"omo{os.getpid()}-b"}
        ends = self._ends
        one.inside("link", "add", ends[one], "type", "veth", "peer", "name", ends[others], "netns", others.name)
        for here, there in self._ways():
            here.inside(
                "route", "add", "blackhole", there.address, "metric", "9000"
            )  # no way round through this machine
        self.join()

    def cut(self) -> None:
        """Let nothing through between the nodes and the store."""
        self.one.cut()
        self.others.cut()

    def mend(self) -> None:
        """Let it through again."""
        self.one.mend()
        self.others.mend()

    def part(self) -> None:
        """Let nothing through between the one server and the others; the nodes reach all of them."""
        for room, end in self._ends.items():
            room.inside("link", "set", end, "down")

    def join(self) -> None:
        """Let it through again."""
        for here, there in self._ways():
            here.inside("link", "set", self._ends[here], "up")
            here.inside("route", "replace", there.address, "dev", self._ends[here], "src", here.address)

    def _ways(self) -> tuple[tuple[Namespace, Namespace], tuple[Namespace, Namespace]]:
        return (self.one, self.others), (self.others, self.one)


@contextmanager
def rooms_or_none(tell: Callable[[str], None]) -> Iterator[Rooms | None]:
    """Make rooms, and take them away at the end; None where the machine may not, which `tell` is told."""
    with ExitStack() as stack:
        try:
            rooms: Rooms | None = Rooms(*(_made(number, stack) for number in (0, 1)))
        except ClusterError as error:
            rooms = None
            tell(_NO_ROOMS.format(error=error))
        yield rooms


def _made(number: int, stack: ExitStack) -> Namespace:
    with INTERRUPTS.held():
        namespace = Namespace(number)
        stack.callback(namespace.close)
    return namespace
