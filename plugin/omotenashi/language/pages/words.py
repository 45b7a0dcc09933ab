"""Pages about matching keywords (E481–E489)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page

WORDS: dict[str, Page] = {}  # fmt: skip
