"""A block that needs a consent: the decision and its explanation agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import good_site

from omotenashi import rights
from omotenashi.engine.occasion import Occasion
from omotenashi.engine.reading import reading
from omotenashi.model.visitor import Visitor
from omotenashi.site import Site

RULES = """blocks:
  hero:
    needs_consent: personalization
    rules:
      - {name: スマホ以外, when: {not: {device: mobile}}, show: nothing}
    otherwise: original
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "home.yaml").write_text(RULES)
    return good_site(tmp_path)


def _occasion(site: Site, *consent: str) -> Occasion:
    return site.engine.occasion(Visitor(device="desktop", consent=frozenset(consent)), 0)


def test_with_the_consent_the_rules_decide(site: Site) -> None:
    occasion = _occasion(site, "personalization")
    choice = site.engine.decide(occasion, ["hero"])["hero"]
    assert choice.rule
    assert choice.rule.name == "スマホ以外"
    (reasons,) = rights.reasons(site, occasion, ["hero"], "ja")
    assert reasons.kinds == ("同意の範囲", "端末の種類")


@pytest.mark.parametrize("consent", [(), ("measurement",)])
def test_without_it_the_block_shows_otherwise_and_says_why(consent: tuple[str, ...], site: Site) -> None:
    occasion = _occasion(site, *consent)
    assert site.engine.decide(occasion, ["hero"])["hero"].rule is None
    (account,) = site.engine.explain(occasion, "hero")
    assert account.value is False
    found = list(account.finding.facts())
    assert [(fact.field, fact.written, value) for fact, value in found] == [
        ("needs_consent", "personalization", False),
        ("device", "mobile", False),
    ]
    assert reading(found[0][0], occasion, "en") == ", ".join(consent)
