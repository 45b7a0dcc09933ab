from __future__ import annotations

import pytest

from omotenashi.language.selectors import is_selector
from omotenashi.language.values import milliseconds


@pytest.mark.parametrize(
    "text",
    [
        "#hero",
        ".campaign",
        "main > section.hero",
        "section + p ~ ul li",
        "a[href]",
        'a[href^="/sale/"] img',
        "input[name=q i]",
        "li:nth-child(2n + 1)",
        "li:not(.old, :first-child)::before",
        ":is(h1, h2:not(#a))",
        "#特集 > .見出し",
        "div, p",
        "#a\\:b",
        "*",
    ],
)
def test_a_selector_is_accepted(text: str) -> None:
    assert is_selector(text)


@pytest.mark.parametrize(
    "text",
    ["", ".", "#", "> p", "p >", "a[href", "a]", "p,,q", "<p>", "p {", "．hero", "＃hero", ".1a", "li:not(", "li:not(])", "a b(", "p;", "a" * 600],
)  # fmt: skip
def test_what_is_no_selector_is_refused(text: str) -> None:
    assert not is_selector(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("30 ms", 30),
        ("200ミリ秒", 200),
        ("１秒", 1000),
        ("2 seconds", 2000),
        ("30", None),
        ("3 days", None),
        ("0.2秒", None),
    ],
)
def test_a_time_to_wait_has_a_unit(text: str, found: int | None) -> None:
    assert milliseconds(text) == found
