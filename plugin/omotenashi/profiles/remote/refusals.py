"""What servers refuse that answer: a full one all that is written, one whose ACL is too narrow perhaps all that is read.

Nobody asks them for that: what requests meet is noted, until the same is done again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator
from typing import TypeAlias

from msgspec import Struct

from omotenashi.profiles.remote import scripts
from omotenashi.profiles.remote.client import READING, Command, code_of, line_of

_OF_ONE_KEY = ("ASK", "CLUSTERDOWN", "CROSSSLOT", "MOVED", "TRYAGAIN", "WRONGTYPE")
"""Codes that say nothing about what else a server refuses."""
_OF_ALL_WRITING = ("MISCONF", "NOREPLICAS", "OOM", "READONLY", "UNCONFIRMED")
"""Codes of a refusal that is over as soon as a profile is written: whatever it was that was refused."""
_OF_HISTORY = {"GET", "MGET"}
_OTHERS_COUNT_AFTER = 60.0
"""Seconds without a refusal after which it is over where the server does something else of that sort: a full server
deletes, so that alone says little; but what was refused may be rare."""

_Kind: TypeAlias = Command
"""The name of a command; with its script, if that is what it runs."""
_WRITE: _Kind = ("EVAL", scripts.WRITE)


class _Refusal(Struct, frozen=True):
    kind: _Kind
    code: str
    line: str
    at: float
    """By the monotonic clock."""


class Refusals:
    """The last that each server refused, for reading and for writing."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """How often, by the server's code."""
        self._standing: dict[tuple[str, bool], _Refusal] = {}
        """By name of the server, and whether it was to be read."""

    def count(self, error: Exception) -> str | None:
        """Count an error of a server, and return its code; None where no server has said it."""
        code = code_of(error)
        if code is not None:
            self.counts[code] += 1
        return code

    def note(self, name: str, command: Command, error: Exception) -> None:
        """Note that a server has refused a command."""
        code = self.count(error)
        reads = command[0] in READING
        if code is None or code in _OF_ONE_KEY or (reads and command[0] not in _OF_HISTORY):
            return
        self._standing[name, reads] = _Refusal(_kind(command), code, line_of(error), time.monotonic())

    def done(self, name: str, command: Command) -> None:
        """Note that a server has done a command."""
        if not self._standing:
            return
        place = name, command[0] in READING
        refusal = self._standing.get(place)
        if refusal is None:
            return
        over = refusal.code in _OF_ALL_WRITING and _kind(command) == _WRITE
        if over or refusal.kind == _kind(command) or time.monotonic() > refusal.at + _OTHERS_COUNT_AFTER:
            del self._standing[place]

    def forget(self, name: str) -> None:
        """Forget what a server has refused that is gone: when it is back, it may be another."""
        for reads in (True, False):
            self._standing.pop((name, reads), None)

    def told(self, names: Collection[str], *, writing: bool) -> Iterator[str]:
        """Yield in words what these servers refuse to let read or, with `writing`, to let write."""
        for (name, reads), refusal in self._standing.items():
            if name in names and reads is not writing:
                yield f"{name}: {'writing' if writing else 'reading'} is refused: {refusal.line}"


def _kind(command: Command) -> _Kind:
    if command[0] in _OF_HISTORY:
        return ("GET",)
    return command[: 2 if command[0] == "EVAL" else 1]
