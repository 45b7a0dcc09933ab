"""What is told of somebody: all of a profile, no rules to visitors, nothing sensitive; and `omo visitor`."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import pytest
from msgspec.structs import replace
from tests.conftest import SITE, good_site

from omotenashi.cli import main
from omotenashi.language.vocabulary import FIELDS
from omotenashi.model.event import Event
from omotenashi.model.visitor import Arrival, Deed, Member, Showing, Visitor
from omotenashi.profiles.database import Database, _place
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.keys import member_key
from omotenashi.profiles.privacy import profile_data, record_data
from omotenashi.profiles.profile import CartLine, Profile, Refund
from omotenashi.profiles.store import Change, Claim, MemberRecord
from omotenashi.rights import Stored, Whom, kind_of, reasons, stored, told_to_operator, told_to_visitor

NEW_YEAR = 1_767_193_200
"""2025-12-31T15:00:00Z, midnight in Tokyo."""
AT = "2025-12-31T15:00:00Z"
MINE = "visitor-0123456789"
HASH_KEY = "a-key-of-thirty-two-characters-or-more"

# As data


def test_every_field_of_a_profile_is_told_counted_or_only_says_how_it_is_kept() -> None:
    told = {"first_seen", "visits", "views", "orders", "refunds", "cart", "deeds", "showings"}
    told |= {"shown", "emptied", "arrival", "arrival_at", "chosen"}
    counted = {"event_ids", "requests", "owner"}
    bounds = {name for name in Profile.__struct_fields__ if name.endswith("_since")}
    joined = {"marks"}
    assert set(Profile.__struct_fields__) == told | counted | bounds | joined


def test_a_profile_is_told_in_words_and_utc_times() -> None:
    profile = Profile(
        first_seen=NEW_YEAR,
        visits=[(NEW_YEAR, NEW_YEAR + 60)],
        deeds=[Deed(NEW_YEAR, "sign_up")],
        showings=[Showing(NEW_YEAR, "hero/welcome"), Showing(NEW_YEAR, "hero/gone")],
        arrival=Arrival(keyword="靴", medium="search"),
        arrival_at=NEW_YEAR,
        cart=[CartLine(NEW_YEAR, "S1", 2, 100)],
        refunds=[Refund(NEW_YEAR, "T1")],
        views_since=NEW_YEAR,
        owner=b"12345",
    )
    told = profile_data(profile, {"hero/welcome": "hero"})
    assert told["first_seen"] == AT
    assert told["visits"] == [{"from": AT, "to": "2025-12-31T15:01:00Z"}]
    assert told["events"] == [{"at": AT, "event": "sign_up"}]
    assert told["shown"] == [{"at": AT, "block": "hero"}, {"at": AT, "block": None}]
    assert told["cart"] == [{"at": AT, "item": "S1", "quantity": 2, "price": 100}]
    assert told["refunds"] == [{"at": AT, "transaction_id": "T1"}]
    assert told["complete_since"] == {"views": AT}
    assert told["hashes"] == {"events": 0, "requests": 0, "members": 1}
    assert (told["arrival"]["at"], told["arrival"]["keyword"], told["arrival"]["medium"]) == (AT, "靴", "search")


def test_a_record_that_says_nothing_of_consent_is_told_apart_from_one_that_denies() -> None:
    assert record_data(MemberRecord(None, {"rank": "一般"})) == {"consent": None, "attributes": {"rank": "一般"}}
    assert record_data(MemberRecord(frozenset())) == {"consent": [], "attributes": {}}


# Why


@pytest.mark.parametrize("field", [field.name for field in FIELDS])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_kind_of_fact_has_a_name_without_technical_asides(field: str, language: str) -> None:
    kind = kind_of(f"{field}.x" if field in ("member", "query") else field, language)
    assert kind
    assert "(" not in kind


@pytest.mark.parametrize("field", ["from", "until", "days", "hours"])
def test_the_time_is_a_kind_too(field: str) -> None:
    assert (kind_of(field, "ja"), kind_of(field, "en")) == ("日付と時刻", "the date and the time")


def test_a_sensitive_attribute_is_told_to_nobody_and_a_visitor_learns_kinds_alone() -> None:
    site = good_site(SITE)
    rank = replace(site.facts.attributes["rank"], sensitive=True)
    site = replace(site, facts=replace(site.facts, attributes={**site.facts.attributes, "rank": rank}))
    occasion = site.engine.occasion(Visitor(member=Member("m1", {"rank": "ゴールド"})), NEW_YEAR)
    (one,) = reasons(site, occasion, ["greeting", "no such block"], "ja")
    assert told_to_visitor(one) == {"label": "greeting", "personalized": True, "because_of": ["会員の属性"]}
    (account,) = told_to_operator(one, site, occasion, "ja")["rules"]
    assert account["conditions"] == [
        {"field": "member.rank", "condition": "ゴールド", "value": True, "read": None, "origin": None},
    ]


# omo visitor


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory in which a visitor and a member have a history, and another visitor."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "hash-key").write_text(HASH_KEY)
    m1 = member_key("m1", HASH_KEY.encode())
    with closing(Database(folder / "visitors.sqlite", Keep(), wait=1)) as database, database.transaction() as writing:
        for key in (MINE, "another-0123456789", m1):
            views = tuple(Event("page_view", _now() - 100 + n, path="/running/a", tags=("靴",)) for n in range(3))
            writing.apply(Change(key, _now(), views, claims=(Claim("notice/2回だけのお知らせ", 2, 86_400),)))
        writing.write_record(m1, MemberRecord(None, {"rank": "ゴールド", "last_name": "佐藤"}), _now())
    return folder


def _now() -> int:
    return int(time.time())  # the commands read by the real clock


def run(action: str, identifier: str, data: Path, *flags: str) -> int:
    language = "ja" if action == "explain" else "en"
    return main(["visitor", action, identifier, "--data", str(data), "--rules", str(SITE), "--lang", language, *flags])


Capture: TypeAlias = pytest.CaptureFixture[str]


def test_export_prints_json_with_the_ids_of_rules(data: Path, capsys: Capture) -> None:
    assert run("export", MINE, data) == 0
    found = json.loads(capsys.readouterr().out)
    assert [view["path"] for view in found["visitor"]["views"]] == ["/running/a"] * 3
    assert [one["rule"] for one in found["visitor"]["shown"]] == ["notice/2回だけのお知らせ"]
    assert (found["member"], found["record"]) == (None, None)


def test_an_id_is_looked_up_as_a_members_too_unless_it_is_said_what_it_is(data: Path, capsys: Capture) -> None:
    assert run("export", "m1", data) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["record"] == {"consent": None, "attributes": {"rank": "ゴールド", "last_name": "佐藤"}}
    assert run("export", "m1", data, "--visitor") == 1
    assert run("export", MINE, data, "--member") == 1
    assert capsys.readouterr().out == f"nothing is stored of m1\nnothing is stored of {MINE}\n"


def test_erase_says_what_it_erased_and_leaves_no_byte_of_it_and_all_of_others(data: Path, capsys: Capture) -> None:
    assert run("erase", "m1", data) == 0
    assert (
        capsys.readouterr().out == "erased m1: member's profile, member's record\nno byte of it is left in the store\n"
    )
    assert not [path for path in data.iterdir() if "佐藤".encode() in path.read_bytes()]
    assert run("erase", "m1", data) == 1
    with closing(Database(data / "visitors.sqlite", Keep(), wait=1)) as database:
        assert stored(Whom(MINE), database, _now())


def test_erase_answers_in_the_language_that_is_asked_for_or_of_the_rules(data: Path, capsys: Capture) -> None:
    assert run("erase", MINE, data, "--lang", "ja") == 0
    assert capsys.readouterr().out == f"{MINE} を消しました: 訪問者の記録\n保存先には1バイトも残っていません\n"
    assert main(["visitor", "erase", MINE, "--data", str(data), "--rules", str(SITE)]) == 1
    assert capsys.readouterr().out == f"{MINE} について保存しているものはありません\n"


def test_erase_says_that_a_reader_keeps_the_log_from_being_emptied(data: Path, capsys: Capture) -> None:
    with closing(Database(data / "visitors.sqlite", Keep(), wait=1)) as service:
        service._connection.execute("BEGIN")
        service.read(MINE, _now())
        assert run("erase", MINE, data) == 0
    assert capsys.readouterr().out.endswith("within a minute no byte of it is left\n")


def test_explain_tells_the_history_and_for_each_block_who_won(data: Path, capsys: Capture) -> None:
    assert run("explain", MINE, data, "--lang", "ja", "--page", "/x") == 0
    text = capsys.readouterr().out
    assert text.startswith(f"訪問者 {MINE}\n  訪問 1 回、記録 4 件\n")
    assert text.count("  閲覧 /running/a #靴\n") == 3
    assert "  表示 notice/2回だけのお知らせ\n" in text
    assert "\nhero\n? ランニングで検索した人\n" in text
    assert "→ 「ランニングを検討中」: " in text


def test_explain_of_a_member_uses_the_imported_attributes(data: Path, capsys: Capture) -> None:
    assert run("explain", "m1", data) == 0
    assert "→ 「ゴールド会員」: " in capsys.readouterr().out


def test_a_member_who_denies_is_explained_without_history(data: Path, capsys: Capture) -> None:
    with closing(Database(data / "visitors.sqlite", Keep(), wait=1)) as database, database.transaction() as writing:
        writing.write_record(member_key("m1", HASH_KEY.encode()), MemberRecord(frozenset()), _now())
    assert run("explain", "m1", data) == 0
    text = capsys.readouterr().out
    assert "会員が同意していないので、行動の記録は使われません\n" in text
    assert "→ どのルールにも当てはまらない(それ以外): 何も出さない\n" in text


def test_a_store_that_is_not_there_is_named_with_the_remedy(tmp_path: Path, capsys: Capture) -> None:
    assert run("export", MINE, tmp_path / "none") == 1
    wanted = f"omo: there is no store at {tmp_path}/none/visitors.sqlite; name the data directory with --data\n"
    assert capsys.readouterr().err == wanted
    assert not (tmp_path / "none").exists()


def test_a_missing_key_of_member_ids_is_named_and_not_made(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("OMO_STORE", f"sqlite:///{data}/visitors.sqlite")
    elsewhere = tmp_path / "elsewhere"
    assert run("export", "m1", elsewhere) == 1
    said = f"omo: data: the key of member ids is not in {elsewhere}/hash-key; name the data directory with --data, "
    assert capsys.readouterr().err == f"{said}or set OMO_HASH_KEY\n"
    assert run("export", MINE, elsewhere, "--visitor") == 0
    assert not elsewhere.exists()


def test_an_import_into_a_store_whose_key_is_not_there_is_refused(data: Path, tmp_path: Path, capsys: Capture) -> None:
    (data / "hash-key").unlink()
    (tmp_path / "members.csv").write_text("id\nm2\n")
    flags = ["--data", str(data), "--rules", str(SITE)]
    assert main(["import", "members", str(tmp_path / "members.csv"), *flags]) == 1
    assert f"the key of member ids is not in {data}/hash-key" in capsys.readouterr().err
    assert [path.name for path in data.iterdir()] == ["visitors.sqlite"]


def test_what_cannot_be_read_is_erased_all_the_same(data: Path, capsys: Capture) -> None:
    with closing(Database(data / "visitors.sqlite", Keep(), wait=1)) as database:
        for table in ("profile", "record"):
            database._connection.execute(f"UPDATE {table} SET data = x'ff'")
    assert run("export", "m1", data) == 1
    assert capsys.readouterr().err == "omo: a stored profile cannot be read\n"
    assert run("erase", "m1", data) == 0
    assert capsys.readouterr().out.startswith("erased m1: member's profile, member's record\n")
    assert run("erase", MINE, data) == 0
    with closing(sqlite3.connect(data / "visitors.sqlite")) as store:
        assert store.execute("SELECT id FROM profile").fetchall() == [(_place("another-0123456789")[0],)]
        assert store.execute("SELECT count(*) FROM record").fetchone() == (0,)


@pytest.mark.parametrize("consent", [frozenset(), frozenset({"measurement"})])
def test_erase_keeps_a_members_no_without_the_attributes(consent: frozenset[str], data: Path, capsys: Capture) -> None:
    m1 = member_key("m1", HASH_KEY.encode())
    with closing(Database(data / "visitors.sqlite", Keep(), wait=1)) as database:
        with database.transaction() as writing:
            writing.write_record(m1, MemberRecord(consent, {"last_name": "佐藤"}), _now())
        assert run("erase", "m1", data) == 0
        assert stored(Whom(None, m1), database, _now()) == Stored(record=MemberRecord(consent))
    out = capsys.readouterr().out
    assert out.startswith("erased m1: member's profile, member's record\nthe member's no is kept\n")
    assert not [path for path in data.iterdir() if "佐藤".encode() in path.read_bytes()]
    assert run("erase", "m1", data) == 0
    assert capsys.readouterr().out.startswith("erased m1: nothing more\nthe member's no is kept\n")


def test_nothing_at_all_is_nothing_and_a_mark_of_a_login_is_something() -> None:
    assert not Stored()
    assert Stored(Profile(owner=b"12345"))
