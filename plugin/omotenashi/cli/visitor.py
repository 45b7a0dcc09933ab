"""`omo visitor export`, `omo visitor erase`, `omo visitor explain`, `omo privacy`."""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from omotenashi.cli.common import FAILED, FINE, command, language_of, say, spoken_by
from omotenashi.cli.erasing import Erased, Words, erased_in_file, erased_remotely, secret_of
from omotenashi.cli.explaining import print_block
from omotenashi.cli.loading import load_site
from omotenashi.cli.stores import opened_store, settings_of, store_arguments, store_of
from omotenashi.model.errors import SettingsError, StoreUnavailable
from omotenashi.model.request import RequestFacts
from omotenashi.model.visitor import Member
from omotenashi.model.visitor_id import is_visitor_id
from omotenashi.notice import notice
from omotenashi.person import Person, visitor_of
from omotenashi.profiles.database import Database
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.keys import member_key
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.remote.address import Address
from omotenashi.profiles.remote.unreadable import is_of_another_type
from omotenashi.rights import Stored, Whom, exported, fetched, stored
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
_WORDS = {
    "ja": {"view": "閲覧", "order": "注文", "refund": "返金", "cart": "カート", "event": "行動", "shown": "表示"},
    "en": {
        "view": "view",
        "order": "order",
        "refund": "refund of",
        "cart": "cart",
        "event": "event",
        "shown": "shown",
    },
}
"""What the entries of a history are."""


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
    asked = _asked(options)
    found = _stored(asked)
    if not found:
        return _nothing(options, asked.settings)
    print(msgspec.json.format(msgspec.json.encode(exported(found, asked.keep)), indent=2).decode())
    return FINE


# erase


def _erase(options: argparse.Namespace) -> int:
    asked = _asked(options)
    if isinstance(asked.place, Address):
        erased, left = asyncio.run(_erased(asked, asked.place))
    else:
        with _opened(asked.place, asked.keep) as database:
            erased, left = erased_in_file(database, asked.whom)
    if not erased.parts and not erased.refused:
        return _nothing(options, asked.settings)
    print(_told(options.id, erased, left, spoken_by(options, asked.settings.rules)))
    return FINE


def _told(identifier: str, erased: Erased, left: Words, language: str) -> str:
    """Return lines that tell what was erased, and where it may still be found."""
    parts = [say(language, *part) for part in erased.parts]
    ja = f"{identifier} を消しました: {'、'.join(parts) or 'ほかにはありません'}"
    lines = [say(language, ja, f"erased {identifier}: {', '.join(parts) or 'nothing more'}")]
    if erased.refused:
        lines.append(say(language, "会員の拒否は残してあります", "the member's no is kept"))
    return "\n".join([*lines, say(language, *left)])


async def _erased(asked: _Asked, address: Address) -> tuple[Erased, Words]:
    try:
        return await erased_remotely(address, asked.keep, asked.settings, asked.whom)
    except StoreUnavailable as error:
        if is_of_another_type(error):
            await _fetched(asked, address, int(time.time()))  # which names the key
        raise


# explain


def _explain(options: argparse.Namespace) -> int:
    asked = _asked(options)
    found = _stored(asked)
    if not found:
        return _nothing(options, asked.settings)
    site, loaded = load_site(asked.settings.rules, options)
    language, zone, now = language_of(options, loaded), ZoneInfo(site.facts.timezone), time.time()
    for title, profile in ((("訪問者", "visitor"), found.visitor), (("会員", "member"), found.member)):
        if profile is not None:
            print("\n".join([f"{say(language, *title)} {options.id}", *_history(profile, zone, language)]))
    person = _person(options.id, asked.whom, found, site)
    if PERSONALIZATION not in person.consent:
        denied = "会員が同意していないので、行動の記録は使われません"
        print(say(language, denied, "the member denies it: the history counts for nothing"))
    facts = RequestFacts(now=now, url=options.page, visitor_id=person.visitor_id, counts=False)
    occasion = site.engine.occasion(visitor_of(facts, person, site, signal_tools(asked.settings)), now)
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
    visits, entries = len(profile.visits), sorted(_entries(profile, language))
    yield (
        f"  訪問 {visits} 回、記録 {len(entries)} 件"
        if language == "ja"
        else f"  {visits} visits, {len(entries)} entries"
    )
    if len(entries) > _MOST_LINES:
        yield "  …"
    for at, text in entries[-_MOST_LINES:]:
        yield f"  {datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M}  {text}"


def _entries(profile: Profile, language: str) -> Iterator[tuple[int, str]]:
    words = _WORDS[language]
    for view in profile.views:
        yield (
            view.at,
            " ".join((words["view"], view.path, *view.items, *(f"#{tag}" for tag in view.tags + view.categories))),
        )
    for order in profile.orders:
        yield order.at, " ".join((words["order"], f"{order.amount:g}", *(line.item for line in order.lines)))
    for refund in profile.refunds:
        yield refund.at, f"{words['refund']} {refund.transaction_id or '?'}"
    for line in profile.cart:
        yield line.at, f"{words['cart']} {line.quantity:+g} {line.item}"
    for deed in profile.deeds:
        yield deed.at, f"{words['event']} {deed.event}"
    for showing in (*profile.showings, *profile.shown):
        yield showing.at, f"{words['shown']} {showing.rule}"


# privacy


def _privacy(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    site, loaded = load_site(settings.rules, options)
    place, keep = store_of(settings)
    print(notice(site, keep, place, language_of(options, loaded)))
    return FINE


# What they share


class _Asked(NamedTuple):
    """What is asked, of whom, and where that lies."""

    settings: Settings
    place: Path | Address
    keep: Keep
    whom: Whom


def _asked(options: argparse.Namespace) -> _Asked:
    settings = settings_of(options)
    place, keep = store_of(settings)
    if isinstance(place, Path) and not place.exists():
        raise SettingsError(f"there is no store at {place}; name the data directory with --data")
    return _Asked(settings, place, keep, _whom(options, settings))


def _stored(asked: _Asked) -> Stored:
    now = int(time.time())
    if isinstance(asked.place, Address):
        return asyncio.run(_fetched(asked, asked.place, now))
    with _opened(asked.place, asked.keep) as database:
        return stored(asked.whom, database, now)


async def _fetched(asked: _Asked, address: Address, now: int) -> Stored:
    secret = secret_of(asked.settings, asked.whom)
    async with opened_store(address, asked.keep, asked.settings, secret) as store:
        from omotenashi.profiles.remote.examining import require_readable  # noqa: PLC0415 an extra

        await require_readable(store, address, asked.whom.keys)
        return await fetched(asked.whom, store, now)


@contextmanager
def _opened(path: Path, keep: Keep) -> Iterator[Database]:
    try:
        with closing(Database(path, keep, wait=_WAIT, durable=True)) as database:
            yield database
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{path}: {error}") from error


def _whom(options: argparse.Namespace, settings: Settings) -> Whom:
    as_visitor = options.kind != "member" and is_visitor_id(options.id)
    if options.kind == "visitor":
        return Whom(options.id if as_visitor else None)
    return Whom(options.id if as_visitor else None, member_key(options.id, hash_key(settings, make=False)))


def _nothing(options: argparse.Namespace, settings: Settings) -> int:
    nothing = f"{options.id} について保存しているものはありません"
    print(say(spoken_by(options, settings.rules), nothing, f"nothing is stored of {options.id}"))
    return FAILED
