"""What is kept of fetched contents, over a real server on loopback."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.content.upstream import UpstreamServer, upstream_server

from omotenashi.content import download
from omotenashi.content.fetch import Fetcher
from omotenashi.content.fragments import Fragments, _Pauses
from omotenashi.content.upstreams import Upstreams

pytestmark = pytest.mark.anyio
PATIENT = 3.0
"""Seconds; answers on loopback take milliseconds."""


@asynccontextmanager
async def _fragments() -> AsyncIterator[tuple[UpstreamServer, Fragments, Counter[str]]]:
    async with upstream_server() as upstream:
        counters = Counter[str]()
        fragments = Fragments(Fetcher(Upstreams.parse([f"127.0.0.1:{upstream.port}"])), counters)
        yield upstream, fragments, counters
        await fragments.close()


async def test_a_content_is_fetched_once_and_kept() -> None:
    async with _fragments() as (upstream, fragments, counters):
        url = upstream.page("/a", "<p>a</p>")
        assert [await fragments.get(url, PATIENT) for _ in range(3)] == ["<p>a</p>"] * 3
        assert upstream.asked == {"/a": 1}
        assert counters == {"upstream_fetched": 1}


async def test_a_thousand_requests_at_once_are_one_fetch() -> None:
    async with _fragments() as (upstream, fragments, _):
        upstream.delay = 0.05
        url = upstream.page("/a", "<p>a</p>")
        assert set(await asyncio.gather(*(fragments.get(url, PATIENT) for _ in range(1000)))) == {"<p>a</p>"}
        assert upstream.asked == {"/a": 1}


async def test_who_does_not_wait_gets_nothing_and_the_next_gets_it() -> None:
    async with _fragments() as (upstream, fragments, counters):
        upstream.delay = 0.1
        url = upstream.page("/a", "<p>a</p>")
        assert await fragments.get(url, 0.01) is None
        assert await fragments.get(url, 0) is None
        assert await fragments.get(url, PATIENT) == "<p>a</p>"
        assert upstream.asked == {"/a": 1}
        assert counters["upstream_missing"] == 2


async def test_a_content_that_is_wanted_is_fetched_ahead_and_another_is_forgotten() -> None:
    async with _fragments() as (upstream, fragments, _):
        old, new = upstream.page("/old", "old"), upstream.page("/new", "new")
        await fragments.get(old, PATIENT)
        fragments.want((new,))
        assert await _comes("new", new, fragments)
        assert await fragments.get(old, 0) is None
        assert upstream.asked["/new"] == 1


async def test_a_stale_content_is_shown_while_a_new_one_comes() -> None:
    async with _fragments() as (upstream, fragments, _):
        url = upstream.page("/a", "old", "Content-Type: text/html", "Cache-Control: max-age=1")
        assert await fragments.get(url, PATIENT) == "old"
        upstream.page("/a", "new")
        await asyncio.sleep(1.05)
        assert await fragments.get(url, PATIENT) == "old"
        assert await _comes("new", url, fragments)
        assert upstream.asked == {"/a": 2}


async def test_a_content_that_has_long_been_stale_waits_for_the_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "FRESH", 0.05)
    async with _fragments() as (upstream, fragments, _):
        url = upstream.page("/a", "old")
        assert await fragments.get(url, PATIENT) == "old"
        upstream.page("/a", "new")
        await asyncio.sleep(0.2)
        assert await fragments.get(url, PATIENT) == "new"


async def test_a_stale_content_is_shown_while_the_upstream_fails_which_is_then_left_alone() -> None:
    async with _fragments() as (upstream, fragments, counters):
        url = upstream.page("/a", "old", "Content-Type: text/html", "Cache-Control: max-age=1")
        other = upstream.page("/b", "b")
        assert await fragments.get(url, PATIENT) == "old"
        upstream.page("/a", "oops", status="500 Oops")
        await asyncio.sleep(1.05)
        for _ in range(50):
            assert await fragments.get(url, PATIENT) == "old"
            await asyncio.sleep(0.005)
        assert upstream.asked == {"/a": 2}
        assert await fragments.get(other, PATIENT) is None  # the host does not answer: all of it is left alone
        upstream.page("/a", "new")
        await asyncio.sleep(1.0)
        assert await _comes("new", url, fragments)
        assert await fragments.get(other, PATIENT) == "b"
        assert counters["upstream_failed"] == 1


async def test_one_page_that_is_missing_does_not_keep_others_of_the_host_away() -> None:
    async with _fragments() as (upstream, fragments, _):
        assert await fragments.get(upstream.url("/none"), PATIENT) is None
        assert await fragments.get(upstream.page("/b", "b"), PATIENT) == "b"
        assert await fragments.get(upstream.url("/none"), PATIENT) is None
        assert upstream.asked == {"/none": 1, "/b": 1}


async def _comes(html: str, url: str, fragments: Fragments) -> bool:
    for _ in range(300):
        if await fragments.get(url, 0) == html:
            return True
        await asyncio.sleep(0.01)
    return False


def test_the_pause_stays_the_longest_however_often_a_host_fails() -> None:
    pauses = _Pauses()
    failures = [pauses.failed("http://a.example/x", 0.0, of_host=True) for _ in range(1100)]
    assert failures[-1] == 1100
    assert pauses.holds("http://a.example/y", 29.9)
    assert not pauses.holds("http://a.example/y", 30.0)
