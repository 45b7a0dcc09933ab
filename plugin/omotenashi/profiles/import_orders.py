"""Lines of a batch -> what each profile is told. Lines of one order are put together; what would be lost is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from omotenashi.model.event import Event
from omotenashi.model.visitor import Order
from omotenashi.profiles.importing import Refusal
from omotenashi.profiles.ingest import MOST_ITEMS
from omotenashi.profiles.orders import order_of, refund_of
from omotenashi.profiles.profile import Profile

_ORDERS = frozenset({"purchase", "refund"})


class Done(NamedTuple):
    """What a line says that somebody did."""

    key: str
    events: tuple[Event, ...]
    is_row: bool = False
    """It is one event with one item, as in CSV; other lines of its order may say more."""


class Told(Struct):
    """What one line tells of a profile, or the lines of one order together."""

    events: tuple[Event, ...]
    lines: list[int]
    is_row: bool = False


def together(lines: Sequence[tuple[int, Done]]) -> tuple[dict[str, list[Told]], list[Refusal]]:
    """Return what each profile is told, and which lines of orders contradict the ones before.

    Rows of one order, wherever they stand, are one event with several items, if they have the same time.
    """
    profiles: dict[str, list[Told]] = {}
    orders: dict[_Place, _Rows] = {}
    refused: list[Refusal] = []
    previous: _Place | None = None
    for number, done in lines:
        place = _place(done)
        rows = orders.get(place) if place is not None else None
        if rows is None:
            told = Told(done.events, [number], done.is_row)
            profiles.setdefault(done.key, []).append(told)
            if place is not None:
                orders[place] = _Rows(told)
        elif reason := rows.add(number, done.events[0], follows=place == previous):
            refused.append(Refusal(number, reason))
        previous = place
    return profiles, refused


def states_an_order(told: Told) -> bool:
    """Tell whether something was ordered or given back that can be known again."""
    return any(event.name in _ORDERS and event.transaction_id for event in told.events)


def without_late_lines(told: Sequence[Told], known: Profile | None) -> tuple[list[Told], list[Refusal]]:
    """Return what can be folded, and refuse lines of orders that came already without them: they would be lost.

    `known` is the profile before the batch. What repeats an order in full is no such line.
    """
    orders = {order.transaction_id: order for order in known.orders} if known else {}
    kept: list[Told] = []
    refused: list[Refusal] = []
    for one in told:
        stated: dict[str, Order] = {}
        late = _late_order(one, orders, stated) or _late_refund(one, known)
        if late:
            refused += [Refusal(line, _LATE.format(late)) for line in one.lines]
        else:
            kept.append(one)
            orders |= stated
    return kept, refused


_LATE = "order {} came already and says something else: its lines have to follow each other and have the same time"


_Place: TypeAlias = "tuple[str, str, str, int]"
"""Key, event, order and time: what the rows of one order have in common."""


class _Rows:
    """The rows of one order that came by now."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._rows = list(told.events)
        self._earlier = 0
        """How many of them do not belong to the rows that follow each other at present."""

    def add(self, number: int, row: Event, *, follows: bool) -> str | None:
        """Add a row, unless it repeats one; return why not. `follows`: right after another row of the order.

        Two rows that are the same and follow each other are two items, unless their event_id says that they are one.
        """
        if not follows:
            self._earlier = len(self._rows)
        if row not in (self._rows if row.event_id else self._rows[: self._earlier]):
            reason = self._why_apart(row)
            if reason:
                return reason
            self._rows.append(row)
            self._told.events = (_with_row(self._told.events[0], row),)
        self._told.lines.append(number)
        return None

    def _why_apart(self, row: Event) -> str | None:
        order = self._told.events[0]
        if order.value != row.value:
            return "value is not that of the order's first line: it is the whole order's"
        if len(self._rows) == MOST_ITEMS:
            return f"the order has more than {MOST_ITEMS} lines"
        return None


def _place(done: Done) -> _Place | None:
    event = done.events[0] if done.is_row else None
    if event is None or event.name not in _ORDERS or not event.transaction_id:
        return None
    return done.key, event.name, event.transaction_id, event.at


def _with_row(order: Event, row: Event) -> Event:
    return replace(order, items=order.items + row.items, tags=tuple(dict.fromkeys(order.tags + row.tags)))


def _late_order(told: Told, known: Mapping[str, Order], stated: dict[str, Order]) -> str:
    """Return the first order that came already and differs, empty if there is none; put the others into `stated`."""
    for event in told.events:
        if event.name == "purchase" and event.transaction_id:
            order = order_of(event)
            if known.get(event.transaction_id, stated.setdefault(event.transaction_id, order)) != order:
                return event.transaction_id
    return ""


def _late_refund(told: Told, known: Profile | None) -> str:
    """Return the order of a refund of which other rows came already; at another time it is another refund."""
    event = told.events[0] if told.is_row else None
    if known is None or event is None or event.name != "refund":
        return ""
    refund = refund_of(event)
    earlier = [one for one in known.refunds if (one.transaction_id, one.at) == (refund.transaction_id, refund.at)]
    return refund.transaction_id if earlier and refund not in earlier else ""
