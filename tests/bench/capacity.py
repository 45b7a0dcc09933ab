"""What a site of so many visitors needs: the arithmetic of docs/capacity.md. Run: python -m tests.bench.capacity

Figures come from `make bench-nodes`; what is assumed is named. The tables of the page are printed from here, and a test
compares them with the page.
"""

from __future__ import annotations

from math import ceil

from msgspec import Struct
from tests.bench.slots import TRAFFIC, load_ratio

DAY = 86_400
HOURS = (10, 6, 4, 3, 3, 4, 6, 9, 10, 10, 11, 12, 15, 12, 11, 11, 11, 12, 13, 14, 16, 18, 17, 14)
"""Page views by hour of the day, in parts. Assumed, not measured: a shop that is busiest from 20 to 23 o'clock."""
SIZES = (10**6, 10**7, 10**8, 10**9)
_SKEW = TRAFFIC[1]


class Measured(Struct, frozen=True):
    """By `make bench-nodes` on two busy cores (Python 3.11, Redis 7.0.15), medians of four runs, rounded; docs/capacity.md says how
    far they lie apart."""

    profile: int = 790
    """Bytes of a profile of thirty views in a Cluster, with key, expiry and what the allocator rounds up."""
    first_profile: int = 370
    """Likewise after one page view."""
    record: int = 250
    """Bytes of a member's record with two attributes, in a Cluster."""
    sqlite_us: int = 380
    """CPU of a node for a page view with a profile on SQLite, all blocks of the sample site."""
    single_us: int = 480
    """Likewise on one Redis."""
    node_us: int = 550
    """Likewise on a Cluster."""
    waiting_us: int = 530
    """Likewise on a Cluster where a replica has to confirm."""
    guest_us: int = 90
    """Likewise where nothing may be kept, on any store."""
    server_us: int = 45
    """CPU of one Redis for a page view: a read and a write."""
    busy_us: int = 22
    """Likewise where fifty clients keep it busy, so that it reads and answers many at once."""
    master_us: int = 110
    """CPU of the masters of a Cluster for a page view, with append-only file, and handed on to a replica."""
    replica_us: int = 44
    to_store: int = 990
    """Bytes to the store for a page view, as the servers count them."""
    from_store: int = 565
    to_replica: int = 630
    request: int = 720
    """Bytes of the CMS's request."""
    answer: int = 8900
    """And of the answer with eight blocks."""


class Assumed(Struct, frozen=True):
    """What is not measured: change it for your site."""

    views_a_day: float = 0.5
    """Page views of a stored visitor. High on purpose: thirty views in 400 days, as the memory is reckoned, are 0.08."""
    campaign: float = 3.0
    """Times as many in the busiest hour, when a campaign begins there."""
    burst: float = 1.3
    """The busiest second of an hour against the hour."""
    node_busy: float = 0.6
    """The part of a core that a node may take at the peak."""
    shard_busy: float = 0.5
    """Likewise of a master: the rest is for saving, for a replica that joins, and for what comes at once."""
    shard_bytes: float = 16e9
    """Memory of a master's machine."""
    shard_filled: float = 0.7
    """The part of it that profiles may take: the rest is for copies while it saves, buffers and fragmentation."""
    replicas: int = 1


class Need(Struct, frozen=True):
    """What so many visitors need."""

    visitors: int
    per_second: float
    """Page views, the mean of a day."""
    at_peak: float
    nodes: int
    """Processes, of one core each."""
    shards_for_memory: int
    shards_for_commands: int
    bytes_stored: float
    """With replicas."""
    store_bits: float
    """Between nodes and masters, per second at the peak."""

    @property
    def shards(self) -> int:
        return max(self.shards_for_memory, self.shards_for_commands)

    @property
    def first_limit(self) -> str:
        if self.shards == 1:
            return "none: one server does"
        return "memory" if self.shards_for_memory >= self.shards_for_commands else "commands"


MEASURED, ASSUMED = Measured(), Assumed()


def peak(assumed: Assumed = ASSUMED) -> float:
    """Return the busiest second of a day with a campaign against the mean of a day without one."""
    return max(HOURS) / (sum(HOURS) / len(HOURS)) * assumed.campaign * assumed.burst


def per_node(assumed: Assumed = ASSUMED, measured: Measured = MEASURED) -> float:
    """Return the page views per second that a node takes at the peak."""
    return 1e6 / measured.node_us * assumed.node_busy


def per_shard(assumed: Assumed = ASSUMED, measured: Measured = MEASURED) -> float:
    """Return the page views per second that a master takes at the peak."""
    return 1e6 / measured.master_us * assumed.shard_busy


def profiles_per_shard(assumed: Assumed = ASSUMED, measured: Measured = MEASURED) -> float:
    """Return how many visitors' profiles a master holds."""
    return assumed.shard_bytes * assumed.shard_filled / measured.profile


def break_even(assumed: Assumed = ASSUMED, measured: Measured = MEASURED) -> float:
    """Return the page views a day of a stored visitor beyond which a master's CPU is met before its memory."""
    return per_shard(assumed, measured) / profiles_per_shard(assumed, measured) / peak(assumed) * DAY


