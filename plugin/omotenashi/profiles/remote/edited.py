"""Rows before and after a profile in them was changed."""

from __future__ import annotations

from msgspec.structs import replace

from omotenashi.profiles.keep import Keep
from omotenashi.profiles.packing import EMPTY
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.remote import rows
from omotenashi.profiles.remote.rows import Mark, Row
from omotenashi.profiles.retention import current, is_over

_MARKS_KEPT = 86_400
"""Seconds for which it is known how far an import was."""
_MOST_MARKS = 100
"""Of somebody whom that many imports speak of."""


def readable(row: Row, now: int, keep: Keep) -> Profile | None:
    """Return a profile as far as it may still be kept at `now`; raises StoreUnavailable where it cannot be read."""
    gone = row.data is None or is_over(row.updated, now, keep)
    return None if gone else current(row.profile, now, keep)


def editable(row: Row, now: int, keep: Keep) -> Profile:
    """Return a profile that may be changed; raises StoreUnavailable where it cannot be read."""
    gone = row.data is None or is_over(row.updated, now, keep)
    return Profile() if gone else replace(row.profile)


def row_after(
    row: Row, profile: Profile, now: int, keep: Keep, mark: Mark | None = None, *, always: bool = False
) -> Row:
    """Return the row that is to be written; the same one where nothing has changed, unless it is to be written `always`.

    `mark`: what was done, which is noted in it.
    """
    updated = max(now, row.updated)
    kept = current(profile, updated, keep)
    data, columns = row.packed(kept)
    if not always and (data == EMPTY if row.data is None else data == row.data):
        return row
    kept_marks = row.marks[-_MOST_MARKS:]
    marks = [one for one in kept_marks if one.at > updated - _MARKS_KEPT and (mark is None or one.id != mark.id)]
    return Row(rows.new_version(), updated, data, (*marks, *([mark] if mark else [])), kept, columns)
