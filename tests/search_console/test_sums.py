"""Rows to sums: by landing page as conditions compare it, and by search as words are matched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omotenashi.language.beside import Beside
from omotenashi.language.nodes import MapNode, text_at
from omotenashi.language.read_search_console import read_search_console
from omotenashi.language.report import Report
from omotenashi.language.table_text import decode_table
from omotenashi.model.errors import EditorError, Position
from omotenashi.model.landings import Landings
from omotenashi.model.text import fold, widths
from omotenashi.search_console.columns import Row
from omotenashi.search_console.sums import MOST_QUERIES, Ranked, Sums
from omotenashi.search_console.write import file_text

NOWHERE = Position("site.yaml", 1, 1, 2)


def sums_of(*rows: tuple[object, object, object], hosts: frozenset[str] = frozenset(("shop.example",))) -> Sums:
    sums = Sums(hosts)
    for page, query, clicks in rows:
        sums.add(Row(1, page, query, clicks))
    return sums


def one(sums: Sums) -> Ranked:
    (page,) = sums.ranked()
    return page


def landings_of(text: str) -> Landings:
    """What a site reads of the file that is written."""
    report = Report()
    node = MapNode(((text_at("file", NOWHERE), text_at("s.csv", NOWHERE)),), NOWHERE)
    decoded = decode_table("s.csv", text.encode(), report)
    assert decoded is not None
    _, landings = read_search_console(node, Beside({"s.csv": decoded}), report)
    assert landings is not None, report.diagnostics
    return landings


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/running/",
        "https://shop.example/running/index.html",
        "https://shop.example/running?utm_source=a",
        "https://shop.example/running/#:~:text=靴",
        "http://SHOP.example:443/running",
        "/running/",
        "shop.example/running",
    ],
)
def test_spellings_of_a_page_are_one_landing_page(url: str) -> None:
    assert one(sums_of((url, "靴", 2), ("https://shop.example/running", "靴", 3))) == ("/running", [("靴", 5)], 0)


def test_encoded_paths_are_decoded() -> None:
    assert one(sums_of(("https://shop.example/%E9%9D%B4", "靴", 2))).path == "/靴"


def test_spellings_of_a_search_are_one_and_the_most_clicked_is_written() -> None:
    page = one(
        sums_of(("/", "らんにんぐ", 1), ("/", "ランニング", 3), ("/", "ﾗﾝﾆﾝｸﾞ  靴", 2), ("/", "ランニング 靴", 2))
    )
    assert page.queries == [("ランニング", 4), ("ランニング 靴", 4)]


def test_pages_of_other_hosts_are_left_out_and_counted_by_host() -> None:
    sums = sums_of(
        ("https://shop.example/", "靴", 1), ("https://blog.example/a", "靴", 9), ("https://blog.example/b", "靴", 9)
    )
    assert one(sums).clicks == 1
    assert sums.elsewhere == {"blog.example": 2}


@pytest.mark.parametrize(("own", "page"), [("shop.example", "www.shop.example"), ("www.shop.example", "shop.example")])
def test_own_hosts_count_with_and_without_www_as_in_referrers(own: str, page: str) -> None:
    assert one(sums_of((f"https://{page}/a", "靴", 1), hosts=frozenset((own,)))).path == "/a"


def test_without_hosts_all_are_the_sites_own() -> None:
    sums = sums_of(("https://a.example/", "靴", 1), ("https://b.example/", "靴", 1), hosts=frozenset())
    assert one(sums).clicks == 2
    assert sums.hosts == {"a.example": 1, "b.example": 1}


@pytest.mark.parametrize("query", ["", None, "(other)", "（その他）", "その他", "(not provided)", " "])
def test_what_search_console_does_not_tell_is_dropped_and_counted(query: object) -> None:
    sums = sums_of(("/", query, 4))
    assert (list(sums.ranked()), sums.anonymous, sums.anonymous_clicks) == ([], 1, 4)


def test_searches_are_told_up_to_95_per_cent_of_the_clicks() -> None:
    page = one(sums_of(("/", "a", 90), ("/", "b", 5), ("/", "c", 3), ("/", "d", 2)))
    assert (page.queries, page.rest, page.clicks) == ([("a", 90), ("b", 5)], 5, 100)


def test_a_page_tells_no_more_than_so_many_searches() -> None:
    page = one(sums_of(*(("/", f"word{number}", 1) for number in range(6000))))
    assert (len(page.queries), page.rest) == (MOST_QUERIES, 6000 - MOST_QUERIES)


def test_pages_tell_fewer_searches_where_all_have_no_room_otherwise() -> None:
    searches = [(f"w{number}", 1) for number in range(1001)]
    pages = [Ranked(f"/{number}", searches, 0) for number in range(199)]
    assert file_text(pages)[1] == 199
    text, held = file_text([*pages, Ranked("/last", searches, 0)])
    assert (held, text.count("/last,"), "/last,(rest),801\n" in text) == (200, 201, True)


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ('=HYPERLINK("x")', '"\'=hyperlink(""x"")"'),
        ("=1", "'=1"),
        ("＝1", "'=1"),
        (" +81 3", "'+81 3"),
        ("-", "'-"),
        ("@cosme ランキング", "'@cosme ランキング"),
        ("'=1", "''=1"),
        ("'80s", "'80s"),
        ("c++", "c++"),
    ],
)
def test_spreadsheets_run_no_search_and_it_stays_as_it_was_searched_for(query: str, line: str) -> None:
    text, _ = file_text([one(sums_of(("/", query, 1)))])
    assert text.splitlines()[1] == f"/,{line},1"
    assert landings_of(text)["/"].queries == ((widths(query), 1),)


@pytest.mark.parametrize(
    ("clicks", "number"),
    [(3, 3), (3.0, 3), ("3", 3), ("1,234", 1234), ("12.0", 12)],
    ids=["int", "float", "text", "comma", "point"],
)
def test_clicks_are_read_as_exports_write_them(clicks: object, number: int) -> None:
    assert one(sums_of(("/", "靴", clicks))).clicks == number


@pytest.mark.parametrize("clicks", [None, "", "many", -1, "-1", 1.5, True, "nan", "inf", [], float("nan")])
def test_clicks_that_are_no_number_are_refused(clicks: object) -> None:
    with pytest.raises(EditorError):
        sums_of(("/", "靴", clicks))


@pytest.mark.parametrize("page", [None, "", "running shoes", 7, [], "running", "/a%0Ab", "/\x00"])
def test_what_is_no_address_of_a_page_is_refused(page: object) -> None:
    with pytest.raises(EditorError):
        sums_of((page, "靴", 1))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["/", "/a", "/b,c", '/"q"', "/靴"]),
            st.text(max_size=12) | st.text("'=@- a", max_size=5),
            st.integers(0, 50),
        ),
        max_size=30,
    )
)
def test_what_is_written_is_read_again_and_no_click_is_lost(rows: list[tuple[str, str, int]]) -> None:
    sums = sums_of(*rows)
    pages = list(sums.ranked())
    text, held = file_text(pages)
    assert held == len(pages)
    if not pages:
        return
    landings = landings_of(text)
    assert {path: landing.clicks for path, landing in landings.items()} == {page.path: page.clicks for page in pages}
    assert sum(page.clicks for page in pages) + sums.anonymous_clicks == sum(clicks for _, _, clicks in rows)
    for page in pages:
        assert {fold(query): clicks for query, clicks in landings[page.path].queries} == {
            fold(query): clicks for query, clicks in page.queries
        }
