"""Collects the diagnostics of one run over a folder."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, TypeVar

from omotenashi.language.nodes import Node, TextNode
from omotenashi.model.errors import Diagnostic, Position
from omotenashi.model.text import fold

T = TypeVar("T")


class Report:
    """Diagnostics in the order in which they were found."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.unreadable = False
        """A file could not be read: names that it may define cannot be called unknown."""
        self.broken: set[str] = set()
        """Folded names whose definitions are wrong: who uses them is told nothing more."""
        self.blocks_named: list[TextNode] = []
        """Blocks that site.yaml names; they are looked for once the whole folder is known."""
        self.matching_said: Position | None = None
        """Where site.yaml says how keywords are matched, if only by its language."""

    def add(self, code: str, at: Node | Position, *related: tuple[Position, str], **values: Any) -> None:  # noqa: ANN401 templates take any value
        """Record a diagnostic at a node or a position; `values` fill the message's template."""
        position = at if isinstance(at, Position) else at.position
        self.diagnostics.append(Diagnostic(code, position, values, related))

    def may_exist(self, name: str) -> bool:
        """Tell whether a name that is not known may yet be defined, where it could not be read."""
        return self.unreadable or fold(name) in self.broken

    def kept(self, name: TextNode, made: T | None) -> T | None:
        """Return what was made of a definition; where nothing was, remember its name."""
        if made is None:
            self.broken.add(fold(name.text))
        return made

    @property
    def failed(self) -> bool:
        """Whether any error was found."""
        return any(diagnostic.level == "error" for diagnostic in self.diagnostics)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return errors first, then by file, line and column. One place gets one: the one nearest to the text."""
        by_code = sorted(self.diagnostics, key=lambda one: one.code, reverse=True)
        unique = {(one.level, one.position): one for one in by_code}.values()
        return tuple(sorted(unique, key=_order))


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or empty text."""
    spellings = {fold(name): name for name in known}
    close = difflib.get_close_matches(fold(word), spellings, n=1, cutoff=0.6)
    return spellings[close[0]] if close else ""


def _order(diagnostic: Diagnostic) -> tuple[int, str, int, int]:
    place = diagnostic.position
    return ({"error": 0, "warning": 1, "note": 2}[diagnostic.level], place.file, place.line, place.column)
