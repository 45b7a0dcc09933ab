"""Pages about warnings (W50x) and notes (N6xx)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page

ADVICE: dict[str, Page] = {}  # fmt: skip
