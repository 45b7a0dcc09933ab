"""`omo import search-console` as an operator uses it: files, output and exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.cli import main

EXPORT = (
    "page,query,clicks\n"
    "https://shop.example/running/,ランニングシューズ,900\n"
    "https://shop.example/running/,靴,100\n"
    "https://shop.example/trail/,登山靴,4\n"
)
WRITTEN = "\ufefflanding,query,clicks\n/running,ランニングシューズ,900\n/running,靴,100\n/trail,登山靴,4\n"
RULES = """
blocks:
  hero:
    rules:
      - {name: ランニング, when: {keyword: {estimated: [ランニング], share: 90%}}, show: nothing}
    otherwise: original
tests:
  - {name: 推し量る, visitor: {medium: search, landing: /running/}, expect: {hero: ランニング}}
  - {name: 別のページ, visitor: {medium: search, landing: /trail/}, expect: {hero: otherwise}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C")
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "site.yaml").write_text("version: 1\nhosts: shop.example\n")
    (rules / "home.yaml").write_text(RULES)
    (tmp_path / "gsc.csv").write_text(EXPORT)
    return rules


def test_the_file_is_written_and_the_line_to_add_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "search-console", "gsc.csv"]) == 0
    assert (folder / "search-console.csv").read_text() == WRITTEN
    assert (folder / "search-console.csv").stat().st_mode & 0o777 == 0o644
    assert (folder / "site.yaml").read_text() == "version: 1\nhosts: shop.example\n"
    assert capsys.readouterr().out == (
        "3 rows read: 2 landing pages, 3 searches, 1,004 clicks\n"
        f"wrote {folder}/search-console.csv\n"
        "add this line to site.yaml: search_console: {file: search-console.csv}\n"
    )


def test_once_site_yaml_names_it_the_rules_hold(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "site.yaml").write_text("hosts: shop.example\nsearch_console: {file: gsc/searches.csv}\n")
    assert main(["check"]) == 1
    assert main(["import", "search-console", "gsc.csv"]) == 0
    assert (folder / "gsc" / "searches.csv").read_text() == WRITTEN
    assert main(["check"]) == 0
    assert main(["test"]) == 0
    assert "add this line" not in capsys.readouterr().out


def test_a_search_for_what_begins_with_a_sign_is_found_again(folder: Path) -> None:
    Path("gsc.csv").write_text("page,query,clicks\nhttps://shop.example/,@cosme ランキング,7\n")
    (folder / "site.yaml").write_text("hosts: shop.example\nsearch_console: {file: search-console.csv}\n")
    (folder / "home.yaml").write_text(
        RULES.replace("[ランニング]", '["@cosme"]').replace("/running/", "/").replace("/trail/", "/elsewhere")
    )
    assert main(["import", "search-console", "gsc.csv"]) == 0
    assert main(["check", "--strict"]) == 0
    assert main(["test"]) == 0


