"""What the columns of exports are called, and what is read of a row."""

from __future__ import annotations

from typing import NamedTuple

from omotenashi.model.text import fold
from omotenashi.profiles.import_tables import Columns, Problem

_ALIASES = {
    "page": (
        *("page", "url", "top pages", "landing page", "page url", "address"),
        *("ページ", "上位のページ", "ランディング ページ", "ランディングページ", "着地ページ", "アドレス"),
    ),
    "query": (
        *("query", "top queries", "search query", "search term", "keyword"),
        *("クエリ", "上位のクエリ", "検索クエリ", "検索語句", "検索語", "検索キーワード", "キーワード"),
    ),
    "clicks": ("clicks", "url clicks", "total clicks", "クリック数", "クリック", "URL のクリック数", "合計クリック数"),
    "anonymized": ("is_anonymized_query",),
    "keys": ("keys",),
    "rows": ("rows",),
}
COLUMNS = Columns({name: column for column, names in _ALIASES.items() for name in names}, ())
FOLDED = {fold(name): column for name, column in COLUMNS.names.items()}
"""The columns by their folded names."""


class Row(NamedTuple):
    """One row of an export, as it stands there."""

    line: int
    """Of a JSON document, the number of the row."""
    page: object = None
    query: object = None
    clicks: object = None
    anonymized: object = None
    problem: Problem | None = None
    """Why it cannot be read."""
