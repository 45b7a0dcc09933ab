"""The file of searches by landing page, as `language.read_search_console` reads it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from omotenashi.language.read_search_console import LARGEST_LANDINGS, MOST_LANDING_ROWS, cell_of
from omotenashi.language.vocabulary import LANDING_COLUMNS, REST
from omotenashi.search_console.sums import Ranked

_HEADING = ",".join(word.name for word in LANDING_COLUMNS)


def file_text(pages: Iterable[Ranked]) -> tuple[str, int]:
    """Return the text of the file, with a byte order mark for Excel, and how many pages it holds.

    It holds the first pages, as many as it may have.
    """
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
