"""Pages about what the analyses find (E491–E499, W511–W549)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page

ANALYSES: dict[str, Page] = {}  # fmt: skip
