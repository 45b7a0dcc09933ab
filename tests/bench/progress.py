"""Tells how far a long benchmark is."""

from __future__ import annotations

import time

_BEGUN = time.monotonic()


def say(text: str) -> None:
    """Print what begins now, after how many seconds."""
    print(f"{time.monotonic() - _BEGUN:4.0f} s  {text} …", flush=True)
