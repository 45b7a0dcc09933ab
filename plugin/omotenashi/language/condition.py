"""Conditions as data: what the reader makes of `when`, what the engine evaluates.

They are hashable, so that equal ones are found and worked out once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from omotenashi.model.errors import Position
from omotenashi.model.site_facts import Lifecycle


class Span(Struct, frozen=True, gc=False):
    """A span of time back from now: exact seconds, and calendar months in the site's time zone."""

    seconds: int = 0
    months: int = 0


class OneOf(Struct, frozen=True, gc=False):
    """The folded text, or one of the folded texts, is one of these."""

    values: frozenset[str]


class Unknown(Struct, frozen=True, gc=False):
    """The fact is not known."""


class Truth(Struct, frozen=True, gc=False):
    value: bool


class Word(Struct, frozen=True, gc=False):
    """A word of a rule for keywords."""

    text: str
    """As written, for placeholders."""
    mode: str = "word"
    """word (between borders), contains or exact."""


class Words(Struct, frozen=True, gc=False):
    """The query holds one of these."""

    words: tuple[Word, ...]


class Estimated(Struct, frozen=True, gc=False):
    """The query holds one of the words; where none is known, enough of the searches that lead to the page do."""

    words: tuple[Word, ...]
    share: float = 50
    """Per cent of the clicks on the landing page in search results, inclusive."""


class Paths(Struct, frozen=True, gc=False):
    """The path matches one of these patterns: * within a segment, ** across segments."""

    patterns: tuple[str, ...]


class HostPaths(Struct, frozen=True, gc=False):
    """Host and path match one of these patterns; a host alone is all of it, *.host any subdomain."""

    patterns: tuple[str, ...]


class Prefectures(Struct, frozen=True, gc=False):
    """The place lies in one of these prefectures (ISO codes)."""

    codes: frozenset[str]


class Languages(Struct, frozen=True, gc=False):
    """The preferred language is one of these or a variant of it."""

    tags: frozenset[str]


class Range(Struct, frozen=True, gc=False):
    """A number within inclusive bounds."""

    at_least: float | None = None
    at_most: float | None = None


class Near(Struct, frozen=True, gc=False):
    """Within so many kilometres (great circle, inclusive) of a place."""

    latitude: float
    longitude: float
    kilometres: float


class DateTest(Struct, frozen=True, gc=False):
    """A date of a member. One of: before, after (ISO dates), within (past), in (coming), this_month, today, month."""

    kind: str
    date: str = ""
    span: Span = Span()
    month: int = 0


class Window(Struct, frozen=True, gc=False):
    """How often, within which span back from now."""

    count: Range
    within: Span | None = None


class Viewed(Struct, frozen=True, gc=False):
    """Pages, tags, items or categories looked at."""

    kind: str
    """page, tag, item or category."""
    values: tuple[str, ...]
    window: Window


class Bought(Struct, frozen=True, gc=False):
    """Orders with such an item or category (empty: any); `amount` is the total in the window."""

    kind: str
    values: tuple[str, ...]
    window: Window
    amount: Range | None = None


class Did(Struct, frozen=True, gc=False):
    events: tuple[str, ...]
    window: Window


class Visits(Struct, frozen=True, gc=False):
    window: Window


class InCart(Struct, frozen=True, gc=False):
    """Something lies in the cart: untouched for `abandoned_for` or longer, but not longer than `until`."""

    abandoned_for: Span | None = None
    until: Span | None = None
    amount: Range | None = None
    filled: bool = True
    """False: nothing lies in the cart, and the other fields are not set."""


class InStage(Struct, frozen=True, gc=False):
    """The relation is in one of these stages of the lifecycle: new, active, lapsing, lapsed."""

    stages: frozenset[str]
    spans: Lifecycle = Lifecycle()


class Shown(Struct, frozen=True, gc=False):
    """Rules that were shown before, so often within a window."""

    kind: str
    """rule or block as written; id once the names are resolved."""
    names: tuple[str, ...]
    window: Window
    positions: tuple[Position, ...] = ()
    """Where each of the names is written; empty once they are resolved."""


class CooledDown(Struct, frozen=True, gc=False):
    """The goal (an event's name; for purchase, orders count) was not reached within the span."""

    goal: str
    span: Span


class LastVisit(Struct, frozen=True, gc=False):
    """The visit before this one ended longer ago than `before`, or within `within`."""

    before: Span | None = None
    within: Span | None = None


