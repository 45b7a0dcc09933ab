"""Cutting texts into morphemes, and what a folder asks of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import good_site

import omotenashi
from omotenashi import morphemes
from omotenashi.morphemes import segment
from omotenashi.signals.gather import SignalTools
from omotenashi.site import load
from omotenashi.verify import run_tests

ROOT = Path(__file__).parents[1]
PLUGIN = Path(omotenashi.__path__[0]).parent
BLOCK = "blocks: {{hero: {{rules: [{{name: a, when: {when}, show: nothing}}], otherwise: original}}}}\n"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("東京都", "東京 都"),
        ("ランニングシューズ", "ランニング シューズ"),
        ("らんにんぐしゅーず", "らんにんぐ しゅーず"),  # hiragana for katakana
        ("くつしたの作り方", "くつしたの? 作り 方-"),  # cut to bits by the dictionary: not known
        ("りんごのおいしい季節", "りんご の おいしい 季節"),
        ("べびーかー", "べびーかー?"),
        ("化粧水", "化粧 水-"),  # a suffix is no word of its own
        ("スキーウェア", "スキー ウェア"),  # one word of the dictionary
        ("アイスランド", "アイスランド"),  # a name
        ("サイクリング", "サイクリング"),  # サイク is 細工
        ("ウイスキー", "ウイスキー"),
        ("", ""),
    ],
)
def test_a_text_is_cut_into_words_that_somebody_means(text: str, cut: str) -> None:
    begins = [0, *(piece.end for piece in segment(text))]
    marked = [
        text[begin : piece.end] + ("" if piece.known else "?") + ("-" if piece.bound else "")
        for begin, piece in zip(begins, segment(text), strict=False)
    ]
    assert " ".join(marked) == cut


@given(st.text(max_size=40))
def test_the_pieces_of_any_text_follow_each_other_to_its_end(text: str) -> None:
    ends = [piece.end for piece in segment(text)]
    assert ends == sorted(set(ends))
    assert ends[-1:] == ([len(text)] if text else [])


def test_a_text_that_nobody_types_is_not_cut() -> None:
    assert segment("靴" * 20_000) == ()


def test_threads_may_cut_at_the_same_time() -> None:
    texts = ["箱根温泉", "スキーウェア", "らんにんぐしゅーず", "iPhone15 ケース"] * 50
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(segment, texts)) == [segment(text) for text in texts]


@pytest.mark.parametrize("matching", ["morphemes", "scripts"])
def test_the_sample_site_passes_its_tests_either_way(matching: str, tmp_path: Path) -> None:
    rules = shutil.copytree(ROOT / "rules", tmp_path / "rules")
    site_file = rules / "site.yaml"
    site_file.write_text(f"{site_file.read_text()}\nkeyword_matching: {matching}\n")
    site = good_site(rules)
    assert site.facts.keyword_matching == matching
    assert [result.test.name for result in run_tests(site, SignalTools(), time.time()) if result.failures] == []


def test_a_japanese_site_matches_at_morphemes_and_may_choose_scripts(tmp_path: Path) -> None:
    (tmp_path / "page.yaml").write_text(
        BLOCK.format(when="{keyword: 靴}")
        + "tests: [{name: 運動靴の人, visitor: {keyword: 運動靴}, expect: {hero: nothing}}]\n"
    )
    assert failures(tmp_path, "language: ja") == []
    assert failures(tmp_path, "language: ja\nkeyword_matching: scripts") == ["運動靴の人"]
    assert failures(tmp_path, "言語: ja\n語の照合: 文字種") == ["運動靴の人"]


def test_the_search_on_the_site_is_matched_in_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "page.yaml").write_text(
        BLOCK.format(when="{site_search: 靴}")
        + "tests: [{name: 運動靴の人, visitor: {site_search: 運動靴}, expect: {hero: nothing}}]\n"
    )
    assert failures(tmp_path, "language: ja") == []
    assert failures(tmp_path, "language: en") == ["運動靴の人"]


@pytest.mark.parametrize(
    ("site", "matching"),
    [
        ("version: 1", "scripts"),
        ("language: en", "scripts"),
        ("language: ja", "morphemes"),
        ("language: JA", "morphemes"),
        ("language: en\nkeyword_matching: morphemes", "morphemes"),
    ],
)
def test_the_default_follows_from_the_language_that_is_written(site: str, matching: str, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(f"{site}\n")
    assert load(tmp_path).facts.keyword_matching == matching


def test_a_reload_does_not_load_the_dictionary_again(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    segment("靴")
    good_site(tmp_path / "rules").engine.warm()
    good_site(tmp_path / "rules").engine.warm()
    assert morphemes._dictionary.cache_info().misses == 1


def test_a_check_does_not_load_the_dictionary_and_serving_loads_it_before_the_first_request() -> None:
    program = (
        "import sys; from pathlib import Path; from omotenashi.site import load; from omotenashi.reload import Holder\n"
        f"rules = Path({str(ROOT / 'rules')!r}); assert load(rules).site; assert 'sudachipy' not in sys.modules\n"
        "Holder(rules).load_first(); assert 'sudachipy' in sys.modules\n"
    )
    assert python(program, []).returncode == 0


@pytest.fixture(scope="module")
def without_the_extra(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The installed packages, but for SudachiPy and its dictionary."""
    folder = tmp_path_factory.mktemp("packages")
    for package in Path(pytest.__file__).parents[1].iterdir():
        if not package.name.lower().startswith("sudachi"):
            (folder / package.name).symlink_to(package)
    return [folder]


