"""The spans of the lifecycle go from site.yaml to the condition."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import good_site

from omotenashi.model.visitor import History, Visitor

DAY = 86_400
NOW = 1_795_000_000
RULES = """
segments:
  lapsed: {when: {lifecycle: lapsed}}
  not_new: {when: {not: {lifecycle: new}}}
  here_or_leaving: {when: {lifecycle: [active, lapsing]}}
"""


def test_a_site_with_short_spans_calls_somebody_lapsed_after_three_weeks(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(
        "version: 1\nname: x\nlifecycle: {new: 1 day, active: 1 week, lapsing: 3 weeks}\n"
    )
    (tmp_path / "rules.yaml").write_text(RULES)
    engine = good_site(tmp_path).engine

    def segments(away: int) -> list[str]:
        history = History(first_seen=NOW - 100 * DAY, last_visit=NOW - away)
        return engine.segments(engine.occasion(Visitor(history=history), NOW))

    assert segments(21 * DAY) == ["not_new", "here_or_leaving"]
    assert segments(21 * DAY + 1) == ["lapsed", "not_new"]
