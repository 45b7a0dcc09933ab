"""Files of events and members, read, refused line by line, and imported once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from omotenashi.model.errors import SettingsError, StoreUnavailable, UnreadableFile
from omotenashi.model.site_facts import Attribute
from omotenashi.model.views import View
from omotenashi.model.visitor import OrderLine
from omotenashi.profiles.database import Database
from omotenashi.profiles.import_events import EVENT_COLUMNS, EventWork
from omotenashi.profiles.import_members import MemberWork, member_columns
from omotenashi.profiles.import_tables import look_through
from omotenashi.profiles.importing import FileTarget, Import, Refusal
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.keys import member_key
from omotenashi.profiles.profile import Profile, knows_id, short_id
from omotenashi.profiles.store import MemberRecord

NOW = 1_764_990_000
"""2025-12-06T12:00:00+09:00."""
NOON = "2025-12-05T12:00:00+09:00"
AT = NOW - 86_400
VISITOR = "visitor-0000000001"
OTHER = "visitor-0000000002"
PLACES = {"渋谷店": (35.66, 139.7)}
SECRET = b"a-secret-of-the-tests"
TAROS = member_key("taro", SECRET)
CATEGORIES = frozenset({"personalization", "measurement"})
ATTRIBUTES = {
    "rank": Attribute("rank", "choice", ("一般", "ゴールド"), label="会員ランク"),
    "points": Attribute("points", "number"),
    "birthday": Attribute("birthday", "date"),
    "newsletter": Attribute("newsletter", "yes_no"),
    "interests": Attribute("interests", "list"),
    "pregnant": Attribute("pregnant", "yes_no", sensitive=True),
}
NOT_CSV = 'a quote is not closed, or stands alone in a quoted cell: a quote within a cell is written ""'


class Imported:
    """A store, and what came of importing files into it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.topics: frozenset[str] = frozenset()
        self.refused: list[Refusal] = []
        self.warnings: list[str] = []

    def file(self, content: str | bytes, name: str = "import.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def events(self, content: str | bytes, name: str = "import.csv", *, again: bool = False) -> Import:
        work = EventWork(SECRET, ZoneInfo("Asia/Tokyo"), self.topics, NOW, PLACES)
        running = Import(look_through(self.file(content, name)), "events", FileTarget(self.database), again=again)
        if not running.progress.finished:
            for batch in running.run(EVENT_COLUMNS, work, self.warnings.append):
                self.refused += batch.refused
        return running

    def members(self, content: str, name: str = "members.csv") -> Import:
        work = MemberWork(SECRET, ATTRIBUTES, CATEGORIES, wrong, NOW)
        running = Import(look_through(self.file(content, name)), "members", FileTarget(self.database))
        for batch in running.run(member_columns(ATTRIBUTES), work, self.warnings.append):
            self.refused += batch.refused
        return running

    def profile(self, key: str = VISITOR) -> Profile:
        profile = self.database.read(key, NOW)
        assert profile is not None
        return profile

    def reasons(self) -> list[str]:
        return [reason for _, reason in self.refused]


def wrong(texts: object) -> set[str]:
    """A stand-in for the types of site.yaml: the text `bad` is of no type."""
    assert isinstance(texts, dict)
    return {name for name, text in texts.items() if text == "bad"}


@pytest.fixture
def imported(tmp_path: Path) -> Iterator[Imported]:
    with closing(Database(tmp_path / "visitors.sqlite", Keep(), wait=1)) as database:
        yield Imported(database, tmp_path)


def line(**values: object) -> str:
    return json.dumps({"event": "page_view", "timestamp": NOON, "visitor_id": VISITOR, **values}) + "\n"


# forms of files


def test_all_columns_by_their_english_names(imported: Imported) -> None:
    imported.events(
        "event,timestamp,visitor_id,member_id,page,tags,item_id,item_category,price,quantity,value,currency,"
        "transaction_id,event_id\n"
        f"page_view,{NOON},{VISITOR},,/sale/,a;b,,,,,,,,e1\n"
        f"purchase,{NOON},{VISITOR},,/thanks,,shoe,Shoes,4900,2,9800,JPY,T1,e2\n"
    )
    assert imported.refused == []
    assert imported.warnings == []
    assert imported.profile().views == [View(AT, "/sale", ("a", "b"))]
    order = imported.profile().orders[0]
    assert (order.at, order.amount, order.transaction_id) == (AT, 9800, "T1")
    assert (order.lines[0].item, order.lines[0].category, order.lines[0].amount) == ("shoe", "shoes", 9800)
    assert knows_id(imported.profile().event_ids, short_id("e1"))


def test_all_columns_by_their_japanese_names_in_any_order_and_width(imported: Imported) -> None:
    imported.events(
        "ｲﾍﾞﾝﾄＩＤ,注文番号,通貨,金額,数量,価格,カテゴリ,商品ＩＤ,タグ,ページ,会員id,訪問者ID,日時,イベント\n"
        f"e1,T1,JPY,9800,2,4900,靴,shoe,,/thanks,taro,,{NOON},purchase\n"
    )
    assert imported.warnings == []
    assert imported.profile(TAROS).orders[0].lines[0].item == "shoe"


def test_chosen_places_are_imported(imported: Imported) -> None:
    imported.events(
        "イベント,日時,訪問者ID,都道府県,市区町村,場所\n"
        f"choose_place,2025-11-01,{VISITOR},大阪,堺市,\nchoose_place,2025-11-02,{OTHER},,,渋谷店\n"
        f"choose_place,2025-11-03,{OTHER},関東,,\n"
    )
    assert imported.refused == [(4, "the prefecture is none of Japan: write it as 東京都, Tokyo or JP-13")]
    chosen = imported.profile().chosen
    assert chosen is not None
    assert (chosen.prefecture, chosen.city) == ("JP-27", "堺市")
    other = imported.profile(OTHER).chosen
    assert other is not None
    assert other.location == (35.66, 139.7)


def test_the_item_may_be_called_shohin(imported: Imported) -> None:
    imported.events(f"イベント,日時,訪問者ID,商品\nview_item,{NOON},{VISITOR},shoe\n")
    assert imported.profile().views[0].items == ("shoe",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_utf_8_with_and_without_bom_and_cp932_with_commas_and_tabs(
    encoding: str, delimiter: str, imported: Imported
) -> None:
    text = f"イベント,日時,訪問者ID,ページ,タグ\r\npage_view,{NOON},{VISITOR},/表示,十勝、能登\r\n"
    imported.events(text.replace(",", delimiter).encode(encoding))
    assert imported.profile().views == [View(AT, "/表示", ("十勝", "能登"))]


def test_the_encoding_is_told_by_the_whole_file(imported: Imported) -> None:
    rows = "".join(f"page_view,{NOON},{VISITOR},/{number}\n" for number in range(3_000))
    imported.events(f"event,timestamp,visitor_id,page\n{rows}page_view,{NOON},{OTHER},/ソ\n".encode("cp932"))
    assert imported.profile(OTHER).views[0].path == "/ソ"


def test_a_text_of_neither_encoding_is_an_error_with_the_lines(imported: Imported) -> None:
    with pytest.raises(UnreadableFile, match=r"neither utf-8 \(line 2\) nor cp932 \(line 3\): save it as UTF-8"):
        imported.events(b"event\n\x83\x5c\n\x81\n")


def test_utf_16_is_an_error(imported: Imported) -> None:
    with pytest.raises(UnreadableFile, match="save it as UTF-8"):
        imported.events("event".encode("utf-16"))


def test_a_cell_may_have_quoted_line_breaks(imported: Imported) -> None:
    imported.events(
        f'event,timestamp,visitor_id,tags\npage_view,{NOON},{VISITOR},"a;\nb"\npage_view,,{VISITOR},"a\n\n"\n'
    )
    assert imported.profile().views[0].tags == ("a", "b")
    assert imported.refused == [(4, "the timestamp is missing")]


def test_a_flat_line_of_json(imported: Imported) -> None:
    imported.events(line(page="/a", tags=["x"], event_id=7) + "\n" + line(イベント="search"), "events.jsonl")
    assert imported.profile().views == [View(AT, "/a", ("x",))]
    assert [deed.event for deed in imported.profile().deeds] == ["search"]


def test_a_line_of_json_as_the_body_of_an_event_request(imported: Imported) -> None:
    items = [{"item_id": "a", "price": 100, "quantity": 2}, {"item_id": 5}]
    one = {"event": "purchase", "timestamp": NOON, "visitor": {"id": VISITOR}, "items": items, "transaction_id": 9}
    many = {
        "member": {"id": 17, "rank": "一般"},
        "page": {"url": "https://shop.example/a?x=1", "tags": ["t"]},
        "events": [{"event": "page_view", "timestamp": NOON}, {"event": "search", "timestamp": 1_764_900_000}],
    }
    imported.warnings.clear()
    imported.events(json.dumps(one) + "\n" + json.dumps(many) + "\n", "events.jsonl")
    assert imported.refused == []
    assert [order.item for order in imported.profile().orders[0].lines] == ["a", "5"]
    assert imported.profile(member_key("17", SECRET)).views == [View(AT, "/a", ("t",))]


def test_the_form_is_told_by_the_ending_or_by_the_caller(imported: Imported) -> None:
    assert look_through(imported.file("x", "a.tsv")).form == "csv"
    assert look_through(imported.file("x", "a.NDJSON")).form == "jsonl"
    assert look_through(imported.file("x", "a.data"), "jsonl").form == "jsonl"
    with pytest.raises(SettingsError, match="its name tells no form: add --format csv or --format jsonl"):
        look_through(imported.file("x", "a.data"))


def test_an_empty_file_is_an_error(imported: Imported) -> None:
    with pytest.raises(UnreadableFile, match="the file is empty"):
        imported.events("")


def test_a_line_without_end_is_an_error(imported: Imported) -> None:
    with pytest.raises(UnreadableFile, match="line 2 has more than 1048576 bytes"):
        imported.events("event\n" + "x" * 1_048_577)


# columns


def test_missing_columns_are_named_in_both_languages(imported: Imported) -> None:
    with pytest.raises(SettingsError) as error:
        imported.events("event,page\n")
    assert str(error.value).endswith(
        ":1: there is no column timestamp (日時) and visitor_id (訪問者ID) or member_id (会員ID)"
    )


def test_an_unknown_column_is_left_out_with_a_suggestion(imported: Imported) -> None:
    imported.events(f"event,timestamp,visitor_id,pge,備考,\npage_view,{NOON},{VISITOR},/a,b,\n")
    assert imported.warnings == [
        "column 'pge' is left out: it is not known; did you mean page?",
        "column '備考' is left out: it is not known",
    ]
    assert imported.profile().views == [View(AT)]


def test_an_unknown_name_in_json_is_warned_of_once(imported: Imported) -> None:
    imported.events(line(pages="/a") * 3, "events.jsonl")
    assert imported.warnings == ["column 'pages' is left out: it is not known; did you mean page?"]


def test_two_columns_of_one_meaning_are_an_error(imported: Imported) -> None:
    with pytest.raises(SettingsError, match="two columns mean event"):
        imported.events("event,timestamp,visitor_id,イベント\n")


# times, numbers, keys


@pytest.mark.parametrize(
    "timestamp",
    [
        "2025-12-05T03:00:00Z",
        "2025-12-05T12:00:00",
        "2025-12-05 12:00:00.5",
        "2025-12-05 12:00",
        "2025/12/05 12:00",
        "2025/12/5 12:00:00",
        "２０２５/１２/０５　１２:００",
        "1764903600",
        "1764903600.5",
        1_764_903_600,
        1_764_903_600.25,
    ],
)
def test_times_of_rfc_3339_of_excel_and_of_unix(timestamp: str | float, imported: Imported) -> None:
    imported.events(line(timestamp=timestamp), "events.jsonl")
    assert imported.refused == []
    assert imported.profile().views[0].at == AT


def test_a_date_alone_is_its_midnight_in_the_time_zone_of_the_site(imported: Imported) -> None:
    imported.events(line(timestamp="2025/12/5") + line(timestamp="2025-12-05"), "events.jsonl")
    assert [view.at for view in imported.profile().views] == [AT - 12 * 3600] * 2


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"timestamp": ""}, "the timestamp is missing"),
        ({"timestamp": None}, "the timestamp is missing"),
        ({"timestamp": "昨日"}, "the timestamp is not of the form 2026-12-24T18:30:00+09:00"),
        ({"timestamp": "2025/2/30"}, "the timestamp is not of the form 2026-12-24T18:30:00+09:00"),
        ({"timestamp": "2025/12/06 12:01:01"}, "the timestamp is in the future"),
        ({"event": ""}, "an event needs a name, such as page_view"),
        ({"event": "page view"}, "an event name is made of 1 to 40 letters, digits and underscores"),
        ({"visitor_id": ""}, "visitor_id and member_id are missing"),
        ({"visitor_id": "short"}, "the visitor_id is not made of 16 to 64 letters, digits, - and _"),
        ({"price": "たくさん"}, "price is not a number"),
        ({"quantity": "1,00"}, "quantity is not a number"),
        ({"value": "nan"}, "value is not a number"),
        ({"value": 1e13}, "value is beyond 1000000000000"),
        ({"member_id": ["a"]}, "Expected `int | str | null`, got `array` - at `$.member_id`"),
        ({"events": [{"event": "search"}]}, "the timestamp is missing"),
    ],
)
def test_what_is_wrong_in_a_line_is_refused_with_the_reason(
    values: dict[str, object], reason: str, imported: Imported
) -> None:
    imported.events(line(visitor_id=OTHER) + line(**values), "events.jsonl")
    assert imported.refused == [(2, reason)]
    assert imported.database.read(VISITOR, NOW) is None


