"""What is remembered of values, alone or together, answers as a plain reading does: also long, unknown and too many ones."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from tests.engine import reference
from tests.engine.reference import Moment
from tests.engine.worlds import HERE, NOW, TOKYO, fact

from omotenashi.engine.choose import Engine
from omotenashi.engine.lookup import _Memo
from omotenashi.language import condition as c
from omotenashi.language.condition import Condition, Conjunction, Fact, Negation
from omotenashi.language.program import Block, Program, Rule, Show
from omotenashi.model.visitor import Arrival, Member, MemberValue, Place, Visitor

LONG = "c" * 128
CAMPAIGNS = ("", "c1", LONG, LONG + "c", LONG + "d")


def one_of(field: str, *values: str) -> Fact:
    return fact(field, c.OneOf(frozenset(values)))


def engine(*conditions: Condition) -> Engine:
    """For each condition a block of ten rules that ask for it and ten for its contrary: so many that none is filed."""
    blocks = {}
    for number, condition in enumerate(conditions):
        parts = [condition, Negation(condition)] * 10
        rules = tuple(
            Rule(f"b{number}", f"{number}/{n}", f"{number}/{n}", Conjunction((part,)), None, Show("original"), HERE)
            for n, part in enumerate(parts)
        )
        blocks[f"b{number}"] = Block(f"b{number}", "", rules, Show("original"))
    return Engine(Program(blocks, {}, {}, "Asia/Tokyo"), TOKYO)


def agree(decides: Engine, visitors: Iterable[Visitor]) -> None:
    """Each visitor comes twice: what was remembered of the first time answers the second."""
    for visitor in visitors:
        plain = Moment(visitor, NOW, TOKYO, decides.program)
        for _ in range(2):
            choices = decides.decide(decides.occasion(visitor, NOW), decides.program.blocks)
            for name, block in decides.program.blocks.items():
                assert choices[name].rule is reference.first(block, plain, frozenset())


def test_every_combination_of_how_people_came_has_its_own_answer() -> None:
    decides = engine(one_of("medium", "paid"), one_of("source", "google"), one_of("campaign", *CAMPAIGNS[1:4]))
    came = product(("paid", "search"), ("", "Google", "LINE"), CAMPAIGNS)
    agree(
        decides,
        [Visitor(arrival=Arrival(medium=medium, source=source, campaign=name)) for medium, source, name in came],
    )


def test_what_is_not_known_is_not_taken_for_what_is_empty() -> None:
    japanese = fact("language", c.Languages(frozenset(("ja",))))
    tokyo = fact("prefecture", c.Prefectures(frozenset(("JP-13",))))
    decides = engine(japanese, tokyo, one_of("country", "JP"), one_of("device", "mobile"), one_of("city", "港区"))
    areas = (None, frozenset(("JP-13",)), frozenset(("JP-13", "JP-14")), frozenset(("JP-14",)))
    places = [
        Place(country=country, area=area, city=city)
        for country, area, city in product((None, "JP"), areas, (None, "", "港区"))
    ]
    known = product(places, (None, "mobile", "tablet"), (None, (), ("ja",), ("en", "ja")))
    agree(decides, [Visitor(place=place, device=device, languages=spoken) for place, device, spoken in known])


def test_of_members_yes_is_not_taken_for_one_and_nobody_for_no() -> None:
    yes, no = (fact("member.newsletter", c.Truth(value)) for value in (True, False))
    decides = engine(yes, no, fact("logged_in", c.Truth(False)))
    values: tuple[MemberValue, ...] = (True, 1, 1.0, "true", False, 0, "1", (), ("1", "true"))
    members = [Member("u1", {"newsletter": value}) for value in values]
    agree(decides, [Visitor(), *(Visitor(member=one) for one in (*members, Member("u2"), *reversed(members)))])


def test_answers_stay_right_where_more_came_than_is_remembered() -> None:
    decides = engine(one_of("campaign", "c1", "c4999"), one_of("medium", "paid"))
    visitors = [Visitor(arrival=Arrival(medium="paid", campaign=f"c{number}")) for number in range(5000)]
    for visitor in visitors:
        decides.decide(decides.occasion(visitor, NOW), ["b0"])
    agree(decides, visitors[::500] + visitors[-1:] + visitors[:2])


def test_blocks_that_are_not_there_are_left_out_however_they_are_asked_for() -> None:
    decides = engine(one_of("device", "mobile"), one_of("medium", "paid"))
    occasion = decides.occasion(Visitor(device="mobile"), NOW)
    for _ in range(2):
        assert list(decides.decide(occasion, ["b1", "x", "b0", "b1"])) == ["b1", "b0"]
        assert list(decides.decide(occasion, ["b0"])) == ["b0"]
        assert decides.decide(occasion, []) == {}


def test_what_is_remembered_of_values_takes_no_more_room_than_it_may() -> None:
    memo = _Memo(bits=80_000)
    filed = tuple((number, 0, (), 0) for number in range(100))
    for number in range(1000):
        memo.keep(f"v{number}", (number, filed))
        assert len(memo) * (10_000 + 800) <= 1 << 20


def test_of_many_small_values_the_newest_are_remembered() -> None:
    memo = _Memo(bits=8)
    for number in range(10_000):
        memo.keep(number, (number, ()))
        assert len(memo) <= 4096
    assert memo.known(9999) == (9999, ())
    assert memo.known(0) is None
