from __future__ import annotations

import pytest

from omotenashi.model.visitor_id import is_visitor_id
from omotenashi.signals.visitor_id import VISITOR_COOKIE, from_cookies

A, B = "a" * 22, "b" * 22


def test_the_safest_cookie_counts_first() -> None:
    assert from_cookies({"omo_vid": A, "__Secure-omo": A, "__Host-omo": B}) == B
    assert from_cookies({"omo_vid": A, "__Secure-omo": B}) == B
    assert from_cookies({"omo_vid": A}) == A


def test_the_cookie_of_the_sites_domain_counts_first() -> None:
    assert from_cookies({"omo_vid": A, "__Secure-omo": A, "__Host-omo": B}, "shop.example") == A
    assert from_cookies({"omo_vid": A, "__Secure-omo": "short", "__Host-omo": B}, "shop.example") == B


def test_a_malformed_id_is_none() -> None:
    assert from_cookies({"omo_vid": "short"}) is None
    assert from_cookies({"__Host-omo": "<b>", "omo_vid": A}) == A
    assert from_cookies({}) is None


@pytest.mark.parametrize("text", ["A-_9" * 4, "x" * 64])
def test_an_id_has_16_to_64_characters_of_base64url(text: str) -> None:
    assert is_visitor_id(text)


@pytest.mark.parametrize("text", ["", "x" * 15, "x" * 65, A + "\n", "あ" * 20, "a" * 20 + "="])
def test_what_has_another_form_is_no_id(text: str) -> None:
    assert not is_visitor_id(text)


def test_over_https_the_cookie_is_bound_to_the_host() -> None:
    assert VISITOR_COOKIE.header(A, secure=True, domain="") == (
        f"__Host-omo={A}; Path=/; Max-Age=34128000; HttpOnly; SameSite=Lax; Secure"
    )


def test_a_domain_shares_the_cookie_among_its_hosts() -> None:
    assert VISITOR_COOKIE.header(A, secure=True, domain="shop.example") == (
        f"__Secure-omo={A}; Path=/; Domain=shop.example; Max-Age=34128000; HttpOnly; SameSite=Lax; Secure"
    )


@pytest.mark.parametrize("domain", ["", "shop.example"])
def test_over_plain_http_the_cookie_is_the_hosts_own(domain: str) -> None:
    assert VISITOR_COOKIE.header(A, secure=False, domain=domain) == (
        f"omo_vid={A}; Path=/; Max-Age=34128000; HttpOnly; SameSite=Lax"
    )


def test_every_id_that_was_sent_is_taken_away_with_the_attributes_it_was_given() -> None:
    cookies = {"omo_vid": A, "__Secure-omo": B, "other": "x"}
    assert VISITOR_COOKIE.expired(cookies, "shop.example") == [
        "__Secure-omo=; Path=/; Domain=shop.example; Max-Age=0; HttpOnly; SameSite=Lax; Secure",
        "omo_vid=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
    ]
    assert VISITOR_COOKIE.expired({"__Host-omo": A}, "") == [
        "__Host-omo=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"
    ]
