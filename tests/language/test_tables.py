"""Tables of rules and lists of holidays: what spreadsheets save is read, mistakes are found in their cells."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from tests.conftest import good_site

from omotenashi.language.printer import Voice
from omotenashi.language.syntax import RuleSpec
from omotenashi.signals.gather import SignalTools
from omotenashi.site import load
from omotenashi.verify import run_tests

CASES = Path(__file__).parents[1] / "cases"
BAD = sorted(folder for folder in (CASES / "tables").iterdir() if folder.is_dir())
HOME = """contents:
  running: {html: <p>走</p>}
blocks:
  hero:
    rules: {table: keywords.csv}
    otherwise: original
"""
HEADINGS = "キーワード,都道府県,表示,開始,終了\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(CASES / "site.yaml", tmp_path / "site.yaml")
    shutil.copy(CASES / "baby.yaml", tmp_path / "baby.yaml")
    (tmp_path / "home.yaml").write_text(HOME)
    return tmp_path


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_a_bad_table_gets_its_one_error_at_the_right_cell(case: Path, folder: Path) -> None:
    shutil.copytree(case, folder, dirs_exist_ok=True)
    if (case / "site.yaml").exists():
        (folder / "baby.yaml").unlink()
    errors = [one for one in load(folder).diagnostics if one.level == "error"]
    found = [f"{one.code} {one.position.file} {one.position.line}:{one.position.column}" for one in errors]
    assert found == (case / "expected").read_text().splitlines()


def _rules(folder: Path, table: str | bytes) -> list[RuleSpec]:
    (folder / "keywords.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    loaded = load(folder)
    assert loaded.site is not None, loaded.diagnostics
    return list(next(block for block in loaded.folder.blocks if block.name == "hero").rules)


def _names(folder: Path, table: str | bytes) -> list[str]:
    return [rule.name for rule in _rules(folder, table)]


def _passes(folder: Path, tests: str) -> None:
    (folder / "tests.yaml").write_text(f"tests:\n{tests}")
    results = [one for one in run_tests(good_site(folder), SignalTools(), time.time()) if "行" in one.test.name]
    assert results
    assert [one.test.name for one in results if one.failures] == []


# Meaning


def test_rows_are_rules_from_top_to_bottom(folder: Path) -> None:
    table = HEADINGS + (
        '"ランニング、ジョギング",東京,running,2026/12/1,2026/12/25\r\n'
        "大会 申込,,<p>大会</p>,2026/12/01 10:00:00,\r\n"
        '"マラソン\r\n駅伝","大阪;兵庫",出さない,,\r\n'
        ",,もとのまま,,\r\n"
    )
    assert _names(folder, table) == [
        "ランニング、ジョギング + 東京",
        "大会 申込",
        "マラソン、駅伝 + 大阪、兵庫",
        "条件なし",
    ]
    _passes(
        folder,
        """
  - name: 1行目、どちらの語でも
    visitor: {keyword: ジョギング 靴, prefecture: 東京都}
    at: 2026-12-25 23:59
    expect: {hero: {rule: ランニング、ジョギング + 東京, contains: 走}}
  - name: 1行目は期間のあとは出ない
    visitor: {keyword: ジョギング, prefecture: 東京都}
    at: 2026-12-26 00:00
    expect: {hero: 条件なし}
  - name: 2行目は両方の語がある人だけ
    visitor: {keyword: 大会に申込}
    at: 2026-12-01 10:00
    expect: {hero: 大会 申込}
  - name: 2行目は10時より前には出ない
    visitor: {keyword: 大会に申込}
    at: 2026-12-01 09:59
    expect: {hero: original}
  - name: 3行目
    visitor: {keyword: 駅伝, prefecture: 兵庫}
    expect: {hero: nothing}
