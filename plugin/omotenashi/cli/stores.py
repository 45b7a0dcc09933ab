"""What the commands share that work with what is stored."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from omotenashi.model.errors import SettingsError
from omotenashi.profiles.keep import Keep
from omotenashi.profiles.remote.address import Address
from omotenashi.settings import Settings, keep_of, read_settings, store_place


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
    path = store_place(settings)
    if isinstance(path, Address):
        raise SettingsError("store: this command does not know Redis yet")
    if path is None:
        raise SettingsError("store: memory: is known to the process that serves alone; name a file: sqlite:///path")
    return path, keep_of(settings)


def warn(text: str) -> None:
    """Print a warning."""
    print(f"omo: warning: {text}", file=sys.stderr)
