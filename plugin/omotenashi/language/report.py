"""Collects the diagnostics of one run over a folder."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec.structs import replace

from omotenashi.language.nodes import Node, TextNode
from omotenashi.model.errors import Diagnostic, Position
from omotenashi.model.text import fold

T = TypeVar("T")
LONGEST_SLIP = 200
"""Characters of a text for which it is worked out what was meant."""
MOST_TOLD = 2000
"""Diagnostics of one run that are kept: nobody reads more."""
_NAMES = frozenset(("E401", "E402", "E403", "E404", "E405", "E407", "E408", "E421"))
"""What is said of names that are not defined."""
_MOST_USES = 4
_MOST_WITH_SUGGESTIONS = 200
"""Finding what was meant takes a tenth of a millisecond and more: seconds, for a file of nothing but mistakes."""


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
        if self.full:
            return
        position = at if isinstance(at, Position) else at.position
        self.diagnostics.append(Diagnostic(code, position, values, related))

    def join(self, other: Report) -> None:
        """Take over what was found of a part of the folder by itself."""
        self.diagnostics += other.diagnostics
        self.unreadable |= other.unreadable
        self.broken |= other.broken

    def may_exist(self, name: str) -> bool:
        """Tell whether a name that is not known may yet be defined, where it could not be read."""
        return self.unreadable or fold(name) in self.broken

    def kept(self, name: TextNode, made: T | None) -> T | None:
        """Return what was made of a definition; where nothing was, remember its name."""
        if made is None:
            self.broken.add(fold(name.text))
        return made

    def near(self, word: str, known: Iterable[str]) -> str:
        """Return the known word that was probably meant, or empty text; also where so much is wrong that nobody reads on."""
        return "" if len(self.diagnostics) > _MOST_WITH_SUGGESTIONS else suggestion(word, known)

    @property
    def full(self) -> bool:
        """Whether so much is wrong that nothing more is recorded."""
        return len(self.diagnostics) >= MOST_TOLD

    @property
    def failed(self) -> bool:
        """Whether any error was found."""
        return any(diagnostic.level == "error" for diagnostic in self.diagnostics)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return what was found by file, line and column; warnings and notes come once the errors are gone.

        One place gets one: the one nearest to the text.
        """
        told = [one for one in self.diagnostics if one.level == "error"] or self.diagnostics
        by_code = sorted(told, key=lambda one: one.code, reverse=True)
        unique = {(one.level, one.position): one for one in by_code}.values()
        return tuple(_each_name_once(sorted(unique, key=_order)))


def _each_name_once(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """A name that is not defined is one mistake, however often it is used: further uses are second places."""
    uses: dict[tuple[object, ...], list[Diagnostic]] = {}
    for number, one in enumerate(diagnostics):
        said = (fold(str(one.values.get(name, ""))) for name in ("value", "block"))
        uses.setdefault((one.code, *said) if one.code in _NAMES else (number,), []).append(one)
    return [_with_uses(*used) for used in uses.values()]


def _with_uses(first: Diagnostic, *others: Diagnostic) -> Diagnostic:
    also = tuple((one.position, "also") for one in others[:_MOST_USES])
    return replace(first, related=(*first.related, *also)) if also else first


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, one of the same script first; or empty text."""
    names = list(known)
    return _closest(word, [name for name in names if name.isascii() == word.isascii()]) or _closest(word, names)


def _closest(word: str, known: Iterable[str]) -> str:
    if len(word) > LONGEST_SLIP:
        return ""
    spellings = {fold(name): name for name in known}
    cutoff = 0.5 if len(word) == 2 and not word.isascii() else 0.6  # 端未 for 端末: half of it is right
    close = difflib.get_close_matches(fold(word), spellings, n=1, cutoff=cutoff)
    return spellings[close[0]] if close else ""


def _order(diagnostic: Diagnostic) -> tuple[int, str, int, int]:
    place = diagnostic.position
    return ({"error": 0, "warning": 1, "note": 2}[diagnostic.level], place.file, place.line, place.column)
