"""`omo import` into Redis: what it does in a file, also where it is killed, or nodes write at the same time."""

from __future__ import annotations

import asyncio
import itertools
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from redis import Redis
from tests.conftest import SITE
from tests.profiles.conftest import HASH_KEY, NOW, Capture, killed_again_and_again, opened_at

from omotenashi.cli import main
from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.profiles.database import Database
from omotenashi.profiles.import_events import EVENT_COLUMNS, EventWork
from omotenashi.profiles.import_tables import look_through
from omotenashi.profiles.importing import Import
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.keys import member_key
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.remote.address import parse_address
from omotenashi.profiles.remote.bulk import Bulk
from omotenashi.profiles.remote.importing import RemoteTarget
from omotenashi.profiles.remote.rows import keys_of, place_of
from omotenashi.profiles.remote.store import RemoteStore
from omotenashi.profiles.store import Change, MemberRecord

VISITORS, LINES, BROKEN = 200, 8_000, 1_000

pytestmark = pytest.mark.usefixtures("with_the_key")


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """A file of views, purchases and more of visitors and members in turn; every thousandth line is broken."""
    path, chance = tmp_path / "events.csv", random.Random(4)
    with path.open("w", encoding="cp932") as file:
        file.write("イベント,日時,訪問者ID,会員ID,ページ,注文番号,商品ID,価格\n")
        for number in range(LINES):
            at = NOW - 86_400 + number if number % BROKEN else "きのう"
            who = visitor(chance.randrange(VISITORS)), "" if number % 3 else f"member-{number % 10}"
            what = ("purchase", f"T{number // 2}", "A1,100") if number % 50 < 2 else ("page_view", "", ",")
            file.write(f"{what[0]},{at},{who[0]},{who[1]},/表示/{number},{what[1]},{what[2]}\n")
    return path


def visitor(number: int) -> str:
    return f"visitor-{number:012}"


def keys() -> list[str]:
    members = [member_key(f"member-{number}", HASH_KEY.encode()) for number in range(10)]
    return [*map(visitor, range(VISITORS)), *members]


def run(kind: str, file: Path, store: str, *flags: str) -> int:
    return main(["import", kind, str(file), "--store", store, "--rules", str(SITE), "--lang", "en", *flags])


def in_redis(address: str, prefix: str) -> dict[str, tuple[Profile | None, MemberRecord | None]]:
    async def found() -> dict[str, tuple[Profile | None, MemberRecord | None]]:
        async with opened_at(address, prefix=prefix) as store:
            told = await store.fetch(keys())
            return {key: (told.read(key, NOW), told.read_record(key)) for key in keys()}

    return asyncio.run(found())


def in_file(path: Path) -> dict[str, tuple[Profile | None, MemberRecord | None]]:
    with closing(Database(path, Keep(), wait=1)) as database:
        return {key: (database.read(key, NOW), database.read_record(key)) for key in keys()}


@pytest.mark.parametrize("kind", ["redis", "cluster"])
def test_events_and_members_in_redis_are_as_in_a_file(
    kind: str, request: pytest.FixtureRequest, events: Path, tmp_path: Path, prefix: str, capsys: Capture
) -> None:
    address = request.getfixturevalue(f"{kind}_url")
    members = tmp_path / "members.csv"
    lines = [f"member-{number},{'いいえ' if number % 4 == 1 else 'はい'},ゴールド\n" for number in range(20)]
    members.write_text("会員ID,同意,ランク\n" + "".join(lines) + "member-0,,一般\nmember-1,なに,一般\n")
    said = []
    for store in (f"sqlite:///{tmp_path}/visitors.sqlite", f"{address}?prefix={prefix}"):
        assert [run("members", members, store), run("events", events, store)] == [1, 1]
        said.append([line.partition("; ")[0] for line in capsys.readouterr().out.splitlines()])
    assert said[0] == said[1]
    assert any("the member does not allow personalization" in line for line in said[1])
    assert in_redis(address, prefix) == in_file(tmp_path / "visitors.sqlite")


