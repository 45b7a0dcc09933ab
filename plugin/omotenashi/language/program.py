"""A rules folder, compiled: immutable, with every name resolved. What the engine reads."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from omotenashi.language.condition import Condition
from omotenashi.language.placeholders import Template
from omotenashi.language.rule_names import RuleNames
from omotenashi.language.syntax import LimitSpec
from omotenashi.model.errors import Position
from omotenashi.model.landings import Landings


class Show(Struct, frozen=True, gc=False):
    """What to show: the original, nothing, or a content."""

    kind: str
    """original, nothing, html or url."""
    template: Template = ()
    content: str | None = None
    """The content's name, or the file's path."""
    url: str = ""
    """Where the content is fetched."""
    timeout: int | None = None
    """Milliseconds to wait for it."""


class Variant(Struct, frozen=True, gc=False):
    name: str
    share: float
    """Per cent of the visitors."""
    show: Show


class Experiment(Struct, frozen=True, gc=False):
    """What a rule shows is split among its visitors."""

    id: str
    variants: tuple[Variant, ...]


class Rule(Struct, frozen=True, gc=False):
    block: str
    name: str
    id: str
    condition: Condition
    """Complete: when, timing, limit and experiment, with the segments in place."""
    limit: LimitSpec | None
    show: Show | Experiment
    position: Position
    written: Condition | None = None
    """The condition with its segments by name, for explanations; None where it names none."""


class Block(Struct, frozen=True, gc=False):
    name: str
    label: str
    rules: tuple[Rule, ...]
    otherwise: Show
    selector: str = ""
    """CSS, for pages that carry no marker."""
    deadline: int | None = None
    """Milliseconds to wait for a content that is fetched."""
    shown: frozenset[str] = frozenset()
    """Ids of rules, and marks of blocks, for whose showings its conditions ask."""


class Program(Struct, frozen=True, gc=False):
    blocks: Mapping[str, Block]
    segments: Mapping[str, Condition]
    """By name, with the segments within them in place."""
    synonyms: Mapping[str, tuple[str, ...]]
    """For each folded word of a group, the words of its group."""
    timezone: str
    names: RuleNames = RuleNames()
    remembered: frozenset[str] = frozenset()
    """Ids of the rules for which some condition `shown` asks: their showings are recorded."""
    written_segments: Mapping[str, Condition] = {}
    """By name, with the segments within them by name."""
    private_segments: frozenset[str] = frozenset()
    """Segments that ask for a sensitive attribute: who is in them is not told."""
    landings: Landings = {}
    """The searches that lead to each page."""
