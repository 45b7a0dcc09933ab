"""What a site of so many visitors needs: the arithmetic of docs/capacity.md. Run: python -m tests.bench.capacity

Figures come from `make bench-nodes`; what is assumed is named. The tables of the page are printed from here, and a test
compares them with the page.
"""

from __future__ import annotations

from math import ceil

from msgspec import Struct
from msgspec.structs import replace
from tests.bench.slots import ALIKE, SLOTS, Traffic, load_ratio

DAY = 86_400
HOURS = (10, 6, 4, 3, 3, 4, 6, 9, 10, 10, 11, 12, 15, 12, 11, 11, 11, 12, 13, 14, 16, 18, 17, 14)
"""Page views by hour of the day, in parts. Assumed, not measured: a shop that is busiest from 20 to 23 o'clock."""
FEWEST_MASTERS = 3
"""Of a Cluster: so many have to agree on who takes the place of one that is gone."""
SIZES = (10**6, 10**7, 10**8, 10**9)


class Measured(Struct, frozen=True):
    """By `make bench-nodes` on two cores (Python 3.11, Redis 7.0.15), rounded; docs/capacity.md says of which runs, and how far
    they lie apart."""

    profile: int = 790
    """Bytes of a profile of thirty views in a Cluster, with key, expiry and what the allocator rounds up."""
    first_profile: int = 370
    """Likewise after one page view."""
    full_profile: int = 2200
    """Likewise of 200 views, the most that are kept."""
    record: int = 250
    """Bytes of a member's record with two attributes, in a Cluster."""
    sqlite_us: int = 240
    """CPU of a node for a page view with a profile on SQLite, all blocks of the sample site."""
    single_us: int = 340
    """Likewise on one Redis."""
    node_us: int = 410
    """Likewise on a Cluster."""
    waiting_us: int = 450
    """Likewise on a Cluster where a replica has to confirm."""
    full_us: int = 680
    """Likewise on a Cluster where the profile holds 200 views."""
    guest_us: int = 46
    """Likewise where nothing may be kept, on any store."""
    server_us: int = 33
    """CPU of one Redis for a page view: a read and a write."""
    busy_us: int = 20
    """Likewise where fifty clients keep it busy, so that it reads and answers many at once."""
    master_us: int = 78
    """CPU of the masters of a Cluster for a page view, with append-only file, and handed on to a replica."""
    full_master_us: int = 100
    """Likewise for profiles of 200 views."""
    replica_us: int = 28
    to_store: int = 990
    """Bytes to the store for a page view, as the servers count them."""
    from_store: int = 565
    to_replica: int = 630
    request: int = 720
    """Bytes of the CMS's request."""
    answer: int = 9200
    """And of the answer with eight blocks."""


class Assumed(Struct, frozen=True):
    """What is not measured: change it for your site."""

    views_a_day: float = 0.5
    """Page views of a stored visitor. High on purpose: thirty views in 400 days, as the memory is reckoned, are 0.08."""
    campaign: float = 3.0
    """Times as many in the busiest hour, when a campaign begins there."""
    burst: float = 1.3
    """The busiest second of an hour against the hour."""
    zipf: float = 0.8
    """How unequally visitors come: the k-th as often as 1/k to the power of this."""
    bot: float = 0.0
    """The share of all page views that one visitor more makes."""
    spread: float = 1.15
    """A node's CPU over many masters against that over three: fewer of its commands travel together."""
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
    shards_for_memory: int | None
    shards_for_commands: int | None
    """None where no number of them does, since one slot alone is more than a master carries."""
    bytes_stored: float
    """With replicas."""
    store_bits: float
    """Between nodes and masters, per second at the peak."""

    @property
    def shards(self) -> int | None:
        """One server, or the masters of a Cluster."""
        if self.shards_for_memory is None or self.shards_for_commands is None:
            return None
        most = max(self.shards_for_memory, self.shards_for_commands)
        return most if most == 1 else max(most, FEWEST_MASTERS)

    @property
    def first_limit(self) -> str:
        if self.shards_for_memory is None or self.shards_for_commands is None:
            return "one visitor: no number of shards does"
        if self.shards == 1:
            return "none: one server does"
        return "memory" if self.shards_for_memory >= self.shards_for_commands else "commands"


MEASURED, ASSUMED = Measured(), Assumed()


def peak(assumed: Assumed = ASSUMED) -> float:
    """Return the busiest second of a day with a campaign against the mean of a day without one."""
    return max(HOURS) / (sum(HOURS) / len(HOURS)) * assumed.campaign * assumed.burst


