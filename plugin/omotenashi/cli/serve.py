"""`omo serve`."""

from __future__ import annotations

import argparse
from pathlib import Path

from omotenashi.cli.common import FINE, command
from omotenashi.cli.stores import settings_of, warn
from omotenashi.cli.tools import tools_of
from omotenashi.content.upstreams import Upstreams
from omotenashi.model.errors import SettingsError
from omotenashi.settings import kept_places, server_key, trust_warnings

_STORES = (
    "sqlite:///path, redis://host:port, redis+sentinel://host:port,…/service, redis+cluster://host:port,… or memory: "
    "(visitors.sqlite in the data directory)"
)


def add_serve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    serve = command(commands, "serve", _serve, "サーバーを起動する / answer a CMS's requests")
    for flag, kind, text in (
        ("--rules", Path, "the rules folder (rules)"),
        ("--host", str, "the address to listen on (127.0.0.1)"),
        ("--port", int, "the port to listen on (8700)"),
        ("--data", Path, "the data directory (omo-data)"),
        ("--mmdb", Path, "a MaxMind database for places"),
        ("--workers", int, "processes that serve (1)"),
        ("--trusted-proxies", str, "networks whose X-Omo-… and forwarding headers count, with commas (none)"),
        ("--geo-headers", str, "whose place headers count: cloudflare, cloudfront, vercel, appengine, akamai (none)"),
        ("--forwarded", str, "x-forwarded-for or forwarded"),
        ("--store", str, _STORES),
        ("--store-replicas", int, "of Redis: replicas that must have confirmed what is written (0)"),
        ("--retention-events", int, "days for which it is kept what visitors did (400)"),
        ("--retention-exposures", int, "days for which it is kept what was shown (400)"),
        ("--retention-profiles", int, "days for which a profile is kept to which nothing is added (400)"),
        ("--deadline", int, "milliseconds after which limits and history no longer wait (50)"),
        ("--upstreams", str, "hosts that contents may be fetched from, with commas (none)"),
    ):
        serve.add_argument(flag, type=kind, metavar=flag[2:].upper(), help=text)


def _serve(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    if not settings.rules.is_dir():
        raise SettingsError(f"rules: there is no folder {settings.rules}; name one with --rules")
    for warning in trust_warnings(settings):
        warn(warning)
    from omotenashi.web.build import check_store  # noqa: PLC0415 only serving needs the server's packages
    from omotenashi.web.server import listen, run  # noqa: PLC0415 likewise

    listener = listen(settings.host, settings.port)  # before a key is made that nobody would serve with
    key, key_file = server_key(settings)
    tools_of(
        settings, kept_places(settings)
    )  # every worker does this again; here a mistake is one line before anything starts
    Upstreams.parse(settings.upstreams)
    check_store(settings)
    where = f"[{settings.host}]" if ":" in settings.host else settings.host
    kept = f"; server key in {key_file}" if key_file else ""
    print(f"omotenashi: {settings.rules}/ on http://{where}:{settings.port}{kept}", flush=True)
    run(settings, key, listener)
    return FINE
