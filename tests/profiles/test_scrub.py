"""What is erased is in no unused part of a page either."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from zstandard import ZstdDecompressor, ZstdError

from omotenashi.model.event import Event
from omotenashi.profiles.database import Database
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.scrub import scrub, scrub_all
from omotenashi.profiles.store import Change

NOON = 1_764_990_000
KEEP = Keep(10**9, 10**9, 10**9)
VISITORS = 4_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "profiles.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    with closing(Database(file, KEEP, wait=1)) as opened:
        yield opened


def view(database: Database, visitor: int, page: int, at: int = NOON) -> None:
    event = Event("page_view", at, path=f"/mark{visitor:05}/{page}" + "y" * (visitor * page % 40))
    with database.transaction() as transaction:
        transaction.apply(Change(f"visitor-{visitor:010}", NOON, (event,)))


def marks(file: Path) -> set[int]:
    """Return the visitors of whom anything can be read in the file, plain or compressed."""
    data = file.read_bytes()
    found = set(re.findall(rb"/mark(\d{5})", data))
    for start in re.finditer(re.escape(b"\x28\xb5\x2f\xfd"), data):
        try:
            text = ZstdDecompressor().decompressobj().decompress(data[start.start() :])
        except ZstdError:
            continue
        found |= set(re.findall(rb"/mark(\d{5})", text))
    return set(map(int, found))


def test_of_two_thousand_erased_among_four_thousand_nothing_can_be_read(database: Database, file: Path) -> None:
    chance = random.Random(2)
    visits = [(visitor, page) for visitor in range(VISITORS) for page in range(chance.choice((1, 1, 2, 3, 4)))]
    chance.shuffle(visits)
    for visitor, page in visits:
        view(database, visitor, page)
    with database.transaction() as transaction:
        for visitor in range(2_000):
            transaction.erase(f"visitor-{visitor:010}")
    assert scrub_all(database)
    assert marks(file) == set(range(2_000, VISITORS))


def test_pages_that_another_connection_knows_do_not_bring_it_back(database: Database, file: Path) -> None:
    with closing(Database(file, KEEP, wait=1)) as other:
        for visitor in range(20):
            view(other, visitor, 1)
        assert other.read("visitor-0000000001", NOON) is not None
        database.checkpoint(complete=True)
        planted = plant(file, b"/mark99999/")
        assert scrub_all(database)
        assert planted
        view(other, 1, 2, NOON + 60)
        database.checkpoint(complete=True)
    assert marks(file) == set(range(20))


def test_the_file_stays_sound(database: Database, file: Path) -> None:
    for visitor in range(300):
        view(database, visitor, 1)
    database.checkpoint(complete=True)
    plant(file, b"/mark99999/")
    assert scrub_all(database)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT count(*) FROM profile").fetchone() == (300,)


def test_while_others_write_nothing_is_touched(database: Database, file: Path) -> None:
    view(database, 1, 1)
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM profile").fetchone()
        view(database, 2, 1)
        assert scrub(database, 0) == 0
    assert scrub_all(database)


def plant(file: Path, mark: bytes) -> int:
    """Write a mark into the unused part of every leaf page that has room; return how many have."""
    data = bytearray(file.read_bytes())
    planted = 0
    for page in range(4096, len(data), 4096):
        cells, content = int.from_bytes(data[page + 3 : page + 5]), int.from_bytes(data[page + 5 : page + 7])
        start = page + 8 + 2 * cells
        if data[page] == 0x0D and page + content - start > len(mark):
            data[start : start + len(mark)] = mark
            planted += 1
    file.write_bytes(data)
    return planted
