"""The pages about tables and what a block asks for: their examples are what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.language.messages.tables import TABLES as MESSAGES
from omotenashi.language.pages.tables import TABLES
from omotenashi.site import load

WITH_EXAMPLES = [code for code, page in TABLES.items() if page.wrong]


def test_each_code_has_a_page() -> None:
    assert TABLES.keys() == MESSAGES.keys()


@pytest.mark.parametrize("code", WITH_EXAMPLES)
def test_the_wrong_example_gets_the_code_and_the_right_one_nothing(code: str, tmp_path: Path) -> None:
    page = TABLES[code]
    for name, text in {"page.yaml": "", "site.yaml": page.site, **page.beside}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / page.file).write_text(page.wrong)
    assert [one.code for one in load(tmp_path).diagnostics if one.level == "error"] == [code]
    (tmp_path / page.file).write_text(page.right)
    assert [one.code for one in load(tmp_path).diagnostics if one.level == "error"] == []
