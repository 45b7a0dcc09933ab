"""Loading the rules, for the commands that need them."""

from __future__ import annotations

import argparse
from pathlib import Path

from omotenashi.cli.common import existing, voice_of
from omotenashi.language import printer
from omotenashi.model.errors import WrongRules
from omotenashi.site import Loaded, Site, load


def load_site(folder: Path, options: argparse.Namespace) -> tuple[Site, Loaded]:
    loaded = load(existing(folder))
    if loaded.site is None:
        text = printer.as_text(loaded.diagnostics, voice_of(options, loaded), f"{folder.as_posix()}/")
        raise WrongRules(f"{folder} に誤りがあります\n{text}", f"{folder} has errors\n{text}")
    return loaded.site, loaded
