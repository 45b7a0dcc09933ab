"""What Search Console and the tools around it export, read alike: the formats as they come."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omotenashi.model.errors import EditorError, OmotenashiError
from omotenashi.search_console.exports import open_export, rows
from omotenashi.search_console.sums import Sums

URL = "https://shop.example/running/"
BULK = (
    "data_date,site_url,url,query,is_anonymized_query,country,search_type,device,impressions,clicks,sum_position\n"
    f"2026-10-01,sc-domain:shop.example,{URL},ランニング シューズ,false,jpn,WEB,MOBILE,50,7,120\n"
    f"2026-10-02,sc-domain:shop.example,{URL},ランニング シューズ,false,jpn,WEB,DESKTOP,20,3,40\n"
    f"2026-10-02,sc-domain:shop.example,{URL},,true,jpn,WEB,MOBILE,90,30,400\n"
)
BULK_LINES = [
    {"url": URL, "query": "ランニング シューズ", "is_anonymized_query": False, "clicks": "7"},
    {"url": URL, "query": "ランニング シューズ", "is_anonymized_query": False, "clicks": 3},
    {"url": URL, "query": None, "is_anonymized_query": True, "clicks": "30"},
]
KEYS = [[URL, "ランニング シューズ"], ["https://shop.example/running#top", "ランニング シューズ"], [URL, "(other)"]]
ANSWER = {
    "rows": [
        {"keys": keys, "clicks": clicks, "impressions": 50, "ctr": 0.1, "position": 2.5}
        for keys, clicks in zip(KEYS, (7.0, 3.0, 30.0), strict=True)
    ],
    "responseAggregationType": "byPage",
}
DATED = {
    "rows": [
        {"keys": ["2026-10-01", "jpn", query, "MOBILE", page], "clicks": clicks}
        for (page, query), clicks in zip(KEYS, (7, 3, 30), strict=True)
    ]
}
ADD_ON = (
    "ページ,クエリ,クリック数,表示回数,CTR,掲載順位\n"
    f"{URL},ランニング シューズ,10,70,14.29%,2.3\n"
    f"{URL},その他,30,90,33.3%,4\n"
)
TOP = f"上位のページ,上位のクエリ,クリック数,表示回数\n{URL},ランニング シューズ,10,70\n{URL},,30,90\n"
LOOKER = f"Landing Page,Query,Url Clicks,Impressions,URL CTR,Average Position\n{URL},ランニング シューズ,10,70,14%,2.3\n{URL},(other),30,9,1,1\n"
SHEETS = f"Query,Page,Clicks\nランニング シューズ,{URL},10\n(not provided),{URL},30\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bulk.csv", BULK.encode()),
        ("bulk.jsonl", "\n".join(map(json.dumps, BULK_LINES)).encode()),
        ("bulk.json", json.dumps(BULK_LINES, indent=2).encode()),
        ("api.json", json.dumps(ANSWER).encode()),
        ("api.json", json.dumps(ANSWER, indent=2, ensure_ascii=False).encode("utf-8-sig")),
        ("pages.json", json.dumps([{"rows": ANSWER["rows"][:1]}, {"rows": ANSWER["rows"][1:]}]).encode()),
        ("pages.jsonl", b"\n".join(json.dumps({"rows": [row]}).encode() for row in ANSWER["rows"])),
        ("rows.jsonl", b"\n".join(json.dumps(row).encode() for row in ANSWER["rows"])),
        ("dated.json", json.dumps(DATED).encode()),
        ("addon.csv", ADD_ON.encode("cp932")),
        ("addon.csv", ADD_ON.encode("utf-8-sig")),
        ("addon.tsv", ADD_ON.replace(",", "\t").encode()),
        ("addon", ADD_ON.replace("\n", "\r\n").encode()),
        ("top.csv", TOP.encode()),
        ("looker.csv", LOOKER.encode()),
        ("sheets.csv", SHEETS.encode()),
    ],
    ids=[
        *(
            "BigQuery CSV",
            "BigQuery JSON Lines",
            "a list",
            "API",
            "API, indented",
            "several answers",
            "answers by line",
        ),
        *(
            "rows by line",
            "date, country, device",
            "cp932",
            "BOM",
            "tabs",
            "CRLF, no ending",
            "top",
            "Looker",
            "Sheets",
        ),
    ],
)
def test_an_export_is_summed_and_its_anonymised_rows_are_counted(name: str, data: bytes, tmp_path: Path) -> None:
    sums = summed(tmp_path / name, data)
    assert [tuple(page) for page in sums.ranked()] == [("/running", [("ランニング シューズ", 10)], 0)]
    assert (sums.anonymous, sums.anonymous_clicks) == (1, 30)


@pytest.mark.parametrize(
    ("data", "lacking"),
    [
        ("上位のクエリ,クリック数,表示回数,CTR,掲載順位\n靴,10,70,14%,2\n", "page"),
        ("Top queries,Clicks,Impressions,CTR,Position\nshoes,10,70,14%,2\n", "page"),
        ("Top pages,Clicks,Impressions,CTR,Position\nhttps://shop.example/,10,70,14%,2\n", "query"),
        ("page,query\nhttps://shop.example/,靴\n", "clicks"),
        (json.dumps({"rows": [{"keys": ["靴"], "clicks": 1}]}), "page"),
        (json.dumps({"rows": [{"keys": [URL], "clicks": 1}]}), "query"),
        (json.dumps({"rows": [{"keys": [URL, "jpn"], "clicks": 1}, {"keys": [URL, "usa"], "clicks": 1}]}), "query"),
        ('{"query": "靴", "clicks": 1}\n', "page"),
    ],
)
def test_an_export_without_page_or_query_is_refused_and_the_needed_one_is_named(
    data: str, lacking: str, tmp_path: Path
) -> None:
    with pytest.raises(EditorError, match=f"without {lacking}; an export with both page and query is needed"):
        summed(tmp_path / "export", data.encode())


def test_the_archive_that_the_report_exports_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EditorError, match="a ZIP file or a workbook; an export with both page and query is needed"):
        summed(tmp_path / "Performance.zip", b"PK\x03\x04\x14\x00")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.text(alphabet='{}[]",:\n0a靴pagequeryclicksrows', max_size=200).map(str.encode),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["rows", "keys", "page", "query", "clicks", "url"]), inner, max_size=3
                )
            ),
            max_leaves=12,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_whatever_a_file_holds_there_is_an_answer_or_an_error_for_people(data: bytes, tmp_path: Path) -> None:
    with suppress(OmotenashiError):
        summed(tmp_path / "export.json", data)


def summed(path: Path, data: bytes) -> Sums:
    path.write_bytes(data)
    sums = Sums(frozenset(("shop.example",)))
    for row in rows(open_export(path)):
        with suppress(EditorError):
            sums.add(row)
    return sums


def test_after_a_line_that_is_no_csv_the_others_are_read(tmp_path: Path) -> None:
    lines = [
        "page,query,clicks",
        f'{URL},"靴, 白",1',
        f'{URL},"鞄 "a,2',
        f'{URL},"帽\n子",3',
        "",
        f"{URL},時計,4,x",
        f"{URL},傘,5",
    ]
    (tmp_path / "gsc.csv").write_text("\n".join(lines))
    found = list(rows(open_export(tmp_path / "gsc.csv")))
    assert [(row.line, row.query, row.clicks) for row in found if not row.problem] == [
        (2, "靴, 白", "1"),
        (4, "帽\n子", "3"),
        (8, "傘", "5"),
    ]
    assert [(row.line, row.problem.en.partition(":")[0]) for row in found if row.problem] == [
        (3, "a quote is not closed, or stands alone in a quoted cell"),
        (7, "4 cells under 3 columns"),
    ]


def test_lines_are_numbered_as_they_stand_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "gsc.csv").write_text(f'page,query,clicks\r\n\r\n{URL},"a\r\nb",1\r\n{URL},c,2\r\n', newline="")
    assert [row.line for row in rows(open_export(tmp_path / "gsc.csv"))] == [3, 5]
