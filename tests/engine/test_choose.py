"""The index and the compiled conditions decide as a plain reading of the rules does, for any rules and any visitor."""

from __future__ import annotations

import sys
from operator import attrgetter
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from omotenashi.engine.choose import Engine
from omotenashi.engine.evaluate import FactTests
from omotenashi.engine.occasion import Occasion
from omotenashi.language import condition as c
from omotenashi.language.condition import Condition, Conjunction, Disjunction, Fact, Negation
from omotenashi.language.program import Block, Program, Rule, Show
from omotenashi.model.errors import Position
from omotenashi.model.views import View, Views
from omotenashi.model.visitor import Arrival, Cart, History, Member, Order, Place, Showing, Visitor

HERE = Position("x.yaml", 1, 1, 2)
TOKYO = ZoneInfo("Asia/Tokyo")
NOW = 1_795_000_000.0
WORDS = ["ランニング", "シューズ", "温泉", "京都", "shoes", "トレイル シューズ"]
PATHS = ["/", "/running/**", "/running/*", "/sale", "/**/new"]
CODES = ["JP-13", "JP-27", "JP-01"]


def fact(field: str, operand: c.Operand) -> Fact:
    return Fact(field, operand, HERE)


some_words = st.lists(
    st.builds(c.Word, st.sampled_from(WORDS), st.sampled_from(["word", "contains", "exact"])), min_size=1, max_size=3
).map(tuple)
facts = st.one_of(
    st.builds(c.Words, some_words).map(lambda words: fact("keyword", words)),
    st.builds(c.Words, some_words).map(lambda words: fact("site_search", words)),
    st.lists(st.sampled_from(CODES), min_size=1).map(lambda codes: fact("prefecture", c.Prefectures(frozenset(codes)))),
    st.sampled_from(["mobile", "desktop"]).map(lambda name: fact("device", c.OneOf(frozenset((name,))))),
    st.sampled_from(["a", "b"]).map(lambda name: fact("campaign", c.OneOf(frozenset((name,))))),
    st.sampled_from(["gold", "silver"]).map(lambda name: fact("member.rank", c.OneOf(frozenset((name,))))),
    st.sampled_from(["x", "y"]).map(lambda name: fact("page_tag", c.OneOf(frozenset((name,))))),
    st.booleans().map(lambda value: fact("logged_in", c.Truth(value))),
    st.lists(st.sampled_from(PATHS), min_size=1).map(lambda paths: fact("page", c.Paths(tuple(paths)))),
    st.integers(0, 3).map(
        lambda n: fact("viewed", c.Viewed("page", ("/running/**",), c.Window(c.Range(at_least=n), c.Span(86400))))
    ),
    st.integers(0, 3).map(lambda n: fact("visits", c.Visits(c.Window(c.Range(at_most=n))))),
    st.sampled_from(
        [
            fact("cart", c.InCart(abandoned_for=c.Span(3600))),
            fact("cart", c.InCart(filled=False)),
            fact("lifecycle", c.InStage(frozenset(("new", "lapsed")))),
            fact("shown", c.Shown("id", ("a",), c.Window(c.Range(at_most=1), c.Span(86400)))),
            fact("cooldown", c.CooledDown("purchase", c.Span(86400))),
            fact("experiment", c.TakesPart("xmas")),
        ]
    ),
    st.sampled_from(["keyword", "prefecture", "device", "member.rank", "viewed", "cart", "lifecycle", "shown"]).map(
        lambda field: fact(field, c.Unknown())
    ),
    st.floats(-100, 100).map(lambda offset: fact("from", c.NotBefore(NOW + offset))),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    facts,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: Conjunction(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Disjunction(tuple(parts))),
        inner.map(Negation),
    ),
    max_leaves=6,
)
places = st.one_of(
    st.just(Place()),
    st.sampled_from(CODES).map(lambda code: Place("JP", code, frozenset((code,)))),
    st.just(Place("JP", None, frozenset(("JP-13", "JP-14")))),
)
moments = st.integers(int(NOW) - 200_000, int(NOW))
views = st.lists(st.builds(View, moments, st.sampled_from(["/running", "/running/a", "/sale"])), max_size=5).map(Views)
histories = st.builds(
    History,
    views=views,
    visits=st.just((int(NOW),)),
    orders=st.lists(st.builds(Order, moments), max_size=1),
    showings=st.lists(st.builds(Showing, moments, st.just("a")), max_size=3).map(
        lambda found: sorted(found, key=attrgetter("at"))
    ),
    cart=st.one_of(st.none(), st.builds(Cart, moments)),
    cart_known=st.booleans(),
    stage=st.sampled_from(["new", "active", "lapsed"]),
    showings_since=st.one_of(st.none(), moments),
    orders_since=st.one_of(st.none(), moments),
)
visitors = st.builds(
    Visitor,
    arrival=st.builds(
        Arrival,
        keyword=st.one_of(
            st.none(), st.lists(st.sampled_from([*WORDS, "東京都", "箱根温泉"]), max_size=3).map(" ".join)
        ),
        campaign=st.sampled_from(["", "a", "b"]),
    ),
    page=st.sampled_from(["/", "/running", "/running/a/new", "/sale"]),
    page_tags=st.frozensets(st.sampled_from(["x", "y"])),
    site_search=st.sampled_from(["", "シューズ"]),
    place=places,
    device=st.sampled_from([None, "mobile", "desktop"]),
    member=st.one_of(st.none(), st.just(Member("1")), st.just(Member("1", {"rank": "Gold"}))),
    history=st.one_of(st.none(), histories),
    id=st.sampled_from([None, "visitor-0123456789"]),
)