class NotBefore(Struct, frozen=True, gc=False):
    """From this moment (epoch seconds) on."""

    epoch: float


class Before(Struct, frozen=True, gc=False):
    """Until just before this moment (epoch seconds)."""

    epoch: float


class Hours(Struct, frozen=True, gc=False):
    """Minutes after midnight in the site's time zone. An end before its start lies on the next day; it is exclusive."""

    spans: tuple[tuple[int, int], ...]


class Days(Struct, frozen=True, gc=False):
    """Days of the week (0 is Monday), of the month, and holidays; a night belongs to the day on which it began."""

    weekdays: frozenset[int]
    holidays: frozenset[date] = frozenset()
    holidays_too: bool = False
    """祝: a holiday counts, whichever day it is."""
    workdays: bool = False
    """平日: Monday to Friday without holidays."""
    hours: tuple[tuple[int, int], ...] = ()
    """The rule's hours, as in Hours."""
    dates: frozenset[int] = frozenset()
    """Days of the month, 1 to 31; a month that does not have one goes without."""
    gotobi: bool = False
    """五十日: the days of the month that 5 divides; in February the last day stands for the 30th."""
    month_end: bool = False
    """月末: the last day of the month."""


class LimitLeft(Struct, frozen=True, gc=False):
    """The rule was shown fewer times than its limit allows."""

    rule: str
    times: int
    per: Span


class TakesPart(Struct, frozen=True, gc=False):
    """The visitor is known well enough to be given a variant of this experiment, again and again the same."""

    experiment: str
    """Its folded id."""


Operand: TypeAlias = (
    "OneOf | Unknown | Truth | Words | Estimated | Paths | HostPaths | Prefectures | Languages | Range | Near"
    " | DateTest | Viewed | Bought | Did | Visits | LastVisit | InCart | InStage | Shown | CooledDown | NotBefore | Before | Hours | Days | LimitLeft"
    " | TakesPart"
)


class Fact(Struct, frozen=True, gc=False):
    """One condition on one field."""

    field: str
    operand: Operand
    position: Position
    written: str = ""
    """As the editor wrote it, for explanations."""
    key: str = ""
    """The field as the editor called it; empty where nobody did."""


class Conjunction(Struct, frozen=True, gc=False):
    """All of the parts."""

    parts: tuple[Condition, ...]
    listed: bool = False
    """They are written as several values under one key."""


class Disjunction(Struct, frozen=True, gc=False):
    """Any of the parts."""

    parts: tuple[Condition, ...]
    listed: bool = False
    """They are written as several values under one key."""


class Negation(Struct, frozen=True, gc=False):
    part: Condition


class InSegment(Struct, frozen=True, gc=False):
    """The named condition, as if it were written in place."""

    name: str
    position: Position
    key: str = "segment"
    """What the editor called it."""


Condition: TypeAlias = "Fact | Conjunction | Disjunction | Negation | InSegment"
_SHARED = (OneOf, Prefectures, Languages, Words, Paths, Truth, NotBefore, Before, Hours, Days)
ALWAYS = Conjunction(())


@lru_cache(maxsize=4096)
def word(text: str, mode: str) -> Word:
    """Return a word of a rule; the same for the same, which thousands of rules name."""
    return Word(text, mode)


def once(operand: Operand) -> Operand:
    """Keep equal operands once: thousands of rules ask for the same device, page or day."""
    return _kept(operand) if isinstance(operand, _SHARED) else operand


@lru_cache(maxsize=4096)
def _kept(operand: Operand) -> Operand:
    return operand


def words_of(operand: Operand) -> tuple[Word, ...]:
    """Return the words of a search that are asked for, estimates included; none where something else is asked for."""
    return operand.words if isinstance(operand, (Words, Estimated)) else ()


def facts(condition: Condition) -> Iterator[Fact]:
    """Return all conditions on one field that are written in a condition, segments left out."""
    if isinstance(condition, Fact):
        yield condition
    elif isinstance(condition, (Conjunction, Disjunction)):
        for part in condition.parts:
            yield from facts(part)
    elif isinstance(condition, Negation):
        yield from facts(condition.part)


def segments_in(condition: Condition) -> Iterator[InSegment]:
    """Return the segments that a condition names itself."""
    if isinstance(condition, InSegment):
        yield condition
    elif isinstance(condition, (Conjunction, Disjunction)):
        for part in condition.parts:
            yield from segments_in(part)
    elif isinstance(condition, Negation):
        yield from segments_in(condition.part)
