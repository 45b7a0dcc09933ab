"""What signals are read with, for commands that do not stop at a broken database of places."""

from __future__ import annotations

from pathlib import Path

from omotenashi.cli.stores import warn
from omotenashi.model.errors import SettingsError
from omotenashi.service import serving_tools
from omotenashi.settings import Settings
from omotenashi.signals.gather import SignalTools


def tools_of(settings: Settings, kept: Path | None) -> SignalTools:
    """Return the tools; warn of a database that is broken, or gone, and raise SettingsError for one that never was.

    `kept` is where the last good one stands, if it does.
    """
    tools = serving_tools(settings, kept)
    if settings.mmdb is None or tools.places is None or tools.places.problem is None:
        return tools
    is_kept = kept is not None and kept.is_file()
    if not settings.mmdb.is_file() and not is_kept:
        raise SettingsError(tools.places.problem)
    warn(f"{tools.places.problem}; {'the last good one serves' if is_kept else 'all places are unknown'}")
    return tools
