"""CPU of whole requests: `decide` on sites of any size, against servers that answer nothing. And memory.

CPU is user and system time of the server process; the sides take short turns, since on shared machines requests per second
of one configuration move several times as much, and the CPU's own speed moves from one second to the next. So ratios are of
two sides in one round, and the median of the rounds. Every side gets 6,000 different visitors in turn, who differ as much on
every site (see `pools`); what answers nothing gets the same bytes as the site with 1,000 rules.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle
from operator import truediv
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct
from tests.bench.decide import (
    ACTIVE,
    CAPPED,
    EMPTY,
    KEY,
    MEMBER,
    ROOT,
    SIGNALS,
    VISITORS,
    consenting,
    cpu,
    free_port,
    history,
    load,
    request,
    sent,
    wait_for,
)
from tests.bench.guests import guests
from tests.bench.progress import say
from tests.bench.workload import rules, write_folder

FAMILIAR = 200
"""Visitors who come again and again, all of whose pages are remembered. Of 6,000 in turn hardly any page is, and as good as all
words, referrers and browsers are: there are some hundreds of each."""
SIZES = (100, 1000, 10_000)
MIDDLE = SIZES[1]
WARM_UP, ROUNDS, REQUESTS, DIFFERENT = 2, 9, 3000, 6000
_UVICORN = """
uvicorn.run(app, port=int(sys.argv[1]), http="httptools", loop="uvloop", access_log=False, log_level="warning")
"""
EMPTY_ASGI = (
    """
import sys, uvicorn
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
"""
    + _UVICORN
)
EMPTY_STARLETTE = (
    """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
async def decide(request):
    return Response()
app = Starlette(routes=[Route("/v1/decide", decide, methods=["POST"])])
"""
    + _UVICORN
)


class Server(Struct, frozen=True):
    pid: int
    port: int


Workloads: TypeAlias = "dict[str, tuple[Server, Iterator[bytes]]]"
"""What is sent where, by the key under which it is reported."""
RATIOS = {
    "decide_rate_1000": ("empty_asgi_cpu_us", "decide_cpu_us_1000"),
    "decide_ratio_10000": ("decide_cpu_us_10000", "decide_cpu_us_100"),
    "decide_profile_ratio": ("decide_profile_cpu_us", "decide_without_consent_cpu_us"),
}
"""What has a bar: one side to another."""


def serving_figures(sizes: Sequence[int] = SIZES) -> dict[str, float]:
    """Return CPU µs per request of every server and workload, and the memory of the largest site."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        workloads = _bare_workloads(stack) | _site_workloads(sizes, folder, stack) | _sample_workloads(folder, stack)
        largest, requests = workloads[f"decide_cpu_us_{sizes[-1]}"]
        asyncio.run(load(largest.port, requests, REQUESTS))
        held = memory(largest.pid, sizes[-1])
        return held | _medians(_interleaved(workloads))


def _interleaved(workloads: Workloads) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {name: [] for name in workloads}
    for number in range(ROUNDS + WARM_UP):
        say(f"requests over HTTP, round {number + 1} of {ROUNDS + WARM_UP}")
        for name, (server, requests) in sorted(workloads.items(), reverse=number % 2 == 1):
            before = cpu(server.pid)
            asyncio.run(load(server.port, requests, REQUESTS))
            spent[name].append((cpu(server.pid) - before) / REQUESTS * 1e6)
    return {name: values[WARM_UP:] for name, values in spent.items()}


def _medians(spent: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Medians of each side, and of the ratios that have a bar."""
    ratios = {
        name: statistics.median(map(truediv, spent[one], spent[other]))
        for name, (one, other) in RATIOS.items()
        if one in spent and other in spent
    }
    return {name: statistics.median(values) for name, values in spent.items()} | ratios


def _bare_workloads(stack: ExitStack) -> Workloads:
    """Servers that answer nothing; they get what the site with 1,000 rules gets."""
    requests = _requests(MIDDLE)
    programs = {"empty_asgi": EMPTY_ASGI, "empty_starlette": EMPTY_STARLETTE, "empty_direct": EMPTY}
    return {f"{name}_cpu_us": (stack.enter_context(_empty(code)), cycle(requests)) for name, code in programs.items()}


def _site_workloads(sizes: Sequence[int], folder: Path, stack: ExitStack) -> Workloads:
    """Sites with so many rules; each gets visitors who know its campaigns, pages and words, as many of whom meet a rule."""
    workloads: Workloads = {}
    for size in sizes:
        site = write_folder(folder / f"rules-{size}", rules(size))
        server = stack.enter_context(service(site, folder / f"data-{size}"))
        requests = _requests(size)
        workloads[f"decide_cpu_us_{size}"] = (server, cycle(requests))
        if size == MIDDLE:
            workloads[f"decide_familiar_cpu_us_{size}"] = (server, cycle(requests[:FAMILIAR]))
    return workloads


def _sample_workloads(folder: Path, stack: ExitStack) -> Workloads:
    """The sample site, without and with profiles of thirty views."""
    site = shutil.copytree(ROOT / "rules", folder / "rules")
    (site / "capped.yaml").write_text(CAPPED)
    server = stack.enter_context(service(site, folder / "data"))
    asyncio.run(load(server.port, map(history, range(VISITORS)), VISITORS))
    sent_there = {
        "decide_nothing_known_cpu_us": [request({})],
        "decide_all_signals_cpu_us": [request(SIGNALS | MEMBER)],
        "decide_without_consent_cpu_us": [request(SIGNALS)],
        "decide_profile_cpu_us": [consenting(number) for number in range(ACTIVE)],
        "decide_many_profiles_cpu_us": [consenting(number) for number in range(VISITORS)],
        "decide_member_cpu_us": [consenting(number, logged_in=True) for number in range(ACTIVE)],
    }
    return {name: (server, cycle(requests)) for name, requests in sent_there.items()}


def _requests(size: int) -> list[bytes]:
    return [sent("/v1/decide", guest.body()) for guest in guests(DIFFERENT, size)]


@contextmanager
def _empty(code: str) -> Iterator[Server]:
    port = free_port()
    with _running([sys.executable, "-c", code, str(port)], port, {}) as server:
        yield server


@contextmanager
def service(folder: Path, data: Path, *flags: str, **environment: str) -> Iterator[Server]:
    """Serve a rules folder as an operator does."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("omo")), "serve", "--rules", str(folder), "--data", str(data)]
    with _running([*command, "--port", str(port), *flags], port, {"OMO_KEY": KEY} | environment) as server:
        yield server


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[Server]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=quiet, stderr=quiet)
    try:
        wait_for(port)
        if process.poll() is not None:
            raise RuntimeError(f"it does not start: {' '.join(command)}")
        yield Server(process.pid, port)
    finally:
        process.terminate()
        process.wait()


def memory(pid: int, size: int) -> dict[str, float]:
    """Return MB (millions of bytes) that a process holds resident: all, what it has for itself, and mapped files."""
    lines = [line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    lines += [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    kilobytes = {fields[0]: int(fields[1]) for fields in lines if fields[-1] == "kB"}
    names = {"rss": "VmRSS:", "anonymous": "RssAnon:", "files": "RssFile:", "pss": "Pss:"}
    return {f"{name}_mb_{size}": kilobytes[line] * 1024 / 1e6 for name, line in names.items()}