def per_node(assumed: Assumed = ASSUMED, measured: Measured = MEASURED) -> float:
    """Return the page views per second that a node takes at the peak."""
    return 1e6 / measured.node_us / assumed.spread * assumed.node_busy


def per_shard(assumed: Assumed = ASSUMED, measured: Measured = MEASURED) -> float:
    """Return the page views per second that a master takes at the peak."""
    return 1e6 / measured.master_us * assumed.shard_busy


def profiles_per_shard(assumed: Assumed = ASSUMED, measured: Measured = MEASURED) -> float:
    """Return how many visitors' profiles a master holds."""
    return assumed.shard_bytes * assumed.shard_filled / measured.profile


def fewest(load: float, traffic: Traffic, visitors: int) -> int | None:
    """Return how many shards it takes that the busiest of them, too, carries its part; None where no number does.

    `load`: what has to be carried, in masters. The more shards there are, the further the busiest lies above their mean:
    so that ratio is that of the number that is returned. A slot cannot be divided.
    """
    if load * load_ratio(traffic, visitors, SLOTS) > SLOTS:
        return None
    shards = 1
    while (wanted := ceil(load * load_ratio(traffic, visitors, shards))) > shards:
        shards = min(wanted, SLOTS)
    return shards


def need(visitors: int, assumed: Assumed = ASSUMED, measured: Measured = MEASURED) -> Need:
    """Return what so many stored visitors need."""
    per_second = visitors * assumed.views_a_day / DAY
    at_peak = per_second * peak(assumed)
    return Need(
        visitors,
        per_second,
        at_peak,
        max(2, ceil(at_peak / per_node(assumed, measured))),
        fewest(visitors / profiles_per_shard(assumed, measured), ALIKE, visitors),
        fewest(at_peak / per_shard(assumed, measured), traffic_of(assumed), visitors),
        visitors * measured.profile * (1 + assumed.replicas),
        at_peak * (measured.to_store + measured.from_store) * 8,
    )


def break_even(visitors: int, assumed: Assumed = ASSUMED, measured: Measured = MEASURED) -> float:
    """Return the page views a day of each visitor beyond which commands take more shards than memory does."""
    shards = fewest(visitors / profiles_per_shard(assumed, measured), ALIKE, visitors) or SLOTS
    mean = shards / load_ratio(traffic_of(assumed), visitors, shards) * per_shard(assumed, measured)
    return mean / peak(assumed) / visitors * DAY


def traffic_of(assumed: Assumed) -> Traffic:
    """Return who asks."""
    return Traffic("", assumed.zipf, assumed.bot)


def size_table() -> str:
    """Return what each number of visitors needs."""
    names = ["visitors stored", "page views/s, mean", "at the peak", "node processes", "shards for memory"]
    names += [
        "shards for commands",
        "memory with replicas",
        "nodes ↔ store, at the peak",
        "first limit",
        "commands first, from",
    ]
    rows = [_row(*names), "|" + "---:|" * 8 + "---|---:|"]
    for one in map(need, SIZES):
        counts = (one.visitors, round(one.per_second), round(one.at_peak), one.nodes)
        memory, network = f"{one.bytes_stored / 1e9:,.1f} GB", f"{one.store_bits / 1e6:,.1f} Mbit/s"
        shards = (_count(one.shards_for_memory), _count(one.shards_for_commands))
        limits = (one.first_limit, f"{break_even(one.visitors):.1f} a day")
        rows.append(_row(*(f"{count:,}" for count in counts), *shards, memory, network, *limits))
    return "\n".join(rows)


def change_table(visitors: int = 10**8) -> str:
    """Return what other assumptions change."""
    one = MEASURED
    full = replace(one, profile=one.full_profile, node_us=one.full_us, master_us=one.full_master_us)
    others = {
        "as above": need(visitors),
        "40 % of the visitors consent, the others are not stored": need(round(visitors * 0.4)),
        "a shorter retention that leaves a third of them": need(round(visitors / 3)),
        "all profiles are full (200 views)": need(visitors, measured=full),
        "no replicas": need(visitors, Assumed(replicas=0)),
        "masters with 64 GB": need(visitors, Assumed(shard_bytes=64e9)),
        "five times the page views": need(visitors, _busier(5)),
        "twenty times the page views": need(visitors, _busier(20)),
        "twenty times, and by Zipf's law with s = 1.0": need(visitors, _busier(20, zipf=1.0)),
        "twenty times, and a bot makes 10 % of them": need(visitors, _busier(20, bot=0.1)),
        "twenty times, and all profiles are full": need(visitors, _busier(20), full),
    }
    rows = [_row("10⁸ visitors, but", "page views/s at the peak", "node processes", "shards", "first limit", "memory")]
    rows.append("|---|---:|---:|---:|---|---:|")
    for what, it in others.items():
        memory = f"{it.bytes_stored / 1e9:,.0f} GB"
        rows.append(_row(what, f"{it.at_peak:,.0f}", f"{it.nodes:,}", _count(it.shards), it.first_limit, memory))
    return "\n".join(rows)


