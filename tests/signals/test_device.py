from __future__ import annotations

import csv
from pathlib import Path

import pytest

from omotenashi.signals.device import device_class, is_bot, languages

AGENTS = list(
    csv.DictReader(
        Path(__file__).with_name("user_agents.tsv").read_text().splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE
    )
)


@pytest.mark.parametrize("row", AGENTS, ids=[row["what"] for row in AGENTS])
def test_the_device_and_whether_it_is_a_robot_are_told_by_the_user_agent(row: dict[str, str]) -> None:
    agent = row["user agent"]
    assert (device_class(agent, "") or "-", is_bot(agent)) == (row["device"], row["bot"] == "yes")


def test_the_client_hint_says_mobile_where_the_user_agent_does_not() -> None:
    assert device_class("", "?1") == "mobile"
    assert device_class("", " ?1 ") == "mobile"
    assert device_class("", "?0") is None
    assert device_class("", "1") is None


def test_a_tablet_stays_a_tablet_whatever_the_client_hint() -> None:
    assert device_class("Mozilla/5.0 (Android 14; Tablet; rv:132.0)", "?1") == "tablet"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ja", ("ja",)),
        ("ja,en-US;q=0.9,en;q=0.8", ("ja", "en-us", "en")),
        ("en;q=0.5, ja, zh-TW;q=0.8", ("ja", "zh-tw", "en")),
        ("zh-Hant-TW, zh-Hant;q=0.9, *;q=0.1", ("zh-hant-tw", "zh-hant")),
        ("JA-jp ; Q=0.7 , EN", ("en", "ja-jp")),
        ("ja;q=1.000,en;q=0.999", ("ja", "en")),
        ("en;q=0.3,ja;q=0.3", ("en", "ja")),
        ("ja,ja;q=0.1,en;q=0.5", ("ja", "en")),
        ("ja,en;q=0,*;q=0.5", ("ja",)),
        ("ja,,en;q=,fr;q=abc,de;q=2,;q=1", ("ja",)),
        ("x-klingon;q=0.9,ja;q=0.8", ("x-klingon", "ja")),
        ("ja\t,\ten", ("ja", "en")),
    ],
)
def test_languages_stand_in_the_order_of_their_preference(header: str, expected: tuple[str, ...]) -> None:
    assert languages(header) == expected


@pytest.mark.parametrize("header", ["", "*", "en;q=0", ";;;", "<script>", "ja;q=x", "日本語", "-", "," * 9000])
def test_a_header_that_names_no_language_is_unknown(header: str) -> None:
    assert languages(header) is None
