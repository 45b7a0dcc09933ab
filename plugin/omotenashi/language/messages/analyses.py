"""What is said about what the analyses find (E491–E499, W511–W549)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

ANALYSES: dict[str, Message] = {}  # fmt: skip
