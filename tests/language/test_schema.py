"""`omo schema`: what editors complete and underline, tried with a real validator of JSON Schema draft-07."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from omotenashi.language.schema.build import schema
from omotenashi.language.schema.names import Names

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
GOOD = [*CASES.glob("*.good.yaml"), *CASES.glob("site.yaml"), *(ROOT / "rules").glob("*.yaml")]
GOOD += sorted(ROOT.glob("tests/sites/*/*.yaml"))
WITHOUT_NAMES = schema(Names(), "ja")
VALIDATOR = Draft7Validator(WITHOUT_NAMES)


class Texts(yaml.BaseLoader):
    """Reads every value as text, but for what YAML 1.2's core schema makes a number, a boolean or nothing."""


Texts.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
Texts.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
Texts.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]*\.?[0-9]+$"), list("-+0123456789."))
for kind in ("null", "bool", "float"):
    Texts.add_constructor(f"tag:yaml.org,2002:{kind}", getattr(yaml.SafeLoader, f"construct_yaml_{kind}"))


def _plain(value: Any) -> Any:
    """As JSON has it: keys are texts, and there are no dates."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _errors(text: str, loader: type[Any] = yaml.SafeLoader) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(_plain(yaml.load(text, loader)))]


def test_the_schema_is_a_draft_07_schema() -> None:
    Draft7Validator.check_schema(WITHOUT_NAMES)


@pytest.mark.parametrize("loader", [yaml.SafeLoader, Texts], ids=["yaml-1.1", "yaml-1.2"])
@pytest.mark.parametrize("file", GOOD, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_good_file_is_valid_however_its_values_are_typed(file: Path, loader: type[Any]) -> None:
    assert _errors(file.read_text(), loader) == []
