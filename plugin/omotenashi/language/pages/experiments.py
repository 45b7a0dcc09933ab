"""Pages about experiments (E431–E449)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page

EXPERIMENTS: dict[str, Page] = {}  # fmt: skip
