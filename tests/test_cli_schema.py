"""`omo schema` as an editor's machine calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import SITE

from omotenashi.cli import main


def test_schema_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_schema_goes_to_a_file_with_the_names_of_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    assert main(["schema", "--rules", str(SITE), "--output", str(file)]) == 0
    text = file.read_text(encoding="utf-8")
    assert json.loads(text)["title"] == "Omotenashi"
    assert "ランニングで検索した人" in text


def test_schema_of_a_folder_with_mistakes_is_made_all_the_same(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "more.yaml").write_text("contents: {summer: {html: x}}\nblocks: {side: {otherwise: nowhere}}\n")
    assert main(["schema", "--rules", str(rules)]) == 0
    assert '"summer"' in capsys.readouterr().out


def test_places_are_proposed_as_they_are_written(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "site.yaml").write_text("場所一覧: {PARCO前: {緯度: 35, 経度: 139}}\n")
    assert main(["schema", "--rules", str(rules)]) == 0
    assert '"PARCO前"' in capsys.readouterr().out


def test_descriptions_are_in_the_language_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["schema", "--lang", "en"])
    assert "what is shown where no rule matches" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--rules", "nowhere"]) == 2
    assert capsys.readouterr().err == "omo: there is no folder nowhere\n"


def test_the_tables_of_a_guide_are_rewritten_and_nothing_else_is(tmp_path: Path) -> None:
    guide = tmp_path / "README.md"
    guide.write_text("# 案内\n<!-- vocabulary:ja -->\n前の表\n<!-- /vocabulary -->\n終わり\n")
    assert main(["schema", "--guide", str(guide)]) == 0
    text = guide.read_text(encoding="utf-8")
    assert text.startswith("# 案内\n<!-- vocabulary:ja -->\n### 条件の項目\n")
    assert text.endswith("<!-- /vocabulary -->\n終わり\n")
    assert "前の表" not in text
