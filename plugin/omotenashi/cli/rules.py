"""`omo check`."""

from __future__ import annotations

import argparse
from collections import Counter
from zoneinfo import ZoneInfo

from omotenashi.cli.common import (
    FAILED,
    FINE,
    WARNED,
    command,
    folder_argument,
    language_of,
    load_folder,
    moment_of,
    voice_of,
)
from omotenashi.cli.stores import settings_of
from omotenashi.content.upstreams import Upstreams
from omotenashi.language import printer
from omotenashi.site import Loaded, examined


def add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `check`."""
    check = command(commands, "check", _check, "ルールを検査する / check a rules folder")
    folder_argument(check)
    check.add_argument("--strict", action="store_true", help="warnings fail, too (exit code 3)")
    check.add_argument("--format", choices=("text", "json", "github"), default="text")
    check.add_argument("--lang", choices=("ja", "en"))
    check.add_argument("--at", metavar="DATE", help="such as 2026-12-26: which periods are over by then (now)")


def _check(options: argparse.Namespace) -> int:
    loaded = load_folder(options.dir, Upstreams.parse(settings_of(options).upstreams))
    loaded = examined(loaded, moment_of(options.at, ZoneInfo(loaded.facts.timezone)))
    voice = voice_of(options, loaded)
    folder = f"{options.dir.as_posix()}/"
    if options.format == "json":
        print(printer.as_json(loaded.diagnostics, voice))
    elif options.format == "github":
        print(printer.as_github(loaded.diagnostics, voice, folder))
    else:
        if loaded.diagnostics:
            print(printer.as_text(loaded.diagnostics, voice, folder))
        print(_summary(loaded, folder, language_of(options, loaded)))
    if loaded.site is None:
        return FAILED
    warned = any(one.level == "warning" for one in loaded.diagnostics)
    return WARNED if warned and options.strict else FINE


def _summary(loaded: Loaded, folder: str, language: str) -> str:
    levels = Counter(one.level for one in loaded.diagnostics)
    if loaded.site is None:
        errors = levels["error"]
        return f"{folder}: 誤り {errors} 件" if language == "ja" else f"{folder}: {errors} error(s)"
    blocks = loaded.site.engine.program.blocks.values()
    rules = sum(len(block.rules) for block in blocks)
    tests, warnings = len(loaded.site.tests), levels["warning"]
    if language == "ja":
        return f"{folder}: 問題ありません(ブロック {len(blocks)}、ルール {rules}、テスト {tests}、警告 {warnings})"
    return f"{folder}: fine ({len(blocks)} blocks, {rules} rules, {tests} tests, {warnings} warnings)"
