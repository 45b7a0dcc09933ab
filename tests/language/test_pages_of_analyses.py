"""The examples on the pages about what the analyses find."""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.language.pages.analyses import ANALYSES
from omotenashi.rules_folder import examined
from omotenashi.site import load

SITE = "version: 1\nname: 試験の店\nlanguage: ja\nkeyword_matching: scripts\n"
CHRISTMAS = 1_798_124_400


def _codes(folder: Path, text: str) -> list[str]:
    (folder / "site.yaml").write_text(SITE)
    (folder / "page.yaml").write_text(text)
    return [one.code for one in examined(load(folder), CHRISTMAS).diagnostics]


@pytest.mark.parametrize("code", ANALYSES)
def test_the_wrong_example_gets_just_this_code(code: str, tmp_path: Path) -> None:
    assert _codes(tmp_path, ANALYSES[code].wrong) == [code]


@pytest.mark.parametrize("code", ANALYSES)
def test_the_right_example_gets_none(code: str, tmp_path: Path) -> None:
    assert _codes(tmp_path, ANALYSES[code].right) == []
