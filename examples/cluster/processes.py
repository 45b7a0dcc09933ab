"""Programs that the example starts, stops and kills."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from examples.cluster.interrupts import INTERRUPTS

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
"""Seconds to wait for a program to be ready."""
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


class ClusterError(Exception):
    """Something that the example cannot go on without, in one line."""


class Program:
    """A command that runs until it is stopped; what it says is in its log."""

    def __init__(
        self, name: str, command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.log = log
        self._command = [str(part) for part in command]
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, in a session of its own, so that Ctrl-C reaches this process alone and the order is ours."""
        with self.log.open("ab") as log, INTERRUPTS.held():
            self._process = subprocess.Popen(  # noqa: S603 our own programs
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def pid(self) -> int:
        """Return the number of the process; 0 before the start."""
        return self._process.pid if self._process else 0

    def kill(self) -> None:
        """Kill, as a power cut would."""
        self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it answer nobody, though its connections stay open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """Stop in order, and wait for the end."""
        if self._process is None:
            return
        self.thaw()
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()

    def require_alive(self) -> None:
        """Raise ClusterError where it has ended."""
        if self._process is not None and (code := self._process.poll()) is not None:
            raise ClusterError(f"{self.name} が止まりました / has stopped (exit code {code}); {self.log}")

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
            if number is signal.SIGKILL:
                self._process.wait()


def wait_for(holds: Callable[[], bool], what: str, *programs: Program) -> None:
    """Wait until something holds; raises ClusterError where that takes too long or one of the programs has ended."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        for program in programs:
            program.require_alive()
        if time.monotonic() > ends:
            raise ClusterError(f"{what}: {PATIENCE:.0f} 秒たっても始まりません / not ready after {PATIENCE:.0f} s")
        time.sleep(0.05)


def installed(program: str, package: str) -> str:
    """Return the path of a program; raises ClusterError that says what to install."""
    found = shutil.which(program, path=_PATH)
    if found is None:
        raise ClusterError(f"{program} がありません / is missing: apt-get install {package}")
    return found


def free_port(wanted: int) -> int:
    """Return a port that is free now: the one that is wanted, or another."""
    if _is_free(wanted):
        return wanted
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
    return found


def free_ports(number: int, apart: int) -> list[int]:
    """Return ports that are free now, each with the one so many above it (10,000 at least).

    Both lie below those that systems give to connections (32,768 upwards on Linux), since there they may be taken at any moment.
    """
    wanted = random.sample(range(10_000, 20_000), 1000)
    found = list(islice((port for port in wanted if _is_free(port) and _is_free(port + apart)), number))
    if len(found) < number:
        raise ClusterError("空いているポートがありません / no free port")
    return found


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