def test_lines_that_are_no_json_objects_are_refused(imported: Imported) -> None:
    imported.events(f"[1]\n{{broken\n\n  \n{line()}", "events.jsonl")
    assert imported.refused == [
        (1, "this is not a JSON object"),
        (2, "this is not JSON: JSON is malformed: object keys must be strings (byte 1)"),
    ]
    assert len(imported.profile().views) == 1


def test_a_broken_quote_costs_its_own_line_only(imported: Imported) -> None:
    good = f"page_view,{NOON},{VISITOR},/a\n"
    imported.events(
        f'event,timestamp,visitor_id,page\n{good}"page_view,{NOON},{VISITOR},/b\n{good}'
        f'page_view,{NOON},{VISITOR},"c"d\n{good}x,y,z,/a,b,c\n{good}page_view,{NOON},{VISITOR},"/e\n'
    )
    assert imported.refused == [(3, NOT_CSV), (5, NOT_CSV), (7, "6 cells under 4 columns"), (9, NOT_CSV)]
    assert [view.path for view in imported.profile().views] == ["/a"] * 4


def test_numbers_may_be_grouped_and_full_width(imported: Imported) -> None:
    imported.events(
        f"event,timestamp,visitor_id,価格,数量\n"
        f'purchase,{NOON},{VISITOR},"12,800",２\npurchase,{NOON},{VISITOR},"1,234,567.5",\n'
    )
    assert sorted(order.amount for order in imported.profile().orders) == [25_600, 1_234_567.5]


