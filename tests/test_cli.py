"""The command line as an editor uses it: output and exit codes."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.conftest import SITE

from omotenashi.cli import main


def test_check_of_a_good_folder_says_so_and_exits_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(SITE)]) == 0
    assert "問題ありません(ブロック 4、ルール 7、テスト 1、警告 4)" in capsys.readouterr().out


def test_check_shows_the_line_a_caret_under_wide_characters_and_the_remedy(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "more.yaml").write_text(
        "blocks:\n  side:\n    rules:\n      - {name: 横, when: {都道府県: 大坂府}, show: nothing}\n    otherwise: original\n"
    )
    assert main(["check", str(rules)]) == 1
    assert capsys.readouterr().out == (
        f"{rules}/more.yaml:4:32: error[E305] 「大坂府」は「都道府県」の値ではありません\n"
        "          - {name: 横, when: {都道府県: 大坂府}, show: nothing}\n"
        "                                        ^^^^^^\n"
        "  → 「大阪府」ではありませんか\n"
        f"{rules}/: 誤り 1 件\n"
    )


def test_check_speaks_english_where_asked(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "more.yaml").write_text("blocks:\n  side:\n    otherwise: orignal\n")
    assert main(["check", str(rules), "--lang", "en"]) == 1
    out = capsys.readouterr().out
    assert "more.yaml:3:16: error[E402] there is no content orignal" in out
    assert "→ did you mean original?" in out


def test_check_as_json_has_utf16_columns(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "more.yaml").write_text("blocks:\n  side: {label: 🏃, otherwise: nowhere}\n")
    assert main(["check", str(rules), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)[0]
    assert (found["code"], found["line"], found["column"], found["utf16_column"]) == ("E402", 2, 31, 32)


def test_check_as_github_annotations(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "more.yaml").write_text("blocks:\n  side: {otherwise: nowhere}\n")
    assert main(["check", str(rules), "--format", "github"]) == 1
    assert f"::error file={rules}/more.yaml,line=2,col=21," in capsys.readouterr().out


def test_warnings_fail_under_strict_only(rules: Path) -> None:
    (rules / "drafts").mkdir()
    (rules / "drafts" / "later.yaml").write_text("blocks: {}\n")
    assert main(["check", str(rules)]) == 0
    assert main(["check", str(rules), "--strict"]) == 3


def test_a_folder_that_is_not_there_is_one_line_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "nowhere"]) == 2
    assert capsys.readouterr().err == "omo: there is no folder nowhere\n"
    assert main(["check", "nowhere", "--lang", "ja"]) == 2
    assert capsys.readouterr().err == "omo: フォルダー nowhere がありません\n"


def test_a_file_in_the_place_of_a_folder_is_told_its_folder(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"{rules}/home.yaml", "--lang", "en"]) == 2
    assert capsys.readouterr().err == f"omo: {rules}/home.yaml is a file; give its folder {rules}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chekc"], "chekc というコマンドはありません。check ではありませんか"),
        (["check", "--formt", "json"], "知らない指定です: --formt。--format ではありませんか"),
        (["check", "--format", "xml"], "--format に 'xml' は書けません。書けるもの: text, json, github"),
        (["new", "test"], "足りないものがあります: BLOCK"),
        (["check", "--at"], "--at のあとに値を書きます"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_was_meant(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--lang", "ja"]) == 2
    assert capsys.readouterr().err.replace("'text', 'json', 'github'", "text, json, github").endswith(f"omo: {said}\n")


def test_wrong_usage_of_a_command_shows_how_that_command_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--formt", "json"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("usage: omo check ")
    assert err.endswith("omo: not understood: --formt; did you mean --format?\n")


def test_wrong_usage_is_said_in_the_language_of_the_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "heroo", "--rules", str(SITE)]) == 2
    assert capsys.readouterr().err == "omo: ブロック「heroo」はありません。「hero」ではありませんか\n"
    assert main(["test", str(SITE), "--threshold", "abc"]) == 2
    said = "omo: --threshold: 「abc」は 0 から 100 までの数ではありません。80 のように書きます\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["schema", "--output", "nowhere/schema.json"], "there is no folder nowhere"),
        (["schema", "--output", "tests"], "tests: it is a folder"),
        (
            ["explain", "hero", "--visitor", "nobody.json"],
            "--visitor: nobody.json is neither {…} nor a file that can be read (it is not there)",
        ),
        (
            ["diff", str(SITE), str(SITE), "--visitors", "nobody.jsonl"],
            "--visitors: nobody.jsonl cannot be read (it is not there)",
        ),
    ],
)
def test_files_that_cannot_be_used_are_told_in_plain_words(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SITE.parents[2])
    rules = ["--rules", str(SITE)] if words[0] == "explain" else []
    assert main([*words, *rules, "--lang", "en"]) != 0
    assert capsys.readouterr().err == f"omo: {said}\n"


def test_tests_that_pass_exit_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(SITE)]) == 0
    assert capsys.readouterr().out == "テスト 1 件: 成功 1、失敗 0\n"
    assert main(["test", str(SITE), "-v", "--lang", "en"]) == 0
    assert capsys.readouterr().out == "ok    マラソン\n1 passed, 0 failed\n"


def test_no_test_of_that_name_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(SITE), "-k", "マラソソ"]) == 2
    said = "omo: -k: 名前に「マラソソ」を含むテストはありません。あるのは「マラソン」などです\n"
    assert capsys.readouterr().err == said


def test_a_failing_test_shows_what_won_instead_and_why(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "more.yaml").write_text(
        "tests:\n  - {name: 違う, visitor: {prefecture: hokkaido}, at: 2026-12-01 10:00, expect: {store_info: 大阪}}\n"
    )
    assert main(["test", str(rules), "-k", "違う"]) == 1
    assert capsys.readouterr().out == (
        f"FAIL  違う  ({rules}/more.yaml:2)\n"
        "      日時 2026-12-01 10:00:00 (火)\n"
        "      store_info\n"
        "        期待: 「大阪」\n"
        "        実際: 「北海道」: 「札幌店」\n"
        f"        「大阪」が当てはまらなかった理由 ({rules}/home.yaml:17)\n"
        "          × 大阪\n"
        "              × prefecture: 大阪  ← 読み取った値 北海道\n"
        f"        「北海道」が当てはまった理由 ({rules}/home.yaml:18)\n"
        "          ○ 北海道\n"
        "              ○ prefecture: 北海道  ← 読み取った値 北海道\n"
        "テスト 1 件: 成功 0、失敗 1\n"
    )


def test_explain_shows_every_rule_with_what_was_read(capsys: pytest.CaptureFixture[str]) -> None:
    visitor = '{"keyword": "マラソン 靴"}'
    command = ["explain", "hero", "--rules", str(SITE), "--visitor", visitor, "--at", "2026-12-25 23:59:59"]
    assert main(command) == 0
    assert capsys.readouterr().out == (
        "hero  2026-12-25 23:59:59 (金) Asia/Tokyo\n"
        "○ ランニングで検索した人\n"
        "    ○ keyword: [ランニング, マラソン]  ← 読み取った値 マラソン 靴(指定した値)\n"
        "? ランニングを検討中\n"
        "    ? viewed: {page: /running/**, at_least: 3, within: 30 days}  ← 不明(同意がないため)\n"
        "→ 「ランニングで検索した人」: hero/running.html\n"
    )


def test_a_block_that_is_named_like_a_code_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "page.yaml").write_text("blocks: {w300: {otherwise: original}}")
    assert main(["explain", "w300", "--rules", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("w300 ")
    assert main(["explain", "e203", "--rules", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("E203 ")


def test_explain_takes_a_file_and_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    visitor = tmp_path / "visitor.yaml"
    visitor.write_text("prefecture: 大阪\n")
    command = ["explain", "store_info", "--rules", str(SITE), "--visitor", str(visitor), "--at", "2026-12-01 10:00"]
    assert main(command) == 0
    assert "→ 「大阪」: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere"], 2, "there is no block nowhere; there are hero, store_info, greeting, notice"),
        (["hero", "--at", "soon"], 2, "--at: 'soon' is not a time"),
        (["hero", "--visitor", "{weather: 雨}"], 1, "--visitor:1:2: error[E210]"),
        (["hero", "--visitor", "{"], 1, "--visitor:"),
    ],
)
def test_explain_says_what_is_wrong(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", *arguments, "--rules", str(SITE), "--lang", "en"]) == code
    assert words in capsys.readouterr().err


EXPERIMENT = """
blocks:
  bar:
    rules:
      - name: 帯
        experiment:
          id: xmas
          split: [{name: 赤, share: 50%, show: nothing}, {name: 対照, share: 50%, show: original}]
    otherwise: nothing
