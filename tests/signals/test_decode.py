from __future__ import annotations

from urllib.parse import parse_qsl, quote, quote_from_bytes, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omotenashi.signals.decode import LONGEST_TEXT, as_typed, cleaned, decoded, query_pairs

JAPANESE = ("utf-8", "euc-jp", "ms932")
DECLARED = ("", "&ei=EUC-JP", "&ie=Shift_JIS", "&ie=ISO-8859-1", "&ie=gb2312")
WORDS = (
    "ランニング シューズ", "東京都", "温泉旅館", "マラソン大会", "スニーカー", "健康診断", "引っ越し", "賃貸マンション",
    "京都 紅葉", "横浜 中華街", "お歳暮", "天気予報", "自転車", "確定申告", "花粉症",
)  # fmt: skip


def percent(text: str, charset: str) -> str:
    return quote_from_bytes(text.encode(charset))


def test_pairs_keep_their_order_and_their_repetitions() -> None:
    assert query_pairs("b=1&a=2&b=3") == [("b", "1"), ("a", "2"), ("b", "3")]


def test_of_a_url_only_the_query_is_read() -> None:
    assert query_pairs("https://shop.example/a=b?q=x#q=y") == [("q", "x")]
    assert query_pairs("/search?q=a?b") == [("q", "a?b")]
    assert query_pairs("https://shop.example/") == []


def test_a_bare_query_may_hold_a_question_mark() -> None:
    assert query_pairs("q=why?") == [("q", "why?")]
    assert query_pairs("?q=x") == [("q", "x")]


def test_plus_is_a_space_and_escaped_plus_is_a_plus() -> None:
    assert query_pairs("q=a+b%2Bc") == [("q", "a b+c")]


def test_a_name_without_a_value_has_an_empty_one() -> None:
    assert query_pairs("debug&&q=") == [("debug", ""), ("q", "")]


def test_what_is_no_escape_stays_as_it_is() -> None:
    assert query_pairs("q=100%&r=%zz") == [("q", "100%"), ("r", "%zz")]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("charset", ["utf-8", "euc_jp", "cp932"])
def test_japanese_is_read_in_all_three_charsets_that_engines_use(word: str, charset: str) -> None:
    assert query_pairs(f"p={percent(word, charset)}", JAPANESE) == [("p", word)]


def test_euc_jp_is_tried_before_cp932_whatever_the_order_of_the_list() -> None:
    assert query_pairs(f"p={percent('東京', 'euc_jp')}", ("ms932", "euc-jp")) == [("p", "東京")]


@pytest.mark.parametrize(
    ("declared", "charset"), [("ie=Shift_JIS", "cp932"), ("ei=EUC-JP", "euc_jp"), ("ie=ISO-2022-JP", "iso2022_jp")]
)
def test_a_declared_charset_comes_first(declared: str, charset: str) -> None:
    assert ("q", "東京") in query_pairs(f"q={percent('東京', charset)}&{declared}")


def test_an_ei_that_names_no_charset_is_ignored() -> None:
    assert query_pairs("q=%E6%9D%B1&ei=Xk3fZ") == [("q", "東"), ("ei", "Xk3fZ")]


def test_gb2312_is_read_as_the_wider_gb18030() -> None:
    assert query_pairs(f"wd={percent('跑步鞋鎔', 'gb18030')}", ("gb2312",)) == [("wd", "跑步鞋鎔")]


ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x1b"), max_size=8)


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), max_size=5))
def test_utf8_is_read_as_the_standard_library_reads_it(pairs: list[tuple[str, str]]) -> None:
    query = "&".join(
        f"{quote_plus(name, errors='replace')}={quote_plus(value, errors='replace')}" for name, value in pairs
    )
    assert query_pairs(f"/?{query}") == parse_qsl(query, keep_blank_values=True)


WRITTEN = st.characters(min_codepoint=0x800, max_codepoint=0xFFFF, exclude_categories=("Cn", "Co", "Cs"))


@given(st.text(WRITTEN, min_size=1, max_size=12), st.sampled_from(DECLARED))
def test_japanese_in_utf8_is_read_whatever_is_declared(text: str, declared: str) -> None:
    assert query_pairs(f"/?q={quote(text)}{declared}", JAPANESE)[0] == ("q", text)


