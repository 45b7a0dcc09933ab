"""What several commands share."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from pathlib import Path

from omotenashi.language import printer
from omotenashi.language.report import suggestion
from omotenashi.language.values import Moment, moment
from omotenashi.model.errors import EditorError
from omotenashi.model.site_facts import SiteFacts
from omotenashi.rules_folder import Checked, check_folder, site_language

FINE, FAILED, USAGE, WARNED, INTERRUPTED = 0, 1, 2, 3, 130
GOES_ON = "when this is mended, run the command again: it goes on where it stopped"


def command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run, parser=command)
    return command


def folder_argument(command: argparse.ArgumentParser) -> None:
    command.add_argument("dir", type=Path, nargs="?", default=Path("rules"), metavar="DIR")


def existing(folder: Path) -> Path:
    """Return a folder, if it is there. Raises EditorError."""
    if folder.is_file():
        raise EditorError(
            f"{folder} はファイルです。フォルダーの {folder.parent} を指定してください",
            f"{folder} is a file; give its folder {folder.parent}",
        )
    if not folder.is_dir():
        raise EditorError(f"フォルダー {folder} がありません", f"there is no folder {folder}")
    return folder


def language_of(options: argparse.Namespace, loaded: Checked) -> str:
    """Return the language of what is said of no single file: as of a file with Japanese keys, where there is one."""
    voice = voice_of(options, loaded)
    return "ja" if "ja" in map(voice.language, loaded.texts) else voice.language()


def spoken(options: argparse.Namespace) -> str:
    """Return the language of what is said before a folder was read: --lang, else the folder's, else that of LANG."""
    if getattr(options, "lang", None):
        return str(options.lang)
    for folder in _folders(options):
        if folder.is_dir() and os.access(folder, os.R_OK | os.X_OK):
            return language_of(options, check_folder(folder))
    return site_language(SiteFacts(), os.environ)


def spoken_by(options: argparse.Namespace, rules: Path) -> str:
    """Return the language of what is said where the settings name the folder of rules: --lang, else the folder's."""
    return spoken(argparse.Namespace(lang=options.lang, rules=rules))


def _folders(options: argparse.Namespace) -> Iterator[Path]:
    named = [getattr(options, name, None) for name in ("dir", "rules", "new", "old")]
    for path in (*named, *getattr(options, "paths", ())):
        if path is not None:
            yield path.parent if path.is_file() else path


def voice_of(options: argparse.Namespace, loaded: Checked) -> printer.Voice:
    """Return in which language to speak of each file of a folder."""
    return printer.Voice(loaded.texts, site_language(loaded.facts, os.environ), getattr(options, "lang", None) or "")


def moment_of(text: str | None, zone: tzinfo) -> float:
    """Return what --at says in epoch seconds, now where it says nothing."""
    if text is None:
        return time.time()
    return stated_moment("--at", text).start(zone)


def stated_moment(flag: str, text: str) -> Moment:
    """Return the day or time that a flag of the command line states."""
    found = moment(text)
    if found is None:
        raise EditorError(
            f"{flag}: 「{text}」は日時ではありません。2026-12-01 か '2026-12-01 10:00' のように書きます",
            f"{flag}: {text!r} is not a time; write 2026-12-01 or '2026-12-01 10:00'",
        )
    return found


def unknown_block(name: str, names: Iterable[str], flag: str = "") -> EditorError:
    """Return what to say of a block that is not there: which one was meant, or which there are."""
    there = list(names)
    meant = suggestion(name, there)
    if meant:
        remedy = f"「{meant}」ではありませんか", f"did you mean {meant}?"
    else:
        remedy = f"あるのは {'、'.join(there)} です", f"there are {', '.join(there)}"
    return EditorError(
        f"{flag}ブロック「{name}」はありません。{remedy[0]}", f"{flag}there is no block {name}; {remedy[1]}"
    )


def say(language: str, ja: str, en: str) -> str:
    """Return a text in the language."""
    return ja if language == "ja" else en
