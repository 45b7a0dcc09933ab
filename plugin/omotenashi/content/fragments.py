"""Contents that are fetched, kept in memory: fetched beside the requests, shown stale while an upstream fails."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Collection
from urllib.parse import urlsplit

from omotenashi.content.fetch import Fetched, Fetcher, FetchFailed

logger = logging.getLogger("omotenashi.content")
LONGEST_STALE = 86_400.0
"""Seconds for which a content is shown after it was fetched."""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
"""Seconds until something that failed is tried again: doubled with each failure, up to the longest."""
_MOST_DOUBLED = 5
"""So often that the longest pause is reached; a number doubled a thousand times is none that a computer knows."""


class _Kept:
    """One content, and the fetch that is under way."""

    def __init__(self) -> None:
        self.found: Fetched | None = None
        self.at = 0.0
        self.fetching: asyncio.Task[None] | None = None


class _Pauses:
    """The circuit breaker: what failed is left alone for a while, and so is all of a host that does not answer."""

    def __init__(self) -> None:
        self._failures: Counter[str] = Counter()
        self._until: dict[str, float] = {}

    def holds(self, url: str, now: float) -> bool:
        return any(now < self._until.get(one, 0.0) for one in (url, _host(url)))

    def failed(self, url: str, now: float, *, of_host: bool) -> int:
        """Begin a pause; return how often it failed in a row."""
        what = _host(url) if of_host else url
        self._failures[what] += 1
        self._until[what] = now + min(_FIRST_PAUSE * 2 ** min(self._failures[what] - 1, _MOST_DOUBLED), _LONGEST_PAUSE)
        return self._failures[what]

    def answered(self, url: str) -> bool:
        """End the pauses; tell whether there were any."""
        found = [self._failures.pop(one, 0) for one in (url, _host(url))]
        return any(found)


class Fragments:
    """Contents by URL. One for each process; used within its event loop alone."""

    def __init__(self, fetcher: Fetcher, counters: Counter[str]) -> None:
        self._fetcher = fetcher
        self._counters = counters
        self._kept: dict[str, _Kept] = {}
        self._wanted: Collection[str] = ()
        self._pauses = _Pauses()
        self._fetching: set[asyncio.Task[None]] = set()

    def want(self, urls: Collection[str]) -> None:
        """Say which contents the rules show: those are fetched ahead, others are forgotten."""
        if urls is self._wanted:
            return
        self._wanted = urls
        for url in self._kept.keys() - set(urls):
            del self._kept[url]
        for url in urls:
            self._start(url, self._kept.setdefault(url, _Kept()), time.monotonic())

    async def get(self, url: str, wait: float) -> str | None:
        """Return a content; None where there is none, and none comes within `wait` seconds.

        What has just become stale is shown at once while a new one is fetched; what is older waits for the new one.
        """
        kept = self._kept.setdefault(url, _Kept())
        now = time.monotonic()
        if not _is_within(kept, now, times=1):
            self._start(url, kept, now)
        if not _is_within(kept, now, times=2) and kept.fetching is not None and wait > 0:
            await asyncio.wait((kept.fetching,), timeout=wait)
        if kept.found is None or time.monotonic() > kept.at + LONGEST_STALE:
            self._counters["upstream_missing"] += 1
            return None
        return kept.found.html

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._fetching:
            task.cancel()
        await asyncio.gather(*self._fetching, return_exceptions=True)
        await self._fetcher.close()

    def _start(self, url: str, kept: _Kept, now: float) -> None:
        """Fetch in the background, once at a time, unless there is a pause."""
        if kept.fetching is None and not self._pauses.holds(url, now):
            kept.fetching = asyncio.create_task(self._fetch(url, kept))
            self._fetching.add(kept.fetching)
            kept.fetching.add_done_callback(self._fetching.discard)

    async def _fetch(self, url: str, kept: _Kept) -> None:
        try:
            kept.found = await self._fetcher.fetch(url)
            kept.at = time.monotonic()
        except FetchFailed as error:
            self._counters["upstream_failed"] += 1
            if self._pauses.failed(url, time.monotonic(), of_host=error.of_host) == 1:
                logger.warning("%s could not be fetched: %s", url.partition("?")[0], error)
        else:
            self._counters["upstream_fetched"] += 1
            if self._pauses.answered(url):
                logger.info("%s is fetched again", url.partition("?")[0])
        finally:
            kept.fetching = None


def _is_within(kept: _Kept, now: float, *, times: int) -> bool:
    """Tell whether a content is there, and no older than so many times what it is fresh for."""
    return kept.found is not None and now < kept.at + times * kept.found.fresh


def _host(url: str) -> str:
    return urlsplit(url).netloc