def need(visitors: int, assumed: Assumed = ASSUMED, measured: Measured = MEASURED) -> Need:
    """Return what so many stored visitors need."""
    per_second = visitors * assumed.views_a_day / DAY
    at_peak = per_second * peak(assumed)
    stored = visitors * measured.profile
    for_memory = ceil(visitors / profiles_per_shard(assumed, measured))
    return Need(
        visitors,
        per_second,
        at_peak,
        max(2, ceil(at_peak / per_node(assumed, measured))),
        for_memory,
        ceil(at_peak * load_ratio(_SKEW, visitors, for_memory) / per_shard(assumed, measured)),
        stored * (1 + assumed.replicas),
        at_peak * (measured.to_store + measured.from_store) * 8,
    )


def size_table() -> str:
    """Return what each number of visitors needs."""
    names = ["visitors stored", "page views/s, mean", "at the peak", "node processes", "shards for memory"]
    names += ["shards for commands", "memory with replicas", "nodes ↔ store", "first limit"]
    rows = [_row(*names), "|" + "---:|" * 8 + "---|"]
    for one in map(need, SIZES):
        counts = (one.visitors, round(one.per_second), round(one.at_peak), one.nodes)
        memory, network = f"{one.bytes_stored / 1e9:,.1f} GB", f"{one.store_bits / 1e6:,.0f} Mbit/s"
        shards = (one.shards_for_memory, one.shards_for_commands)
        rows.append(_row(*(f"{count:,}" for count in (*counts, *shards)), memory, network, one.first_limit))
    return "\n".join(rows)


def change_table(visitors: int = 10**8) -> str:
    """Return what other assumptions change."""
    others = {
        "as above": (ASSUMED, 1.0),
        "40 % of the visitors consent, the others are not stored": (ASSUMED, 0.4),
        "a shorter retention that leaves a third of them": (ASSUMED, 1 / 3),
        "no replicas": (Assumed(replicas=0), 1.0),
        "masters with 64 GB": (Assumed(shard_bytes=64e9), 1.0),
        "five times the page views": (Assumed(views_a_day=ASSUMED.views_a_day * 5), 1.0),
        "twenty times the page views": (Assumed(views_a_day=ASSUMED.views_a_day * 20), 1.0),
    }
    rows = [_row("10⁸ visitors, but", "page views/s at the peak", "node processes", "shards", "first limit", "memory")]
    rows.append("|---|---:|---:|---:|---|---:|")
    for what, (assumed, part) in others.items():
        one = need(round(visitors * part), assumed)
        memory = f"{one.bytes_stored / 1e9:,.0f} GB"
        rows.append(_row(what, f"{one.at_peak:,.0f}", f"{one.nodes:,}", f"{one.shards:,}", one.first_limit, memory))
    return "\n".join(rows)


def measured_table() -> str:
    """Return what was measured."""
    one = MEASURED
    rows = {
        "a profile of thirty tagged views, an arrival and a showing, in a Cluster": f"{one.profile} bytes",
        "likewise after the first page view": f"{one.first_profile} bytes",
        "a member's record with two attributes": f"{one.record} bytes",
        "commands of a page view": "2: one `MGET` to read, one `EVAL` to write",
        "bytes to the store and back, and on to each replica": f"{one.to_store} + {one.from_store}, {one.to_replica}",
        "CPU of a node without consent: the store is not asked": f"{one.guest_us} µs",
        "CPU of a node, SQLite": f"{one.sqlite_us} µs",
        "CPU of a node, one Redis": _against(one.single_us),
        "CPU of a node, Cluster of three masters": _against(one.node_us),
        "CPU of a node, Cluster, a replica confirms (`OMO_STORE_REPLICAS=1`)": _against(one.waiting_us),
        "CPU of one Redis, no file, no replica": f"{one.server_us} µs; {one.busy_us} µs where it is kept busy",
        "CPU of the masters of the Cluster, append-only file, one replica": f"{one.master_us} µs",
        "CPU of the replicas": f"{one.replica_us} µs",
    }
    return "\n".join(["| | |", "|---|---:|", *(_row(what, value) for what, value in rows.items())])


def _against(spent: float) -> str:
    return f"{spent} µs, {spent / MEASURED.sqlite_us:.1f} × SQLite"


def carry_table() -> str:
    """Return what one node and one shard carry."""
    rows = {
        "a node (one core, 60 % busy), Cluster": f"{per_node():,.0f} page views/s",
        "a node, its network with the CMS and the store": f"{_node_bits() / 1e6:,.0f} Mbit/s",
        "a master (one core, 50 % busy)": f"{per_shard():,.0f} page views/s",
        "a master, its network with a replica": f"{_shard_bits() / 1e6:,.0f} Mbit/s",
        "a master with 16 GB, 70 % filled": f"{profiles_per_shard() / 1e6:,.1f} million visitors",
        "page views a day of each visitor at which its CPU is met before its memory": f"{break_even():,.1f}",
    }
    return "\n".join(["| | |", "|---|---:|", *(_row(what, value) for what, value in rows.items())])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _node_bits() -> float:
    one = MEASURED.request + MEASURED.answer + MEASURED.to_store + MEASURED.from_store
    return per_node() * one * 8


def _shard_bits() -> float:
    return per_shard() * (MEASURED.to_store + MEASURED.from_store + MEASURED.to_replica) * 8


def main() -> None:
    """Print the tables of the page."""
    print(measured_table(), carry_table(), size_table(), change_table(), sep="\n\n")


if __name__ == "__main__":
    main()
