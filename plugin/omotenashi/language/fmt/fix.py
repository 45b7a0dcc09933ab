"""One file made tidy: every step is kept only where the file means the same after it, or means something at last."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from msgspec import Struct

from omotenashi.language.fmt.mends import MENDS, OTHER_WIDTHS
from omotenashi.language.fmt.steps import STEPS, line_ends
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.parse import parse
from omotenashi.language.read_file import read_file
from omotenashi.language.read_site import read_site
from omotenashi.language.report import Report
from omotenashi.model.site_facts import SiteFacts

_Shape: TypeAlias = "tuple[object, ...]"


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
            mended = made if better else _line_by_line(mended, made, judge, gain=1)
    return _line_by_line(mended, text, judge, gain=0)


def _line_by_line(text: str, other: str, judge: _Judge, *, gain: int) -> str:
    """Return the text with each line of the other that leaves fewer mistakes by `gain`, or no more where it is 0.

    Mends keep the number of lines, so those of two texts are pairs.
    """
    lines, others = text.split("\n"), other.split("\n")
    different = [number for number, line in enumerate(lines) if line != others[number]]
    if len(different) > _MOST_TRIED:
        return text
    fewest = judge.faults(text)
    for number in different:
        trial = [*lines[:number], others[number], *lines[number + 1 :]]
        faults = judge.faults("\n".join(trial))
        if faults + gain <= fewest:
            lines, fewest = trial, faults
    return "\n".join(lines)


def _all_at_once(text: str) -> Iterable[str]:
    for indentation in (MENDS[0], *OTHER_WIDTHS):
        yield _applied(text, (indentation, *MENDS[1:]))


def _applied(text: str, mends: Iterable[Callable[[str], str]]) -> str:
    for mend in mends:
        text = mend(text)
    return text


_MOST_TRIED = 50
"""Lines that are tried one by one; where more were changed, it is the whole file that is written so."""
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
        self._known: dict[str, tuple[_Shape | None, int]] = {}

    def shape(self, text: str) -> _Shape | None:
        """Return what is written, without its places; None for what cannot be read."""
        return self._judged(text)[0]

    def faults(self, text: str) -> int:
        """Return the number of mistakes that show in this file alone."""
        return self._judged(text)[1]

    def _judged(self, text: str) -> tuple[_Shape | None, int]:
        if text not in self._known:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            report = Report()
            tree = parse(self._name, text, report)
            if tree is None:
                self._known[text] = None, _UNREADABLE + len(report.diagnostics)
            else:
                self._read(tree, report)
                self._known[text] = _shape(tree), sum(one.level == "error" for one in report.diagnostics)
        return self._known[text]

    def _read(self, tree: MapNode, report: Report) -> None:
        if self._is_site:
            read_site(tree, report)
        else:
            read_file(tree, self._facts, report)


def _shape(node: Node) -> _Shape:
    if isinstance(node, TextNode):
        return node.text, node.quoted
    if isinstance(node, ListNode):
        return ("list", *map(_shape, node.items))
    return ("map", *((key.text, key.quoted, _shape(value)) for key, value in node.entries))
