"""examples/cluster as it stands: two nodes behind nginx on a Redis Cluster."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import redis_servers
from tests.e2e.conftest import ROOT, free_port, installed, wait_until

pytestmark = pytest.mark.e2e
CURL = installed("curl", "curl")
ENVIRONMENT = {**os.environ, "PYTHON": sys.executable}


@pytest.fixture(autouse=True)
def _programs() -> None:
    redis_servers.require()
    installed("redis-cli", "redis-tools")
    installed("nginx", "nginx-light")


def command(script: str, folder: Path, *options: str) -> list[str]:
    path = ROOT / "examples" / "cluster" / script
    return [str(path), "--folder", str(folder), "--port", str(free_port()), *options]


@pytest.fixture
def said(tmp_path: Path) -> Iterator[str]:
    """What the example says once everything runs; afterwards Ctrl-C stops everything."""
    output = tmp_path / "said"
    with output.open("w") as file:
        running = subprocess.Popen(
            command("run", tmp_path / "cluster"), env=ENVIRONMENT, stdout=file, stderr=subprocess.STDOUT
        )
    wait_until(lambda: running.poll() is not None or "Ctrl-C" in output.read_text(), "a start", 60)
    assert running.poll() is None, output.read_text()
    yield output.read_text()
    running.send_signal(signal.SIGINT)
    assert running.wait(30) == 0
    assert "stopped" in output.read_text()


def test_the_curl_lines_are_answered_and_a_limit_holds_for_both_nodes_together(said: str) -> None:
    decide, include = (shlex.split(line) for line in re.findall(r"^  \d\. (curl .*)$", said, re.MULTILINE))
    answers = [subprocess.run([CURL, "-i", *decide[1:]], capture_output=True, check=True).stdout for _ in range(8)]
    bodies = [json.loads(answer.partition(b"\r\n\r\n")[2]) for answer in answers]
    assert Counter("notice" in body["blocks"] for body in bodies) == {True: 3, False: 5}
    assert "welcome_back" in bodies[-1]["blocks"]
    assert len({found[1] for answer in answers if (found := re.search(rb"X-Node: (\S+)", answer))}) == 2
    fragment = subprocess.run([CURL, *include[1:]], capture_output=True, text=True, check=True).stdout
    assert fragment.startswith("HTTP/1.1 200 ")
    assert "おかえりなさい" in fragment


def test_a_node_and_a_master_are_killed_and_every_fragment_is_200_or_204(tmp_path: Path) -> None:
    options = ("--only", "node", "master", "--replicas", "1", "--rate", "100", "--killed", "4")
    done = subprocess.run(
        command("break", tmp_path, *options), env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.findall(r"([\d,]+) of ([\d,]+) fragments 200 or 204;.* known .* of these lost (\d+)", done.stdout)
    assert [(kept == fragments, lost) for kept, fragments, lost in found] == [(True, "0")] * 2
    log = (tmp_path / "run" / "node-2.log").read_text()
    assert log.count("the store cannot be read") in (1, 2)  # a line for an outage, not for each request


@pytest.mark.parametrize("seconds", [0.5, 1, 2.5, 5, 8])
@pytest.mark.parametrize("script", ["run", "break"])
def test_what_is_stopped_at_any_moment_leaves_nothing_behind(script: str, seconds: float, tmp_path: Path) -> None:
    running = subprocess.Popen(
        command(script, tmp_path), env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    time.sleep(seconds)
    for _ in range(2):  # who is impatient presses Ctrl-C again
        running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    assert (running.returncode, said.splitlines()[-1]) == (0, "終わりました / stopped")
    assert processes_in(tmp_path) == []
    assert [link.name for link in Path("/sys/class/net").glob(f"omo{running.pid}-*")] == []
    assert list(Path("/run/netns").glob(f"omo{running.pid}-*")) == []


def processes_in(folder: Path) -> list[str]:
    """Return the command lines of the processes that work in a folder (as Linux tells)."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended since
            if str(folder) in f"{(process / 'cwd').readlink()} {(process / 'cmdline').read_text()}":
                found.append((process / "cmdline").read_text())
    return found
