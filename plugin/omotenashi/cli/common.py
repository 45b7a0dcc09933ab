"""What several commands share."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path

from omotenashi.language import printer
from omotenashi.language.values import moment
from omotenashi.model.errors import SettingsError
from omotenashi.rules_folder import Checked, site_language

FINE, FAILED, WARNED, INTERRUPTED = 0, 1, 3, 130


def command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    return command


def folder_argument(command: argparse.ArgumentParser) -> None:
    command.add_argument("dir", type=Path, nargs="?", default=Path("rules"), metavar="DIR")


def existing(folder: Path) -> Path:
    """Return a folder, if it is there. Raises SettingsError."""
    if not folder.is_dir():
        raise SettingsError(f"there is no folder {folder}")
    return folder


def language_of(options: argparse.Namespace, loaded: Checked) -> str:
    """Return the language of what is said of no single file: as of a file with Japanese keys, where there is one."""
    voice = voice_of(options, loaded)
    return "ja" if "ja" in map(voice.language, loaded.texts) else voice.language()


def voice_of(options: argparse.Namespace, loaded: Checked) -> printer.Voice:
    """Return in which language to speak of each file of a folder."""
    return printer.Voice(loaded.texts, site_language(loaded.facts, os.environ), options.lang or "")


def moment_of(text: str | None, zone: tzinfo) -> float:
    """Return what --at says in epoch seconds, now where it says nothing."""
    if text is None:
        return time.time()
    at = moment(text)
    if at is None:
        raise SettingsError(f"--at: {text!r} is not a time; write 2026-12-01 10:00")
    return at.start(zone)


def say(language: str, ja: str, en: str) -> str:
    """Return a text in the language."""
    return ja if language == "ja" else en