def test_explain_says_what_was_read_and_where_it_comes_from(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", "search-console", "gsc.csv"])
    with (folder / "site.yaml").open("a") as site:
        site.write("search_console: {file: search-console.csv}\n")
    capsys.readouterr()
    said = {
        "{medium: search, landing: /running/}": "landing /running: 90 % of 1,000 clicks match (an estimate by the landing page)",
        "{medium: search, landing: /trail}": "landing /trail: 0 % of 4 clicks match (an estimate by the landing page)",
        "{medium: search, landing: /x}": "the file of Search Console does not have the landing page",
        "{medium: social, landing: /running}": "the visit did not begin with a search",
        "{keyword: 登山靴, landing: /running}": "read: 登山靴 (stated)",
    }
    for visitor, words in said.items():
        assert main(["explain", "hero", "--visitor", visitor, "--lang", "en"]) == 0
        assert words in capsys.readouterr().out


def test_explain_says_that_the_searches_of_a_part_are_not_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "search-console.csv").write_text("landing,query,clicks\n/running,ランニング,20\n/running,(rest),80\n")
    (folder / "site.yaml").write_text("search_console: {file: search-console.csv}\n")
    assert main(["explain", "hero", "--visitor", "{medium: search, landing: /running}", "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "landing /running: 20 % of 100 clicks match, the searches of 80 % are not told" in said
    assert "the clicks whose searches the file does not tell could make the share or not" in said


def test_a_bad_row_is_told_with_its_line_and_the_others_count(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("gsc.csv").write_text(EXPORT + "https://shop.example/,靴,many\nnowhere,靴,1\nhttps://shop.example/,靴,5\n")
    assert main(["import", "search-console", "gsc.csv"]) == 1
    assert (folder / "search-console.csv").read_text() == (
        WRITTEN.replace("/trail,登山靴,4\n", "/,靴,5\n/trail,登山靴,4\n")
    )
    assert capsys.readouterr().out.startswith(
        "gsc.csv:5: clicks 'many' is no number\n"
        "gsc.csv:6: page 'nowhere' is not the address of a page\n"
        "6 rows read: 3 landing pages, 4 searches, 1,009 clicks\n"
        "left out: 2 rows that could not be read\n"
    )


def test_other_hosts_and_anonymised_queries_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("gsc.csv").write_text(EXPORT + "https://blog.example/,靴,7\nhttps://shop.example/,,30\n")
    assert main(["import", "search-console", "gsc.csv"]) == 0
    said = capsys.readouterr().out
    assert "left out: 1 row with anonymised queries (30 clicks)\n" in said
    assert "left out: 1 row of other hosts, blog.example (1); if they are the site's own, add them to hosts" in said
    assert (folder / "search-console.csv").read_text() == WRITTEN


@pytest.mark.parametrize(
    "data",
    [
        EXPORT.replace("\n", "\r").encode("cp932"),
        EXPORT.replace("\n", "\r").encode("utf-8-sig"),
        EXPORT.replace(",", "\t").replace("\n", "\r\n").encode("utf-16"),
        EXPORT.replace(",", ";").encode(),
        b"\xfe\xff" + EXPORT.replace(",", ";").replace("\n", "\r").encode("utf-16-be"),
    ],
    ids=["line ends of old Macs", "likewise with a mark", "Unicode text of Excel", "semicolons", "big-endian"],
)
def test_an_export_is_read_however_a_spreadsheet_saved_it(folder: Path, data: bytes) -> None:
    Path("gsc.csv").write_bytes(data)
    assert main(["import", "search-console", "gsc.csv"]) == 0
    assert (folder / "search-console.csv").read_text() == WRITTEN


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "gsc.csv: ファイルが空です"),
        (b"\xff\xfe", "gsc.csv: ファイルが空です"),
        (b"\xff\xfea", "gsc.csv: UTF-16 として読めません。UTF-8 で保存し直してください"),
        (b"page\n\x81\n\xff\n", "gsc.csv: utf-8(2 行目)でも cp932(2 行目)でもありません"),
        (b"page\n" + b"a" * 1_100_000, "gsc.csv: 2 行目が長すぎます(上限 1048576 バイト)"),
        (b"page," + b"a" * 132_000, "gsc.csv:1: 列の名前を読めません: 131,072 文字を超えるセルがあります"),
        (b'page,"query', 'gsc.csv:1: 列の名前を読めません: 引用符 " が閉じていないか'),
        (b"\npage,query,clicks\n", "gsc.csv: ページの列がありません"),
        (WRITTEN.encode(), "gsc.csv: 取り込んで作ったファイルです"),
        (WRITTEN.replace("\n", "\r").encode("utf-16"), "gsc.csv: 取り込んで作ったファイルです"),
    ],
    ids=[
        "empty",
        "a mark alone",
        "half UTF-16",
        "no text",
        "no lines",
        "cell",
        "quote",
        "blank line",
        "our own",
        "our own in UTF-16",
    ],
)
def test_a_file_that_cannot_be_imported_is_an_error_in_japanese(
    folder: Path, capsys: pytest.CaptureFixture[str], data: bytes, told: str
) -> None:
    Path("gsc.csv").write_bytes(data)
    assert main(["import", "search-console", "gsc.csv", "--lang", "ja"]) > 0
    assert capsys.readouterr().err.startswith(f"omo: {told}")
    assert not (folder / "search-console.csv").exists()


def test_bad_rows_are_told_in_the_language_of_the_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "site.yaml").write_text("version: 1\nhosts: shop.example\nlanguage: ja\n")
    rows = ("/,靴,x", "/,靴,", ",靴,1", "靴,靴,1", "/,靴,1,2", '/,"靴"靴,1', f"/,{'a' * 132_000},1")
    Path("gsc.csv").write_text(EXPORT + "\n".join(rows))
    assert main(["import", "search-console", "gsc.csv"]) == 1
    assert capsys.readouterr().out.splitlines()[:7] == [
        "gsc.csv:5: クリック数「x」は数ではありません",
        "gsc.csv:6: クリック数がありません",
        "gsc.csv:7: ページがありません",
        "gsc.csv:8: ページ「靴」はページのアドレスではありません",
        "gsc.csv:9: 3 列の表に 4 個のセルがあります",
        'gsc.csv:10: 引用符 " が閉じていないか、セルの途中にあります。セルの中の " は "" と書きます',
        "gsc.csv:11: 131,072 文字を超えるセルがあります",
    ]


