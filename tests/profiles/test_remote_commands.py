"""`omo visitor` where visitors are stored in Redis: what it does in a file, with the key of the other nodes."""

from __future__ import annotations

import asyncio
import json

import pytest
from redis import Redis
from tests import redis_servers
from tests.conftest import SITE
from tests.profiles.conftest import HASH_KEY, NOW, Capture, opened_at

from omotenashi.cli import main
from omotenashi.model.event import Event
from omotenashi.profiles.keys import member_key
from omotenashi.profiles.remote.rows import keys_of, place_of
from omotenashi.profiles.store import Change, MemberRecord

MINE = "visitor-0123456789"

pytestmark = pytest.mark.usefixtures("with_the_key")


@pytest.fixture(params=["redis", "cluster"])
def url(request: pytest.FixtureRequest, prefix: str) -> str:
    """A server where something is stored of one visitor, one member, and another visitor."""
    address: str = request.getfixturevalue(f"{request.param}_url")
    asyncio.run(fill(address, prefix))
    return f"{address}?prefix={prefix}"


async def fill(address: str, prefix: str) -> None:
    m1 = member_key("m1", HASH_KEY.encode())
    async with opened_at(address, prefix=prefix) as store:
        await store.look(HASH_KEY.encode())
        for key in (MINE, m1, "another-0123456789"):
            await store.write(Change(key, NOW, (Event("page_view", NOW, path=f"/of/{key[:2]}"),)))
        await store.change_record(m1, lambda _: MemberRecord(None, {"rank": "ゴールド"}), NOW)


def run(action: str, identifier: str, url: str, *flags: str) -> int:
    return main(["visitor", action, identifier, "--store", url, "--rules", str(SITE), "--lang", "en", *flags])


def test_all_that_is_stored_of_a_visitor_or_a_member_is_exported(url: str, capsys: Capture) -> None:
    assert run("export", MINE, url) == 0
    assert [one["path"] for one in json.loads(capsys.readouterr().out)["visitor"]["views"]] == ["/of/vi"]
    assert run("export", "m1", url) == 0
    told = json.loads(capsys.readouterr().out)
    assert ([one["path"] for one in told["member"]["views"]], told["record"]["attributes"]) == (
        ["/of/m."],
        {"rank": "ゴールド"},
    )


def test_what_is_shown_to_somebody_is_explained(url: str, capsys: Capture) -> None:
    assert run("explain", MINE, url) == 0
    said = capsys.readouterr().out
    assert "view /of/vi" in said
    assert "\nhero\n" in said


def test_what_is_erased_is_gone_and_what_others_did_stays(url: str, capsys: Capture) -> None:
    assert run("erase", "m1", url) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "erased m1: member's profile, member's record"
    assert "it leaves append-only files with the next BGREWRITEAOF" in second
    assert run("erase", MINE, url) == 0
    assert capsys.readouterr().out.startswith(f"erased {MINE}: visitor's profile\n")
    assert [run("export", one, url) for one in ("m1", MINE, "another-0123456789")] == [1, 1, 0]


def test_a_members_no_is_kept_without_the_attributes(redis_url: str, capsys: Capture) -> None:
    asyncio.run(fill(redis_url, "no"))
    m1 = member_key("m1", HASH_KEY.encode())

    async def refuse() -> None:
        async with opened_at(redis_url, prefix="no") as store:
            await store.change_record(m1, lambda _: MemberRecord(frozenset(), {"rank": "ゴールド"}), NOW)

    asyncio.run(refuse())
    assert run("erase", "m1", f"{redis_url}?prefix=no") == 0
    assert capsys.readouterr().out.startswith("erased m1: member's profile, member's record\nthe member's no is kept\n")
    assert run("erase", "m1", f"{redis_url}?prefix=no") == 0
    assert capsys.readouterr().out.startswith("erased m1: nothing more\nthe member's no is kept\n")
    assert run("export", "m1", f"{redis_url}?prefix=no") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["member"], told["record"]["consent"], told["record"]["attributes"]) == (None, [], {})


