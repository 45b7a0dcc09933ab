"""Fragments lie under contents/, whatever a path says."""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.content.source import read_fragments


@pytest.fixture
def contents(tmp_path: Path) -> Path:
    folder = tmp_path / "contents"
    (folder / "hero").mkdir(parents=True)
    (folder / "hero" / "a.html").write_text("<p>a</p>")
    (tmp_path / "secret").write_text("s")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "big").write_bytes(b"x" * 1_048_577)
    return folder


def test_files_are_read_by_their_path(contents: Path) -> None:
    assert read_fragments(contents, ["hero/a.html", "hero/none.html", "hero"]) == ({"hero/a.html": b"<p>a</p>"}, set())


@pytest.mark.parametrize("path", ["../secret", "hero/../../secret", "/etc/passwd", "link", "a\0b", "C:x", "..\\secret"])
def test_paths_that_lead_out_are_refused(contents: Path, path: str) -> None:
    assert read_fragments(contents, [path]) == ({}, {path})


def test_a_file_that_is_too_large_is_not_there(contents: Path) -> None:
    assert read_fragments(contents, ["big"]) == ({}, set())
