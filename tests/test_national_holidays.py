"""`holidays: japan` is the list that the Cabinet Office publishes (syukujitsu.csv), to the day."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from omotenashi.language.describe.entries import as_text
from omotenashi.language.describe.folder import describe
from omotenashi.language.printer import Voice
from omotenashi.language.vocabulary import COUNTRIES
from omotenashi.national_holidays import holidays_of
from omotenashi.site import Loaded, load

PUBLISHED = {
    2019: "01-01 01-14 02-11 03-21 04-29 04-30 05-01 05-02 05-03 05-04 05-05 05-06 07-15 08-11 08-12 09-16 09-23 10-14 "
    "10-22 11-03 11-04 11-23",
    2020: "01-01 01-13 02-11 02-23 02-24 03-20 04-29 05-03 05-04 05-05 05-06 07-23 07-24 08-10 09-21 09-22 11-03 11-23",
    2021: "01-01 01-11 02-11 02-23 03-20 04-29 05-03 05-04 05-05 07-22 07-23 08-08 08-09 09-20 09-23 11-03 11-23",
    2022: "01-01 01-10 02-11 02-23 03-21 04-29 05-03 05-04 05-05 07-18 08-11 09-19 09-23 10-10 11-03 11-23",
    2023: "01-01 01-02 01-09 02-11 02-23 03-21 04-29 05-03 05-04 05-05 07-17 08-11 09-18 09-23 10-09 11-03 11-23",
    2024: "01-01 01-08 02-11 02-12 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-15 08-11 08-12 09-16 09-22 09-23 10-14 "
    "11-03 11-04 11-23",
    2025: "01-01 01-13 02-11 02-23 02-24 03-20 04-29 05-03 05-04 05-05 05-06 07-21 08-11 09-15 09-23 10-13 11-03 11-23 "
    "11-24",
    2026: "01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23",
    2027: "01-01 01-11 02-11 02-23 03-21 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23",
}
BLOCKS = "blocks:\n  hero:\n    rules: [{name: 祝日, days: 祝, show: nothing}]\n    otherwise: original\n"


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_holidays_of_a_year_are_those_that_the_cabinet_office_publishes(year: int) -> None:
    found = sorted(day for day in holidays_of("japan") if day.year == year)
    assert [f"{day:%m-%d}" for day in found] == PUBLISHED[year].split()


def test_no_year_from_1949_to_2099_is_left_out() -> None:
    assert {day.year for day in holidays_of("japan")} == set(range(1949, 2100))


@pytest.mark.parametrize("name", ["japan", "日本", "jp", "JP", "Japan", "ＪＡＰＡＮ", "[japan]", "[日本]"])
def test_the_holidays_of_japan_have_several_names(name: str, tmp_path: Path) -> None:
    facts = _loaded(tmp_path, f"holidays: {name}\n").facts
    assert facts.holidays == holidays_of("japan")
    assert facts.holiday_countries == {"japan"}
    assert not facts.listed_holidays


@pytest.mark.parametrize(
    "written",
    [
        "2026-12-29〜2027-01-03",
        "2026-12-29～2027-01-03",
        "2026/12/29 ~ 2027/1/3",
        "2026-12-29 - 2027-01-03",
        "2026-12-29-2027-01-03",
        "2026-12-29..2027-01-03",
        "２０２６年１２月２９日から２０２７年１月３日まで",
        "[2026-12-29, 2026-12-30〜2027-01-03]",
        '"2026-12-29〜2027-01-03"',
    ],
)
def test_a_span_of_dates_has_both_of_its_ends(written: str, tmp_path: Path) -> None:
    facts = _loaded(tmp_path, f"holidays: {written}\n").facts
    year_end = {date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31)}
    assert facts.listed_holidays == year_end | {date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-12-29〜1/3", "2026-12-29〜2027-01-03"),
        ("2026年12月29日から1月3日まで", "2026-12-29〜2027-01-03"),
        ("2026-08-13 - 08-16", "2026-08-13〜2026-08-16"),
    ],
)
def test_a_span_whose_end_has_no_year_is_told_with_it(written: str, meant: str, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(f"version: 1\nholidays: [japan, {written}]\n")
    [error] = load(tmp_path).diagnostics
    assert (error.code, Voice({}, "en").hint(error)) == ("E303", f"write {meant}")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2027-02-01〜2028-02-01", ""),
        ("2027-02-01〜2028-02-02", "E355"),
        ("2026-12-29〜2026-12-29", ""),
        ("2026-12-29〜2026-12-28", "E355"),
        ("2026-12-29〜2026-02-30", "E303"),
    ],
)
def test_a_span_of_dates_has_from_1_to_366_days(written: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(f"version: 1\nholidays: {written}\n")
    assert [one.code for one in load(tmp_path).diagnostics if one.level == "error"] == [one for one in [code] if one]


def test_dates_and_files_stand_beside_a_country(tmp_path: Path) -> None:
    (tmp_path / "closed.csv").write_text("日付,理由\n2026-12-29,年末\n2026-12-30,年末\n")
    facts = _loaded(tmp_path, "祝日: [日本, 2026-08-13, {ファイル: closed.csv}]\n").facts
    own = {date(2026, 8, 13), date(2026, 12, 29), date(2026, 12, 30)}
    assert facts.listed_holidays == own
    assert facts.holidays == holidays_of("japan") | own


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("us", "those of Japan are japan; list others"),
        ("アメリカ", "those of Japan are japan; list others"),
        ("Japn", "write japan"),
        ("jpn", "write japan"),
        ("日本の祝日", "write japan"),
        ("国民の祝日", "write japan"),
        ("元日", "those of Japan are japan; list others"),
    ],
)
def test_a_name_that_is_no_country_whose_holidays_are_known_is_told_what_to_write(
    written: str, said: str, tmp_path: Path
) -> None:
    loaded = _loaded(tmp_path, f"holidays: {written}\n")
    [error] = loaded.diagnostics
    assert (error.code, error.position.line, error.position.column) == ("E348", 1, 11)
    assert Voice({}, "en").hint(error).startswith(said)


def test_without_holidays_the_word_for_them_is_an_error_that_offers_japan(tmp_path: Path) -> None:
    [error] = _loaded(tmp_path, "version: 1\n").diagnostics
    assert error.code == "E314"
    assert Voice({}, "ja").hint(error).startswith("site.yaml に「holidays: japan」と書き足します")


def test_a_description_tells_whose_holidays_count_and_lists_the_other_days(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, "holidays: [japan, 2026-08-13]\n")
    said = [as_text(*describe(loaded.folder, loaded.facts, {}, language)) for language in ("ja", "en")]
    assert (
        "祝日は、日本の国民の祝日です(振替休日と国民の休日も)。サイトの設定に書かれた日も: 2026年8月13日(木)" in said[0]
    )
    assert (
        "those of Japan, with substitute holidays, and what the site's settings name: Thursday 13 August 2026"
        in said[1]
    )


@pytest.mark.parametrize("country", [word.name for word in COUNTRIES.all])
def test_the_holidays_of_every_country_of_the_vocabulary_are_known_and_described(country: str, tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, f"holidays: {country}\n")
    assert holidays_of(country)
    said = as_text(*describe(loaded.folder, loaded.facts, {}, "en"))
    assert "Holidays are those of " in said
    assert "that the site's settings name: none" not in said


def test_the_calendar_is_loaded_only_where_a_site_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / "page.yaml").write_text(BLOCKS)
    program = (
        "import sys; from pathlib import Path; from omotenashi.site import load\n"
        f"folder = Path({str(tmp_path)!r}); site = folder / 'site.yaml'\n"
        "site.write_text('holidays: [2026-11-23]'); assert load(folder).site; assert 'holidays' not in sys.modules\n"
        "site.write_text('holidays: japan'); assert load(folder).site; assert 'holidays' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def _loaded(folder: Path, site: str) -> Loaded:
    (folder / "page.yaml").write_text(BLOCKS)
    (folder / "site.yaml").write_text(site)
    return load(folder)
