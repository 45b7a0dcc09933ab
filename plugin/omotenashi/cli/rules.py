"""`omo check`."""

from __future__ import annotations

import argparse
import gc
from collections import Counter
from zoneinfo import ZoneInfo

from omotenashi.cli.common import (
    FAILED,
    FINE,
    WARNED,
    command,
    existing,
    folder_argument,
    language_of,
    moment_of,
    voice_of,
)
from omotenashi.cli.stores import settings_of
from omotenashi.content.upstreams import Upstreams
from omotenashi.language import printer
from omotenashi.rules_folder import Checked, check_folder, examined


def add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `check`."""
    check = command(commands, "check", _check, "ルールを検査する / check a rules folder")
    folder_argument(check)
    check.add_argument("--strict", action="store_true", help="warnings fail, too (exit code 3)")
    check.add_argument("--format", choices=("text", "json", "github"), default="text")
    check.add_argument("--lang", choices=("ja", "en"))
    check.add_argument("--at", metavar="DATE", help="such as 2026-12-26: which periods are over by then (now)")


def _check(options: argparse.Namespace) -> int:
    gc.disable()  # it ends before there is anything to collect, and looking for it takes a fifth of the time
    try:
        return _checked(options)
    finally:
        gc.enable()


def _checked(options: argparse.Namespace) -> int:
    upstreams = Upstreams.parse(settings_of(options).upstreams)
    checked = check_folder(existing(options.dir), admits=upstreams.admit if upstreams else None)
    checked = examined(checked, moment_of(options.at, ZoneInfo(checked.facts.timezone)))
    voice = voice_of(options, checked)
    folder = f"{options.dir.as_posix()}/"
    if options.format == "json":
        print(printer.as_json(checked.diagnostics, voice))
    elif options.format == "github":
        print(printer.as_github(checked.diagnostics, voice, folder))
    else:
        if checked.diagnostics:
            print(printer.as_text(checked.diagnostics, voice, folder))
        print(_summary(checked, folder, language_of(options, checked)))
    if checked.failed:
        return FAILED
    warned = any(one.level == "warning" for one in checked.diagnostics)
    return WARNED if warned and options.strict else FINE


def _summary(checked: Checked, folder: str, language: str) -> str:
    levels = Counter(one.level for one in checked.diagnostics)
    if checked.failed:
        errors = levels["error"]
        return f"{folder}: 誤り {errors} 件" if language == "ja" else f"{folder}: {errors} error(s)"
    blocks = checked.folder.blocks
    rules = sum(len(block.rules) for block in blocks)
    tests, warnings = len(checked.folder.tests), levels["warning"]
    if language == "ja":
        return f"{folder}: 問題ありません(ブロック {len(blocks)}、ルール {rules}、テスト {tests}、警告 {warnings})"
    return f"{folder}: fine ({len(blocks)} blocks, {rules} rules, {tests} tests, {warnings} warnings)"
