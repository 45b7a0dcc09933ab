"""`omo import events`, `omo import members`; what `omo import search-console` does stands in a module of its own."""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from omotenashi.cli.common import FAILED, FINE, GOES_ON, command, language_of, say
from omotenashi.cli.loading import load_site
from omotenashi.cli.refusals import reason_in
from omotenashi.cli.search_console import add_search_console
from omotenashi.cli.stores import looked_for, settings_of, store_arguments, store_of, warn
from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.visitor import Member
from omotenashi.profiles.database import Database
from omotenashi.profiles.import_events import EVENT_COLUMNS, EventWork
from omotenashi.profiles.import_members import MemberWork, Unreadable, member_columns
from omotenashi.profiles.import_tables import Table, look_through
from omotenashi.profiles.importing import Committed, FileTarget, Import, Target
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote.address import Address
from omotenashi.settings import Settings, hash_key
from omotenashi.signals.consent_forms import CATEGORIES
from omotenashi.signals.member import completed

_WAIT = 60.0
"""Seconds to wait for a service that writes to the same file."""


def add_import(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command with its kinds."""
    parser = commands.add_parser(
        "import", help="会員・過去の行動・検索語を取り込む / import members, past events, searches"
    )
    kinds = parser.add_subparsers(metavar="KIND", required=True)
    for kind, text in (
        ("events", "過去の行動を取り込む / import what visitors and members did"),
        ("members", "会員の同意と属性を取り込む / import consent and attributes of members"),
    ):
        one = command(kinds, kind, _import, text)
        one.set_defaults(kind=kind)
        one.add_argument("file", type=Path, metavar="FILE", help="CSV or JSON Lines; UTF-8 or cp932")
        one.add_argument("--format", choices=("csv", "jsonl"), help="by default the file's ending tells")
        one.add_argument("--again", action="store_true", help="import a file that was imported already")
        store_arguments(one)
    add_search_console(kinds)


def _import(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    site, loaded = load_site(settings.rules, options)
    place, keep = store_of(settings)
    table = look_through(options.file, options.format)
    secret = hash_key(settings, make=isinstance(place, Path) and not place.exists())
    with _target(place, keep, options.kind, settings, secret) as target:
        work = Import(table, options.kind, target, again=options.again)
        return _imported(work, table, site.facts, secret, language_of(options, loaded))


def _target(
    place: Path | Address, keep: Keep, kind: str, settings: Settings, secret: bytes
) -> AbstractContextManager[Target]:
    return _file(place, keep, kind) if isinstance(place, Path) else _servers(place, keep, settings, secret)


@contextmanager
def _file(path: Path, keep: Keep, kind: str) -> Iterator[Target]:
    try:
        with closing(Database(path, keep, wait=_WAIT, durable=kind == "members", bulk=True)) as database:
            yield FileTarget(database)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{path}: {error}; {GOES_ON}") from error


@contextmanager
def _servers(address: Address, keep: Keep, settings: Settings, secret: bytes) -> Iterator[Target]:
    with asyncio.Runner() as runner:
        store = runner.run(looked_for(address, keep, settings, secret, first=True))
        try:
            from omotenashi.profiles.remote.importing import RemoteTarget  # noqa: PLC0415 an extra

            yield RemoteTarget(store, address, runner)
        except StoreUnavailable as error:
            raise StoreUnavailable(f"{str(error).rstrip('.')}; {GOES_ON}") from error
        finally:
            runner.run(store.close())


def _imported(work: Import, table: Table, facts: SiteFacts, secret: bytes, language: str) -> int:
    if work.progress.finished:
        done = "取り込み済みのため、何もしません。もう一度取り込むには --again を付けます"
        print(f"{table.path}: {say(language, done, 'imported already, nothing is done; to do it again add --again')}")
        return FAILED if work.progress.refused else FINE
    if work.progress.lines:
        line = work.progress.lines + 1
        print(f"omo: {say(language, f'{line} 行目から続けます', f'resuming at line {line}')}", file=sys.stderr)
    from omotenashi.cli.meter import Meter  # noqa: PLC0415 no other command needs what it loads

    began = time.monotonic()
    meter = Meter(table.path.name, table.lines, work.progress.lines)
    try:
        for batch in _run(work, facts, secret):
            meter.show(batch.progress.lines)
            if batch.refused:
                meter.write("\n".join(_refused(table.path, language, *one) for one in batch.refused))
    finally:
        meter.close()
    print(f"{table.path}: {_summary(work, time.monotonic() - began, language)}")
    return FAILED if work.progress.refused else FINE


def _refused(path: Path, language: str, line: int, reason: str) -> str:
    return f"{path}:{line}: {reason_in(language, reason)}"


def _run(work: Import, facts: SiteFacts, secret: bytes) -> Iterator[Committed]:
    now = int(time.time())
    if work.kind == "events":
        zone = ZoneInfo(facts.timezone)
        return work.run(EVENT_COLUMNS, EventWork(secret, zone, facts.sensitive_topics, now, facts.places), warn)
    members = MemberWork(secret, facts.attributes, CATEGORIES, _unreadable(facts), now)
    return work.run(member_columns(facts.attributes), members, warn)


def _unreadable(facts: SiteFacts) -> Unreadable:
    def unreadable(texts: Mapping[str, str]) -> set[str]:
        return texts.keys() - completed(Member(""), texts, facts).attributes.keys()

    return unreadable


def _summary(work: Import, seconds: float, language: str) -> str:
    progress = work.progress
    if language == "ja":
        old = f"、保存期間より古い行動 {progress.old} 件" if progress.old else ""
        return f"取り込み {progress.accepted} 件、取り込めず {progress.refused} 件{old}。{seconds:.1f} 秒"
    old = f", {progress.old} events older than they are kept" if progress.old else ""
    return f"{progress.accepted} accepted, {progress.refused} refused{old}; {seconds:.1f} s"
