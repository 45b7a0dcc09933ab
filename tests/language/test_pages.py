"""The pages of `omo explain CODE`: each code has one, and its examples are what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from omotenashi.language.messages import MESSAGES
from omotenashi.language.pages import PAGES
from omotenashi.language.pages.english import with_english_examples
from omotenashi.language.pages.page import Page
from omotenashi.rules_folder import examined
from omotenashi.site import load

NOW = 1_795_000_000
"""In November 2026."""
NOT_OF_A_TEXT = {"E101", "E102", "E103", "E109", "E110", "E165", "E412", "E459", "W501"}
"""Of the encoding, the size, the folder, its permissions or a file beside; and the last resort, for which no text is known."""
NOT_ON_EVERY_MACHINE = {"E452", "E481", "W545"}
"""Of the bytes of a file beside, of an extra that is missing, and of the upstreams that an operator allows."""
SHOWN = sorted(PAGES.keys() - NOT_OF_A_TEXT - NOT_ON_EVERY_MACHINE)


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert PAGES.keys() == MESSAGES.keys()


def test_pages_without_an_example_are_those_that_no_text_can_have() -> None:
    assert {code for code, page in PAGES.items() if not page.wrong} - NOT_ON_EVERY_MACHINE == NOT_OF_A_TEXT


@pytest.mark.parametrize("code", SHOWN)
def test_the_wrong_example_gets_just_this_code(code: str, tmp_path: Path) -> None:
    assert [one for one in _codes(tmp_path, PAGES[code], PAGES[code].wrong) if one[0] == code[0]].count(code) == 1
    assert code[0] != "E" or _codes(tmp_path, PAGES[code], PAGES[code].wrong) == [code]


@pytest.mark.parametrize("code", SHOWN)
def test_the_right_example_does_not(code: str, tmp_path: Path) -> None:
    codes = _codes(tmp_path, PAGES[code], PAGES[code].right)
    assert code not in codes
    assert not any(one.startswith("E") for one in codes)


@pytest.mark.parametrize("code", SHOWN)
def test_the_examples_for_readers_of_english_are_wrong_and_right_alike(code: str, tmp_path: Path) -> None:
    page = with_english_examples(code, PAGES[code])
    wrong, right = _codes(tmp_path, page, page.wrong), _codes(tmp_path, page, page.right)
    assert [one for one in wrong if one[0] == code[0]].count(code) == 1
    assert code[0] != "E" or wrong == [code]
    assert not any(one == code or one.startswith("E") for one in right)


@pytest.mark.parametrize("code", [code for code in SHOWN if code not in ("W531", "W532", "N643", "N644")])
def test_examples_for_readers_of_english_hold_no_japanese(code: str) -> None:
    page = with_english_examples(code, PAGES[code])
    texts = (page.wrong, page.right, page.site, *page.beside.values())
    assert [text for text in texts if re.search(r"[ぁ-んァ-ヶ一-鿿]", text)] == []


def _codes(folder: Path, page: Page, text: str) -> list[str]:
    block = "hero" if page.file == "site.yaml" else "elsewhere"
    (folder / "other.yaml").write_text(f"blocks: {{{block}: {{otherwise: original}}}}\n")
    (folder / "site.yaml").write_text(page.site or "version: 1\n")
    for name, other in page.beside.items():
        (folder / name).write_text(other)
    (folder / page.file).write_text(text)
    return [one.code for one in examined(load(folder), NOW).diagnostics]
