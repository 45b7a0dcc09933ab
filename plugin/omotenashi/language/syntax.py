"""The typed tree of a rules folder: what was written, checked for form, not yet for names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from omotenashi.language.condition import Condition, Span
from omotenashi.model.errors import Position
from omotenashi.model.request import StatedPlace
from omotenashi.model.views import View
from omotenashi.model.visitor import Deed, MemberValue, Order


class ShowSpec(Struct, frozen=True, gc=False):
    """What a rule shows: exactly one of original, nothing, a content's name, a file, html, url."""

    kind: str
    text: str
    position: Position
    timeout: int | None = None
    """Milliseconds to wait for the content of a url."""


class LimitSpec(Struct, frozen=True, gc=False):
    times: int
    per: Span


class CooldownSpec(Struct, frozen=True, gc=False):
    """The rule rests for a while after its goal was reached."""

    goal: str
    """The folded name of an event."""
    span: Span
    written: str


class VariantSpec(Struct, frozen=True, gc=False):
    """One side of an experiment."""

    name: str
    share: float
    """Per cent of the visitors."""
    show: ShowSpec
    position: Position
    """Of the name."""


class ExperimentSpec(Struct, frozen=True, gc=False):
    """What a rule shows is split among its visitors, by a stable hash of the id and the visitor."""

    id: str
    goal: str
    """The folded name of an event; empty where none is named."""
    variants: tuple[VariantSpec, ...]
    position: Position
    """Of the id."""


class RuleSpec(Struct, frozen=True, gc=False):
    """A rule shows one thing, or splits by an experiment."""

    name: str
    id: str
    conditional: bool
    """A condition is written, though it may be wrong."""
    when: Condition
    timing: tuple[Condition, ...]
    """from, until, days and hours."""
    limit: LimitSpec | None
    cooldown: CooldownSpec | None
    show: ShowSpec | None
    position: Position
    """Of the name, or of the id where there is none."""
    experiment: ExperimentSpec | None = None

    @property
    def shows(self) -> tuple[ShowSpec, ...]:
        """All that it can show."""
        if self.experiment:
            return tuple(variant.show for variant in self.experiment.variants)
        return (self.show,) if self.show else ()


class BlockSpec(Struct, frozen=True, gc=False):
    name: str
    label: str
    rules: tuple[RuleSpec, ...]
    otherwise: ShowSpec
    position: Position
    needs_consent: str = ""
    """The category without which the block shows `otherwise`; empty where none is asked for."""
    selector: str = ""
    """CSS, for pages that carry no marker."""
    deadline: int | None = None
    """Milliseconds to wait for a content that is fetched."""


class SegmentSpec(Struct, frozen=True, gc=False):
    name: str
    label: str
    when: Condition
    position: Position


class ContentSpec(Struct, frozen=True, gc=False):
    name: str
    show: ShowSpec
    position: Position


class StatedCart(Struct, frozen=True, gc=False):
    """Something lies in the cart of a test's visitor."""

    ago: Span = Span()
    """When it was changed last, back from the test's moment."""
    amount: float = 0.0


class StatedShowing(Struct, frozen=True, gc=False):
    """A rule, or some rule of a block, was shown to a test's visitor."""

    kind: str
    """rule or block as written; id where the name is resolved."""
    name: str
    position: Position


class StatedHistory(Struct, frozen=True, gc=False):
    """A test's history: each entry with how long before the test's moment it was."""

    views: tuple[tuple[Span, View], ...] = ()
    orders: tuple[tuple[Span, Order], ...] = ()
    deeds: tuple[tuple[Span, Deed], ...] = ()
    showings: tuple[tuple[Span, StatedShowing], ...] = ()
    cart: StatedCart | None = None
    """None: it is empty."""
    stage: str | None = None
    visits: int | None = None
    last_visit: Span | None = None


class StatedBucket(Struct, frozen=True, gc=False):
    """The variant of an experiment that a test's visitor gets."""

    experiment: str
    variant: str
    position: Position
    """Of the experiment's id."""
    variant_position: Position


class StatedVisitor(Struct, frozen=True, gc=False):
    """A test's visitor: facts by their names, and raw ones that pass through the signals. None: not stated."""

    url: str = ""
    raw_referrer: str = ""
    ip: str = ""
    user_agent: str = ""
    accept_language: str = ""
    arrival: Mapping[str, str] = {}
    page: str | None = None
    page_tags: tuple[str, ...] = ()
    site_search: str | None = None
    query: Mapping[str, str] = {}
    place: StatedPlace | None = None
    area: frozenset[str] | None = None
    device: str | None = None
    language: str | None = None
    logged_in: bool | None = None
    member: Mapping[str, MemberValue] = {}
    consent: frozenset[str] | None = None
    history: StatedHistory = StatedHistory()
    buckets: tuple[StatedBucket, ...] | None = ()
    """None: something that may be them cannot be read."""
    unknown: frozenset[str] = frozenset()
    """Fields that are stated to be unknown, whatever raw facts say."""


class Expectation(Struct, frozen=True, gc=False):
    """What a test expects of one block. `won` is a rule's name or id, otherwise, original or nothing.

    Empty text: nothing is expected of it.
    """

    block: str
    won: str
    contains: str
    position: Position
    block_position: Position
    variant: str = ""
    variant_position: Position | None = None

    @property
    def wanted(self) -> str:
        """What is expected, in a few words."""
        if not self.won:
            return f"…{self.contains}…"
        return f"{self.won} [{self.variant}]" if self.variant else self.won


class CaseSpec(Struct, frozen=True, gc=False):
    name: str
    visitor: StatedVisitor
    at: float | None
    """Epoch seconds; None means now."""
    expectations: tuple[Expectation, ...]
    position: Position


class Folder(Struct, frozen=True, gc=False):
    """Everything that the files of a folder define, in the order of the files."""

    segments: tuple[SegmentSpec, ...] = ()
    contents: tuple[ContentSpec, ...] = ()
    blocks: tuple[BlockSpec, ...] = ()
    tests: tuple[CaseSpec, ...] = ()

    def shows(self) -> Iterator[ShowSpec]:
        """Return all that can be shown: by contents, by rules, and where no rule matches."""
        yield from (content.show for content in self.contents)
        for block in self.blocks:
            yield from (show for rule in block.rules for show in rule.shows)
            yield block.otherwise
