"""What was decided, as it is told to callers."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """OpenFeature's reasons for a value (OpenFeature specification, section 1.7, resolution details)."""

    TARGETING_MATCH = "TARGETING_MATCH"
    SPLIT = "SPLIT"
    DEFAULT = "DEFAULT"
    DISABLED = "DISABLED"
    STALE = "STALE"
    ERROR = "ERROR"
