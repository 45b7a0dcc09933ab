"""What `explain` tells of carts, stages, showings and goals that a visitor states."""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.cli import main

RULES = """
blocks:
  notice:
    rules:
      - name: cart
        when:
          cart: {abandoned_for: 1 hour}
          lifecycle: lapsed
          shown: {rule: cart, times: {at_most: 5}}
        limit: {times: 3, per: 7 days}
        goal: purchase
        cooldown: 30 days
        show: nothing
    otherwise: original
"""


@pytest.fixture
def folder(tmp_path: Path) -> str:
    (tmp_path / "site.yaml").write_text("version: 1\nname: x\nlanguage: en\n")
    (tmp_path / "rules.yaml").write_text(RULES)
    return str(tmp_path)


def explained(folder: str, visitor: str) -> int:
    arguments = ["explain", "notice", "--rules", folder, "--visitor", visitor, "--at", "2026-11-20 12:00"]
    return main([*arguments, "--lang", "en"])


def test_each_condition_is_told_with_what_was_read(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    visitor = (
        "{consent: personalization, cart: {abandoned_for: 2 hours, amount: 9000}, lifecycle: lapsed,"
        " shown: [cart 1 day ago], bought: [shoes 31 days ago]}"
    )
    assert explained(folder, visitor) == 0
    assert capsys.readouterr().out.splitlines() == [
        "○ cart",
        "    ○ cart: {abandoned_for: 1 hour}  ← 9000 (2026-11-20 10:00:00)",
        "    ○ lifecycle: lapsed  ← lapsed",
        "    ○ shown: {rule: cart, times: {at_most: 5}}  ← notice/cart × 1",
        "    ○ limit: 3  ← notice/cart × 1",
        "    ○ cooldown: 30 days (purchase)  ← bought 1, did 0",
        "→ cart (TARGETING_MATCH; nothing)",
    ]


def test_a_visitor_with_nothing_in_the_cart_is_new(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(folder, "{consent: personalization, last_visit: 2 hours ago}") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:3] == [
        "    × cart: {abandoned_for: 1 hour}  ← -",
        "    × lifecycle: lapsed  ← - … 2026-11-20 10:00:00",
    ]


def test_without_consent_all_of_it_is_unknown(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(folder, "{cart: yes}") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip()[0] for line in lines] == ["?", "?", "?", "?", "?", "?", "→"]


def test_a_visitor_cannot_have_seen_a_rule_that_is_not_there(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(folder, "{consent: personalization, shown: [crat]}") == 1
    assert "error[E421] there is no rule crat" in capsys.readouterr().err
