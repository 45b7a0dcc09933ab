"""One line of a file as the scan reads it."""

from __future__ import annotations

from msgspec import Struct


class Entry(Struct):
    """A key, an item of a list, or a text on a line of its own."""

    start: int
    line: int
    """Offsets of its first letter and of its line."""
    dashes: list[int] = []
    """The columns of its dashes, from 0."""
    column: int = 0
    """Where the key or text stands behind them."""
    key: str = ""
    kind: str = "none"
    """What its value is: none (yet), plain, quoted, brackets, block."""
    lone: bool = False
    """It is no key and no item."""

    @property
    def parent(self) -> int:
        """The column that what belongs to it must stand right of."""
        if self.key or not self.dashes:
            return self.column - 1 if self.lone else self.column
        return self.dashes[-1]

    def continues(self, column: int) -> bool:
        """Tell whether a line at a column goes on with its text."""
        return self.kind == "plain" and column > self.parent
