"""`omo explain`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from omotenashi.cli.codes import explain_code, is_code
from omotenashi.cli.common import FAILED, FINE, command, language_of, load_site, moment_of
from omotenashi.engine.choose import Account, Engine
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.reading import reading
from omotenashi.language import printer
from omotenashi.language.check import stated_showings_exist
from omotenashi.language.check_experiments import stated_buckets_exist, variants_of
from omotenashi.language.parse import parse
from omotenashi.language.read_test import read_visitor
from omotenashi.language.report import Report
from omotenashi.language.syntax import StatedVisitor
from omotenashi.model.errors import SettingsError
from omotenashi.service import signal_tools
from omotenashi.settings import Settings
from omotenashi.site import Site
from omotenashi.verify import occasion_for

_MARKS = {True: "○", False: "×", None: "?"}


def add_explain(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `explain`."""
    explain = command(commands, "explain", _explain, "なぜそう表示されるか / why a block shows what it shows")
    explain.add_argument("block", metavar="BLOCK|CODE", help="a block, or the code of a diagnostic such as E203")
    explain.add_argument("--rules", type=Path, default=Path("rules"), metavar="DIR")
    explain.add_argument("--visitor", default="{}", metavar="FILE|JSON", help="facts, named as in tests")
    explain.add_argument("--at", metavar="TIME", help="such as 2026-12-01 10:00, in the site's time zone")
    explain.add_argument("--mmdb", type=Path)
    explain.add_argument("--lang", choices=("ja", "en"))


def _explain(options: argparse.Namespace) -> int:
    if is_code(options.block):
        return explain_code(options.block, options.lang)
    site, loaded = load_site(options.rules, options)
    language = language_of(options, loaded)
    engine = site.engine
    if options.block not in engine.program.blocks:
        raise SettingsError(f"there is no block {options.block}; there are {', '.join(engine.program.blocks)}")
    at = moment_of(options.at, engine.zone)
    stated = _stated_visitor(options.visitor, site, language)
    if stated is None:
        return FAILED
    occasion = occasion_for(stated, site, signal_tools(Settings(mmdb=options.mmdb)), at)
    print_block(engine, occasion, options.block)
    return FINE


def print_block(engine: Engine, occasion: Occasion, block: str) -> None:
    """Print every rule of a block as it was found, and which one won."""
    for account in engine.explain(occasion, block):
        print_account(account, occasion, "")
    choice = engine.decide(occasion, [block])[block]
    print(f"→ {choice.won} ({choice.reason}; {choice.show.content or choice.show.kind})")


def print_account(account: Account, occasion: Occasion | None, indent: str) -> None:
    print(f"{indent}{_MARKS[account.value]} {account.rule.name}")
    for finding in account.findings:
        read = "" if occasion is None else f"  ← {_read(finding.fact.field, occasion)}"
        print(f"{indent}    {_MARKS[finding.value]} {finding.fact.field}: {finding.fact.written}{read}")


def _read(field: str, occasion: Occasion) -> str:
    value = reading(field, occasion)
    return "不明 / unknown" if value is None else value or "(なし / none)"


def _stated_visitor(argument: str, site: Site, language: str) -> StatedVisitor | None:
    name, text = ("--visitor", argument) if argument.lstrip().startswith("{") else (argument, _text_of(argument))
    report = Report()
    tree = parse(name, text, report)
    stated = read_visitor(tree, site.facts, report) if tree is not None and tree.entries else StatedVisitor()
    stated_showings_exist(stated, site.engine.program.names, report)
    stated_buckets_exist(stated, variants_of(site.engine.experiments()), report)
    if report.diagnostics:
        print(printer.as_text(report.sorted(), printer.Voice({name: text}, language), ""), file=sys.stderr)
    return None if report.failed else stated


def _text_of(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"--visitor: {file[:80]} is neither JSON nor a file that can be read ({error})") from error
