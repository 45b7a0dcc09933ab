"""Diagnostics as they are printed: carets under any characters, long lines, and the languages of files and keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.language.printer import Voice, as_text
from omotenashi.model.errors import Diagnostic, Position
from omotenashi.site import load


def carets(line: str, column: int, end: int) -> str:
    """Return the line of carets that is printed under a line."""
    found = Diagnostic("E204", Position("a.yaml", 1, column, end), {"what": "x"})
    return as_text([found], Voice({"a.yaml": line}, "en"), "").splitlines()[2]


@pytest.mark.parametrize(
    ("line", "column", "end", "expected"),
    [
        ("name: abc", 7, 10, "          ^^^"),
        ("名前: 会員", 5, 7, "          ^^^^"),
        ("ｶﾅ: x", 5, 6, "        ^"),
        ("か\u3099: x", 5, 6, "        ^"),  # a mark of its own
        ("a\u200bb: x", 6, 7, "        ^"),  # no width
        ("①※…: x", 6, 7, "         ^"),  # ambiguous: one column
        ("\ta: x", 5, 6, "    \t   ^"),
        ("🏃: x", 4, 5, "        ^"),
    ],
)
def test_the_caret_stands_under_the_mistake(line: str, column: int, end: int, expected: str) -> None:
    assert carets(line, column, end) == expected


def test_of_a_long_line_the_part_around_the_mistake_is_shown() -> None:
    line = "a" * 500 + "X" + "b" * 500
    found = Diagnostic("E204", Position("a.yaml", 1, 501, 502), {"what": "x"})
    _, shown, mark, _ = as_text([found], Voice({"a.yaml": line}, "en"), "").splitlines()
    assert (len(shown), shown[mark.index("^")]) == (206, "X")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "ブロック:\n  hero:\n    ルール:\n      - 名前: a\n        休止: 3日\n        表示: 出さない\n    それ以外: もとのまま\n",
            "「休止」には「目標」が要ります",
        ),
        (
            "blocks:\n  hero:\n    rules:\n      - name: a\n        cooldown: 3日\n        表示: 出さない\n    otherwise: original\n",
            "「cooldown」には「goal」が要ります",
        ),
        (
            "blocks:\n  hero:\n    rules:\n      - name: a\n        休止: 3日\n        show: nothing\n    otherwise: original\n",
            "「休止」には「目標」が要ります",
        ),
        (
            "blocks:\n  hero:\n    rules:\n      - name: a\n        cooldown: 3 days\n        show: nothing\n    otherwise: original\n",
            "cooldown needs a goal",
        ),
    ],
)
def test_keys_are_named_as_the_file_writes_them(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    loaded = load(tmp_path)
    assert Voice(loaded.texts, "en").message(loaded.diagnostics[0]) == said


@pytest.mark.parametrize("text", ["ブロック：\n  hero: [\n", "  - {名前: a, 条件: [\n", "\u3000ルール:\n"])
def test_a_file_that_cannot_be_read_is_spoken_of_in_its_language(text: str) -> None:
    assert Voice({"a.yaml": text}, "en").language("a.yaml") == "ja"


@pytest.mark.parametrize("text", ["blocks:\n  東京: {otherwise: original}\n", "# ブロック: x\nblocks: {}\n", ""])
def test_japanese_names_and_remarks_do_not_make_a_file_japanese(text: str) -> None:
    assert Voice({"a.yaml": text}, "en").language("a.yaml") == "en"


def test_who_asks_for_a_language_gets_it() -> None:
    assert Voice({"a.yaml": "ブロック: {}\n"}, "ja", "en").language("a.yaml") == "en"
