"""`omo migrate FROM TO`: all profiles and members' records from one store to another."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from msgspec.structs import replace

from omotenashi.cli.common import FAILED, FINE, GOES_ON, command, say, spoken_by
from omotenashi.cli.stores import opened_store, settings_of, store_of
from omotenashi.model.errors import SettingsError, StoreUnavailable
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote.address import Address
from omotenashi.profiles.transfer import Comparison, Kind, Progress, Side, begun, compare, concluded, copied
from omotenashi.profiles.transfer_file import FileSide
from omotenashi.settings import HASH_KEY_FILE, Settings, hash_key


def add_migrate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    text = "保存先を移す / move all that is stored to another store: a file, Redis or Valkey"
    one = command(commands, "migrate", _migrate, text)
    one.add_argument(
        "source", metavar="FROM", help="sqlite:///path or redis://… as for --store; store: what the settings name"
    )
    one.add_argument("target", metavar="TO", help="likewise; it must be empty")
    one.add_argument("--again", action="store_true", help="copy what has changed since it was finished")
    one.add_argument("--data", type=Path, metavar="DIR", help="the directory with the key of member ids (omo-data)")
    one.add_argument("--lang", choices=("ja", "en"))


def _migrate(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    source, keep = store_of(_naming(settings, options.source))
    target, _ = store_of(_naming(settings, options.target))
    if isinstance(source, Path) and not source.exists():
        raise SettingsError(f"there is no store at {source}")
    return asyncio.run(
        _migrated(source, target, keep, settings, spoken_by(options, settings.rules), again=options.again)
    )


def _naming(settings: Settings, store: str) -> Settings:
    """Return the settings with this store; `store` is theirs, so that no password need stand on a command line."""
    return settings if store == "store" else replace(settings, store=store)


async def _migrated(
    source: Path | Address, target: Path | Address, keep: Keep, settings: Settings, language: str, *, again: bool
) -> int:
    secret = _secret(settings, source, target)
    async with AsyncExitStack() as stack:
        here = await _opened(stack, source, keep, settings, secret)
        there = await _opened(stack, target, keep, settings, secret, first=True)
        try:
            return await _moved(here, there, keep, language, again=again)
        except StoreUnavailable as error:
            raise StoreUnavailable(f"{str(error).rstrip('.')}; {GOES_ON}") from error


async def _moved(here: Side, there: Side, keep: Keep, language: str, *, again: bool) -> int:
    progress = await begun(here, there, again=again)
    began, total = time.monotonic(), await here.prepare()
    if progress.finished:
        ja = "写し終えているので、見比べるだけにします。変わったところを写すには --again を付けます"
        en = "all was copied before, and the two are compared; to copy what has changed add --again"
        print(f"omo: {say(language, ja, en)}", file=sys.stderr)
    else:
        progress = await _copied(here, there, progress, keep, total, language)
    comparison = await _compared(here, there, keep, total)
    await concluded(there, progress, comparison)
    print(f"{here.name} -> {there.name}: {_summary(progress, comparison, language)}; {time.monotonic() - began:.1f} s")
    return FAILED if comparison.differences else FINE


async def _opened(
    stack: AsyncExitStack,
    place: Path | Address,
    keep: Keep,
    settings: Settings,
    secret: bytes | None,
    *,
    first: bool = False,
) -> Side:
    if isinstance(place, Path):
        side = FileSide(place)
        stack.callback(side.close)
        return side
    from omotenashi.profiles.remote.transfer import RemoteSide  # noqa: PLC0415 an extra

    return RemoteSide(place, await stack.enter_async_context(opened_store(place, keep, settings, secret, first=first)))


def _secret(settings: Settings, *places: Path | Address) -> bytes | None:
    """Return the key of member ids, which lies beside the file or in the data directory; None between files."""
    folders = [place.parent for place in places if isinstance(place, Path)]
    if len(folders) == len(places):
        return None
    data = next((folder for folder in folders if (folder / HASH_KEY_FILE).exists()), settings.data)
    return hash_key(replace(settings, data=data), make=False)


async def _copied(source: Side, target: Side, progress: Progress, keep: Keep, total: int, language: str) -> Progress:
    from omotenashi.cli.meter import Meter  # noqa: PLC0415 no other command needs what it loads

    if progress.items:
        ja, en = f"{total} 件中 {progress.items} 件の後から続けます", f"resuming after {progress.items} of {total}"
        print(f"omo: {say(language, ja, en)}", file=sys.stderr)
    meter = Meter("copying", max(total, progress.items), progress.items, unit=" items")
    try:
        async for after in copied(source, target, progress, keep, time.time):
            progress = after
            meter.show(progress.items)
    finally:
        meter.close()
    return progress


async def _compared(source: Side, target: Side, keep: Keep, total: int) -> Comparison:
    from omotenashi.cli.meter import Meter  # noqa: PLC0415 likewise

    meter = Meter("comparing", 2 * total, unit=" items")
    try:
        return await compare(source, target, keep, time.time, meter.show)
    finally:
        meter.close()


def _summary(progress: Progress, comparison: Comparison, language: str) -> str:
    """Return what was found, and what to do about it."""
    facts = say(language, "。", ", ").join(_found(progress, comparison, language))
    return say(language, "。", "; ").join((facts, *_advice(progress, comparison, language)))


def _found(progress: Progress, comparison: Comparison, language: str) -> Iterator[str]:
    profiles, records = (comparison.same[kind] for kind in Kind)
    yield say(
        language,
        f"プロファイル {profiles} 件と会員の記録 {records} 件が同じです",
        f"{profiles} profiles and {records} records are the same",
    )
    if progress.over:
        ja = f"古すぎるプロファイル {progress.over} 件は写していません"
        yield say(language, ja, f"{progress.over} profiles were too old and left out")
    if not comparison.differences:
        yield say(language, "違いはありません", "nothing differs")
        return
    ja = (
        f"違いが {comparison.differences} 件あります(移す先にないもの {comparison.missing}、中身が違うもの "
        f"{comparison.different}、移す先にだけあるもの {comparison.extra})"
    )
    en = (
        f"{comparison.differences} differ ({comparison.missing} missing, {comparison.different} different, "
        f"{comparison.extra} in the target alone)"
    )
    yield say(language, ja, en)


def _advice(progress: Progress, comparison: Comparison, language: str) -> Iterator[str]:
    if comparison.newer:
        ja = f"うち {comparison.newer} 件は移す先のほうが新しいので、そのままにします"
        yield say(language, ja, f"{comparison.newer} of them are newer in the target and stay")
    if comparison.extra:
        ja = "移す先にだけあるものは、移す元で消されたか、移す先で書かれたもので、そのままにします"
        en = "what is in the target alone was erased from the source, or written in the target, and stays"
        yield say(language, ja, en)
    if comparison.missing + comparison.different > comparison.newer and not progress.finished:
        ja = "どちらにもサービスが書き込んでいないときに、もう一度実行してください"
        yield say(language, ja, "run the command again, while no service writes to either")
