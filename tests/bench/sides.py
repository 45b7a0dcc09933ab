"""What decides without a server: the engine, closures tried in order, and one generated function. Same rules, same visitors."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from tests.bench.conditions import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    Facts,
    Has,
    Is,
    Literal,
    Not,
    OneOf,
    Rule,
    Under,
    closure,
    flat,
    not_plain,
)
from tests.bench.guests import Guest
from tests.bench.pools import BLOCKS
from tests.bench.workload import write_folder

from omotenashi.engine.choose import Engine
from omotenashi.site import load

NOW = 1_795_320_000.0
"""The moment of all decisions: 2026-11-22 04:00 UTC, a Sunday."""
OTHERWISE = "otherwise"


class Side(Struct, frozen=True):
    """One way to decide. Whatever can be made once, of the rules or of a visitor, is made before the clock runs."""

    name: str
    prepare: Callable[[Guest], Any]
    """A visitor as this side wants it."""
    decide: Callable[[Any], Any]
    """What is measured: an answer for all blocks."""
    winners: Callable[[Any], list[str]]
    """The name of the winning rule of each block, from that answer; `otherwise` where none won."""
    version: str = ""
    close: Callable[[], None] = lambda: None


def by_block(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    """Return the rules of each block, in order."""
    return {block: [rule for rule in rules if rule.block == block] for block in BLOCKS}


def engine_side(rules: Sequence[Rule]) -> Side:
    """Return Omotenashi's engine, built from rule files."""
    engine = built(rules)

    def decide(visitor: Any) -> Any:
        return engine.decide(engine.occasion(visitor, NOW), BLOCKS)

    def winners(decided: Any) -> list[str]:
        return [decided[block].rule.name if decided[block].rule else OTHERWISE for block in BLOCKS]

    return Side("Omotenashi", Guest.visitor, decide, winners)


def built(rules: Sequence[Rule]) -> Engine:
    """Return the engine of a folder with these rules."""
    with tempfile.TemporaryDirectory() as name:
        loaded = load(write_folder(Path(name) / "rules", rules))
    assert loaded.site is not None, loaded.diagnostics[:5]
    return loaded.site.engine


def closures_side(rules: Sequence[Rule]) -> Side:
    """Return a function for each rule, tried one after the other."""
    blocks = [[(closure(rule.when), rule.name) for rule in of_block] for of_block in by_block(rules).values()]

    def decide(facts: Facts) -> list[str]:
        decided = []
        for of_block in blocks:
            for holds, name in of_block:
                if holds(facts):
                    decided.append(name)
                    break
            else:
                decided.append(OTHERWISE)
        return decided

    return Side("closures", Guest.facts, decide, list)


def generated_side(rules: Sequence[Rule]) -> Side:
    """Return one function whose source is generated: the attributes in local variables, an `if` for each rule."""
    scope: dict[str, Any] = {}
    exec(compile(source(rules), "<generated>", "exec"), scope)
    return Side("generated function", Guest.facts, scope["decide"], list)


def source(rules: Sequence[Rule]) -> str:
    """Return the source of `decide(facts)`. The first `if` that holds leaves its block, as in a chain of `elif`,
    which Python cannot compile at this length.
    """
    fields = sorted({flat(one.field) for rule in rules for one in _literals(rule.when)})
    lines = ["def decide(facts):", *(f"    {name} = facts[{name!r}]" for name in fields)]
    for number, of_block in enumerate(by_block(rules).values()):
        lines.append("    while True:")
        for rule in of_block:
            lines += [
                f"        if {_expression(rule.when)}:",
                f"            b{number} = {rule.name!r}",
                "            break",
            ]
        lines += [f"        b{number} = {OTHERWISE!r}", "        break"]
    return "\n".join([*lines, f"    return [{', '.join(f'b{number}' for number in range(len(BLOCKS)))}]", ""])


def _literals(condition: Condition) -> list[Literal]:
    if isinstance(condition, AllOf | AnyOf):
        return [one for part in condition.parts for one in _literals(part)]
    return _literals(condition.part) if isinstance(condition, Not) else [condition]


def _expression(one: Condition) -> str:
    if isinstance(one, AllOf):
        return " and ".join(map(_expression, one.parts))
    if isinstance(one, AnyOf):
        return f"({' or '.join(map(_expression, one.parts))})"
    if isinstance(one, Not):
        return f"not {_expression(one.part)}"
    return _test(one, flat(one.field))


def _test(one: Literal, name: str) -> str:
    if isinstance(one, OneOf):
        return f"{name} == {one.values[0]!r}" if len(one.values) == 1 else f"{name} in {set(one.values)!r}"
    if isinstance(one, Is):
        return name if one.value else f"not {name}"
    if isinstance(one, Has):
        return f"({' or '.join(f'{value!r} in {name}' for value in one.values)})"
    if isinstance(one, Under):
        return f"{name}.startswith({one.prefixes if len(one.prefixes) > 1 else one.prefixes[0]!r})"
    if isinstance(one, Between):
        return f"{name} >= {one.low}" if one.high is None else f"{one.low} <= {name} <= {one.high}"
    raise not_plain(one)
