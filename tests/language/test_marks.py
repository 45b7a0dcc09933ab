"""What settles what: patterns of paths and hosts, spans, circles, words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omotenashi.language.analyse.marks import (
    AtHost,
    Circle,
    Contains,
    Exact,
    Found,
    covers,
    disjoint,
    no_longer,
    shorter,
)
from omotenashi.language.condition import Near, Span
from omotenashi.language.patterns import path_matcher

SEGMENTS = st.sampled_from(["a", "b", "ab", "*", "**", "a*", "*b", "a**b"])
PATTERNS = st.lists(SEGMENTS, min_size=0, max_size=4).map(lambda segments: "/" + "/".join(segments))
PATHS = st.lists(st.sampled_from(["a", "b", "ab", "c", "acb"]), max_size=5).map(
    lambda segments: "/" + "/".join(segments)
)
SHIBUYA, SHINJUKU = (35.6595, 139.7005), (35.6896, 139.7006)
"""3.35 km apart."""


@given(PATTERNS, PATTERNS, st.lists(PATHS, min_size=20, max_size=20))
def test_a_pattern_that_covers_another_matches_all_that_it_matches(wide: str, narrow: str, paths: list[str]) -> None:
    if covers(wide, narrow):
        assert [path for path in paths if path_matcher([narrow])(path) and not path_matcher([wide])(path)] == []


@given(PATTERNS, PATTERNS, st.lists(PATHS, min_size=20, max_size=20))
def test_patterns_that_are_disjoint_match_nothing_together(one: str, other: str, paths: list[str]) -> None:
    if disjoint(one, other):
        assert [path for path in paths if path_matcher([one])(path) and path_matcher([other])(path)] == []


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("/**", "/a/*"),
        ("/a/**", "/a"),
        ("/a/**", "/a/b/**"),
        ("/a/*", "/a/b"),
        ("/**/x", "/a/b/x"),
        ("/*/x", "/a*/x"),
        ("/a/**", "/a/*/c"),
    ],
)
def test_a_wider_pattern_covers_a_narrower_one_and_not_the_other_way(wide: str, narrow: str) -> None:
    assert covers(wide, narrow)
    assert not covers(narrow, wide)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Span(86_400), Span(7 * 86_400), True),
        (Span(30 * 86_400), Span(months=1), False),
        (Span(27 * 86_400), Span(months=1), True),
        (Span(months=1), Span(32 * 86_400), True),
        (Span(months=1), Span(31 * 86_400), False),
        (Span(months=11), Span(months=12), True),
        (Span(364 * 86_400), Span(months=12), True),
        (Span(3600, months=1), Span(7200, months=1), True),
    ],
)  # fmt: skip
def test_a_month_has_from_28_to_31_days(one: Span, other: Span, both: bool) -> None:  # noqa: FBT001
    assert no_longer(one, other) is both
    assert shorter(one, other) is both
    assert not shorter(other, one)


def test_hosts_cover_what_lies_below_them() -> None:
    assert AtHost("a.example/x/y").entails(AtHost("a.example/x/**"))
    assert AtHost("www.a.example").entails(AtHost("*.a.example"))
    assert not AtHost("a.example").entails(AtHost("*.a.example"))
    assert AtHost("a.example").excludes(AtHost("b.example"))
    assert not AtHost("*.a.example").excludes(AtHost("www.a.example/x"))


def test_a_circle_lies_in_another_or_apart_from_it() -> None:
    assert Circle(Near(*SHIBUYA, 1)).entails(Circle(Near(*SHINJUKU, 5)))
    assert not Circle(Near(*SHIBUYA, 2)).entails(Circle(Near(*SHINJUKU, 5)))
    assert Circle(Near(*SHIBUYA, 1)).excludes(Circle(Near(*SHINJUKU, 2)))
    assert not Circle(Near(*SHIBUYA, 2)).excludes(Circle(Near(*SHINJUKU, 2)))


def test_what_is_searched_for_in_full_settles_the_words_between_its_spaces() -> None:
    exact = Exact("らんにんぐ しゅーず 白")
    assert exact.entails(Found("らんにんぐ"))
    assert exact.entails(Found("らんにんぐしゅーず"))
    assert not exact.entails(Found("しゅー"))
    assert not exact.excludes(Found("しゅー"))
    assert exact.excludes(Found("靴"))
    assert exact.entails(Contains("ぐ しゅ"))
