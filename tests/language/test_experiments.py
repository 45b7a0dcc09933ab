"""What editors are told of slips in experiments, in words; and the pages about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.language.messages import hint, message
from omotenashi.language.pages.experiments import EXPERIMENTS
from omotenashi.language.pages.page import Page
from omotenashi.language.values import percent, percent_meant
from omotenashi.site import load

RULE = "blocks: {{hero: {{rules: [{{name: a, experiment: {{id: x, split: [{split}]}}}}], otherwise: original}}}}\n"
RED = "{name: 赤, share: 45%, show: nothing}"
GREEN = "{name: 緑, share: 45%, show: nothing}"


def told(folder: Path, split: str, language: str = "ja") -> list[tuple[str, str, str]]:
    """Return code, message and hint of all that is said of an experiment, notes left out."""
    return said(folder, RULE.format(split=split), language)


def said(folder: Path, rules: str, language: str = "ja") -> list[tuple[str, str, str]]:
    (folder / "site.yaml").write_text("version: 1\n")
    (folder / "rules.yaml").write_text(rules)
    found = [one for one in load(folder).diagnostics if one.level != "note"]
    return [(one.code, message(one, language), hint(one, language)) for one in found]


def test_shares_below_100_get_a_control_of_the_rest(tmp_path: Path) -> None:
    control = "{name: 対照, share: 10%, show: original}"
    remedy = f"残りをもとのままにするなら、「split」に足します: - {control}"
    assert told(tmp_path, f"{RED}, {GREEN}") == [("E435", "「share」の合計が 100% ではありません(90% です)", remedy)]
    assert told(tmp_path, f"{RED}, {GREEN}, {control}") == []
    assert told(tmp_path, f"{RED}, {GREEN}", "en")[0][2].endswith("- {name: control, share: 10%, show: original}")


def test_a_control_that_is_there_gets_the_rest(tmp_path: Path) -> None:
    _, _, remedy = told(tmp_path, f"{RED}, {GREEN}, {{name: いまのまま, share: 5%, show: original}}")[0]
    assert remedy == "例: 赤 45%、緑 45%、いまのまま 10%"


@pytest.mark.parametrize(
    ("red", "green", "meant"),
    [("60%", "60%", "赤 50%、緑 50%"), ("50%", "55%", "赤 48%、緑 52%"), ("100%", "50", "赤 67%、緑 33%")],
)
def test_shares_above_100_are_brought_down_in_proportion(tmp_path: Path, red: str, green: str, meant: str) -> None:
    told_of = told(tmp_path, f"{RED.replace('45%', red)}, {GREEN.replace('45%', green)}")
    assert told_of[0][::2] == ("E436", f"例: {meant}")


@pytest.mark.parametrize("shares", [("99.5%",), ("50%", "49.5%"), ("50.5%", "50%")])
def test_shares_may_miss_100_by_half_a_per_cent(tmp_path: Path, shares: tuple[str, ...]) -> None:
    split = [f"{{name: v{number}, share: {share}, show: nothing}}" for number, share in enumerate(shares)]
    assert [code for code, _, _ in told(tmp_path, ", ".join(split))] == (["E434"] if len(shares) == 1 else [])


def test_a_fraction_is_refused_once_with_the_per_cent_that_it_stands_for(tmp_path: Path) -> None:
    split = f"{RED.replace('45%', '0.45')}, {GREEN.replace('45%', '.55')}"
    assert told(tmp_path, split) == [("E437", "「0.45」は割合(%)として読めません", "「45%」ではありませんか")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("weight", "share"),
        ("ratio", "share"),
        ("比率", "share"),
        ("重み", "share"),
        ("shere", "share"),
        ("content", "show"),
    ],
)
def test_what_other_tools_call_a_key_of_a_variant_is_suggested(tmp_path: Path, written: str, meant: str) -> None:
    key = "show" if meant == "show" else "share"
    assert told(tmp_path, RED.replace(key, written))[0][::2] == ("E201", f"「{meant}」ではありませんか")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("variants", "split"), ("バリアント", "split"), ("パターン", "split"), ("metric", "goal"), ("name", "id")],
)
def test_what_other_tools_call_a_key_of_an_experiment_is_suggested(tmp_path: Path, written: str, meant: str) -> None:
    rules = RULE.format(split=f"{RED}, {GREEN}").replace("split:" if meant == "split" else "id:", f"{written}:")
    assert said(tmp_path, rules)[0][::2] == ("E201", f"「{meant}」ではありませんか")


@pytest.mark.parametrize(
    ("text", "share"), [("45%", 45), ("45", 45), ("４５％", 45), ("12.5 %", 12.5), ("0.5%", 0.5), ("45パーセント", 45)]
)
def test_shares(text: str, share: float) -> None:
    assert percent(text) == share


@pytest.mark.parametrize("text", ["0.45", ".5", "半分", "1/2", "-5%", "4割5分", "45円", "五%", ""])
def test_what_is_no_share(text: str) -> None:
    assert percent(text) is None


@pytest.mark.parametrize(
    ("text", "meant"), [("0.45", "45%"), ("０．１２５", "12.5%"), ("5割", "50%"), ("4割5分", "45%"), ("半分", "")]
)
def test_the_share_that_was_meant(text: str, meant: str) -> None:
    assert percent_meant(text) == meant


@pytest.mark.parametrize(("code", "page"), EXPERIMENTS.items())
def test_the_wrong_example_of_a_page_gets_its_code_and_the_right_one_none(
    tmp_path: Path, code: str, page: Page
) -> None:
    assert [one for one, _, _ in said(tmp_path, page.wrong)] == [code]
    assert said(tmp_path, page.right) == []


def test_the_bucket_that_a_test_lacks_is_given_as_text(tmp_path: Path) -> None:
    _, _, remedy = said(tmp_path, EXPERIMENTS["E441"].wrong)[0]
    assert remedy == "visitor に書き足します: bucket: {xmas: 赤}"


def test_who_expects_a_variant_as_if_it_were_a_rule_is_told_how(tmp_path: Path) -> None:
    rules = EXPERIMENTS["E441"].right.replace("{rule: クリスマスの帯, variant: 赤}", "赤")
    assert said(tmp_path, rules)[0][::2] == ("E407", "「{rule: クリスマスの帯, variant: 赤}」ではありませんか")


def test_an_id_that_is_taken_is_shown_in_both_places(tmp_path: Path) -> None:
    said(tmp_path, EXPERIMENTS["E431"].wrong)
    error = next(one for one in load(tmp_path).diagnostics if one.code == "E431")
    assert [(place.line, place.column, note) for place, note in error.related] == [(6, 15, "first")]
