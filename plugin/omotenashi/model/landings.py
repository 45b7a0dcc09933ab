"""What is known of the searches that lead to each landing page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct


class Landing(Struct, frozen=True):
    """The searches whose results led to one page."""

    clicks: int = 0
    """Of all searches that are known, those of `queries` included; never 0 for a page that is in a file."""
    queries: tuple[tuple[str, int], ...] = ()
    """The words that were searched for, with their clicks: the most frequent searches, each once."""


Landings: TypeAlias = "Mapping[str, Landing]"
"""By path, in the form of `page_path`."""
