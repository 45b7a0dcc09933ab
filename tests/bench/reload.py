"""Latency while 10,000 rules are taken up anew: all files changed, and one. Run: make bench-reload

Requests come at a steady rate on a few connections, whether or not the one before was answered, and are timed from
the moment at which they were due; so a pause is seen by all that it holds up. Quiet and busy stretches take turns in
one run, and their quantiles are compared.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from tests.bench.decide import KEY, free_port, post, wait_for
from tests.bench.guests import guests
from tests.bench.workload import rules as workload
from tests.bench.workload import write_folder

RATE, CONNECTIONS = 300, 8
"""Requests per second, on so many connections."""
RULES, ROUNDS = 10_000, 5
QUIET = 5.0
"""Seconds of each stretch in which nothing changes."""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        rules, data = Path(name) / "rules", Path(name) / "data"
        if sys.argv[1:]:
            shutil.copytree(sys.argv[1], rules)
        else:
            write_folder(rules, workload(RULES))
        port = free_port()
        omo = Path(sys.executable).with_name("omo")
        command = [str(omo), "serve", "--rules", str(rules), "--port", str(port), "--data", str(data)]
        environment = {**os.environ, "OMO_KEY": KEY}
        served = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            _measure(rules, port, served.pid)
        finally:
            served.terminate()
            served.wait()


def _measure(rules: Path, port: int, pid: int) -> None:
    files = sorted(path for path in rules.glob("*.yaml") if path.name != "site.yaml")
    load = Load(port)
    stretches: dict[str, list[float]] = {"before": [], "all files changed": [], "one file changed": []}
    took: dict[str, list[float]] = {"all files changed": [], "one file changed": []}
    print(f"resident: {_resident(pid):.1f} MB")
    load.start()
    time.sleep(QUIET)
    for number in range(ROUNDS):
        stretches["before"] += load.during(lambda: time.sleep(QUIET))
        for what, changed in (("all files changed", files), ("one file changed", files[number : number + 1])):
            begun = time.monotonic()
            stretches[what] += load.during(_reload(port, changed))
            took[what].append(time.monotonic() - begun)
            time.sleep(0.5)
    load.stop()
    print(f"resident after {2 * ROUNDS} reloads: {_resident(pid):.1f} MB; {load.failed} requests failed")
    _report(stretches, took)


def _reload(port: int, changed: list[Path]) -> Callable[[], None]:
    """Change files, and wait until what they say is served."""

    def work() -> None:
        before = _served(port)
        for path in changed:
            path.write_bytes(path.read_bytes() + b"#\n")
        while _served(port) == before:
            time.sleep(0.05)

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
        self._taken: list[float] = []
        self._stopped = False
        self._requests = cycle([post("/v1/decide", json.loads(one.body())) for one in guests(500, RULES)])
        self._idle = deque(socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS))
        """In turn, for the server closes a connection that rests for some seconds."""
        self._selector = selectors.DefaultSelector()
        for one in self._idle:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def during(self, work: Callable[[], None]) -> list[float]:
        """Return the milliseconds that the requests took which were due during some work."""
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
        self._taken.append((time.perf_counter() - due) * 1000)
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


def _report(stretches: dict[str, list[float]], took: dict[str, list[float]]) -> None:
    print(f"{'ms':20}{'requests':>9}{'p50':>8}{'p99':>8}{'max':>8}{'p99 ratio':>11}{'taken up after':>16}")
    base = _quantile(stretches["before"], 0.99)
    for what, taken in stretches.items():
        row = [_quantile(taken, share) for share in (0.5, 0.99, 1.0)]
        after = f"{_quantile(took[what], 0.5):14.2f} s" if what in took else ""
        print(f"{what:20}{len(taken):9}{row[0]:8.2f}{row[1]:8.2f}{row[2]:8.2f}{row[1] / base:11.2f}{after}")


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


if __name__ == "__main__":
    main()