def _busier(times: float, zipf: float = ASSUMED.zipf, bot: float = ASSUMED.bot) -> Assumed:
    return Assumed(views_a_day=ASSUMED.views_a_day * times, zipf=zipf, bot=bot)


def _count(shards: int | None) -> str:
    return "none" if shards is None else f"{shards:,}"


def measured_table() -> str:
    """Return what was measured."""
    return "\n".join(["| | |", "|---|---:|", *(_row(*told) for told in in_words(MEASURED).items())])


def in_words(one: Measured) -> dict[str, str]:
    """Return figures with their units, by what they are."""
    return {
        "a profile of thirty tagged views, an arrival and a showing, in a Cluster": f"{one.profile:,} bytes",
        "likewise after the first page view": f"{one.first_profile:,} bytes",
        "likewise of 200 views, the most that are kept": f"{one.full_profile:,} bytes",
        "a member's record with two attributes": f"{one.record} bytes",
        "commands of a page view": "2: one `MGET` to read, one `EVAL` to write",
        "bytes to the store and back, and on to each replica": f"{one.to_store} + {one.from_store}, {one.to_replica}",
        "bytes of the CMS's request, and of the answer": f"{one.request} + {one.answer:,}",
        "CPU of a node without consent: the store is not asked": f"{one.guest_us} µs",
        "CPU of a node, SQLite": f"{one.sqlite_us} µs",
        "CPU of a node, one Redis": _against(one.single_us, one),
        "CPU of a node, Cluster of three masters": _against(one.node_us, one),
        "CPU of a node, Cluster, a replica confirms (`OMO_STORE_REPLICAS=1`)": _against(one.waiting_us, one),
        "CPU of a node, Cluster, profiles of 200 views": _against(one.full_us, one),
        "CPU of one Redis, no file, no replica": f"{one.server_us} µs; {one.busy_us} µs where it is kept busy",
        "CPU of the masters of the Cluster, append-only file, one replica": f"{one.master_us} µs",
        "CPU of the masters, profiles of 200 views": f"{one.full_master_us} µs",
        "CPU of the replicas": f"{one.replica_us} µs",
    }


def _against(spent: float, one: Measured) -> str:
    return f"{spent} µs, {spent / one.sqlite_us:.1f} × SQLite"


def carry_table() -> str:
    """Return what one node and one shard carry."""
    rows = {
        "a node (one core, 60 % busy), Cluster of many masters": f"{per_node():,.0f} page views/s",
        "a node, its network with the CMS and the store": f"{node_bits() / 1e6:,.0f} Mbit/s",
        "a master (one core, 50 % busy)": f"{per_shard():,.0f} page views/s",
        "a master, its network with a replica": f"{shard_bits() / 1e6:,.0f} Mbit/s",
        "a master with 16 GB, 70 % filled": f"{profiles_per_shard() / 1e6:,.1f} million visitors",
        "page views a day of each of them that it carries, if it is the only one": f"{_of_one():.1f}",
    }
    return "\n".join(["| | |", "|---|---:|", *(_row(what, value) for what, value in rows.items())])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def node_bits() -> float:
    """Return the bits per second of a node, with the CMS and with the store."""
    one = MEASURED.request + MEASURED.answer + MEASURED.to_store + MEASURED.from_store
    return per_node() * one * 8


def _of_one() -> float:
    """Return the page views a day of each visitor that the only master carries, filled with profiles."""
    return break_even(int(profiles_per_shard()))


def shard_bits() -> float:
    """Return the bits per second of a master, with nodes and with a replica."""
    return per_shard() * (MEASURED.to_store + MEASURED.from_store + MEASURED.to_replica) * 8


def main() -> None:
    """Print the tables of the page."""
    print(measured_table(), carry_table(), size_table(), change_table(), sep="\n\n")


if __name__ == "__main__":
    main()
