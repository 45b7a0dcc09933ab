"""What several commands share."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from omotenashi.language import printer
from omotenashi.model.errors import SettingsError
from omotenashi.profiles.retention import Keep
from omotenashi.settings import Settings, keep_of, read_settings, store_path
from omotenashi.site import Loaded, Site, load

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


def store_arguments(command: argparse.ArgumentParser) -> None:
    """Add the flags of commands that work with the rules and with what is stored."""
    command.add_argument("--rules", type=Path, metavar="DIR", help="the rules folder (rules)")
    command.add_argument("--data", type=Path, metavar="DIR", help="the data directory (omo-data)")
    command.add_argument("--store", metavar="URL", help="the visitors' database (in the data directory)")
    command.add_argument("--lang", choices=("ja", "en"))


def settings_of(options: argparse.Namespace) -> Settings:
    """Return the settings, with what the command line says; print warnings about names that are not known."""
    flags = {name: value for name, value in vars(options).items() if name in Settings.__struct_fields__}
    settings, warnings = read_settings(flags, os.environ, Path.cwd())
    for warning in warnings:
        warn(warning)
    return settings


def store_of(settings: Settings) -> tuple[Path, Keep]:
    """Return the file of the store, and for how long things are kept."""
    path = store_path(settings)
    if path is None:
        raise SettingsError("store: memory: is known to the process that serves alone; name a file: sqlite:///path")
    return path, keep_of(settings)


def warn(text: str) -> None:
    """Print a warning."""
    print(f"omo: warning: {text}", file=sys.stderr)


def load_folder(folder: Path) -> Loaded:
    if not folder.is_dir():
        raise SettingsError(f"there is no folder {folder}")
    return load(folder)


def load_site(folder: Path, options: argparse.Namespace) -> tuple[Site, Loaded]:
    loaded = load_folder(folder)
    if loaded.site is None:
        text = printer.as_text(loaded.diagnostics, loaded.texts, f"{folder.as_posix()}/", language_of(options, loaded))
        raise SettingsError(f"{folder} has errors\n{text}")
    return loaded.site, loaded


def language_of(options: argparse.Namespace, loaded: Loaded) -> str:
    chosen: Any = options.lang
    if chosen:
        return str(chosen)
    if loaded.facts.language in ("ja", "en"):
        return loaded.facts.language
    return "ja" if os.environ.get("LANG", "").startswith("ja") else "en"
