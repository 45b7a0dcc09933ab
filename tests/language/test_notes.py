"""What `check` notes without refusing it."""

from __future__ import annotations

from pathlib import Path

from omotenashi.site import load

RULES = """
blocks:
  notice:
    rules:
      - {{name: first, when: {{device: mobile}}, {keys}, show: nothing}}
      - {{name: second, when: {{device: mobile}}, limit: {{times: 1, per: 1 day}}, show: nothing}}
    otherwise: original
"""


def notes(folder: Path, keys: str) -> list[tuple[str, object]]:
    (folder / "site.yaml").write_text("version: 1\nname: x\n")
    (folder / "rules.yaml").write_text(RULES.format(keys=keys))
    loaded = load(folder)
    assert loaded.site is not None, loaded.diagnostics
    return [(one.code, one.values.get("key")) for one in loaded.diagnostics]


def test_it_is_noted_that_a_goal_alone_changes_nothing(tmp_path: Path) -> None:
    assert notes(tmp_path, "goal: 資料請求") == [("N603", None)]


def test_a_cooldown_makes_a_goal_matter(tmp_path: Path) -> None:
    assert notes(tmp_path, "goal: purchase, cooldown: 30 days") == []
