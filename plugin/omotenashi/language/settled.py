"""What of a folder need not be looked at again: blocks that stood in one that was found free of errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from omotenashi.language.condition import Condition
from omotenashi.language.syntax import BlockSpec, Folder, ShowSpec


def changed_blocks(folder: Folder, settled: Folder | None) -> Sequence[BlockSpec]:
    """Return the blocks that are not taken over from `settled`; without it, all."""
    if settled is None:
        return folder.blocks
    known = {id(block) for block in settled.blocks}
    return [block for block in folder.blocks if id(block) not in known]


def changed_conditions(folder: Folder, settled: Folder | None) -> Iterator[Condition]:
    """Return the conditions of all segments, and of the rules of the blocks that are not taken over."""
    yield from (segment.when for segment in folder.segments)
    yield from (rule.when for block in changed_blocks(folder, settled) for rule in block.rules)


def changed_shows(folder: Folder, settled: Folder | None) -> Iterator[ShowSpec]:
    """Return what is shown by all contents, and by the blocks that are not taken over."""
    return Folder(contents=folder.contents, blocks=tuple(changed_blocks(folder, settled))).shows()


def of_same_segments(folder: Folder, settled: Folder | None) -> Folder | None:
    """Return `settled` if its segments are those of the folder."""
    return settled if settled is not None and settled.segments == folder.segments else None


def of_same_names(folder: Folder, settled: Folder | None) -> Folder | None:
    """Return `settled` if its blocks and rules are called as those of the folder, and stand in the same order."""
    if settled is None or len(settled.blocks) != len(folder.blocks):
        return None
    pairs = zip(settled.blocks, folder.blocks, strict=True)
    return settled if all(one is other or _names(one) == _names(other) for one, other in pairs) else None


def _names(block: BlockSpec) -> tuple[str, list[tuple[str, str]]]:
    return block.name, [(rule.name, rule.id) for rule in block.rules]
