"""Rules that only visitors with consent can see, in blocks that do not ask for it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from omotenashi.language.analyse.claims import Claims
from omotenashi.language.analyse.claims_history import known_history
from omotenashi.language.analyse.formula import denied
from omotenashi.language.analyse.placed import Part, Placed
from omotenashi.language.analyse.search import Calendar, model
from omotenashi.language.condition import facts
from omotenashi.language.report import Report
from omotenashi.language.syntax import Folder, RuleSpec
from omotenashi.language.vocabulary import FIELDS
from omotenashi.model.site_facts import SiteFacts

_STORED = frozenset(("limit", "cooldown", *(field.name for field in FIELDS if field.stored)))


def history_needs_consent(folder: Folder, site: SiteFacts, report: Report) -> None:
    """Say once for each block that some of its rules, or (a warning) all, are for visitors with consent alone.

    A block with needs_consent, or a rule with consent among its conditions, says so itself.
    """
    placed, claims = Placed(folder), Claims(site)
    calendar = Calendar(ZoneInfo(site.timezone), site.holidays)
    for block in folder.blocks:
        if block.needs_consent:
            continue
        found = [rule for rule in block.rules if _needs_history(rule, placed.rule(rule, block), claims, calendar)]
        if found:
            code = "W524" if len(found) == len(block.rules) else "N602"
            names = "、".join(rule.name for rule in found)
            report.add(code, found[0].position, names=names, block=block.name)


def _needs_history(rule: RuleSpec, parts: list[Part], claims: Claims, calendar: Calendar) -> bool:
    fields = {fact.field for part in parts for fact in facts(part.condition)}
    if "consent" in fields:
        return False
    if rule.experiment:
        return True
    if not fields & _STORED:
        return False
    without = denied(known_history())
    return model([without, *(claims.true(part.condition) for part in parts)], calendar) is None