@pytest.mark.usefixtures("folder")
def test_a_number_of_clicks_below_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "search-console", "gsc.csv", "--min-clicks", "-1", "--lang", "ja"]) == 2
    assert "--min-clicks に '-1' は書けません" in capsys.readouterr().err


def test_pages_with_few_clicks_are_left_out_on_demand(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "search-console", "gsc.csv", "--min-clicks", "5"]) == 0
    assert (folder / "search-console.csv").read_text() == WRITTEN.replace("/trail,登山靴,4\n", "")
    assert "left out: 1 landing page with fewer than 5 clicks\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text", ["keyword,show\n靴,original\n", "\nkeyword,show\n靴,original\n", '"landing,query,clicks\n', "landing\n"]
)
def test_another_table_is_not_overwritten(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "search-console.csv").write_text(text)
    assert main(["import", "search-console", "gsc.csv"]) == 2
    assert (folder / "search-console.csv").read_text() == text
    assert "search-console.csv is another table, which is left as it is" in capsys.readouterr().err


JAPANESE = "着地ページ,検索語,クリック数\r\n/old,トレイルランニング シューズ,1\r\n"


@pytest.mark.parametrize(
    "older",
    [
        b"landing,query,clicks\n/old,a,1\n",
        b"landing;query;clicks\n/old;a;1\n",
        b'"landing","query","clicks"\n"/old","a","1"\n',
        JAPANESE.encode("cp932"),
        JAPANESE.replace(",", "\t").encode("utf-16"),
        b"landing,query,clicks\n/old,a\x01,many\n\xff\n",
        b"\r\n",
        b"",
    ],
    ids=["as written", "semicolons", "quotes", "cp932", "UTF-16", "damaged", "blank", "empty"],
)
def test_an_older_file_is_replaced_however_a_spreadsheet_saved_it(folder: Path, older: bytes) -> None:
    (folder / "search-console.csv").write_bytes(older)
    assert main(["import", "search-console", "gsc.csv"]) == 0
    assert (folder / "search-console.csv").read_text() == WRITTEN


@pytest.mark.parametrize("out", ["other.csv", "rules/other.csv", "./rules/other.csv"])
def test_out_is_a_place_in_the_rules_folder(folder: Path, out: str) -> None:
    assert main(["import", "search-console", "gsc.csv", "--out", out]) == 0
    assert (folder / "other.csv").read_text() == WRITTEN


@pytest.mark.parametrize("out", ["../other.csv", "/tmp/other.csv", "home.yaml"])
def test_out_is_never_elsewhere_nor_a_file_of_rules(folder: Path, out: str) -> None:
    assert main(["import", "search-console", "gsc.csv", "--out", out]) == 2
    assert sorted(one.name for one in folder.iterdir()) == ["home.yaml", "site.yaml"]


def test_the_export_of_the_performance_report_is_refused_in_japanese(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("クエリ.csv").write_text("上位のクエリ,クリック数,表示回数,CTR,掲載順位\n靴,10,70,14%,2\n")
    assert main(["import", "search-console", "クエリ.csv", "--lang", "ja"]) == 2
    said = capsys.readouterr().err
    assert "クエリ.csv: ページの列がありません。ページとクエリの両方がある書き出しが要ります" in said
    assert not (folder / "search-console.csv").exists()


def test_nothing_is_written_where_nothing_is_left(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("gsc.csv").write_text("page,query,clicks\nhttps://blog.example/,靴,7\n")
    assert main(["import", "search-console", "gsc.csv"]) == 2
    assert "nothing is written. left out: 1 row of other hosts, blog.example (1)" in capsys.readouterr().err
    assert not (folder / "search-console.csv").exists()


def test_a_site_file_that_cannot_be_read_stops_the_import(folder: Path) -> None:
    (folder / "site.yaml").write_text("hosts: [shop.example\n")
    assert main(["import", "search-console", "gsc.csv"]) == 1
    assert not (folder / "search-console.csv").exists()
