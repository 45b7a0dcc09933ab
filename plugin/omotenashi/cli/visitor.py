"""`omo visitor export`, `omo visitor erase`, `omo visitor explain`, `omo privacy`."""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from omotenashi.cli.common import FAILED, FINE, command, language_of
from omotenashi.cli.explaining import print_block
from omotenashi.cli.loading import load_site
from omotenashi.cli.stores import settings_of, store_arguments, store_of
from omotenashi.model.errors import SettingsError, StoreUnavailable
from omotenashi.model.request import RequestFacts
from omotenashi.model.visitor import Member
from omotenashi.model.visitor_id import is_visitor_id
from omotenashi.notice import notice
from omotenashi.person import Person, visitor_of
from omotenashi.profiles.database import Database, Transaction
from omotenashi.profiles.keys import member_key
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.scrub import scrub_all
from omotenashi.profiles.store import MemberRecord
from omotenashi.rights import Stored, Whom, exported, refusal_of, stored
from omotenashi.service import signal_tools
from omotenashi.settings import Settings, hash_key
from omotenashi.signals.consent_forms import CATEGORIES, PERSONALIZATION
from omotenashi.signals.member import completed
from omotenashi.signals.origins import Origin, of_request
from omotenashi.site import Site

_WAIT = 2.0
"""Seconds to wait for a service that writes to the same file."""
_MOST_LINES = 20
"""Lines of the newest entries of a history."""


