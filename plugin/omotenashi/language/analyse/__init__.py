"""What can be known about rules without a visitor. Nothing here is needed for serving but the contradictions."""

from __future__ import annotations

from omotenashi.language.analyse.consent import history_needs_consent
from omotenashi.language.analyse.contradictions import contradictions, dead_parts
from omotenashi.language.analyse.ground import Ground
from omotenashi.language.analyse.hidden import hidden_rules
from omotenashi.language.analyse.periods import dead_periods, idle_experiments
from omotenashi.language.analyse.unused import untested_rules, unused_names
from omotenashi.language.report import Report
from omotenashi.language.syntax import Folder
from omotenashi.model.site_facts import SiteFacts

__all__ = ["analyse", "contradictions"]


def analyse(folder: Folder, site: SiteFacts, now: float, report: Report) -> None:
    """Add warnings and notes about a folder that is free of errors, as of a moment (epoch seconds)."""
    ground = Ground(folder, site)
    dead_parts(ground, report)
    hidden_rules(ground, report)
    unused_names(folder, report)
    untested_rules(folder, report)
    history_needs_consent(ground, report)
    idle_experiments(folder, report)
    dead_periods(folder, now, report)
