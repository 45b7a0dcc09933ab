from __future__ import annotations

import pytest

from omotenashi.signals.visitor_id import from_cookies, valid

A, B = "a" * 22, "b" * 22


def test_the_safest_cookie_counts_first() -> None:
    assert from_cookies({"omo_vid": A, "__Secure-omo": A, "__Host-omo": B}) == B
    assert from_cookies({"omo_vid": A, "__Secure-omo": B}) == B
    assert from_cookies({"omo_vid": A}) == A


def test_a_malformed_id_is_none() -> None:
    assert from_cookies({"omo_vid": "short"}) is None
    assert from_cookies({"__Host-omo": "<b>", "omo_vid": A}) == A
    assert from_cookies({}) is None


@pytest.mark.parametrize("text", ["A-_9" * 4, "x" * 64])
def test_an_id_has_16_to_64_characters_of_base64url(text: str) -> None:
    assert valid(text)


@pytest.mark.parametrize("text", ["", "x" * 15, "x" * 65, A + "\n", "あ" * 20, "a" * 20 + "="])
def test_what_has_another_form_is_no_id(text: str) -> None:
    assert not valid(text)
