"""Nodes: `decide` with a stored profile of thirty views over SQLite, Redis, a Cluster, and a Cluster that waits for a replica.
Over a Cluster also with full profiles, of 200 views.

All get the same requests in turn, those of so many visitors that no node remembers one of them from the time before.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import cycle, islice, repeat
from pathlib import Path

from msgspec import Struct
from tests import redis_servers
from tests.bench.decide import CAPPED, CONNECTIONS, ROOT, SIGNALS, consenting, cpu, load, request
from tests.bench.profiles import filled
from tests.bench.progress import say
from tests.bench.remote_shard import fill, full_life, spent
from tests.bench.serving import Server, service

VISITORS = 5000
"""More than a node remembers anything of."""
ROUNDS, REQUESTS = 6, 1000
PACED_ROUNDS, PACE = 3, 100
PATIENT = ("--deadline", "1000")
"""Milliseconds, so that on a busy machine no request gets by without the store."""


class Side(Struct, frozen=True):
    """A node, and the servers that keep its profiles."""

    node: Server
    stores: tuple[redis_servers.Server, ...] = ()
    replicas: tuple[redis_servers.Server, ...] = ()


def node_figures(folder: Path) -> dict[str, float]:
    """Return for each side the CPU of node and store, what it asks the store, and how long a request takes."""
    rules = shutil.copytree(ROOT / "rules", folder / "rules")
    (rules / "capped.yaml").write_text(CAPPED)
    with ExitStack() as stack:
        sides = _sides(stack, folder, rules)
        requests = [consenting(number) for number in range(VISITORS)]
        figures = _bare(sides["sqlite"]) | _asked_of_stores(sides, requests) | _interleaved(sides, requests)
        figures |= _paced(sides, requests)
        answer = asyncio.run(_answered(sides["redis"].node.port, requests[0]))
        return figures | {"request_bytes": statistics.mean(map(len, requests)), "answer_bytes": answer}


def _sides(stack: ExitStack, folder: Path, rules: Path) -> dict[str, Side]:
    say(f"{VISITORS:,} profiles in SQLite, in one Redis, and in a Cluster of three masters with a replica each")
    one = stack.enter_context(redis_servers.single(folder / "one"))
    many = stack.enter_context(redis_servers.cluster(folder / "cluster", node_timeout=5000))
    filled(folder / "sqlite", range(VISITORS))
    full = f"{many.url}?prefix=full"
    for url in (one.url, many.url):
        asyncio.run(fill(url, range(VISITORS)))
    asyncio.run(fill(full, range(VISITORS), full_life))
    masters, replicas = tuple(many.nodes[:3]), tuple(many.nodes[3:])

    def node(name: str, *flags: str, **environment: str) -> Server:
        return stack.enter_context(service(rules, folder / name, *PATIENT, *flags, **environment))

    return {
        "sqlite": Side(node("sqlite")),
        "redis": Side(node("redis", "--store", one.url), (one,)),
        "cluster": Side(node("cluster-node", "--store", many.url), masters, replicas),
        "cluster_full": Side(node("full", "--store", full), masters, replicas),
        "cluster_wait": Side(node("cluster-node", "--store", many.url, OMO_STORE_REPLICAS="1"), masters, replicas),
    }


def _bare(side: Side) -> dict[str, float]:
    """Return the CPU of a request that allows nothing, and so needs no store."""
    asyncio.run(load(side.node.port, repeat(request(SIGNALS)), REQUESTS))
    before = cpu(side.node.pid)
    asyncio.run(load(side.node.port, repeat(request(SIGNALS)), REQUESTS))
    return {"node_cpu_us_without_consent": (cpu(side.node.pid) - before) / REQUESTS * 1e6}


def _interleaved(sides: dict[str, Side], requests: Sequence[bytes]) -> dict[str, float]:
    """Return CPU µs per request of nodes and stores, and requests per second on eight connections."""
    found: dict[str, list[float]] = defaultdict(list)
    turns = cycle(requests)
    for number in range(ROUNDS + 1):
        say(f"requests as fast as they go, {f'round {number} of {ROUNDS}' if number else 'warming up'}")
        sent = list(islice(turns, REQUESTS))
        for name in sorted(sides, reverse=number % 2 == 1):  # so that none always comes after the same one
            for key, value in _round(sides[name], sent).items():
                found[f"{key}_{name}"] += [value] if number else []
    figures = {key: statistics.median(found[key]) for key in sorted(found)}
    for name in list(sides)[1:]:
        pairs = zip(found[f"node_cpu_us_{name}"], found["node_cpu_us_sqlite"], strict=True)
        figures[f"node_cpu_against_sqlite_{name}"] = statistics.median(one / other for one, other in pairs)
    return figures


def _round(side: Side, sent: list[bytes]) -> dict[str, float]:
    node, stores, replicas, began = cpu(side.node.pid), _spent(side.stores), _spent(side.replicas), time.perf_counter()
    asyncio.run(load(side.node.port, cycle(sent), len(sent)))
    took = time.perf_counter() - began
    figures = {
        "node_cpu_us": (cpu(side.node.pid) - node) / len(sent) * 1e6,
        "requests_per_s": len(sent) / took,
    }
    if side.stores:
        figures["store_cpu_us"] = (_spent(side.stores) - stores) / len(sent) * 1e6
    if side.replicas:
        figures["replica_cpu_us"] = (_spent(side.replicas) - replicas) / len(sent) * 1e6
    return figures


def _spent(servers: Sequence[redis_servers.Server]) -> float:
    total = 0.0
    for server in servers:
        with server.client() as client:
            total += spent(client)
    return total


def _asked_of_stores(sides: dict[str, Side], requests: Sequence[bytes]) -> dict[str, float]:
    """Return calls of each command and bytes on the wire per request, as the servers count them."""
    figures: dict[str, float] = {}
    for name, side in sides.items():
        if not side.stores:
            continue
        say(f"what a request asks of its store: {name}")
        asyncio.run(load(side.node.port, cycle(requests[:REQUESTS]), REQUESTS))
        before = _counted(side)
        asyncio.run(load(side.node.port, cycle(requests[REQUESTS : 2 * REQUESTS]), REQUESTS))
        after = _counted(side)
        grown = {key: (value - before.get(key, 0.0)) / REQUESTS for key, value in after.items()}
        figures |= {f"{key}_{name}": value for key, value in grown.items() if value > 0.05}
    return figures


def _counted(side: Side) -> dict[str, float]:
    """Return the sums of what the servers of a side have counted, but for what they tell each other and us."""
    sums: dict[str, float] = defaultdict(float)
    for server in side.stores:
        with server.client() as client:
            stats, commands = client.info("stats"), client.info("commandstats")
        for command, told in commands.items():
            if command not in ("cmdstat_info", "cmdstat_replconf", "cmdstat_ping", "cmdstat_client|setname"):
                sums[f"calls_{command.removeprefix('cmdstat_')}"] += told["calls"]
        sums["bytes_to_store"] += stats["total_net_input_bytes"] - stats["total_net_repl_input_bytes"]
        sums["bytes_from_store"] += stats["total_net_output_bytes"] - stats["total_net_repl_output_bytes"]
        sums["bytes_to_replica"] += stats["total_net_repl_output_bytes"]
    return sums


def _paced(sides: dict[str, Side], requests: Sequence[bytes]) -> dict[str, float]:
    """Return how long requests take that come at a fixed rate."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    turns = cycle(requests)
    for number in range(PACED_ROUNDS):
        say(f"{PACE} requests per second, round {number + 1} of {PACED_ROUNDS}")
        for name, side in sides.items():
            found[name] += asyncio.run(_latencies(side.node.port, list(islice(turns, PACE * 2))))
    figures: dict[str, float] = {}
    for name, seconds in found.items():
        percent = statistics.quantiles(seconds, n=100)
        figures |= {f"p50_ms_{name}": percent[49] * 1000, f"p99_ms_{name}": percent[98] * 1000}
    return figures


async def _latencies(port: int, requests: list[bytes]) -> list[float]:
    """Return the seconds from the moment when each request was due to its answer."""
    begin = time.perf_counter() + 0.05
    lanes = [requests[lane::CONNECTIONS] for lane in range(CONNECTIONS)]
    found = await asyncio.gather(*(_lane(port, sent, begin + lane / PACE) for lane, sent in enumerate(lanes)))
    return [seconds for lane in found for seconds in lane]


async def _lane(port: int, requests: Sequence[bytes], begin: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    found = []
    for number, sent in enumerate(requests):
        due = begin + number * CONNECTIONS / PACE
        await asyncio.sleep(due - time.perf_counter())
        writer.write(sent)
        await _read(reader)
        found.append(time.perf_counter() - due)
    writer.close()
    return found


async def _answered(port: int, sent: bytes) -> int:
    """Return the bytes of an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    size = await _read(reader)
    writer.close()
    return size


async def _read(reader: asyncio.StreamReader) -> int:
    """Read an answer; return its bytes."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
    await reader.readexactly(length)
    return len(head) + length
