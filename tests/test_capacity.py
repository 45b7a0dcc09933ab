"""The tables of docs/capacity.md are what the arithmetic says, and the arithmetic agrees with itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.bench import capacity, slots
from tests.bench.capacity import ASSUMED, Assumed, need

PAGE = (Path(__file__).parents[1] / "docs" / "capacity.md").read_text()
TABLES: dict[str, Callable[[], str]] = {
    "measured": capacity.measured_table,
    "carry": capacity.carry_table,
    "sizes": capacity.size_table,
    "changes": capacity.change_table,
    "load": slots.load_table,
    "memory": slots.memory_table,
}


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
    assert f"1億人で{second.shards}台、10億人で {largest.shards} 台" in PAGE
    assert f"ピークでも {largest.nodes} プロセス" in PAGE
    assert f"1日に {capacity.break_even():.1f} ページより" in PAGE
    assert f"10⁹ visitors take {largest.shards * (1 + ASSUMED.replicas)} with replicas" in PAGE


def test_at_the_break_even_memory_and_commands_ask_for_as_many_shards() -> None:
    views = capacity.break_even()
    one = need(10**10, Assumed(views_a_day=views))
    alike = one.at_peak / capacity.per_shard()
    assert alike == pytest.approx(10**10 / capacity.profiles_per_shard())


def test_memory_is_the_first_limit_of_the_sizes_on_the_page_that_need_more_than_one_shard() -> None:
    assert [need(size).first_limit for size in capacity.SIZES] == ["none: one server does"] * 2 + ["memory"] * 2


def test_visitors_who_come_equally_often_load_all_shards_alike() -> None:
    assert slots.load_ratio(slots.TRAFFIC[0], 10**7, 100) == pytest.approx(1, abs=0.01)


def test_a_bot_adds_its_share_to_one_shard_alone() -> None:
    alike, bot = slots.Traffic("alike", 0), slots.Traffic("bot", 0, 0.1)
    assert slots.load_ratio(bot, 10**7, 10) == pytest.approx(
        slots.load_ratio(alike, 10**7, 10) * 0.9 + 0.1 * 10, abs=0.01
    )


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
