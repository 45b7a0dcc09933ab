"""What is said about tables, holiday files, blocks' needs_consent, selector, deadline and fetched contents (E451–E479)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

TABLES: dict[str, Message] = {}  # fmt: skip