def test_a_line_with_both_ids_is_the_members(imported: Imported) -> None:
    imported.events(line(member_id="taro"), "events.jsonl")
    assert len(imported.profile(TAROS).views) == 1
    assert imported.database.read(VISITOR, NOW) is None


def test_events_of_a_member_who_denies_personalization_are_refused(imported: Imported) -> None:
    imported.members("会員ID,同意\ntaro,measurement\nhanako,\n")
    imported.events(line() + line(member_id="taro") + line(member_id="hanako") + line(member_id="taro"), "e.jsonl")
    assert imported.refused == [(number, "the member does not allow personalization") for number in (2, 4)]
    assert imported.database.read(TAROS, NOW) is None


def test_sensitive_topics_are_not_remembered_but_what_the_order_amounts_to(imported: Imported) -> None:
    imported.topics = frozenset({"妊娠"})
    rows = [f"purchase,{NOON},{VISITOR},T1,{item},{tag},100\n" for item, tag in (("a", "妊娠"), ("b", "靴"))]
    imported.events("event,timestamp,visitor_id,transaction_id,item_id,カテゴリ,price\n" + "".join(rows))
    assert imported.refused == []
    (order,) = imported.profile().orders
    assert (order.amount, order.lines) == (200, ())


# orders over several lines

ORDER = "イベント,日時,訪問者ID,注文番号,商品ID,価格,数量,金額\n"


