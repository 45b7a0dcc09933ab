"""One file made tidy: every step is kept only where the file means the same after it, or means something at last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeAlias

from msgspec import Struct

from omotenashi.language.fmt.halves import by_halves
from omotenashi.language.fmt.lines import cut
from omotenashi.language.fmt.mends import MENDS, OTHER_WIDTHS
from omotenashi.language.fmt.steps import STEPS, line_ends
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.parse import parse
from omotenashi.language.read_file import read_file
from omotenashi.language.read_site import read_site
from omotenashi.language.report import Report
from omotenashi.model.site_facts import SiteFacts

_Shape: TypeAlias = "tuple[object, ...]"
_Mistakes: TypeAlias = "Counter[tuple[str, int]]"
"""By code and line."""


class Tidied(Struct, frozen=True):
    """What came of a file."""

    text: str
    readable: bool
    """False: something is wrong that cannot be mended with certainty; the text is as it was."""


def tidied(name: str, text: str, facts: SiteFacts, *, is_site: bool = False) -> Tidied:
    """Return the text of one file with its lines made alike; `facts` are what site.yaml says.

    What the file means does not change, unless it is wrong: then slips are mended where that leaves fewer mistakes.
    """
    judge = _Judge(name, facts, is_site=is_site)
    text = text.removeprefix("\ufeff")
    mended = text if judge.faults(text) == 0 else _mended(line_ends(text), judge)
    if judge.shape(mended) is None:
        return Tidied(text, readable=False)
    for step in STEPS:
        made = step(mended)
        if made != mended and judge.shape(made) == judge.shape(mended):
            mended = made
    return Tidied(mended, readable=True)


def _mended(text: str, judge: _Judge) -> str:
    """Return the text with the fewest mistakes: with all mends, else with each that helps; only lines that need it."""
    mended = min((text, *_all_at_once(text)), key=judge.faults)
    for mend in (*MENDS, *OTHER_WIDTHS):
        made = mend(mended)
        if made != mended and judge.faults(mended):
            better = judge.faults(made) < judge.faults(mended)
            mended = made if better else by_halves(mended, made, judge.helps)
    return by_halves(mended, text, judge.harmless, _contents(mended))


def _contents(text: str) -> frozenset[int]:
    """The numbers of the lines within texts of several lines: these are not to be touched."""
    return frozenset(number for number, line in enumerate(cut(text)) if line.kind == "block")


def _all_at_once(text: str) -> Iterable[str]:
    for indentation in (MENDS[0], *OTHER_WIDTHS):
        yield _applied(text, (indentation, *MENDS[1:]))


def _applied(text: str, mends: Iterable[Callable[[str], str]]) -> str:
    for mend in mends:
        text = mend(text)
    return text


_MOST_KEPT = 16
"""Texts of which the judge remembers what they mean."""
_UNREADABLE = 1_000_000
"""More than the mistakes of any file that can be read."""


class _Judge:
    """Says what a text means and how much is wrong with it; it remembers the last texts."""

    def __init__(self, name: str, facts: SiteFacts, *, is_site: bool) -> None:
        self._name = name
        self._facts = facts
        self._is_site = is_site
        self._known: dict[str, tuple[_Shape | None, _Mistakes]] = {}

    def shape(self, text: str) -> _Shape | None:
        """Return what is written, without its places; None for what cannot be read."""
        return self._judged(text)[0]

    def faults(self, text: str) -> int:
        """Return the number of mistakes that show in this file alone."""
        shape, mistakes = self._judged(text)
        return mistakes.total() + (_UNREADABLE if shape is None else 0)

    def helps(self, before: str, after: str) -> bool | None:
        """Tell whether there are fewer mistakes after; None where some are gone and others have come."""
        old, new = self._judged(before)[1], self._judged(after)[1]
        if self.faults(after) < self.faults(before) and (new <= old or _are_one_line_apart(before, after)):
            return True
        return False if new == old else None

    def harmless(self, before: str, after: str) -> bool | None:
        """Tell whether there are no more mistakes after; None where a part of what was changed may be harmless."""
        return True if self.faults(after) <= self.faults(before) else None

    def _judged(self, text: str) -> tuple[_Shape | None, _Mistakes]:
        if text not in self._known:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            report = Report()
            tree = parse(self._name, text, report)
            if tree is None:
                self._known[text] = None, _mistakes(report)
            else:
                self._read(tree, report)
                self._known[text] = _shape(tree), _mistakes(report)
        return self._known[text]

    def _read(self, tree: MapNode, report: Report) -> None:
        if self._is_site:
            read_site(tree, report)
        else:
            read_file(tree, self._facts, report)


def _mistakes(report: Report) -> _Mistakes:
    return Counter((one.code, one.position.line) for one in report.diagnostics if one.level == "error")


def _are_one_line_apart(one: str, other: str) -> bool:
    return sum(first != second for first, second in zip(one.split("\n"), other.split("\n"), strict=True)) == 1


def _shape(node: Node) -> _Shape:
    if isinstance(node, TextNode):
        return node.text, node.quoted
    if isinstance(node, ListNode):
        return ("list", *map(_shape, node.items))
    return ("map", *((key.text, key.quoted, _shape(value)) for key, value in node.entries))
