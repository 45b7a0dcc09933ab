"""What `check` finds out about a folder without a visitor.

The files under tests/cases/analyses are written as editors would: in NAME.dead.yaml the rule that its last line names
can never show, in NAME.alive.yaml, which look alike, all can.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from omotenashi.model.errors import Diagnostic
from omotenashi.rules_folder import examined
from omotenashi.site import load

CASES = Path(__file__).parents[1] / "cases"
DEAD = sorted(CASES.glob("analyses/*.dead.yaml"))
ALIVE = sorted(CASES.glob("analyses/*.alive.yaml"))
CHRISTMAS = 1_798_124_400
"""2026-12-25 00:00 in Tokyo."""
SHOWN = "show: original}"


def _examined(folder: Path, text: str, now: float = CHRISTMAS) -> list[Diagnostic]:
    shutil.copy(CASES / "site.yaml", folder / "site.yaml")
    (folder / "case.yaml").write_text(text + "\n  赤ちゃん: {otherwise: original}\n")
    return list(examined(load(folder), now).diagnostics)


def _codes(folder: Path, text: str, now: float = CHRISTMAS) -> list[tuple[str, int]]:
    return [(one.code, one.position.line) for one in _examined(folder, text, now) if one.code != "N641"]


def _block(*rules: str, extra: str = "") -> str:
    lines = "\n".join(f"      - {{{rule}, {SHOWN}" for rule in rules)
    return f"{extra}blocks:\n  hero:\n    rules:\n{lines}\n    otherwise: original"


@pytest.mark.parametrize("case", DEAD, ids=lambda case: case.name)
def test_a_rule_that_can_never_show_is_found_with_its_name_and_a_rule_that_hides_it(case: Path, tmp_path: Path) -> None:
    hidden = re.search(r"# hidden: (.+)\n\Z", case.read_text())
    assert hidden
    found = [one for one in _examined(tmp_path, case.read_text().rstrip()) if one.code == "W511"]
    assert [one.values["value"] for one in found] == [hidden[1]]
    line = next(number for number, line in enumerate(case.read_text().splitlines(), 1) if hidden[1] in line)
    assert found[0].position.line == line
    assert {word for _, word in found[0].related} == {"hider"}


@pytest.mark.parametrize("case", ALIVE, ids=lambda case: case.name)
def test_rules_that_look_alike_raise_no_alarm(case: Path, tmp_path: Path) -> None:
    found = _examined(tmp_path, case.read_text().rstrip())
    assert [one.code for one in found if one.code not in ("N602", "W524", "N641", "N642")] == []


def test_a_copy_is_one_warning_at_the_later_of_the_two(tmp_path: Path) -> None:
    rules = ("name: a, when: {device: mobile, campaign: x}", "name: b, when: {campaign: x, device: mobile}")
    assert _codes(tmp_path, _block(*rules)) == [("W513", 5)]


def test_a_copy_with_the_same_limit_is_a_copy_though_it_is_not_hidden(tmp_path: Path) -> None:
    same = "when: {device: mobile}, limit: {times: 1, per: 1 day}"
    assert ("W513", 5) in _codes(tmp_path, _block(f"name: a, {same}", f"name: b, {same}"))


def test_a_segment_that_only_a_test_could_mean_is_unused(tmp_path: Path) -> None:
    extra = "segments:\n  a: {when: {device: mobile}}\n  b: {when: {device: tablet}}\n"
    assert _codes(tmp_path, _block("name: r, when: {segment: b}", extra=extra)) == [("W521", 2)]


def test_a_segment_that_another_uses_is_used(tmp_path: Path) -> None:
    extra = "segments:\n  a: {when: {device: mobile}}\n  b: {when: {not: {segment: a}}}\n"
    assert _codes(tmp_path, _block("name: r, when: {segment: b}", extra=extra)) == []


def test_a_content_that_nothing_shows_is_unused(tmp_path: Path) -> None:
    extra = "contents:\n  a: {html: x}\n"
    assert _codes(tmp_path, _block("name: r", extra=extra)) == [("W522", 2)]


def test_rules_without_a_test_are_named_once_for_their_block(tmp_path: Path) -> None:
    rules = ("name: a, when: {device: mobile}", "name: b, when: {device: tablet}", "id: c, when: {device: desktop}")
    tests = "tests:\n  - {name: t, visitor: {device: desktop}, expect: {hero: c}}\n"
    [found] = _examined(tmp_path, _block(*rules, extra=tests))
    assert (found.code, found.position.line, found.values["names"]) == ("W523", 6, "a、b")


def test_a_folder_without_tests_is_told_so_once_and_without_a_warning(tmp_path: Path) -> None:
    assert [one.code for one in _examined(tmp_path, _block("name: r"))] == ["N641"]


def test_a_period_that_is_over_is_noted_from_the_end_of_its_last_day_on(tmp_path: Path) -> None:
    text = _block("name: r, until: 2026-12-24")
    assert _codes(tmp_path, text, CHRISTMAS - 1) == []
    assert _codes(tmp_path, text, CHRISTMAS) == [("N642", 4)]


def test_a_block_whose_rules_all_need_consent_should_say_so(tmp_path: Path) -> None:
    assert _codes(tmp_path, _block("name: a, when: {visits: 2}", "name: b, when: {cart: yes}")) == [("W524", 4)]


def test_a_block_some_of_whose_rules_need_consent_is_told_so_once(tmp_path: Path) -> None:
    rules = ("name: a, when: {device: mobile}", "name: b, when: {visits: 2}", "name: c, when: {cart: yes}")
    assert _codes(tmp_path, _block(*rules)) == [("N602", 5)]


def test_a_block_that_asks_for_consent_says_so_itself(tmp_path: Path) -> None:
    text = _block("name: a, when: {visits: 2}").replace("    rules:", "    needs_consent: personalization\n    rules:")
    assert _codes(tmp_path, text) == []


def test_a_rule_for_those_without_consent_contradicts_a_block_that_asks_for_it(tmp_path: Path) -> None:
    text = _block("name: a, when: {not: {consent: personalization}}")
    text = text.replace("    rules:", "    needs_consent: personalization\n    rules:")
    assert _codes(tmp_path, text) == [("E492", 5)]


def test_a_rule_that_asks_for_consent_says_so_itself(tmp_path: Path) -> None:
    assert _codes(tmp_path, _block("name: a, when: {visits: 2, consent: personalization}")) == []


def test_a_rule_that_history_is_only_one_way_to_match_needs_no_consent(tmp_path: Path) -> None:
    assert _codes(tmp_path, _block("name: a, when: {any: [{visits: 2}, {device: mobile}]}")) == []


@pytest.mark.parametrize(
    ("word", "code"), [("靴", "N643"), ("あ", "W531"), ("x", "W531"), ("7", "W531"), ("{contains: ラ}", "W532")]
)
def test_a_keyword_of_one_character_is_a_warning_or_if_it_is_kanji_a_note(tmp_path: Path, word: str, code: str) -> None:
    assert _codes(tmp_path, _block(f"name: a, when: {{keyword: [ランニング, {word}]}}")) == [(code, 4)]


@pytest.mark.parametrize("word", ["パン", "{exact: 靴}", "TV", "山 川"])
def test_a_keyword_of_two_characters_or_in_full_is_none(tmp_path: Path, word: str) -> None:
    assert _codes(tmp_path, _block(f"name: a, when: {{keyword: {word}}}")) == []


def test_a_folder_with_an_error_is_not_analysed(tmp_path: Path) -> None:
    found = _codes(tmp_path, _block("name: a, when: {device: mobile}", "name: b, when: {device: mobil}"))
    assert found == [("E305", 5)]
