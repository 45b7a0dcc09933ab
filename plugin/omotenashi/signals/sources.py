"""The table of who sends visitors: search engines, assistants, social networks, mail readers, by host."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from msgspec import Struct

from omotenashi.model.paths import host_of
from omotenashi.model.text import fold
from omotenashi.signals.decode import codecs_of

MEDIUMS_BY_SITE = ("ai", "email", "social")
"""Looked up before search engines, in this order."""
MEDIUMS_AFTER = ("paid", "referral")
"""Looked up after them."""

_MOST_LABELS = 6
"""No host in the table has more."""
_PREFIX = re.compile(r"\A(?:www\d*|m)\.")
_COUNTRY = re.compile(r"\.(?:(?:com|co|net|ne|org|or|edu|it)\.)?[a-z]{2}\Z")
_COUNTRY_LABEL = re.compile(r"(?:(?<=\.)|\A)[a-z]{2}(?=\.)")
_SIGNS = re.compile(r"[\W_]+")


class Engine(Struct, frozen=True):
    """A search engine and how to read the visitor's words from its URLs."""

    name: str
    terms: tuple[str | re.Pattern[str], ...]
    """Parameters, or patterns over path and query, in the order in which they are tried."""
    codecs: tuple[str, ...]
    """What its terms may be written in besides UTF-8."""


class Named(Struct, frozen=True):
    """A known site that is not taken for a search engine."""

    medium: str
    name: str


class Sources(Struct, frozen=True):
    """The table, indexed. Keys are hosts, or hosts with a path."""

    engines: Mapping[str, Engine]
    engine_paths: Mapping[str, tuple[str, ...]]
    """The paths that are entries of their own, of hosts that have such."""
    marks: tuple[tuple[str, Engine], ...]
    """What stands in the URLs of a search engine's pages on whatever host they are served."""
    named: Mapping[str, Mapping[str, Named]]
    """For each medium: host, or host with a path, to site."""
    named_paths: Mapping[str, tuple[str, ...]]
    by_name: Mapping[str, Named]
    """Assistants, mail readers, social networks and great search engines by their plain names."""

    def engine(self, host: str, path: str) -> Engine | None:
        """Return the search engine behind a host, and behind its path where that is an entry of its own."""
        for form in _forms(host):
            for below in self.engine_paths.get(form, ()):
                if _is_below(path, below):
                    return self.engines[form + below]
            if found := self.engines.get(form):
                return found
        return None

    def marked(self, rest: str) -> Engine | None:
        """Return the search engine whose mark stands in path and query of a page on an unknown host."""
        return next((engine for mark, engine in self.marks if mark in rest), None)

    def site(self, mediums: Iterable[str], host: str, path: str) -> Named | None:
        """Return the site to which a host belongs, itself or as a subdomain, of the first medium that has one."""
        keys = tuple(_domain_keys(host))
        found = (self._site(self.named[medium], keys, path) for medium in mediums)
        return next((site for site in found if site), None)

    def _site(self, sites: Mapping[str, Named], keys: Iterable[str], path: str) -> Named | None:
        for key in keys:
            for below in self.named_paths.get(key, ()):
                if key + below in sites and _is_below(path, below):
                    return sites[key + below]
            if found := sites.get(key):
                return found
        return None

    def stated(self, source: str) -> Named | None:
        """Return the site that a utm_source names by its host or its name: an assistant, a network, an engine."""
        text = fold(source)
        host = host_of(text) or text
        found = self.site(MEDIUMS_BY_SITE, host, "/") or self.by_name.get(_plain(text))
        if found or "." not in host:
            return found
        engine = self.engine(host, "/")
        return Named("search", engine.name) if engine else None


@cache
def sources() -> Sources:
    """Return the table, read from the package on first use."""
    text = resources.files("omotenashi.signals").joinpath("search_engines.toml").read_text("utf-8")
    table = tomllib.loads(text)
    entries = list(_entries(table["search"]))
    engines = {host: engine for engine, entry in entries for host in entry["hosts"].split()}
    named = {medium: dict(_sites(medium, table[medium])) for medium in (*MEDIUMS_BY_SITE, *MEDIUMS_AFTER)}
    return Sources(
        engines=engines,
        engine_paths=_paths(engines),
        marks=tuple((mark, engine) for engine, entry in entries for mark in entry.get("marks", "").split()),
        named=named,
        named_paths=_paths(key for sites in named.values() for key in sites),
        by_name=dict(_names(table)),
    )


def _entries(table: Mapping[str, list[dict[str, str]]]) -> Iterator[tuple[Engine, dict[str, str]]]:
    for name, entries in table.items():
        for entry in entries:
            terms = tuple(_term(term) for term in entry.get("terms", "").split())
            yield Engine(name, terms, codecs_of(tuple(entry.get("charsets", "").split()))), entry


def _term(term: str) -> str | re.Pattern[str]:
    return re.compile(term[1:-1]) if term.startswith("/") else term


def _sites(medium: str, table: Mapping[str, str]) -> Iterator[tuple[str, Named]]:
    for name, hosts in table.items():
        site = Named(medium, name)
        for host in hosts.split():
            yield host, site


def _names(table: Mapping[str, Any]) -> Iterator[tuple[str, Named]]:
    for medium in reversed(MEDIUMS_BY_SITE):
        for name in table[medium]:
            site = Named(medium, name)
            yield from ((alias, site) for alias in table["also_called"].get(name, "").split())
            yield _plain(fold(name)), site
    for name in table["great_engines"]:
        yield _plain(fold(name)), Named("search", name)


def _plain(text: str) -> str:
    return _SIGNS.sub("", text)


def _paths(keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
    paths: dict[str, tuple[str, ...]] = {}
    for key in keys:
        host, slash, path = key.partition("/")
        if slash:
            paths[host] = (*paths.get(host, ()), slash + path)
    return paths


def _forms(host: str) -> Iterator[str]:
    """Yield the keys under which an engine's host may stand in the table, the closest first."""
    bare = _PREFIX.sub("", host)
    hosts = (host,) if bare == host else (host, bare)
    yield from hosts
    for name in hosts:
        if country := _COUNTRY.search(name):
            yield name[: country.start()] + ".{}"
        for label in _COUNTRY_LABEL.finditer(name):
            yield f"{name[: label.start()]}{{}}{name[label.end() :]}"
    yield "www." + host
    for domain in _domains(host):
        yield "*." + domain


def _domain_keys(host: str) -> Iterator[str]:
    """Yield the keys under which a site may stand in the table: host and domains, each also for any country."""
    country = _COUNTRY.search(host)
    top = country[0] if country else ""
    for domain in (host, *_domains(host)):
        yield domain
        if top and len(domain) > len(top) and domain.endswith(top):
            yield domain.removesuffix(top) + ".{}"


def _domains(host: str) -> Iterator[str]:
    """Yield the domains above a host, the closest first."""
    labels = host.rsplit(".", _MOST_LABELS)
    for start in range(1, len(labels)):
        yield ".".join(labels[start:])


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")
