"""The shape of the code: small modules, small functions, nothing undocumented, layers that a planted import breaks."""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from omotenashi.cli import main, make_parser
from omotenashi.language.vocabulary import FIELDS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "plugin" / "omotenashi"
MODULES = sorted(PACKAGE.rglob("*.py"))
COMMANDS = [
    command
    for action in make_parser()._actions
    if isinstance(action, argparse._SubParsersAction)
    for command in action.choices
]


def _functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_module_is_over_400_lines() -> None:
    lengths = {str(module.relative_to(ROOT)): len(module.read_text().splitlines()) for module in MODULES}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_no_function_is_over_60_lines() -> None:
    lengths = {
        f"{module.name}:{one.name}": (one.end_lineno or one.lineno) - one.lineno + 1
        for module in MODULES
        for one in _functions(module)
    }
    assert {name: length for name, length in lengths.items() if length > 60} == {}


def test_broad_exceptions_stand_only_at_the_fault_boundary() -> None:
    found = [
        f"{module.name}:{node.lineno}"
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
    ]
    assert [place.partition(":")[0] for place in found] == ["service.py"] * 3 + ["app.py"]


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5 matches such groups wrongly (gh-106052); an atomic group says the same."""
    possessive = re.compile(r"\)[*+?}]\+")
    found = {text for module in MODULES for text in _texts(module) if possessive.search(text)}
    assert found == set()


def _texts(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_field_of_the_vocabulary_is_explained_in_the_editors_guide(field: object) -> None:
    guide = (ROOT / "rules" / "README.md").read_text()
    name, ja = getattr(field, "name", ""), getattr(field, "ja", "")
    assert f"`{name}" in guide
    assert ja in guide


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_explained_on_the_page_of_commands(command: str) -> None:
    assert f"\nomo {command} " in (ROOT / "docs" / "commands.md").read_text()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert "usage: omo" in capsys.readouterr().out


def test_a_forbidden_import_planted_in_the_engine_is_caught(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "plugin" / "omotenashi", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / "plugin" / "omotenashi" / "engine" / "choose.py"
    planted.write_text(planted.read_text() + "\nimport sqlite3\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "plugin")}
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [linter, "--no-cache"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert "omotenashi.engine.choose -> sqlite3" in run.stdout
