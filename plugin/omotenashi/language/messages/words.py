"""What is said about matching keywords (E481–E489)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

WORDS: dict[str, Message] = {}  # fmt: skip
