from __future__ import annotations

import pytest

from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import ConsentMapping, SiteFacts
from omotenashi.signals.consent import consent_of

SITE = SiteFacts()
GRANTING = SiteFacts(consent=ConsentMapping(default=frozenset({"measurement"}), cookie="cmp"))
BOTH = frozenset({"measurement", "personalization"})


def test_nothing_said_means_what_the_site_says() -> None:
    assert consent_of(RequestFacts(now=0), SITE) == frozenset()
    assert consent_of(RequestFacts(now=0), GRANTING) == {"measurement"}


def test_the_call_states_consent_and_unknown_words_are_ignored() -> None:
    assert consent_of(RequestFacts(now=0, stated_consent=("personalization", "ads")), SITE) == {"personalization"}


def test_a_call_that_states_none_denies_whatever_the_cookie_says() -> None:
    facts = RequestFacts(now=0, stated_consent=(), consent_header="measurement", cookies={"cmp": "measurement"})
    assert consent_of(facts, GRANTING) == frozenset()


def test_the_header_counts_before_the_cookie() -> None:
    facts = RequestFacts(now=0, consent_header="personalization", cookies={"omo_consent": "measurement"})
    assert consent_of(facts, SITE) == {"personalization"}


@pytest.mark.parametrize(
    "value", ["measurement,personalization", " Personalization , measurement", "measurement%2Cpersonalization"]
)
def test_the_cookie_that_the_site_names_is_a_list(value: str) -> None:
    assert consent_of(RequestFacts(now=0, cookies={"omo_consent": value}), SITE) == BOTH


@pytest.mark.parametrize("value", ["", "denied", "none", "personalization,ads", "personalization;measurement", "%"])
def test_a_denial_and_a_malformed_list_allow_nothing(value: str) -> None:
    assert consent_of(RequestFacts(now=0, cookies={"cmp": value}), GRANTING) == frozenset()


def test_global_privacy_control_denies_everything() -> None:
    facts = RequestFacts(now=0, global_privacy_control=True, stated_consent=("personalization",))
    assert consent_of(facts, GRANTING) == frozenset()
