"""Break one part after the other under steady traffic, and show what visitors see.

A node is killed, then a master of the store, then the whole store for a minute; then the network between the nodes and
the store is cut, and that between one master and the rest of the store. Each once without and once with waiting for a
replica before an event is acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence

from examples.cluster.interrupts import INTERRUPTS
from examples.cluster.network import Loopback, Network, Rooms, rooms_or_none
from examples.cluster.processes import wait_for
from examples.cluster.script import arguments, done, say
from examples.cluster.site import Site, running
from examples.cluster.store import SERVERS
from examples.cluster.table import Observation, summary, table
from examples.cluster.traffic import Traffic
from msgspec import Struct

PARTS = ("node", "master", "store", "network", "split")
_CALM = 2.0
"""Seconds of traffic before something is broken, and after all is well again."""


class Trouble(Struct, frozen=True):
    """Something that breaks, and is mended after some seconds."""

    title: str
    breaks: Callable[[], None]
    mends: Callable[[], None]
    lasts: float


def main(given: Sequence[str]) -> int:
    """Break what the command line names; return the exit code: 1 where a fragment was neither 200 nor 204, or history is not known again."""
    return done(_run, _parser(), given)


def _run(options: argparse.Namespace) -> int:
    cuts = not {"network", "split"}.isdisjoint(options.only)
    with rooms_or_none(say if cuts else lambda _: None) as rooms:
        seen = [one for replicas in options.replicas for one in _broken(options, replicas, rooms)]
    say(f"まとめ / In short\n{summary(seen)}")
    kept = all(kept == fragments for kept, fragments in map(Observation.kept, seen))
    return 0 if kept and all(map(Observation.is_known_at_the_end, seen)) else 1


def _parser() -> argparse.ArgumentParser:
    parser = arguments("break", "Break the cluster part by part under steady traffic, and show what visitors see.")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="what to break (all)")
    parser.add_argument("--replicas", type=int, nargs="+", default=[0, 1], help="values of --store-replicas (0 1)")
    parser.add_argument("--rate", type=int, default=200, help="requests a second (200)")
    parser.add_argument("--killed", type=float, default=6, help="seconds until a node or master starts again (6)")
    parser.add_argument("--gone", type=float, default=60, help="seconds for which the store is gone (60)")
    parser.add_argument("--cut", type=float, default=20, help="seconds for which the network is cut (20)")
    return parser


def _broken(options: argparse.Namespace, replicas: int, rooms: Rooms | None) -> list[Observation]:
    """Start everything, break one part after the other, and return what was seen."""
    say(f"起動しています / starting …   --store-replicas {replicas}\n")
    found = []
    networks: list[Network] = [Loopback()] * SERVERS
    if rooms is not None:
        networks = [rooms.one, *[rooms.others] * (SERVERS - 1)]
    with running(options.folder, options.port, networks, replicas) as site:
        for part in options.only:
            if part == "split" and rooms is None:
                say("split: ネットワークを切れないので飛ばします / left out, since the network cannot be cut\n")
                continue
            trouble = _trouble(part, site, options, rooms)
            seen = asyncio.run(_until_stopped(_observed(site, trouble, options.rate, replicas)))
            say(f"{table(seen)}\n")
            found.append(seen)
    return found


def _trouble(part: str, site: Site, options: argparse.Namespace, rooms: Rooms | None) -> Trouble:
    node, store = site.nodes[0].program, site.store
    if part == "node":
        return Trouble("ノードを1台止める / a node is killed (kill -9)", node.kill, node.start, options.killed)
    if part == "master":
        master = store.masters()[-1].program
        return Trouble("マスターを1台止める / a master is killed (kill -9)", master.kill, master.start, options.killed)
    if part == "store":
        return Trouble(
            "保存先を全部止める / the whole store is killed (kill -9)", store.kill, store.start, options.gone
        )
    if rooms is None:
        title = "保存先を黙らせる / the store is silent (SIGSTOP)"
        return Trouble(title, store.freeze, store.thaw, options.cut)
    if part == "network":
        title = "ノードと保存先の間を切る / the network between nodes and store is cut (namespaces, link down)"
        return Trouble(title, rooms.cut, rooms.mend, options.cut)
    store.servers[0].promote()
    title = "マスターをほかのサーバーから切り離す / a master is cut off from the other servers, not from the nodes"
    return Trouble(title, rooms.part, rooms.join, options.killed)


async def _until_stopped(work: Coroutine[None, None, Observation]) -> Observation:
    """Do some work, which Ctrl-C cancels: raised within a task it would be told as a fault of that."""
    loop, task = asyncio.get_running_loop(), asyncio.create_task(work)
    with INTERRUPTS.held(lambda: loop.call_soon_threadsafe(task.cancel)):
        return await task


async def _observed(site: Site, trouble: Trouble, rate: int, replicas: int) -> Observation:
    """Return what requests see before, while and after something is broken."""
    traffic = Traffic(site, rate)
    await traffic.introduce()
    async with traffic.flowing():
        await asyncio.sleep(_CALM)
        broken = time.monotonic()
        await asyncio.to_thread(trouble.breaks)
        await asyncio.sleep(trouble.lasts)
        mended = time.monotonic()
        await asyncio.to_thread(trouble.mends)
        await asyncio.to_thread(_wait_until_well, site)
        await asyncio.sleep(_CALM)
    lost = await traffic.lost()
    return Observation(trouble.title, replicas, traffic.samples, broken, mended, traffic.acknowledged, lost)


def _wait_until_well(site: Site) -> None:
    wait_for(site.store.is_well, "Redis Cluster")
    for node in site.nodes:
        wait_for(node.is_ready, node.program.name, node.program)
