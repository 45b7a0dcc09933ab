"""Whatever visitors send, memory is bounded: caches are, and so is what they hold."""

from __future__ import annotations

import ast
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fuzz.signals import Target

from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import ConsentMapping, Grant, SiteFacts
from omotenashi.service import signal_tools
from omotenashi.settings import Settings
from omotenashi.signals.consent import consent_of
from omotenashi.signals.consent_forms import PERSONALIZATION
from omotenashi.web.build import access_of
from omotenashi.web.lines import Reader, RequestLine

PACKAGE = Path(__file__).parents[2] / "plugin" / "omotenashi"
LONG = 60_000
"""Characters: as much as a body or the headers of a request can hold."""
MOST_KEPT = 25e6
"""Bytes: what is kept of values that are cut is half of it, and one cache of 512 that are not is 30e6 more."""
_ENDLESS = {"cache", "lru_cache(None)", "lru_cache(maxsize=None)"}


def _unbounded(source: str) -> Iterator[int]:
    """Yield the lines where a cache without a size is put on something that takes an argument."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and ast.unparse(node.args):
            made = node.decorator_list
        elif isinstance(node, ast.Call):
            made = [node, node.func]
        else:
            continue
        if any(ast.unparse(one).removeprefix("functools.") in _ENDLESS for one in made):
            yield node.lineno


@pytest.mark.parametrize(
    "cache", ["cache", "functools.cache", "lru_cache(None)", "lru_cache(maxsize=None)", "functools.lru_cache(None)"]
)
def test_a_cache_without_a_size_is_seen(cache: str) -> None:
    assert list(_unbounded(f"@{cache}\ndef f(x): ...")) != []
    assert list(_unbounded(f"f = {cache}(g)")) != []


@pytest.mark.parametrize(
    "cached", ["@lru_cache(512)\ndef f(x): ...", "@cache\ndef f(): ...", "f = lru_cache(maxsize=9)(g)"]
)
def test_a_cache_with_a_size_or_of_one_thing_is_fine(cached: str) -> None:
    assert list(_unbounded(cached)) == []


def test_every_cache_has_a_size_unless_it_keeps_one_thing_alone() -> None:
    found = {module.relative_to(PACKAGE): list(_unbounded(module.read_text())) for module in PACKAGE.rglob("*.py")}
    assert {module: lines for module, lines in found.items() if lines} == {}


def test_long_values_are_cut_before_they_are_kept() -> None:
    settings = Settings(
        trusted_proxies=("10.0.0.0/8",),
        geo_headers="cloudflare",
        member_key="k:a secret that is longer than 32 bytes",
    )
    managed = SiteFacts(consent=ConsentMapping(cookie="manager", grants={PERSONALIZATION: (Grant("C0003", "1"),)}))
    reader = Reader(access_of(settings, ""), settings, SiteFacts(), signal_tools(settings))
    tracemalloc.start()
    for number in range(600):
        long = f"{number}" + "x" * LONG
        cookies = f"omo_consent={long}; omo_member=a.{long}.b; omo_vid={long}"
        headers = {
            "X-Forwarded-For": f"{long}, 10.0.0.{number % 256}",
            "Cookie": cookies,
            "Host": long,
            "CF-IPCountry": long,
        }
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
        cookies_of_both = {"omo_consent": long, "manager": long}
        for site in (SiteFacts(), managed):
            consent_of(RequestFacts(now=0, cookies=cookies_of_both), site)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < MOST_KEPT


TARGET = Target()


@settings(max_examples=1000, deadline=None)
@given(st.integers(min_value=0))
def test_mutated_requests_end_in_signals(seed: int) -> None:
    TARGET.try_one(random.Random(seed))
