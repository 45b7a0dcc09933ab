"""What is said about experiments (E431–E449)."""

from __future__ import annotations

from omotenashi.language.messages.message import Message

EXPERIMENTS: dict[str, Message] = {}  # fmt: skip
