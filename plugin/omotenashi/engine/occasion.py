"""One decision: a visitor at a moment, with what was already worked out for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo

from omotenashi.engine.estimates import NO_ESTIMATES, Estimate
from omotenashi.engine.words import Query, WordTable
from omotenashi.language.condition import Estimated, Span
from omotenashi.model.visitor import Visitor

_NOTHING: frozenset[str] = frozenset()


class Occasion:
    """What conditions are evaluated on."""

    __slots__ = ("_found", "_local", "_zone", "estimates", "memo", "now", "table", "visitor")

    def __init__(
        self,
        visitor: Visitor,
        now: float,
        zone: tzinfo,
        table: WordTable,
        estimates: Mapping[Estimated, Estimate] = NO_ESTIMATES,
    ) -> None:
        self.visitor = visitor
        self.now = now
        self.table = table
        self.estimates = estimates
        """What the landing page stands for, for explanations."""
        self.memo: dict[int, bool | None] = {}
        """Values of history conditions by the identity of their operand: worked out once, and only when needed."""
        self._zone = zone
        self._local: datetime | None = None
        self._found: dict[str, frozenset[str]] = {}

    @property
    def local(self) -> datetime:
        """The moment in the site's time zone."""
        if self._local is None:
            self._local = datetime.fromtimestamp(self.now, self._zone)
        return self._local

    def query(self, field: str) -> Query | None:
        """Return the prepared words of keyword or site_search; None where there are none."""
        text = self.visitor.arrival.keyword if field == "keyword" else self.visitor.site_search
        return self.table.query(text) if text else None

    def found(self, field: str) -> frozenset[str]:
        """Return the words of all rules that the visitor's keyword or site_search holds."""
        if field not in self._found:
            query = self.query(field)
            self._found[field] = self.table.found_in(query) if query else _NOTHING
        return self._found[field]

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
