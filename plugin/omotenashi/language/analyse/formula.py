"""What the analyses reason about: claims on one property of a visitor each, joined by and and or.

A claim is about what is so, not about what is known to be so: whether a fact is known is a property of its own. So
claims have two values, and a condition of three values becomes two formulas: when it is true, when it is false.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeAlias

from msgspec import Struct

from omotenashi.language.analyse.domains import Domain

Property: TypeAlias = "tuple[Hashable, ...]"
"""What a claim is about, such as ("value", "device")."""


class Claim(Struct, frozen=True):
    """The property lies in the domain."""

    about: Property
    domain: Domain


class Every(Struct, frozen=True):
    """All of the parts; no parts are always true."""

    parts: tuple[Formula, ...]


class Some(Struct, frozen=True):
    """Any of the parts; no parts are never true."""

    parts: tuple[Formula, ...]


Formula: TypeAlias = "Claim | Every | Some"
ALWAYS, NEVER = Every(()), Some(())


def every(parts: Iterable[Formula]) -> Formula:
    """Return all of the parts; one part is itself."""
    found = tuple(parts)
    return found[0] if len(found) == 1 else Every(found)


def some(parts: Iterable[Formula]) -> Formula:
    """Return any of the parts; one part is itself."""
    found = tuple(parts)
    return found[0] if len(found) == 1 else Some(found)


def denied(formula: Formula) -> Formula:
    """Return the formula that is true exactly where this one is not."""
    if isinstance(formula, Claim):
        return Claim(formula.about, formula.domain.denied())
    if isinstance(formula, Every):
        return Some(tuple(map(denied, formula.parts)))
    return Every(tuple(map(denied, formula.parts)))
