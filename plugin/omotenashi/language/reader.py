"""Reading nodes: the small steps that every part of a file is read with. What is of the wrong form is reported once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from omotenashi.language.aliases import ANYTHING, key_meant
from omotenashi.language.condition import Span
from omotenashi.language.meant import remedy, several
from omotenashi.language.meant_dates import date_meant
from omotenashi.language.meant_forms import EXAMPLES_OF_FORMS, MISSING, list_meant, mapping_meant, text_meant
from omotenashi.language.meant_values import other_value
from omotenashi.language.nodes import ListNode, MapNode, Node, TextNode
from omotenashi.language.report import Report
from omotenashi.language.twice import say_twice
from omotenashi.language.values import Moment, moment, number, span, span_beyond, yes_no
from omotenashi.language.vocabulary import Word, Words
from omotenashi.model.text import fold

T = TypeVar("T")
Entries: TypeAlias = dict[str, tuple[TextNode, Node]]
"""The keys of a mapping as written, and their values, by canonical key."""
LARGEST_COUNT = 1000
_NO_SLIPS: Mapping[str, str] = {}
_LISTS_TOO = ("E304", "E306", "E307", "E332", "E344", "E360")
"""Codes of values in the place of which a list may stand."""


def text(node: Node, what: str, report: Report, expected: str = "text") -> TextNode | None:
    """Return a text that is not empty; `expected` says what else could stand there."""
    if not isinstance(node, TextNode):
        report.add("E203", node, what=what, expected=expected, write=text_meant(node, what))
        return None
    if not node.text.strip():
        report.add("E204", node, what=what)
        return None
    return node


def mapping(node: Node, what: str, report: Report, example: str = "", form: str = "") -> MapNode | None:
    """Return a mapping that is not empty; `example` shows who writes something else what it looks like.

    `form` says what it is where `what` is a name of the file's own: block, content and such.
    """
    if isinstance(node, TextNode) and node.empty:
        report.add("E204", node, what=what)
        return None
    if not isinstance(node, MapNode):
        example = example or EXAMPLES_OF_FORMS.get(form or what, "")
        meant = mapping_meant(form or what, node)
        report.add("E203", node, what=what, expected=form or "mapping", example=example, write=meant)
        return None
    if not node.entries:
        report.add("E204", node, what=what)
        return None
    return node


def listing(node: Node, what: str, report: Report, example: str = "") -> tuple[Node, ...]:
    """Return the entries of a list that is not empty; `example` is as for `mapping`."""
    if isinstance(node, TextNode) and node.empty:
        report.add("E204", node, what=what)
        return ()
    if not isinstance(node, ListNode):
        report.add(
            "E203",
            node,
            what=what,
            expected="list",
            example=example or EXAMPLES_OF_FORMS.get(what, ""),
            write=list_meant(what, node),
        )
        return ()
    if not node.items:
        report.add("E204", node, what=what)
    return node.items


def one_or_more(node: Node, what: str, report: Report) -> tuple[Node, ...]:
    """Return the entries of a list, or a single value as one entry."""
    return listing(node, what, report) if isinstance(node, ListNode) else (node,)


def keys(node: MapNode, words: Words, what: str, report: Report, slips: Mapping[str, str] = _NO_SLIPS) -> Entries:
    """Return the entries by canonical key. Unknown keys, keys of later versions and doubles are reported.

    `slips` are folded wrong names with what is meant by them.
    """
    found: Entries = {}
    named = [(words.find(key.text), key, value) for key, value in node.entries]
    later = any(word is not None and not word.ready for word, _, _ in named)
    for word, key, value in named:
        if word is None and (later or report.full):
            continue  # it may belong to what a later version has
        if word is None:
            report.add(
                "E201",
                key,
                key=key.text,
                what=what,
                known=words.all,
                did_you_mean=slips.get(fold(key.text)) or meant_key(key.text, words, report),
            )
        elif not word.ready:
            report.add("E205", key, key=key.text)
        elif word.name in found:
            say_twice((key, value), found[word.name], report)
        else:
            found[word.name] = (key, value)
    return found


def inside(entries: Entries, key: str, words: Words, report: Report) -> Entries:
    """Return the entries of the mapping that is the value of a key; none where there is none."""
    node = mapping(entries[key][1], key, report) if key in entries else None
    return keys(node, words, key, report) if node else {}


def meant_key(text: str, words: Words, report: Report) -> Word | str:
    """Return the key that was probably meant, or empty text."""
    return key_meant(text, words) or report.near(text, words.names())


def required(node: MapNode, entries: Entries, needed: Sequence[str], what: str, report: Report) -> bool:
    """Tell whether all of the needed keys are there; the first that is not is reported as missing in `what`."""
    absent = next((key for key in needed if key not in entries), None)
    if absent is not None:
        missing_inside(node, entries, what, absent, report)
    return absent is None


def missing(node: MapNode, entries: Entries, at: TextNode, key: str, report: Report) -> None:
    """Report a key that is missing at the name of what lacks it."""
    _missing(node, entries, at, at.text, key, report)


def missing_inside(node: MapNode, entries: Entries, what: str, key: str, report: Report) -> None:
    """Report a key that is missing in `what` at the beginning of its mapping."""
    _missing(node, entries, node.entries[0][0], what, key, report)


def _missing(node: MapNode, entries: Entries, at: TextNode, what: str, key: str, report: Report) -> None:
    """Unless another key was refused: that may have been meant for it."""
    if len(entries) == len(node.entries):
        unchanged = {"unchanged": f"{key}: original"} if key == "show" else {}
        report.add("E202", at, key=key, what=what, write=MISSING.get(key, ""), **unchanged)


def value(node: Node, what: str, read: Callable[[str], T | None], code: str, report: Report) -> T | None:
    """Return what `read` makes of a text; None of it is reported under `code`."""
    found = text(node, what, report)
    if found is None:
        return None
    result = read(found.text)
    if result is None:
        meant = remedy(code, found.text)
        meant = meant if ": " in meant or read(meant.strip('"')) is not None else ""
        several_meant = several(found.text, read) if code in _LISTS_TOO else ""
        report.add(code, found, value=found.text, what=what, write=several_meant or meant)
    return result


def moment_of(node: Node, what: str, report: Report, year: int = 0) -> Moment | None:
    """Return a day or a minute of a day; `year` is for the hint to who leaves it out, where one is known."""
    found = text(node, what, report)
    if found is None:
        return None
    result = moment(found.text)
    if result is None:
        all_of_them = several(found.text, moment) if what == "holidays" else ""
        meant = all_of_them or date_meant(found.text, last=what == "until", year=year)
        report.add("E303", found, value=found.text, what=what, write=meant)
    return result


def choice(node: Node, what: str, words: Words, report: Report) -> str | None:
    """Return the canonical name of one of a few words."""
    found = text(node, what, report)
    if found is None:
        return None
    word = words.find(found.text)
    if word is not None and word.ready:
        return word.name
    if word is not None:
        report.add("E205", found, key=found.text)
    elif not report.full:
        if _is_anything(found, what, report):
            return None
        meant = other_value(found.text, what, words.find)
        near = report.near(found.text, words.names())
        report.add("E305", found, value=found.text, what=what, known=words.all, write=meant, did_you_mean=near)
    return None


def outside(
    node: TextNode,
    what: str,
    known: Iterable[str],
    report: Report,
    find: Callable[[str], object] | None = None,
    also: Iterable[str] = (),
) -> None:
    """Report a value outside its domain, with the one that was probably meant.

    `find` knows more spellings; `also` are those that may be suggested beside what is told.
    """
    if report.full or _is_anything(node, what, report):
        return
    names = list(known)
    folded = {fold(name) for name in names}
    meant = other_value(node.text, what, find or (lambda part: fold(part) in folded))
    same = [name for name in names if name.isascii() == node.text.isascii()] or names
    near = report.near(node.text, [*names, *also])
    report.add("E305", node, value=node.text, what=what, known=same[:12], write=meant, did_you_mean=near)


def _is_anything(node: TextNode, what: str, report: Report) -> bool:
    """Tell whether a value sets no condition at all, after reporting it."""
    if fold(node.text) not in ANYTHING:
        return False
    report.add("E353", node, value=node.text, what=what)
    return True


def number_of(node: Node, what: str, report: Report) -> float | None:
    """Return a number."""
    return value(node, what, number, "E301", report)


def count_of(node: Node, what: str, report: Report, most: int = LARGEST_COUNT) -> int | None:
    """Return a whole number from 0 to `most`."""
    result = number_of(node, what, report)
    if result is None:
        return None
    if result < 0 or result != int(result):
        report.add("E309", node, what=what, write=str(max(1, round(abs(result)))))
        return None
    if result > most:
        report.add("E319", node, what=what, limit=most, write=str(most))
        return None
    return int(result)


def span_of(node: Node, what: str, report: Report) -> Span | None:
    """Return a span of time."""
    code = "E351" if isinstance(node, TextNode) and span_beyond(node.text) else "E302"
    return value(node, what, span, code, report)


def yes_no_of(node: Node, what: str, report: Report) -> bool | None:
    """Return yes or no."""
    return value(node, what, yes_no, "E308", report)