def test_an_import_that_is_killed_again_and_again_loses_and_doubles_nothing(
    events: Path, tmp_path: Path, prefix: str, cluster_url: str
) -> None:
    store = f"{cluster_url}?prefix={prefix}"
    assert killed_again_and_again("import", "events", str(events), "--store", store, "--rules", str(SITE)) == 1
    assert run("events", events, f"sqlite:///{tmp_path}/visitors.sqlite") == 1
    assert in_redis(cluster_url, prefix) == in_file(tmp_path / "visitors.sqlite")


def told(events: Path, store: str, capsys: Capture) -> str:
    """Import what is left; return how many lines of the file were taken in all."""
    assert run("events", events, store) == 1
    return taken(capsys.readouterr().out)


def taken(said: str) -> str:
    """How many lines of the file were taken in all."""
    return said.splitlines()[-1].partition(";")[0]


class Stopped(Exception):
    """As if it was killed."""


def test_a_batch_of_which_a_part_was_written_is_done_again_for_the_rest_alone(
    events: Path, tmp_path: Path, prefix: str, redis_url: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    store, sent, chance = f"{redis_url}?prefix={prefix}", Bulk.ask, random.Random(1)
    batches = itertools.count()

    async def half_sent(self: Bulk, asked: list[tuple[bytes, tuple[bytes]]], *, writes: bool = False) -> object:
        if writes and len(asked) > 1 and next(batches) % 2:
            await sent(self, chance.sample(asked, len(asked) // 2), writes=True)
            raise Stopped
        return await sent(self, asked, writes=writes)

    for _ in range(6):
        with monkeypatch.context() as patched:
            patched.setattr(Bulk, "ask", half_sent)
            with pytest.raises(Stopped):
                run("events", events, store)
    assert told(events, store, capsys) == told(events, f"sqlite:///{tmp_path}/visitors.sqlite", capsys)
    assert in_redis(redis_url, prefix) == in_file(tmp_path / "visitors.sqlite")


def test_what_nodes_write_at_the_same_time_stays(tmp_path: Path, prefix: str, cluster_url: str) -> None:
    file = tmp_path / "events.jsonl"
    lines = [
        f'{{"event": "page_view", "timestamp": {NOW - 9000 + n}, "visitor_id": "{visitor(n % 60)}", "page": "/i/{n}"}}\n'
        for n in range(3000)
    ]
    file.write_text("".join(lines))
    command = [
        sys.executable,
        "-m",
        "omotenashi",
        "import",
        "events",
        str(file),
        "--rules",
        str(SITE),
        "--lang",
        "en",
        "--store",
    ]

    async def visits() -> Counter[str]:
        posted: Counter[str] = Counter()
        async with opened_at(cluster_url, prefix=prefix) as store:
            target = f"{cluster_url}?prefix={prefix}"
            with subprocess.Popen([*command, target], stdout=subprocess.DEVNULL) as process:  # noqa: ASYNC220
                while process.poll() is None and posted.total() < 60 * 100:
                    at = posted.total()
                    who = visitor(at % 60)
                    await store.write(Change(who, NOW, (Event("page_view", NOW, path=f"/posted/{at}"),)))
                    posted[who] += 1
                    await asyncio.sleep(0.001)
            assert process.returncode == 0
        return posted

    posted = asyncio.run(visits())
    found = in_redis(cluster_url, prefix)
    for number in range(60):
        profile, _ = found[visitor(number)]
        assert profile is not None
        views = Counter(view.path.split("/")[1] for view in profile.views)
        assert views == {"i": 50, "posted": posted[visitor(number)]}


def test_a_finished_file_is_imported_again_where_asked(
    tmp_path: Path, prefix: str, redis_url: str, capsys: Capture
) -> None:
    store, file = f"{redis_url}?prefix={prefix}", tmp_path / "events.csv"
    file.write_text(f"event,timestamp,visitor_id,page\npage_view,{NOW - 100},{visitor(0)},/a\n")
    assert [run("events", file, store) for _ in range(2)] == [0, 0]
    assert "imported already, nothing is done" in capsys.readouterr().out
    assert run("events", file, store, "--again") == 0
    profile, _ = in_redis(redis_url, prefix)[visitor(0)]
    assert profile is not None
    assert len(profile.views) == 2


@pytest.fixture
def target(redis_url: str, prefix: str) -> Iterator[Callable[[], RemoteTarget]]:
    """Makes targets at one place."""
    address = parse_address(f"{redis_url}?prefix={prefix}")
    with asyncio.Runner() as runner:
        stores: list[RemoteStore] = []

        def made() -> RemoteTarget:
            store = RemoteStore(address)
            store.start()
            runner.run(store.look())
            stores.append(store)
            return RemoteTarget(store, address, runner)

        yield made
        for store in stores:
            runner.run(store.close())


def test_two_imports_of_one_file_at_once_do_not_double_it(
    target: Callable[[], RemoteTarget], tmp_path: Path, prefix: str, redis_url: str
) -> None:
    file = tmp_path / "events.csv"
    file.write_text(
        "event,timestamp,visitor_id\n" + "".join(f"page_view,{NOW - n},{visitor(n % 50)}\n" for n in range(1, 1001))
    )
    work = EventWork(HASH_KEY.encode(), ZoneInfo("Asia/Tokyo"), frozenset(), NOW)
    first, second = (Import(look_through(file), "events", target()) for _ in range(2))
    next(iter(first.run(EVENT_COLUMNS, work, print)))
    with pytest.raises(StoreUnavailable, match=r"events\.csv is being imported by another process, too"):
        list(second.run(EVENT_COLUMNS, work, print))
    list(Import(look_through(file), "events", target()).run(EVENT_COLUMNS, work, print))
    profiles = [profile for profile, _ in in_redis(redis_url, prefix).values() if profile is not None]
    assert [len(profile.views) for profile in profiles] == [20] * 50


def test_a_stored_profile_that_cannot_be_read_refuses_its_own_lines_only(
    tmp_path: Path, prefix: str, redis_url: str, capsys: Capture
) -> None:
    file = tmp_path / "events.csv"
    file.write_text(f"event,timestamp,visitor_id\npage_view,{NOW - 9},{visitor(0)}\npage_view,{NOW - 9},{visitor(1)}\n")
    with Redis.from_url(redis_url) as client:
        client.set(keys_of(prefix, place_of(visitor(0))).profile, b"12345678garbage")
    assert run("events", file, f"{redis_url}?prefix={prefix}") == 1
    key = keys_of(prefix, place_of(visitor(0))).profile.decode()
    assert (
        f"{file}:2: {redis_url}: {key} cannot be read; delete it, and import this line again, or name another ?prefix=…\n"
        in capsys.readouterr().out
    )
    with Redis.from_url(redis_url) as client:
        assert client.exists(keys_of(prefix, place_of(visitor(1))).profile)


@pytest.mark.parametrize("kind", ["profile", "record"])
def test_a_key_that_holds_no_plain_value_is_named_and_when_it_is_deleted_the_import_goes_on(
    kind: str, tmp_path: Path, prefix: str, redis_url: str, capsys: Capture
) -> None:
    events, members = tmp_path / "events.csv", tmp_path / "members.csv"
    events.write_text(f"event,timestamp,visitor_id\npage_view,{NOW - 9},{visitor(0)}\n")
    members.write_text("会員ID,同意\nmember-1,はい\n")
    m1 = member_key("member-1", HASH_KEY.encode())
    names = {"profile": keys_of(prefix, place_of(visitor(0))).profile, "record": keys_of(prefix, place_of(m1)).record}
    given = ("members", members) if kind == "record" else ("events", events)
    with Redis.from_url(redis_url) as client:
        client.rpush(names[kind], "a list")
        assert run(*given, f"{redis_url}?prefix={prefix}") == 1
        said = capsys.readouterr().err
        assert said.startswith(f"omo: {redis_url}: {names[kind].decode()} cannot be read, for it is of another type")
        assert said.count("\n") == 1
        client.delete(names[kind])
    assert run(*given, f"{redis_url}?prefix={prefix}") == 0


def test_a_server_that_is_gone_is_told_in_one_line(events: Path, capsys: Capture) -> None:
    assert run("events", events, "redis://omo:secret-word@127.0.0.1:1") == 1
    said = capsys.readouterr().err
    assert said.startswith("omo: redis://127.0.0.1:1: ")
    assert (said.count("\n"), "secret-word" in said) == (1, False)
