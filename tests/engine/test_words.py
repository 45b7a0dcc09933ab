"""Words of rules in what visitors searched for, by changes of script."""

from __future__ import annotations

import pytest

from omotenashi.engine.spellings import spellings
from omotenashi.engine.words import Query, WordTable
from omotenashi.language.condition import Word

MATCHES = [
    ("ランニング", "ランニング"),
    ("ランニング", "ランニングシューズ"),
    ("シューズ", "ランニングシューズ"),
    ("らんにんぐ", "ランニングシューズ"),
    ("ランニング", "らんにんぐ"),
    ("ランニング", "ﾗﾝﾆﾝｸﾞ"),
    ("ランニング", "メンズ ランニング"),
    ("ランニング", "ランニングの服"),
    ("ランニングシューズ", "ランニング シューズ"),
    ("ランニング シューズ", "シューズ メンズ ランニング"),
    ("ランニング シューズ", "ランニングシューズ"),
    ("温泉", "温泉旅館"),
    ("温泉", "箱根温泉"),
    ("京都", "京都"),
    ("京都", "京都府"),
    ("running shoes", "ＲＵＮＮＩＮＧ　ＳＨＯＥＳ"),
    ("running shoes", "shoes for running"),
    ("iphone", "iPhone15"),
    ("パン", "パン 作り方"),
    ("パン", "食パン"),
    ("鳥", "鳥 飼い方"),
    ("10km", "10km"),
    ("ドレス", "アドレス"),  # the price of going by script alone
]
MISSES = [
    ("パン", "パンツ"),
    ("京都", "東京都"),
    ("ハム", "ハムスター"),
    ("鳥", "鳥取"),
    ("art", "startup"),
    ("art", "arts"),
    ("ランニング", "ランチ"),
    ("ランニング シューズ", "ランニング"),
    ("くつ", "くつした"),
    ("京都", "京 都市"),
]


@pytest.mark.parametrize(("word", "query"), MATCHES)
def test_a_word_matches(word: str, query: str) -> None:
    assert holds(word, query)


@pytest.mark.parametrize(("word", "query"), MISSES)
def test_a_piece_of_a_word_does_not_match(word: str, query: str) -> None:
    assert not holds(word, query)


def test_contains_takes_pieces() -> None:
    assert holds("パン", "パンツ", mode="contains")


def test_exact_takes_the_whole_query_only() -> None:
    assert holds("ランニング", "ランニング", mode="exact")
    assert not holds("ランニング", "ランニング シューズ", mode="exact")


def holds(word: str, query: str, mode: str = "word") -> bool:
    """The way of a request: one table for all words, then the spellings."""
    ways = spellings(Word(word, mode), {})
    table = WordTable(form for way in ways for part in way.parts for form in part)
    prepared = Query(query)
    found = table.found_in(prepared)
    assert found == {form for way in ways for part in way.parts for form in part if prepared.holds(form)}
    return any(way.holds(prepared, found) for way in ways)
