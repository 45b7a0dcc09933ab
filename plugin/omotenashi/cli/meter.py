"""How far a long task is, on stderr: a bar in a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time

from tqdm import tqdm

_SAY_EVERY = 5.0
"""Seconds between two lines where there is no terminal."""
_PLAIN = "{n_fmt} of {total_fmt}{unit} ({percentage:.0f} %), {rate_fmt}, {remaining} left"


class Meter:
    """Shows how much is done of something that is counted, such as lines of a file."""

    def __init__(self, name: str, total: int, done: int = 0, unit: str = " lines") -> None:
        self._bar = tqdm(
            total=total,
            initial=done,
            desc=name,
            unit=unit,
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
        )
        self._unit = unit
        self._total = total
        self._initial = done
        self._began = self._said = time.monotonic()

    def show(self, done: int) -> None:
        """Tell how many are done."""
        now = time.monotonic()
        self._bar.update(done - self._bar.n)
        if self._bar.disable and now - self._said >= _SAY_EVERY:
            self._said = now
            elapsed = now - self._began
            text = tqdm.format_meter(
                done, self._total, elapsed, initial=self._initial, unit=self._unit, bar_format=_PLAIN
            )
            print(f"omo: {text}", file=sys.stderr, flush=True)

    def write(self, text: str) -> None:
        """Print a text on stdout, beside the bar."""
        tqdm.write(text, file=sys.stdout)

    def close(self) -> None:
        """Leave the bar as it is."""
        self._bar.close()