def test_lines_of_one_order_that_follow_each_other_are_one_purchase(imported: Imported) -> None:
    rows = [f"purchase,{NOON},{VISITOR},T1,{item},100,1,300\n" for item in "abc"]
    assert imported.events(ORDER + "".join(rows)).progress.accepted == 3
    (order,) = imported.profile().orders
    assert (order.amount, [line.item for line in order.lines]) == (300, ["a", "b", "c"])


def test_a_line_that_states_another_value_for_the_order_is_refused(imported: Imported) -> None:
    imported.events(ORDER + "".join(f"purchase,{NOON},{VISITOR},T1,a,{p},1,{p}\n" for p in (100, 200)))
    assert imported.refused == [(3, "value is not that of the order's first line: it is the whole order's")]


def test_an_order_of_more_than_100_lines_is_cut(imported: Imported) -> None:
    imported.events(ORDER + "".join(f"purchase,{NOON},{VISITOR},T1,i{n},1,1,\n" for n in range(102)))
    assert imported.refused == [(number, "the order has more than 100 lines") for number in (102, 103)]


def test_an_order_is_not_torn_apart_between_two_batches(imported: Imported) -> None:
    views = f"page_view,{NOON},{VISITOR},,,,,\n" * 499
    imported.events(ORDER + views + "".join(f"purchase,{NOON},{VISITOR},T1,{item},1,1,\n" for item in "abc"))
    assert len(imported.profile().orders[0].lines) == 3