@pytest.mark.parametrize(
    ("site", "when", "found"),
    [
        ("language: ja", "{keyword: 靴}", "site.yaml:1:11: error[E481]"),
        ("keyword_matching: morphemes", "{any: [{site_search: 靴}]}", "site.yaml:1:19: error[E481]"),
        ("language: ja\nkeyword_matching: morphemes", "{keyword: 靴}", "site.yaml:2:19: error[E481]"),
    ],
)
def test_where_words_cannot_be_cut_a_folder_that_matches_by_word_is_refused(
    site: str, when: str, found: str, without_the_extra: list[Path], tmp_path: Path
) -> None:
    checked = check(site, when, without_the_extra, tmp_path)
    assert checked.returncode == 1
    assert found in checked.stdout
    assert 'pip install "/path/to/omotenashi[ja]"' in checked.stdout
    assert "page.yaml:1:" in checked.stdout  # the condition that needs it
    assert checked.stdout.count("error[") == 1


@pytest.mark.parametrize(
    ("site", "when"),
    [
        ("language: ja\nkeyword_matching: scripts", "{keyword: 靴}"),
        ("language: en", "{keyword: shoes}"),
        ("language: ja", "{keyword: {contains: 靴}}"),
        ("language: ja", "{keyword: {exact: 靴}}"),
        ("language: ja", "{device: mobile}"),
    ],
)
def test_where_nothing_has_to_be_cut_the_extra_is_not_missed(
    site: str, when: str, without_the_extra: list[Path], tmp_path: Path
) -> None:
    assert check(site, when, without_the_extra, tmp_path).returncode == 0


def failures(rules: Path, site: str) -> list[str]:
    (rules / "site.yaml").write_text(f"{site}\n")
    return [result.test.name for result in run_tests(good_site(rules), SignalTools(), time.time()) if result.failures]


def check(site: str, when: str, packages: list[Path], rules: Path) -> subprocess.CompletedProcess[str]:
    (rules / "site.yaml").write_text(f"{site}\n")
    (rules / "page.yaml").write_text(BLOCK.format(when=when))
    return python(f"from omotenashi.cli import main; raise SystemExit(main(['check', {str(rules)!r}]))", packages)


def python(program: str, packages: list[Path]) -> subprocess.CompletedProcess[str]:
    """Run a program with these packages instead of the installed ones, or with those where none are named."""
    path = ":".join(map(str, [PLUGIN, *packages]))
    flags = ["-S"] if packages else []
    return subprocess.run(
        [sys.executable, *flags, "-c", program],
        env={"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "LANG": "ja_JP.UTF-8", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