def value(condition: Condition, occasion: Occasion, tests: FactTests) -> bool | None:
    """Kleene's tables, written out."""
    if isinstance(condition, Fact):
        return tests.of(condition)(occasion)
    if isinstance(condition, Negation):
        return {True: False, False: True, None: None}[value(condition.part, occasion, tests)]
    assert isinstance(condition, Conjunction | Disjunction)
    neutral = isinstance(condition, Conjunction)
    result: bool | None = neutral
    for part in condition.parts:
        one = value(part, occasion, tests)
        if one is (not neutral):
            return not neutral
        result = None if one is None else result
    return result


def program(blocks: list[list[Condition]]) -> Program:
    original = Show("original")
    made = {}
    for number, rules in enumerate(blocks):
        name = f"block{number}"
        made[name] = Block(
            name,
            "",
            tuple(
                Rule(name, f"rule{place}", f"{name}/{place}", condition, None, original, HERE)
                for place, condition in enumerate(rules)
            ),
            original,
        )
    return Program(made, {}, {"温泉": ("温泉", "スパ")}, "Asia/Tokyo")


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(conditions, max_size=6), min_size=1, max_size=3), visitors)
def test_each_block_gets_the_first_rule_that_is_true_when_read_one_by_one(
    blocks: list[list[Condition]], visitor: Visitor
) -> None:
    compiled = program(blocks)
    engine = Engine(compiled, TOKYO)
    occasion = engine.occasion(visitor, NOW)
    choices = engine.decide(occasion, compiled.blocks)
    tests = FactTests()
    for block in compiled.blocks.values():
        first = next((rule for rule in block.rules if value(rule.condition, occasion, tests) is True), None)
        assert choices[block.name].rule == first


@settings(max_examples=200, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=6), visitors)
def test_the_explanation_is_the_decision(rules: list[Condition], visitor: Visitor) -> None:
    compiled = program([rules])
    engine = Engine(compiled, TOKYO)
    occasion = engine.occasion(visitor, NOW)
    choice = engine.decide(occasion, ["block0"])["block0"]
    accounts = engine.explain(occasion, "block0")
    assert choice.rule == next((account.rule for account in accounts if account.value is True), None)


@settings(max_examples=200, deadline=None)
@given(st.lists(conditions, min_size=1, max_size=6), visitors, st.sets(st.integers(0, 5)))
def test_rules_that_are_passed_over_never_win(rules: list[Condition], visitor: Visitor, numbers: set[int]) -> None:
    compiled = program([rules])
    engine = Engine(compiled, TOKYO)
    occasion = engine.occasion(visitor, NOW)
    without = {f"block0/{number}" for number in numbers}
    choice = engine.decide(occasion, ["block0"], without=without)["block0"]
    expected = next(
        (one.rule for one in engine.explain(occasion, "block0") if one.value is True and one.rule.id not in without),
        None,
    )
    assert choice.rule == expected


def test_a_block_that_does_not_exist_is_not_answered() -> None:
    engine = Engine(program([[]]), TOKYO)
    assert engine.decide(engine.occasion(Visitor(), NOW), ["nowhere"]) == {}


def winners(rules: list[Condition], visitors: list[Visitor]) -> list[str]:
    engine = Engine(program([rules]), TOKYO)
    return [engine.decide(engine.occasion(visitor, NOW), ["block0"])["block0"].won for visitor in visitors]


def test_a_parameter_whose_name_is_like_a_members_attribute_is_known_of_whoever_is_not_logged_in() -> None:
    asked = [fact("query.member.rank", c.OneOf(frozenset((name,)))) for name in ("gold", "silver", "gold")]
    found = winners([*asked], [Visitor(query={"member.rank": "silver"}), Visitor()])
    assert found == ["rule1", "otherwise"]


def test_yes_and_one_are_not_the_same_text_whichever_comes_first() -> None:
    texts = [fact("member.size", c.OneOf(frozenset((text,)))) for text in ("1", "true", "1.0", "1")]
    members = [Visitor(member=Member("a", {"size": value})) for value in (1, True, 1.0, True, 1)]
    assert winners([*texts], members) == ["rule0", "rule1", "rule2", "rule1", "rule0"]


def test_more_pages_than_are_remembered_are_told_apart() -> None:
    rules: list[Condition] = [fact("page", c.Paths((f"/{n}/**",))) for n in range(3)]
    pages = [Visitor(page=f"/{n % 4}/{n}") for n in range(5000)]
    found = winners(rules, pages * 2)
    assert found == [f"rule{n % 4}" if n % 4 < 3 else "otherwise" for n in range(5000)] * 2


def test_of_members_nothing_is_remembered_but_what_rules_name() -> None:
    ranks = [fact("member.rank", c.OneOf(frozenset((f"rank {number}", "gold")))) for number in range(40)]
    engine = Engine(program([[*ranks, fact("device", c.OneOf(frozenset(("mobile",))))]]), TOKYO)
    rank = "a rank of {}".format("one alone")
    before = sys.getrefcount(rank)
    engine.decide(engine.occasion(Visitor(member=Member("1", {"rank": rank})), NOW), ["block0"])
    assert sys.getrefcount(rank) == before
