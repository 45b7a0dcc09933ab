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


TESTED = """
blocks: {{hero: {{rules: [{{name: a, when: {{visits: 3}}, show: nothing}}], otherwise: original}}}}
tests: [{{name: a, visitor: {visitor}, expect: {{hero: {won}}}}}]
"""


def noted_consent(folder: Path, visitor: str, won: str, site: str = "") -> list[tuple[str, object, int]]:
    (folder / "site.yaml").write_text(f"version: 1\nname: x\n{site}")
    (folder / "rules.yaml").write_text(TESTED.format(visitor=visitor, won=won))
    found = [one for one in load(folder).diagnostics if one.code == "N601"]
    return [(one.code, one.values["write"], one.position.column) for one in found]


def test_it_is_noted_that_without_consent_a_stated_history_is_unknown(tmp_path: Path) -> None:
    found = [("N601", "consent: [personalization]", 29)]
    assert noted_consent(tmp_path, "{visits: 3}", "original") == found


def test_a_consent_that_does_not_suffice_is_pointed_at_and_kept(tmp_path: Path) -> None:
    found = [("N601", "consent: [measurement, personalization]", 49)]
    assert noted_consent(tmp_path, "{visits: 3, consent: measurement}", "original") == found


def test_the_consent_that_the_site_takes_for_granted_counts_in_tests(tmp_path: Path) -> None:
    assert noted_consent(tmp_path, "{visits: 3}", "a", "consent: {default: granted}\n") == []
    assert noted_consent(tmp_path, "{visits: 3, consent: []}", "original", "consent: {default: granted}\n") != []
