"""Paths of pages, in the one form in which they are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

_INDEX_FILES = ("/index.html", "/index.php")
_LONGEST = 4096
_AUTHORITY = re.compile(r"\A(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)")


def page_path(url: str) -> str:
    """Return the path of a path or URL: decoded, NFKC, without query, fragment, trailing slash and index file.

    Capitals matter. What has no path is the root.
    """
    return _page_path(url[:_LONGEST])


def host_and_path(url: str) -> tuple[str, str]:
    """Return what `host_of` and `page_path` say of a URL that is hardly read twice."""
    url = url[:_LONGEST]
    start = _AUTHORITY.match(url)
    return (bare_host(start[1]), _path(url[start.end() :])) if start else ("", _path(url))


@lru_cache(maxsize=2048)
def _page_path(url: str) -> str:
    return _path(_AUTHORITY.sub("", url))


def _path(rest: str) -> str:
    """Return the path of what stands behind the host."""
    path = rest.partition("#")[0].partition("?")[0]
    if "%" in path:
        path = unquote(path)
    if not path.isascii():
        path = unicodedata.normalize("NFKC", path)
    for index in _INDEX_FILES:
        path = path.removesuffix(index)
    return "/" + path.strip("/")


def host_of(url: str) -> str:
    """Return the host of a URL in lower case, without user, port and a final dot; empty for a path."""
    start = _AUTHORITY.match(url)
    return bare_host(start[1]) if start else ""


def sister_host(host: str) -> str:
    """Return the same host with www. before it; without, if it is there."""
    return host[4:] if host.startswith("www.") else f"www.{host}"


@lru_cache(maxsize=256)
def bare_host(authority: str) -> str:
    """Return the host of an authority or a Host header, in lower case, without user and port."""
    host = authority.rpartition("@")[2].lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].rstrip(".")
