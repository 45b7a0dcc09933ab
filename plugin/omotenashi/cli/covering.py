"""The coverage of tests as lines and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor
from typing import Any

from omotenashi.cli.accounts import condition_text
from omotenashi.cli.common import say
from omotenashi.coverage import Coverage, Covered, Seen, percent

_GAPS = {
    "never true": ("一度も当てはまっていない", "was never true"),
    "never not true": ("いつも当てはまっていた", "was never false"),
    "only unknown": (
        "? 「不明」で外れただけで、はっきり外れたことはない(参考。網羅率には影響しない)",
        "? was unknown, but never plainly false (a remark; it counts as tried)",
    ),
    "never tried": ("一度も調べられていない", "was never looked at"),
}


def coverage_lines(covered: Coverage, folder: str, language: str) -> Iterator[str]:
    """Return the coverage, overall and block by block, and what was not tried, each with its place."""
    rules = [won for part in covered.parts for _, won in part.rules]
    conditions = [one for part in covered.parts for one in part.conditions]
    both = sum(one.true and one.not_true for one in conditions)
    total = _rounded(covered.percent)
    yield say(
        language,
        f"網羅率 {total}(選ばれたルール {sum(rules)}/{len(rules)}、両方を試した条件 {both}/{len(conditions)})",
        f"coverage {total} (rules that won {sum(rules)}/{len(rules)}, conditions seen both ways {both}/{len(conditions)})",
    )
    for part in covered.parts:
        yield f"  {_name(part, language)} {_rounded(percent([part]))}"
        yield from (f"    {line}" for line in _missing(part, folder, language))


def coverage_data(covered: Coverage, language: str) -> dict[str, Any]:
    """Return the coverage as plain data."""
    return {
        "percent": floor(covered.percent * 10) / 10,
        "blocks": {
            part.name: {"percent": floor(percent([part]) * 10) / 10, **_part_data(part, language)}
            for part in covered.parts
            if part.name
        },
        "segments": next((_part_data(part, language) for part in covered.parts if not part.name), None),
    }


def _name(part: Covered, language: str) -> str:
    return part.name or say(language, "セグメント", "segments")


def _rounded(value: float) -> str:
    """Rounded down, so that 100 % means all."""
    return f"{floor(value * 10) / 10:g}%"


def _missing(part: Covered, folder: str, language: str) -> Iterator[str]:
    found = [
        (
            rule.position.file,
            rule.position.line,
            say(language, f"ルール「{rule.name}」は一度も選ばれていない", f"rule {rule.name} never won"),
        )
        for rule, won in part.rules
        if not won
    ]
    for one in part.conditions:
        place, text = one.fact.position, condition_text(one.fact, language)
        found += [(place.file, place.line, f"{text}: {say(language, *_GAPS[gap])}") for gap in _gaps(one)]
    for file, line, text in sorted(found, key=lambda gap: gap[:2]):
        yield f"{folder}{file}:{line}: {text}"


def _gaps(one: Seen) -> Iterator[str]:
    if not one.values:
        yield "never tried"
        return
    if not one.true:
        yield "never true"
    if not one.not_true:
        yield "never not true"
    elif one.only_unknown and one.fact.field != "experiment":  # which is never false
        yield "only unknown"


def _part_data(part: Covered, language: str) -> dict[str, Any]:
    return {
        "rules": [
            {"name": rule.name, "id": rule.id, "file": rule.position.file, "line": rule.position.line, "won": won}
            for rule, won in part.rules
        ],
        "conditions": [
            {
                "condition": condition_text(one.fact, language),
                "file": one.fact.position.file,
                "line": one.fact.position.line,
                "seen_true": one.true,
                "seen_false": False in one.values,
                "seen_unknown": None in one.values,
            }
            for one in part.conditions
        ],
    }
