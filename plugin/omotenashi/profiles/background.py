"""Work that goes on while nobody waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from omotenashi.model.errors import StoreUnavailable

logger = logging.getLogger("omotenashi.store")
T = TypeVar("T")


def watched(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Return a task that does some work. A fault in it is logged; that the store failed is said where it is noted."""
    task = asyncio.create_task(work)
    task.add_done_callback(_log_fault)
    return task


def _log_fault(task: asyncio.Task[Any]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, StoreUnavailable):
        logger.error("%s failed", task.get_coro(), exc_info=error)
