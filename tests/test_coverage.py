"""What `omo test --coverage` counts: rules that won, conditions that were seen true and not true where tests ran."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import good_site

from omotenashi.cli import main
from omotenashi.coverage import Coverage, Seen, coverage
from omotenashi.signals.gather import SignalTools
from omotenashi.verify import run_tests

RULES = """
segments:
  gold: {when: {member.rank: ゴールド}}
  unused: {when: {device: tablet}}
blocks:
  hero:
    rules:
      - {name: first, when: {device: mobile, segment: gold}, show: nothing}
      - {name: second, when: {not: {prefecture: 東京}}, show: nothing}
    otherwise: original
  side:
    rules:
      - {name: members, when: {segment: gold}, show: nothing}
    otherwise: original
"""
SITE = "version: 1\nlanguage: en\nattributes: {rank: {type: choice, values: [一般, ゴールド]}}\n"
GOLD_ON_A_PHONE = "- {name: both, visitor: {device: mobile, member.rank: ゴールド}, expect: {hero: first}}"
IN_OSAKA = "- {name: osaka, visitor: {device: desktop, member.rank: 一般, prefecture: 大阪}, expect: {hero: second}}"
IN_TOKYO = "- {name: tokyo, visitor: {device: desktop, prefecture: 東京}, expect: {hero: otherwise}}"
NOTHING_KNOWN = "- {name: nobody, visitor: {}, expect: {hero: otherwise}}"
SIDE = "- {name: side, visitor: {member.rank: ゴールド}, expect: {side: members}}"


def folder_with(tests: list[str], folder: Path) -> Path:
    (folder / "site.yaml").write_text(SITE)
    (folder / "page.yaml").write_text(RULES + ("tests:\n  " + "\n  ".join(tests) + "\n" if tests else ""))
    return folder


def covered(tests: list[str], folder: Path, select: str = "") -> Coverage:
    site = good_site(folder_with(tests, folder))
    results = list(run_tests(site, SignalTools(), 0, select))
    assert [result.test.name for result in results if result.failures] == []
    return coverage(site, results)


def seen(found: Coverage, block: str) -> dict[str, Seen]:
    part = next(one for one in found.parts if one.name == block)
    return {one.fact.field: one for one in part.conditions}


def won(found: Coverage) -> list[str]:
    return [rule.name for part in found.parts for rule, has_won in part.rules if has_won]


def test_without_tests_nothing_is_covered(tmp_path: Path) -> None:
    found = covered([], tmp_path)
    assert (found.percent, won(found)) == (0, [])


def test_everything_tried_is_a_hundred_per_cent(tmp_path: Path) -> None:
    found = covered([GOLD_ON_A_PHONE, IN_OSAKA, IN_TOKYO, SIDE], tmp_path)
    assert (found.percent, won(found)) == (100, ["first", "second", "members"])


def test_a_segments_condition_counts_once_however_many_rules_use_it(tmp_path: Path) -> None:
    found = covered([GOLD_ON_A_PHONE, IN_OSAKA], tmp_path)
    assert [(part.name, len(part.conditions), part.points) for part in found.parts] == [
        ("hero", 2, 6),
        ("side", 0, 1),
        ("", 1, 2),
    ]
    assert found.percent == pytest.approx(100 * 7 / 9)


def test_segments_that_no_rule_uses_do_not_count(tmp_path: Path) -> None:
    assert list(seen(covered([], tmp_path), "")) == ["member.rank"]


def test_rules_below_the_one_that_won_were_not_tried(tmp_path: Path) -> None:
    found = seen(covered([GOLD_ON_A_PHONE], tmp_path), "hero")
    assert found["device"].values == {True}
    assert found["prefecture"].values == frozenset()


def test_unknown_counts_as_not_true_and_can_be_told_from_false(tmp_path: Path) -> None:
    found = seen(covered([GOLD_ON_A_PHONE, NOTHING_KNOWN], tmp_path), "hero")
    assert (found["device"].true, found["device"].not_true, found["device"].only_unknown) == (True, True, True)


def test_blocks_for_which_a_test_expects_nothing_were_not_tried(tmp_path: Path) -> None:
    assert "members" not in won(covered([GOLD_ON_A_PHONE], tmp_path))


def test_only_the_tests_that_ran_count(tmp_path: Path) -> None:
    assert won(covered([GOLD_ON_A_PHONE, IN_OSAKA], tmp_path, select="osaka")) == ["second"]


def test_the_gaps_are_named_with_their_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_with([IN_OSAKA, NOTHING_KNOWN], tmp_path)
    assert main(["test", str(folder), "--coverage"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 passed, 0 failed",
        "coverage 44.4% (rules that won 1/3, conditions seen both ways 0/3)",
        "  hero 50%",
        f"    {folder}/page.yaml:8: rule first never won",
        f"    {folder}/page.yaml:8: device: mobile: was never true",
        f"    {folder}/page.yaml:9: prefecture: 東京: was never true",
        "  side 0%",
        f"    {folder}/page.yaml:13: rule members never won",
        "  segments 50%",
        f"    {folder}/page.yaml:3: member.rank: ゴールド: was never true",
    ]


def test_a_threshold_fails_under_it_and_only_then(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(folder_with([GOLD_ON_A_PHONE, IN_OSAKA], tmp_path))
    assert main(["test", folder, "--threshold", "77"]) == 0
    assert main(["test", folder, "--threshold", "78"]) == 1
    assert capsys.readouterr().out.endswith("the coverage is under 78 %\n")


@pytest.mark.parametrize("threshold", ["101", "-1", "half"])
def test_a_threshold_that_is_no_percentage_is_wrong_usage(threshold: str, tmp_path: Path) -> None:
    assert main(["test", str(tmp_path), f"--threshold={threshold}"]) == 2


def test_results_and_coverage_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = "- {name: wrong, visitor: {device: desktop}, at: 2026-12-01 10:00, expect: {hero: first}}"
    folder = str(folder_with([IN_OSAKA, wrong], tmp_path))
    assert main(["test", folder, "--coverage", "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["passed"], data["failed"], data["coverage"]["percent"]) == (1, 1, 44.4)
    (failure,) = data["tests"][1]["failures"]
    assert (failure["expected"], failure["won"], failure["shows"]["kind"]) == ("first", "otherwise", "original")
    assert data["tests"][1]["at"] == "2026-12-01T10:00:00+09:00"
    device, segment = failure["rules"][0]["conditions"]
    assert (device["condition"], device["value"], device["read"]) == ("mobile", "not", "desktop")
    assert (segment["segment"], segment["value"]) == ("gold", "unknown")
    assert segment["conditions"][0]["unknown_because"] == "nobody is logged in"
