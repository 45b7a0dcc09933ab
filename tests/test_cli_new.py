"""`omo new` as an editor uses it: what it makes is right at once, and nothing is ever overwritten."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.conftest import good_site

from omotenashi.cli import main
from omotenashi.site import load

RULES = Path(__file__).parents[1] / "rules"


@pytest.fixture(params=["ja", "en"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "my-rules"
    assert main(["new", "site", str(path), "--lang", str(request.param)]) == 0
    return path


def _is_right(folder: Path) -> bool:
    return main(["check", str(folder), "--strict"]) == 0 and main(["test", str(folder)]) == 0


def test_a_new_folder_passes_its_check_and_its_tests_and_is_tidy(folder: Path) -> None:
    assert _is_right(folder)
    assert main(["fmt", str(folder), "--check"]) == 0
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*")) == [
        "README.md",
        "contents/hero/running.html",
        "home.yaml",
        "site.yaml",
    ]


def test_a_folder_that_holds_something_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "home.yaml").write_text("mine")
    assert main(["new", "site", str(folder), "--lang", "en"]) == 2
    assert (folder / "home.yaml").read_text() == "mine"
    assert "is there already" in capsys.readouterr().err


def test_a_site_is_named_as_asked_whatever_the_name(tmp_path: Path) -> None:
    assert main(["new", "site", str(tmp_path / "x"), "--lang", "ja", "--name", '# "冬": {店}']) == 0
    assert good_site(tmp_path / "x").facts.name == '# "冬": {店}'


@pytest.mark.parametrize(
    "period",
    [
        [],
        ["--from", "2026-12-01"],
        ["--until", "2026-12-25 18:00"],
        ["--from", "2026年12月1日 10時", "--until", "2026/12/25"],
    ],
)
@pytest.mark.parametrize("name", ["冬の早割", "sale 2026", "yes", "2026"])
def test_a_campaign_in_a_block_of_its_own_is_right_with_tests_at_its_ends(
    folder: Path, name: str, period: list[str]
) -> None:
    assert main(["new", "campaign", name, "--rules", str(folder), *period]) == 0
    assert _is_right(folder)
    tests = [test for test in good_site(folder).tests if test.position.file == f"{name}.yaml"]
    assert len(tests) == max(1, len(period))


def test_a_campaign_begins_and_ends_at_the_second(folder: Path) -> None:
    times = ["--from", "2026-12-01 10:00:30", "--until", "2026-12-24 18:00:15"]
    assert main(["new", "campaign", "xm", "--rules", str(folder), *times]) == 0
    written = (folder / "xm.yaml").read_text()
    assert "from: 2026-12-01 10:00:30\n" in written
    assert "until: 2026-12-24 18:00:15\n" in written
    assert _is_right(folder)


def test_a_second_campaign_gets_another_block(folder: Path) -> None:
    assert main(["new", "campaign", "a", "--rules", str(folder)]) == 0
    assert main(["new", "campaign", "b", "--rules", str(folder)]) == 0
    assert main(["new", "campaign", "c", "--rules", str(folder), "--block", "side"]) == 0
    assert list(good_site(folder).engine.program.blocks) == ["campaign", "campaign2", "side", "hero"]
    assert _is_right(folder)


def test_a_campaign_file_is_never_overwritten(folder: Path) -> None:
    (folder / "a.yaml").write_text("# mine\n")
    assert main(["new", "campaign", "a", "--rules", str(folder)]) == 2
    assert (folder / "a.yaml").read_text() == "# mine\n"


@pytest.mark.parametrize("name", ["../a", "a/b", ".a", "a:b", "a\nb", "site"])
def test_a_name_that_makes_no_file_is_refused(folder: Path, name: str) -> None:
    before = sorted(folder.parent.rglob("*"))
    assert main(["new", "campaign", name, "--rules", str(folder)]) == 2
    assert sorted(folder.parent.rglob("*")) == before


def test_a_period_that_ends_before_it_begins_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(folder.rglob("*"))
    period = ["--from", "2026-12-25", "--until", "2026-12-01"]
    assert main(["new", "campaign", "a", "--rules", str(folder), "--lang", "en", *period]) == 2
    assert sorted(folder.rglob("*")) == before
    assert capsys.readouterr().err == "omo: --until lies before --from; the campaign would never run\n"


@pytest.mark.parametrize("name", ["", "  "])
def test_a_campaign_without_a_name_is_refused(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "campaign", name, "--rules", str(folder), "--lang", "en"]) == 2
    assert capsys.readouterr().err == "omo: give a name for the campaign: omo new campaign NAME\n"


def test_what_is_no_time_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "campaign", "a", "--rules", str(folder), "--from", "12/25", "--lang", "en"]) == 2
    assert "'12/25' is not a time; write 2026-12-01 or '2026-12-01 10:00'" in capsys.readouterr().err


def test_a_folder_with_errors_gets_no_campaign(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "side.yaml").write_text("blocks: {side: {otherwise: orignal}}\n")
    assert main(["new", "campaign", "a", "--rules", str(folder)]) == 1
    assert "E402" in capsys.readouterr().err


def test_for_a_block_that_exists_a_rule_and_its_tests_are_printed_to_paste(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    ends = ["--from", "2026-12-01", "--until", "2026-12-25"]
    assert main(["new", "campaign", "冬", "--block", "hero", "--rules", str(folder), *ends]) == 0
    rule, tests = (part.partition("\n")[2] for part in capsys.readouterr().out.split("\n\n"))
    text = (folder / "home.yaml").read_text().replace("    rules:\n", f"    rules:\n{rule}\n", 1)
    (folder / "home.yaml").write_text(text.replace("\ntests:\n", f"\ntests:\n{tests}\n", 1))
    assert _is_right(folder)
    assert good_site(folder).engine.program.blocks["hero"].rules[0].name == "冬"


def test_a_block_without_rules_gets_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "side.yaml").write_text("blocks:\n  side:\n    otherwise: nothing\n")
    capsys.readouterr()
    assert main(["new", "campaign", "冬", "--block", "side", "--rules", str(folder)]) == 0
    rule, tests = (part.partition("\n")[2] for part in capsys.readouterr().out.split("\n\n"))
    (folder / "side.yaml").write_text(f"blocks:\n  side:\n{rule}\n    otherwise: nothing\ntests:\n{tests}")
    assert _is_right(folder)


@pytest.fixture
def untested(tmp_path: Path) -> Path:
    """The sample site without its tests."""
    path = Path(shutil.copytree(RULES, tmp_path / "rules"))
    for file in path.glob("*.yaml"):
        file.write_text(file.read_text().partition("\ntests:\n")[0] + "\n")
    return path


def test_every_rule_of_the_sample_site_gets_a_test_that_passes(
    untested: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = load(untested)
    capsys.readouterr()
    for block in loaded.folder.blocks:
        assert main(["new", "test", block.name, "--rules", str(untested)]) == 0
        (untested / f"{block.name}-tests.yaml").write_text(capsys.readouterr().out)
    assert main(["test", str(untested)]) == 0
    won = {(one.block, one.won) for test in good_site(untested).tests for one in test.expectations}
    assert won == {(block.name, rule.name) for block in loaded.folder.blocks for rule in block.rules}


def test_where_nothing_is_missing_nothing_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "test", "hero", "--rules", str(RULES)]) == 0
    assert capsys.readouterr().out == "# すべてのルールに、テストがあります\n"


def test_a_rule_that_is_hidden_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "side.yaml").write_text(
        "blocks:\n  side:\n    rules:\n      - {name: 東京か大阪, when: {prefecture: [東京, 大阪]}, show: nothing}\n"
        "      - {name: 東京, when: {prefecture: 東京}, show: nothing}\n    otherwise: original\n"
    )
    capsys.readouterr()
    assert main(["new", "test", "side", "--rules", str(folder), "--lang", "ja"]) == 0
    out = capsys.readouterr().out
    assert "# 東京: 上のルールに隠れていて、出ることがありません。" in out
    assert "expect: {side: 東京か大阪}" in out


HARD = """
segments:
  vip: {when: {any: [{keyword: 会員}, {all: [{keyword: vip}, {language: ja}]}]}}
  elsewhere: {when: {not: {any: [{prefecture: 東京都}, {device: mobile}]}}}