tests:
  - name: 赤のはず
    visitor: {consent: [personalization], bucket: {xmas: 対照}}
    expect: {bar: {rule: 帯, variant: 赤}}
"""


@pytest.fixture
def split(rules: Path) -> str:
    (rules / "experiment.yaml").write_text(EXPERIMENT)
    return str(rules)


def test_explain_names_the_variant(split: str, capsys: pytest.CaptureFixture[str]) -> None:
    visitor = "{consent: [personalization], bucket: {xmas: 赤}}"
    assert main(["explain", "bar", "--rules", split, "--visitor", visitor]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "○ 帯",
        "    ○ 実験: xmas  ← 読み取った値 赤",
        "→ 「帯 [赤]」: 何も出さない",
    ]


def test_explain_says_that_nobody_without_consent_takes_part(split: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "bar", "--rules", split]) == 0
    assert capsys.readouterr().out.splitlines()[2] == "    ? 実験: xmas  ← 不明(同意がないため)"


def test_explain_knows_the_experiments_that_there_are(split: str, capsys: pytest.CaptureFixture[str]) -> None:
    visitor = "{consent: [personalization], bucket: {xmsa: 赤}}"
    assert main(["explain", "bar", "--rules", split, "--visitor", visitor]) == 1
    assert "error[E439] xmsa" in capsys.readouterr().err.replace("「", "").replace("」", " ")


def test_a_failing_test_shows_the_variant_that_won_instead(split: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", split, "-k", "赤のはず"]) == 1
    assert "        期待: 「帯 [赤]」\n        実際: 「帯 [対照]」: もとのまま\n" in capsys.readouterr().out


def test_check_tells_which_periods_are_over_at_a_date_and_strict_does_not_mind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "site.yaml").write_text("version: 1\nlanguage: en\n")
    (tmp_path / "home.yaml").write_text(
        "blocks: {hero: {rules: [{name: winter, until: 2026-12-25, show: nothing}], otherwise: original}}\n"
        "tests: [{name: t, visitor: {}, at: 2026-12-01, expect: {hero: winter}}]\n"
    )
    assert main(["check", str(tmp_path), "--strict", "--at", "2026-12-25"]) == 0
    assert "N642" not in capsys.readouterr().out
    assert main(["check", str(tmp_path), "--strict", "--at", "2026-12-26"]) == 0
    assert "home.yaml:1:47: note[N642] the time of winter is over (until 2026-12-25)" in capsys.readouterr().out


def test_check_names_the_rule_that_hides_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "site.yaml").write_text("version: 1\nlanguage: ja\nkeyword_matching: scripts\n")
    (tmp_path / "home.yaml").write_text(
        "blocks:\n"
        "  hero:\n"
        "    rules:\n"
        "      - {name: 関東の方, when: {area: 関東}, show: nothing}\n"
        "      - {name: 千葉の方, when: {prefecture: 千葉県}, show: nothing}\n"
        "    otherwise: original\n"
    )
    assert main(["check", str(tmp_path), "--strict"]) == 3
    assert capsys.readouterr().out.startswith(
        f"{tmp_path}/home.yaml:5:16: warning[W511] "
        "「千葉の方」は決して使われません。当てはまる人には、上にある「関東の方」が先に使われます\n"
    )


def test_explain_of_a_code_prints_its_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "e222", "--lang", "ja"]) == 0
    assert capsys.readouterr().out == (
        "E222  「…」はここには書けません。「…」の中に書きます\n\n"
        "キーワードや地域などの条件は、when の中にまとめて書きます。\n\n"
        "誤り (page.yaml):\n"
        "    blocks:\n"
        "      hero:\n"
        "        rules:\n"
        "          - name: 例\n"
        "            device: mobile\n"
        "            show: nothing\n"
        "        otherwise: original\n\n"
        "正しい書き方 (page.yaml):\n"
        "    blocks:\n"
        "      hero:\n"
        "        rules:\n"
        "          - name: 例\n"
        "            when: {device: mobile}\n"
        "            show: nothing\n"
        "        otherwise: original\n"
    )


def test_explain_of_an_unknown_code_lists_the_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "E999", "--lang", "en"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("There is no code E999.\nE101  ")
    assert "\nW502  … is close to the name of a usual event, but is another one\n" in out


def test_each_file_is_spoken_of_in_its_own_language(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "site.yaml").write_text("version: 1\nlanguage: en\n")
    for other in ("home.yaml",):
        (rules / other).unlink()
    (rules / "a.yaml").write_text("blocks:\n  a:\n    otherwise: nowhere\n")
    (rules / "b.yaml").write_text("ブロック:\n  b:\n    それ以外: どこか\n    休止: 3日\n")
    assert main(["check", str(rules)]) == 1
    out = capsys.readouterr().out
    assert "a.yaml:3:16: error[E402] there is no content nowhere" in out
    assert "b.yaml:3:11: error[E402] コンテンツ「どこか」がありません" in out
    assert "使えるキー: 説明、ルール、それ以外" in out


def test_github_annotations_escape_what_would_end_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a,b.yaml").write_text("blocks:\n  a:\n    otherwise: 50%\n")
    assert main(["check", str(tmp_path), "--format", "github", "--lang", "en"]) == 1
    assert "a%2Cb.yaml,line=3,col=16,endColumn=19,title=E402::there is no content 50%25%0A→ " in capsys.readouterr().out


def test_a_folder_without_rules_is_itself_the_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert main(["check", "empty", "--lang", "en"]) == 1
    assert capsys.readouterr().out.startswith("empty: error[E110] there are no rule files (*.yaml) here\n")
    assert main(["check", "", "--lang", "en"]) == 1
    assert capsys.readouterr().out.startswith(".: error[E110] ")
    assert main(["check", "empty", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)[0]
    assert [found[name] for name in ("code", "file", "line", "column", "utf16_column")] == ["E110", *[None] * 4]
    assert main(["check", "empty", "--format", "github", "--lang", "en"]) == 1
    assert capsys.readouterr().out.startswith(
        "::error title=E110::there are no rule files (*.yaml) here%0A→ begin with"
    )


@pytest.mark.parametrize(
    ("code", "line", "legend"),
    [
        ("E146", "    " + "␣" * 12, "(␣ is a space at the end of a line)"),
        ("E112", "    □□□□show: nothing", "(□ is a full-width space)"),
        ("E111", "    ⇥show: nothing", "(⇥ is a tab)"),
        ("E108", "        otherwise: ◇original", "(◇ is an invisible character)"),
    ],
)
def test_a_page_shows_what_would_be_invisible_in_its_example(
    code: str, line: str, legend: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", code, "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert line in lines
    assert legend in lines


def test_explain_as_json_has_what_is_shown(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "more.yaml").write_text("blocks:\n  side:\n    otherwise: {html: <p>Hello</p>}\n")
    assert main(["explain", "side", "--rules", str(rules), "--format", "json"]) == 0
    shows = json.loads(capsys.readouterr().out)["shows"]
    assert shows == {"kind": "html", "content": None, "html": "<p>Hello</p>", "url": None}


def test_a_stated_visitor_of_the_wrong_form_is_called_a_visitor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "visitors.jsonl"
    file.write_text("[1]\n")
    assert main(["diff", str(SITE), str(SITE), "--visitors", str(file), "--lang", "ja"]) == 1
    assert capsys.readouterr().err == (
        "visitors.jsonl:1:1: error[E203] 「訪問者」の書き方が違います。ここには「名前: 値」の形の中身を書きます\n"
        "    [1]\n"
        "    ^\n"
        "  → 例: {device: mobile}\n"
    )


@pytest.mark.parametrize(
    ("command", "said", "code"),
    [
        ("signals --lang en <&-", "omo: the standard input is closed; name a file\n", 2),
        ("schema --lang en >/dev/full", "omo: the disk is full\n", 1),
        ("explain E203 --lang en >/dev/full", "omo: the disk is full\n", 1),
        ("signals nothing.jsonl --lang en >/dev/full", "omo: the disk is full\n", 1),
        ("explain E203 --lang en >&-", "", 0),
        ("signals nothing.jsonl --lang en >&-", "", 0),
    ],
)
def test_a_stream_that_is_closed_or_full_is_no_traceback(command: str, said: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "nothing.jsonl").write_text("{}\n")
    done = _in_a_shell(command, tmp_path)
    assert (done.stderr, done.returncode) == (said, code)


def test_what_is_said_where_the_standard_error_is_closed_does_not_fall_among_the_answers(tmp_path: Path) -> None:
    (tmp_path / "wrong.jsonl").write_text("{\n")
    (line,) = _in_a_shell("signals wrong.jsonl --lang en 2>&-", tmp_path).stdout.splitlines()
    assert line.startswith('{"error":')


_INTERRUPTED = """
import runpy, sys
from importlib.abc import MetaPathFinder

class Interrupting(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == loaded:
            raise KeyboardInterrupt

loaded, sys.argv = sys.argv[1], ["omo", "explain", "hero"]
sys.meta_path.insert(0, Interrupting())
runpy.run_module("omotenashi", run_name="__main__")
"""


@pytest.mark.parametrize("loaded", ["msgspec", "omotenashi.cli.common", "omotenashi.engine.account"])
def test_who_interrupts_while_it_is_still_loading_sees_no_traceback(loaded: str) -> None:
    words = [sys.executable, "-c", _INTERRUPTED, loaded]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "")


def _in_a_shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    words = f"{shlex.quote(sys.executable)} -m omotenashi {command}"
    return subprocess.run(["sh", "-c", words], cwd=folder, env=own, capture_output=True, text=True, check=False)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert (stopped.value.code, capsys.readouterr().out) == (0, f"omo {version('omotenashi')}\n")
