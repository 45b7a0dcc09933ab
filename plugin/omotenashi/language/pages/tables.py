"""Pages about tables, holiday files, blocks' needs_consent, selector, deadline and fetched contents (E451–E479)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page

TABLES: dict[str, Page] = {}  # fmt: skip