""",
    )


def test_a_table_may_stand_among_rules(folder: Path) -> None:
    (folder / "home.yaml").write_text(
        "blocks:\n  hero:\n    ルール:\n      - {名前: 前, 条件: {端末: スマホ}, 表示: 出さない}\n      - 表: keywords.csv\n"
        "      - {名前: 後, 条件: {端末: タブレット}, 表示: 出さない}\n    それ以外: もとのまま\n"
    )
    assert _names(folder, "keyword,show\n靴,original\n帽子,original\n") == ["前", "靴", "帽子", "後"]


def test_headings_may_be_english_japanese_and_of_any_width(folder: Path) -> None:
    table = "ID,ＫＥＹＷＯＲＤ,会員.rank,Device,days,hours,Show\nx1,靴,ゴールド,スマホ,土、日,8:00-22:00,hero/a.html\n"
    (folder / "contents" / "hero").mkdir(parents=True)
    (folder / "contents" / "hero" / "a.html").write_text("<p>a</p>")
    (rule,) = _rules(folder, table)
    assert (rule.id, rule.name, len(rule.timing)) == ("x1", "x1", 2)
    assert rule.show
    assert (rule.show.kind, rule.show.text) == ("file", "hero/a.html")


def test_a_comma_in_a_number_belongs_to_it(folder: Path) -> None:
    _rules(folder, 'member.points,show\n"5,000、7,000",nothing\n')
    _passes(folder, "  - {name: 1行目, visitor: {member.points: 5000}, expect: {hero: nothing}}\n")


def test_a_cell_with_an_address_fetches_the_content(folder: Path) -> None:
    (rule,) = _rules(folder, "keyword,show\n靴,https://cms.example/a.html\n")
    assert rule.show
    assert (rule.show.kind, rule.show.text) == ("url", "https://cms.example/a.html")


# Names


def test_rows_keep_their_names_when_they_are_moved(folder: Path) -> None:
    heading, keyword, tag = "キーワード,page_tag,表示\n", "靴,,running\n", ",靴,nothing\n"
    names = ["キーワード: 靴", "page_tag: 靴"]
    assert _names(folder, heading + keyword + tag) == names
    assert _names(folder, heading + tag + keyword) == names[::-1]


def test_of_rows_without_names_that_are_alike_each_but_the_first_is_reported(folder: Path) -> None:
    (folder / "keywords.csv").write_text(HEADINGS + "靴,,running,,\n" * 3)
    assert [(one.code, one.position.line) for one in load(folder).diagnostics] == [("E458", 3), ("E458", 4)]


def test_a_name_keeps_its_seconds(folder: Path) -> None:
    assert _names(folder, "名前,キーワード,表示\n10:00:00 sale,靴,running\n") == ["10:00:00 sale"]


def test_rows_that_the_conditions_do_not_tell_apart_are_named_with_headings_and_period(folder: Path) -> None:
    table = (
        HEADINGS
        + "靴,,running,2026/12/1,2026/12/5\n靴,,nothing,2027/1/1,2027/1/5\n,東京,running,,\noriginal,,running,,\n"
    )
    assert _names(folder, table) == [
        "キーワード: 靴 + 開始: 2026/12/1 + 終了: 2026/12/5",
        "キーワード: 靴 + 開始: 2027/1/1 + 終了: 2027/1/5",
        "東京",
        "キーワード: original",
    ]


def test_a_row_keeps_its_name_when_rows_are_added(folder: Path) -> None:
    first = _rules(folder, "keyword,show\n靴,running\n")[0].id
    assert _rules(folder, "keyword,show\n帽子,running\n\n靴,running\n")[1].id == first == "hero/靴"


def test_a_row_without_conditions_is_named_by_its_period(folder: Path) -> None:
    assert _names(folder, HEADINGS + ",,running,2026/12/1,\n靴,,running,,\n") == ["2026/12/1", "靴"]


# What spreadsheets save


@pytest.mark.parametrize(
    "data",
    [
        HEADINGS.encode() + "靴,東京,running,,\r\n".encode(),
        b"\xef\xbb\xbf" + (HEADINGS + "靴,東京,running,,\r\n").encode(),
        (HEADINGS + "靴,東京,running,,\r\n").encode("cp932"),
        (HEADINGS + "靴,東京,running,,\r\n").replace(",", "\t").encode("utf-16"),
        (HEADINGS + "靴,東京,running,,\r\n").replace(",", ";").encode(),
        (HEADINGS + "靴,東京,running,,").replace("\r\n", "\r").encode(),
        b"sep=;\r\n" + (HEADINGS + "靴,東京,running,,\r\n").replace(",", ";").encode(),
        (HEADINGS.replace("\r\n", ",,,\r\n") + ",,,,,,,\r\n靴,東京,running,,,,,\r\n,,,,,,,\r\n").encode(),
        ("\r\n" + HEADINGS + '"靴","東京","running","",""\r\n').encode(),
        (HEADINGS + '="靴","=""東京""",running,,\r\n').encode(),
        (HEADINGS + "\u3000靴 , 東京\t,running,,\r\n").encode(),
    ],
    ids=[
        "utf-8",
        "utf-8 mark",
        "cp932",
        "utf-16 tabs",
        "semicolons",
        "cr",
        "sep=",
        "trailing",
        "quoted",
        '="…"',
        "spaces",
    ],
)
def test_all_that_spreadsheets_save_is_read_alike(data: bytes, folder: Path) -> None:
    assert _names(folder, data) == ["靴 + 東京"]


