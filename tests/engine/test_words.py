"""Words of rules in what visitors searched for, at morphemes and at changes of script, from one table of cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omotenashi.engine.borders import Segment
from omotenashi.engine.spellings import Synonyms, spellings
from omotenashi.engine.words import Query, WordTable
from omotenashi.language.condition import Word
from omotenashi.model.text import fold
from omotenashi.morphemes import segment

TABLE = Path(__file__).parents[1] / "cases" / "words.tsv"
ROWS = [line.split("\t") for line in TABLE.read_text().splitlines()[1:]]
MATCHERS = {"morphemes": segment, "scripts": None}
MISSES = ["パン/パンツ", "京都/東京都", "ハム/ハムスター", "鳥/鳥取", "art/startup"]
MATCHES = [
    "ランニング/ランニングシューズ",
    "温泉/温泉旅館",
    "らんにんぐ/ランニングシューズ",
    "ﾗﾝﾆﾝｸﾞ/ランニング",
    "running shoes/ＲＵＮＮＩＮＧ　ＳＨＯＥＳ",
]
SYNONYMS: Synonyms = dict.fromkeys(map(fold, ("スニーカー", "運動靴")), ("スニーカー", "運動靴"))
BITS = st.lists(
    st.sampled_from("京都 東京 都 ランニング らんにんぐ シューズ パン パンツ 温泉 宿 の 鳥 art run 15 ー".split()),
    min_size=1,
    max_size=5,
)
both = pytest.mark.parametrize("matcher", MATCHERS.values(), ids=MATCHERS)


@pytest.mark.parametrize("row", ROWS, ids="/".join)
def test_a_word_matches_a_word_and_not_a_piece_of_one(row: list[str]) -> None:
    word, query, by_morphemes, by_scripts = row[:4]
    assert holds(word, query, segment) is (by_morphemes == "yes")
    assert holds(word, query, None) is (by_scripts == "yes")


def test_the_table_says_why_where_the_two_ways_differ() -> None:
    assert [row for row in ROWS if (row[2] != row[3]) is not (len(row) == 5)] == []


@both
@pytest.mark.parametrize("pair", MISSES + MATCHES)
def test_what_the_language_promises_holds_either_way(pair: str, matcher: Segment | None) -> None:
    word, query = pair.split("/")
    assert holds(word, query, matcher) is (pair in MATCHES)


@both
def test_contains_takes_pieces(matcher: Segment | None) -> None:
    assert holds("パン", "パンツ", matcher, mode="contains")


@both
def test_exact_takes_the_whole_query_only(matcher: Segment | None) -> None:
    assert holds("ランニング", "ランニング", matcher, mode="exact")
    assert not holds("ランニング", "ランニング シューズ", matcher, mode="exact")


@both
def test_synonyms_widen_words_and_the_parts_of_a_spaced_word(matcher: Segment | None) -> None:
    assert holds("スニーカー", "運動靴 メンズ", matcher)
    assert holds("スニーカー メンズ", "メンズ 運動靴", matcher)


@both
@pytest.mark.parametrize("mode", ["contains", "exact"])
def test_synonyms_do_not_widen_contains_and_exact(mode: str, matcher: Segment | None) -> None:
    assert not holds("スニーカー", "運動靴", matcher, mode=mode)


@both
@given(words=st.lists(BITS.map("".join), min_size=1, max_size=8), query=st.lists(BITS.map("".join), max_size=4))
def test_one_pass_finds_what_looking_for_each_word_alone_finds(
    matcher: Segment | None, words: list[str], query: list[str]
) -> None:
    folded, asked = [fold(word) for word in words], Query(" ".join(query), matcher)
    assert WordTable(folded, matcher).found_in(asked) == {word for word in folded if asked.holds(word)}


@both
@given(word=BITS.map("".join), before=BITS.map("".join), after=BITS.map("".join))
def test_a_word_between_spaces_always_matches(matcher: Segment | None, word: str, before: str, after: str) -> None:
    assert holds(word, f"{before} {word} {after}", matcher)


@both
@given(word=BITS.map("".join), query=BITS.map(" ".join))
def test_where_a_word_matches_the_query_contains_it(matcher: Segment | None, word: str, query: str) -> None:
    assert not holds(word, query, matcher) or holds(word, query, matcher, mode="contains")


def holds(word: str, query: str, matcher: Segment | None, mode: str = "word") -> bool:
    """The way of a request: one table for all words, then the spellings."""
    ways = spellings(Word(word, mode), SYNONYMS)
    table = WordTable((form for way in ways for part in way.parts for form in part), matcher)
    asked = table.query(query)
    return any(way.holds(asked, table.found_in(asked)) for way in ways)
