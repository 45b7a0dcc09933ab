"""The file of searches by landing page, as editors may keep it, and the conditions that ask for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.language.condition import Estimated, Fact, Word
from omotenashi.language.messages import message
from omotenashi.language.read_search_console import LARGEST_LANDINGS
from omotenashi.model.landings import Landing
from omotenashi.rules_folder import examined
from omotenashi.site import Loaded, load

NOW = 1_795_000_000
GOOD = "landing,query,clicks\n/running,ランニング シューズ,60\n/running,(rest),40\n"
RULE = "blocks: {{hero: {{rules: [{{name: a, when: {{{when}}}, show: nothing}}], otherwise: original}}}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site.yaml").write_text("search_console: {file: search-console.csv}\n")
    (tmp_path / "home.yaml").write_text(RULE.format(when="keyword: {estimated: [ランニング]}"))
    (tmp_path / "search-console.csv").write_text(GOOD)
    return tmp_path


def read(folder: Path, data: str | bytes) -> Loaded:
    file = folder / "search-console.csv"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return load(folder)


def errors(loaded: Loaded) -> list[tuple[str, str, int, int]]:
    return [(one.code, one.position.file, one.position.line, one.position.column) for one in loaded.diagnostics]


def condition(folder: Path, when: str) -> object:
    (folder / "home.yaml").write_text(RULE.format(when=when))
    loaded = load(folder)
    assert not loaded.failed, loaded.diagnostics
    fact = loaded.folder.blocks[0].rules[0].when
    assert isinstance(fact, Fact)
    return fact.operand


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("cp932"),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("landing,query,clicks", "着地ページ,検索語,クリック数").replace("(rest)", "(残り)").encode(),
        "clicks,query,landing\n60,ランニング シューズ,/running/index.html?a=1\n40,(REST),/running/\n".encode(),
    ],
    ids=["UTF-8", "BOM", "cp932", "tabs", "CRLF", "Japanese", "other order"],
)
def test_all_that_spreadsheets_save_is_read_alike(folder: Path, data: bytes) -> None:
    loaded = read(folder, data)
    assert loaded.facts.landings == {"/running": Landing(100, (("ランニング シューズ", 60),))}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("上位のクエリ,クリック数\n靴,10\n", ("E161", 1, 1)),
        (GOOD.replace("60", "多い"), ("E162", 2, 21)),
        (GOOD.replace("60", "-3"), ("E162", 2, 21)),
        (GOOD.replace("60", "1.5"), ("E162", 2, 21)),
        (GOOD.replace("/running,(", "https://shop.example/running,("), ("E163", 3, 1)),
        (GOOD.replace("/running,(", "running,("), ("E163", 3, 1)),
        ("landing,query,clicks\n", ("E164", 1, 1)),
        ("", ("E164", 1, 1)),
        (GOOD.replace("ランニング シューズ", ""), ("E166", 2, 1)),
        (GOOD + "/trail,トレラン\n", ("E166", 4, 1)),
        (GOOD + '/trail,"トレラン,10\n', ("E454", 4, 1)),
        (GOOD + "/a,b,1\n" * 200_000, ("E165", 1, 1)),
    ],
)
def test_what_is_wrong_in_the_file_is_told_at_its_place(folder: Path, text: str, found: tuple[str, int, int]) -> None:
    code, line, column = found
    assert errors(read(folder, text)) == [(code, "search-console.csv", line, column)]


def test_a_file_that_is_too_large_is_refused(folder: Path) -> None:
    assert errors(read(folder, b"a" * (LARGEST_LANDINGS + 1))) == [("E165", "search-console.csv", 1, 1)]


def test_each_wrong_row_is_told(folder: Path) -> None:
    told = errors(read(folder, GOOD + "/a,b,x\n/a,b,2\n/a,b,y\n"))
    assert told == [("E162", "search-console.csv", 4, 6), ("E162", "search-console.csv", 6, 6)]


def test_pages_without_clicks_are_as_if_they_were_not_there(folder: Path) -> None:
    assert set(read(folder, GOOD + "/empty,靴,0\n").facts.landings or ()) == {"/running"}


def test_a_changed_file_is_read_again_and_others_rules_are_kept(folder: Path) -> None:
    before = load(folder)
    (folder / "search-console.csv").write_text(GOOD.replace("60", "6"))
    after = load(folder, before)
    assert before.site
    assert after.site
    assert before.site.digest != after.site.digest
    assert after.facts.landings == {"/running": Landing(46, (("ランニング シューズ", 6),))}


def test_without_a_share_it_is_half(folder: Path) -> None:
    assert condition(folder, "keyword: {estimated: ランニング}") == Estimated((Word("ランニング"),), 50)


def test_japanese_names_mean_the_same(folder: Path) -> None:
    assert condition(folder, "キーワード: {推定: [ランニング, 靴], 割合: 62.5％}") == Estimated(
        (Word("ランニング"), Word("靴")), 62.5
    )


def test_site_yaml_names_the_file_in_japanese_too(folder: Path) -> None:
    (folder / "site.yaml").write_text("サーチコンソール: {ファイル: search-console.csv}\n")
    assert load(folder).facts.landings_file == "search-console.csv"


def test_a_file_that_is_not_there_is_told_once_and_where_it_is_named(folder: Path) -> None:
    (folder / "search-console.csv").unlink()
    assert errors(load(folder)) == [("E330", "site.yaml", 1, 24)]


def test_without_a_file_the_first_estimate_says_how_to_make_one(folder: Path) -> None:
    (folder / "site.yaml").write_text("version: 1\n")
    assert errors(load(folder)) == [("E326", "home.yaml", 1, 51)]


def test_a_file_outside_of_the_folder_is_refused(folder: Path) -> None:
    (folder / "site.yaml").write_text("search_console: {file: ../searches.csv}\n")
    assert errors(load(folder)) == [("E463", "site.yaml", 1, 24)]


@pytest.mark.parametrize(
    ("when", "codes"),
    [
        ("keyword: {estimated: [ランニング], share: 60%}", []),
        ("keyword: {estimated: [ランニング], share: 61%}", ["W546"]),
        ("keyword: {estimated: [マラソン]}", ["W547"]),
    ],
)
def test_an_estimate_that_holds_for_no_page_is_a_warning(folder: Path, when: str, codes: list[str]) -> None:
    (folder / "home.yaml").write_text(RULE.format(when=when))
    found = examined(load(folder), NOW).diagnostics
    assert [one.code for one in found if one.level == "warning"] == codes


def test_the_warning_names_the_nearest_page(folder: Path) -> None:
    (folder / "home.yaml").write_text(RULE.format(when="keyword: {estimated: [シューズ], share: 75%}"))
    told = next(one for one in examined(load(folder), NOW).diagnostics if one.code == "W546")
    assert message(told, "en") == (
        "this estimate holds for no landing page: the nearest, /running, is known to have 60% + (rest) 40%, not 75%"
    )


def test_the_warning_names_what_the_file_does_not_tell(folder: Path) -> None:
    (folder / "search-console.csv").write_text("landing,query,clicks\n/running,シューズ,20\n/running,(rest),80\n")
    (folder / "home.yaml").write_text(RULE.format(when="keyword: {estimated: [シューズ], share: 60%}"))
    told = next(one for one in examined(load(folder), NOW).diagnostics if one.code == "W546")
    assert message(told, "en").endswith("the nearest, /running, is known to have 20% + (rest) 80%, not 60%")
