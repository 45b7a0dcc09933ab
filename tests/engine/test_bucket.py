"""Which variant a visitor gets: fair, independent, and the same for ever."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omotenashi.engine.bucket import bucket, ends, point

VISITORS = [f"visitor-{number:012}" for number in range(100_000)]
shares = st.lists(st.floats(0.1, 100), min_size=1, max_size=6)
points = st.floats(0, 1, exclude_max=True)


def test_points_are_the_same_in_every_version_and_process() -> None:
    assert [point("xmas", "visitor-0123456789"), point("xmas", "visitor-0123456780"), point("春", "m.0af3")] == GOLDEN


def test_the_id_of_an_experiment_may_change_its_width_and_case() -> None:
    assert point("ＸＭＡＳ", "a-visitor") == point("xmas", "a-visitor")


@pytest.mark.parametrize("parts", [[45, 45, 10], [50, 50], [33.3, 33.3, 33.3], [99, 1]])
def test_every_variant_gets_its_share_of_a_hundred_thousand(parts: list[float]) -> None:
    limits = ends(parts)
    counts = Counter(bucket(point("xmas-notice-2026", visitor), limits) for visitor in VISITORS)
    for number, part in enumerate(parts):
        expected = part / sum(parts) * len(VISITORS)
        assert abs(counts[number] - expected) < 5 * expected**0.5


def test_two_experiments_are_independent_of_each_other() -> None:
    first, second = ends([45, 45, 10]), ends([25, 25, 25, 25])
    pairs = Counter((bucket(point("a", one), first), bucket(point("b", one), second)) for one in VISITORS)
    expected = [(pairs[row, column], [0.45, 0.45, 0.1][row] * 25_000) for row in range(3) for column in range(4)]
    chi_square = sum((found - wanted) ** 2 / wanted for found, wanted in expected)
    assert chi_square < CRITICAL


def test_visitors_whose_ids_differ_by_one_character_are_independent() -> None:
    halves = ends([50, 50])
    same = sum(
        bucket(point("xmas", one), halves) == bucket(point("xmas", other), halves) for one, other in pairwise(VISITORS)
    )
    assert abs(same - 50_000) < 5 * 25_000**0.5


@given(shares, points)
def test_the_ranges_lie_side_by_side_in_the_order_of_the_variants(parts: list[float], at: float) -> None:
    total, begun, expected = sum(parts), 0.0, len(parts) - 1
    for number, part in enumerate(parts[:-1]):
        begun += part
        if at < begun / total:
            expected = number
            break
    assert bucket(at, ends(parts)) == expected


def test_a_last_variant_that_grows_takes_visitors_only_from_the_one_before_it() -> None:
    before, after = ends([45, 45, 10]), ends([45, 35, 20])
    moves = Counter((bucket(place, before), bucket(place, after)) for place in map(_xmas, VISITORS))
    assert {pair for pair, count in moves.items() if pair[0] != pair[1] and count} == {(1, 2)}
    assert abs(moves[1, 2] - 10_000) < 500


def test_a_single_variant_gets_everybody() -> None:
    assert {bucket(at, ends([100])) for at in (0.0, 0.5, 1 - 2**-53)} == {0}


def _xmas(visitor: str) -> float:
    return point("xmas", visitor)


GOLDEN = [0.9636717786613014, 0.14942648429258765, 0.6786768607314801]
CRITICAL = 31.26
"""The 0.1 % point of the chi-square distribution with 11 degrees of freedom."""
