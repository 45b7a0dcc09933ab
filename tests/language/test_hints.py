"""What editors are told of likely slips, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.language.messages import hint, message
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
