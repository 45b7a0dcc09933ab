"""What was looked at, in columns: a request reads, stores and asks for many views, but each time for one of their facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TypeAlias, overload

from msgspec import Struct

Details: TypeAlias = "tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]"
"""Tags, items and categories."""


class View(Struct, frozen=True, array_like=True, gc=False):
    """One page or item looked at."""

    at: int
    """Seconds since 1970-01-01 UTC, as everywhere in a history."""
    path: str = ""
    tags: tuple[str, ...] = ()
    """Folded."""
    items: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    """Folded."""

    @property
    def details(self) -> Details:
        """Tags, items and categories together."""
        return self.tags, self.items, self.categories


class Views(Sequence[View]):
    """Views ordered by time. `at`, `paths` and `details` are its columns, of the same length; nobody changes them."""

    __slots__ = ("at", "details", "paths")

    def __init__(self, views: Iterable[View] = ()) -> None:
        ordered = sorted(views, key=attrgetter("at"))
        self.at: list[int] = [view.at for view in ordered]
        self.paths: list[str] = [view.path for view in ordered]
        self.details: list[Details] = [view.details for view in ordered]

    @classmethod
    def of(cls, at: list[int], paths: list[str], details: list[Details]) -> Views:
        """Return the views of three columns, ordered by time."""
        views = cls.__new__(cls)
        views.at, views.paths, views.details = at, paths, details
        return views

    def with_one_at(self, place: int, at: int, path: str, details: Details) -> Views:
        """Return these with one more at a place."""
        ats, paths, all_details = self.at, self.paths, self.details
        return Views.of(
            [*ats[:place], at, *ats[place:]],
            [*paths[:place], path, *paths[place:]],
            [*all_details[:place], details, *all_details[place:]],
        )

    def at_places(self, places: Sequence[int]) -> Views:
        """Return those at some ascending places."""
        at, paths, details = self.at, self.paths, self.details
        return Views.of([at[p] for p in places], [paths[p] for p in places], [details[p] for p in places])

    @overload
    def __getitem__(self, place: int) -> View: ...
    @overload
    def __getitem__(self, place: slice) -> Views: ...
    def __getitem__(self, place: int | slice) -> View | Views:
        if isinstance(place, slice):
            return Views.of(self.at[place], self.paths[place], self.details[place])
        return View(self.at[place], self.paths[place], *self.details[place])

    def __len__(self) -> int:
        return len(self.at)

    def __iter__(self) -> Iterator[View]:
        for at, path, details in zip(self.at, self.paths, self.details, strict=True):
            yield View(at, path, *details)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment] # they may be many

    def __repr__(self) -> str:
        return f"Views({list(self)!r})"
