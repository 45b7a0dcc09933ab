"""The text of the arrival cookie: what is written is read again, by those whose it is, for half an hour; nothing else."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omotenashi.model.visitor import Arrival
from omotenashi.signals.arrival_cookie import (
    AHEAD,
    ARRIVAL_COOKIE,
    LIFE,
    LONGEST,
    ArrivalCookies,
    Kept,
    is_sent,
    is_worth_keeping,
)

NOW = 1_795_000_000
MINE, OTHER = "visitor-0123456789", "another-0123456789"
SEARCHED = Arrival("マラソン シューズ", "referrer", "search", "Yahoo!", "search.yahoo.co.jp/search", landing="/running")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.fixture
def cookies() -> ArrivalCookies:
    return made()


def made(secret: bytes = b"the-hash-key-of-the-tests") -> ArrivalCookies:
    return ArrivalCookies(secret, Counter())


def read(cookies: ArrivalCookies, text: str, *owners: str, now: int = NOW) -> Kept | None:
    return cookies.read({"omo_arrival": text}, owners, now)


def test_what_was_written_is_read_again(cookies: ArrivalCookies) -> None:
    text = cookies.written(SEARCHED, MINE, NOW - 500, NOW - 100)
    assert read(cookies, text, MINE) == Kept(SEARCHED, NOW - 500, NOW - 100, MINE)


def test_another_process_with_the_same_key_reads_it() -> None:
    assert read(made(), made().written(SEARCHED, MINE, NOW, NOW), MINE) is not None


def test_another_key_does_not_read_it() -> None:
    other = made(b"another-key-of-the-tests-")
    assert read(other, made().written(SEARCHED, MINE, NOW, NOW), MINE) is None
    assert other._counts == {"arrival_cookie_refused:signature": 1}


def test_a_copy_is_worth_nothing_to_another_visitor_or_without_the_id(cookies: ArrivalCookies) -> None:
    text = cookies.written(SEARCHED, MINE, NOW, NOW)
    assert read(cookies, text, OTHER) is None
    assert read(cookies, text) is None
    assert read(cookies, text, OTHER, MINE) is not None


def test_one_that_was_set_before_there_was_an_id_is_of_whoever_has_it(cookies: ArrivalCookies) -> None:
    text = cookies.written(SEARCHED, "", NOW, NOW)
    assert read(cookies, text) == Kept(SEARCHED, NOW, NOW, "")
    assert read(cookies, text, MINE) == Kept(SEARCHED, NOW, NOW, "")


@pytest.mark.parametrize(("age", "counts"), [(0, True), (LIFE - 1, True), (LIFE, False), (86_400, False)])
def test_it_is_over_after_half_an_hour(cookies: ArrivalCookies, age: int, counts: bool) -> None:  # noqa: FBT001 a table
    text = cookies.written(SEARCHED, MINE, NOW - 86_400, NOW - age)
    assert (read(cookies, text, MINE) is not None) == counts
    assert cookies._counts == ({} if counts else {"arrival_cookie_refused:over": 1})


def test_one_from_the_future_counts_for_clocks_that_differ_by_a_minute_and_no_more(cookies: ArrivalCookies) -> None:
    assert read(cookies, cookies.written(SEARCHED, MINE, NOW, NOW + AHEAD), MINE) is not None
    assert read(cookies, cookies.written(SEARCHED, MINE, NOW, NOW + AHEAD + 1), MINE) is None
    assert cookies._counts == {"arrival_cookie_refused:future": 1}


def test_no_character_can_be_changed_left_out_or_added(cookies: ArrivalCookies) -> None:
    text = cookies.written(SEARCHED, MINE, NOW, NOW)
    for place, character in enumerate(text):
        for other in {chr(ord(character) ^ 1), "A", "=", ".", ""} - {character}:
            assert read(cookies, text[:place] + other + text[place + 1 :], MINE) is None, (place, other)
    for more in (f"{text}=", f"{text} ", f"A{text}", text * 2, f"{text}.{text}", text.partition(".")[0]):
        assert read(cookies, more, MINE) is None


def test_a_payload_cannot_be_signed_for_somebody_who_is_named_at_its_end(cookies: ArrivalCookies) -> None:
    text = cookies.written(SEARCHED, f"x.{MINE}", NOW, NOW)
    payload, _, signature = text.partition(".")
    assert read(cookies, f"{payload}.x.{signature}", MINE) is None


def test_what_another_version_signed_is_no_cookie(cookies: ArrivalCookies) -> None:
    text = f"bkw.{cookies._signature('bkw', MINE)}"
    assert read(cookies, text, MINE) is None
    assert cookies._counts == {"arrival_cookie_refused:form": 1}


def test_the_safest_name_counts_first_and_a_wrong_one_hides_no_right_one(cookies: ArrivalCookies) -> None:
    first, second = (cookies.written(SEARCHED, MINE, NOW - began, NOW) for began in (1, 2))
    both = {"omo_arrival": second, "__Host-omo_arrival": first}
    assert cookies.read(both, [MINE], NOW) == Kept(SEARCHED, NOW - 1, NOW, MINE)
    assert cookies.read({**both, "__Host-omo_arrival": "x"}, [MINE], NOW) == Kept(SEARCHED, NOW - 2, NOW, MINE)
    shared = {"__Host-omo_arrival": first, "__Secure-omo_arrival": second}
    assert cookies.read(shared, [MINE], NOW, "shop.example") == Kept(SEARCHED, NOW - 2, NOW, MINE)


def test_it_names_nobody(cookies: ArrivalCookies) -> None:
    text = cookies.written(SEARCHED, MINE, NOW, NOW)
    payload = urlsafe_b64decode(text.partition(".")[0][1:] + "==")
    assert "マラソン".encode() in payload
    assert MINE.encode() not in payload


def test_long_texts_are_cut_between_characters_so_that_it_is_a_kilobyte(cookies: ArrivalCookies) -> None:
    keyword = "長距離走のための靴" * 25
    text = cookies.written(Arrival(keyword, "campaign", "paid", "google", landing="/" + "あ" * 199), "", NOW, NOW)
    kept = read(cookies, text)
    assert len(text) <= LONGEST
    assert kept is not None
    assert kept.arrival == Arrival(keyword[:100], "campaign", "paid", "google", landing="/" + "あ" * 99)


@given(st.lists(TEXTS, min_size=10, max_size=10))
def test_whatever_the_texts_it_is_a_kilobyte_of_base64url_and_reads_as_their_beginnings(texts: list[str]) -> None:
    whole = [*texts, "campaign", "campaign"]
    cookies, arrival = made(), Arrival(*whole)
    text = cookies.written(arrival, MINE, NOW, NOW)
    assert len(text) <= LONGEST
    assert text.replace("-", "").replace("_", "").replace(".", "").isalnum()
    kept = read(cookies, text, MINE)
    assert kept is not None
    read_again = [getattr(kept.arrival, name) for name in Arrival.__struct_fields__]
    assert all(
        text.startswith(part) and len(part) >= min(len(text), 16) for part, text in zip(read_again, whole, strict=True)
    )


@given(st.text(max_size=LONGEST + 50))
def test_no_text_of_a_cookie_raises_or_counts(text: str) -> None:
    assert read(made(), text, MINE) is None


@given(st.binary(max_size=200))
def test_nothing_that_is_signed_raises(payload: bytes) -> None:
    cookies = made()
    signed = f"b{payload.hex()}"
    read(cookies, f"{signed}.{cookies._signature(signed, MINE)}", MINE)


def test_it_is_seen_whether_one_was_sent() -> None:
    assert not is_sent({})
    assert not is_sent({"omo_vid": MINE})
    assert all(is_sent({name: ""}) for name in ARRIVAL_COOKIE.names)


@pytest.mark.parametrize(
    ("arrival", "worth"),
    [
        (Arrival(), False),
        (Arrival(medium="internal"), False),
        (Arrival(medium="search"), True),
        (Arrival(medium="referral"), True),
        (Arrival(keyword="靴"), True),
        (Arrival(campaign="summer"), True),
    ],
)
def test_an_arrival_from_nowhere_is_not_worth_keeping(arrival: Arrival, worth: bool) -> None:  # noqa: FBT001 a table
    assert is_worth_keeping(arrival) == worth


def test_over_https_it_is_bound_to_the_host_and_over_http_it_is_not() -> None:
    rest = "Path=/; Max-Age=1800; HttpOnly; SameSite=Lax"
    assert ARRIVAL_COOKIE.header("x.y", secure=True, domain="") == f"__Host-omo_arrival=x.y; {rest}; Secure"
    assert ARRIVAL_COOKIE.header("x.y", secure=False, domain="") == f"omo_arrival=x.y; {rest}"
