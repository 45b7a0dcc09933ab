"""`omo test`."""

from __future__ import annotations

import argparse
import difflib
import json
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from omotenashi.cli.accounts import account_data, account_lines, html_text, show_text, won
from omotenashi.cli.common import FAILED, FINE, command, folder_argument, language_of, say
from omotenashi.cli.covering import coverage_data, coverage_lines
from omotenashi.cli.loading import load_site
from omotenashi.coverage import Coverage, coverage
from omotenashi.engine.account import Account
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.reading import moment_text
from omotenashi.language.program import Rule
from omotenashi.language.rule_names import is_called
from omotenashi.language.syntax import Expectation
from omotenashi.model.errors import EditorError
from omotenashi.model.text import fold
from omotenashi.service import signal_tools
from omotenashi.settings import Settings
from omotenashi.verify import Failure, Result, run_tests

_LONGEST_HTML = 200
_MOST_NEAR = 5
_NEAR = 0.3
"""How alike a test's name is to a word before it is proposed: names are sentences."""
_WORDS = {
    "otherwise": ("どのルールにも当てはまらない(それ以外)", "no rule matches (otherwise)"),
    "original": ("もとのまま", "the original is shown"),
    "nothing": ("何も出さない", "nothing is shown"),
}


def add_test(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `test`."""
    test = command(commands, "test", _test, "ルールのテストを実行する / run a folder's tests")
    folder_argument(test)
    test.add_argument("-k", metavar="WORD", default="", help="only tests whose name holds WORD")
    test.add_argument("-v", "--verbose", action="store_true", help="name the tests that pass, too")
    test.add_argument("--coverage", action="store_true", help="which rules and conditions the tests have tried")
    test.add_argument("--threshold", metavar="PERCENT", help="fail where the coverage is lower")
    test.add_argument("--format", choices=("text", "json"), default="text")
    test.add_argument("--lang", choices=("ja", "en"))
    test.add_argument("--mmdb", type=Path, help="database for tests with ip:")


def _percent(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        number = -1
    if not 0 <= number <= 100:
        raise EditorError(
            f"--threshold: 「{text}」は 0 から 100 までの数ではありません。80 のように書きます",
            f"--threshold: {text!r} is no number from 0 to 100; write 80",
        )
    return number


def _test(options: argparse.Namespace) -> int:
    threshold = _percent(options.threshold)
    site, loaded = load_site(options.dir, options)
    language, folder = language_of(options, loaded), f"{options.dir.as_posix()}/"
    results = list(run_tests(site, signal_tools(Settings(mmdb=options.mmdb)), time.time(), options.k))
    if options.k and not results:
        raise _no_test(options.k, [test.name for test in site.tests])
    covered = coverage(site, results) if options.coverage or threshold is not None else None
    if options.format == "json":
        print(json.dumps(_data(results, covered, language), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(results, covered, folder, language, verbose=options.verbose)))
    low = covered is not None and threshold is not None and covered.percent < threshold
    if low and options.format == "text":
        print(
            say(
                language,
                f"網羅率が {threshold:g}% に届きません",
                f"the coverage is under {threshold:g} %",
            )
        )
    return FAILED if low or any(result.failures for result in results) else FINE


def _no_test(word: str, names: Sequence[str]) -> EditorError:
    """What to say where no test has a name that holds a word: the names that are nearest to it."""
    near = difflib.get_close_matches(fold(word), {fold(name): name for name in names}, n=_MOST_NEAR, cutoff=_NEAR)
    there = [name for name in names if fold(name) in near] or names[:_MOST_NEAR]
    ja, en = (f"。あるのは「{'」「'.join(there)}」などです", f"; there are {', '.join(there)}") if there else ("", "")
    return EditorError(
        f"-k: 名前に「{word}」を含むテストはありません{ja}", f"-k: no test has a name that holds {word}{en}"
    )


# As text


def _lines(
    results: Sequence[Result], covered: Coverage | None, folder: str, language: str, *, verbose: bool
) -> Iterator[str]:
    for result in results:
        if result.failures:
            yield from _failed(result, folder, language)
        elif verbose:
            yield f"ok    {result.test.name}"
    if not results:
        yield say(language, "実行したテストはありません", "no test ran")
    failed = sum(1 for result in results if result.failures)
    passed = len(results) - failed
    yield say(language, f"テスト {len(results)} 件: 成功 {passed}、失敗 {failed}", f"{passed} passed, {failed} failed")
    if covered is not None:
        yield from coverage_lines(covered, folder, language)


def _failed(result: Result, folder: str, language: str) -> Iterator[str]:
    place, occasion = result.test.position, result.occasion
    yield f"FAIL  {result.test.name}  ({folder}{place.file}:{place.line})"
    yield f"      {say(language, '日時', 'at')} {moment_text(occasion.local, language)}"
    for failure in result.failures:
        yield f"      {failure.expected.block}"
        expected, got = say(language, "期待", "expected"), say(language, "実際", "got")
        yield f"        {expected}: {_wanted(failure.expected, language)}"
        yield f"        {got}: {won(failure.choice, language)}: {_shown(failure, language)}"
        for note, account in _reasons(failure, language):
            where = account.rule.position
            yield f"        {note} ({folder}{where.file}:{where.line})"
            yield from (f"          {line}" for line in account_lines(account, occasion, language))


def _wanted(expected: Expectation, language: str) -> str:
    wanted = []
    if expected.won:
        name = f"{expected.won} [{expected.variant}]" if expected.variant else expected.won
        named = (f"「{name}」", name)
        wanted.append(say(language, *_WORDS.get(expected.won, named)))
    if expected.contains:
        text = expected.contains
        wanted.append(say(language, f"「{text}」を含む内容", f'what is shown holds "{text}"'))
    return say(language, "、", ", ").join(wanted)


def _shown(failure: Failure, language: str) -> str:
    if failure.expected.contains and failure.html is not None:
        return f"{failure.choice.show.content or ''} {html_text(failure.html, language, _LONGEST_HTML)}".strip()
    return show_text(failure.choice.show, language)


def _reasons(failure: Failure, language: str) -> Iterator[tuple[str, Account]]:
    """Return the rule that was expected and the rule that won, each with what is to be said of it."""
    winner = next((one for one in failure.accounts if one.rule == failure.choice.rule), None)
    wanted = next((one for one in failure.accounts if _is_meant(one.rule, failure.expected)), None)
    if wanted is not None and wanted is not winner:
        yield _why_not(wanted, language), wanted
    if winner is not None and wanted is not winner:
        name = winner.rule.name
        yield say(language, f"「{name}」が当てはまった理由", f"{name} matched"), winner


def _is_meant(rule: Rule, expected: Expectation) -> bool:
    return is_called(expected.won, rule.block, rule.name, rule.id)


def _why_not(wanted: Account, language: str) -> str:
    name = wanted.rule.name
    if wanted.value:
        return say(
            language,
            f"「{name}」も当てはまるが、上のルールが先に選ばれた",
            f"{name} matches, too, but a rule above it was chosen first",
        )
    return say(language, f"「{name}」が当てはまらなかった理由", f"{name} did not match")


# As data


def _data(results: Sequence[Result], covered: Coverage | None, language: str) -> dict[str, Any]:
    failed = sum(1 for result in results if result.failures)
    data = {
        "passed": len(results) - failed,
        "failed": failed,
        "tests": [_result_data(result, language) for result in results],
    }
    return data if covered is None else {**data, "coverage": coverage_data(covered, language)}


def _result_data(result: Result, language: str) -> dict[str, Any]:
    place, occasion = result.test.position, result.occasion
    return {
        "name": result.test.name,
        "file": place.file,
        "line": place.line,
        "at": datetime.fromtimestamp(occasion.now, occasion.local.tzinfo).isoformat(),
        "passed": not result.failures,
        "failures": [_failure_data(failure, occasion, language) for failure in result.failures],
    }


def _failure_data(failure: Failure, occasion: Occasion, language: str) -> dict[str, Any]:
    rule = failure.choice.rule
    return {
        "block": failure.expected.block,
        "expected": failure.expected.won or None,
        "variant": failure.expected.variant or None,
        "contains": failure.expected.contains or None,
        "won": rule.name if rule else "otherwise",
        "id": rule.id if rule else None,
        "won_variant": failure.choice.variant,
        "shows": {"kind": failure.choice.show.kind, "content": failure.choice.show.content},
        "rules": [account_data(account, occasion, language) for account in failure.accounts],
    }
