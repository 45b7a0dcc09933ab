"""Which of the keys of the API's rows is the page, and which the query: answers do not name their dimensions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_PAGE = re.compile(r"(?:https?:/)?/.*|android-app://.*", re.IGNORECASE)
_OTHERS = (
    re.compile(r"\d{4}-\d{2}-\d{2}(?:T.*)?"),
    re.compile(r"DESKTOP|MOBILE|TABLET"),
    re.compile(r"(?:aus|bra|can|chn|deu|esp|fra|gbr|hkg|idn|ind|ita|jpn|kor|mex|mys|nld|phl|sgp|tha|twn|usa|vnm|zzz)"),
    re.compile(r"WEB|IMAGE|VIDEO|NEWS|DISCOVER|GOOGLE_NEWS"),
)
"""Dates, devices, countries (ISO 3166-1 alpha-3, those that matter most) and kinds of search."""


class Dimensions(NamedTuple):
    """Where the page and the query stand; None where there is none."""

    page: int | None
    query: int | None


def find_dimensions(sample: Sequence[Sequence[str]]) -> Dimensions:
    """Tell it by what stands there in all rows of a sample."""
    columns = list(zip(*sample, strict=False))
    page = next((n for n, texts in enumerate(columns) if all(_PAGE.fullmatch(text) for text in texts)), None)
    others = [n for n, texts in enumerate(columns) if n != page and not _is_other(texts)]
    return Dimensions(page, others[0] if others else None)


def _is_other(texts: Sequence[str]) -> bool:
    return any(all(pattern.fullmatch(text) for text in texts) for pattern in _OTHERS)
