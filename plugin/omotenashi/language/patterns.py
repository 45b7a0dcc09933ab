"""Patterns of paths and of hosts, brought into the form in which they are compared."""

from __future__ import annotations

import re

from omotenashi.model.paths import page_path

_HOST = re.compile(r"(?:\*\.)?(?:localhost|[a-z0-9_-]+(?:\.[a-z0-9_-]+)+)")


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


def path_regex(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return what matches a whole path as one of the patterns."""
    return re.compile("|".join(f"(?:{_expression(pattern)})" for pattern in patterns))


def host_regex(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return what matches the whole of host and path as one of the patterns."""
    return re.compile("|".join(f"(?:{_host_expression(pattern)})" for pattern in patterns))


def literal_start(pattern: str) -> tuple[str, bool]:
    """Return the part of a path pattern before its first wildcard segment, and whether that is all of it."""
    segments = pattern.split("/")
    for number, segment in enumerate(segments):
        if "*" in segment:
            return "/".join(segments[:number]) or "/", False
    return pattern, True


def _expression(pattern: str) -> str:
    """`/x/**` matches /x itself; a `**` between slashes matches nothing, too."""
    result = ""
    for segment in pattern.split("/")[1:]:
        result += "(?:/[^/]+)*" if segment == "**" else "/" + _segment(segment)
    return result + "/?" if result.endswith("(?:/[^/]+)*") else result


def _segment(text: str) -> str:
    parts = re.split(r"(\*\*|\*)", text)
    return "".join({"**": ".*", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts)


def _host_expression(pattern: str) -> str:
    host, slash, path = pattern.partition("/")
    name = r"[^/]+\." + re.escape(host[2:]) if host.startswith("*.") else re.escape(host)
    return name + (_expression("/" + path) if slash else "(?:/.*)?")
