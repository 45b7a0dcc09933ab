"""Which variant of an experiment a visitor gets: a hash of both, so that nothing has to be stored or drawn.

The construction is the usual one, "hash and partition" (Kohavi, Longbotham, Sommerfield and Henne, "Controlled
experiments on the web: survey and practical guide", 2009, section 4.1): a hash of the experiment and the visitor makes a
point, the shares cut the line of points into ranges. The hash is a cryptographic one: of those that they tried only such
a one kept experiments independent of each other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate

from omotenashi.model.text import fold

_BITS = 53
"""As many as a float holds exactly, so that a point is never rounded up to 1."""


def point(experiment: str, visitor: str) -> float:
    """Return where a visitor stands in an experiment, from 0 up to but not including 1: the same in every version.

    It is BLAKE2b (RFC 7693) of 64 bits over the folded id of the experiment, a NUL, which no key of a visitor has, and
    that key.
    """
    digest = blake2b(f"{fold(experiment)}\0{visitor}".encode(), digest_size=8, person=b"omo bucket")
    return (int.from_bytes(digest.digest()) >> (64 - _BITS)) / (1 << _BITS)


def ends(shares: Sequence[float]) -> tuple[float, ...]:
    """Return where the range of each variant but the last ends, from 0 to 1; the last has what is left.

    Only visitors over whom an end moves change their variant. So a last variant that grows at the cost of the one
    before it takes visitors from that one, and moves nobody else.
    """
    *inner, total = accumulate(shares)
    return tuple(end / total for end in inner)


def bucket(at: float, range_ends: Sequence[float]) -> int:
    """Return the number of the variant whose range a point lies in. A range holds its start, not its end."""
    return bisect_right(range_ends, at)
