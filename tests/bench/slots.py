"""Skewed traffic over the slots of a Redis Cluster, reckoned, not run: how much more the busiest shard has to do than the mean.

Each visitor's keys lie in one slot (CRC16 of the hash tag modulo 16,384, Redis Cluster specification), and each master keeps
a range of slots. Visits follow Zipf's law: the k-th visitor comes as often as 1/k^s. The heaviest visitors are given their
slots one by one, from a seed; all others are so many and so light that what a slot gets of them is normally distributed. For
some hundred thousand visitors and more. Run: python -m tests.bench.slots
"""

from __future__ import annotations

import math
import random
import statistics
from array import array
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise

from msgspec import Struct
from redis.crc import key_slot

from omotenashi.profiles.remote.rows import keys_of, place_of_digest

SLOTS = 16_384
HEAVIEST = 5_000
"""Visitors who are given their slots one by one; the next of a million makes less than two thousandths of a percent of the traffic."""
SEEDS = tuple(range(9))
MASTERS = (3, 10, 30, 100)


class Traffic(Struct, frozen=True):
    """Who asks."""

    name: str
    exponent: float
    """Of Zipf's law; 0 is that all come equally often."""
    bot: float = 0.0
    """The share of the traffic that one visitor more makes."""


ALIKE = Traffic("all alike", 0.0)
TRAFFIC = (
    ALIKE,
    Traffic("Zipf, s = 0.8", 0.8),
    Traffic("Zipf, s = 1.0", 1.0),
    Traffic("Zipf, s = 1.2", 1.2),
    Traffic("Zipf, s = 0.8, and a bot of 1 %", 0.8, 0.01),
    Traffic("Zipf, s = 0.8, and a bot of 10 %", 0.8, 0.1),
)


def main() -> None:
    """Print both tables of the page."""
    print(load_table())
    print()
    print(memory_table())


def load_table(visitors: int = 10**7) -> str:
    """Return the busiest shard's load against the mean, for each kind of traffic and number of masters."""
    lines = [f"| {visitors:,} visitors | the first one's share |" + "".join(f" {many} masters |" for many in MASTERS)]
    lines.append("|---|---:|" + "---:|" * len(MASTERS))
    for one in TRAFFIC:
        first = max(one.bot, weights(one.exponent, visitors)[0] * (1 - one.bot))
        ratios = "".join(f" {load_ratio(one, visitors, many):.2f} |" for many in MASTERS)
        lines.append(f"| {one.name} | {first:.2%} |{ratios}")
    return "\n".join(lines)


def memory_table(sizes: Sequence[int] = (10**6, 10**7, 10**8, 10**9)) -> str:
    """Return the fullest shard's number of profiles against the mean, for each number of visitors and masters."""
    lines = ["| profiles |" + "".join(f" {many} masters |" for many in MASTERS), "|---|" + "---:|" * len(MASTERS)]
    lines += [f"| {size:,} |" + "".join(f" {memory_ratio(size, many):.3f} |" for many in MASTERS) for size in sizes]
    return "\n".join(lines)


def memory_ratio(visitors: int, masters: int) -> float:
    """Return how many more profiles the fullest shard has than the mean: each visitor has one."""
    return load_ratio(ALIKE, visitors, masters)


def load_ratio(traffic: Traffic, visitors: int, masters: int) -> float:
    """Return how much more the busiest shard has to do than the mean, the median of some seeds."""
    return statistics.median(fullest(loads(traffic, visitors, seed), masters) for seed in SEEDS)


def fullest(slots: Sequence[float], masters: int) -> float:
    """Return the fullest shard against the mean; each master has a range of slots, as equal as can be."""
    until = [0.0, *accumulate(slots)]
    bounds = [until[number * SLOTS // masters] for number in range(masters + 1)]
    return max(last - first for first, last in pairwise(bounds)) / bounds[-1] * masters


@cache
def loads(traffic: Traffic, visitors: int, seed: int) -> Sequence[float]:
    """Return the share of all visits that each slot gets."""
    known, chance = weights(traffic.exponent, visitors), random.Random(f"light {seed}")
    mean, deviation = _light(traffic.exponent, visitors)
    shares = array("d", (max(0.0, chance.gauss(mean, deviation)) for _ in range(SLOTS)))
    slots = slots_of(seed)
    for slot, weight in zip(slots, known, strict=False):
        shares[slot] += weight
    shares = array("d", (share * (1 - traffic.bot) for share in shares))
    shares[slots[-1]] += traffic.bot
    return shares


@cache
def weights(exponent: float, visitors: int) -> tuple[float, ...]:
    """Return the shares that the heaviest visitors have of all visits, by Zipf's law."""
    heaviest = [number**-exponent for number in range(1, min(HEAVIEST, visitors) + 1)]
    total = sum(heaviest) + _rest(exponent, visitors)
    return tuple(one / total for one in heaviest)


def _light(exponent: float, visitors: int) -> tuple[float, float]:
    """Return the share that a slot has of the visits of all others: mean and standard deviation.

    Each of them falls on any slot alike: the variance is the sum of their squared shares by the number of slots.
    """
    first = weights(exponent, visitors)[0]
    return _rest(exponent, visitors) * first / SLOTS, math.sqrt(_rest(2 * exponent, visitors) / SLOTS) * first


def _rest(exponent: float, visitors: int) -> float:
    """Return the sum of 1/k^s for all k after the heaviest, as an integral, which is exact enough beyond the first thousands."""
    if visitors <= HEAVIEST:
        return 0.0
    after, last = HEAVIEST + 0.5, visitors + 0.5
    if exponent == 1:
        return math.log(last / after)
    return float((last ** (1 - exponent) - after ** (1 - exponent)) / (1 - exponent))


@cache
def slots_of(seed: int) -> tuple[int, ...]:
    """Return the slots of the heaviest visitors, and of a bot: those of the keys that random ids would have."""
    chance = random.Random(seed)
    places = (place_of_digest(chance.randbytes(16)) for _ in range(HEAVIEST + 1))
    return tuple(key_slot(keys_of("omo", place).profile) for place in places)


if __name__ == "__main__":
    main()
