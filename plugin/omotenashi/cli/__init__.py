"""The command line: parsing arguments and printing, no logic."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence

from omotenashi.cli import explaining, importing, rules, serve, testing, visitor
from omotenashi.cli.common import FAILED, INTERRUPTED
from omotenashi.model.errors import OmotenashiError

COMMANDS: tuple[Callable[[argparse._SubParsersAction[argparse.ArgumentParser]], None], ...] = (
    serve.add_serve,
    rules.add_check,
    testing.add_test,
    explaining.add_explain,
    importing.add_import,
    visitor.add_visitor,
    visitor.add_privacy,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 fine, 1 errors or failed tests, 2 usage, 3 warnings under --strict."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = make_parser().parse_args(arguments)
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


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser("omo", description="Omotenashi: which content goes into which block of the page")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in COMMANDS:
        add(commands)
    return parser
