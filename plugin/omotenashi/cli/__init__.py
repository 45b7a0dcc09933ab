"""The command line: parsing arguments and printing, no logic."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from omotenashi.cli.common import FAILED, INTERRUPTED
from omotenashi.model.errors import OmotenashiError

COMMANDS = {
    "serve": "serve",
    "check": "rules",
    "test": "testing",
    "explain": "explaining",
    "diff": "diffing",
    "describe": "describing",
    "fmt": "formatting",
    "new": "beginning",
    "schema": "schema",
    "import": "importing",
    "visitor": "visitor",
    "privacy": "visitor",
}
"""Each command with the module that has its `add_` function. Only what is asked for is loaded: it starts twice as fast."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 fine, 1 errors or failed tests, 2 usage, 3 warnings under --strict."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    words = sys.argv[1:] if arguments is None else list(arguments)
    options = make_parser(*words[:1]).parse_args(words)
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


def make_parser(asked: str = "") -> argparse.ArgumentParser:
    """Return the parser of the command that is asked for; where it is none, of all commands."""
    parser = argparse.ArgumentParser("omo", description="Omotenashi: which content goes into which block of the page")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module = import_module(f"omotenashi.cli.{COMMANDS[name]}")
        getattr(module, f"add_{name}")(commands)
    return parser
