from __future__ import annotations

import pytest

from omotenashi.signals.device import device_class, is_bot, languages

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPAD = "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15"
AGENTS = [
    (f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1", "mobile"),
    (f"{IPHONE} Mobile/15E148 Safari Line/14.20.0", "mobile"),
    (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/130.0.0.0 Mobile Safari/537.36", "mobile"),
    ("DoCoMo/2.0 P903i(c100;TB;W24H12)", "mobile"),
    ("KDDI-CA39 UP.Browser/6.2.0.13.1.5 (GUI) MMP/2.0", "mobile"),
    (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/130.0.0.0 Safari/537.36", "tablet"),
    (f"{IPAD} Version/12.1.2 Mobile/15E148 Safari/604.1", "tablet"),
    ("Mozilla/5.0 (Android 14; Tablet; rv:132.0) Gecko/132.0 Firefox/132.0", "tablet"),
    (f"Mozilla/5.0 (Linux; Android 11; KFTRWI) {WEBKIT} Silk/130.1 like Chrome/130.0 Safari/537.36", "tablet"),
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/130.0.0.0 Safari/537.36 Edg/130.0", "desktop"),
    ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Tablet PC 2.0)", "desktop"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15", "desktop"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "desktop"),
    (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/130.0.0.0 Safari/537.36", "desktop"),
    (f"Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) {WEBKIT} 94.0.4606.31/7.0 TV Safari/537.36", None),
    ("Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 NF/6.0.2.21.3", None),
    ("curl/8.5.0", None),
    ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("agent", "expected"), AGENTS)
def test_the_device_is_told_by_the_user_agent(agent: str, expected: str | None) -> None:
    assert device_class(agent, "") == expected


def test_the_client_hint_says_mobile_where_the_user_agent_does_not() -> None:
    assert device_class("", "?1") == "mobile"
    assert device_class("", "?0") is None


def test_languages_stand_in_the_order_of_their_preference() -> None:
    assert languages("en;q=0.5, ja, zh-TW;q=0.8") == ("ja", "zh-tw", "en")


def test_a_refused_language_and_a_wildcard_are_left_out() -> None:
    assert languages("ja,en;q=0,*;q=0.5") == ("ja",)


@pytest.mark.parametrize("header", ["", "*", "en;q=0", ";;;", "<script>", "ja;q=x"])
def test_a_header_that_names_no_language_is_unknown(header: str) -> None:
    assert languages(header) is None


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    ],
)
def test_a_robot_is_known_by_its_user_agent(agent: str) -> None:
    assert is_bot(agent)


@pytest.mark.parametrize("agent", [agent for agent, kind in AGENTS if kind] + [""])
def test_a_person_is_no_robot_and_no_user_agent_is_fine(agent: str) -> None:
    assert not is_bot(agent)
