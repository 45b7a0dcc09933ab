"""Sets of small numbers as integers, a bit for each: a thousand of them are compared in one step."""

from __future__ import annotations

from collections.abc import Iterable


def bits(numbers: Iterable[int], size: int) -> int:
    """Return the integer with these bits set; all are below `size`."""
    found = bytearray((size >> 3) + 1)
    for number in numbers:
        found[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(found, "little")
