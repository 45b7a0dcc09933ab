"""Pages about files that cannot be read (E1xx) and things of the wrong form (E2xx)."""

from __future__ import annotations

from omotenashi.language.pages.page import Page

FORM: dict[str, Page] = {}  # fmt: skip
