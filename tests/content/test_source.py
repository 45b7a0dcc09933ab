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
    (folder / "big").write_bytes(b"x" * 2_000_000)
    return folder


def test_files_are_read_by_their_path(contents: Path) -> None:
    assert read_fragments(contents, ["hero/a.html", "hero/none.html", "hero"]) == ({"hero/a.html": b"<p>a</p>"}, set())


@pytest.mark.parametrize("path", ["../secret", "hero/../../secret", "/etc/passwd", "link", "a\0b", "C:x", "..\\secret"])
def test_paths_that_lead_out_are_refused(contents: Path, path: str) -> None:
    assert read_fragments(contents, [path]) == ({}, {path})


def test_a_file_that_is_too_large_is_read_just_so_far_that_it_can_be_refused(contents: Path) -> None:
    found, _ = read_fragments(contents, ["big"])
    assert len(found["big"]) == 1_048_577


def test_a_name_that_no_file_can_have_is_not_there(contents: Path) -> None:
    assert read_fragments(contents, ["x" * 300 + ".html"]) == ({}, set())


def test_a_link_to_itself_leads_nowhere(contents: Path) -> None:
    (contents / "loop").symlink_to("loop")
    assert read_fragments(contents, ["loop"]) == ({}, {"loop"})
