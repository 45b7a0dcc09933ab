"""The table of who sends visitors: search engines, assistants, social networks, mail readers, by host."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources

from msgspec import Struct

from omotenashi.model.paths import host_of
from omotenashi.model.text import fold
from omotenashi.signals.decode import codecs_of

MEDIUMS_BY_SITE = ("ai", "email", "social")
"""Looked up before search engines, in this order."""

_PREFIX = re.compile(r"\A(?:www\d*|m)\.")
_COUNTRY = re.compile(r"\.(?:(?:com|co|net|ne|org|or|edu|it)\.)?[a-z]{2}\Z")
_COUNTRY_LABEL = re.compile(r"(?:(?<=\.)|\A)[a-z]{2}(?=\.)")


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
    named: Mapping[str, Mapping[str, Named]]
    """For each medium: host, or host with a path, to site."""
    named_paths: Mapping[str, tuple[str, ...]]
    by_name: Mapping[str, Named]
    """Assistants, mail readers and social networks by their folded names, as utm_source may give them."""

    def engine(self, host: str, path: str) -> Engine | None:
        """Return the search engine behind a host, and behind its path where that is an entry of its own."""
        for form in _forms(host):
            for below in self.engine_paths.get(form, ()):
                if _is_below(path, below):
                    return self.engines[form + below]
            if found := self.engines.get(form):
                return found
        return None

    def site(self, medium: str, host: str, path: str) -> Named | None:
        """Return the site of that medium to which a host belongs, itself or as a subdomain."""
        sites = self.named[medium]
        for domain in _domains(host):
            for below in self.named_paths.get(domain, ()):
                if domain + below in sites and _is_below(path, below):
                    return sites[domain + below]
            if found := sites.get(domain):
                return found
        return None

    def stated(self, source: str) -> Named | None:
        """Return the assistant, mail reader or social network that a utm_source names, by its host or its name."""
        text = fold(source)
        host = host_of(text) or text
        found = (self.site(medium, host, "/") for medium in MEDIUMS_BY_SITE)
        return next((site for site in found if site), None) or self.by_name.get(text)


@cache
def sources() -> Sources:
    """Return the table, read from the package on first use."""
    text = resources.files("omotenashi.signals").joinpath("search_engines.toml").read_text("utf-8")
    table = tomllib.loads(text)
    engines = dict(_engines(table["search"]))
    named = {medium: dict(_sites(medium, table[medium])) for medium in (*MEDIUMS_BY_SITE, "referral")}
    return Sources(
        engines=engines,
        engine_paths=_paths(engines),
        named=named,
        named_paths=_paths(key for sites in named.values() for key in sites),
        by_name={fold(name): Named(medium, name) for medium in reversed(MEDIUMS_BY_SITE) for name in table[medium]},
    )


def _engines(table: Mapping[str, list[dict[str, str]]]) -> Iterator[tuple[str, Engine]]:
    for name, entries in table.items():
        for entry in entries:
            terms = tuple(_term(term) for term in entry.get("terms", "").split())
            engine = Engine(name, terms, codecs_of(entry.get("charsets", "").split()))
            for host in entry["hosts"].split():
                yield host, engine


def _term(term: str) -> str | re.Pattern[str]:
    return re.compile(term[1:-1]) if term.startswith("/") else term


def _sites(medium: str, table: Mapping[str, str]) -> Iterator[tuple[str, Named]]:
    for name, hosts in table.items():
        site = Named(medium, name)
        for host in hosts.split():
            yield host, site


def _paths(keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
    paths: dict[str, tuple[str, ...]] = {}
    for key in keys:
        host, slash, path = key.partition("/")
        if slash:
            paths[host] = (*paths.get(host, ()), slash + path)
    return paths


def _forms(host: str) -> Iterator[str]:
    """Yield the keys under which a host may stand in the table, the closest first."""
    bare = _PREFIX.sub("", host)
    hosts = (host,) if bare == host else (host, bare)
    yield from hosts
    for name in hosts:
        if country := _COUNTRY.search(name):
            yield name[: country.start()] + ".{}"
        for label in _COUNTRY_LABEL.finditer(name):
            yield f"{name[: label.start()]}{{}}{name[label.end() :]}"


def _domains(host: str) -> Iterator[str]:
    yield host
    while "." in host:
        host = host.partition(".")[2]
        yield host


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")
