"""`omo describe` as a person uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import SITE

from omotenashi.cli import main


def test_one_block_is_described_in_the_folders_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(SITE), "--block", "greeting"]) == 0
    out = capsys.readouterr().out
    assert "■ greeting\n" in out
    assert "会員の「ランク」(rank)が、「ゴールド」" in out
    assert "■ hero\n" not in out


def test_markdown_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(SITE), "--lang", "en", "--format", "markdown"]) == 0
    assert (
        "\n## hero\n\nThe rules are tried from top to bottom; the first that applies decides.\n"
        in capsys.readouterr().out
    )


def test_an_unknown_block_is_an_error_that_helps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(SITE), "--block", "heroo", "--lang", "en"]) == 2
    assert "there is no block heroo; did you mean hero?" in capsys.readouterr().err


def test_a_folder_with_errors_is_not_described(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "more.yaml").write_text("blocks:\n  side:\n    otherwise: orignal\n")
    assert main(["describe", str(rules)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "more.yaml:3:16: error[E402]" in captured.err
