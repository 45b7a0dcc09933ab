"""Who sent the visitor, and with which words, by the Referer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.model.paths import host_of, page_path, sister_host
from omotenashi.signals.decode import JAPANESE, LONGEST_PATH, LONGEST_URL, as_typed, decoded, read_pairs
from omotenashi.signals.sources import MEDIUMS_AFTER, MEDIUMS_BY_SITE, Engine, sources

_Pairs = Sequence[tuple[str, str]]
_SCHEME_AND_HOST = re.compile(r"\A(?:https?|android-app)://[^/?#\\\s]+(?=[/?#]|\Z)", re.IGNORECASE)
_HOST = re.compile(r"[\w.-]{1,253}|\[[0-9a-f:.]+\]")
_MAIL_READER = re.compile(r"(?:[a-z]{1,5}-?)?mail(?:er|box)?(?:-[a-z]{1,3})?\d*[a-z]?\.[\w-]+\.[\w.-]+")
"""Hosts such as webmail.example.com and mail01.example.ne.jp."""
_GOOGLE_KINDS = {
    ("tbm", "isch"): "Google Images", ("tbm", "vid"): "Google Video", ("tbm", "shop"): "Google Shopping",
    ("tbm", "nws"): "Google News",
    ("udm", "2"): "Google Images", ("udm", "7"): "Google Video", ("udm", "28"): "Google Shopping",
}  # fmt: skip


class Referral(Struct, frozen=True):
    """What a referrer says."""

    medium: str
    """search, ai, social, email, paid, referral, direct or internal."""
    source: str = ""
    """A name from the table; empty for a site that is not in it."""
    keyword: str | None = None
    referrer: str = ""
    """Host and path as paths are compared, without scheme, query and fragment; empty where there is none."""


def classify(url: str, own_hosts: frozenset[str], page_host: str = "") -> Referral:
    """Return what a referring URL says; own hosts, also with or without www: internal; nothing: direct.

    The host of the page is an own one.
    """
    host, sister, outside, inside = _known(url[:LONGEST_URL])
    is_own = host in own_hosts or sister in own_hosts or page_host in (host, sister)
    return inside if is_own else outside


@lru_cache(maxsize=2048)
def _known(url: str) -> tuple[str, str, Referral, Referral]:
    """Return the host, its sister, and what the URL says where that host is foreign and where it is our own."""
    url = url.strip()
    if url in {"", "about:blank"}:
        return "", "", Referral("direct"), Referral("direct")
    authority = _SCHEME_AND_HOST.match(url)
    host = host_of(url)
    if not authority or not _HOST.fullmatch(host):
        return "", "", Referral("referral"), Referral("referral")
    path = page_path(url)[:LONGEST_PATH]
    outside = _outside(host, path, url[authority.end() :])
    return host, sister_host(host), outside, Referral("internal", referrer=outside.referrer)


def _outside(host: str, path: str, rest: str) -> Referral:
    place = host + path
    engine = _engine(host, path, rest)
    pairs = _all_pairs(rest, engine.codecs) if engine else []
    keyword = _keyword(engine, pairs, rest) if engine else None
    if site := sources().site(MEDIUMS_BY_SITE, host, path):
        return Referral(site.medium, site.name, keyword, place)
    if engine:
        return Referral("search", _engine_name(engine, pairs), keyword, place)
    if site := sources().site(MEDIUMS_AFTER, host, path):
        return Referral(site.medium, site.name, None, place)
    return Referral("email" if _MAIL_READER.fullmatch(host) else "referral", "", None, place)


def _engine(host: str, path: str, rest: str) -> Engine | None:
    """Return the search engine; one in Japan of which no charset is known may send the Japanese ones."""
    engine = sources().engine(host, path) or sources().marked(rest)
    if engine and not engine.codecs and host.endswith(".jp"):
        return replace(engine, codecs=JAPANESE)
    return engine


def _all_pairs(rest: str, codecs: tuple[str, ...]) -> _Pairs:
    """Return the pairs of the query, then those of the fragment, in which some engines keep theirs."""
    before, _, fragment = rest.partition("#")
    pairs = read_pairs(before.partition("?")[2], codecs)
    return [*pairs, *read_pairs(fragment.partition("?")[2] or fragment, codecs)] if fragment else pairs


def _keyword(engine: Engine, pairs: _Pairs, rest: str) -> str | None:
    found = (as_typed(text, ("utf-8", *engine.codecs)) for text in _candidates(engine, pairs, rest))
    return next((text for text in found if text), None)


def _candidates(engine: Engine, pairs: _Pairs, rest: str) -> Iterator[str]:
    for term in engine.terms:
        if isinstance(term, str):
            yield from (value for name, value in pairs if name == term)
        elif match := term.search(rest.partition("#")[0]):
            yield decoded(match[1].partition("?")[0], ("utf-8", *engine.codecs))
    if engine.name.startswith("Google"):
        yield _advanced(pairs)
        yield from (_keyword_of_image(engine, value) or "" for name, value in pairs if name == "prev")


def _advanced(pairs: _Pairs) -> str:
    """Return what the form of the advanced search asks, written as Google writes it into its search box."""
    asked = dict(reversed(pairs))
    one_of = " OR ".join(asked.get("as_oq", "").split())
    phrase = asked.get("as_epq", "").strip()
    without = " ".join(f"-{word}" for word in asked.get("as_eq", "").split())
    parts = (asked.get("as_q", "").strip(), one_of, f'"{phrase}"' if phrase else "", without)
    return " ".join(part for part in parts if part)


def _keyword_of_image(engine: Engine, previous: str) -> str | None:
    """Return the words of the result page from which an image was opened (`prev=/images?q=…`)."""
    pairs = [pair for pair in _all_pairs(previous, engine.codecs) if pair[0] != "prev"]
    return _keyword(engine, pairs, previous)


def _engine_name(engine: Engine, pairs: _Pairs) -> str:
    if engine.name != "Google":
        return engine.name
    return next((_GOOGLE_KINDS[pair] for pair in pairs if pair in _GOOGLE_KINDS), engine.name)
