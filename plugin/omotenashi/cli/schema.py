"""`omo schema`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from omotenashi.cli.common import FINE, command, existing
from omotenashi.language.guide import with_vocabulary
from omotenashi.language.nodes import MapNode
from omotenashi.language.parse import parse
from omotenashi.language.report import Report
from omotenashi.language.schema.build import schema
from omotenashi.language.schema.names import Names, names_of
from omotenashi.model.errors import Position
from omotenashi.rules_folder import SITE_FILES, Checked, check_folder


def add_schema(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `schema`."""
    made = command(commands, "schema", _schema, "エディタの入力補完のための JSON Schema / JSON Schema for completion")
    made.add_argument("--rules", type=Path, metavar="DIR", help="propose the names of this folder, too")
    made.add_argument("--lang", choices=("ja", "en"), help="of the descriptions (ja); keys are in both")
    made.add_argument("--output", type=Path, metavar="FILE")
    made.add_argument(
        "--guide", type=Path, metavar="FILE", help="rewrite the tables of the vocabulary in a guide instead"
    )


def _schema(options: argparse.Namespace) -> int:
    if options.guide:
        options.guide.write_text(with_vocabulary(options.guide.read_text(encoding="utf-8")), encoding="utf-8")
        return FINE
    names = _names(check_folder(existing(options.rules))) if options.rules else Names()
    text = json.dumps(schema(names, options.lang or "ja"), ensure_ascii=False, indent=1)
    if options.output:
        options.output.write_text(f"{text}\n", encoding="utf-8")
    else:
        print(text)
    return FINE


def _names(loaded: Checked) -> Names:
    file = next((name for name in SITE_FILES if name in loaded.texts), "")
    tree = parse(file, loaded.texts[file], Report()) if file else None
    return names_of(loaded.folder, loaded.facts, tree or MapNode((), Position(file, 1, 1, 2)))
