"""What keeps the SQLite file small and clean while serving: checkpoints, and the end of what was kept long enough.

One process does it for all that share the file: the one that holds the lock beside it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import threading
import time
from pathlib import Path

from omotenashi.model.errors import OmotenashiError
from omotenashi.profiles.database import Database
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.scrub import scrub

logger = logging.getLogger("omotenashi.janitor")
_EVERY = 1.0
"""Seconds between looks."""
_LARGEST_LOG = 16 * 1024 * 1024
"""Bytes of the write-ahead log that are not copied away at once."""
_EMPTIED_EVERY = 20.0
"""Seconds after which the log is emptied in any case: what was erased is in it until then."""
_SCRUB_FOR = 0.5
"""Seconds of each look that may go into scrubbing."""
_SCRUB_PAUSE = 0.02
"""Seconds for writers between two steps."""
_REST = 60.0
"""Seconds between two sweeps through all profiles."""
_FIRST = -(2**63)


class Janitor(threading.Thread):
    """Works every second until closed; where another process does, it only waits to take over."""

    def __init__(self, path: Path, keep: Keep) -> None:
        super().__init__(name="omo-janitor", daemon=True)
        self._path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._keep = keep
        self._woken = threading.Event()
        self._closed = False
        self._database: Database | None = None
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(path.with_name(f"{path.name}-janitor"), os.O_RDWR | os.O_CREAT, 0o600)
        self._emptied_at = 0.0
        self._swept: int | None = None
        self._scrubbed = -1
        """The erasures that are no longer in any page; -1: not known since the start."""
        self._scrubbing: tuple[int, int] | None = None
        """The erasures that a round through the pages is for, and the page that comes next."""
        self._next_sweep = 0.0
        self._problem = ""

    def hurry(self) -> None:
        """Empty the log as soon as possible: something was erased."""
        self._emptied_at = 0.0
        self._woken.set()

    def close(self) -> None:
        """End the work, and wait for it."""
        self._closed = True
        self._woken.set()
        self.join()

    def run(self) -> None:
        """Work until closed."""
        while not self._closed:
            self._work()
            self._woken.wait(_EVERY)
            self._woken.clear()
        if self._database is not None:
            self._database.close()
        os.close(self._lock)

    def _work(self) -> None:
        try:
            if self._database is None:
                self._database = Database(self._path, self._keep, wait=0.5)
            if self._is_mine():
                self._tidy(self._database)
            self._problem = ""
        except (sqlite3.Error, OSError, OmotenashiError) as error:
            if str(error) != self._problem:
                logger.warning("the profile store %s could not be tidied up: %s", self._path.name, error)
            self._problem = str(error)
            if self._database is not None and not self._database.usable_after(error):
                self._database.close()
                self._database = None

    def _is_mine(self) -> bool:
        """Tell whether this process holds the lock; the system frees it when its holder ends, however it ends."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _tidy(self, database: Database) -> None:
        now = time.monotonic()
        size = self._log.stat().st_size if self._log.exists() else 0
        due = now - self._emptied_at > _EMPTIED_EVERY
        if size > _LARGEST_LOG or (size and due):
            database.checkpoint(complete=False)  # most of it, while others write
            if database.checkpoint(complete=True):
                self._emptied_at = now
        self._scrub(database, until=now + _SCRUB_FOR)
        if self._swept is not None or now >= self._next_sweep:
            self._swept = database.sweep(_FIRST if self._swept is None else self._swept, int(time.time()))
            if self._swept is None:
                self._next_sweep = now + _REST

    def _scrub(self, database: Database, until: float) -> None:
        """Go through all pages once after an erasure, some of them at a time."""
        while time.monotonic() < until:
            if self._scrubbing is None:
                erasures = database.erasures()
                if erasures == self._scrubbed:
                    return
                self._scrubbing = erasures, 0
            erasures, page = self._scrubbing
            following = scrub(database, page)
            if following is None:
                self._scrubbed, self._scrubbing = erasures, None
            elif following == page:
                return  # others write: later
            else:
                self._scrubbing = erasures, following
                time.sleep(_SCRUB_PAUSE)
