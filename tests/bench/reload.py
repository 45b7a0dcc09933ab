"""Latency while 10,000 rules are taken up anew: all files changed, and one. Run: make bench-reload

Requests come at a steady rate, far below what the server can do, whether or not those before were answered, and are timed
from the moment at which they were due: so a pause counts for all that it holds up (what Gil Tene calls coordinated omission
would count it once). Who sends runs on another core than the server, where there are two. Before each reload there is a
quiet stretch, and the 99th percentiles of the two are compared; of these ratios median and quartiles are told.

Shared machines stand still now and then, for a tenth of a second and more. On each core a process that does nothing but
sleep and wake notes when it wakes far too late; what was due then is left out, on both sides.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import cycle
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct
from tests.bench.decide import sent
from tests.bench.guests import guests
from tests.bench.progress import say
from tests.bench.serving import Server, service
from tests.bench.workload import rules as workload
from tests.bench.workload import write_folder

RATE, CONNECTIONS = 500, 16
"""Requests per second, on so many connections."""
RULES = 10_000
QUIET, LASTS, LEAST_ROUNDS = 3.0, 140.0, 4
"""Seconds of a stretch in which nothing changes; seconds after which no new round begins."""
LOOKS, LET_GO = 0.25, 0.5
"""Seconds between two looks at what is served; seconds for which the server then still takes the old rules apart."""
ALL, ONE = "all files changed", "one file changed"
STALLS = """
import os, sys, time
os.sched_setaffinity(0, {int(sys.argv[1])})
while True:
    due = time.perf_counter() + 0.002
    time.sleep(0.002)
    woken = time.perf_counter()
    if woken - due > 0.01:
        print(due, woken, flush=True)
"""
"""Notes when a core stood still: Python's clock is that of the machine, so other processes can compare."""
CALM = 0.05
"""Seconds after a stall until all that it held up is answered."""


Taken: TypeAlias = "list[tuple[float, float]]"
"""When each request was due, by the clock, and the milliseconds that it took."""


class Stretch(Struct, frozen=True):
    """Requests while files changed, and just before, and the seconds until the change was served."""

    quiet: Taken
    busy: Taken
    after: float


def main() -> None:
    """Measure and print."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was begun is ended then, too
    of_server, of_client = _cores()
    with _going_first(), tempfile.TemporaryDirectory() as name:
        rules = Path(name) / "rules"
        if sys.argv[1:]:
            shutil.copytree(sys.argv[1], rules)
        else:
            write_folder(rules, workload(RULES))
        os.sched_setaffinity(0, of_server)
        with service(rules, Path(name) / "data") as server:
            os.sched_setaffinity(0, of_client)
            with _stalls(of_server | of_client) as stalls:
                stretches = _measure(rules, server)
        _report(stretches, stalls)


@contextmanager
def _going_first() -> Iterator[None]:
    """Have client and server go before other programs of this machine, where that is allowed.

    Linux weighs sessions (`autogroup`) before it weighs the processes of one. Within the client, who sends waits for nobody.
    """
    sys.setswitchinterval(0.0001)
    session, before = Path("/proc/self/autogroup"), ""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -15)
        before = session.read_text().split()[-1]
        session.write_text("-15")
    try:
        yield
    finally:
        if before:
            session.write_text(before)


def _cores() -> tuple[set[int], set[int]]:
    """One core for the server, the others for who sends; the same for both where there is only one."""
    first, *others = sorted(os.sched_getaffinity(0))
    return {first}, set(others) or {first}


@contextmanager
def _stalls(cores: set[int]) -> Iterator[list[tuple[float, float]]]:
    """Give a list that holds, at the end, from when to when one of the cores stood still."""
    command = [sys.executable, "-c", STALLS]
    watching = [subprocess.Popen([*command, str(core)], stdout=subprocess.PIPE, text=True) for core in cores]
    found: list[tuple[float, float]] = []
    try:
        yield found
    finally:
        for one in watching:
            one.terminate()
            for line in one.communicate()[0].splitlines():
                begun, ended = map(float, line.split())
                found.append((begun, ended))


def _measure(rules: Path, server: Server) -> dict[str, list[Stretch]]:
    files = sorted(path for path in rules.glob("*.yaml") if path.name != "site.yaml")
    begun, held = time.monotonic(), _resident(server.pid)
    load = Load(server.port)
    load.start()
    load.during(lambda: _rest(server.port))
    stretches: dict[str, list[Stretch]] = {ALL: [], ONE: []}
    number = 0
    while number < LEAST_ROUNDS or time.monotonic() - begun < LASTS:
        one = files[number % len(files)]
        say(f"round {number + 1}")
        stretches[ALL].append(_stretch(load, server.port, files))
        stretches[ONE].append(_stretch(load, server.port, [one]))
        number += 1
    load.stop()
    print(
        f"resident: {held:.1f} MB, after {2 * number} reloads {_resident(server.pid):.1f} MB; {load.failed} requests failed"
    )
    return stretches


def _stretch(load: Load, port: int, changed: list[Path]) -> Stretch:
    quiet = load.during(lambda: _rest(port))
    begun = time.monotonic()
    busy = load.during(_reload(port, changed))
    return Stretch(quiet, busy, time.monotonic() - begun - LET_GO)


def _rest(port: int) -> None:
    """Change nothing for a while, and look as often at what is served as during a reload."""
    until = time.monotonic() + QUIET
    while time.monotonic() < until:
        _served(port)
        time.sleep(LOOKS)


def _reload(port: int, changed: list[Path]) -> Callable[[], None]:
    """Change files, and wait until what they say is served and what was served is gone."""

    def work() -> None:
        before = _served(port)
        for path in changed:
            path.write_bytes(path.read_bytes() + b"#\n")
        while _served(port) == before:
            time.sleep(LOOKS)
        time.sleep(LET_GO)

    return work


def _served(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
        state = json.load(answer)
    assert not state["problems"], state
    return str(state["rules"])


def _resident(pid: int) -> float:
    """Megabytes (10^6 bytes) of a process in memory."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024 / 1e6