blocks:
  where:
    rules:
      - {name: not in Kanto, when: {segment: vip, not: {area: 関東}}, show: nothing}
      - name: elsewhere or unknown
        when: {any: [{segment: elsewhere}, {prefecture: unknown, device: [tablet, unknown]}]}
        show: nothing
      - {name: neither, when: {not: {any: [{logged_in: yes}, {not: {campaign: [a, b]}}]}}, show: nothing}
      - {name: both tags, when: {not: {not: {page_tag: {all: [new, men]}}}}, show: nothing}
    otherwise: original
  measured:
    needs_consent: measurement
    rules:
      - {name: once a week, limit: {times: 1, per: 1 week}, show: nothing}
      - {name: did nothing, when: {not: {did: {event: demo_request, within: 2 weeks}}}, show: nothing}
      - {name: comes often, when: {visits: {at_least: 3, within: 30 days}}, show: nothing}
    otherwise: original
  free:
    rules:
      - {name: not seen, when: {any: [{consent: unknown}, {viewed: {page: /a/*, none_within: 1 day}}]}, show: nothing}
      - {name: full consent, when: {consent: {all: [personalization, measurement]}}, show: nothing}
      - {name: nothing known, when: {viewed: unknown}, show: nothing}
    otherwise: original
  monthly:
    rules:
      - {name: the night of a 31st, days: 31st, hours: 22:00-02:00, show: nothing}
      - {name: the end, days: month_end, show: nothing}
      - {name: every fifth, days: gotobi, show: nothing}
      - {name: the 17th or a Friday, days: [17th, fri], show: nothing}
    otherwise: original
"""


@pytest.mark.parametrize("block", ["where", "measured", "free", "monthly"])
def test_rules_below_others_get_visitors_who_pass_those_by(
    folder: Path, block: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "hard.yaml").write_text(HARD)
    capsys.readouterr()
    assert main(["new", "test", block, "--rules", str(folder)]) == 0
    (folder / "made.yaml").write_text(capsys.readouterr().out)
    loaded = load(folder)
    rules = next([rule.name for rule in one.rules] for one in loaded.folder.blocks if one.name == block)
    made = [one.won for test in loaded.folder.tests for one in test.expectations if one.block == block]
    assert made == rules
    assert main(["test", str(folder)]) == 0


def test_tests_that_are_made_tell_where_to_put_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "hard.yaml").write_text(HARD)
    capsys.readouterr()
    assert main(["new", "test", "free", "--rules", str(folder), "--lang", "en"]) == 0
    first, second = capsys.readouterr().out.splitlines()[:2]
    assert (
        first == "# Save this as a .yaml file of its own, or paste it without the next line below the tests: of a file."
    )
    assert second == "tests:"


def test_a_block_that_is_not_there_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "test", "heroo", "--rules", str(folder), "--lang", "ja"]) == 2
    assert capsys.readouterr().err == "omo: ブロック「heroo」はありません。「hero」ではありませんか\n"
    assert main(["new", "test", "heroo", "--rules", str(folder), "--lang", "en"]) == 2
    assert capsys.readouterr().err == "omo: there is no block heroo; did you mean hero?\n"
