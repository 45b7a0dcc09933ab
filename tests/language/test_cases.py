"""The files under tests/cases: good ones are accepted and pass their own tests, bad ones get the error that they name.

Beside each bad one stands all that is said of it, in Japanese and in English, to the letter. OMO_WRITE_EXPECTED=1 writes
these files anew; read what has changed before you commit it.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from pathlib import Path

import pytest
from tests.conftest import good_site

from omotenashi.language import printer
from omotenashi.signals.gather import SignalTools
from omotenashi.site import Loaded, load
from omotenashi.verify import run_tests

CASES = Path(__file__).parents[1] / "cases"
GOOD = sorted(CASES.glob("*.good.yaml"))
BAD = sorted(CASES.glob("*.bad.yaml"))
BAD_SITES = sorted(CASES.glob("site/*.bad.yaml"))


def _folder(case: Path, folder: Path) -> Path:
    for shared in ("site.yaml", "baby.yaml"):
        shutil.copy(CASES / shared, folder / shared)
    shutil.copy(case, folder / "case.yaml")
    return folder


def _load(case: Path, folder: Path) -> Loaded:
    return load(_folder(case, folder))


def _load_site(case: Path, folder: Path) -> Loaded:
    (folder / "home.yaml").write_text("blocks: {hero: {otherwise: original}}\n")
    shutil.copy(case, folder / "site.yaml")
    return load(folder)


@pytest.mark.parametrize("matching", ["morphemes", "scripts"])
@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_a_good_file_is_accepted_and_passes_its_own_tests_however_keywords_are_matched(
    case: Path, matching: str, tmp_path: Path
) -> None:
    folder = _folder(case, tmp_path)
    with (folder / "site.yaml").open("a") as site_file:
        site_file.write(f"keyword_matching: {matching}\n")
    site = good_site(folder)
    results = list(run_tests(site, SignalTools(), time.time()))
    assert results
    assert [result.test.name for result in results if result.failures] == []


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_a_bad_file_gets_its_one_error_at_the_right_place(case: Path, tmp_path: Path) -> None:
    assert _errors(_load(case, tmp_path)) == [_expected(case, "case.yaml")]


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_a_bad_file_is_spoken_of_to_the_letter(case: Path, tmp_path: Path) -> None:
    _same_as_written(case, _told(_load(case, tmp_path)))


@pytest.mark.parametrize("case", BAD_SITES, ids=lambda case: case.name)
def test_a_bad_site_is_spoken_of_to_the_letter(case: Path, tmp_path: Path) -> None:
    _same_as_written(case, _told(_load_site(case, tmp_path)))


@pytest.mark.parametrize("case", BAD_SITES, ids=lambda case: case.name)
def test_a_bad_site_gets_its_one_error_at_the_right_place(case: Path, tmp_path: Path) -> None:
    assert _errors(_load_site(case, tmp_path)) == [_expected(case, "site.yaml")]


def _told(loaded: Loaded) -> str:
    """What `omo check` prints, in both languages."""
    both = [printer.as_text(loaded.diagnostics, printer.Voice(loaded.texts, "", chosen), "") for chosen in ("ja", "en")]
    return "\n\n".join(both) + "\n"


def _same_as_written(case: Path, said: str) -> None:
    file = case.with_suffix(".txt")
    if os.environ.get("OMO_WRITE_EXPECTED"):
        file.write_text(said)
    assert file.exists(), (
        f"{file.name} is not there yet: run this test with OMO_WRITE_EXPECTED=1 and read what it wrote"
    )
    assert said == file.read_text()


def _expected(case: Path, name: str) -> tuple[str, str, int, int]:
    expected = re.search(r"# expected: (\S+) (\d+):(\d+)\n\Z", case.read_text())
    assert expected, "a bad case ends with a comment that says what is expected"
    return expected[1], name, int(expected[2]), int(expected[3])


def _errors(loaded: Loaded) -> list[tuple[str, str, int, int]]:
    errors = [one for one in loaded.diagnostics if one.level == "error"]
    return [(one.code, one.position.file, one.position.line, one.position.column) for one in errors]
