"""Statements about words, paths, hosts, distances, languages, numbers and counts, and which settle which.

Each answer is certain: where it is not, nothing is said to follow.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from itertools import product

from msgspec import Struct

from omotenashi.language.condition import Near, Span
from omotenashi.language.patterns import above, literal_start, path_matcher
from omotenashi.model.geo import great_circle

_METRE = 0.001
_ANYTHING = "\ue000"
"""A character that no pattern holds: what matches it where a wildcard stands matches anything there."""
_MOST_WILDCARDS = 2
_DAY = 86_400
_HOUR = 3_600
"""By so much the clocks may have been changed within a span."""


class _Mark(Struct, frozen=True):
    """Says nothing about others but itself."""

    def entails(self, other: object) -> bool:
        return self == other

    def excludes(self, other: object) -> bool:  # noqa: ARG002 for those that know better
        return False

    def filed(self) -> tuple[Hashable, ...]:
        return ("",)

    def looked_up(self) -> tuple[Hashable, ...]:
        return ("",)


class Found(_Mark, frozen=True):
    """The query holds a word (folded, without spaces) between borders."""

    form: str

    def entails(self, other: object) -> bool:
        if isinstance(other, Contains):
            return other.text.replace(" ", "") in self.form
        return self == other

    def filed(self) -> tuple[Hashable, ...]:
        return (self.form,)

    def looked_up(self) -> tuple[Hashable, ...]:
        return (self.form, "")


class Contains(_Mark, frozen=True):
    """The query holds a text (folded) anywhere; spaces do not matter."""

    text: str

    def entails(self, other: object) -> bool:
        return isinstance(other, Contains) and other.text.replace(" ", "") in self.text.replace(" ", "")


class Exact(_Mark, frozen=True):
    """The query is this text (folded)."""

    text: str

    def entails(self, other: object) -> bool:
        if isinstance(other, Contains):
            return other.text.replace(" ", "") in self.text.replace(" ", "")
        if isinstance(other, Found):
            return other.form in self._between_spaces()
        return self == other

    def excludes(self, other: object) -> bool:
        if isinstance(other, Contains):
            return not self.entails(other)
        if isinstance(other, Found):
            return other.form not in self.text.replace(" ", "")
        return isinstance(other, Exact) and other.text != self.text

    def filed(self) -> tuple[Hashable, ...]:
        return (("exact", self.text),)

    def looked_up(self) -> tuple[Hashable, ...]:
        return (("exact", self.text), *self._between_spaces(), "")

    def _between_spaces(self) -> set[str]:
        """What lies between spaces or the ends lies between borders, however words are matched."""
        pieces = self.text.split(" ")
        places = range(len(pieces) + 1)
        spans = ("".join(pieces[start:end]) for start in places for end in places if start < end)
        return {text for text in spans if len(text) > 1}


class Under(_Mark, frozen=True):
    """The path matches a pattern."""

    pattern: str

    def entails(self, other: object) -> bool:
        return isinstance(other, Under) and covers(other.pattern, self.pattern)

    def excludes(self, other: object) -> bool:
        return isinstance(other, Under) and disjoint(other.pattern, self.pattern)

    def filed(self) -> tuple[Hashable, ...]:
        return (literal_start(self.pattern),)

    def looked_up(self) -> tuple[Hashable, ...]:
        return above(literal_start(self.pattern))


class AtHost(_Mark, frozen=True):
    """Host and path of the referring page match a pattern."""

    pattern: str

    def entails(self, other: object) -> bool:
        if not isinstance(other, AtHost):
            return False
        (host, path), (wide_host, wide_path) = _host_and_path(self.pattern), _host_and_path(other.pattern)
        return _host_covers(wide_host, host) and covers(wide_path, path)

    def excludes(self, other: object) -> bool:
        if not isinstance(other, AtHost):
            return False
        (host, path), (other_host, other_path) = _host_and_path(self.pattern), _host_and_path(other.pattern)
        meet = _host_covers(host, other_host) or _host_covers(other_host, host)
        return not meet or disjoint(path, other_path)


class Speaks(_Mark, frozen=True):
    """The preferred language is this one or a variant of it."""

    tag: str

    def entails(self, other: object) -> bool:
        return isinstance(other, Speaks) and f"{self.tag}-".startswith(f"{other.tag}-")

    def excludes(self, other: object) -> bool:
        return isinstance(other, Speaks) and not self.entails(other) and not other.entails(self)


class Circle(_Mark, frozen=True):
    """The visitor is within so many kilometres of a place."""

    near: Near

    def entails(self, other: object) -> bool:
        if not isinstance(other, Circle):
            return False
        apart = _distance(self.near, other.near)
        margin = _METRE if apart else 0.0
        return apart + self.near.kilometres + margin <= other.near.kilometres

    def excludes(self, other: object) -> bool:
        if not isinstance(other, Circle):
            return False
        return _distance(self.near, other.near) > self.near.kilometres + other.near.kilometres + _METRE


class AtLeast(_Mark, frozen=True):
    """A number is this or more, or (beyond) more."""

    number: float
    beyond: bool = False

    def entails(self, other: object) -> bool:
        return isinstance(other, AtLeast) and (self.number, self.beyond) >= (other.number, other.beyond)


class Around(_Mark, frozen=True):
    """A date lies so to today: within or in a span, this month, today."""

    kind: str
    span: Span = Span()

    def entails(self, other: object) -> bool:
        if not isinstance(other, Around):
            return False
        if self.kind == "today" and other.kind in ("this_month", "in"):
            return True
        return self.kind == other.kind and no_longer(self.span, other.span)


class Counted(_Mark, frozen=True):
    """So many or more entries of a kind lie within a window. Without values any entry counts."""

    log: str
    kind: str
    values: frozenset[str]
    within: Span | None
    times: int

    def entails(self, other: object) -> bool:
        if not isinstance(other, Counted) or other.log != self.log or self.times < other.times:
            return False
        return no_longer(self.within, other.within) and self._is_part_of(other)

    def filed(self) -> tuple[Hashable, ...]:
        return tuple((self.log, self.kind, self._key(value)) for value in self.values) or ((self.log,),)

    def looked_up(self) -> tuple[Hashable, ...]:
        value = min(self.values, default=None)
        if value is None:
            return ((self.log,),)
        keys = above(literal_start(value)) if self._is_path else (value,)
        return ((self.log,), *((self.log, self.kind, key) for key in keys))

    @property
    def _is_path(self) -> bool:
        return (self.log, self.kind) == ("viewed", "page")

    def _key(self, value: str) -> str:
        return literal_start(value) if self._is_path else value

    def _is_part_of(self, other: Counted) -> bool:
        if not other.values:
            return True
        if self.kind != other.kind or not self.values:
            return False
        if self._is_path:
            return all(any(covers(wide, value) for wide in other.values) for value in self.values)
        return self.values <= other.values


class Total(_Mark, frozen=True):
    """The amount of the orders that are counted reaches a number, or (beyond) exceeds it."""

    counted: Counted
    number: float
    beyond: bool = False

    def entails(self, other: object) -> bool:
        if not isinstance(other, Total) or other.counted != self.counted:
            return False
        return (self.number, self.beyond) >= (other.number, other.beyond)


class Complete(_Mark, frozen=True):
    """All entries of a log within a window were kept."""

    log: str
    within: Span | None

    def entails(self, other: object) -> bool:
        return isinstance(other, Complete) and other.log == self.log and no_longer(other.within, self.within)


class Older(_Mark, frozen=True):
    """Something was longer ago than a span, or (exactly) as long; without a span: it was."""

    than: Span | None = None
    exactly: bool = False

    def entails(self, other: object) -> bool:
        if not isinstance(other, Older) or other.than is None:
            return isinstance(other, Older)
        if self.than is None:
            return False
        if self.exactly and not other.exactly:
            return shorter(other.than, self.than)
        return no_longer(other.than, self.than)


def no_longer(one: Span | None, other: Span | None) -> bool:
    """Tell whether a window lies within another whatever the day is; None is all time."""
    if one is None or other is None:
        return other is None
    return (one.months <= other.months and one.seconds <= other.seconds) or shorter(one, other)


def shorter(one: Span, other: Span) -> bool:
    """Tell whether a span is shorter than another whatever the day is."""
    if one.months == other.months:
        return one.seconds < other.seconds
    longest = one.seconds + (one.months // 12 * 366 + one.months % 12 * 31) * _DAY
    shortest = other.seconds + (other.months // 12 * 365 + other.months % 12 * 28) * _DAY
    return longest + 2 * _HOUR < shortest


@lru_cache(maxsize=65536)
def covers(wide: str, narrow: str) -> bool:
    """Tell whether a path pattern matches all that another matches."""
    if wide in (narrow, "/**"):
        return True
    if not literal_start(f"{narrow}/").startswith(literal_start(wide).removesuffix("/")):
        return False
    segments = narrow.split("/")[1:]
    if any("**" in segment and segment != "**" for segment in segments) or segments.count("**") > _MOST_WILDCARDS:
        return False
    matches = path_matcher((wide,))
    lengths = range(wide.count("/") + 3)
    return all(matches(_sample(segments, counts)) for counts in product(lengths, repeat=segments.count("**")))


@lru_cache(maxsize=65536)
def disjoint(one: str, other: str) -> bool:
    """Tell whether no path matches both patterns."""
    if "*" not in one:
        return not path_matcher((other,))(one)
    if "*" not in other:
        return not path_matcher((one,))(other)
    first, second = literal_start(one).rstrip("/") + "/", literal_start(other).rstrip("/") + "/"
    return not first.startswith(second) and not second.startswith(first)


def _sample(segments: list[str], counts: tuple[int, ...]) -> str:
    """A path of a pattern, with so many segments in the place of each **."""
    left = list(counts)
    found: list[str] = []
    for segment in segments:
        if segment == "**":
            found.extend([_ANYTHING] * left.pop(0))
        else:
            found.append(segment.replace("*", _ANYTHING))
    return "/" + "/".join(found)


def _host_and_path(pattern: str) -> tuple[str, str]:
    host, _, path = pattern.partition("/")
    return host, f"/{path}" if path else "/**"


def _host_covers(wide: str, narrow: str) -> bool:
    return wide == narrow or (wide.startswith("*.") and narrow.removeprefix("*").endswith(wide[1:]))


@lru_cache(maxsize=4096)
def _distance(one: Near, other: Near) -> float:
    return great_circle((one.latitude, one.longitude), (other.latitude, other.longitude))
