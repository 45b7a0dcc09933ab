"""What is said about mistakes that are found in the text before it is parsed (E111–E149)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

SLIPS: dict[str, Message] = {}  # fmt: skip
