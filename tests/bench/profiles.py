"""Many visitors: bytes per profile, and CPU per request beside a store that holds few. Run: make bench-profiles [N=1000000]

A fresh store is filled with N profiles of thirty views, each as the service would have written it. Then visitors of it are
asked for at random, and the same ones of a store that holds nobody else. CPU is measured as in decide.py: of the server
process, both sides in turn, medians.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import cycle, islice
from pathlib import Path

from tests.bench.decide import CAPPED, KEY, PATHS, ROOT, consenting, cpu, free_port, load, wait_for
from tqdm import tqdm

from omotenashi.model.event import Event
from omotenashi.model.visitor import Arrival
from omotenashi.profiles.database import Database
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.store import Change, Claim

PROFILES, VIEWS = 100_000, 30
FEW, MANY = 1_000, 10_000
"""Visitors who are asked for: fewer than a process keeps decoded, and so many that none of them still is."""
ROUNDS, REQUESTS = 12, 2000
BATCH, CHECKPOINT_EVERY = 500, 25_000
NOW, DAY = int(time.time()), 86_400
SEARCH = Arrival("マラソン シューズ", "referrer", "search", "yahoo", "search.yahoo.co.jp/search", landing="/running")


def main() -> None:
    """Fill the stores, measure, print."""
    profiles = int(sys.argv[1]) if len(sys.argv) > 1 else PROFILES
    if profiles < FEW + MANY:
        sys.exit(f"N has to be {FEW + MANY} or more: so many visitors are asked for")
    picked = random.Random(1).sample(range(profiles), FEW + MANY)
    few, many = picked[:FEW], picked[FEW:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = filled(folder / "all", random.Random(2).sample(range(profiles), profiles))
        print(
            f"{profiles} profiles of {VIEWS} views: {size / 2**20:.0f} MiB, {size / profiles:.0f} bytes each",
            flush=True,
        )
        filled(folder / "few", few)
        filled(folder / "many", many)
        rules = shutil.copytree(ROOT / "rules", folder / "rules")
        (rules / "capped.yaml").write_text(CAPPED)
        for visitors, alone in ((few, "few"), (many, "many")):
            with serving(rules, folder / "all") as beside, serving(rules, folder / alone) as by_themselves:
                report(len(visitors), *measure(visitors, beside, by_themselves))


def filled(data: Path, visitors: Sequence[int]) -> int:
    """Write the profiles of these visitors into a fresh store, in this order; return the bytes of the file."""
    path = data / "visitors.sqlite"
    with closing(Database(path, Keep(), wait=5, bulk=True)) as database:
        for start in tqdm(range(0, len(visitors), BATCH), unit_scale=BATCH, unit="profiles", disable=None):
            with database.transaction() as transaction:
                for visitor in visitors[start : start + BATCH]:
                    transaction.apply(life(visitor))
            if start % CHECKPOINT_EVERY == 0:
                database.checkpoint(complete=False)
        database.checkpoint(complete=True)
    return path.stat().st_size


def life(visitor: int, looked: int = VIEWS) -> Change:
    """Return what a visitor did in the last month: came by a search, looked at so many pages, was shown something."""
    chance, key = random.Random(visitor), f"visitor-{visitor:010}"
    moments = sorted(NOW - int(chance.uniform(0.1, 30) * DAY) for _ in range(looked))
    views = [(at, chance.choice(PATHS)) for at in moments]
    events = tuple(
        Event("page_view", at, path=f"/{kind}/shoes-{chance.randrange(300)}", tags=(kind,)) for at, kind in views
    )
    return Change(key, moments[-1], events, (Claim("capped/capped", 900, DAY),), SEARCH)


class Side:
    """A server and the requests that it is sent in turn."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.port = port

    def spent(self, requests: list[bytes]) -> float:
        """Return CPU µs for each of the requests."""
        before = cpu(self.pid)
        asyncio.run(load(self.port, iter(requests), len(requests)))
        return (cpu(self.pid) - before) / len(requests) * 1e6


@contextmanager
def serving(rules: Path, data: Path) -> Iterator[Side]:
    """Serve what was filled."""
    port, omo, quiet = free_port(), Path(sys.executable).with_name("omo"), subprocess.DEVNULL
    command = [str(omo), "serve", "--rules", str(rules), "--port", str(port), "--data", str(data)]
    with ExitStack() as stack:
        environment = {**os.environ, "OMO_KEY": KEY}
        process = stack.enter_context(subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet))
        stack.callback(process.terminate)
        wait_for(port)
        yield Side(process.pid, port)


def measure(visitors: Sequence[int], beside: Side, by_themselves: Side) -> tuple[list[float], list[float]]:
    """Return CPU µs per request of each side, one for each round."""
    turns = cycle([consenting(visitor) for visitor in visitors])
    results: tuple[list[float], list[float]] = [], []
    for number in range(ROUNDS + 1):
        requests = list(islice(turns, REQUESTS))
        for side, result in zip((beside, by_themselves), results, strict=True):
            spent = side.spent(requests)
            if number:  # the first round warms up
                result.append(spent)
    return results


def report(visitors: int, beside: list[float], by_themselves: list[float]) -> None:
    """Print both sides and what the others cost."""
    all_of_them, alone = statistics.median(beside), statistics.median(by_themselves)
    print(
        f"decide, {visitors} visitors in turn: {all_of_them:.0f} µs of CPU among all profiles, "
        f"{alone:.0f} µs where nobody else is stored, ratio {all_of_them / alone:.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
