"""What the landing page stands for where no words are known, and that known words go before it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.test_words import SYNONYMS

from omotenashi.engine.borders import Segment
from omotenashi.engine.choose import Engine
from omotenashi.engine.estimates import estimates
from omotenashi.engine.spellings import spellings
from omotenashi.engine.words import Query, WordTable
from omotenashi.language.compile import compile_folder
from omotenashi.language.condition import Estimated, Fact, Word
from omotenashi.language.syntax import BlockSpec, Folder, RuleSpec, ShowSpec
from omotenashi.model.errors import Position
from omotenashi.model.landings import Landing, Landings
from omotenashi.model.site_facts import SiteFacts
from omotenashi.model.visitor import Arrival, Visitor
from omotenashi.morphemes import segment

NOWHERE = Position("", 1, 1, 2)
LANDINGS: Landings = {
    "/running": Landing(100, (("ランニング シューズ", 60), ("ランニングウェア", 20), ("靴", 10))),
    "/trail": Landing(40, (("トレランニングシューズ", 20), ("登山靴", 20))),
    "/shoes": Landing(30, (("スニーカー 白", 15), ("革靴", 15))),
}
PIECES = "京都 東京 都 ランニング らんにんぐ シューズ パン パンツ 温泉 宿 の 鳥 art run 15 ー".split()
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).flatmap(
    lambda pieces: st.sampled_from(["".join(pieces), " ".join(pieces)])
)
SITES = st.dictionaries(
    st.sampled_from(["/a", "/b", "/c"]), st.lists(st.tuples(TEXTS, st.integers(1, 9)), min_size=1, max_size=6)
)


def holds(words: list[str], share: float, arrival: Arrival, landings: Landings = LANDINGS) -> bool | None:
    """Evaluate the condition in an engine, for a visitor who arrived so."""
    fact = Fact("keyword", Estimated(tuple(map(Word, words)), share), NOWHERE)
    show = ShowSpec("nothing", "", NOWHERE)
    rule = RuleSpec("r", "b/r", True, fact, (), None, None, show, NOWHERE, None)
    facts = SiteFacts(landings=landings, synonyms=(("スニーカー", "運動靴"),))
    program = compile_folder(Folder(blocks=(BlockSpec("b", "", (rule,), show, NOWHERE),)), facts, {})
    engine = Engine(program, ZoneInfo("Asia/Tokyo"))
    occasion = engine.occasion(Visitor(arrival=arrival), 0)
    account = engine.explain(occasion, "b")[0]
    assert (engine.decide(occasion, ["b"])["b"].rule is not None) is (account.value is True)
    return account.value


def searched(landing: str) -> Arrival:
    return Arrival(medium="search", landing=landing)


@pytest.mark.parametrize(
    ("share", "expected"), [(50, True), (80, True), (90.5, False), (100, False)], ids=["over", "just", "under", "all"]
)
def test_the_clicks_of_matching_searches_make_the_share(share: float, *, expected: bool) -> None:
    assert holds(["ランニング"], share, searched("/running")) is expected


def test_searches_that_are_summed_up_count_among_all_clicks() -> None:
    assert holds(["ランニング", "靴"], 90, searched("/running"))
    assert holds(["ランニング", "靴"], 100, searched("/running")) is None


def test_where_the_searches_that_are_summed_up_could_make_the_share_nothing_is_known() -> None:
    assert holds(["ランニング"], 80.5, searched("/running")) is None
    assert holds(["ランニング"], 90, searched("/running")) is None
    assert holds(["登山"], 10, searched("/running")) is None
    assert holds(["登山"], 10.5, searched("/running")) is False
    assert holds(["登山"], 100, searched("/long"), {"/long": Landing(100, ())}) is None


def test_a_word_matches_as_in_any_keyword_and_not_a_piece_of_one() -> None:
    assert holds(["パン"], 1, searched("/x"), {"/x": Landing(1, (("パンツ", 1),))}) is False


def test_synonyms_widen_the_words() -> None:
    assert holds(["運動靴"], 50, searched("/shoes"))


def test_a_search_is_counted_once_for_several_words() -> None:
    assert holds(["ランニング", "シューズ", "ランニング シューズ"], 91, searched("/running")) is False


def test_a_landing_page_that_is_not_in_the_file_is_unknown() -> None:
    assert holds(["ランニング"], 50, searched("/elsewhere")) is None


@pytest.mark.parametrize("medium", ["direct", "social", "referral", "paid", "ai", "email", "internal"])
def test_who_came_otherwise_than_by_a_search_is_unknown(medium: str) -> None:
    assert holds(["ランニング"], 50, Arrival(medium=medium, landing="/running")) is None


def test_known_words_are_matched_and_the_landing_page_does_not_count() -> None:
    assert holds(["ランニング"], 50, Arrival(keyword="登山靴", medium="search", landing="/running")) is False
    assert holds(["ランニング"], 100, Arrival(keyword="ランニング 帽子", medium="paid", landing="/elsewhere"))


@pytest.mark.parametrize("matcher", [segment, None], ids=["morphemes", "scripts"])
@given(site=SITES, words=st.lists(TEXTS, min_size=1, max_size=3), share=st.integers(1, 100), rest=st.integers(0, 20))
def test_the_estimate_is_what_one_finds_search_by_search(
    site: dict[str, list[tuple[str, int]]], words: list[str], share: int, rest: int, matcher: Segment | None
) -> None:
    landings = {path: Landing(rest + sum(clicks for _, clicks in rows), tuple(rows)) for path, rows in site.items()}
    operand = Estimated(tuple(map(Word, words)), share)
    found = estimates([operand], landings, SYNONYMS, matcher)[operand]
    for path, landing in landings.items():
        matching = sum(clicks for text, clicks in landing.queries if _matches(text, words, matcher))
        assert found.matching.get(path, 0) == matching
        enough = [clicks * 100 >= share * landing.clicks for clicks in (matching, matching + rest)]
        assert found.holds(path) is (enough[0] if enough[0] == enough[1] else None)
    assert found.holds("/nowhere") is None


def _matches(text: str, words: list[str], matcher: Segment | None) -> bool:
    ways = [way for word in words for way in spellings(Word(word), SYNONYMS)]
    table = WordTable((form for way in ways for part in way.parts for form in part), matcher)
    query = Query(text, matcher)
    held = table.found_in(query)
    return any(way.holds(query, held) for way in ways)