def test_a_line_whose_order_came_without_it_is_refused_also_in_a_later_file(imported: Imported) -> None:
    row = f"purchase,{NOON},{VISITOR},{{}},{{}},1000,1,\n"
    imported.events(ORDER + row.format("T1", "a") + row.format("T2", "x") + row.format("T1", "b"))
    later = imported.events(ORDER + row.format("T2", "x") + row.format("T1", "c"), "later.csv")
    assert imported.refused == [
        (3, "order T1 came already and says something else: its lines have to follow each other and have the same time")
    ]
    assert (later.progress.accepted, later.progress.refused) == (1, 1)
    assert [(order.transaction_id, order.amount) for order in imported.profile().orders] == [("T1", 2000), ("T2", 1000)]


def test_a_repeated_order_is_known_again_without_what_is_sensitive(imported: Imported) -> None:
    imported.topics = frozenset({"妊娠"})
    order = line(event="purchase", transaction_id="T1", items=[{"item_id": "a", "item_category": "妊娠", "price": 5}])
    imported.events(order, "events.jsonl")
    imported.events(order, "events.jsonl", again=True)
    assert imported.refused == []


def test_an_order_that_is_repeated_as_a_whole_counts_once(imported: Imported) -> None:
    order = line(event="purchase", transaction_id="T1", items=[{"item_id": "a", "price": 5}])
    flat = line(event="purchase", transaction_id="T2", item_id="a", price=5, event_id="e1")
    imported.events(order * 2 + flat * 2, "events.jsonl")
    assert [order.lines for order in imported.profile().orders] == [(OrderLine("a", "", 5, 1),)] * 2


# members


def test_members_with_consent_and_attributes_by_name_and_label(imported: Imported) -> None:
    imported.members(
        "会員ID,同意,会員ランク,points,birthday,interests\n"
        'taro,"personalization,measurement",ゴールド,"1,200",1990/4/1,走る、山\n'
    )
    assert imported.warnings == []
    attributes = {"rank": "ゴールド", "points": "1,200", "birthday": "1990-04-01", "interests": "走る、山"}
    assert imported.database.read_record(TAROS) == MemberRecord(CATEGORIES, attributes)


@pytest.mark.parametrize(
    ("stated", "consent"),
    [
        ("personalization", {"personalization"}),
        ("Personalization、 measurement", CATEGORIES),
        (["personalization"], {"personalization"}),
        ("はい", CATEGORIES),
        ("YES", CATEGORIES),
        (True, CATEGORIES),
        ("denied", set()),
        ("いいえ", set()),
        ("no", set()),
        (False, set()),
        ([], set()),
        ("", None),
        (None, None),
    ],
)
def test_consent_is_a_list_a_yes_or_a_no(stated: object, consent: set[str] | None, imported: Imported) -> None:
    imported.members(json.dumps({"id": "taro", "consent": stated}), "members.jsonl")
    record = imported.database.read_record(TAROS)
    assert record is not None
    assert record.consent == consent


def test_other_consent_is_refused(imported: Imported) -> None:
    imported.members("id,consent\ntaro,たぶん\n")
    assert imported.refused == [
        (2, "consent is neither はい, いいえ, yes, no, denied nor of measurement, personalization")
    ]
    assert imported.database.read_record(TAROS) is None


def test_a_value_of_another_type_refuses_the_line(imported: Imported) -> None:
    imported.members("id,points,会員ランク,birthday\n,,,\ntaro,bad,bad,bad\nhanako,5,一般,\n")
    assert imported.refused == [
        (3, "points is not a number; rank is none of 一般, ゴールド; birthday is not a date such as 1990-04-01"),
    ]
    assert imported.database.read_record(TAROS) is None


def test_a_line_without_a_member_is_refused(imported: Imported) -> None:
    imported.members("id,points\n,5\n")
    assert imported.refused == [(2, "id is missing")]


