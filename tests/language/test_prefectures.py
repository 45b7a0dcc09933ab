"""How people, databases and content delivery networks write a prefecture or an area."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from omotenashi.language.prefectures import PREFECTURES, area_prefectures, prefecture_code, prefecture_spellings

ENDINGS = {"都": ("と", "to"), "府": ("ふ", "fu"), "県": ("けん", "ken")}
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
LONG = {
    "Hokkaido": "Hokkaidō", "Tokyo": "Tōkyō", "Kyoto": "Kyōto", "Osaka": "Ōsaka", "Hyogo": "Hyōgo", "Kochi": "Kōchi",
    "Oita": "Ōita",
}  # fmt: skip
SHARED = Path(__file__).parents[3] / "shared" / "data" / "jp-prefectures" / "jp-prefectures.csv"


def katakana(hiragana: str) -> str:
    return "".join(chr(ord(letter) + 0x60) for letter in hiragana)


def half_width(text: str) -> str:
    """Katakana as on old terminals: a voiced letter is two."""
    decomposed = unicodedata.normalize("NFD", text)
    marks = {"\u3099": "ﾞ", "\u309a": "ﾟ"}
    return "".join(marks.get(letter) or HALF.get(letter, letter) for letter in decomposed)


def ways_to_write(code: str, name: str, kana: str, english: str) -> Iterator[str]:
    number = code[-2:]
    yield from (code, code.lower(), f"JP{number}", f"JP {number}", f"JP_{number}", number, str(int(number)))
    yield from (number.translate(WIDE), code.translate(WIDE))
    reading, roman = ENDINGS.get(name[-1], ("", ""))
    for written in (kana, kana.removesuffix(reading)):
        yield from (written, katakana(written), half_width(katakana(written)))
    yield from (name, name if name == "北海道" else name[:-1], f" {name} ")
    for latin in {english, LONG.get(english, english)}:
        yield from (latin, latin.upper(), latin.translate(WIDE), unicodedata.normalize("NFD", latin))
        yield from (f"{latin} Prefecture", f"{latin} prefecture", f"{latin} Pref.")
        if roman:
            yield from (f"{latin}-{roman}", f"{latin} {roman.upper()}", f"{latin}{roman}", f"{latin}‐{roman}")


@pytest.mark.parametrize("row", PREFECTURES, ids=lambda row: row[3])
def test_every_way_to_write_a_prefecture_is_its_code(row: tuple[str, str, str, str, str]) -> None:
    code, *names, _ = row
    written = list(ways_to_write(code, *names))
    assert {text: prefecture_code(text) for text in written} == dict.fromkeys(written, code)


def test_no_spelling_belongs_to_two_prefectures() -> None:
    owners: dict[str, set[str]] = {}
    for code, name, kana, english, _ in PREFECTURES:
        for text in ways_to_write(code, name, kana, english):
            owners.setdefault(text.casefold().strip(), set()).add(code)
    assert {text: codes for text, codes in owners.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("京都", "JP-26"), ("東京都", "JP-13"), ("東京", "JP-13"), ("Kyoto", "JP-26"), ("Tokyo-to", "JP-13"), ("Kyōto-fu", "JP-26"),
        ("Gumma", "JP-10"), ("Oosaka", "JP-27"), ("Hokkai-dō", "JP-01"), ("Hokkaidou", "JP-01"), ("Tokyo Metropolis", "JP-13"),
        ("Fukushima-ken", "JP-07"), ("Ōsaka", "JP-27"), ("Osaka Fu", "JP-27"), ("TOUKYOU", "JP-13"),
    ],
)  # fmt: skip
def test_names_that_are_near_each_other_or_old_are_told_apart(text: str, code: str) -> None:
    assert prefecture_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "0", "00", "48", "013", "1-3", "JP", "JP-", "JP-00", "JP-48", "US-13", "13.0", "-13", "1 3"),
        *(
            "?",
            "XX",
            "ZZ",
            "T1",
            "都",
            "県",
            "東",
            "京",
            "東京県",
            "京都都",
            "大阪県",
            "北海",
            "Tokyo-fu",
            "Kyoto-to",
            "Prefecture",
        ),
        *("アトランティス", "関東", "京都市", "Tokyo, Osaka", "\ud800", "x" * 5000),
    ],
)
def test_what_is_no_prefecture_is_none(text: str) -> None:
    assert prefecture_code(text) is None


@pytest.mark.parametrize(
    ("written", "area"),
    [
        *((text, "関東") for text in ("関東地方", "かんとう", "カントウ", "ｶﾝﾄｳ", "Kanto", "kantō", "ＫＡＮＴＯ")),
        *((text, "東北") for text in ("Tōhoku", "とうほく", "東北地方")),
        *((text, "九州") for text in ("きゅうしゅう", "Kyūshū", "Kyushu", "九州地方")),
        *((text, "九州・沖縄") for text in ("九州沖縄", "九州･沖縄", "Kyushu-Okinawa", "Kyūshū Okinawa")),
        *((text, "首都圏") for text in ("しゅとけん", "Greater Tokyo")),
        *((text, "甲信越") for text in ("こうしんえつ", "Kōshin'etsu", "Koshinetsu")),
    ],
)
def test_an_area_may_be_written_in_several_ways(written: str, area: str) -> None:
    assert area_prefectures(written) == area_prefectures(area) != None  # noqa: E711 both are known


@pytest.mark.parametrize("text", ["", "関", "東京都", "アトランティス", "Region", "?"])
def test_what_is_no_area_is_none(text: str) -> None:
    assert area_prefectures(text) is None


def test_what_editors_are_offered_is_read() -> None:
    assert None not in {prefecture_code(text) for text in prefecture_spellings()}


@pytest.mark.skipif(not SHARED.is_file(), reason="needs ../shared/data beside the checkout")
def test_the_table_agrees_with_a_list_that_was_made_apart_from_it() -> None:
    rows = list(csv.DictReader(SHARED.read_text("utf-8").splitlines()))
    listed = [(row["iso_3166_2"], row["name_ja"], row["kana"], row["name_en"], row["region"]) for row in rows]
    assert tuple(listed) == PREFECTURES
