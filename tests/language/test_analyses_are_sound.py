"""Nothing that the analyses call dead ever shows: rules made up at random, tried on visitors made up at random.

OMO_ANALYSED says how many folders (300).
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.language import any_folder

from omotenashi import morphemes
from omotenashi.engine.choose import Engine
from omotenashi.language.analyse import contradictions
from omotenashi.language.analyse.contradictions import dead_parts
from omotenashi.language.analyse.ground import Ground
from omotenashi.language.analyse.hidden import hidden_rules
from omotenashi.language.compile import compile_folder
from omotenashi.language.report import Report
from omotenashi.site import Loaded, load

FOLDERS = int(os.environ.get("OMO_ANALYSED", "300"))
VISITORS = 150
FIRST_LINE = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("rules")
    (made / "site.yaml").write_text(any_folder.SITE)
    (made / "searches.csv").write_text(any_folder.SEARCHES)
    return made


@settings(max_examples=FOLDERS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_what_is_called_dead_never_shows_and_what_is_called_a_contradiction_never_holds(
    folder: Path, seed: int
) -> None:
    random = Random(seed)
    (folder / "b.yaml").write_text(any_folder.rules(random))
    loaded = load(folder)
    dead, impossible = _called_dead(loaded)
    if not dead and not impossible:
        return
    program, zone = compile_folder(loaded.folder, loaded.facts, {}), ZoneInfo(loaded.facts.timezone)
    engine = Engine(program, zone, random.choice([None, morphemes.segment]))
    for _ in range(VISITORS):
        occasion = engine.occasion(*any_folder.visitor(random))
        winner = engine.decide(occasion, ["b"])["b"].rule
        assert winner is None or winner.position.line not in dead
        held = {account.rule.position.line for account in engine.explain(occasion, "b") if account.value}
        assert not held & impossible


def _called_dead(loaded: Loaded) -> tuple[set[int], set[int]]:
    """The lines of rules that are hidden, and of those that contradict themselves."""
    others = {one.code for one in loaded.diagnostics if one.level == "error"} - {"E491", "E492", "E493", "E494"}
    assert not others, loaded.diagnostics
    hidden, impossible, parts = Report(), Report(), Report()
    hidden_rules(Ground(loaded.folder, loaded.facts), hidden)
    contradictions(loaded.folder, loaded.facts, impossible)
    dead_parts(Ground(loaded.folder, loaded.facts), parts)
    lines = {one.position.line for one in impossible.diagnostics}
    return {one.position.line for one in hidden.diagnostics}, {line for line in lines if line >= FIRST_LINE}
