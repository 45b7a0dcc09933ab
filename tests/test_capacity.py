"""The tables of docs/capacity.md are what the arithmetic says, and the arithmetic agrees with itself."""

from __future__ import annotations

import binascii
import random
import re
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest
from redis.crc import key_slot
from tests.bench import capacity, remote_nodes, slots
from tests.bench.capacity import ASSUMED, MEASURED, Assumed, need

from omotenashi.profiles.packing import LARGEST
from omotenashi.profiles.remote import rows, scripts
from omotenashi.profiles.remote.store import CONNECTIONS
from omotenashi.profiles.views import MOST_VIEWS

PAGE = (Path(__file__).parents[1] / "docs" / "capacity.md").read_text()
TABLES: dict[str, Callable[[], str]] = {
    "measured": capacity.measured_table,
    "carry": capacity.carry_table,
    "sizes": capacity.size_table,
    "changes": capacity.change_table,
    "load": slots.load_table,
    "memory": slots.memory_table,
}
_BOT = slots.Traffic("a bot", 0, bot=0.1)
_NTHS = {6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth"}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_the_page_is_what_the_arithmetic_says(name: str) -> None:
    (stands,) = re.findall(rf"<!-- table: {name} -->\n((?:\|.*\n)+)", PAGE)
    assert stands == f"{TABLES[name]()}\n"


def test_every_table_of_the_page_is_reckoned() -> None:
    assert re.findall(r"<!-- table: (\w+) -->", PAGE) == list(TABLES)
    assert len(re.findall(r"^\|[-:|]+\|$", PAGE, re.MULTILINE)) == len(TABLES)


@pytest.mark.parametrize("name", Assumed.__struct_fields__)
def test_every_assumption_is_named_on_the_page(name: str) -> None:
    value = getattr(ASSUMED, name)
    stated = re.findall(rf"`{name}` = (\d+(?:\.\d+)?)", PAGE)
    assert [float(one) for one in stated] == [value / 1e9 if name == "shard_bytes" else value]


def test_the_peak_on_the_page_is_what_the_hours_of_a_day_make() -> None:
    assert f"at the peak = that × {capacity.peak():.1f}:" in PAGE


def test_the_summary_names_what_the_tables_say() -> None:
    largest, second = need(10**9), need(10**8)
    for stated in (
        f"約 {MEASURED.profile} バイト(30 ページビュー",
        f"約 {MEASURED.record} バイト",
        f"約 {MEASURED.full_profile:,} バイト",
        f"1億人で {second.shards} 台、10億人で {largest.shards} 台",
        f"{capacity.break_even(10**8):.1f} ページ(1億人)、{capacity.break_even(10**9):.1f} ページ(10億人)より",
        f"毎秒およそ {capacity.per_node() // 10 * 10:,.0f} ページビュー",
        f"ピークでも {largest.nodes} プロセス",
    ):
        assert stated in PAGE


def test_the_text_names_what_the_arithmetic_says() -> None:
    largest, roomy = need(10**9), capacity.profiles_per_shard(Assumed(shard_bytes=64e9))
    assert largest.shards is not None
    busiest = slots.load_ratio(capacity.traffic_of(ASSUMED), 10**9, largest.shards)
    shares = [f"{slots.weights(exponent, 10**8)[0]:.2%}" for exponent in (0.8, 1.0)]
    skewed = [need(10**8, Assumed(views_a_day=10, zipf=exponent)).shards for exponent in (0.8, 1.0)]
    for stated in (
        f"10⁹ visitors take {largest.shards * (1 + ASSUMED.replicas)} with replicas",
        (
            f"of {largest.shards} masters the busiest has {busiest:.2f} times the mean: "
            f"{largest.at_peak * busiest / largest.shards:,.0f} page views/s at the peak"
        ),
        f"{1e9 // capacity.node_bits():.0f} nodes, or of {1e9 // capacity.shard_bits():.0f} masters",
        f"take a {_NTHS[round(MEASURED.node_us / MEASURED.guest_us)]} of that CPU",
        f"holds {roomy / 1e6:.0f} million visitors, of whom it gets {need(round(roomy)).at_peak:,.0f} page views/s",
        f"makes {shares[0]} of all page views, with s = 1.0 some {shares[1]}, so that {skewed[0]} shards",
        f"become {skewed[1]}.",
    ):
        assert stated in PAGE, stated


def test_the_text_names_what_the_code_says() -> None:
    for stated in (
        f"up to {CONNECTIONS} connections to each master",
        f"enough for {10_000 // CONNECTIONS} processes",
        f"({len(scripts.WRITE)} of the bytes to the store)",
        f"{MOST_VIEWS} views at the most, {LARGEST // 1024} KB before",
        f"the key of {len(rows.keys_of('omo', rows.place_of('anybody')).profile)} bytes",
        f"The {slots.HEAVIEST:,} heaviest visitors",
        f"{remote_nodes.VISITORS:,} visitors in turn",
    ):
        assert stated in PAGE, stated


def test_at_the_break_even_commands_begin_to_ask_for_more_shards_than_memory() -> None:
    for visitors in (10**7, 10**8, 10**9):
        views = capacity.break_even(visitors)
        below, above = (need(visitors, Assumed(views_a_day=views * times)) for times in (0.999, 1.001))
        assert below.shards == below.shards_for_memory == above.shards_for_memory
        assert above.first_limit == "commands"


def test_the_busiest_of_so_many_shards_carries_its_part_and_that_of_one_less_does_not() -> None:
    assumed = Assumed(views_a_day=10)
    traffic, one = capacity.traffic_of(assumed), need(10**8, assumed)
    assert one.shards_for_commands is not None
    load = one.at_peak / capacity.per_shard()
    assert load * slots.load_ratio(traffic, 10**8, one.shards_for_commands) <= one.shards_for_commands
    assert load * slots.load_ratio(traffic, 10**8, one.shards_for_commands - 1) > one.shards_for_commands - 1


def test_traffic_that_is_spread_evenly_takes_no_more_shards_than_the_mean_asks_for() -> None:
    assert capacity.fewest(17.5, slots.ALIKE, 10**9) == 18


def test_a_visitor_who_is_more_than_a_master_carries_is_helped_by_no_number_of_shards() -> None:
    assert capacity.fewest(9.9, _BOT, 10**7) is not None
    assert capacity.fewest(10.1, _BOT, 10**7) is None
    one = need(10**8, Assumed(views_a_day=10, bot=0.1))
    assert (one.shards, one.first_limit) == (None, "one visitor: no number of shards does")


def test_memory_is_the_first_limit_of_the_sizes_on_the_page_that_need_more_than_one_shard() -> None:
    assert [need(size).first_limit for size in capacity.SIZES] == ["none: one server does"] * 2 + ["memory"] * 2


@pytest.mark.parametrize("masters", [1, 2, 3, 10, 100])
def test_slots_that_get_the_same_load_all_masters_alike(masters: int) -> None:
    most = -(-slots.SLOTS // masters) / slots.SLOTS * masters
    assert slots.fullest([1 / slots.SLOTS] * slots.SLOTS, masters) == pytest.approx(most)


@pytest.mark.parametrize("masters", [1, 2, 3, 10, 100])
@pytest.mark.parametrize("slot", [0, 5_000, slots.SLOTS - 1])
def test_one_slot_that_gets_everything_loads_one_master_with_all_of_it(masters: int, slot: int) -> None:
    assert slots.fullest([float(number == slot) for number in range(slots.SLOTS)], masters) == pytest.approx(masters)


def test_two_slots_that_share_everything_load_two_masters_unless_one_has_both() -> None:
    apart = [0.5 * (number in (0, slots.SLOTS - 1)) for number in range(slots.SLOTS)]
    beside = [0.5 * (number in (0, 1)) for number in range(slots.SLOTS)]
    assert slots.fullest(apart, 10) == pytest.approx(5)
    assert slots.fullest(beside, 10) == pytest.approx(10)


def test_visitors_who_come_equally_often_load_all_shards_alike() -> None:
    assert slots.load_ratio(slots.ALIKE, 10**9, 10) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize("masters", [3, 10, 100])
def test_a_visitor_who_makes_all_visits_loads_one_shard_with_all_of_them(masters: int) -> None:
    assert slots.load_ratio(slots.Traffic("one", 0, bot=1), 10**7, masters) == pytest.approx(masters)
    assert slots.load_ratio(slots.Traffic("the first", 0.8), 1, masters) == pytest.approx(masters)


def test_a_bot_adds_its_share_to_one_shard_alone() -> None:
    assert slots.load_ratio(_BOT, 10**7, 10) == pytest.approx(0.9 + 0.1 * 10, abs=0.01)


@pytest.mark.parametrize("exponent", [0.0, 0.8, 1.0, 1.2])
def test_the_simulation_agrees_with_one_that_gives_every_visitor_a_slot(exponent: float) -> None:
    visitors, ratios = 100_000, []
    shares = [number**-exponent for number in range(1, visitors + 1)]
    for seed in range(5):
        chance, loads = random.Random(seed), [0.0] * slots.SLOTS
        for share in shares:
            loads[chance.randrange(slots.SLOTS)] += share
        ratios.append(slots.fullest(loads, 10))
    known = [slots.fullest(slots.loads(slots.Traffic("", exponent), visitors, seed), 10) for seed in slots.SEEDS]
    assert min(known) * 0.95 < statistics.median(ratios) < max(known) * 1.05


def test_visitors_lie_in_the_slots_that_the_specification_gives_their_keys() -> None:
    for number in range(100):
        key = rows.keys_of("omo", rows.place_of(f"visitor-{number}")).profile
        tag = key[key.index(b"{") + 1 : key.index(b"}")]
        assert key_slot(key) == binascii.crc_hqx(tag, 0) % slots.SLOTS


def test_the_shares_of_all_visitors_make_the_whole() -> None:
    for exponent in (0.0, 0.8, 1.0, 1.2):
        shares = slots.weights(exponent, slots.HEAVIEST)
        assert sum(shares) == pytest.approx(1)
        assert list(shares) == sorted(shares, reverse=True)


def test_the_same_seed_gives_the_same_slots_over_all_of_them() -> None:
    first, other = slots.slots_of(1), slots.slots_of(2)
    assert first == tuple(slots.slots_of(1))
    assert first != other
    assert max(first) < slots.SLOTS
    assert len(set(first)) > slots.HEAVIEST * 0.8