def add_visitor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command with what it can do."""
    text = "一人分の記録を取り出す・消す・説明する / export, erase or explain what is stored of one person"
    actions = commands.add_parser("visitor", help=text, description=text).add_subparsers(
        metavar="ACTION", required=True
    )
    for name, run, says in (
        ("export", _export, "保存しているものをすべて JSON で / all that is stored, as JSON"),
        ("erase", _erase, "保存しているものをすべて消す / erase all that is stored"),
        ("explain", _explain, "行動の記録と、何がなぜ表示されるか / the history, and what is shown and why"),
    ):
        _arguments(command(actions, name, run, says))


def add_privacy(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    text = "プライバシーの説明文を作る / what is stored, why and how long, for the site's privacy page"
    store_arguments(command(commands, "privacy", _privacy, text))


def _arguments(one: argparse.ArgumentParser) -> None:
    one.add_argument("id", metavar="ID", help="a visitor's id or a member's; looked up as both")
    kind = one.add_mutually_exclusive_group()
    kind.add_argument("--visitor", dest="kind", action="store_const", const="visitor", help="it is a visitor's id")
    kind.add_argument("--member", dest="kind", action="store_const", const="member", help="it is a member's id")
    one.add_argument("--page", default="/", metavar="PATH", help="for explain: the page (/)")
    store_arguments(one)


# export


def _export(options: argparse.Namespace) -> int:
    return _with_store(options, _exported)


def _exported(options: argparse.Namespace, database: Database, whom: Whom) -> int:
    found = _stored(whom, database)
    if not found:
        return _nothing(options)
    print(msgspec.json.format(msgspec.json.encode(exported(found, database.keep)), indent=2).decode())
    return FINE


# erase


def _erase(options: argparse.Namespace) -> int:
    return _with_store(options, _erased)


def _erased(options: argparse.Namespace, database: Database, whom: Whom) -> int:
    """Erase without reading profiles first: what cannot be read has to go, too."""
    with database.transaction() as transaction:
        record = _record(database, whom)
        refusal = refusal_of(record)
        erased = [name for name, was_there in _parts(transaction, whom, record, refusal) if was_there]
    if not erased and refusal is None:
        return _nothing(options)
    print(f"erased {options.id}: {', '.join(erased) or 'nothing more'}")
    if refusal is not None:
        print("the member's no is kept")
    if scrub_all(database):
        print("no byte of it is left in the store")
    else:
        print("a running service still reads the store's log; within a minute no byte of it is left")
    return FINE


def _record(database: Database, whom: Whom) -> MemberRecord | None:
    try:
        return None if whom.member_key is None else database.read_record(whom.member_key)
    except StoreUnavailable:  # what it says cannot be known, and it goes as a whole
        return None


def _parts(
    transaction: Transaction, whom: Whom, record: MemberRecord | None, refusal: MemberRecord | None
) -> Iterator[tuple[str, bool]]:
    """Erase what is stored of somebody, part by part; return what each is called and whether it was there."""
    if whom.visitor_id is not None:
        yield "visitor's profile", transaction.erase(whom.visitor_id)
    if whom.member_key is not None:
        yield "member's profile", transaction.erase(whom.member_key, record=False)
        yield "member's record", transaction.erase(whom.member_key) and (refusal is None or record != refusal)
        if refusal is not None:
            transaction.write_record(whom.member_key, refusal, int(time.time()))


# explain


def _explain(options: argparse.Namespace) -> int:
    return _with_store(options, _explained)


def _explained(options: argparse.Namespace, database: Database, whom: Whom) -> int:
    found = _stored(whom, database)
    if not found:
        return _nothing(options)
    settings = settings_of(options)
    site, loaded = load_site(settings.rules, options)
    language, zone, now = language_of(options, loaded), ZoneInfo(site.facts.timezone), time.time()
    for title, profile in (("visitor", found.visitor), ("member", found.member)):
        if profile is not None:
            print("\n".join([f"{title} {options.id}", *_history(profile, zone, language)]))
    person = _person(options.id, whom, found, site)
    if PERSONALIZATION not in person.consent:
        print("会員が同意していません / the member denies it: the history counts for nothing")
    facts = RequestFacts(now=now, url=options.page, visitor_id=person.visitor_id, counts=False)
    occasion = site.engine.occasion(visitor_of(facts, person, site, signal_tools(settings)), now)
    recorded = {} if person.member is None else {name: Origin("record") for name in ("member", "logged_in")}
    origins = of_request(facts, occasion.visitor, site.facts) | recorded
    for block in site.engine.program.blocks:
        print(f"\n{block}")
        print_block(site.engine, occasion, block, language, origins)
    return FINE


def _person(identifier: str, whom: Whom, found: Stored, site: Site) -> Person:
    """Return the person as in a request that brings this id, and the consent that was there when it was stored."""
    record = found.record
    consent = CATEGORIES if record is None or record.consent is None else record.consent
    if found.member is None and record is None:
        return Person(consent, None, whom.visitor_id, key=whom.visitor_id, profile=found.visitor, known=True)
    member = completed(Member(identifier), {} if record is None else record.attributes, site.facts)
    known = PERSONALIZATION in consent
    return Person(consent, member, key=whom.member_key, profile=found.member if known else None, known=known)


def _history(profile: Profile, zone: ZoneInfo, language: str) -> Iterator[str]:
    """Return lines that tell the history, the newest entry last."""
    visits, entries = len(profile.visits), sorted(_entries(profile))
    yield (
        f"  訪問 {visits} 回、記録 {len(entries)} 件"
        if language == "ja"
        else f"  {visits} visits, {len(entries)} entries"
    )
    if len(entries) > _MOST_LINES:
        yield "  …"
    for at, text in entries[-_MOST_LINES:]:
        yield f"  {datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M}  {text}"


def _entries(profile: Profile) -> Iterator[tuple[int, str]]:
    for view in profile.views:
        yield view.at, " ".join(("view", view.path, *view.items, *(f"#{tag}" for tag in view.tags + view.categories)))
    for order in profile.orders:
        yield order.at, " ".join(("order", f"{order.amount:g}", *(line.item for line in order.lines)))
    for refund in profile.refunds:
        yield refund.at, f"refund of {refund.transaction_id or '?'}"
    for line in profile.cart:
        yield line.at, f"cart {line.quantity:+g} {line.item}"
    for deed in profile.deeds:
        yield deed.at, f"event {deed.event}"
    for showing in (*profile.showings, *profile.shown):
        yield showing.at, f"shown {showing.rule}"


# privacy


def _privacy(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    site, loaded = load_site(settings.rules, options)
    path, keep = store_of(settings)
    print(notice(site, keep, path, language_of(options, loaded)))
    return FINE


# What they share

_Work: TypeAlias = Callable[[argparse.Namespace, Database, Whom], int]


def _with_store(options: argparse.Namespace, work: _Work) -> int:
    settings = settings_of(options)
    path, keep = store_of(settings)
    if not path.exists():
        raise SettingsError(f"there is no store at {path}; name the data directory with --data")
    whom = _whom(options, settings)
    try:
        with closing(Database(path, keep, wait=_WAIT, durable=True)) as database:
            return work(options, database, whom)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{path}: {error}") from error


def _whom(options: argparse.Namespace, settings: Settings) -> Whom:
    as_visitor = options.kind != "member" and is_visitor_id(options.id)
    if options.kind == "visitor":
        return Whom(options.id if as_visitor else None)
    return Whom(options.id if as_visitor else None, member_key(options.id, hash_key(settings, make=False)))


def _stored(whom: Whom, database: Database) -> Stored:
    return stored(whom, database, int(time.time()))


def _nothing(options: argparse.Namespace) -> int:
    print(f"nothing is stored of {options.id}")
    return FAILED
