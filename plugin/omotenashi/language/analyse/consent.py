"""Rules that only visitors with consent can see, in blocks that do not ask for it."""

from __future__ import annotations

from collections.abc import Sequence

from omotenashi.language.analyse.claims_history import known_history
from omotenashi.language.analyse.formula import denied
from omotenashi.language.analyse.ground import Ground
from omotenashi.language.analyse.placed import Part
from omotenashi.language.analyse.search import model
from omotenashi.language.condition import facts
from omotenashi.language.report import Report
from omotenashi.language.vocabulary import FIELDS

_CAPS = frozenset(("limit", "cooldown", "shown"))
_HISTORY = frozenset(field.name for field in FIELDS if field.stored) - _CAPS


def history_needs_consent(ground: Ground, report: Report) -> None:
    """Say once for each block that some of its rules are for visitors with consent alone.

    Where all of them ask for the history it is a warning. A block with needs_consent, or a rule with consent among its
    conditions, says so itself.
    """
    for block in ground.folder.blocks:
        if block.needs_consent == "personalization":
            continue
        asked = {rule.id: _asked(ground.placed.rule(rule, block), ground) for rule in block.rules}
        found = [rule for rule in block.rules if asked[rule.id] or (rule.experiment and asked[rule.id] is not None)]
        if found:
            code = "W524" if all(one and one & _HISTORY for one in asked.values()) else "N602"
            names = "、".join(rule.name for rule in found)
            report.add(code, found[0].position, names=names, block=block.name)


def _asked(parts: Sequence[Part], ground: Ground) -> frozenset[str] | None:
    """What a rule asks of the history, if it never matches without one; None where it asks for consent itself."""
    fields = frozenset(fact.field for part in parts for fact in facts(part.condition))
    if "consent" in fields:
        return None
    stored = fields & (_HISTORY | _CAPS)
    without = [denied(known_history()), *(ground.claims.true(part.condition) for part in parts)] if stored else []
    return stored if stored and model(without, ground.calendar) is None else frozenset()
