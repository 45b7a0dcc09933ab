"""Whole folders in sentences, compared with texts that were read line by line against the design.

A text that changes on purpose is written anew with OMO_WRITE_EXPECTED=1; then read what git says has changed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from omotenashi.language.describe.entries import as_markdown, as_text
from omotenashi.language.describe.folder import describe
from omotenashi.site import load

SITES = Path(__file__).parents[2] / "sites"
FORMS = {"txt": as_text, "md": as_markdown}


@pytest.mark.parametrize("name", ["described.ja.txt", "described.en.txt", "shop.ja.md", "shop.en.md"])
def test_a_folder_is_told_word_for_word_as_expected(name: str) -> None:
    site, language, form = name.split(".")
    loaded = load(SITES / site)
    assert loaded.site is not None, loaded.diagnostics
    texts = {path.removeprefix("contents/"): text for path, text in loaded.texts.items()}
    said = FORMS[form](*describe(loaded.folder, loaded.facts, texts, language)) + "\n"
    expected = Path(__file__).parent / name
    if os.environ.get("OMO_WRITE_EXPECTED"):
        expected.write_text(said)
    assert said == expected.read_text()
