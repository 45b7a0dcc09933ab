"""Patterns of paths and hosts."""

from __future__ import annotations

import pytest

from omotenashi.language.patterns import host_matcher, host_pattern, literal_start, path_matcher, path_pattern


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/", "/"),
        ("/running", "/running"),
        ("/running/**", "/running"),
        ("/running/**", "/running/a/b"),
        ("/running/*", "/running/a"),
        ("/**", "/"),
        ("/**", "/a/b"),
        ("/**/new", "/new"),
        ("/**/new", "/a/b/new"),
        ("/a/**/b", "/a/b"),
        ("/a/**/b", "/a/x/y/b"),
        ("/a/**/b/**", "/a/b/b/c"),
        ("/p-*.html", "/p-12.html"),
        ("/p-*-*", "/p-a-b-c"),
        ("/shop**", "/shopping/cart"),
        ("/a?b", "/a"),
        ("/[x]*", "/[x]1"),
        ("/日本/**", "/日本/東京"),
    ],
)
def test_a_path_matches(pattern: str, path: str) -> None:
    assert path_matcher([path_pattern(pattern) or ""])(path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/", "/a"),
        ("/running", "/running/a"),
        ("/running", "/Running"),
        ("/running/**", "/runningshoes"),
        ("/running/*", "/running"),
        ("/running/*", "/running/a/b"),
        ("/**/new", "/newer"),
        ("/a/**/b", "/a/x"),
        ("/p-*.html", "/p-1.htm"),
        ("/[x]*", "/x1"),
    ],
)
def test_a_path_does_not_match(pattern: str, path: str) -> None:
    assert not path_matcher([path_pattern(pattern) or ""])(path)


def test_a_pattern_is_not_taken_for_covered_by_one_that_looks_alike() -> None:
    assert path_matcher(["/a/**", "/a*bc"])("/axbc")


@pytest.mark.parametrize(
    ("pattern", "path"),
    [("/*-*-*-*.html", "/" + "-" * 4000), ("/**/a/**/a/**/b", "/a" * 2000), ("/*a*a*a*a*b", "/" + "a" * 4000)],
)
def test_a_hostile_path_is_answered_too(pattern: str, path: str) -> None:
    """These took minutes where patterns were one expression that backtracks; a run that ends is the proof."""
    assert not path_matcher([pattern])(path)


@pytest.mark.parametrize(
    ("pattern", "referrer", "expected"),
    [
        ("news.example.com", "news.example.com/a/b", True),
        ("news.example.com", "news.example.com", True),
        ("news.example.com/sports/**", "news.example.com/sports/1", True),
        ("news.example.com/sports", "news.example.com/sports", True),
        ("*.example.com", "a.b.example.com/x", True),
        ("news.example.com", "example.com", False),
        ("*.example.com", "example.com", False),
        ("*.jp", "www.example.jp", True),
        ("*.jp/news", "example.jp/news", True),
        ("*.jp", "example.com", False),
        ("*.example.com", "badexample.com", False),
        ("news.example.com/sports/**", "news.example.com/culture", False),
        ("news.example.com/sports", "news.example.com/sports/1", False),
    ],
)
def test_hosts(pattern: str, referrer: str, *, expected: bool) -> None:
    assert host_matcher([host_pattern(pattern) or ""])(referrer) is expected


@pytest.mark.parametrize("text", ["https://example.com", "//example.com", "running", "", "example.com/running"])
def test_what_is_no_path_pattern(text: str) -> None:
    assert path_pattern(text) is None


@pytest.mark.parametrize("text", ["https://example.com", "/running", "example", "*.com*", "a b.example"])
def test_what_is_no_host_pattern(text: str) -> None:
    assert host_pattern(text) is None


@pytest.mark.parametrize(
    ("pattern", "start"), [("/a/b", "/a/b"), ("/a/**", "/a"), ("/a/b*/c", "/a"), ("/**", "/"), ("/*", "/"), ("/", "/")]
)
def test_the_literal_start_is_what_every_match_begins_with(pattern: str, start: str) -> None:
    assert literal_start(pattern) == start
