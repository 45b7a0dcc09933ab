"""Heavy work beside requests: it gives way, and leaves everything as it was."""

from __future__ import annotations

import gc
import sys
import threading
from pathlib import Path

import pytest

from omotenashi.aside import GivingWay, uncollected


class Counted(GivingWay):
    """Counts its rests instead of resting."""

    def __init__(self) -> None:
        self.rests = 0

    def rest(self) -> None:
        self.rests += 1


def make_containers(kept: list[list[int]]) -> None:
    kept.extend([number] for number in range(5000))


def test_a_thread_that_makes_many_things_rests_again_and_again() -> None:
    with Counted() as way:
        make_containers([])
    assert way.rests >= 10


def test_what_another_thread_makes_lets_nobody_rest() -> None:
    with Counted() as way:
        before = way.rests
        other = threading.Thread(target=make_containers, args=([],))
        other.start()
        other.join()
        assert way.rests - before <= 2


def test_the_collector_and_the_turns_are_afterwards_as_they_were() -> None:
    before = gc.get_threshold(), sys.getswitchinterval(), list(gc.callbacks)
    with GivingWay(), uncollected():
        assert gc.get_threshold() != before[0]
    assert (gc.get_threshold(), sys.getswitchinterval(), list(gc.callbacks)) == before


def test_they_are_so_after_a_failure_too() -> None:
    before = gc.get_threshold(), sys.getswitchinterval(), list(gc.callbacks)
    with pytest.raises(FileNotFoundError), GivingWay(), uncollected():
        Path("nowhere").read_bytes()
    assert (gc.get_threshold(), sys.getswitchinterval(), list(gc.callbacks)) == before


def test_what_is_taken_apart_is_gone() -> None:
    pieces: list[object] = [object() for _ in range(1000)]
    with Counted() as way:
        way.take_apart(pieces)
    assert (pieces, way.rests) == ([], 50)
