"""What editors are told of likely slips, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.language.messages import hint, message
from omotenashi.language.report import suggestion
from omotenashi.language.vocabulary import EXAMPLES
from omotenashi.site import load

RULES = "blocks: {{hero: {{rules: [{{name: a, show: nothing, {rule}}}], otherwise: original}}}}\n"


def told(folder: Path, rule: str) -> list[tuple[str, str, str]]:
    """Return code, message and hint of all that is said of a rule, notes left out."""
    (folder / "site.yaml").write_text("version: 1\n")
    (folder / "rules.yaml").write_text(RULES.format(rule=rule))
    said = [one for one in load(folder).diagnostics if one.level != "note"]
    return [(one.code, message(one, "ja"), hint(one, "ja")) for one in said]


@pytest.mark.parametrize("word", ["購入", "買った"])
def test_who_writes_a_purchase_in_japanese_is_told_its_name(tmp_path: Path, word: str) -> None:
    error = ("E332", f"「{word}」はイベントの名前ではありません", "「purchase」ではありませんか")
    assert told(tmp_path, f"when: {{did: {{event: {word}}}}}") == [error]
    assert told(tmp_path, f"goal: {word}, cooldown: 30 days") == [error]


@pytest.mark.parametrize(
    ("written", "meant"), [("purchace", "purchase"), ("add_to_card", "add_to_cart"), ("SignUp", "sign_up")]
)
def test_a_near_miss_of_a_usual_event_is_warned_of(tmp_path: Path, written: str, meant: str) -> None:
    warning = f"「{written}」は、よく使われるイベントの名前に似ていますが、違う名前です"
    assert told(tmp_path, f"when: {{did: {{event: {written}}}}}") == [("W502", warning, f"「{meant}」ではありませんか")]


@pytest.mark.parametrize("event", ["purchase", "Purchase", "view_item_list", "demo_request", "資料請求"])
def test_usual_events_and_the_sites_own_are_not_warned_of(tmp_path: Path, event: str) -> None:
    assert told(tmp_path, f"when: {{did: {{event: {event}}}}}, goal: {event}, cooldown: 1 day") == []


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("limit: {times: 3}", "「limit」に「per」がありません"),
        ("limit: {per: 1 day}", "「limit」に「times」がありません"),
        ("when: {near: {within: 5 km}}", "「near」に「place」がありません"),
        ("when: {did: {within: 7 days}}", "「did」に「event」がありません"),
        ("when: {見た: {within: 7 days}}", "「viewed」に「page / tag / item / category」がありません"),
    ],
)
def test_what_is_missing_is_missing_in_what_it_belongs_to(tmp_path: Path, rule: str, sentence: str) -> None:
    assert [(code, said) for code, said, _ in told(tmp_path, rule)] == [("E202", sentence)]


def test_a_test_or_rule_without_a_name_lacks_something_in_its_list(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(
        "blocks:\n  hero:\n    rules: [{show: nothing}]\n    otherwise: original\ntests:\n  - {visitor: {device: mobile}}\n"
    )
    errors = load(tmp_path).diagnostics
    assert [(one.position.line, message(one, "en")) for one in errors] == [
        (3, "name is missing in rules"),
        (6, "expect is missing in tests"),
    ]


@pytest.mark.parametrize(
    ("slip", "remedy"),
    [
        ("when: mobile", "「{device: mobile}」と書きます"),
        ("when: [[mobile]]", "例: when: {device: mobile}"),
        ("when: {near: 渋谷店}", "「{place: 渋谷店, within: 5 km}」と書きます"),
        ("when: {viewed: /a}", "「{page: /a}」と書きます"),
        ("when: {bought: yes}", "「{at_least: 1}」と書きます"),
        ("when: {did: demo_request}", "「{event: demo_request}」と書きます"),
        ("when: {行動: [demo_request]}", "「{event: [demo_request]}」と書きます"),
        ("when: {last_visit: 30 days}", "「{before: 30 days}」と書きます"),
        ("when: {cart: [[a]]}", "例: cart: {abandoned_for: 1 hour}"),
        ("when: {shown: カゴ落ち}", "「{rule: カゴ落ち}」と書きます"),
        ("limit: 3", "「{times: 3, per: 7 days}」と書きます"),
    ],
)
def test_who_writes_a_text_where_a_mapping_belongs_is_shown_one(tmp_path: Path, slip: str, remedy: str) -> None:
    assert [(code, said) for code, _, said in told(tmp_path, slip)] == [("E203", remedy)]


NOT_FIELDS = ("when", "limit", "experiment", "split", "bucket")


@pytest.mark.parametrize("example", [example for name, example in EXAMPLES.items() if name not in NOT_FIELDS])
def test_the_examples_of_fields_are_conditions(tmp_path: Path, example: str) -> None:
    codes = {code for code, _, _ in told(tmp_path, f"when: {{{example}}}")}
    assert codes <= {"E404", "E421"}  # the shop and the rule that they name are not there


def test_a_block_that_site_yaml_misspells_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("attributes: {blood: {type: text, sensitive: yes, allowed_in: [Hero, バナ]}}\n")
    (tmp_path / "rules.yaml").write_text("blocks: {hero: {otherwise: original}, バナー: {otherwise: original}}\n")
    (error,) = load(tmp_path).diagnostics
    said = (error.position.file, error.position.column, message(error, "ja"), hint(error, "ja"))
    assert said == ("site.yaml", 69, "ブロック「バナ」がありません", "「バナー」ではありませんか")


def test_a_word_of_two_characters_is_known_again_by_one_of_them() -> None:
    assert suggestion("端未", ["都道府県", "端末", "国"]) == "端末"
    assert suggestion("天気", ["都道府県", "端末", "国"]) == ""
    assert suggestion("on", ["of", "id"]) == ""


def test_who_asks_for_what_is_known_of_members_is_told_where_to_declare_it(tmp_path: Path) -> None:
    ((code, _, remedy),) = told(tmp_path, "when: {性別: 女}")
    assert code == "E201"
    assert remedy.startswith(
        "会員の属性なら、site.yaml の「attributes」に書くと「member.性別」で使えます。よく使うキー: keyword、"
    )


def test_the_usual_conditions_are_not_listed_as_if_they_were_all(tmp_path: Path) -> None:
    ((_, _, remedy),) = told(tmp_path, "when: {天気: 雨}")
    assert remedy.startswith("よく使うキー: keyword、")
    assert remedy.endswith("not(全部は rules/README.md「使えることば」)")
