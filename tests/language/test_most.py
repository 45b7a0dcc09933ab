"""Conditions ask for no more than a profile can hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import good_site

from omotenashi.language.read_history import MOST_COUNTED, MOST_ORDERS
from omotenashi.profiles import fold, orders, views, visits


def test_what_can_be_asked_for_is_what_a_profile_holds() -> None:
    assert {fold.MOST_DEEDS, fold.MOST_SHOWINGS, views.MOST_VIEWS, visits.MOST_VISITS} == {MOST_COUNTED}
    assert orders.MOST_ORDERS == MOST_ORDERS


@pytest.mark.parametrize(
    "keys",
    [
        "limit: {times: 200, per: 1 year}",
        "when: {viewed: {tag: a, at_least: 200, at_most: 500}}",
        "when: {did: {event: login, at_least: 200}}",
        "when: {bought: {at_least: 100, amount: {at_least: 50000}}}",
        "when: {visits: 200-400}",
        "when: {visits: {at_least: 200, within: 1 year}}",
        "when: {shown: {block: hero, times: 200}}",
    ],
)
def test_as_much_as_is_held_can_be_asked_for(tmp_path: Path, keys: str) -> None:
    (tmp_path / "site.yaml").write_text("version: 1\n")
    (tmp_path / "a.yaml").write_text(
        f"blocks: {{hero: {{rules: [{{name: a, show: nothing, {keys}}}], otherwise: original}}}}\n"
    )
    assert good_site(tmp_path).engine.program.blocks["hero"].rules
