"""The command line: parsing arguments and printing, no logic."""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from omotenashi.engine.choose import Account, Engine
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.reading import reading
from omotenashi.language import printer
from omotenashi.language.parse import parse
from omotenashi.language.read_test import read_visitor
from omotenashi.language.report import Report
from omotenashi.language.syntax import StatedVisitor
from omotenashi.language.values import moment
from omotenashi.model.errors import OmotenashiError, SettingsError
from omotenashi.service import signal_tools
from omotenashi.settings import Settings, read_settings, server_key
from omotenashi.site import Loaded, Site, load
from omotenashi.verify import Result, occasion_for, run_tests

FINE, FAILED, WARNED, INTERRUPTED = 0, 1, 3, 130
_MARKS = {True: "○", False: "×", None: "?"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 fine, 1 errors or failed tests, 2 usage, 3 warnings under --strict."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except BrokenPipeError:
        return FAILED
    except (OmotenashiError, OSError) as error:
        print(f"omo: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("omo", description="Omotenashi: which content goes into which block of the page")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _serve_parser(commands)
    check = _command(commands, "check", _check, "ルールを検査する / check a rules folder")
    _folder(check)
    check.add_argument("--strict", action="store_true", help="warnings fail, too (exit code 3)")
    check.add_argument("--format", choices=("text", "json", "github"), default="text")
    check.add_argument("--lang", choices=("ja", "en"))
    test = _command(commands, "test", _test, "ルールのテストを実行する / run a folder's tests")
    _folder(test)
    test.add_argument("-k", metavar="WORD", default="", help="only tests whose name holds WORD")
    test.add_argument("--lang", choices=("ja", "en"))
    test.add_argument("--mmdb", type=Path, help="database for tests with ip:")
    explain = _command(commands, "explain", _explain, "なぜそう表示されるか / why a block shows what it shows")
    explain.add_argument("block", metavar="BLOCK")
    explain.add_argument("--rules", type=Path, default=Path("rules"), metavar="DIR")
    explain.add_argument("--visitor", default="{}", metavar="FILE|JSON", help="facts, named as in tests")
    explain.add_argument("--at", metavar="TIME", help="such as 2026-12-01 10:00, in the site's time zone")
    explain.add_argument("--mmdb", type=Path)
    explain.add_argument("--lang", choices=("ja", "en"))
    return parser


def _serve_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = _command(commands, "serve", _serve, "サーバーを起動する / answer a CMS's requests")
    for flag, kind, text in (
        ("--rules", Path, "the rules folder (rules)"),
        ("--host", str, "the address to listen on (127.0.0.1)"),
        ("--port", int, "the port to listen on (8700)"),
        ("--data", Path, "the data directory (omo-data)"),
        ("--mmdb", Path, "a MaxMind database for places"),
        ("--workers", int, "processes that serve (1)"),
        ("--trusted-proxies", str, "networks whose X-Omo-… and forwarding headers count, with commas (none)"),
        ("--forwarded", str, "x-forwarded-for or forwarded"),
        ("--deadline", int, "milliseconds after which limits and history no longer wait (50)"),
    ):
        serve.add_argument(flag, type=kind, metavar=flag[2:].upper(), help=text)


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    return command


def _folder(command: argparse.ArgumentParser) -> None:
    command.add_argument("dir", type=Path, nargs="?", default=Path("rules"), metavar="DIR")


# serve


def _serve(options: argparse.Namespace) -> int:
    flags = {name: value for name, value in vars(options).items() if name in Settings.__struct_fields__}
    settings, warnings = read_settings(flags, os.environ, Path.cwd())
    for warning in warnings:
        print(f"omo: warning: {warning}", file=sys.stderr)
    if not settings.rules.is_dir():
        raise SettingsError(f"rules: there is no folder {settings.rules}; name one with --rules")
    from omotenashi.web.build import access_of, check_store  # noqa: PLC0415 only serving needs the server's packages
    from omotenashi.web.server import listen, run  # noqa: PLC0415 likewise

    key, key_file = server_key(settings)
    signal_tools(settings)  # every worker does this again; here a mistake is one line before anything starts
    access_of(settings, key)
    check_store(settings)
    listener = listen(settings.host, settings.port)
    where = f"[{settings.host}]" if ":" in settings.host else settings.host
    kept = f"; server key in {key_file}" if key_file else ""
    print(f"omotenashi: {settings.rules}/ on http://{where}:{settings.port}{kept}", flush=True)
    run(settings, key, listener)
    return FINE


# check


def _check(options: argparse.Namespace) -> int:
    loaded = _load(options.dir)
    language = _language(options, loaded)
    folder = f"{options.dir.as_posix()}/"
    if options.format == "json":
        print(printer.as_json(loaded.diagnostics, loaded.texts, language))
    elif options.format == "github":
        print(printer.as_github(loaded.diagnostics, folder, language))
    else:
        if loaded.diagnostics:
            print(printer.as_text(loaded.diagnostics, loaded.texts, folder, language))
        print(_summary(loaded, folder, language))
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


# test


def _test(options: argparse.Namespace) -> int:
    site, loaded = _site(options.dir, options)
    language = _language(options, loaded)
    tools = signal_tools(Settings(mmdb=options.mmdb))
    results = list(run_tests(site, tools, time.time(), options.k))
    for result in results:
        _print_result(result, f"{options.dir.as_posix()}/", language)
    failed = sum(1 for result in results if result.failures)
    if not results:
        print("テストがありません / no test ran")
    print(f"{len(results) - failed} passed, {failed} failed")
    return FAILED if failed else FINE


def _print_result(result: Result, folder: str, language: str) -> None:
    place = result.test.position
    where = f"{folder}{place.file}:{place.line}"
    if not result.failures:
        print(f"ok    {result.test.name}")
        return
    print(f"FAIL  {result.test.name}  ({where})")
    for failure in result.failures:
        won = failure.choice.rule.name if failure.choice.rule else "otherwise"
        shown = f" ({failure.choice.show.kind})" if failure.choice.show.kind != "html" else ""
        wanted = failure.expected.won or f"…{failure.expected.contains}…"
        words = ("期待", "実際") if language == "ja" else ("expected", "got")
        print(f"      {failure.expected.block}: {words[0]} {wanted} / {words[1]} {won}{shown}")
        for account in failure.accounts:
            _print_account(account, None, "        ")


# explain


def _explain(options: argparse.Namespace) -> int:
    site, loaded = _site(options.rules, options)
    language = _language(options, loaded)
    engine = site.engine
    if options.block not in engine.program.blocks:
        raise SettingsError(f"there is no block {options.block}; there are {', '.join(engine.program.blocks)}")
    at = _moment(options.at, engine)
    stated = _stated_visitor(options.visitor, site, language)
    if stated is None:
        return FAILED
    occasion = occasion_for(stated, site, signal_tools(Settings(mmdb=options.mmdb)), at)
    for account in engine.explain(occasion, options.block):
        _print_account(account, occasion, "")
    choice = engine.decide(occasion, [options.block])[options.block]
    won = choice.rule.name if choice.rule else "otherwise"
    print(f"→ {won} ({choice.reason}; {choice.show.content or choice.show.kind})")
    return FINE


def _print_account(account: Account, occasion: Occasion | None, indent: str) -> None:
    print(f"{indent}{_MARKS[account.value]} {account.rule.name}")
    for finding in account.findings:
        read = "" if occasion is None else f"  ← {_read(finding.fact.field, occasion)}"
        print(f"{indent}    {_MARKS[finding.value]} {finding.fact.field}: {finding.fact.written}{read}")


def _read(field: str, occasion: Occasion) -> str:
    value = reading(field, occasion)
    return "不明 / unknown" if value is None else value or "(なし / none)"


def _moment(text: str | None, engine: Engine) -> float:
    if text is None:
        return time.time()
    at = moment(text)
    if at is None:
        raise SettingsError(f"--at: {text!r} is not a time; write 2026-12-01 10:00")
    return at.start(engine.zone)


def _stated_visitor(argument: str, site: Site, language: str) -> StatedVisitor | None:
    name, text = ("--visitor", argument) if argument.lstrip().startswith("{") else (argument, _text_of(argument))
    report = Report()
    tree = parse(name, text, report)
    stated = read_visitor(tree, site.facts, report) if tree is not None and tree.entries else StatedVisitor()
    if report.diagnostics:
        print(printer.as_text(report.sorted(), {name: text}, "", language), file=sys.stderr)
    return None if report.failed else stated


def _text_of(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"--visitor: {file[:80]} is neither JSON nor a file that can be read ({error})") from error


# common


def _load(folder: Path) -> Loaded:
    if not folder.is_dir():
        raise SettingsError(f"there is no folder {folder}")
    return load(folder)


def _site(folder: Path, options: argparse.Namespace) -> tuple[Site, Loaded]:
    loaded = _load(folder)
    if loaded.site is None:
        text = printer.as_text(loaded.diagnostics, loaded.texts, f"{folder.as_posix()}/", _language(options, loaded))
        raise SettingsError(f"{folder} has errors\n{text}")
    return loaded.site, loaded


def _language(options: argparse.Namespace, loaded: Loaded) -> str:
    chosen: Any = options.lang
    if chosen:
        return str(chosen)
    if loaded.language in ("ja", "en"):
        return loaded.language
    return "ja" if os.environ.get("LANG", "").startswith("ja") else "en"
