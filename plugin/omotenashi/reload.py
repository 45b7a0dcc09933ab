"""Watching the rules folder: a change is built aside and swapped in one step; a broken one changes nothing."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import stat
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from omotenashi import morphemes
from omotenashi.aside import GivingWay
from omotenashi.language.printer import Voice, as_data
from omotenashi.model.errors import Diagnostic, Position
from omotenashi.resident import give_back
from omotenashi.rules_folder import site_language
from omotenashi.site import Loaded, Site, load, pieces

logger = logging.getLogger("omotenashi.reload")
Look: TypeAlias = "frozenset[tuple[str, int, int, int]]"
_EVERY = 0.2
_SETTLE = 0.05
"""Seconds between looks, and between the two that must agree, so that a half-written file is not read."""
_MOST_PROBLEMS = 100


class State(Struct, frozen=True):
    """What is served now, and what is wrong with the folder as it is now."""

    site: Site | None
    problems: tuple[dict[str, Any], ...] = ()


class Holder:
    """The one place where the current site stands. Reading `current` once gives a request one snapshot."""

    def __init__(self, rules: Path, data: Path | None = None) -> None:
        self._rules = rules
        self._last_good = data / "last-good" if data else None
        self.state = State(None)
        self._seen: Look = frozenset()
        self._loaded: Loaded | None = None
        self._gone: list[Loaded] = []
        """What was served until the last reload: requests that had begun may still read it for a moment."""

    @property
    def current(self) -> Site | None:
        """The site that serves; None when nothing was ever loaded."""
        return self.state.site

    def load_first(self) -> None:
        """Load the folder at start; when it is broken, the last good one that this data directory keeps."""
        self._seen = look(self._rules)
        self.take(self._load())
        if self.state.site is None:
            self.load_last_good()

    def load_last_good(self) -> None:
        """Serve the last good rules of this folder, if the data directory keeps them."""
        kept = _kept_folder(self._last_good, self._rules) if self._last_good else None
        site = load(kept).site if kept else None
        if site:
            site.engine.warm()
            logger.warning("serving the last good rules (%s) until %s is mended", site.digest, self._rules)
            self.state = State(site, self.state.problems)

    def fault(self, error: Exception) -> None:
        """Keep what serves, and say that loading failed in a way that nobody foresaw."""
        message = f"loading failed: {type(error).__name__}"
        problem = {"file": None, "line": None, "column": None, "code": "fault", "message": message}
        self.state = State(self.state.site, (problem,))

    def reload_if_changed(self) -> None:
        """When two looks agree on a change: build the folder aside and swap it in, or keep the old one and say why.

        Requests go on meanwhile: the building gives way to them, so it takes three times as long as by itself.
        """
        if self._gone:
            with GivingWay() as way:
                way.take_apart(self._pieces_gone())
        now = look(self._rules)
        if now == self._seen:
            return
        time.sleep(_SETTLE)
        if look(self._rules) == now:
            self._seen = now
            with GivingWay():
                self.take(self._load())

    def take(self, loaded: Loaded) -> None:
        """Swap in what was loaded, or keep the old site with the new problems."""
        problems = _problems(loaded)
        if loaded.site is None:
            self.state = State(self.state.site, problems)
            for one in problems:
                logger.error("%s: [%s] %s", _place(one, self._rules), one["code"], one["message"])
            return
        loaded.site.engine.warm()
        give_back(morphemes.DICTIONARY)
        self.state = State(loaded.site, ())
        logger.info("rules loaded from %s (%s)", self._rules, loaded.site.digest)
        if self._last_good:
            _keep(self._last_good, self._rules, loaded)

    def _load(self) -> Loaded:
        """Load the folder; what is broken does not take the place of what the next load goes on from."""
        before = self._loaded
        try:
            loaded = load(self._rules, before)
        except OSError as error:
            return _unreadable(error)
        if before is None or before.site is None or loaded.site is not None:
            self._loaded = replace(loaded, texts={}, files={})
            if before is not None:
                self._gone.append(before)
        return loaded

    def _pieces_gone(self) -> list[object]:
        found: list[object] = []
        while self._gone:
            found += pieces(self._gone.pop())
        return found


class Watcher(threading.Thread):
    """Does some work five times a second, until stopped."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__(name="omotenashi-watcher", daemon=True)
        self._work = work
        self._stopped = threading.Event()

    def run(self) -> None:
        """Work until stopped."""
        while not self._stopped.wait(_EVERY):
            self._work()

    def stop(self) -> None:
        """End the watch."""
        self._stopped.set()


def look(rules: Path) -> Look:
    """Return what tells whether any file of a folder changed: path, time, size and inode of each."""
    found: set[tuple[str, int, int, int]] = set()
    folders, seen = [str(rules)], set[tuple[int, int]]()
    with contextlib.suppress(OSError):
        found.add((str(rules), 0, 0, rules.stat().st_ino))
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                status = _status(entry)
                if status is None:
                    continue
                found.add((entry.path, status.st_mtime_ns, status.st_size, status.st_ino))
                if stat.S_ISDIR(status.st_mode) and (status.st_dev, status.st_ino) not in seen:
                    seen.add((status.st_dev, status.st_ino))
                    folders.append(entry.path)
    return frozenset(found)


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    """What a file is; None for hidden ones, for one that is gone since, and for a link to nowhere."""
    try:
        return None if entry.name.startswith(".") else entry.stat()
    except OSError:
        return None


def _problems(loaded: Loaded) -> tuple[dict[str, Any], ...]:
    errors = [one for one in loaded.diagnostics if one.level == "error"][:_MOST_PROBLEMS]
    voice = Voice(loaded.texts, site_language(loaded.facts, os.environ))
    return tuple(as_data(one, voice) for one in errors)


def _place(problem: Mapping[str, Any], rules: Path) -> str:
    """Where a problem is: in a file, or the folder itself."""
    return f"{rules}/{problem['file']}:{problem['line']}:{problem['column']}" if problem["file"] else str(rules)


def _unreadable(error: OSError) -> Loaded:
    position = Position("", 1, 1, 2)
    return Loaded((Diagnostic("E109", position, {"problem": error.strerror or str(error)}),))


def _keep(folder: Path, rules: Path, loaded: Loaded) -> None:
    """Keep a good folder's files, so that a start with a broken one has something to serve."""
    digest = loaded.site.digest if loaded.site else ""
    pointer = folder / "current.json"
    record = json.dumps({"rules": str(rules.resolve()), "digest": digest})
    try:
        if pointer.exists() and pointer.read_text() == record:
            return
        aside = folder / f"{digest}.{os.getpid()}.{time.monotonic_ns()}"
        for name, data in loaded.files.items():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).write_bytes(data)
        if not (folder / digest).exists():
            aside.rename(folder / digest)
        draft = folder / f"current.{os.getpid()}"
        draft.write_text(record)
        draft.replace(pointer)
        _forget_others(folder, digest)
    except OSError as error:
        logger.warning("the good rules could not be kept in %s: %s", folder, error)


def _forget_others(folder: Path, digest: str) -> None:
    for other in folder.iterdir():
        if other.is_dir() and other.name != digest:
            shutil.rmtree(other, ignore_errors=True)


def _kept_folder(folder: Path, rules: Path) -> Path | None:
    try:
        record = json.loads((folder / "current.json").read_text())
        kept = folder / record["digest"]
        return kept if record["rules"] == str(rules.resolve()) and kept.is_dir() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
