"""Fetching a content from an upstream that is allowed. What speaks HTTP is loaded where there is one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from omotenashi.content.upstreams import Upstreams

if TYPE_CHECKING:
    from omotenashi.content.download import Downloads


class FetchFailed(Exception):
    """A content could not be fetched; `of_host`: it is the host that does not answer, not this content alone."""

    def __init__(self, reason: str, *, of_host: bool = False) -> None:
        super().__init__(reason)
        self.of_host = of_host


class Fetched(Struct, frozen=True):
    """A content, and for how many seconds it is fresh."""

    html: str
    fresh: float


class Fetcher:
    """Fetches contents from the hosts that are allowed."""

    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams
        self._downloads = _downloads() if upstreams else None

    async def fetch(self, url: str) -> Fetched:
        """Return the content of a URL; raises FetchFailed."""
        upstream = self._upstreams.of(url)
        if upstream is None or self._downloads is None:
            raise FetchFailed("the host is not among the upstreams")
        return await self._downloads.fetched(url, upstream)

    async def close(self) -> None:
        """Close the connections."""
        if self._downloads is not None:
            await self._downloads.close()


def _downloads() -> Downloads:
    from omotenashi.content.download import Downloads  # noqa: PLC0415 its HTTP client takes 5 MB, and most sites fetch nothing

    return Downloads()
