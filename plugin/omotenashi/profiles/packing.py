"""The form in which profiles lie in a store: columns rather than rows, as MessagePack, compressed.

Moments are kept as the seconds since the one before, and what repeats (tags, categories, names) stands once in a table,
so that thirty views take about 400 bytes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import accumulate
from operator import attrgetter, sub
from typing import TypeAlias, TypeVar

import msgspec
from msgspec import Struct
from zstandard import ZstdCompressor, ZstdDecompressor, ZstdError

from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.views import Details, Views
from omotenashi.model.visitor import Arrival, ChosenPlace, Deed, Order, Showing
from omotenashi.profiles.fold import shed
from omotenashi.profiles.profile import CartLine, CountedRequest, Mark, Profile, Refund

LARGEST = 65_536
"""Bytes of a profile before it is compressed, beyond which the older half of it goes."""
_SMALL = 256
"""Bytes up to which compressing saves little room."""
_LEVEL = -1
"""Of Zstandard: 3 µs for thirty views, where zlib takes 22 µs and saves 30 bytes more."""
_COMPRESSED = b"\x28"
"""The first byte of a Zstandard frame (RFC 8878, section 3.1.1); the array of a profile begins with another."""

T = TypeVar("T")

Stretch: TypeAlias = tuple[int, int, int]
"""The place of a view, and the seconds before and after it for which it stands."""


class Columns(Struct, array_like=True, gc=False):
    """A profile in columns. With other columns the file needs another number of its schema, unless they are at the end and
    have a default, which is what profiles without them hold.

    Places in tables and kinds of views are small numbers, hence bytes. What a profile does not hold as it stands here is in
    tuples, which Python's collector of cycles need not look through.
    """

    first_seen: int | None
    visit_gaps: tuple[int, ...]
    """The first begin, then the seconds from each end to the next begin."""
    visit_lengths: tuple[int, ...]
    view_times: tuple[int, ...]
    view_paths: list[str]
    view_kinds: bytes
    view_spans: tuple[Stretch, ...]
    """Of the views that stand for a span."""
    view_details: bytes
    details: tuple[Details, ...]
    deed_times: tuple[int, ...]
    deed_names: bytes
    names: tuple[str, ...]
    showing_times: tuple[int, ...]
    showing_rules: bytes
    limited: tuple[str, ...]
    shown_times: tuple[int, ...]
    shown_rules: bytes
    unlimited: tuple[str, ...]
    orders: list[Order]
    refunds: list[Refund]
    cart: list[CartLine]
    arrival: Arrival | None
    arrival_at: int
    event_ids: bytes
    requests: list[CountedRequest]
    moments: tuple[int | None, ...]
    """Those of `_MOMENTS`; none if all are None."""
    owner: bytes
    chosen: ChosenPlace | None = None


_MOMENTS = (
    *("views_since", "visits_since", "orders_since", "deeds_since", "showings_since", "shown_since", "cart_since"),
    "emptied",
)


class _Tools(threading.local):
    """What compresses, for each thread: Zstandard's contexts must not be shared."""

    def __init__(self) -> None:
        self.compress = ZstdCompressor(level=_LEVEL).compress
        self.decompress = ZstdDecompressor().decompress


_tools = _Tools()
_NO_MOMENTS = (None,) * len(_MOMENTS)
_read_moments: Callable[[Profile], tuple[int | None, ...]] = attrgetter(*_MOMENTS)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Columns).decode


def pack(profile: Profile) -> bytes:
    """Return the bytes of a profile. One too large is shed first."""
    return pack_columns(profile, columns_of(profile))[0]


def pack_columns(profile: Profile, columns: Columns) -> tuple[bytes, Columns]:
    """Return the bytes of a profile whose columns are known, and the columns; one too large is shed first."""
    data = _encode(columns)
    while len(data) > LARGEST and _can_shed(profile):
        shed(profile)
        columns = columns_of(profile)
        data = _encode(columns)
    return data if len(data) <= _SMALL else _tools.compress(data), columns


def _can_shed(profile: Profile) -> bool:
    return bool(profile.views or profile.orders or profile.refunds or profile.cart or profile.deeds)


def unpack(data: bytes) -> Profile:
    """Return the profile that `pack` wrote; raises StoreUnavailable for anything else."""
    return unpack_columns(data)[0]


def unpack_columns(data: bytes) -> tuple[Profile, Columns]:
    """Return the profile that `pack` wrote and its columns; raises StoreUnavailable for anything else."""
    try:
        columns = _decode(_tools.decompress(data) if data[:1] == _COMPRESSED else data)
        return _profile(columns), columns
    except (ZstdError, msgspec.DecodeError, IndexError, ValueError) as error:
        raise StoreUnavailable("a stored profile cannot be read") from error


