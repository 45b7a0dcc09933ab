"""One decision: a visitor at a moment, with what was already worked out for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from omotenashi.engine.clock import Clock
from omotenashi.engine.estimates import NO_ESTIMATES, Estimate
from omotenashi.engine.lexicon import Lexicon
from omotenashi.language.condition import Estimated, Span
from omotenashi.model.visitor import Visitor

_NOTHING: frozenset[str] = frozenset()


class Occasion(Struct):
    """What conditions are evaluated on."""

    visitor: Visitor
    now: float
    clock: Clock
    lexicon: Lexicon
    estimates: Mapping[Estimated, Estimate] = NO_ESTIMATES
    """What the landing page stands for, for explanations."""
    memo: dict[int, bool | None] = {}
    """Values of history conditions by the identity of their operand: worked out once, and only when needed."""
    found: dict[Callable[[Occasion], bool], bool] = {}
    """Of literals by what tells whether they hold: likewise, in whichever index they stand."""
    _local: datetime | None = None

    @property
    def local(self) -> datetime:
        """The moment in the site's time zone."""
        if self._local is None:
            self._local = datetime.fromtimestamp(self.now, self.clock.zone)
        return self._local

    @property
    def times(self) -> frozenset[object]:
        """The keys of the hours and days that hold now."""
        return self.clock.holding(self.now)

    def held(self, field: str) -> frozenset[str] | None:
        """Return the keys of the rules' words that keyword or site_search holds; None where it is not known."""
        if field == "keyword":
            text = self.visitor.arrival.keyword
            return self.lexicon.held(text) if text else None
        text = self.visitor.site_search
        return self.lexicon.held(text) if text else _NOTHING

    def since(self, span: Span) -> float:
        """Return the moment that lies a span before now, in epoch seconds."""
        if not span.months:
            return self.now - span.seconds
        return months_before(self.local, span.months).timestamp() - span.seconds


def months_before(moment: datetime, months: int) -> datetime:
    """Return the same day so many calendar months earlier, or the last day of that month if it is shorter."""
    count = moment.year * 12 + moment.month - 1 - months
    first = moment.replace(year=count // 12, month=count % 12 + 1, day=1)
    next_month = (first + timedelta(days=32)).replace(day=1)
    return first.replace(day=min(moment.day, (next_month - timedelta(days=1)).day))
