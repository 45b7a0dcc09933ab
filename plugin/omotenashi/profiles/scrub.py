"""What SQLite leaves in the unused part of its pages, zeroed.

`secure_delete` overwrites what is deleted where it lies. But when a page is rebuilt, because its rows are spread over
other pages, old copies of rows stay between the list of cells and the cells, where nobody reads them (SQLite file
format, section 1.6: the unallocated space of a b-tree page). A row that is erased later may have such copies.

The file is written to behind SQLite's back, hence: while nobody else can write and the write-ahead log is empty, in
bytes that mean nothing, and with a commit after it, which makes all other connections forget the pages they know.
"""

from __future__ import annotations

import os
from pathlib import Path
from struct import unpack_from

from omotenashi.profiles.database import Database

PAGES_AT_ONCE = 2_000
"""Pages that are looked through while writers wait: some milliseconds."""
_HEADER = {0x02: 12, 0x05: 12, 0x0A: 8, 0x0D: 8}
"""The size of the header by the kind of a b-tree page (SQLite file format, section 1.6)."""
_FILE_HEADER = 100
_files: dict[tuple[int, int], int] = {}
"""Descriptors by device and inode. None is ever closed: that would drop the locks that SQLite holds on the file for
this process (POSIX advisory locks; see "How To Corrupt An SQLite Database File", section 2.2)."""


def scrub(database: Database, first: int) -> int | None:
    """Zero the unused parts of some pages from `first` (0) on; return the first page of the next step, None at the end.

    Returns `first` where it cannot be done now: others have written since the last complete checkpoint.
    """
    if not database.checkpoint(complete=True):
        return first
    with database.settled() as settled:
        return _zero(_opened(database.path), first) if settled else first


def scrub_all(database: Database) -> bool:
    """Zero the unused parts of all pages; tell whether it could be done."""
    page: int | None = 0
    while page is not None:
        following = scrub(database, page)
        if following == page:
            return False
        page = following
    return True


def _opened(path: Path) -> int:
    status = path.stat()
    place = status.st_dev, status.st_ino
    if place not in _files:
        _files[place] = os.open(path, os.O_RDWR)
    return _files[place]


def _zero(file: int, first: int) -> int | None:
    size = _page_size(file)
    data = os.pread(file, size * PAGES_AT_ONCE, first * size)
    unused = [_unused(data, n * size, size, is_first=first + n == 0) for n in range(len(data) // size)]
    left = [(start, end) for start, end in unused if data.count(0, start, end) < end - start]
    for start, end in left:
        os.pwrite(file, bytes(end - start), first * size + start)
    if left:
        os.fsync(file)
    return first + PAGES_AT_ONCE if len(data) == size * PAGES_AT_ONCE else None


def _page_size(file: int) -> int:
    (size,) = unpack_from(">H", os.pread(file, 2, 16))
    return 65_536 if size == 1 else int(size)


def _unused(data: bytes, page: int, size: int, *, is_first: bool) -> tuple[int, int]:
    """Return where in `data` the unallocated space of the page that begins at `page` lies; none for other pages.

    Overflow and free pages begin with a page number, so that their first byte is 0 in any file below 128 GB.
    """
    header = page + (_FILE_HEADER if is_first else 0)
    length = _HEADER.get(data[header])
    if length is None:
        return page, page
    cells, content = unpack_from(">HH", data, header + 3)
    start, end = header + length + 2 * cells, page + (content or 65_536)
    return (start, end) if start <= end <= page + size else (page, page)
