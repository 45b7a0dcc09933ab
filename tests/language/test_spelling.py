"""Spellings of words in the schema, against `fold`, which says what is the same."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from omotenashi.language.schema.spelling import spelled, spelled_before_a_dot, spelled_otherwise
from omotenashi.language.vocabulary import find_field
from omotenashi.model.text import fold

WORDS = (
    "keyword",
    "キーワード",
    "ごぶさた",
    "Yahoo! JAPAN",
    "this month",
    "パーソナライズ",
    "at_least",
    "か月",
    "SNS",
    "九州・沖縄",
)
HALF = {
    unicodedata.normalize("NFKC", chr(code) + mark): chr(code) + mark
    for code in range(0xFF61, 0xFF9E)
    for mark in ("", "ﾞ", "ﾟ")
}
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "　"})
HIRAGANA = str.maketrans({chr(code): chr(code - 0x60) for code in range(0x30A1, 0x30F7)})
KATAKANA = str.maketrans({chr(code): chr(code + 0x60) for code in range(0x3041, 0x3097)})


def half(text: str) -> str:
    return "".join(HALF.get(character, character) for character in text)


changes = st.sampled_from(
    [
        str.upper,
        str.lower,
        str.title,
        half,
        lambda text: text.translate(WIDE),
        lambda text: text.translate(HIRAGANA),
        lambda text: text.translate(KATAKANA),
        lambda text: f" {text} ",
    ]
)


@given(st.sampled_from(WORDS), st.lists(changes, max_size=4))
def test_what_folds_to_a_word_matches_it(word: str, all_changes: list[object]) -> None:
    text = word
    for change in all_changes:
        text = change(text)  # type: ignore[operator]
    assert (fold(text) == fold(word)) == bool(re.search(spelled([word]), text))


@given(st.sampled_from(WORDS), st.text(alphabet="keywordキーワードｷｰﾜｰﾄﾞ .ＫＥＹ", max_size=9))
def test_what_does_not_fold_to_a_word_does_not_match_it(word: str, text: str) -> None:
    assert (fold(text) == fold(word)) == bool(re.search(spelled([word]), text))


def test_other_spellings_leave_out_the_words_themselves() -> None:
    pattern = spelled_otherwise(["device", "端末"])
    matched = [text for text in ("device", "端末", "Device", "ＤＥＶＩＣＥ", "devices") if re.search(pattern, text)]
    assert matched == ["Device", "ＤＥＶＩＣＥ"]


@given(
    st.sampled_from(["member", "Member", "会員", "member ", "members"]),
    st.sampled_from(["", ".", ".rank", ".ランク", " .a"]),
)
def test_a_dotted_field_is_known_by_its_head(head: str, rest: str) -> None:
    assert bool(re.search(spelled_before_a_dot(["member", "会員"]), head + rest)) == (
        find_field(head + rest) is not None
    )
