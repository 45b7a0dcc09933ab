"""What the scripts of this example share: their options, what they cannot go on without, and what they say."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from examples.cluster.processes import ROOT, ClusterError
from examples.cluster.site import FRONT


def arguments(name: str, description: str) -> argparse.ArgumentParser:
    """Return what both scripts understand."""
    parser = argparse.ArgumentParser(f"examples/cluster/{name}", description=description)
    parser.add_argument("--port", type=int, default=FRONT, help=f"of nginx, if it is free ({FRONT})")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "var" / "cluster", help="where everything is written (var/cluster)"
    )
    return parser


def done(work: Callable[[argparse.Namespace], int], parser: argparse.ArgumentParser, given: Sequence[str]) -> int:
    """Do the work of a script with what its command line gives; return the exit code."""
    options = parser.parse_args(given)
    try:
        return work(options)
    except ClusterError as error:
        sys.stderr.write(f"cluster: {error}\n")
        return 1


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
