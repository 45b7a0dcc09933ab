"""Pages about names that do not fit together (E401–E429)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page

NAMES: dict[str, Page] = {}  # fmt: skip
