from __future__ import annotations

from datetime import date

import pytest

from omotenashi.model.site_facts import Attribute
from omotenashi.model.visitor import MemberValue
from omotenashi.signals.attributes import typed

DECLARED = {
    "last_name": Attribute("last_name", "text"),
    "rank": Attribute("rank", "choice", values=("一般", "ゴールド")),
    "points": Attribute("points", "number"),
    "birthday": Attribute("birthday", "date"),
    "pregnant": Attribute("pregnant", "yes_no"),
    "interests": Attribute("interests", "list"),
}


@pytest.mark.parametrize(
    ("name", "stated", "value"),
    [
        ("last_name", "佐藤", "佐藤"),
        ("last_name", "", ""),
        ("rank", "ｺﾞｰﾙﾄﾞ", "ゴールド"),
        ("points", 1200, 1200),
        ("points", 0.5, 0.5),
        ("points", "1,200", 1200),
        ("points", "－３.５", -3.5),
        ("birthday", "1990-04-01", date(1990, 4, 1)),
        ("birthday", "1990-04-01T00:00:00+09:00", date(1990, 4, 1)),
        ("pregnant", True, True),
        ("pregnant", "いいえ", False),
        ("pregnant", "YES", True),
        ("interests", ["ランニング", "旅行"], ("ランニング", "旅行")),
        ("interests", [], ()),
    ],
)
def test_a_value_is_read_as_its_declared_type(name: str, stated: object, value: MemberValue) -> None:
    assert typed({name: stated}, DECLARED) == ({name: value}, 0)


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("unheard_of", "x"),
        ("last_name", 7),
        ("rank", "プラチナ"),
        ("rank", 1),
        ("points", True),
        ("points", "many"),
        ("points", float("nan")),
        ("points", float("inf")),
        ("points", 10**400),
        ("points", "9" * 5000),
        ("birthday", "1990-02-30"),
        ("birthday", "1990/04/01"),
        ("birthday", 19900401),
        ("pregnant", "maybe"),
        ("pregnant", 1),
        ("interests", "ランニング"),
        ("interests", ["ランニング", 7]),
    ],
)
def test_what_is_undeclared_or_of_another_type_is_dropped_and_counted(name: str, stated: object) -> None:
    assert typed({name: stated, "first_name": "x"}, DECLARED) == ({}, 2)


def test_a_name_is_found_in_any_width_and_case() -> None:
    assert typed({"Ｒａｎｋ": "一般"}, DECLARED) == ({"rank": "一般"}, 0)


def test_null_was_not_given_and_is_not_counted() -> None:
    assert typed({"rank": None, "unheard_of": None}, DECLARED) == ({}, 0)


@pytest.mark.parametrize("stated", ["GOLD", "gold", "Ｇｏｌｄ"])
def test_of_two_choices_that_are_written_alike_the_first_counts(stated: str) -> None:
    declared = {"rank": Attribute("rank", "choice", values=("Gold", "GOLD"))}
    assert typed({"rank": stated}, declared) == ({"rank": "Gold"}, 0)


def test_what_stands_beside_the_attributes_is_neither_read_nor_dropped() -> None:
    assert typed({"last_name": "佐藤", "sub": "u1"}, DECLARED, {"sub"}) == ({"last_name": "佐藤"}, 0)
