"""What a decision rests on: enough to hold by itself, and nothing of what did not hold."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from tests.engine.test_choose import NOW, TOKYO, conditions, fact, program, value, visitors

from omotenashi.engine.choose import Engine
from omotenashi.engine.evaluate import FactTests, grounds
from omotenashi.language import condition as c
from omotenashi.language.condition import Condition, Conjunction, Disjunction, Fact, Negation
from omotenashi.model.visitor import Visitor

MOBILE = fact("device", c.OneOf(frozenset(("mobile",))))
TABLET = fact("device", c.OneOf(frozenset(("tablet",))))
SALE = fact("page", c.Paths(("/sale",)))


def known_only(condition: Condition, known: Mapping[Fact, bool | None]) -> bool | None:
    """Kleene's tables, where every fact that is not `known` is unknown."""
    if isinstance(condition, Fact):
        return known.get(condition)
    if isinstance(condition, Negation):
        return {True: False, False: True, None: None}[known_only(condition.part, known)]
    assert isinstance(condition, Conjunction | Disjunction)
    values = [known_only(part, known) for part in condition.parts]
    strong = isinstance(condition, Disjunction)
    return strong if strong in values else None if None in values else not strong


@settings(max_examples=300, deadline=None)
@given(conditions, visitors)
def test_what_a_condition_rests_on_is_enough_for_it_whatever_else_is_unknown(
    condition: Condition, visitor: Visitor
) -> None:
    tests = FactTests()
    occasion = Engine(program([]), TOKYO).occasion(visitor, NOW)
    found = {one: value(one, occasion, tests) for one in grounds(condition, occasion, tests)}
    if value(condition, occasion, tests) is True:
        assert known_only(condition, found) is True
    else:
        assert found == {}


def test_of_alternatives_only_those_that_hold_are_grounds_and_negations_of_what_is_false() -> None:
    occasion = Engine(program([]), TOKYO).occasion(Visitor(page="/sale", device="mobile"), NOW)
    condition = Conjunction((Disjunction((TABLET, SALE)), Negation(Disjunction((TABLET,))), MOBILE))
    assert list(grounds(condition, occasion, FactTests())) == [SALE, TABLET, MOBILE]
