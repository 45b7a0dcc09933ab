"""What `shown: {rule: NAME}` and `shown: {block: NAME}` mean."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import good_site

from omotenashi.language.rule_names import rule_names

NAMES = rule_names(
    {"hero": [("お知らせ", "news"), ("割引", "hero/割引")], "Side": [("お知らせ", "side/お知らせ"), ("news", "x")]}
)

RULES = """
segments:
  tired: {when: {shown: {rule: 割引, times: 3}}}
blocks:
  hero:
    rules:
      - {name: お知らせ, id: news, when: {not: {shown: {block: side}}}, show: nothing}
      - {name: 割引, when: {device: mobile}, show: nothing}
      - {name: 別のお知らせ, when: {device: mobile}, show: nothing}
    otherwise: original
  side:
    rules:
      - {name: a, when: {device: mobile}, show: nothing}
      - {name: b, id: bee, when: {device: mobile}, show: nothing}
    otherwise: original
"""


def test_an_id_goes_before_a_name() -> None:
    assert NAMES.ids("rule", "NEWS") == ("news",)


def test_a_rule_has_its_block_before_its_name() -> None:
    assert NAMES.ids("rule", "side/オ知ラセ") == ("side/お知らせ",)


def test_a_name_of_its_own_is_enough() -> None:
    assert NAMES.ids("rule", "割引") == ("hero/割引",)


def test_a_name_of_several_rules_is_all_of_them() -> None:
    assert NAMES.ids("rule", "お知らせ") == ("news", "side/お知らせ")


def test_a_block_is_all_of_its_rules_and_its_mark() -> None:
    assert NAMES.ids("block", "side") == ("side/お知らせ", "x", "Side/")


def test_what_is_not_known_is_nothing() -> None:
    assert NAMES.ids("rule", "hero") == NAMES.ids("block", "お知らせ") == ()


def test_the_program_names_the_rules_whose_showings_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("version: 1\nname: x\n")
    (tmp_path / "rules.yaml").write_text(RULES)
    assert good_site(tmp_path).engine.program.remembered == {"hero/割引", "side/a", "bee"}
