"""What `{rule: NAME}` and `{block: NAME}` mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from omotenashi.model.text import fold


class RuleNames(Struct, frozen=True):
    """The ids of rules by what they may be called, folded."""

    rules: Mapping[str, tuple[str, ...]] = {}
    """By id, by block/name, and by name: several ids where rules of several blocks share a name."""
    blocks: Mapping[str, tuple[str, ...]] = {}
    """By block: the ids of its rules, and the block's own mark, for a showing of any of them."""
    written: Mapping[str, tuple[str, ...]] = {}
    """All names of rules and of blocks as they are written, for suggestions."""

    def ids(self, kind: str, name: str) -> tuple[str, ...]:
        """Return the ids that a name stands for, `kind` being rule or block; none where it is not known."""
        return (self.rules if kind == "rule" else self.blocks).get(fold(name), ())


def rule_names(rules: Mapping[str, Sequence[tuple[str, str]]]) -> RuleNames:
    """Return the names of rules; `rules` holds name and id of each rule by block. An id goes before a name."""
    by_name: dict[str, list[tuple[str]]] = {}
    exact: dict[str, tuple[str, ...]] = {}
    by_block: dict[str, tuple[str, ...]] = {}
    for block, pairs in rules.items():
        for name, identifier in pairs:
            called, alone = _folded(name), (identifier,)
            by_name.setdefault(called, []).append(alone)
            whole = f"{block}/{name}"
            exact.setdefault(_folded(identifier if whole == identifier else whole), alone)
            exact[_folded(identifier)] = alone
        by_block[fold(block)] = (*(identifier for _, identifier in pairs), mark(block))
    written = {"rule": tuple(one for pairs in rules.values() for pair in pairs for one in pair), "block": tuple(rules)}
    named = {name: found[0] if len(found) == 1 else tuple(one for (one,) in found) for name, found in by_name.items()}
    return RuleNames({**named, **exact}, by_block, written)


def _folded(text: str) -> str:
    """Fold a text; one that folding leaves as it is is kept once."""
    folded = fold(text)
    return text if folded == text else folded


def is_called(text: str, block: str, name: str, identifier: str) -> bool:
    """Tell whether a text names a rule of a block, the block being known."""
    return fold(text) in map(fold, (name, identifier, f"{block}/{name}"))


def mark(block: str) -> str:
    """Return what stands in the place of an id where only the block of a showing is known."""
    return f"{block}/"