def test_half_width_kana_in_cp932_are_read(folder: Path) -> None:
    assert _names(folder, "キーワード,表示\nﾗﾝﾆﾝｸﾞ,running\n".encode("cp932")) == ["ﾗﾝﾆﾝｸﾞ"]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("キーワード,表示\n靴,running\n".encode("euc_jp"), ("E101", 1, 1)),
        ("keyword,show\nﾗﾝﾆﾝｸﾞ,running\n".encode("cp932"), ("E101", 1, 1)),
        ("キーワード,表示\nランニング,running\n".encode() + b"\xff,running\n", ("E101", 3, 1)),
        (b"PK\x03\x04\x14\x00\x06\x00", ("E451", 1, 1)),
        ("キーワード,表示\n靴\0,running\n".encode(), ("E108", 2, 2)),
        (b"a" * 1_048_577, ("E459", 1, 1)),
        (b"keyword,show\n" + b"," * 300_000, ("E459", 1, 1)),
        (b"keyword,show\n" + b"\n" * 300_000, ("E459", 1, 1)),
        (b"keyword,show\n" + b"k;" * 50_000 + b",original\n", ("E459", 2, 1)),
        (b"keyword,show\na,original\nb" + b"k" * 1_000 + b",original\n", ("E152", 3, 1)),
        (b"keyword,show\n" + b"".join(b"%d,original\n" % number for number in range(10_001)), ("E459", 10_002, 1)),
    ],
    ids=[
        "EUC-JP",
        "cp932 or EUC-JP",
        "broken UTF-8",
        "workbook",
        "NUL",
        "too large",
        "too many cells",
        "too many lines",
        "too many values",
        "too long",
        "too many rows",
    ],
)
def test_what_cannot_be_read_is_said_once(data: bytes, found: tuple[str, int, int], folder: Path) -> None:
    (folder / "keywords.csv").write_bytes(data)
    (folder / "tests.yaml").write_text("tests:\n  - {name: a, expect: {hero: 靴}}\n")
    errors = [one for one in load(folder).diagnostics if one.level == "error"]
    assert [(one.code, one.position.line, one.position.column) for one in errors] == [found]


def test_a_table_counts_for_the_digest_and_is_kept_with_the_good_rules(folder: Path) -> None:
    _rules(folder, "keyword,show\n靴,running\n")
    first = load(folder)
    _rules(folder, "keyword,show\n靴,nothing\n")
    second = load(folder)
    assert first.site
    assert second.site
    assert first.site.digest != second.site.digest
    assert second.files["keywords.csv"] == "keyword,show\n靴,nothing\n".encode()


# Holidays