@given(st.text(st.characters(codec="utf-8", min_codepoint=0x800), min_size=2, max_size=12))
def test_utf8_that_is_cut_off_keeps_what_is_whole(text: str) -> None:
    assert query_pairs(f"/?q={quote(text)[:-3]}", JAPANESE) == [("q", text[:-1] + "\ufffd")]


@given(st.text(st.sampled_from("あいうえおカキクケコ東京大阪温泉旅館靴ー、。"), min_size=1, max_size=12))
def test_what_is_declared_in_japanese_charsets_is_read_so(text: str) -> None:
    for name, codec in (("EUC-JP", "euc_jp"), ("Shift_JIS", "cp932"), ("ISO-2022-JP", "iso2022_jp")):
        assert query_pairs(f"/?q={percent(text, codec)}&ie={name}")[0] == ("q", text)


def test_html_says_by_a_field_of_its_own_how_a_form_was_sent() -> None:
    assert query_pairs(f"/?_charset_=EUC-JP&q={percent('朝', 'euc_jp')}")[1] == ("q", "朝")


@pytest.mark.parametrize("declared", ["", "&ei=UTF-8", "&ei=Shift_JIS"])
def test_iso_2022_jp_is_known_by_how_it_begins(declared: str) -> None:
    assert query_pairs(f"/?q={percent('東京', 'iso2022_jp')}{declared}", JAPANESE)[0] == ("q", "東京")


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("q=%B7%A4+%AD%AA", "靴 ⑩"),
        ("q=%FC%E2%C5%E7%B2%B0", "髙島屋"),
        ("q=%AD%A1%B9%E2%B6%B6&ie=EUC-JP", "①高橋"),
        ("q=%AD%EA+a&ei=euc-jp", "㈱ a"),
        ("q=%8E%B5%AD%A1&ie=EUC-JP", "ｵ①"),
        ("q=%1B%24B%2D%21%1B%28B&ie=ISO-2022-JP", "①"),
        ("q=a%1B%24B%7Cb7%24%1B%28Jb%1B%28I5%1B%28B", "a髙靴bｵ"),
        ("q=%1B%28I5%1B%28B&ie=ISO-2022-JP", "ｵ"),
    ],
)
def test_the_characters_of_makers_are_read_in_euc_jp_and_iso_2022_jp(query: str, word: str) -> None:
    assert query_pairs(query, JAPANESE)[0] == ("q", word)


@given(st.text(st.characters(codec="cp932", min_codepoint=0x3400, max_codepoint=0x9FFF), min_size=1, max_size=12))
def test_kanji_of_cp932_are_read_in_euc_jp_as_a_reference_reads_them_unless_they_are_utf8_as_well(text: str) -> None:
    reference = bytearray()
    for lead, trail in zip(*[iter(text.encode("cp932"))] * 2, strict=True):
        row = (lead - (0x81 if lead < 0xA0 else 0xC1)) * 2 + (1 if trail < 0x9F else 2)
        reference += bytes((row + 0xA0, trail - 0x9E + 0xA0 if trail > 0x9E else trail - 0x3F - (trail > 0x7F) + 0xA0))
    if max(reference[::2]) <= 0xFE and not is_utf8(reference):
        assert query_pairs(f"q={quote_from_bytes(bytes(reference))}&ie=EUC-JP")[0] == ("q", text)


@pytest.mark.parametrize("word", ["罅汲", "隱唱", "鬚唖", "遞祭碕"])
def test_kanji_that_could_be_something_rare_or_cut_off_in_utf8_are_read_as_is_declared(word: str) -> None:
    assert query_pairs(f"q={percent(word, 'euc_jp')}&ie=EUC-JP")[0] == ("q", word)


def test_an_emoji_is_read_whatever_is_declared() -> None:
    assert query_pairs(f"q={quote('😀靴')}&ie=EUC-JP")[0] == ("q", "😀靴")


def is_utf8(data: bytes | bytearray) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("word", ["猫", "鉄道", "熱", "展", "無", "社", "車"])
@pytest.mark.parametrize("charset", ["euc_jp", "cp932"])
def test_a_short_word_is_read_as_japanese_though_it_could_be_something_odd(word: str, charset: str) -> None:
    assert query_pairs(f"p={percent(word, charset)}", JAPANESE) == [("p", word)]


