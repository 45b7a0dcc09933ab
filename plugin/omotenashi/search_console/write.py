"""The file of searches by landing page, as `language.read_search_console` reads it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from omotenashi.language.read_search_console import LARGEST_LANDINGS, MOST_LANDING_ROWS, cell_of
from omotenashi.language.vocabulary import LANDING_COLUMNS, REST
from omotenashi.search_console.sums import MOST_QUERIES, Ranked

_HEADING = ",".join(word.name for word in LANDING_COLUMNS)
_MOST_QUERIES = (MOST_QUERIES, 1000, 200)
"""Of one page: the greatest number with which all pages have room."""


def file_text(pages: Sequence[Ranked]) -> tuple[str, int]:
    """Return the text of the file, with a byte order mark for Excel, and how many pages it holds.

    It holds the first pages, as many as it may have, with fewer searches of each where they have no room otherwise.
    """
    text, held = "", 0
    for most in _MOST_QUERIES:
        text, held = _text([page.shortened(most) for page in pages])
        if held == len(pages):
            break
    return text, held


def _text(pages: Sequence[Ranked]) -> tuple[str, int]:
    parts = [f"\ufeff{_HEADING}\n"]
    size, rows = len(parts[0].encode()), 0
    for page in pages:
        text = _page_text(page)
        size += len(text.encode())
        rows += text.count("\n")
        if rows > MOST_LANDING_ROWS or size > LARGEST_LANDINGS:
            break
        parts.append(text)
    return "".join(parts), len(parts) - 1


def _page_text(page: Ranked) -> str:
    text = io.StringIO()
    rest = [(REST.name, page.rest)] if page.rest else []
    told = ((cell_of(query), clicks) for query, clicks in page.queries)
    csv.writer(text, lineterminator="\n").writerows((page.path, *one) for one in (*told, *rest))
    return text.getvalue()