@pytest.mark.parametrize(
    "data",
    [
        "国民の祝日・休日月日,国民の祝日・休日名称\r\n2026/11/3,文化の日\r\n2026/11/23,勤労感謝の日\r\n".encode(
            "cp932"
        ),
        b"2026-11-03\n2026-11-23\n",
        "名前\t日付\n文化の日\t2026年11月3日\n\n勤労感謝の日\t2026年11月23日\n".encode(),
        "2026年の祝日\n2026/11/3\n2026/11/23\n".encode(),
    ],
    ids=["the Cabinet Office's", "dates alone", "another column", "a heading with a year"],
)
def test_holidays_are_read_from_a_file(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("holidays: {file: holidays.csv}\n")
    (tmp_path / "home.yaml").write_text(
        "blocks:\n  hero:\n    rules:\n      - {name: 休み, days: 祝, show: nothing}\n    otherwise: original\n"
    )
    (tmp_path / "holidays.csv").write_bytes(data)
    assert sorted(map(str, load(tmp_path).facts.holidays)) == ["2026-11-03", "2026-11-23"]


# Remedies


@pytest.mark.parametrize(
    ("text", "code", "meant"),
    [
        ("blocks:\n  hero:\n    rules: keywords.csv\n    otherwise: original\n", "E203", "{table: keywords.csv}"),
        ("blocks:\n  hero:\n    rules: {table: Keyword.csv}\n    otherwise: original\n", "E453", "keywords.csv"),
        (
            "blocks:\n  hero:\n    rules: {table: 'C:\\a\\keywords.csv'}\n    otherwise: original\n",
            "E463",
            "keywords.csv",
        ),
        ("blocks:\n  hero:\n    selector: ＃hero\n    otherwise: original\n", "E466", "#hero"),
        ("blocks:\n  hero:\n    deadline: ３０\n    otherwise: original\n", "E467", "30 ms"),
        ("blocks:\n  hero:\n    otherwise: {url: cms.example/a}\n", "E469", "https://cms.example/a"),
    ],
)
def test_the_remedy_is_the_very_text_to_write(text: str, code: str, meant: str, folder: Path) -> None:
    (folder / "home.yaml").write_text(text)
    (folder / "keywords.csv").write_text("キーワード,表示\n靴,original\n")
    errors = [one for one in load(folder).diagnostics if one.level == "error"]
    assert [(one.code, one.values["did_you_mean"]) for one in errors] == [(code, meant)]


@pytest.mark.parametrize("file", ["days.csv", "days.TSV", "days.txt"])
@pytest.mark.parametrize("key", ["holidays", "search_console"])
def test_a_table_that_the_site_names_without_file_is_said(folder: Path, key: str, file: str) -> None:
    (folder / "site.yaml").write_text(f"{key}: {file}\n")
    (folder / "baby.yaml").unlink()
    (folder / "home.yaml").write_text("blocks: {hero: {otherwise: original}}\n")
    (error,) = load(folder).diagnostics
    assert (error.code, error.values["did_you_mean"]) == ("E203", f"{{file: {file}}}")


@pytest.mark.parametrize(
    ("table", "said", "remedy"),
    [
        ("キーワード,表示\n靴,\n", "「表示」の値が空です", "値を書くか、この行を消してください"),
        ("キーワード\t都道府県\t表示\n靴\t大坂府\toriginal\n", "「大坂府」は「都道府県」の値ではありません", "「大阪府」ではありませんか"),
        ("keyword,show\nshoes,\n", "show is empty", "give a value, or remove it"),
        ("キーワード,表示\n,original\n靴,original\n", None, "条件のセルを埋めるか、この行を最後に移してください"),
        (
            "キーワード,表示\n靴,nowhere\n",
            "コンテンツ「nowhere」がありません",
            "ルールのファイルの「contents:」に書き足すか、hero/a.html のようなファイル名、「<」で始まる HTML、もとのまま、出さない のどれかにします",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_a_table_is_told_in_the_words_of_its_headings(
    table: str, said: str | None, remedy: str, folder: Path
) -> None:
    (folder / "keywords.csv").write_text(table)
    loaded = load(folder)
    voice = Voice(loaded.texts, "en")
    [error] = (one for one in loaded.diagnostics if one.level == "error")
    assert voice.message(error) == (said or voice.message(error))
    assert voice.hint(error) == remedy
