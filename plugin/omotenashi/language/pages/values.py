"""Pages about values (E3xx)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page

VALUES: dict[str, Page] = {}  # fmt: skip
