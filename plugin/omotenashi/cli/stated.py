"""Visitors and moments that are stated on the command line or in a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from omotenashi.cli.failures import why
from omotenashi.compare import Watched, of_site
from omotenashi.language import printer, reader
from omotenashi.language.check import stated_showings_exist
from omotenashi.language.check_experiments import stated_buckets_exist, variants_of
from omotenashi.language.nodes import MapNode, Node
from omotenashi.language.parse import parse
from omotenashi.language.read_test import read_visitor
from omotenashi.language.report import Report
from omotenashi.language.syntax import StatedVisitor
from omotenashi.language.values import moment
from omotenashi.language.vocabulary import TEST_KEYS, Words
from omotenashi.model.errors import Diagnostic, EditorError, Position
from omotenashi.site import Site

_BESIDE = Words(*(word for word in TEST_KEYS.all if word.name in ("name", "at", "visitor")))
"""What may stand beside the facts of a visitor in a file."""


def stated_visitor(argument: str, site: Site, language: str) -> StatedVisitor | None:
    """Return the visitor of a --visitor: JSON, YAML in braces or a file. What is wrong is printed: None."""
    inline = argument.lstrip().startswith("{")
    name, text = ("--visitor", argument) if inline else (argument, _text_of(argument))
    text = without_escapes(text)
    report = Report()
    tree = parse(name, text, report, visitor=True)
    stated = _read(tree, site, report) if tree is not None else StatedVisitor()
    _print(report, name, text, language)
    return None if report.failed else stated


def without_escapes(text: str) -> str:
    """Return JSON as a rule file can have it: characters instead of escapes, and nothing that is null."""
    if "\\" not in text and "null" not in text:
        return text
    try:
        return json.dumps(_known(json.loads(text)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _read(tree: Node, site: Site, report: Report) -> StatedVisitor:
    stated = read_visitor(tree, site.facts, report)
    stated_showings_exist(stated, site.engine.program.names, report)
    stated_buckets_exist(stated, variants_of(site.engine.experiments()), report)
    return stated


def _print(report: Report, name: str, text: str, language: str) -> None:
    if report.diagnostics:
        print(printer.as_text(report.sorted(), printer.Voice({name: text}, language), ""), file=sys.stderr)


def _known(data: Any) -> Any:  # noqa: ANN401 JSON is of any type
    if isinstance(data, dict):
        return {key: _known(value) for key, value in data.items() if value is not None}
    return [_known(one) for one in data if one is not None] if isinstance(data, list) else data


def _text_of(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        ja, en = why(error)
        raise EditorError(
            f"--visitor: {file[:80]} は {{…}} でも、読めるファイルでもありません({ja})",
            f"--visitor: {file[:80]} is neither {{…}} nor a file that can be read ({en})",
        ) from error


def stated_visitors(file: Path, sites: tuple[Site, Site], language: str) -> list[Watched] | None:
    """Return the visitors of a JSON-lines file: facts as for --visitor, with `name` and `at` beside them if wanted.

    What is a fact in one of the sites only may be stated. What is wrong for both is printed: None.
    """
    found: list[Watched] = []
    for number, text in _lines_of(file):
        called = f"{file.name}:{number}"
        watched = next((one for site in sites if (one := _watched(file.name, text, called, site, Report()))), None)
        if watched is None:
            report, told = Report(), Report()
            _watched(file.name, text, called, sites[0], report)
            told.diagnostics = [_on_line(number, one) for one in report.diagnostics]
            _print(told, file.name, "\n" * (number - 1) + text, language)
            return None
        found.append(watched)
    return found


def _on_line(number: int, found: Diagnostic) -> Diagnostic:
    """Return what was found in a line by itself, at its place in the file."""

    def placed(position: Position) -> Position:
        return replace(position, line=position.line + number - 1)

    related = tuple((placed(position), key) for position, key in found.related)
    return replace(found, position=placed(found.position), related=related)


def _lines_of(file: Path) -> list[tuple[int, str]]:
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        ja, en = why(error)
        raise EditorError(
            f"--visitors: {file} を読めません({ja})", f"--visitors: {file} cannot be read ({en})"
        ) from error
    return [(number, without_escapes(line)) for number, line in enumerate(lines, 1) if line.strip()]


def _watched(file: str, text: str, called: str, site: Site, report: Report) -> Watched | None:
    tree = parse(file, text, report, visitor=True)
    if tree is None:
        return None
    beside = {word.name: value for key, value in tree.entries if (word := _BESIDE.find(key.text))}
    facts = MapNode(tuple(one for one in tree.entries if not _BESIDE.find(one[0].text)), tree.position)
    at = reader.value(beside["at"], "at", moment, "E303", report) if "at" in beside else None
    name = reader.text(beside["name"], "name", report) if "name" in beside else None
    stated = _read(beside.get("visitor", facts), site, report)
    epoch = at.start(site.engine.zone) if at else None
    return None if report.failed else Watched(name.text if name else called, of_site(stated, site), epoch)