@pytest.mark.parametrize("text", ["Dvořák", "šalina a", "ǭ", "ﾎﾃﾙ", "café"])
def test_latin_letters_stay_what_they_are(text: str) -> None:
    assert query_pairs(f"q={quote(text)}", ("iso-8859-2",)) == [("q", text)]
    if text != "ǭ":
        assert query_pairs(f"q={quote(text)}", JAPANESE) == [("q", text)]


@pytest.mark.parametrize("word", WORDS)
def test_euc_jp_that_was_declared_as_shift_jis_is_found_out_unless_it_could_be_kana(word: str) -> None:
    declared = percent(word, "euc_jp")
    kana = bytes(word, "euc_jp").replace(b" ", b"").decode("cp932", "replace")
    if any(char in "｡｢｣､･" or not "｡" <= char <= "ﾟ" for char in kana):
        assert query_pairs(f"p={declared}&ei=Shift_JIS")[0] == ("p", word)


@pytest.mark.parametrize(("charset", "name"), [("cp932", "Shift_JIS"), ("euc_jp", "EUC-JP")])
def test_half_width_kana_that_is_declared_is_read(charset: str, name: str) -> None:
    assert query_pairs(f"p={percent('ｺｰﾋｰ', charset)}&ei={name}", JAPANESE)[0] == ("p", "ｺｰﾋｰ")
    assert query_pairs(f"p={percent('ｵ', charset)}&ei={name}", JAPANESE)[0] == ("p", "ｵ")


@pytest.mark.parametrize("name", ["windows-1251", "koi8-r", "iso-8859-1"])
def test_utf8_that_was_declared_as_a_charset_of_single_bytes_is_found_out(name: str) -> None:
    assert query_pairs(f"q={quote('кроссовки')}&ie={name}")[0] == ("q", "кроссовки")


@pytest.mark.parametrize("charset", ["koi8_r", "cp1251"])
def test_a_charset_of_single_bytes_that_is_declared_is_read(charset: str) -> None:
    name = {"koi8_r": "koi8-r", "cp1251": "windows-1251"}[charset]
    assert query_pairs(f"q={percent('кроссовки', charset)}&ie={name}")[0] == ("q", "кроссовки")


def test_raw_shift_jis_that_came_as_latin_1_is_repaired() -> None:
    assert query_pairs("q=" + "靴 東京".encode("cp932").decode("latin-1"), JAPANESE) == [("q", "靴 東京")]


def test_separators_that_were_escaped_for_html_separate() -> None:
    assert query_pairs("/?a=1&amp;b=2") == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize(
    ("text", "typed"),
    [("%E9%9D%B4%20A", "靴 A"), ("C++ %E9%9D%B4", "C++ 靴"), ("50% off", "50% off"), ("%41", "%41"), ("a%FF", "a%FF")],
)
def test_what_was_escaped_twice_is_unescaped_twice(text: str, typed: str) -> None:
    assert as_typed(text) == typed


def test_bytes_that_fit_nowhere_become_replacement_characters() -> None:
    assert query_pairs("q=a%FFb") == [("q", "a\ufffdb")]


def test_raw_utf8_that_came_as_latin_1_is_repaired() -> None:
    assert decoded("東京".encode().decode("latin-1")) == "東京"


def test_raw_text_that_is_no_bytes_stays_as_it_is() -> None:
    assert decoded("東京%20café") == "東京 café"


def test_a_lone_surrogate_is_no_error() -> None:
    assert decoded("a\ud800%20b") == "a? b"


def test_a_url_is_read_to_its_first_4096_characters() -> None:
    assert query_pairs("/?a=1&" + "x" * 5000 + "&q=late")[0] == ("a", "1")
    assert ("q", "late") not in query_pairs("/?a=1&" + "x" * 5000 + "&q=late")


def test_cleaned_text_has_no_control_characters_and_no_outer_space() -> None:
    assert cleaned("  ラン\x00ニン\x1bグ\tシューズ\u3000") == "ランニング シューズ"


def test_cleaned_text_is_cut() -> None:
    assert cleaned("あ" * 300) == "あ" * LONGEST_TEXT
