"""Patterns of paths and of hosts, brought into the form in which they are compared."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

from omotenashi.model.paths import page_path

_HOST = re.compile(r"(?:\*\.)?(?:localhost|[a-z0-9_-]+(?:\.[a-z0-9_-]+)+)|\*\.[a-z0-9_-]+")
_SIGNS_OF_URLS = re.compile(r"[\s?&=#/%+;:]")
_WEB_ADDRESS = re.compile(
    r"https?://(?:\[[0-9a-fA-F:.]+\]|[^\s/?#@:\[\]\\{}<>\"'|^`]+)(?::\d{1,5})?(?:[/?][^\s#{}<>\"\\|^`]*)?"
)


def path_pattern(text: str) -> str | None:
    """Return a path pattern without query, trailing slash and index file; None where it is no path."""
    stripped = text.strip()
    if not stripped.startswith("/") or stripped.startswith("//"):
        return None
    return page_path(stripped)


def host_pattern(text: str) -> str | None:
    """Return host or host/path with the host in lower case; None with a scheme or without a host."""
    host, slash, path = text.strip().partition("/")
    host = host.lower().removesuffix(".")
    if not _HOST.fullmatch(host):
        return None
    rest = page_path("/" + path) if slash else "/"
    return host if rest == "/" else host + rest


def host_name(text: str) -> str | None:
    """Return a host in lower case; None for anything more than a host."""
    host = host_pattern(text)
    return host if host and "/" not in host and "*" not in host else None


def parameter_name(text: str) -> str | None:
    """Return the name of a parameter of URLs; None for a query, a URL and anything else with a sign of those."""
    name = text.strip()
    return name if name and not _SIGNS_OF_URLS.search(name) else None


def web_address(text: str) -> str | None:
    """Return the address of something on the web, http or https; None for another form, or one with a user or #part."""
    return text.strip() if _WEB_ADDRESS.fullmatch(text.strip()) else None


def path_matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return what tells whether a path matches one of the patterns. `/x/**` matches /x itself."""
    exact = frozenset(pattern for pattern in patterns if "*" not in pattern)
    tails = frozenset(pattern for pattern in patterns if pattern.endswith("/**") and "*" not in pattern[:-3])
    below = tuple(pattern[:-2] for pattern in tails)
    globs = [_pieces(pattern) for pattern in patterns if pattern not in exact | tails]

    def matches(path: str) -> bool:
        if path in exact or f"{path}/".startswith(below):
            return True
        return bool(globs) and any(_fits(pieces, path.split("/")[1:]) for pieces in globs)

    return matches


def host_matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return what tells whether host and path match one of the patterns."""
    split = [pattern.partition("/") for pattern in patterns]
    parts = [(host, path_matcher([f"/{path}" if path else "/**"])) for host, _, path in split]

    def matches(text: str) -> bool:
        host, _, path = text.partition("/")
        return any(_is_host(host, wanted) and matches_path(f"/{path}") for wanted, matches_path in parts)

    return matches


def literal_start(pattern: str) -> str:
    """Return the part of a path pattern before its first segment with a wildcard."""
    segments = pattern.split("/")
    literal = next((number for number, segment in enumerate(segments) if "*" in segment), len(segments))
    return "/".join(segments[:literal]) or "/"


_Piece: TypeAlias = "Callable[[str], object] | None"
"""What a segment must match; None stands for any number of segments."""


def _pieces(pattern: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    for segment in pattern.split("/")[1:]:
        before, across, after = segment.partition("**")
        if before or not across:
            pieces.append(_segment(before + ("*" if across else "")))
        if across:
            pieces.append(None)
        if after:
            pieces.append(_segment("*" + after))
    return pieces


def _segment(text: str) -> Callable[[str], object]:
    """A segment with * in it; fnmatch's own wildcards beside it are taken literally. Its expressions do not backtrack."""
    literal = "".join(f"[{character}]" if character in "?[" else character for character in text)
    return re.compile(fnmatch.translate(literal)).match


def _fits(pieces: list[_Piece], segments: list[str]) -> bool:
    """Match greedily, going back to the last ** only: pieces times segments at most."""
    piece = segment = 0
    star, mark = -1, 0
    while segment < len(segments):
        test = pieces[piece] if piece < len(pieces) else _nothing
        if test is None:
            star, mark, piece = piece, segment, piece + 1
        elif test(segments[segment]):
            piece, segment = piece + 1, segment + 1
        elif star >= 0:
            mark += 1
            piece, segment = star + 1, mark
        else:
            return False
    return all(one is None for one in pieces[piece:])


def _nothing(_: str) -> None:
    return None


def _is_host(host: str, wanted: str) -> bool:
    return host.endswith(wanted[1:]) if wanted.startswith("*.") else host == wanted


def above(path: str) -> tuple[str, ...]:
    """Return a path and all that lies above it."""
    found = [path]
    while path != "/":
        path = path.rpartition("/")[0] or "/"
        found.append(path)
    return tuple(found)
