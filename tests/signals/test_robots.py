"""The fast search finds what the plain one finds: every pattern, each for itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from hypothesis import given, settings
from hypothesis import strategies as st

from omotenashi.signals.robots import PatternSet

PATTERNS = [one["pattern"] for one in CRAWLER_USER_AGENTS_DATA]
PLAIN = [re.compile(pattern) for pattern in PATTERNS]
INSTANCES = [instance for one in CRAWLER_USER_AGENTS_DATA for instance in one["instances"]]
AGENTS = [line.rpartition("\t")[2] for line in Path(__file__).with_name("user_agents.tsv").read_text().splitlines()[1:]]
ALL = PatternSet(PATTERNS)


def plainly(text: str) -> bool:
    return any(pattern.search(text) for pattern in PLAIN)


def test_every_user_agent_of_a_known_robot_is_found() -> None:
    assert [text for text in INSTANCES if ALL.matches(text) != plainly(text)] == []


def test_real_browsers_are_told_as_by_the_plain_search() -> None:
    assert [text for text in AGENTS if ALL.matches(text) != plainly(text)] == []


def test_every_pattern_is_compiled_before_the_first_search() -> None:
    with pytest.raises(re.error):
        PatternSet(["Googlebot", "spider-of-(nobody"])


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(AGENTS), st.sampled_from(INSTANCES), st.integers(0, 200), st.integers(0, 200), st.integers(0, 200)
)
def test_pieces_of_robots_within_browsers_are_told_as_by_the_plain_search(
    agent: str, robot: str, at: int, start: int, end: int
) -> None:
    mixed = agent[:at] + robot[start:end] + agent[at:]
    assert ALL.matches(mixed) == plainly(mixed)


LETTERS = st.sampled_from(["a", "b", "ab", "abab", r"\.", r"\/", r"\(", r"\)", r"\|"])
PIECES = st.recursive(
    st.one_of(LETTERS, st.sampled_from([r"[ab]", r"[^a]", r"[|]", r"\d", r"\b", ".", "^", "$"])),
    lambda inner: st.one_of(
        st.builds("({})".format, inner),
        st.builds("({}|{})".format, inner, inner),
        st.builds("{}|{}".format, inner, inner),
        st.builds("(?:{}){}".format, inner, st.sampled_from("*+?")),
        st.builds("({}){}".format, inner, st.sampled_from(["*", "+", "?", "{0,2}"])),
        st.builds("{}{}".format, LETTERS, st.sampled_from(["*", "+", "?", "{0,2}", "{2}"])),
        st.builds("{}{}".format, inner, inner),
    ),
    max_leaves=8,
)


@settings(max_examples=500, deadline=None)
@given(PIECES, st.text(alphabet="ab./()|1", max_size=16))
def test_any_pattern_is_searched_for_as_it_is_meant(pattern: str, text: str) -> None:
    assert PatternSet([pattern]).matches(text) == bool(re.search(pattern, text))


@pytest.mark.parametrize("pattern", ["", "ab", "a?", "(Bot|Spider)", "x|y"])
def test_a_pattern_without_four_characters_in_a_row_is_always_searched_for(pattern: str) -> None:
    assert [PatternSet([pattern]).matches(text) for text in ("abxyBot", "")] == [True, bool(re.search(pattern, ""))]
