"""`omo fmt` as an editor uses it: files, output and exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from omotenashi.cli import main

TIDY = "blocks:\n  hero:\n    otherwise: original\n"
UNTIDY = "blocks:\r\n    hero:  \r\n        otherwise: original"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "site.yaml").write_text("version: 1\nlanguage: ja\n")
    (rules / "home.yaml").write_bytes(UNTIDY.encode())
    return rules


def test_a_file_is_tidied_in_its_place_and_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "home.yaml").chmod(0o640)
    assert main(["fmt", str(folder)]) == 0
    assert (folder / "home.yaml").read_bytes() == TIDY.encode()
    assert (folder / "home.yaml").stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in folder.iterdir()) == ["home.yaml", "site.yaml"]
    assert capsys.readouterr().out == f"{folder}/home.yaml: 整えました\n1 個のファイルは整っています\n"


def test_a_second_time_nothing_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["fmt", str(folder)])
    before = (folder / "home.yaml").stat()
    capsys.readouterr()
    assert main(["fmt", str(folder), "--lang", "en"]) == 0
    assert (folder / "home.yaml").stat() == before
    assert capsys.readouterr().out == "2 file(s) are tidy\n"


def test_check_writes_nothing_and_exits_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", str(folder), "--check"]) == 1
    assert (folder / "home.yaml").read_bytes() == UNTIDY.encode()
    assert f"{folder}/home.yaml: 整えるところがあります" in capsys.readouterr().out
    main(["fmt", str(folder)])
    assert main(["fmt", str(folder), "--check"]) == 0


def test_diff_shows_what_would_change_and_writes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", str(folder / "home.yaml"), "--diff"]) == 0
    assert (folder / "home.yaml").read_bytes() == UNTIDY.encode()
    assert "\n+  hero:\n+    otherwise: original\n" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"blocks: {hero: [\n", "ブロック:\n".encode("cp932")])
def test_what_cannot_be_read_is_left_alone_and_said_so(
    folder: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "home.yaml").write_bytes(content)
    assert main(["fmt", str(folder)]) == 1
    assert (folder / "home.yaml").read_bytes() == content
    assert "home.yaml: 読めないところがあるので、そのままにしました" in capsys.readouterr().out


def test_site_yaml_is_read_as_what_it_is(folder: Path) -> None:
    (folder / "site.yaml").write_text("version：1\nname:かけっこ堂\n")
    assert main(["fmt", str(folder)]) == 0
    assert (folder / "site.yaml").read_text() == "version: 1\nname: かけっこ堂\n"


def test_a_link_to_a_file_stays_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_bytes(UNTIDY.encode())
    (folder / "home.yaml").unlink()
    (folder / "home.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert main(["fmt", str(folder)]) == 0
    assert (folder / "home.yaml").is_symlink()
    assert (tmp_path / "elsewhere.yaml").read_text() == TIDY


def test_a_folder_without_rule_files_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", str(tmp_path)]) == 2
    assert main(["fmt", str(tmp_path / "nowhere")]) == 2
    assert "there are no rule files" in capsys.readouterr().err
