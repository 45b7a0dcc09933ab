"""What is kept between two moments is what would be worked out anew, also where clocks are changed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omotenashi.engine.clock import Clock, Window
from omotenashi.engine.facts import holds_at
from omotenashi.language.condition import Days, Hours

ZONES = ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]
CHANGES = [1_774_746_000, 1_792_890_000, 1_772_953_200, 1_793_512_800, 1_775_314_800]
"""Moments of 2026 at which clocks are changed in some of these zones."""
SPANS = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda span: span[0] != span[1])
HOURS = st.lists(SPANS, min_size=1, max_size=2).map(lambda spans: Hours(tuple(spans)))
DAYS = st.builds(
    Days, st.frozensets(st.integers(0, 6), max_size=2), workdays=st.booleans(), hours=st.lists(SPANS, max_size=1).map(tuple)
)  # fmt: skip
STEPS = st.lists(st.sampled_from([0, 1, 59, 600, 1799, 3600, 7200, 40_000, -600]), min_size=2, max_size=12)


@given(st.sampled_from(ZONES), st.lists(st.one_of(HOURS, DAYS), max_size=3), st.sampled_from(CHANGES), STEPS)
def test_what_holds_is_the_same_as_without_a_memory(
    zone: str, operands: list[Hours | Days], change: int, steps: list[int]
) -> None:
    clock = Clock(ZoneInfo(zone), [Window(n, operand, holds_at(operand)) for n, operand in enumerate(operands)])
    now = change - 8000
    for step in steps:
        now += step
        local = datetime.fromtimestamp(now, ZoneInfo(zone))
        assert clock.holding(now) == {n for n, operand in enumerate(operands) if holds_at(operand)(local)}


def test_between_two_boundaries_nothing_is_worked_out_again() -> None:
    clock = Clock(ZoneInfo("Asia/Tokyo"), [Window("open", Hours(((540, 1080),)), holds_at(Hours(((540, 1080),))))])
    ten = datetime(2026, 11, 22, 10, tzinfo=ZoneInfo("Asia/Tokyo")).timestamp()
    assert clock.holding(ten) is clock.holding(ten + 7 * 3600)
    assert clock.holding(ten + 9 * 3600) == frozenset()


@pytest.mark.parametrize("hours", [(150, 300), (1320, 150)], ids=["begin", "end"])
def test_hours_at_a_time_that_is_left_out_hold_as_soon_as_the_clocks_are_changed(hours: tuple[int, int]) -> None:
    zone, holds = ZoneInfo("America/New_York"), holds_at(Hours((hours,)))
    clock = Clock(zone, [Window("hours", Hours((hours,)), holds)])
    before = datetime(2026, 3, 8, 1, 45, tzinfo=zone).timestamp()  # at two o'clock it is three
    assert clock.holding(before) == ({"hours"} if hours[0] > hours[1] else set())
    assert clock.holding(before + 900) == ({"hours"} if hours[0] < hours[1] else set())
