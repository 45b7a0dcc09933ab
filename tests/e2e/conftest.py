"""Real processes on loopback: `omo serve`, nginx. What is not installed is skipped, or fails where CI is set."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
OMO = Path(sys.executable).with_name("omo")
KEY = "the-key-of-the-tests"


def installed(program: str, package: str) -> str:
    """Return the path of a program, or skip (fail in CI) with what to install."""
    found = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin")
    if found:
        return found
    message = f"{program} is not installed: apt-get install {package}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message, allow_module_level=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until(ready: Callable[[], bool], what: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return
        time.sleep(0.02)
    pytest.fail(f"{what} did not happen within {seconds} s")


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code < 500
    except httpx.TransportError:
        return False


class Server:
    """A running `omo serve`."""

    def __init__(self, port: int, process: subprocess.Popen[str], log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.port = port
        self.process = process
        self.log = log

    def decide(self, **body: object) -> dict[str, dict[str, str]]:
        response = httpx.post(f"{self.url}/v1/decide", json=body, headers={"Authorization": f"Bearer {KEY}"})
        assert response.status_code == 200, response.text
        blocks: dict[str, dict[str, str]] = response.json()["blocks"]
        return blocks

    def problems(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = httpx.get(f"{self.url}/readyz").json()["problems"]
        return found


@contextmanager
def serving(rules: Path, data: Path, *flags: str, port: int | None = None) -> Iterator[Server]:
    port = port or free_port()
    log = data.parent / f"omo-{port}.log"
    command = [str(OMO), "serve", "--rules", str(rules), "--port", str(port), "--data", str(data), *flags]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=data.parent, env={**os.environ, "OMO_KEY": KEY}, stdout=output, stderr=output, text=True
        )
    try:
        url = f"http://127.0.0.1:{port}/healthz"
        wait_until(lambda: process.poll() is not None or answers(url), f"a start of omo serve ({log.read_text()})")
        assert process.poll() is None, log.read_text()
        yield Server(port, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `omo serve` on a rules folder; it is stopped after the test."""
    with ExitStack() as stack:

        def start_one(rules: Path, *flags: str, port: int | None = None) -> Server:
            return stack.enter_context(serving(rules, tmp_path / "data", *flags, port=port))

        yield start_one
