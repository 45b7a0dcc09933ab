"""Whatever visitors send, memory is bounded: caches are, and so is what they hold."""

from __future__ import annotations

import ast
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fuzz.signals import Target

from omotenashi.cli.signal_lines import Reader, RequestLine
from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import SiteFacts
from omotenashi.service import signal_tools
from omotenashi.settings import Settings
from omotenashi.signals.consent import consent_of
from omotenashi.web.build import access_of

PACKAGE = Path(__file__).parents[2] / "plugin" / "omotenashi"
LONG = 60_000
"""Characters: as much as a body or the headers of a request can hold."""
MOST_KEPT = 200e6
"""Bytes: every cache full of the longest keys, many times over."""


def _unbounded() -> Iterator[str]:
    """Yield where a cache without a size is put on something that takes an argument."""
    for module in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            on_nothing = isinstance(node, ast.FunctionDef) and not node.args.args
            made = (
                node.decorator_list
                if isinstance(node, ast.FunctionDef)
                else [node]
                if isinstance(node, ast.Call)
                else []
            )
            if not on_nothing and any(map(_is_endless, made)):
                yield f"{module.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}"


def _is_endless(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        endless = any(word.arg == "maxsize" and ast.unparse(word.value) == "None" for word in node.keywords)
        return ast.unparse(node.func) == "cache" or (ast.unparse(node.func) == "lru_cache" and endless)
    return isinstance(node, ast.Name) and node.id == "cache"


def test_every_cache_has_a_size_unless_it_keeps_one_thing_alone() -> None:
    assert list(_unbounded()) == []


def test_long_values_are_cut_before_they_are_kept() -> None:
    settings = Settings(trusted_proxies=("10.0.0.0/8",), member_key="k:a secret that is longer than 32 bytes")
    reader = Reader(access_of(settings, ""), settings, SiteFacts(), signal_tools(settings))
    tracemalloc.start()
    for number in range(1500):
        long = f"{number}" + "x" * LONG
        cookies = f"omo_consent={long}; omo_member=a.{long}.b; omo_vid={long}"
        headers = {"X-Forwarded-For": f"{long}, 10.0.0.{number % 256}", "Cookie": cookies, "Host": long}
        reader.signals(
            RequestLine(
                referrer=f"https://{long}/?q={long}",
                url=f"/{long}?utm_source={long}",
                ip=long,
                peer="10.0.0.1",
                headers=headers,
                user_agent=long,
                accept_language=f"ja,{long}",
            )
        )
        consent_of(RequestFacts(now=0, cookies={"omo_consent": long}), SiteFacts())
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < MOST_KEPT


TARGET = Target()


@settings(max_examples=1000, deadline=None)
@given(st.integers(min_value=0))
def test_mutated_requests_end_in_signals(seed: int) -> None:
    TARGET.try_one(random.Random(seed))
