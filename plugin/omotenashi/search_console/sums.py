"""Rows of an export -> the clicks of each search, by landing page of the site."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from omotenashi.model.errors import EditorError
from omotenashi.model.paths import bare_host, host_of, page_path, sister_host
from omotenashi.model.text import fold, widths
from omotenashi.search_console.columns import Row

LONGEST_QUERY = 200
MOST_QUERIES = 5000
"""Of one page; fewer, where the file would be too large."""
ENOUGH = 0.95
"""The part of a page's clicks from which on its further queries are summed up."""
_MOST_HOSTS = 1000
_ANONYMOUS = frozenset(map(fold, ("", "(other)", "その他", "(その他)", "(not provided)", "(not set)", "null")))
_LONGEST_COUNT = 12
"""Digits."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]")


class Ranked(NamedTuple):
    """A landing page of the file that is written."""

    path: str
    queries: list[tuple[str, int]]
    """The searches that are told, with their clicks; the most clicked first."""
    rest: int
    """The clicks of all other searches."""

    @property
    def clicks(self) -> int:
        return self.rest + sum(clicks for _, clicks in self.queries)

    def shortened(self, most: int) -> Ranked:
        """Return the page with so many searches at most."""
        summed_up = sum(clicks for _, clicks in self.queries[most:])
        return Ranked(self.path, self.queries[:most], self.rest + summed_up) if summed_up else self


class Sums:
    """The clicks of each search, by landing page. What is not clicked takes no room."""

    def __init__(self, hosts: Collection[str]) -> None:
        """`hosts` are the site's own, lower case, also with or without www; where none are given, every host is taken for its own."""
        self.rows = 0
        self.anonymous = 0
        """Rows without a query, and"""
        self.anonymous_clicks = 0
        self.elsewhere: Counter[str] = Counter()
        """Rows of other hosts."""
        self.hosts: Counter[str] = Counter()
        """Rows of hosts that were taken for the site's own without being named."""
        self._own = frozenset(hosts)
        self._pages: dict[str, dict[str, int]] = {}

    def add(self, row: Row) -> None:
        """Count a row. Raises EditorError for one that cannot be read."""
        if row.problem:
            raise EditorError(*row.problem)
        clicks = _count(row.clicks)
        query = "" if _is_yes(row.anonymized) or not isinstance(row.query, str) else _spelled(row.query)
        path = self._path(row.page) if clicks or not query else None
        self.rows += 1
        if path is None:
            return
        if not query:
            self.anonymous += 1
            self.anonymous_clicks += clicks
        else:
            page = self._pages.setdefault(path, {})
            page[query] = page.get(query, 0) + clicks

    def _path(self, page: object) -> str | None:
        """The path of one of the site's own pages; None for a page elsewhere."""
        if not isinstance(page, str) or not page.strip():
            raise EditorError("ページがありません", "page is missing")
        host, path = _split(page.strip())
        if host is None or _CONTROL.search(path):
            raise EditorError(
                f"ページ「{page[:100]}」はページのアドレスではありません",
                f"page {page[:100]!r} is not the address of a page",
            )
        if host and not self._own:
            self._note(self.hosts, host)
        elif host and self._own.isdisjoint((host, sister_host(host))):
            self._note(self.elsewhere, host)
            return None
        return path

    def _note(self, counter: Counter[str], host: str) -> None:
        if host in counter or len(counter) < _MOST_HOSTS:
            counter[host] += 1

    def ranked(self) -> Iterator[Ranked]:
        """Return the landing pages, the most clicked first."""
        pages = [_ranked(path, queries) for path, queries in self._pages.items()]
        return iter(sorted(pages, key=lambda page: (-page.clicks, page.path)))


def _ranked(path: str, queries: dict[str, int]) -> Ranked:
    """Spellings that are the same to conditions are one search, in the spelling that is clicked most."""
    total: Counter[str] = Counter()
    best: dict[str, str] = {}
    for query, clicks in sorted(queries.items(), key=lambda one: (-one[1], one[0])):
        folded = _folded(query)
        total[folded] += clicks
        best.setdefault(folded, query)
    ordered = sorted(total.items(), key=lambda one: (-one[1], one[0]))
    clicks, told = sum(total.values()), 0
    kept: list[tuple[str, int]] = []
    for folded, count in ordered:
        if told >= ENOUGH * clicks or len(kept) == MOST_QUERIES:
            break
        kept.append((best[folded], count))
        told += count
    return Ranked(path, kept, clicks - told)


@lru_cache(maxsize=16_384)
def _split(page: str) -> tuple[str | None, str]:
    """The host (empty for a bare path, None for what is no address) and the path as conditions have it."""
    host = host_of(page)
    if host or page.startswith("/"):
        return host, page_path(page)
    host, slash, path = page.partition("/")
    return (bare_host(host), page_path(slash + path)) if "." in host and " " not in host else (None, "")


_folded = lru_cache(maxsize=65_536)(fold)


@lru_cache(maxsize=65_536)
def _spelled(query: str) -> str:
    """A search as it is written into the file; empty for one that Search Console does not tell."""
    text = widths(_CONTROL.sub(" ", query[:LONGEST_QUERY]))
    return "" if fold(text) in _ANONYMOUS else text


def _count(clicks: object) -> int:
    found = clicks
    if isinstance(clicks, str):
        if clicks.isdecimal() and clicks.isascii():
            return int(clicks[:_LONGEST_COUNT])
        try:
            found = float(clicks.replace(",", ""))
        except ValueError:
            found = None
    whole = (
        not isinstance(found, bool) and isinstance(found, (int, float)) and 0 <= found < 1e12 and found == int(found)
    )
    if not whole or not isinstance(found, (int, float)):
        if clicks in (None, ""):
            raise EditorError("クリック数がありません", "clicks is missing")
        raise EditorError(f"クリック数「{clicks}」は数ではありません", f"clicks {clicks!r} is no number")
    return int(found)


def _is_yes(flag: object) -> bool:
    return flag is True or (isinstance(flag, str) and flag.strip().lower() in ("true", "1", "yes", "t"))