def columns_of(profile: Profile) -> Columns:
    """Return a profile in columns."""
    views, deeds, showings, shown = profile.views, profile.deeds, profile.showings, profile.shown
    view_details, details = _table(views.details)
    deed_names, names = _table([deed.event for deed in deeds])
    limited_rules, limited = _table([showing.rule for showing in showings])
    shown_rules, unlimited = _table([showing.rule for showing in shown])
    kinds, spans = kinds_and_spans(profile.marks)
    gaps, lengths = _gaps_and_lengths(profile.visits)
    return Columns(
        profile.first_seen,
        gaps,
        lengths,
        _steps(views.at),
        views.paths,
        kinds,
        spans,
        view_details,
        details,
        _steps([deed.at for deed in deeds]),
        deed_names,
        names,
        _steps([showing.at for showing in showings]),
        limited_rules,
        limited,
        _steps([one.at for one in shown]),
        shown_rules,
        unlimited,
        profile.orders,
        profile.refunds,
        profile.cart,
        profile.arrival,
        profile.arrival_at,
        profile.event_ids,
        profile.requests,
        moments_of(profile),
        profile.owner,
        profile.chosen,
    )


def _profile(columns: Columns) -> Profile:
    details, names = columns.details, columns.names
    profile = Profile(
        columns.first_seen,
        _visits(columns.visit_gaps, columns.visit_lengths),
        Views.of(list(accumulate(columns.view_times)), columns.view_paths, [details[p] for p in columns.view_details]),
        _marks(columns.view_kinds, columns.view_spans),
        columns.orders,
        [Deed(at, names[place]) for at, place in zip(accumulate(columns.deed_times), columns.deed_names, strict=True)],
        _showings(columns.showing_times, columns.showing_rules, columns.limited),
        columns.arrival,
        columns.arrival_at,
        columns.event_ids,
        columns.requests,
        cart=columns.cart,
        refunds=columns.refunds,
        owner=columns.owner,
        shown=_showings(columns.shown_times, columns.shown_rules, columns.unlimited),
        chosen=columns.chosen,
    )
    for name, moment in zip(_MOMENTS, columns.moments, strict=False):
        setattr(profile, name, moment)
    return profile


def _gaps_and_lengths(visits: list[tuple[int, int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if not visits:
        return (), ()
    begins, ends = zip(*visits, strict=True)
    return (begins[0], *map(sub, begins[1:], ends)), tuple(map(sub, ends, begins))


def _visits(gaps: tuple[int, ...], lengths: tuple[int, ...]) -> list[tuple[int, int]]:
    steps = [0] * (2 * len(gaps))
    steps[::2], steps[1::2] = gaps, lengths
    moments = list(accumulate(steps))
    return list(zip(moments[::2], moments[1::2], strict=True))


def kinds_and_spans(marks: list[Mark]) -> tuple[bytes, tuple[Stretch, ...]]:
    """Return the kind of each view, and the spans of those that have one."""
    try:
        return bytes(marks), ()  # type: ignore[arg-type] # most profiles have no spans, and this takes no time
    except TypeError:
        spans = tuple((place, mark[1], mark[2]) for place, mark in enumerate(marks) if isinstance(mark, tuple))
        return bytes([mark if isinstance(mark, int) else mark[0] for mark in marks]), spans


def _marks(kinds: bytes, spans: tuple[Stretch, ...]) -> list[Mark]:
    marks: list[Mark] = list(kinds)
    for place, before, after in spans:
        marks[place] = (kinds[place], before, after)
    return marks


def _showings(times: tuple[int, ...], places: bytes, rules: tuple[str, ...]) -> list[Showing]:
    return [Showing(at, rules[place]) for at, place in zip(accumulate(times), places, strict=True)]


def moments_of(profile: Profile) -> tuple[int | None, ...]:
    """Return the moments that a profile has beside its columns; none if all are None."""
    moments = _read_moments(profile)
    return () if moments == _NO_MOMENTS else moments


def _steps(moments: list[int]) -> tuple[int, ...]:
    """Return the first moment, and each of the others as the seconds since the one before."""
    return (*moments[:1], *map(sub, moments[1:], moments)) if moments else ()


def _table(values: Sequence[T]) -> tuple[bytes, tuple[T, ...]]:
    """Return for each of up to 256 different values its place in a table, and the table."""
    places: dict[T, int] = {}
    return bytes([places.setdefault(value, len(places)) for value in values]), tuple(places)


EMPTY = pack(Profile())
"""A profile with nothing in it, which no store needs to keep."""
