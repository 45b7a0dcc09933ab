"""Pages about mistakes that are found in the text before it is parsed (E111–E149)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page

SLIPS: dict[str, Page] = {}  # fmt: skip
