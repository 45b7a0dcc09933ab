"""`omo describe`."""

from __future__ import annotations

import argparse

from omotenashi.cli.common import FINE, command, folder_argument, language_of, unknown_block
from omotenashi.cli.loading import load_site
from omotenashi.language.describe.entries import as_markdown, as_text
from omotenashi.language.describe.folder import describe
from omotenashi.language.syntax import Folder
from omotenashi.model.text import fold

_FORMS = {"text": as_text, "markdown": as_markdown}


def add_describe(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `describe`."""
    text = "ルールを文章にする / the rules as sentences, for the approval of people who see no YAML"
    describing = command(commands, "describe", _describe, text)
    folder_argument(describing)
    describing.add_argument("--block", action="append", default=[], metavar="NAME", help="only this block (repeatable)")
    describing.add_argument("--format", choices=tuple(_FORMS), default="text")
    describing.add_argument("--lang", choices=("ja", "en"))


def _describe(options: argparse.Namespace) -> int:
    _, loaded = load_site(options.dir, options)
    blocks = {_known_block(name, loaded.folder) for name in options.block}
    texts = {
        path.removeprefix("contents/"): text for path, text in loaded.texts.items() if path.startswith("contents/")
    }
    title, sections = describe(loaded.folder, loaded.facts, texts, language_of(options, loaded), blocks)
    print(_FORMS[options.format](title, sections))
    return FINE


def _known_block(name: str, folder: Folder) -> str:
    names = [block.name for block in folder.blocks]
    if fold(name) not in map(fold, names):
        raise unknown_block(name, names, "--block: ")
    return fold(name)
