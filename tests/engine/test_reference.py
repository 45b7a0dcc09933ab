"""The index decides as a plain reading of the rules does, and `explain` gives the same account, for any rules and visitors."""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine import reference
from tests.engine.reference import Moment
from tests.engine.worlds import TOKYO, moment, program, visitor

from omotenashi.engine.choose import Engine
from omotenashi.language.program import Program
from omotenashi.model.visitor import Visitor

THOROUGH = int(os.environ.get("OMO_THOROUGH", "1"))
"""How many times as many cases are tried, and visitors of the great folder."""
CHANCES = st.integers(0, 2**32).map(Random)


def stretched(chance: Random) -> Program:
    """A small folder, or one in which many rules ask for the same."""
    sizes = tuple(chance.choice((0, 1, 3, 8, 30)) for _ in range(chance.choice((1, 2, 3))))
    return program(chance, sizes, many=chance.choice((1, 6, 30)))


def agree(engine: Engine, guest: Visitor, now: float, without: frozenset[str] = frozenset()) -> None:
    compiled = engine.program
    occasion = engine.occasion(guest, now)
    plain = Moment(guest, now, TOKYO, compiled)
    choices = engine.decide(occasion, compiled.blocks, without)
    for name, block in compiled.blocks.items():
        assert choices[name].rule is reference.first(block, plain, without)


def agree_to_the_last(engine: Engine, guest: Visitor, now: float, chance: Random) -> None:
    """Many rules hold: with the first so many of them passed over, the next one wins."""
    occasion, plain = engine.occasion(guest, now), Moment(guest, now, TOKYO, engine.program)
    for name, block in engine.program.blocks.items():
        true = [rule for rule in block.rules if reference.value(rule.condition, plain) is True]
        for cut in {0, chance.randint(0, len(true)), chance.randint(0, len(true)), len(true)}:
            choice = engine.decide(occasion, [name], {rule.id for rule in true[:cut]})[name]
            assert choice.rule is (true[cut] if cut < len(true) else None)


@settings(max_examples=200 * THOROUGH, deadline=None)
@given(CHANCES)
def test_every_block_gets_the_first_rule_that_is_true_when_read_one_by_one(chance: Random) -> None:
    engine = Engine(stretched(chance), TOKYO)
    for _ in range(6):
        agree(engine, visitor(chance), moment(chance))


@settings(max_examples=100 * THOROUGH, deadline=None)
@given(CHANCES)
def test_rules_that_are_passed_over_never_win(chance: Random) -> None:
    engine = Engine(stretched(chance), TOKYO)
    rules = [rule.id for block in engine.program.blocks.values() for rule in block.rules]
    for _ in range(6):
        agree(engine, visitor(chance), moment(chance), frozenset(one for one in rules if chance.random() < 0.5))


@settings(max_examples=100 * THOROUGH, deadline=None)
@given(CHANCES)
def test_the_explanation_has_the_value_of_every_rule(chance: Random) -> None:
    engine = Engine(stretched(chance), TOKYO)
    guest, now = visitor(chance), moment(chance)
    occasion, plain = engine.occasion(guest, now), Moment(guest, now, TOKYO, engine.program)
    for name in engine.program.blocks:
        for account in engine.explain(occasion, name):
            assert account.value is reference.value(account.rule.condition, plain)


@settings(max_examples=100 * THOROUGH, deadline=None)
@given(CHANCES)
def test_a_visitor_is_in_the_segments_that_are_true_when_read_one_by_one(chance: Random) -> None:
    engine = Engine(program(chance, (3,)), TOKYO)
    for _ in range(6):
        guest, now = visitor(chance), moment(chance)
        plain = Moment(guest, now, TOKYO, engine.program)
        expected = [name for name, one in engine.program.segments.items() if reference.value(one, plain) is True]
        occasion = engine.occasion(guest, now)
        engine.decide(occasion, list(engine.program.blocks))  # what was worked out for the blocks serves here, too
        assert engine.segments(occasion) == expected


@settings(max_examples=50 * THOROUGH, deadline=None)
@given(CHANCES)
def test_an_engine_that_took_over_rules_decides_as_a_new_one(chance: Random) -> None:
    old, new = stretched(chance), stretched(chance)
    both = Program({**old.blocks, **new.blocks}, new.segments, new.synonyms, new.timezone, landings=new.landings)
    engine = Engine(both, TOKYO, before=Engine(old, TOKYO))
    for _ in range(6):
        agree(engine, visitor(chance), moment(chance))


@pytest.mark.parametrize("sizes", [(10_000,), (1250,) * 8, (50,) * 200], ids=["one block", "8 blocks", "200 blocks"])
def test_ten_thousand_nested_rules_have_the_winners_of_a_plain_reading(sizes: tuple[int, ...]) -> None:
    chance = Random(sizes[0])
    engine = Engine(program(chance, sizes, many=3000), TOKYO)
    for _ in range(6 * THOROUGH):
        agree_to_the_last(engine, visitor(chance, many=3000), moment(chance), chance)
