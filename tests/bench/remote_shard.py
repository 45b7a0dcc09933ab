"""One Redis: how many bytes a visitor and a member's record take there, and how many page views one server carries.

Memory is what `used_memory` grows by: key, value, expiry, hash tables and what the allocator rounds up. A page view is
one read and one write, as a node sends them.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace
from redis import Redis
from tests.bench.profiles import NOW, life
from tests.bench.progress import say
from tests.redis_servers import Server, free_port, single, wait_until

from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote import rows, scripts
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.store import Change, MemberRecord
from omotenashi.profiles.views import MOST_VIEWS

PROFILES, DIFFERENT, BATCH = 100_000, 2000, 500
RECORD = MemberRecord(frozenset({"personalization", "measurement"}), {"rank": "ゴールド", "last_name": "佐藤"})
ROUNDS, CALLS, CALLERS = 3, 60_000, 50
_READ = ["MGET", *(f"omo:{{__rand_int__}}:{kind}" for kind in "prm")]


def shard_figures(folder: Path) -> dict[str, float]:
    """Return bytes per visitor and record, and what one server carries that has so many."""
    say(f"{PROFILES:,} profiles of thirty views in one Redis")
    values, new = _values(folder / "written", life), _values(folder / "new", _one_view)
    full = _values(folder / "full", full_life)
    with _started(folder / "alone") as server:
        profiles = _bytes_each(server, values, "p", Keep().profiles)
        beginners = _bytes_each(server, new, "n", Keep().profiles)
        records = _bytes_each(server, [rows.record_value(RECORD, NOW)], "r", None)
        largest = _bytes_each(server, full, "f", Keep().profiles)
        carried = _carried(server, round(statistics.mean(map(len, values))))
    with _started(folder / "slots", "--cluster-enabled", "yes") as server:
        with server.client() as client:
            client.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16_383)
            wait_until(lambda: client.execute_command("CLUSTER INFO")["cluster_state"] == "ok")
        in_cluster = _bytes_each(server, values, "p", Keep().profiles)
    return {
        "bytes_per_profile": profiles,
        "bytes_per_profile_value": statistics.mean(map(len, values)),
        "bytes_per_profile_of_one_view": beginners,
        "bytes_per_profile_of_200_views": largest,
        "bytes_per_profile_in_a_cluster": in_cluster,
        "bytes_per_record": records,
        **carried,
    }


def _one_view(visitor: int) -> Change:
    """Return what a visitor did who came by a search and looked at one page."""
    change = life(visitor)
    return replace(change, events=change.events[-1:], claims=())


def full_life(visitor: int) -> Change:
    """Return what a visitor did whose profile holds as many views as are kept."""
    return life(visitor, MOST_VIEWS)


def _values(folder: Path, lived: Callable[[int], Change]) -> list[bytes]:
    """Return what a node writes for different visitors."""
    with single(folder) as server, server.client() as client:
        asyncio.run(fill(server.url, range(DIFFERENT), lived))
        return list(client.mget(list(client.scan_iter(match="*:p", count=1000))))


@contextmanager
def _started(folder: Path, *options: str) -> Iterator[Server]:
    """Run a server whose port a Cluster can use."""
    server = Server(folder, free_port(), options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _bytes_each(server: Server, values: Sequence[bytes], kind: str, expires: int | None) -> float:
    """Return by how much a server's memory grows with each of many values under keys such as nodes make."""
    before = used(server)
    with server.client() as client:
        for start in range(0, PROFILES, BATCH):
            pipeline = client.pipeline(transaction=False)
            for number in range(start, start + BATCH):
                key = rows.keys_of("omo", rows.place_of(f"visitor-{number}")).profile[:-1] + kind.encode()
                pipeline.set(key, values[number % len(values)], ex=expires)
            pipeline.execute()
    return (used(server) - before) / PROFILES


def used(server: Server) -> int:
    """Return the bytes that a server uses for what it keeps."""
    with server.client() as client:
        return int(client.info("memory")["used_memory"])


async def fill(url: str, visitors: Sequence[int], lived: Callable[[int], Change] = life) -> None:
    """Write profiles as a node writes them."""
    store = RemoteStore(parse_address(url), timeout=10)
    store.start()
    await store.look()
    for start in range(0, len(visitors), BATCH):
        await asyncio.gather(*(store.write(lived(visitor)) for visitor in visitors[start : start + BATCH]))
    await store.close()


def _carried(server: Server, value: int) -> dict[str, float]:
    """Return commands per second of a server that many ask at once, and its CPU for each."""
    version, body = "A" * 8, "x" * (value - 8)
    written = ["EVAL", scripts.WRITE.decode(), "1", "omo:{__rand_int__}:p", version, version + body, "34560000"]
    figures: dict[str, float] = {}
    for name, command in (("read", _READ), ("write", written)):
        say(f"{CALLS:,} {name}s of one Redis, {ROUNDS} times")
        found = [_asked(server, command) for _ in range(ROUNDS)]
        figures[f"shard_{name}s_per_s"] = statistics.median(rate for rate, _ in found)
        figures[f"shard_{name}_cpu_us"] = statistics.median(spent for _, spent in found)
    both = figures["shard_read_cpu_us"] + figures["shard_write_cpu_us"]
    return figures | {"shard_page_views_per_s": 1e6 / both}


def _asked(server: Server, command: Sequence[str]) -> tuple[float, float]:
    """Let fifty clients ask at once, each after its answer; return commands per second, and CPU µs of each."""
    tool = ["redis-benchmark", "-p", str(server.port), "-c", str(CALLERS), "-n", str(CALLS), "-r", str(PROFILES), "-q"]
    with server.client() as client:
        before = spent(client)
        told = subprocess.run([*tool, *command], capture_output=True, text=True, check=True).stdout
        after = spent(client)
    rates = re.findall(r"([\d.]+) requests per second", told)
    return float(rates[-1]), (after - before) / CALLS * 1e6


def spent(client: Redis) -> float:
    """Return the seconds of CPU that a server has used."""
    told = client.info("cpu")
    return float(told["used_cpu_user"] + told["used_cpu_sys"])
