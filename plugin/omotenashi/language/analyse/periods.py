"""Rules that show no more because their time is over, and experiments that find nothing out."""

from __future__ import annotations

from omotenashi.language.condition import Before, Fact
from omotenashi.language.report import Report
from omotenashi.language.syntax import Folder


def dead_periods(folder: Folder, now: float, report: Report) -> None:
    """Note the rules whose `until` lies before a moment (epoch seconds). It is no mistake: time passes by itself."""
    for block in folder.blocks:
        for rule in block.rules:
            for one in rule.timing:
                if isinstance(one, Fact) and isinstance(one.operand, Before) and one.operand.epoch <= now:
                    report.add("N642", one.position, value=rule.name, until=one.written)


def idle_experiments(folder: Folder, report: Report) -> None:
    """Report experiments whose variants all show the same."""
    for block in folder.blocks:
        for rule in block.rules:
            shows = {(show.kind, show.text) for show in rule.shows}
            if rule.experiment and len(shows) == 1 and len(rule.shows) > 1:
                report.add("W525", rule.experiment.position, value=rule.experiment.id)
