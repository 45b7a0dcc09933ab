"""What a connection knows of the rows of its file."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from omotenashi.model.errors import StoreUnavailable
from omotenashi.model.event import Event
from omotenashi.profiles import rows as rows_module
from omotenashi.profiles.packing import pack, unpack_columns
from omotenashi.profiles.profile import Profile
from omotenashi.profiles.rows import Row, Rows
from omotenashi.profiles.store import Change, apply

NOON = 1_764_990_000


def stored(path: str) -> bytes:
    profile = Profile()
    apply(profile, Change("v", NOON, (Event("page_view", NOON, path=path),)))
    return pack(profile)


def test_the_oldest_row_goes_where_more_come_than_are_kept() -> None:
    rows = Rows(2)
    for key in ("a", "b", "a", "c"):
        rows.know(key, Row(stored(f"/{key}"), NOON, 1))
    assert [rows.get(key) is not None for key in "abc"] == [False, True, True]


def test_a_row_that_grew_large_is_not_kept() -> None:
    rows = Rows(2)
    rows.know("a", Row(b"small", NOON, 1))
    rows.know("a", Row(bytes(5000), NOON, 2))
    assert rows.get("a") is None


def test_the_oldest_record_goes_where_more_come_than_are_kept() -> None:
    rows = Rows(2)
    for key in "abc":
        rows.know_record(key, None)
    assert rows.records == {"b": None, "c": None}


def test_where_no_row_is_kept_no_record_is() -> None:
    rows = Rows(0)
    rows.know_record("a", None)
    assert rows.records == {}


def test_where_no_row_is_kept_bytes_are_decoded_all_the_same() -> None:
    rows, row = Rows(0), Row(stored("/a"), NOON, 1)
    rows.know("a", row)
    assert rows.get("a") is None
    assert rows.decoded("a", row) == unpack_columns(stored("/a"))


def test_more_rows_are_kept_than_profiles_that_are_decoded() -> None:
    rows, known = Rows(), {key: Row(stored(f"/{key}"), NOON, 1) for key in "abc"}
    with patch.object(rows_module, "_DECODED", 2):
        for key, row in known.items():
            rows.know(key, row)
            rows.decoded(key, row)
    assert [known[key].decoded is not None for key in "abc"] == [False, True, True]
    assert rows.get("a") is known["a"]


def test_a_row_of_other_bytes_is_refused_when_it_is_asked_for() -> None:
    rows, row = Rows(), Row(b"\0", NOON, 1)
    rows.know("a", row)
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        rows.decoded("a", row)
