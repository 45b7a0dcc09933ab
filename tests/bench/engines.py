"""CPU of one decision for all blocks of a page, without a server: the engine against others, in turn, medians of rounds."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Sequence
from typing import Any

from tests.bench.guests import Guest, guests
from tests.bench.peers import PEERS
from tests.bench.pools import BLOCKS
from tests.bench.progress import say
from tests.bench.sides import Side, closures_side, engine_side, generated_side
from tests.bench.workload import rules

SIZES = (10, 100, 1000, 10_000)
VISITORS, ROUNDS = 2000, 5
CLOSURE_VISITORS = {10: 2000, 100: 2000, 1000: 500, 10_000: 200}
PEER_RULES, PEER_VISITORS = 1000, 300
SLOW_ROUNDS = 3
SHORTEST = 0.05
"""Seconds of CPU for one side in one round."""


def engine_figures(sizes: Sequence[int] = SIZES) -> dict[str, float]:
    """Return CPU µs of the engine, of closures and of a generated function, by number of rules."""
    figures: dict[str, float] = {}
    for size in sizes:
        say(f"engine, closures and one generated function, {size:,} rules")
        found, visitors = rules(size, plain=True), guests(VISITORS, size)
        ours = engine_side(found)
        engine, generated = compared([ours, generated_side(found)], visitors)
        beside, closures = compared([ours, closures_side(found)], visitors[: CLOSURE_VISITORS[size]], SLOW_ROUNDS)
        full = alone(engine_side(rules(size)), visitors)
        new = of_new_visitors(engine_side(found), size)
        figures |= {
            f"engine_us_{size}": engine,
            f"generated_us_{size}": generated,
            f"generated_ratio_{size}": generated / engine,
            f"closures_us_{size}": closures,
            f"closures_ratio_{size}": closures / beside,
            f"engine_full_us_{size}": full,
            f"engine_new_us_{size}": new,
        }
    return figures


def peer_figures() -> tuple[dict[str, float], list[str]]:
    """Return CPU µs of each peer that is installed, and its ratio to the engine beside it; and what was measured or not."""
    figures: dict[str, float] = {}
    notes: list[str] = []
    found, visitors = rules(PEER_RULES, plain=True), guests(PEER_VISITORS, PEER_RULES)
    ours = engine_side(found)
    for package, make in PEERS.items():
        try:
            peer = make(found)
        except (ImportError, OSError) as missing:  # no package, or a library that does not load here
            notes.append(f"{package} is not measured: {missing}")
            continue
        say(f"{package} {peer.version}, {PEER_RULES:,} rules")
        engine, median = compared([ours, peer], visitors, SLOW_ROUNDS)
        peer.close()
        notes.append(f"{package} {peer.version}")
        figures |= {f"peer_us_1000.{package}": median, f"peer_ratio_1000.{package}": median / engine}
    return figures, notes


def compared(sides: Sequence[Side], visitors: Sequence[Guest], rounds: int = ROUNDS) -> list[float]:
    """Return CPU µs of each side for one visitor. All must answer alike for every visitor, else AssertionError."""
    asked = [(side, [side.prepare(visitor) for visitor in visitors]) for side in sides]
    check_alike(asked, visitors)
    spent: list[list[float]] = [[] for _ in sides]
    gc.collect()
    gc.freeze()  # as the service does: the collector need not look at the rules again and again
    for _ in range(rounds):
        for (side, prepared), times in zip(asked, spent, strict=True):
            times.append(_microseconds(side, prepared))
    gc.unfreeze()
    return [statistics.median(times) for times in spent]


def of_new_visitors(side: Side, rules_count: int) -> float:
    """Return CPU µs of a side for one visitor whom it has not seen, after as many others. `compared` asks for the same
    visitors again and again, so that all of their values are remembered.
    """
    visitors = guests((ROUNDS + 1) * VISITORS, rules_count, seed=3)
    times = []
    for start in range(0, len(visitors), VISITORS):
        prepared = [side.prepare(visitor) for visitor in visitors[start : start + VISITORS]]
        begun = time.process_time()
        for one in prepared:
            side.decide(one)
        times.append((time.process_time() - begun) / VISITORS * 1e6)
    return statistics.median(times[1:])


def alone(side: Side, visitors: Sequence[Guest]) -> float:
    """Return CPU µs of a side for one visitor."""
    return compared([side], visitors)[0]


def check_alike(asked: Sequence[tuple[Side, Sequence[Any]]], visitors: Sequence[Guest]) -> None:
    """Fail with the first visitor and block for which another rule wins than with the first side."""
    answers = [[side.winners(side.decide(one)) for one in prepared] for side, prepared in asked]
    for number, visitor in enumerate(visitors):
        for (side, _), answered in zip(asked[1:], answers[1:], strict=True):
            for block, theirs, ours in zip(BLOCKS, answered[number], answers[0][number], strict=True):
                assert theirs == ours, (
                    f"{block}: {side.name} {theirs}, {asked[0][0].name} {ours}, for {visitor.facts()}"
                )


def _microseconds(side: Side, prepared: Sequence[Any]) -> float:
    """All visitors in turn, again and again where that is too short to be measured well."""
    decide = side.decide
    passes, spent, begun = 0, 0.0, time.process_time()
    while spent < SHORTEST:
        for one in prepared:
            decide(one)
        passes += 1
        spent = time.process_time() - begun
    return spent / (passes * len(prepared)) * 1e6