class Load(threading.Thread):
    """Sends requests when they are due, and takes down how long each took."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.failed = 0
        self._taken: Taken = []
        self._stopped = False
        self._requests = cycle([sent("/v1/decide", one.body()) for one in guests(2000, RULES)])
        self._idle = deque(socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS))
        """In turn, for the server closes a connection that rests for some seconds."""
        self._selector = selectors.DefaultSelector()
        for one in self._idle:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def during(self, work: Callable[[], None]) -> Taken:
        """Return the requests that were answered during some work."""
        begin = len(self._taken)
        work()
        return self._taken[begin:]

    def stop(self) -> None:
        """Send nothing more."""
        self._stopped = True
        self.join()

    def run(self) -> None:
        """Send until stopped."""
        due = time.perf_counter()
        under_way: dict[socket.socket, float] = {}
        while not self._stopped:
            while self._idle and due <= time.perf_counter():
                connection = self._idle.popleft()
                connection.sendall(next(self._requests))
                self._selector.register(connection, selectors.EVENT_READ, connection)
                under_way[connection] = due
                due += 1 / RATE
            wait = max(0.0, due - time.perf_counter()) if self._idle else 1.0
            for key, _ in self._selector.select(wait):
                connection = key.data
                self._take(connection, under_way.pop(connection))

    def _take(self, connection: socket.socket, due: float) -> None:
        answer = _answer(connection)
        self._taken.append((due, (time.perf_counter() - due) * 1000))
        self.failed += not answer.startswith(b"HTTP/1.1 200")
        self._selector.unregister(connection)
        self._idle.append(connection)


def _answer(connection: socket.socket) -> bytes:
    """Read head and body, which may come one after the other."""
    answer = b""
    while not _is_whole(answer):
        more = connection.recv(65536)
        if not more:
            raise ConnectionResetError("the server closed a connection that waited for an answer")
        answer += more
    return answer


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return bool(end) and len(body) >= int(length or 0)


def _report(stretches: dict[str, list[Stretch]], stalls: list[tuple[float, float]]) -> None:
    def calm(taken: Taken) -> list[float]:
        return [took for due, took in taken if not any(begun - CALM < due < ended + CALM for begun, ended in stalls)]

    print(f"the machine stood still {len(stalls)} times, {sum(ended - begun for begun, ended in stalls):.1f} s in all")
    print(
        f"{'ms':20}{'requests':>9}{'p50':>8}{'p99':>8}{'longest':>9}{'p99 ratio (quartiles)':>26}{'taken up after':>16}"
    )
    _row("quiet", [calm(one.quiet) for found in stretches.values() for one in found])
    for what, found in stretches.items():
        busy, quiet = [calm(one.busy) for one in found], [calm(one.quiet) for one in found]
        ratios = [_quantile(one, 0.99) / _quantile(other, 0.99) for one, other in zip(busy, quiet, strict=True)]
        low, median, high = statistics.quantiles(ratios, n=4)
        after = statistics.median(one.after for one in found)
        _row(what, busy, f"{median:.2f} ({low:.2f}-{high:.2f})", f"{after:.2f} s")


def _row(what: str, found: list[list[float]], ratio: str = "", after: str = "") -> None:
    """Medians over the stretches: of the middle, of the 99th percentile, of the longest."""
    shares = [statistics.median(_quantile(taken, share) for taken in found) for share in (0.5, 0.99, 1.0)]
    row = "".join(f"{value:8.2f}" for value in shares)
    print(f"{what:20}{sum(map(len, found)):9}{row} {ratio:>26}{after:>16}")


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


if __name__ == "__main__":
    main()