def test_values_of_json_are_kept_as_texts(imported: Imported) -> None:
    imported.members(
        json.dumps({"id": "taro", "points": 1200, "newsletter": True, "interests": ["走る", "山"], "birthday": None}),
        "members.jsonl",
    )
    record = imported.database.read_record(TAROS)
    assert record == MemberRecord(None, {"points": "1200", "newsletter": "yes", "interests": "走る、山"})


def test_a_sensitive_attribute_is_never_stored(imported: Imported) -> None:
    imported.members("id,pregnant,points\ntaro,yes,5\n")
    assert imported.warnings == ["column 'pregnant' is left out: it is sensitive and never stored"]
    assert imported.database.read_record(TAROS) == MemberRecord(None, {"points": "5"})


def test_a_later_file_changes_only_what_it_speaks_of(imported: Imported) -> None:
    imported.members("id,consent,points,rank\ntaro,denied,5,一般\n")
    imported.members("id,consent,points\ntaro,,\n", "later.csv")
    assert imported.database.read_record(TAROS) == MemberRecord(frozenset(), {"rank": "一般"})


# once


def test_a_finished_file_is_known_again_under_any_name(imported: Imported) -> None:
    first = imported.events(line() * 3, "events.jsonl")
    second = imported.events(line() * 3, "copy.jsonl")
    assert first.progress.accepted == second.progress.accepted == 3
    assert second.progress.finished
    assert len(imported.profile().views) == 3


def test_a_finished_file_is_imported_again_where_asked(imported: Imported) -> None:
    content = line() + line(event_id="e1")
    imported.events(content, "events.jsonl")
    assert imported.events(content, "events.jsonl", again=True).progress.accepted == 2
    assert len(imported.profile().views) == 3


def test_a_changed_file_is_a_new_import(imported: Imported) -> None:
    imported.events(line(), "events.jsonl")
    imported.events(line() * 2, "events.jsonl")
    assert len(imported.profile().views) == 3


def test_an_import_goes_on_after_the_last_batch_also_where_it_is_asked_for_again(imported: Imported) -> None:
    rows = f'page_view,{NOON},{VISITOR},"\n"\n' * 150 + f"page_view,x,{OTHER},\n" + f"search,{NOON},{OTHER},\n" * 900
    path = imported.file("event,timestamp,visitor_id,タグ\n" + rows)
    work = EventWork(SECRET, ZoneInfo("Asia/Tokyo"), frozenset(), NOW)
    stopped = Import(look_through(path), "events", FileTarget(imported.database))
    first = next(iter(stopped.run(EVENT_COLUMNS, work, imported.warnings.append)))
    assert (first.progress.lines, first.progress.accepted) == (1 + 300 + 1 + 349, 499)
    assert first.refused == [(302, "the timestamp is not of the form 2026-12-24T18:30:00+09:00")]
    finished = imported.events(path.read_bytes(), again=True)
    assert (finished.progress.accepted, finished.progress.refused, imported.refused) == (1050, 1, [])
    assert len(imported.profile().views) == 150


def test_two_imports_of_one_file_at_once_do_not_double_it(imported: Imported) -> None:
    path = imported.file(line() * 600, "events.jsonl")
    work = EventWork(SECRET, ZoneInfo("Asia/Tokyo"), frozenset(), NOW)
    first, second = (Import(look_through(path), "events", FileTarget(imported.database)) for _ in range(2))
    next(iter(first.run(EVENT_COLUMNS, work, imported.warnings.append)))
    with pytest.raises(StoreUnavailable, match=r"events\.jsonl is being imported by another process, too"):
        list(second.run(EVENT_COLUMNS, work, imported.warnings.append))
    assert imported.events(path.read_bytes(), "events.jsonl").progress.accepted == 600


def test_a_stored_profile_that_cannot_be_read_refuses_its_own_lines_only(imported: Imported) -> None:
    imported.events(line(page="/first"), "events.jsonl")
    with closing(sqlite3.connect(imported.database.path)) as connection, connection:
        connection.execute("UPDATE profile SET data = x'ff'")
    imported.events(line() + line(visitor_id=OTHER), "events.jsonl")
    assert imported.refused == [(1, "a stored profile cannot be read")]
    assert len(imported.profile(OTHER).views) == 1


def test_events_older_than_they_are_kept_are_counted(imported: Imported) -> None:
    imported.events(line(timestamp="2019-01-01") + line(), "events.jsonl")
    assert (imported.refused, running_old(imported)) == ([], 1)


def running_old(imported: Imported) -> int:
    """What a finished import says when it is looked at again."""
    return Import(look_through(imported.folder / "events.jsonl"), "events", FileTarget(imported.database)).progress.old