def test_what_cannot_be_read_is_erased_all_the_same(redis_url: str, capsys: Capture) -> None:
    asyncio.run(fill(redis_url, "garbage"))
    keys = keys_of("garbage", place_of(member_key("m1", HASH_KEY.encode())))
    with Redis.from_url(redis_url) as client:
        client.set(keys.profile, b"12345678garbage")
        client.set(keys.record, b"garbage")
        assert run("export", "m1", f"{redis_url}?prefix=garbage") == 1
        assert run("erase", "m1", f"{redis_url}?prefix=garbage") == 0
        assert client.exists(*keys) == 0
    assert "erased m1: member's profile, member's record\n" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["profile", "record"])
@pytest.mark.parametrize("action", ["export", "explain"])
def test_what_cannot_be_read_is_named(kind: str, action: str, prefix: str, redis_url: str, capsys: Capture) -> None:
    asyncio.run(fill(redis_url, prefix))
    keys = keys_of(prefix, place_of(member_key("m1", HASH_KEY.encode())))
    name = keys.profile if kind == "profile" else keys.record
    with Redis.from_url(redis_url) as client:
        client.set(name, b"12345678garbage")
        assert run(action, "m1", f"{redis_url}?prefix={prefix}") == 1
        says = f"omo: {redis_url}: {name.decode()} cannot be read; delete it, or name another "
        assert capsys.readouterr().err == f"{says}?prefix=…\n"
        client.delete(name)
        client.rpush(name, "a list")
        assert run(action, "m1", f"{redis_url}?prefix={prefix}") == 1
        assert f"{name.decode()} cannot be read, for it is of another type (WRONGTYPE); " in capsys.readouterr().err
        client.delete(name)
    assert run(action, "m1", f"{redis_url}?prefix={prefix}") == 0


def test_a_record_that_cannot_be_erased_is_named(prefix: str, redis_url: str, capsys: Capture) -> None:
    asyncio.run(fill(redis_url, prefix))
    record = keys_of(prefix, place_of(member_key("m1", HASH_KEY.encode()))).record
    with Redis.from_url(redis_url) as client:
        client.delete(record)
        client.rpush(record, "a list")
        assert run("erase", "m1", f"{redis_url}?prefix={prefix}") == 1
        assert f"{record.decode()} cannot be read, for it is of another type (WRONGTYPE); " in capsys.readouterr().err
        client.delete(record)
    assert run("export", "m1", f"{redis_url}?prefix={prefix}") == 1
    assert "nothing is stored of m1" in capsys.readouterr().out


def test_another_key_of_member_ids_is_refused(url: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("OMO_HASH_KEY", "another-key-of-more-than-sixteen")
    assert run("export", "m1", url) == 1
    assert capsys.readouterr().err.startswith("omo: hash_key: other nodes use another key of member ids")


def test_a_store_that_nobody_has_used_is_not_made(redis_url: str, capsys: Capture) -> None:
    assert run("export", "m1", f"{redis_url}?prefix=nobody") == 1
    assert capsys.readouterr().err.startswith("omo: store: nothing lies there yet; its keys begin with nobody:")
    with Redis.from_url(redis_url) as client:
        assert client.keys("nobody*") == []


@pytest.mark.parametrize("kind", ["", "+cluster", "+sentinel"])
@pytest.mark.parametrize("action", ["export", "erase", "explain"])
def test_a_server_that_is_gone_is_one_line_without_the_password(kind: str, action: str, capsys: Capture) -> None:
    port = redis_servers.free_port()
    service = "/main" if kind == "+sentinel" else ""
    assert run(action, MINE, f"redis{kind}://omo:secret-word@127.0.0.1:{port}{service}") == 1
    said = capsys.readouterr().err
    assert said.startswith(f"omo: redis{kind}://127.0.0.1:{port}: ")
    assert (said.count("\n"), "secret-word" in said) == (1, False)


def test_the_notice_says_that_it_lies_on_database_servers(capsys: Capture) -> None:
    flags = ["--store", "rediss://omo:secret-word@store.example", "--rules", str(SITE), "--lang", "en"]
    assert main(["privacy", *flags]) == 0
    said = capsys.readouterr().out
    assert "On database servers that this site runs (Redis or Valkey).\n\n<!-- rediss://store.example:6379 -->" in said
    assert "snapshot files that they write to disk with the next rewrite (BGREWRITEAOF, BGSAVE)." in said
    assert "secret-word" not in said
