"""Keys that belong to the mapping around or inside the one where they stand: a line was indented too little or too much."""

from __future__ import annotations

from omotenashi.language.nodes import MapNode
from omotenashi.model.errors import Diagnostic


def misplaced(tree: MapNode) -> list[Diagnostic]:
    return []
