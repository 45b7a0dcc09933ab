"""The command line: parsing arguments and printing, no logic."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from omotenashi.cli.common import FAILED, INTERRUPTED, USAGE, spoken
from omotenashi.cli.failures import Misused, Parser, unknown_command, unreachable
from omotenashi.model.errors import EditorError, OmotenashiError, UnreadableFile, WrongRules
from omotenashi.model.site_facts import SiteFacts
from omotenashi.rules_folder import site_language

COMMANDS = {
    "serve": "serve",
    "check": "rules",
    "test": "testing",
    "explain": "explaining",
    "diff": "diffing",
    "signals": "signals",
    "describe": "describing",
    "fmt": "formatting",
    "new": "beginning",
    "schema": "schema",
    "import": "importing",
    "migrate": "migrating",
    "token": "token",
    "visitor": "visitor",
    "privacy": "visitor",
}
"""Each command with the module that has its `add_` function. Only what is asked for is loaded: it starts twice as fast."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 fine, 1 errors or failed tests, 2 usage, 3 warnings under --strict."""
    _prepare_streams()
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        options = _understood(words)
    except Misused as error:
        print(f"{error.usage}omo: {error.said(_language_in(words))}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    try:
        return _run(options)
    except BrokenPipeError:
        _drop_output()
        return FAILED
    except EditorError as error:
        print(f"omo: {error.said(spoken(options))}", file=sys.stderr)
        return FAILED if isinstance(error, (WrongRules, UnreadableFile)) else USAGE
    except OSError as error:
        _drop_output()
        print(f"omo: {unreachable(error).said(spoken(options))}", file=sys.stderr)
        return FAILED
    except OmotenashiError as error:
        print(f"omo: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def _prepare_streams() -> None:
    """Let every text be printed; what is printed where a stream is closed goes nowhere, least of all into the other."""
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115 until the process ends
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _run(options: argparse.Namespace) -> int:
    run: Callable[[argparse.Namespace], int] = options.run
    done = run(options)
    sys.stdout.flush()  # at the end of the process it would be too late to tell that a disk is full
    return done


def _drop_output() -> None:
    """Give up what cannot be printed: Python tries again at its end, and complains in its own words."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _understood(words: Sequence[str]) -> argparse.Namespace:
    """Return what the words of a command line ask for; raises Misused."""
    parser = make_parser(*words[:1])
    if words and not words[0].startswith("-") and words[0] not in COMMANDS:
        raise unknown_command(words[0], parser.format_usage(), COMMANDS)
    options, unknown = parser.parse_known_args(words)
    if unknown:
        raise options.parser.unknown(unknown)
    return options


def _language_in(words: Sequence[str]) -> str:
    """The language that a command line asks for, also where the rest of it is not understood; else that of LANG."""
    asked = " ".join(words).replace("--lang=", "--lang ").partition("--lang ")[2].split()[:1]
    return asked[0] if asked in (["ja"], ["en"]) else site_language(SiteFacts(), os.environ)


def make_parser(asked: str = "") -> Parser:
    """Return the parser of the command that is asked for; where it is none, of all commands."""
    parser = Parser("omo", description="Omotenashi: which content goes into which block of the page")
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module = import_module(f"omotenashi.cli.{COMMANDS[name]}")
        getattr(module, f"add_{name}")(commands)
    return parser


class _Version(argparse.Action):
    """Prints the version, which is looked for only then: it takes as long as a command."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print and exit."""
        from importlib.metadata import version  # noqa: PLC0415

        print(f"omo {version('omotenashi')}")
        parser.exit()
