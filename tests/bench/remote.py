"""Nodes over Redis: bytes per visitor, commands, traffic and CPU of a request, and how long it takes. Run: make bench-nodes

CPU is utime + stime of the processes, the sides in turn, medians: trust ratios, not figures. Everything runs on this machine,
so nothing travels through a network. The figures stand in build/bench-nodes.json, in bytes, µs, ms and calls per request.
docs/capacity.md reckons with them.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.bench.capacity import MEASURED, Measured, in_words
from tests.bench.decide import ROOT
from tests.bench.remote_nodes import node_figures
from tests.bench.remote_shard import shard_figures
from tests.bench.report import Figures, write
from tests.redis_servers import MISSING, SERVER

_WIDTH, _VALUE = 74, 44
_SIDES = {"sqlite": "SQLite", "redis": "one Redis", "cluster": "Cluster", "cluster_wait": "Cluster, a replica confirms"}


def main() -> None:
    """Measure, write JSON and print a table."""
    if shutil.which(SERVER) is None:
        raise SystemExit(MISSING)
    with tempfile.TemporaryDirectory() as name:
        figures = shard_figures(Path(name)) | node_figures(Path(name))
    target = ROOT / "build" / "bench-nodes.json"
    write(figures, target)
    print(table(figures))
    print(f"all figures: {target.relative_to(ROOT)}")


def table(figures: Figures) -> str:
    """Return what the page states, as it was measured now, with the page's figure after it; then how long a request takes."""
    lines = [f"{'':{_WIDTH}}{'here':{_VALUE}}docs/capacity.md"]
    stated = in_words(MEASURED)
    lines += [f"{what:{_WIDTH}}{value:{_VALUE}}{stated[what]}" for what, value in in_words(measured(figures)).items()]
    for side, name in _SIDES.items():
        half, slow = figures[f"p50_ms_{side}"], figures[f"p99_ms_{side}"]
        lines.append(f"{f'a request, {name}: median, slowest hundredth':{_WIDTH}}{half:.1f} ms, {slow:.1f} ms")
    return "\n".join(lines)


def measured(figures: Figures) -> Measured:
    """Return the figures that docs/capacity.md reckons with."""
    slot = figures["bytes_per_profile_in_a_cluster"] - figures["bytes_per_profile"]
    found = {
        "profile": figures["bytes_per_profile_in_a_cluster"],
        "first_profile": figures["bytes_per_profile_of_one_view"] + slot,
        "full_profile": figures["bytes_per_profile_of_200_views"] + slot,
        "record": figures["bytes_per_record"] + slot,
        "sqlite_us": figures["node_cpu_us_sqlite"],
        "single_us": figures["node_cpu_us_redis"],
        "node_us": figures["node_cpu_us_cluster"],
        "waiting_us": figures["node_cpu_us_cluster_wait"],
        "full_us": figures["node_cpu_us_cluster_full"],
        "guest_us": figures["node_cpu_us_without_consent"],
        "server_us": figures["store_cpu_us_redis"],
        "busy_us": figures["shard_read_cpu_us"] + figures["shard_write_cpu_us"],
        "master_us": figures["store_cpu_us_cluster"],
        "full_master_us": figures["store_cpu_us_cluster_full"],
        "replica_us": figures["replica_cpu_us_cluster"],
        "to_store": figures["bytes_to_store_cluster"],
        "from_store": figures["bytes_from_store_cluster"],
        "to_replica": figures["bytes_to_replica_cluster"],
        "request": figures["request_bytes"],
        "answer": figures["answer_bytes"],
    }
    return Measured(**{name: round(value) for name, value in found.items()})


if __name__ == "__main__":
    main()
