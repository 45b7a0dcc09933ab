"""`omo test`."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from omotenashi.cli.common import FAILED, FINE, command, folder_argument, language_of, load_site
from omotenashi.cli.explaining import print_account
from omotenashi.service import signal_tools
from omotenashi.settings import Settings
from omotenashi.verify import Result, run_tests


def add_test(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `test`."""
    test = command(commands, "test", _test, "ルールのテストを実行する / run a folder's tests")
    folder_argument(test)
    test.add_argument("-k", metavar="WORD", default="", help="only tests whose name holds WORD")
    test.add_argument("--lang", choices=("ja", "en"))
    test.add_argument("--mmdb", type=Path, help="database for tests with ip:")


def _test(options: argparse.Namespace) -> int:
    site, loaded = load_site(options.dir, options)
    language = language_of(options, loaded)
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
        expected, choice = failure.expected, failure.choice
        shown = f" ({choice.show.kind})" if choice.show.kind != "html" else ""
        words = ("期待", "実際") if language == "ja" else ("expected", "got")
        print(f"      {expected.block}: {words[0]} {expected.wanted} / {words[1]} {choice.won}{shown}")
        for account in failure.accounts:
            print_account(account, None, "        ")
